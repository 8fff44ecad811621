import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readTransactions } from '../../src/transactions/index.ts';
import { withOwnCodes } from '../../src/transactions/own-codes.ts';
import { REASONS, type ResponseCodeData, responseCodes } from '../../src/transactions/response-codes.ts';
import { OUTCOMES, type TransactionObservations, type TransactionTable } from '../../src/transactions/types.ts';
import { memorySource } from '../evidence/memory-source.ts';

const codes = parse(
  readFileSync(new URL('../../knowledge/response-codes.yaml', import.meta.url), 'utf8'),
) as ResponseCodeData;
const NOW = Date.parse('2026-03-10T12:00:00Z');
const read = (files: { [path: string]: string | Buffer }, zone?: string): Promise<TransactionObservations> =>
  readTransactions(
    Object.entries(files).map(([path, content]) => memorySource(path, content)),
    { now: NOW, codes, ...(zone ? { zone } : {}) },
  );
const cell = (
  table: TransactionTable,
  column: 'order' | 'merchant' | 'bin' | 'last4' | 'client' | 'subject' | 'code',
  row: number,
): string => table.strings[table[column][row]!]!;
const view = (table: TransactionTable, row: number) => ({
  time: new Date(table.time[row]!).toISOString(),
  order: cell(table, 'order', row),
  merchant: cell(table, 'merchant', row),
  amount: table.amount[row],
  outcome: OUTCOMES[table.outcome[row]!],
  reason: REASONS[table.reason![row]!],
});

describe('header languages and layouts', () => {
  const first = {
    time: '2026-03-10T08:00:00.000Z',
    order: 'A-1',
    merchant: 'M1',
    amount: 12.5,
    outcome: 'approved',
    reason: 'ok',
  };
  const second = {
    time: '2026-03-10T08:01:00.000Z',
    order: 'A-2',
    merchant: 'M1',
    amount: 1250,
    outcome: 'declined',
    reason: 'funds',
  };
  it.each([
    [
      'English',
      'time_utc,order_id,merchant_id,route,bin,last4,amount,currency,resp_code,http_status,status,latency_ms,client_ip\n2026-03-10T08:00:00Z,A-1,M1,card,411111,1111,12.50,EUR,00,200,APPROVED,210,192.0.2.1\n2026-03-10T08:01:00Z,A-2,M1,card,411111,1111,1250.00,EUR,51,200,DECLINED,210,192.0.2.1\n',
      undefined,
    ],
    [
      'Chinese, semicolons',
      '交易时间;订单号;商户号;支付渠道;卡BIN;卡号后四位;金额;币种;应答码;状态;耗时;客户端IP\n2026-03-10 16:00:00;A-1;M1;card;411111;1111;12.50;CNY;00;成功;210;192.0.2.1\n2026-03-10 16:01:00;A-2;M1;card;411111;1111;1250.00;CNY;51;失败;210;192.0.2.1\n',
      'Asia/Shanghai',
    ],
    [
      'Spanish, decimal commas',
      'Fecha y hora;Número de pedido;Comercio;Canal;Importe;Moneda;Código de respuesta;Estado\n10/03/2026 09:00:00;A-1;M1;tarjeta;12,50;EUR;00;Aprobado\n10/03/2026 09:01:00;A-2;M1;tarjeta;1.250,00;EUR;51;Denegado\n',
      'Europe/Madrid',
    ],
    [
      'German, tabs',
      'Zeitpunkt\tBestellnummer\tHändler\tZahlungsart\tBetrag\tWährung\tAntwortcode\tStatus\n10.03.2026 09:00:00\tA-1\tM1\tkarte\t12,50\tEUR\t00\tgenehmigt\n10.03.2026 09:01:00\tA-2\tM1\tkarte\t1.250,00\tEUR\t51\tabgelehnt\n',
      'Europe/Berlin',
    ],
    [
      'quoted, Windows ends, epoch ms',
      '"ts","orderId","mid","route","amt","ccy","rc","state"\r\n"1773129600000","A-1","M1","stripe","12.50","USD","succeeded","PAID"\r\n"1773129660000","A-2","M1","stripe","1250.00","USD","insufficient_funds","FAILED"\r\n',
      undefined,
    ],
    [
      'JSON lines',
      '{"created":"2026-03-10T08:00:00Z","order":"A-1","merchant":{"id":"M1"},"route":"card","amount":12.5,"currency":"EUR","code":"00","status":"PAID"}\n{"created":"2026-03-10T08:01:00Z","order":"A-2","merchant":{"id":"M1"},"route":"card","amount":1250,"currency":"EUR","code":"51","status":"FAILED"}\n',
      undefined,
    ],
    [
      'American dates',
      'date,order id,merchant,gateway,amount,currency,response code,status\n03/10/2026 03:00:00,A-1,M1,card,$12.50,USD,00,Approved\n03/10/2026 03:01:00,A-2,M1,card,"$1,250.00",USD,51,Declined\n03/31/2026 03:01:00,A-3,M1,card,$1.00,USD,51,Declined\n',
      'America/Chicago',
    ],
  ])('%s', async (name, text, zone) => {
    const { tables } = await read({ 'payments.txt': text }, zone);
    const table = tables[0]!;
    // Chicago is five hours behind after the switch of 8 March 2026.
    expect(view(table, 0), name).toEqual(first);
    expect(view(table, 1)).toEqual(second);
    expect(table.line[1]).toBe(text.startsWith('{') ? 2 : 3);
  });
  it('reads UTF-16 and a byte order mark', async () => {
    const text =
      'time,order_id,amount,currency,resp_code,status\n2026-03-10T08:00:00Z,A-1,12.50,EUR,00,APPROVED\n2026-03-10T08:01:00Z,A-2,3.50,EUR,00,APPROVED\n';
    for (const bytes of [
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
      Buffer.from(`\ufeff${text}`),
    ]) {
      expect((await read({ a: bytes })).tables[0]!.length).toBe(2);
    }
  });
});

