import { describe, expect, it } from 'vitest';
import { utf32Bytes } from '../../src/evidence/utf32.ts';
import { cardTesting, rateChanges, transactionLimits, volumeChanges } from '../../src/transactions/analytics/index.ts';
import { readTransactions } from '../../src/transactions/index.ts';
import { REASONS } from '../../src/transactions/response-codes.ts';
import type { TransactionTable } from '../../src/transactions/types.ts';
import { memorySource } from '../evidence/memory-source.ts';

const NOW = Date.parse('2026-05-20T00:00:00Z');
const limits = transactionLimits();
const tablesOf = async (files: { [path: string]: string }): Promise<TransactionTable[]> => {
  const sources = Object.entries(files).map(([path, content]) => memorySource(path, content));
  return (await readTransactions(sources, { now: NOW })).tables;
};

describe('journals of terminals', () => {
  const two = (value: number): string => String(value).padStart(2, '0');
  const journal = (terminal: string, date: string, resp: (minute: number) => string | undefined): string =>
    [
      'date,time,txn_type,trace,amount,pan,resp,result,merchant_id,terminal_id',
      ...Array.from({ length: 200 }, (_, i) => 480 + i * 3).flatMap((minute, i) => {
        const code = resp(minute);
        if (code === undefined) return [];
        const clock = `${two(Math.floor(minute / 60))}${two(minute % 60)}${two(i % 60)}`;
        return `${date},${clock},SALE,${i},${1000 + i},411111******${1000 + i},${code},${code === '00' ? 'APPROVED' : 'NO RESPONSE'},8001,${terminal}`;
      }),
    ].join('\n');

  it.each([
    ['year first', '260504'],
    ['day first', '040526'],
  ])('have dates of six digits, %s', async (_, date) => {
    const [table] = await tablesOf({ 'T1.csv': journal('T1', date, () => '00') });
    expect(new Date(table!.time[1]!).toISOString()).toBe('2026-05-04T08:03:01.000Z');
  });

  it('of one shop are one table: a terminal that fails shows, one that is closed for an hour is nothing', async () => {
    const failing = await tablesOf({
      'T1.csv': journal('T1', '260504', () => '00'),
      'T2.csv': journal('T2', '260504', (minute) => (minute >= 660 && minute < 840 ? '96' : '00')),
      'T3.csv': journal('T3', '260504', () => '00'),
    });
    expect(failing.map(({ length }) => length)).toEqual([600]);
    expect(rateChanges(failing[0]!, limits, [])).toEqual([expect.objectContaining({ key: 'T2' })]);
    const [closed] = await tablesOf({
      'T1.csv': journal('T1', '260504', () => '00'),
      'T2.csv': journal('T2', '260504', (minute) => (minute >= 671 && minute < 783 ? undefined : '00')),
      'T3.csv': journal('T3', '260504', () => '00'),
    });
    expect(volumeChanges(closed!, limits)).toEqual([]);
  });
});

it('takes the last digits from a column that is called the card’s number', async () => {
  const [table] = await tablesOf({
    'report.csv': [
      'Psp Reference,Creation Date,Amount,Card BIN,Card Number,Result',
      ...Array.from({ length: 30 }, (_, i) => `P${i},2026-05-04 08:${10 + i}:00,1.00,411111,${1000 + i},Authorised`),
    ].join('\n'),
  });
  expect(table!.strings[table!.last4[3]!]).toBe('1003');
});

it('takes the reason of a decline rather than the word that there was one', async () => {
  const [table] = await tablesOf({
    'charges.jsonl': Array.from({ length: 60 }, (_, i) =>
      JSON.stringify({
        id: `ch_${i}`,
        created: 1_777_900_000 + i * 60,
        amount: 1250,
        currency: 'eur',
        status: i % 3 ? 'succeeded' : 'failed',
        failure_code: i % 3 ? null : 'card_declined',
        outcome: { reason: i % 3 ? null : 'insufficient_funds' },
      }),
    ).join('\n'),
  });
  expect([REASONS[table!.reason![0]!], REASONS[table!.reason![1]!]]).toEqual(['funds', 'ok']);
});

