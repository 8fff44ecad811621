/** Payment tables as several systems export them. */
import { stamp } from './stacks.ts';
import type { World } from './world.ts';

export interface Row {
  /** ms UTC. */
  time: number;
  order: string;
  payment: string;
  merchant: string;
  node: string;
  route: string;
  bin: string;
  last4: string;
  card: string;
  expiry: string;
  amount: number;
  code: string;
  http: string;
  status: 'ok' | 'declined' | 'error' | 'pending';
  latency: number;
  client: string;
  user: string;
  device: string;
}
export type TableDialect = 'plain' | 'chinese' | 'jsonl' | 'german' | 'epoch' | 'quoted';

type Words = { [status in Row['status']]: string };
const ENGLISH: Words = { ok: 'APPROVED', declined: 'DECLINED', error: 'ERROR', pending: 'PENDING' };
const CAPTURED: Words = { ok: 'captured', declined: 'declined', error: 'failed', pending: 'processing' };
const CHINESE: Words = { ok: '支付成功', declined: '支付失败', error: '系统异常', pending: '处理中' };
const GERMAN: Words = { ok: 'genehmigt', declined: 'abgelehnt', error: 'Fehler', pending: 'offen' };
const PAID: Words = { ok: 'PAID', declined: 'FAILED', error: 'ERROR', pending: 'PENDING' };

const table = (header: string[], rows: Row[], cells: (r: Row) => (string | number)[], separator = ','): string =>
  `${header.join(separator)}\n${rows.map((r) => cells(r).join(separator)).join('\n')}\n`;

export const TABLES: { [dialect in TableDialect]: (rows: Row[], w: World) => { name: string; text: string } } = {
  plain: (rows) => ({
    name: 'payments.csv',
    text: table(
      [
        'time_utc',
        'order_id',
        'merchant_id',
        'node',
        'route',
        'bin',
        'last4',
        'card_fp',
        'card_exp',
        'amount',
        'currency',
        'resp_code',
        'http_status',
        'status',
        'latency_ms',
        'client_ip',
        'user_id',
        'device_id',
      ],
      rows,
      (r) => [
        stamp.iso(r.time),
        r.order,
        r.merchant,
        r.node,
        r.route,
        r.bin,
        r.last4,
        r.card,
        r.expiry,
        r.amount.toFixed(2),
        'EUR',
        r.code,
        r.http,
        ENGLISH[r.status],
        r.latency,
        r.client,
        r.user,
        r.device,
      ],
    ),
  }),
  chinese: (rows, w) => ({
    name: '交易流水.csv',
    text: table(
      [
        '交易时间',
        '流水号',
        '订单号',
        '商户号',
        '节点',
        '渠道',
        '卡BIN',
        '卡尾号',
        '卡指纹',
        '有效期',
        '金额',
        '币种',
        '应答码',
        '交易状态',
        '耗时(ms)',
        '客户端IP',
        '用户ID',
        '设备ID',
      ],
      rows,
      (r) => [
        stamp.offset(w.clock(r.time)),
        r.payment,
        r.order,
        r.merchant,
        r.node,
        r.route,
        r.bin,
        r.last4,
        r.card,
        r.expiry,
        r.amount.toFixed(2),
        'CNY',
        r.code,
        CHINESE[r.status],
        r.latency,
        r.client,
        r.user,
        r.device,
      ],
    ),
  }),
  jsonl: (rows) => ({
    name: 'payments.jsonl',
    text: `${rows
      .map((r) =>
        JSON.stringify({
          created_at: stamp.iso(r.time),
          payment_id: r.payment,
          order_id: r.order,
          merchant: r.merchant,
          node: r.node,
          acquirer: r.route,
          card: undefined,
          bin: r.bin,
          last4: r.last4,
          card_fp: r.card,
          card_exp: r.expiry,
          amount: r.amount,
          currency: 'USD',
          response_code: r.code,
          status: CAPTURED[r.status],
          latency_ms: r.latency,
          client_ip: r.client,
          user_id: r.user,
          device_id: r.device,
        }),
      )
      .join('\n')}\n`,
  }),
  german: (rows, w) => ({
    name: 'umsaetze.csv',
    text: table(
      [
        'Zeitpunkt',
        'Auftragsnummer',
        'Händler',
        'Knoten',
        'Weg',
        'BIN',
        'Letzte4',
        'Karten-Fingerabdruck',
        'Gültig bis',
        'Betrag',
        'Währung',
        'Antwortcode',
        'Status',
        'Dauer_ms',
        'IP',
        'Kunde',
        'Gerät',
      ],
      rows,
      (r) => [
        stamp.offset(w.clock(r.time)),
        r.order,
        r.merchant,
        r.node,
        r.route,
        r.bin,
        r.last4,
        r.card,
        r.expiry,
        r.amount.toFixed(2).replace('.', ','),
        'EUR',
        r.code,
        GERMAN[r.status],
        r.latency,
        r.client,
        r.user,
        r.device,
      ],
      ';',
    ),
  }),
  epoch: (rows) => ({
    name: 'tx_export.tsv',
    text: table(
      [
        'ts_ms',
        'txn_id',
        'order_ref',
        'mid',
        'host',
        'channel',
        'bin6',
        'last_four',
        'card_token',
        'exp',
        'amt',
        'ccy',
        'rc',
        'http',
        'result',
        'duration_ms',
        'ip',
        'uid',
        'device',
      ],
      rows,
      (r) => [
        r.time,
        r.payment,
        r.order,
        r.merchant,
        r.node,
        r.route,
        r.bin,
        r.last4,
        r.card,
        r.expiry,
        r.amount.toFixed(2),
        'GBP',
        r.code,
        r.http,
        ENGLISH[r.status],
        r.latency,
        r.client,
        r.user,
        r.device,
      ],
      '\t',
    ),
  }),
  quoted: (rows) => ({
    name: 'transactions.csv',
    text: table(
      [
        'created_at',
        'payment_id',
        'order_no',
        'merchant',
        'server',
        'channel',
        'bin',
        'last4',
        'card_fp',
        'card_exp',
        'amount',
        'currency',
        'resp_code',
        'status',
        'latency_ms',
        'client_ip',
        'user_id',
        'device_id',
      ].map((h) => `"${h}"`),
      rows,
      (r) =>
        [
          stamp.iso(r.time).replace('Z', '+00:00'),
          r.payment,
          r.order,
          r.merchant,
          r.node,
          r.route,
          r.bin,
          r.last4,
          r.card,
          r.expiry,
          r.amount.toFixed(2),
          'USD',
          r.code,
          PAID[r.status],
          r.latency,
          r.client,
          r.user,
          r.device,
        ].map((v) => `"${v}"`),
    ),
  }),
};