describe('exports of providers, and headers that nobody lists', () => {
  it.each([
    [
      'Stripe',
      'id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Decline Reason,Description,Fee,Status,Card ID,Card Last4,Card Brand,Card Fingerprint,Customer ID\nch_1,2026-03-10 08:00:12,12.50,0.00,eur,true,,tea,0.59,Paid,card_1,4242,Visa,fpabc,cus_1\nch_2,2026-03-10 08:01:12,13.50,0.00,eur,false,insufficient_funds,tea,0,Failed,card_2,4242,Visa,fpabd,cus_2\n',
    ],
    [
      'Adyen',
      'Company Account;Merchant Account;Psp Reference;Merchant Reference;Payment Method;Creation Date;Type;Currency;Amount;Shopper IP;Issuer Bin;Card Last 4;Acquirer Response;Refusal Reason\nC;M;8816;A-1;visa;2026-03-10 08:00:12;Payment;EUR;12.50;192.0.2.1;411111;1111;APPROVED;\nC;M;8817;A-2;visa;2026-03-10 08:01:12;Payment;EUR;13.50;192.0.2.1;411111;1111;REFUSED;51\n',
    ],
    [
      'date and time apart',
      '交易日期,交易时间,终端号,商户编号,卡号,交易类型,交易金额,应答码,参考号,发卡行\n20260310,080012,T001,M1,622848******1234,消费,12.50,00,600001,嘉禾银行\n20260310,080112,T001,M1,622848******1234,消费,13.50,51,600002,嘉禾银行\n',
    ],
    [
      'bars',
      'local_date|local_time|stan|merchant_id|terminal_id|masked_pan|amount|currency|response_code|response_time_ms\n2026-03-10|08:00:12|123|M1|T1|411111******1111|12.50|978|00|210\n2026-03-10|08:01:12|124|M1|T1|411111******1111|13.50|978|51|30210\n',
    ],
    [
      'Portuguese',
      'data_hora,id_pedido,lojista,forma_pagamento,valor,moeda,codigo_retorno,situacao\n2026-03-10 08:00:12,A-1,M1,cartao,12.50,BRL,00,Aprovada\n2026-03-10 08:01:12,A-2,M1,cartao,13.50,BRL,51,Negada\n',
    ],
    [
      'known by their values',
      'when,attempt,basket,shop,via,eur,answer,verdict,took,from\n2026-03-10T08:00:12Z,p1,A-1,M1,card,12.50,00,ok,210,192.0.2.1\n2026-03-10T08:01:12Z,p2,A-2,M1,card,13.50,51,declined,220,192.0.2.1\n',
    ],
  ])('%s', async (_name, text) => {
    const { tables } = await read({ a: text });
    expect(
      [view(tables[0]!, 0), view(tables[0]!, 1)].map(({ time, amount, outcome, reason }) => [
        time,
        amount,
        outcome,
        reason,
      ]),
    ).toEqual([
      ['2026-03-10T08:00:12.000Z', 12.5, 'approved', 'ok'],
      ['2026-03-10T08:01:12.000Z', 13.5, 'declined', 'funds'],
    ]);
  });
});