describe('many declines of few cards', () => {
  const HEADER = 'time,payment_id,order_id,merchant,bin,card_fp,amount,code,status';
  const row = (seconds: number, card: string, code: string): string =>
    [
      new Date(NOW - 9e7 + seconds * 1000).toISOString(),
      `P${seconds}`,
      `O${seconds}`,
      'M1',
      '555555',
      card,
      '20.00',
      code,
      code === '00' ? 'PAID' : 'FAILED',
    ].join(',');
  const customers = Array.from({ length: 300 }, (_, i) => row(i * 200 + 7, `fpC${i}`, i % 12 ? '00' : '51'));

  it('are a program that retries, and many declines of many cards are somebody who tries them', async () => {
    const tried = (cards: number): Promise<TransactionTable[]> =>
      tablesOf({
        'payments.csv': [
          HEADER,
          ...[...customers, ...Array.from({ length: 240 }, (_, i) => row(i * 30, `fpT${i % cards}`, '05'))].sort(),
        ].join('\n'),
      });
    expect(cardTesting((await tried(12))[0]!, limits)).toEqual([]);
    expect(cardTesting((await tried(120))[0]!, limits)).not.toEqual([]);
  });
});

describe('BINs beyond those that are kept', () => {
  it('are counted, and the manifest says that their issuers stay unnamed', async () => {
    const rows = Array.from({ length: 200_003 }, (_, i) => `${400_000 + i},Bank ${i % 50}`);
    const source = memorySource('bins.csv', ['bin,issuer', ...rows].join('\n'));
    expect([source.item.kind, source.item.format]).toEqual(['table', 'issuers']);
    const { issuers } = await readTransactions([source], { now: NOW });
    expect(issuers).toHaveLength(200_000);
    expect(source.item.counts).toMatchObject({ dropped: 3 });
    expect(source.item.notes).toEqual([expect.stringContaining('3 BINs beyond the first 200000')]);
  });
});

describe('tables of any size and encoding', () => {
  const header = 'time,order_id,merchant,amount,status,response_code';
  const row = (i: number): string =>
    `2026-05-04T08:${String(Math.floor(i / 1000) % 60).padStart(2, '0')}:00Z,order-${i},shop,1.00,approved,00`;
  const lines = [header, ...Array.from({ length: 24_000 }, (_, i) => row(i))];
  const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

  it.each([
    ['UTF-16, little end first', utf16],
    ['UTF-16, big end first', (text: string) => utf16(text).swap16()],
    ['UTF-32', (text: string) => utf32Bytes(`\ufeff${text}`, 'utf-32le')],
  ])('are read block by block in %s', async (_, encode) => {
    const source = memorySource('payments.csv', encode(lines.join('\n')));
    const [table] = (await readTransactions([source], { now: NOW })).tables;
    expect([table!.length, table!.dropped]).toEqual([24_000, 0]);
    expect(table!.strings[table!.order.at(-1)!]).toBe('order-23999');
    expect(table!.line.at(-1)).toBe(24_001);
  });

  it('count a row of millions of cells as one that is left out', async () => {
    const [table] = await tablesOf({
      'payments.csv': [...lines.slice(0, 40), ','.repeat(2_000_000), ...lines.slice(40, 60)].join('\n'),
    });
    expect([table!.length, table!.dropped]).toEqual([59, 1]);
    expect(table!.problems).toEqual([{ what: 'row with another number of columns', count: 1, firstLine: 41 }]);
  });
});

describe('a quoted cell with line ends', () => {
  const row = (i: number, note: string): string => `P${i},2026-05-04 08:00:00,1.00,Authorised,${note}\n`;
  const head = 'Psp Reference,Creation Date,Amount,Result,Note\n';
  const short = Array.from({ length: 50 }, (_, i) => row(i, 'x')).join('');
  /** Cells of about a hundred bytes over three lines, so that any block ends within one. */
  const long = (count: number): string =>
    Array.from({ length: count }, (_, i) => row(50 + i, `"said\n${'x,'.repeat(40)}\nand ""left"""`)).join('');

  it('is one row where a block of the file ends within it', async () => {
    const [table] = await tablesOf({ 'report.csv': head + short + long(70_000) });
    expect(table!.length).toBe(70_050);
    expect(table!.dropped).toBe(0);
  });

  it('that is never closed costs no row but its own', async () => {
    const [table] = await tablesOf({ 'report.csv': `${head}${short.repeat(2000)}${row(50, '"open')}${row(51, 'x')}` });
    expect(table!.length).toBe(100_002);
  });
});

