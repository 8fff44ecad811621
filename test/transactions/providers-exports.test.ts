/** Exports as providers, banks, tills and databases write them: what each row says must be what its provider meant. */
import { describe, expect, it } from 'vitest';
import { rateChanges, transactionLimits } from '../../src/transactions/analytics/index.ts';
import { readTransactions } from '../../src/transactions/index.ts';
import { OUTCOMES, ROW_KINDS, type TransactionTable } from '../../src/transactions/types.ts';
import { memorySource } from '../evidence/memory-source.ts';

const NOW = Date.parse('2026-05-20T00:00:00Z');
const tableOf = async (content: string, kind?: 'log'): Promise<TransactionTable> => {
  const source = memorySource('export', content);
  if (kind) source.item.kind = kind;
  const { tables } = await readTransactions([source], { now: NOW });
  expect(tables).toHaveLength(1);
  return tables[0]!;
};
const two = (n: number): string => String(n).padStart(2, '0');
const count = ({ outcome, kind, length }: TransactionTable) => {
  const counts: { [outcome: string]: number } = {};
  for (let row = 0; row < length; row++) {
    const name = kind?.[row] ? ROW_KINDS[kind[row]!]! : OUTCOMES[outcome[row]!]!;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};
const at = (table: TransactionTable, row: number): string => new Date(table.time[row]!).toISOString();
/** Forty rows: four declined, one given back. */
const forty = <T>(line: (minute: number, what: 'paid' | 'declined' | 'refund') => T): T[] =>
  Array.from({ length: 40 }, (_, m) => line(m, m === 7 ? 'refund' : m % 10 === 0 ? 'declined' : 'paid'));
const AS_MADE = { approved: 35, declined: 4, refund: 1 };

describe('an export', () => {
  it('of entries says the outcome in its type, and the answers of 3-D Secure are none (Adyen)', async () => {
    const said = { paid: 'Authorised', declined: 'Refused', refund: 'Refunded' };
    const raw = { paid: '00 : Approved', declined: '51 : Not enough balance', refund: '' };
    const table = await tableOf(
      [
        'Merchant Account,Psp Reference,Merchant Reference,Payment Method,Creation Date,TimeZone,Currency,Amount,Type,Shopper PAN,Shopper IP,Issuer Id,Raw acquirer response,3D Directory Response,3D Authentication Response',
        ...forty(
          (m, what) =>
            `M1,8851${m}A,O${m},visa,2026-05-04 08:${two(m)}:00,CEST,EUR,10.00,${said[what]},${1000 + m},192.0.2.${m},411111,${raw[what]},Y,Y`,
        ),
      ].join('\n'),
    );
    expect(count(table)).toEqual(AS_MADE);
    expect(at(table, 1)).toBe('2026-05-04T06:01:00.000Z');
    expect(table.strings[table.last4[3]!]).toBe('1003');
    expect(table.strings[table.bin[3]!]).toBe('411111');
    expect(table.strings[table.code[10]!]).toBe('51 : Not enough balance');
  });

  it('of a till has a clock of twelve hours, short years and a zone in words (Square)', async () => {
    const table = await tableOf(
      [
        'Date,Time,Time Zone,Total Collected,Transaction ID,Transaction Status,Event Type,PAN Suffix,Location',
        ...forty(
          (m, what) =>
            `05/04/26,01:${two(m)}:00 PM,Eastern Time (US & Canada),${what === 'refund' ? '-' : ''}$10.00,TX${m},${what === 'declined' ? 'Failed' : 'Complete'},${what === 'refund' ? 'Refund' : 'Payment'},${1000 + m},L1`,
        ),
      ].join('\n'),
    );
    expect(count(table)).toEqual(AS_MADE);
    expect(at(table, 1)).toBe('2026-05-04T17:01:00.000Z');
  });

  it('has a zone that means several read as if there were none', async () => {
    const rows = forty((m) => `2026-05-04 08:${two(m)}:00,CST,10.00,O${m},Completed,411111`);
    const table = await tableOf(['Date,TimeZone,Gross,Invoice Number,Status,BIN', ...rows].join('\n'));
    expect(at(table, 1)).toBe('2026-05-04T08:01:00.000Z');
    expect(table.zone?.source).toBe('assumed-utc');
  });

  it.each([
    [
      'Dutch',
      'ID;Datum;Status;Bedrag;Valuta;Omschrijving;Kaartnummer;Foutreden;Profiel',
      { paid: 'betaald', declined: 'mislukt', refund: 'terugbetaald' },
    ],
    [
      'Italian',
      'ID transazione;Data;Esito;Importo;Valuta;Causale;Numero carta;Codice risposta;Esercente',
      { paid: 'Approvata', declined: 'Rifiutata', refund: 'Rimborsato' },
    ],
  ])('is in %s', async (_, header, said) => {
    const table = await tableOf(
      [
        header,
        ...forty(
          (m, what) =>
            `tr_${m}x;04-05-2026 08:${two(m)}:00;${said[what]};10,00;EUR;bestelling ${m};411111******${1000 + m};;pfl_1`,
        ),
      ].join('\n'),
    );
    expect(count(table)).toEqual(AS_MADE);
  });

  it('names the kind of each row, and is not numbered by it (German)', async () => {
    const table = await tableOf(
      [
        'Buchungsdatum;Uhrzeit;Bestellnummer;Vorgang;Betrag;Währung;Kartennummer;Ergebnis;Antwortcode',
        ...forty(
          (m, what) =>
            `04.05.2026;08:${two(m)}:00;O${m};${what === 'refund' ? 'Gutschrift' : 'Zahlung'};10,00;EUR;411111XXXXXX${1000 + m};${what === 'declined' ? 'abgelehnt' : m === 5 ? 'keine Antwort' : 'genehmigt'};`,
        ),
      ].join('\n'),
    );
    expect(count(table)).toEqual({ approved: 34, declined: 4, refund: 1, error: 1 });
    expect(new Set(table.payment)).toEqual(new Set([0]));
  });

  it('has codes of five digits (Checkout.com)', async () => {
    const table = await tableOf(
      [
        'Payment ID,Action Type,Processed On,Response Code,Amount,Currency,Reference,Card BIN,Card Last 4',
        ...forty(
          (m, what) =>
            `pay_${m},${what === 'refund' ? 'Refund' : 'Authorization'},2026-05-04T08:${two(m)}:00.120,${what === 'declined' ? '20051' : '10000'},10.00,EUR,O${m},411111,${1000 + m}`,
        ),
      ].join('\n'),
    );
    expect(count(table)).toEqual(AS_MADE);
  });

  it('of a bill without outcomes lists what was paid, and ends with totals (Alipay)', async () => {
    const table = await tableOf(
      [
        '#支付宝业务明细查询',
        '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,终端号,对方账户,订单金额（元）,商家实收（元）,服务费（元）,备注',
        ...forty(
          (m, what) =>
            `20260504${m}\t,O${m}\t,${what === 'refund' ? '退款' : '交易'},x,2026-05-04 08:${two(m)}:00,2026-05-04 08:${two(m)}:09,M1,,a***,10.00,10.00,-0.10,`,
        ),
        '#交易合计：40笔，商家实收共400.00元',
        '#导出时间：[2026年05月05日 10:00:00]',
      ].join('\r\n'),
    );
    expect(count(table)).toEqual({ approved: 39, refund: 1 });
    expect(at(table, 1)).toBe('2026-05-04T00:01:00.000Z');
  });
});

it('reads a table in Chinese whose head ends within a character', async () => {
  const header = '交易日期|交易时间|商户号|订单号|卡号|交易金额(分)|币种|交易类型|应答码|应答信息|通道\n';
  let text = header;
  for (let m = 0; Buffer.byteLength(text) < 70_000; m++)
    text += `20260504|${two(8 + (m % 12))}${two(m % 60)}00|M1|O${m}|411111******${1000 + (m % 9000)}|1000|156|消费|${m % 10 ? '00' : '51'}|成功|A\n`;
  // Wherever the head is cut, one of three paddings cuts a character.
  for (const pad of ['', 'x', 'xx']) {
    const table = await tableOf(text.replace('|A\n', `|A${pad}\n`));
    expect(table.length).toBe(text.split('\n').length - 2);
    expect(count(table).unknown).toBeUndefined();
  }
});

describe('a dump of a database', () => {
  const row = (m: number, code: string): string =>
    `(${m},'2026-05-04 08:${two(m)}:00','M1','O${m}',1000,'EUR','${code === '00' ? 'captured' : 'declined'}','${code}','411111','${1000 + m}','it''s; (a) \\'note\\'')`;
  const columns = [
    '  `id` bigint NOT NULL AUTO_INCREMENT,',
    '  `created_at` datetime NOT NULL,',
    '  `merchant_id` varchar(16) NOT NULL,',
    '  `order_no` varchar(32) NOT NULL,',
    '  `amount` int NOT NULL,',
    '  `currency` char(3) NOT NULL,',
    '  `status` varchar(16) NOT NULL,',
    '  `response_code` varchar(4) DEFAULT NULL,',
    '  `card_bin` char(6),',
    '  `card_last4` char(4),',
    '  `note` text,',
    '  PRIMARY KEY (`id`),',
    '  KEY `k` (`created_at`)',
  ];
  const users = "CREATE TABLE `users` (\n  `id` int,\n  `name` text\n);\nINSERT INTO `users` VALUES (1,'a'),(2,'b');\n";
  const inserted = forty((m, what) => row(m, what === 'declined' ? '51' : '00'));

  it('of mysqldump has many rows a statement', async () => {
    const table = await tableOf(
      `-- MySQL dump 10.13\n${users}CREATE TABLE \`payments\` (\n${columns.join('\n')}\n) ENGINE=InnoDB;\nINSERT INTO \`payments\` VALUES ${inserted.slice(0, 25).join(',')};\nINSERT INTO \`payments\` VALUES ${inserted.slice(25).join(',')};\n`,
    );
    expect(count(table)).toEqual({ approved: 36, declined: 4 });
  });

  it('of pg_dump has rows separated by tabs, NULL as \\N', async () => {
    const rows = forty((m, what) =>
      [m, `2026-05-04 08:${two(m)}:00+02`, 'M1', `O${m}`, '10.00', what === 'declined' ? '51' : '00', '\\N'].join('\t'),
    );
    const table = await tableOf(
      `SET client_encoding = 'UTF8';\nCOPY public.payments (id, created_at, merchant_id, order_no, amount, response_code, card_bin) FROM stdin;\n${rows.join('\n')}\n\\.\n\nCOPY public.users (id, name) FROM stdin;\n1\ta\n\\.\n`,
    );
    expect(count(table)).toEqual({ approved: 36, declined: 4 });
    expect(at(table, 0)).toBe('2026-05-04T06:00:00.000Z');
  });

  it('without payments is no payment table', async () => {
    const { tables } = await readTransactions([memorySource('d.sql', users)], { now: NOW });
    expect(tables).toEqual([]);
  });
});

describe('a log of ISO 8583 messages', () => {
  const log = forty((m, what) => {
    const common = `DE2=411111******${1000 + m} DE3=${what === 'refund' ? '200000' : '000000'} DE4=000000001000 DE11=${100000 + m} DE37=${'9'.repeat(9)}${two(m)}0`;
    const time = `2026-05-04 08:${two(m)}`;
    const request = `${time}:01.000 INFO MTI=0100 ${common}`;
    if (m === 13) return `${request}\n${time}:31.000 WARN MTI=0100 DE11=${100000 + m} timeout after 30000 ms`;
    return `${request}\n${time}:01.400 INFO MTI=0110 ${common} DE38=${what === 'declined' ? '' : '123456'} DE39=${what === 'declined' ? '51' : '00'} elapsed=400ms`;
  }).join('\n');

  it('has refusals beside an empty field, refunds by their processing code, and requests that nobody answered', async () => {
    const table = await tableOf(`${log}\n`, 'log');
    expect(count(table)).toEqual({ approved: 34, declined: 4, refund: 1, error: 1 });
  });

  it('that writes no requests down has none open', async () => {
    const table = await tableOf(
      `${log
        .split('\n')
        .filter((line) => line.includes('DE39='))
        .join('\n')}\n`,
      'log',
    );
    expect(count(table).error).toBeUndefined();
  });
});

it('reads events of a gateway with records within records', async () => {
  const lines = forty((m, what) =>
    JSON.stringify({
      '@timestamp': `2026-05-04T08:${two(m)}:00.000Z`,
      event: `payment.${what === 'refund' ? 'refund' : 'authorize'}`,
      payment: {
        id: `p${m}`,
        order: `O${m}`,
        amount: { value: 1000, currency: 'EUR' },
        card: { bin: '411111', last4: `${1000 + m}` },
      },
      acquirer: { name: 'acq-a', responseCode: what === 'declined' ? '51' : '00' },
      outcome: what === 'declined' ? 'declined' : 'approved',
    }),
  );
  const table = await tableOf(`${lines.join('\n')}\n`);
  expect(count(table)).toEqual(AS_MADE);
  expect(table.strings[table.route[0]!]).toBe('acq-a');
  expect(table.strings[table.payment[3]!]).toBe('p3');
});

describe('declines that hold for most of a day', () => {
  const day = (share: (minute: number) => number): string =>
    [
      'time,order,amount,status,card_bin',
      ...Array.from({ length: 1400 }, (_, m) => {
        const failed = (m * 37) % 100 < share(m) * 100;
        return `2026-05-04T${two(Math.floor(m / 60))}:${two(m % 60)}:00Z,O${m},10.00,${failed ? 'declined' : 'approved'},411111`;
      }),
    ].join('\n');

  it('are a window from where they began', async () => {
    const [change] = rateChanges(await tableOf(day((m) => (m < 360 ? 0.05 : 0.45))), transactionLimits(), []);
    expect(change?.outcome).toBe('declined');
    expect(Math.abs(change!.from - Date.parse('2026-05-04T06:00:00Z'))).toBeLessThan(600_000);
  });

  it('are what is usual where they hold all day', async () => {
    expect(rateChanges(await tableOf(day(() => 0.4)), transactionLimits(), [])).toEqual([]);
  });
});