describe('outcome per dialect', () => {
  const lookup = responseCodes(codes);
  it.each([
    ['card', '91', 'error', 'issuer-unavailable'],
    ['visa', '5', 'declined', 'do-not-honour'],
    ['unionpay', 'A0', 'error', 'mac'],
    ['wechat', 'SIGN_ERROR', 'error', 'signature'],
    ['微信支付', 'USERPAYING', 'pending', 'customer'],
    ['alipay', '40004', 'declined', 'other'],
    ['alipay', 'isv.invalid-signature', 'error', 'signature'],
    ['stripe', 'card_declined', 'declined', 'do-not-honour'],
    ['adyen', '9', 'error', 'issuer-unavailable'],
  ])('%s %s', (route, code, outcome, reason) => {
    expect(lookup.code(lookup.dialectOf(route)!, code)).toEqual({ outcome, reason });
  });
  it('lets the status decide what the code only explains', async () => {
    const { tables } = await read({
      a: 'time,order_id,route,amount,currency,code,status\n2026-03-10T08:00:00Z,1,bank,1.00,EUR,,ERROR\n2026-03-10T08:00:01Z,2,bank,1.00,EUR,91,DECLINED\n2026-03-10T08:00:02Z,3,wechat,1.00,CNY,NOTPAY,PENDING\n2026-03-10T08:00:03Z,4,bank,1.00,EUR,00,\n',
    });
    expect([0, 1, 2, 3].map((row) => view(tables[0]!, row).outcome)).toEqual(['error', 'error', 'pending', 'approved']);
  });
});

describe('own code maps', () => {
  it('lay over the shipped ones', () => {
    const { data, problems } = withOwnCodes(codes, {
      dialects: {
        lakala: {
          routes: ['lakala', '拉卡拉'],
          inherits: 'iso8583',
          codes: { B7: ['error', 'signature'], Z9: 'declined', Q1: 'nonsense' },
        },
        stripe: { codes: { odd_one: { outcome: 'pending', reason: 'customer' } } },
      },
      statuses: { approved: ['jawohl'], maybe: ['x'] },
      refunds: ['zurueck'],
    });
    const lookup = responseCodes(data);
    expect([
      lookup.code(lookup.dialectOf('拉卡拉')!, 'B7'),
      lookup.code('lakala', '51'),
      lookup.code('lakala', 'Z9'),
      lookup.code('stripe', 'odd_one'),
    ]).toEqual([
      { outcome: 'error', reason: 'signature' },
      { outcome: 'declined', reason: 'funds' },
      { outcome: 'declined', reason: 'other' },
      { outcome: 'pending', reason: 'customer' },
    ]);
    expect([lookup.status('Jawohl'), lookup.kind('ZURUECK')]).toEqual(['approved', 'refund']);
    expect(problems).toEqual([
      expect.stringContaining('dialect lakala, code Q1'),
      expect.stringContaining('statuses.maybe'),
    ]);
    expect(withOwnCodes(codes, 'text').problems).toHaveLength(1);
    // Names that every object has are names like others.
    const odd = {
      statuses: { toString: ['x'] },
      dialects: { constructor: { codes: {} }, mine: { inherits: 'valueOf' } },
    };
    expect(withOwnCodes(codes, odd).problems).toHaveLength(2);
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (dialects, statuses) => {
        withOwnCodes(codes, { dialects, statuses, refunds: dialects });
        withOwnCodes(codes, { dialects: { own: dialects }, statuses: { approved: statuses } });
      }),
    );
  });
});