describe('a table of another country', () => {
  const day = (
    header: string,
    row: (at: { hour: string; minute: string; failed: boolean; n: number }) => string,
  ): string =>
    [
      header,
      ...Array.from({ length: 300 }, (_, n) =>
        row({
          hour: String(8 + Math.floor(n / 30)).padStart(2, '0'),
          minute: String((n % 30) * 2).padStart(2, '0'),
          failed: n >= 180 && n < 220 && n % 2 === 0,
          n,
        }),
      ),
    ].join('\n');
  const arabic = (text: string): string =>
    text.replace(/\d/g, (digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)]!).replace('.', '٫');
  const route = (n: number): string => (n % 2 === 0 ? 'north' : 'south');

  it.each([
    [
      'Arabic, in its digits',
      'التاريخ والوقت;رقم التاجر;رقم الطلب;رقم البطاقة;المبلغ;العملة;الحالة;رمز الاستجابة;البنك المحصل',
      (clock: string, n: number, failed: boolean) =>
        `${arabic(`2026/05/04 ${clock}`)};M1;${n};411111******${1000 + n};${arabic('12.50')};USD;${failed ? 'مرفوضة' : 'مقبولة'};${arabic(failed ? '96' : '00')};${route(n)}`,
    ],
    [
      'Italian, with points in the time of day',
      'Data/Ora;Esercente;ID ordine;Carta;Importo;Valuta;Esito;Codice esito;Acquirente',
      (clock: string, n: number, failed: boolean) =>
        `04-05-2026 ${clock.replaceAll(':', '.')};M1;${n};411111******${1000 + n};12,50;EUR;${failed ? 'Negata' : 'Autorizzata'};${failed ? '96' : '00'};${route(n)}`,
    ],
    [
      'Chinese, with a column of days and one of times',
      '交易日期,交易时间,商户编号,商户订单号,交易卡号,交易金额(元),币种,交易状态,应答码,收单通道',
      (clock: string, n: number, failed: boolean) =>
        `2026年05月04日,${clock},M1,${n},411111******${1000 + n},12.50,CNY,${failed ? '交易失败' : '交易成功'},${failed ? '96' : '00'},${route(n)}`,
    ],
    [
      'Japanese',
      '取引日時,加盟店コード,伝票番号,カード番号,取引金額,通貨,処理結果,エラーコード,接続先',
      (clock: string, n: number, failed: boolean) =>
        `2026/05/04 ${clock},M1,${n},411111******${1000 + n},12.50,JPY,${failed ? '拒否' : '承認'},${failed ? '96' : ''},${route(n)}`,
    ],
    [
      'of Brazil',
      '"data_hora_transacao","estabelecimento","nsu","bin_cartao","final_cartao","valor_bruto","moeda","situacao","codigo_retorno","adquirente"',
      (clock: string, n: number, failed: boolean) =>
        `"2026-05-04 ${clock}","M1","${n}","411111","${1000 + n}","R$ 1.012,50","BRL","${failed ? 'Negada' : 'Autorizada'}","${failed ? '96' : '00'}","${route(n)}"`,
    ],
    [
      'French, with the sign for number',
      'Date opération;N° commande;N° de carte;Montant;Devise;Statut;Code retour;Acquéreur',
      (clock: string, n: number, failed: boolean) =>
        `04/05/2026 ${clock};${n};411111******${1000 + n};12,50;EUR;${failed ? 'Refusée' : 'Acceptée'};${failed ? '96' : '00'};${route(n)}`,
    ],
    [
      'Russian',
      'Дата и время;Мерчант;Номер заказа;Номер карты;Сумма;Валюта;Статус;Код ответа;Эквайер',
      (clock: string, n: number, failed: boolean) =>
        `04.05.2026 ${clock};M1;${n};411111******${1000 + n};12,50;RUB;${failed ? 'Отклонено' : 'Одобрено'};${failed ? '96' : '00'};${route(n)}`,
    ],
  ])('is read and judged: %s', async (_, header, row) => {
    const [table] = await tablesOf({
      'export.csv': day(header, ({ hour, minute, failed, n }) => row(`${hour}:${minute}:05`, n, failed)),
    });
    expect([table?.length, table?.problems, table?.columns.pan ?? table?.columns.last4]).toEqual([
      300,
      undefined,
      expect.any(String),
    ]);
    expect(rateChanges(table!, limits, [])).toEqual([
      expect.objectContaining({
        dimension: 'route',
        key: 'north',
        from: Date.parse('2026-05-04T14:00:05Z'),
        to: Date.parse('2026-05-04T15:16:05Z'),
      }),
    ]);
  });

  it('whose times of day nobody can read has no times, rather than midnights', async () => {
    const [table] = await tablesOf({
      'export.csv': day(
        'Date,Order,Amount,Currency,Status,Response Code,Merchant',
        ({ hour, minute, n }) => `2026-05-04 at ${hour} h ${minute},${n},12.50,EUR,approved,00,M1`,
      ),
    });
    expect(table!.problems).toEqual([expect.objectContaining({ what: 'time not readable', count: 300 })]);
  });
});