describe('amounts, cards, times', () => {
  const minor = `time,out_trade_no,mch_id,total_fee,fee_type,return_code,trade_state\n${Array.from({ length: 30 }, (_, i) => `2026-03-10T08:00:${String(i).padStart(2, '0')}Z,O${i},M1,${1000 + i},CNY,SUCCESS,PAID`).join('\n')}\n`;
  it('reads whole amounts as minor units, yen not', async () => {
    expect((await read({ a: minor })).tables[0]!.amount[1]).toBeCloseTo(10.01);
    expect((await read({ a: minor.replaceAll('CNY', 'JPY') })).tables[0]!.amount[1]).toBe(1001);
  });
  it('believes the statement about the unit', async () => {
    const statement = `transaction_time,psp_transaction_id,out_trade_no,trade_state,amount\n${Array.from({ length: 10 }, (_, i) => `2026-03-10 08:00:30,42000${i},O${i},SUCCESS,${1000 + i}.00`).join('\n')}\n`;
    const { tables, statements } = await read({ 'p.csv': minor, 's.csv': statement });
    expect(statements[0]!.rows.at(0)).toMatchObject({
      order: 'O0',
      payment: '420000',
      status: 'SUCCESS',
      amount: 1000,
    });
    expect(tables[0]!.amount[1]).toBe(1001);
  });
  it('never keeps a card number', async () => {
    const { tables } = await read({
      a: 'time,order_id,card_number,amount,currency,status,code\n2026-03-10T08:00:00Z,1,4111111111111111,1.00,EUR,PAID,00\n2026-03-10T08:00:01Z,2,4111 1111 1111 1111,1.00,EUR,PAID,00\n2026-03-10T08:00:02Z,3,411111******1111,1.00,EUR,PAID,00\n',
    });
    const table = tables[0]!;
    expect(JSON.stringify(table.strings)).not.toMatch(/\d{12,}/);
    expect(cell(table, 'bin', 0)).toBe('41111111');
    expect(cell(table, 'last4', 2)).toBe('1111');
    expect(table.cardFingerprint[0]).toBe(table.cardFingerprint[1]);
    expect(table.fullCardNumbers).toEqual({ column: 'card_number', count: 2, firstLine: 2 });
  });
  it('counts rows it cannot read', async () => {
    const rows = Array.from(
      { length: 40 },
      (_, i) => `2026-03-10T08:00:${String(i).padStart(2, '0')}Z,${i},M1,1.50,EUR,00,APPROVED`,
    );
    rows[5] = 'garbage';
    rows[7] = 'never,7,M1,1.50,EUR,00,APPROVED';
    const { tables } = await read({ a: `time,order_id,merchant,amount,currency,code,status\n${rows.join('\n')}\n` });
    expect(tables[0]).toMatchObject({ length: 39, dropped: 1 });
    expect(tables[0]!.problems).toEqual([
      { what: 'row with another number of columns', count: 1, firstLine: 7 },
      { what: 'time not readable', count: 1, firstLine: 9 },
    ]);
  });
  it('takes local times that would lie in the future for UTC', async () => {
    const { tables } = await read(
      {
        a: 'time,order_id,amount,currency,code,status\n2026-03-10 11:00:00,1,1.50,EUR,00,PAID\n2026-03-10 11:30:00,2,1.50,EUR,00,PAID\n',
      },
      'America/New_York',
    );
    expect(new Date(tables[0]!.time[0]!).toISOString()).toBe('2026-03-10T11:00:00.000Z');
    expect(tables[0]!.zone).toEqual({ name: 'UTC', source: 'assumed-utc' });
  });
  it('marks refunds', async () => {
    const { tables } = await read({
      a: 'time,order_id,type,amount,currency,code,status\n2026-03-10T08:00:00Z,1,payment,5.50,EUR,00,PAID\n2026-03-10T08:10:00Z,1,refund,5.50,EUR,00,PAID\n2026-03-10T08:10:00Z,2,payment,-5.50,EUR,00,PAID\n',
    });
    expect([...tables[0]!.kind!]).toEqual([0, 1, 1]);
  });
});

describe('other tables are told apart', () => {
  it('host messages, issuers, WeChat and Alipay bills', async () => {
    const found = await read(
      {
        'host.log':
          'time;mti;stan;rrn;pan;de4;de39;tid;mid;elapsed_ms\n"2026-03-10T10:09:27.585+00:00";"0210";"396699";"616512297669";"353011******7151";"000000004626";"A0";"T2776893";"M51179";"394"\n',
        'bins.csv': 'bin,issuer\n400078,Teal Savings\n22230026,嘉禾银行\n',
        'wx.csv':
          '交易时间,公众账号ID,商户号,微信订单号,商户订单号,交易类型,交易状态,付款银行,货币种类,应结订单金额,手续费\n`2026-03-10 16:00:00,`wx1,`160,`4200001,`O1,`JSAPI,`SUCCESS,`CMB,`CNY,`12.50,`0.08\n总交易单数,应结订单总金额\n`1,`12.50\n',
        'ali.csv':
          '#支付宝业务明细查询\n#账号：[2088]\n支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,订单金额（元）,商家实收（元）,服务费（元）\n2026031022,O2,交易,tea,2026-03-10 16:00:00,2026-03-10 16:00:05,12.50,12.42,-0.08\n',
      },
      'Asia/Shanghai',
    );
    expect(found.tables).toHaveLength(1);
    expect(found.tables[0]).toMatchObject({ role: 'host-messages', length: 1 });
    expect(view(found.tables[0]!, 0)).toMatchObject({ merchant: 'M51179', outcome: 'error', reason: 'mac' });
    expect(found.issuers.map(({ bin, issuer }) => [bin, issuer])).toEqual([
      ['400078', 'Teal Savings'],
      ['22230026', '嘉禾银行'],
    ]);
    expect(
      found.statements.map(({ rows }) => [...rows].map(({ order, payment, amount }) => [order, payment, amount])),
    ).toEqual([[['O1', '4200001', 12.5]], [['O2', '2026031022', 12.5]]]);
  });
});

describe('host messages in logs stand in for a missing payment table', () => {
  const log = (content: string) => {
    const source = memorySource('link.log', content);
    source.item.kind = 'log';
    return source;
  };
  const payments = memorySource(
    'p.csv',
    'time,order_id,amount,currency,code,status\n2026-03-10T08:00:00Z,1,5.50,EUR,00,PAID\n',
  );
  it.each([
    [
      'texts',
      '2026-03-10 08:00:12.286 INFO  [acq-link] 0200->0210 STAN=087806 RRN=620702721986 DE2=222300******9979 DE4=000000004675 DE39=57 DE41=T0614642 DE42=M32851 rt=306ms\n2026-03-10 08:00:13.080 INFO  [acq-link] 0800->0810 STAN=087807 DE39=00 rt=4ms\n2026-03-10 08:00:14.080 INFO  [acq-link] 0200->0210 STAN=087807 RRN=620702722017 DE2=400078******5453 DE4=000000002977 DE39=91 DE41=T0614642 DE42=M30711 rt=30466ms\n',
    ],
    [
      'JSON',
      '{"ts": 1773129612286, "mti": "0210", "f": {"2": "222300******9979", "4": "000000004675", "37": "620702721986", "39": "57", "41": "T0614642", "42": "M32851"}, "elapsed": 306}\n{"ts": 1773129614080, "mti": "0210", "f": {"2": "400078******5453", "4": "000000002977", "37": "620702722017", "39": "91", "41": "T0614642", "42": "M30711"}, "elapsed": 30466}\n',
    ],
    [
      'bare values',
      '20260310080012|0210|087806|620702721986|222300xxxxxx9979|000000004675|57|T0614642|M32851|306\n20260310080014|0210|087807|620702722017|400078xxxxxx5453|000000002977|91|T0614642|M30711|30466\n',
    ],
  ])('%s', async (_name, text) => {
    const { tables } = await readTransactions([log(text)], { now: NOW, codes });
    const table = tables[0]!;
    expect(table).toMatchObject({ role: 'host-messages', length: 2 });
    expect(
      [0, 1].map((row) => [
        new Date(table.time[row]!).toISOString().slice(0, 19),
        cell(table, 'bin', row),
        cell(table, 'last4', row),
        cell(table, 'merchant', row),
        REASONS[table.reason![row]!],
        table.latencyMs[row],
      ]),
    ).toEqual([
      ['2026-03-10T08:00:12', '222300', '9979', 'M32851', 'not-permitted', 306],
      ['2026-03-10T08:00:14', '400078', '5453', 'M30711', 'issuer-unavailable', 30466],
    ]);
    expect((await readTransactions([log(text), payments], { now: NOW, codes })).tables.map(({ file }) => file)).toEqual(
      ['p.csv'],
    );
  });
  it('leaves other logs alone', async () => {
    const { tables } = await readTransactions(
      [
        log('2026-03-10 08:00:12 INFO started\n2026-03-10 08:00:13 INFO F1=help\n'),
        log('{"level":"info","msg":"x"}\n{"level":"info","msg":"y"}\n'),
      ],
      { now: NOW, codes },
    );
    expect(tables).toEqual([]);
  });
});

it('never throws, whatever follows the header', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ maxLength: 80, unit: 'binary' }), { maxLength: 12 }),
      fc.uint8Array({ maxLength: 200 }),
      async (lines, bytes) => {
        const head = Buffer.from(
          'time,order_id,merchant,amount,currency,code,status\n2026-03-10T08:00:00Z,1,M,1.00,EUR,00,PAID\n2026-03-10T08:00:00Z,1,M,1.00,EUR,00,PAID\n2026-03-10T08:00:00Z,1,M,1.00,EUR,00,PAID\n',
        );
        await read({
          a: Buffer.concat([head, Buffer.from(lines.join('\n')), bytes]),
          b: Buffer.concat([Buffer.from('bin,issuer\n411111,X\n'), bytes]),
        });
      },
    ),
    { numRuns: 200 },
  );
});

describe('notifications of payment providers', () => {
  const lines = (...events: object[]): string => `${events.map((event) => JSON.stringify(event)).join('\n')}\n`;
  const rows = async (events: string) => {
    const [table] = (await read({ 'events.jsonl': events })).tables;
    return table === undefined
      ? []
      : Array.from({ length: table.length }, (_, row) => {
          const { time, order, outcome, reason } = view(table, row);
          return [time.slice(11, 19), order, outcome, reason];
        });
  };
  const created = Date.parse('2026-03-10T08:00:00Z') / 1000;
  it('reads charges in events of Stripe, and no charge twice', async () => {
    const event = (type: string, seconds: number, object: object): object => ({
      object: 'event',
      type,
      created: created + seconds,
      data: { object: { amount: 1250, currency: 'eur', ...object } },
    });
    expect(
      await rows(
        lines(
          event('charge.succeeded', 0, { id: 'ch_1', payment_intent: 'pi_1', status: 'succeeded' }),
          event('payment_intent.succeeded', 0, { id: 'pi_1', latest_charge: 'ch_1', status: 'succeeded' }),
          event('charge.failed', 1, { id: 'ch_2', failure_code: 'processing_error', status: 'failed' }),
          event('charge.failed', 2, {
            id: 'ch_3',
            failure_code: 'card_declined',
            outcome: { reason: 'insufficient_funds' },
            status: 'failed',
          }),
          event('customer.created', 3, { id: 'cus_1' }),
        ),
      ),
    ).toEqual([
      ['08:00:00', 'pi_1', 'approved', 'ok'],
      ['08:00:01', 'ch_2', 'error', 'system'],
      ['08:00:02', 'ch_3', 'declined', 'funds'],
    ]);
  });
  it('reads authorisations in notifications of Adyen', async () => {
    const item = (seconds: number, success: string, reason: string): object => ({
      live: 'true',
      notificationItems: [
        {
          NotificationRequestItem: {
            eventCode: 'AUTHORISATION',
            eventDate: `2026-03-10T08:00:0${seconds}+00:00`,
            merchantAccountCode: 'Shop',
            merchantReference: `A-${seconds}`,
            pspReference: `8${seconds}`,
            amount: { currency: 'EUR', value: 1250 },
            success,
            reason,
          },
        },
      ],
    });
    expect(
      await rows(
        lines(
          item(0, 'true', '062789:1111:12/2030'),
          item(1, 'false', 'Acquirer Error'),
          item(2, 'false', 'Not enough balance'),
          item(3, 'false', 'something new'),
        ),
      ),
    ).toEqual([
      ['08:00:00', 'A-0', 'approved', 'ok'],
      ['08:00:01', 'A-1', 'error', 'system'],
      ['08:00:02', 'A-2', 'declined', 'funds'],
      ['08:00:03', 'A-3', 'declined', 'unknown'],
    ]);
  });
  it('reads payments in webhooks of Razorpay, PayPal and Square', async () => {
    const razorpay = (event: string, status: string, code: string | null): object => ({
      entity: 'event',
      event,
      created_at: created,
      payload: {
        payment: {
          entity: { id: 'pay_1', order_id: 'order_1', amount: 1250, currency: 'INR', status, error_code: code },
        },
      },
    });
    expect(
      await rows(
        lines(
          razorpay('payment.authorized', 'authorized', null),
          razorpay('payment.captured', 'captured', null),
          razorpay('payment.failed', 'failed', 'GATEWAY_ERROR'),
        ),
      ),
    ).toEqual([
      ['08:00:00', 'order_1', 'approved', 'ok'],
      ['08:00:00', 'order_1', 'error', 'unknown'],
    ]);
    const paypal = (type: string): object => ({
      event_type: type,
      create_time: '2026-03-10T08:00:00Z',
      resource: { id: '8A', invoice_id: 'A-1', amount: { value: '12.50', currency_code: 'EUR' } },
    });
    expect(await rows(lines(paypal('PAYMENT.CAPTURE.COMPLETED'), paypal('PAYMENT.CAPTURE.DENIED')))).toEqual([
      ['08:00:00', 'A-1', 'approved', 'ok'],
      ['08:00:00', 'A-1', 'declined', 'unknown'],
    ]);
    const square = (status: string, errors: object[]): object => ({
      merchant_id: 'M1',
      type: 'payment.updated',
      created_at: '2026-03-10T08:00:00Z',
      data: {
        type: 'payment',
        object: {
          payment: {
            id: 'p1',
            order_id: 'A-1',
            amount_money: { amount: 1250, currency: 'USD' },
            status,
            card_details: { errors },
          },
        },
      },
    });
    expect(
      await rows(
        lines(square('APPROVED', []), square('COMPLETED', []), square('FAILED', [{ code: 'TEMPORARY_ERROR' }])),
      ),
    ).toEqual([
      ['08:00:00', 'A-1', 'approved', 'ok'],
      ['08:00:00', 'A-1', 'error', 'unknown'],
    ]);
  });
  it('reads payments in an array of one object a line', async () => {
    const row = (i: number, status: string): string =>
      `{"created_at":"2026-03-10T08:00:0${i}Z","order_id":"A-${i}","amount":1250,"currency":"EUR","status":"${status}","response_code":"00"}`;
    const [table] = (await read({ 'payments.json': `[\n${row(0, 'approved')},\n${row(1, 'declined')}\n]\n` })).tables;
    expect(table).toMatchObject({ length: 2, dropped: 0 });
    expect([0, 1].map((i) => view(table!, i).outcome)).toEqual(['approved', 'declined']);
  });
  it('takes `failed` for an error where `processor_declined` stands beside it', async () => {
    const head = 'Transaction ID,Transaction Status,Created Datetime,Amount Authorized,Currency ISO Code,Order ID';
    const [table] = (
      await read({
        'transactions.csv': `${head}\n1,settled,2026-03-10 08:00:00,12.50,EUR,A-1\n2,processor_declined,2026-03-10 08:00:01,12.50,EUR,A-2\n3,failed,2026-03-10 08:00:02,12.50,EUR,A-3\n`,
      })
    ).tables;
    expect([0, 1, 2].map((row) => view(table!, row).outcome)).toEqual(['approved', 'declined', 'error']);
  });
  it.each([
    [
      'Alipay',
      (outcome: string) =>
        `INFO [exec-1] AlipayNotify - notify_type=trade_status_sync&out_trade_no=A-1&trade_no=2026&trade_status=${outcome}&total_amount=12.50`,
      ['TRADE_SUCCESS', 'TRADE_CLOSED'],
      ['declined', 'closed'],
    ],
    [
      'WeChat Pay',
      (outcome: string) => `INFO notify {"out_trade_no":"A-1","trade_state":"${outcome}","transaction_id":"42"}`,
      ['SUCCESS', 'PAYERROR'],
      ['declined', 'do-not-honour'],
    ],
    [
      'UnionPay',
      (outcome: string) => `INFO notify orderId=A-1&txnAmt=1250&respCode=${outcome}&queryId=42`,
      ['00', '98'],
      ['error', 'timeout'],
    ],
    [
      'WeChat Pay, version 2,',
      (outcome: string) => `INFO return_code=SUCCESS result_code=${outcome} out_trade_no=A-1`,
      ['SUCCESS', 'FAIL err_code=SYSTEMERROR'],
      ['error', 'system'],
    ],
    [
      'UnionPay in Chinese',
      (outcome: string) => `[INFO ] 银联返回 应答码[${outcome}] 应答信息[略] 流水号[A-1] 耗时[31]ms`,
      ['00', '96'],
      ['error', 'system'],
    ],
  ])('reads notifications of %s in the log of a shop', async (_, line, [good, bad], failed) => {
    const log = Array.from(
      { length: 20 },
      (_, i) => `2026-03-10 08:00:${`${i}`.padStart(2, '0')}.000 ${line(i === 2 ? bad! : good!)}`,
    ).join('\n');
    const source = memorySource('notify.log', log);
    source.item.kind = 'log';
    const [table] = (await readTransactions([source], { now: NOW, codes })).tables;
    expect(table?.length).toBe(20);
    expect(view(table!, 0)).toMatchObject({ time: '2026-03-10T08:00:00.000Z', order: 'A-1', outcome: 'approved' });
    expect([view(table!, 2).outcome, view(table!, 2).reason]).toEqual(failed);
  });
});
