/** Exports in odd dialects, codes nobody knows, and a code map of one's own, through the command line's own reader. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ownCodes } from '../../src/cli/payments/own-codes.ts';
import { readPayments } from '../../src/cli/payments/read.ts';
import { paymentsAsText } from '../../src/cli/payments/render.ts';

const folder = mkdtempSync(join(tmpdir(), 'paymedic-dialects-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const two = (n: number): string => String(n).padStart(2, '0');
/** Forty payments, one a minute, a tenth of them declined. */
const rows = (line: (minute: number, code: string) => string): string[] =>
  Array.from({ length: 40 }, (_, m) => line(m, m % 10 === 0 ? '05' : '00'));

async function rates(name: string, lines: string[], more: { codes?: string } = {}) {
  const file = join(folder, name);
  writeFileSync(file, `${lines.join('\r\n')}\r\n`);
  const { summaries, problems } = await readPayments([file], { now: '2026-09-13T00:00:00Z', ...more });
  return { summary: summaries[0]!, problems, text: paymentsAsText(summaries) };
}

describe('payment tables in odd dialects', () => {
  it('have codes as Excel keeps their zeros, a separator line and the month first', async () => {
    const { summary } = await rates('excel.csv', [
      'sep=;',
      'Time;Order;Merchant;Response Code;Amount',
      ...rows((m, code) => `09/12/2026 08:${two(m)}:00 AM;O${m};M1;="${code}";"1,000.50"`),
    ]);
    expect(summary.rates.all).toEqual([{ key: 'all', attempts: 40, approved: 36, declined: 4, error: 0, pending: 0 }]);
    expect(new Date(summary.from).toISOString()).toBe('2026-09-12T08:00:00.000Z');
  });

  it.each(['^', '~', '\u00a6'])('are separated by %j', async (mark) => {
    const { summary } = await rates(`mark${mark.charCodeAt(0)}.txt`, [
      ['TXN_TIME', 'RRN', 'MID', 'RESP', 'AMT'].join(mark),
      ...rows((m, code) => [`2026091208${two(m)}00`, `${900000 + m}`, 'M1', code, '1050'].join(mark)),
    ]);
    expect(summary.rates.all[0]).toMatchObject({ attempts: 40, approved: 36, declined: 4 });
  });

  it.each([
    ['1993', '000', '116', '907'],
    ['2003', '0000', '1016', '9107'],
  ])('have action codes of ISO 8583:%s', async (year, good, funds, down) => {
    const { summary } = await rates(`action${year}.csv`, [
      'time,rrn,merchant_id,action_code,amount',
      ...Array.from(
        { length: 40 },
        (_, m) => `2026-09-12 08:${two(m)}:00,R${m},M1,${m < 4 ? funds : m === 4 ? down : good},10.00`,
      ),
    ]);
    expect(summary.rates.all[0]).toMatchObject({ approved: 35, declined: 4, error: 1 });
  });

  it('write the words beside the code, which mean the same in every column', async () => {
    const answers = ['12 : Not enough balance', '9 : Issuer Unavailable', '39 : RReq not received from DS'];
    const { summary } = await rates('adyen.csv', [
      'Creation Date,Psp Reference,Merchant Reference,Payment Method,Value,Currency,Status,Refusal Reason',
      ...Array.from(
        { length: 40 },
        (_, m) =>
          `2026-09-12 08:${two(m)}:00,P${m},O${m},visa,10.00,EUR,${m < 3 ? (m === 1 ? 'Error' : 'Refused') : 'Authorised'},${answers[m] ?? ''}`,
      ),
    ]);
    expect(summary.rates.all[0]).toMatchObject({ approved: 37, declined: 2, error: 1 });
  });

  it('have PayPal processor codes and the letters of the schemes', async () => {
    const { summary } = await rates('letters.csv', [
      'time,order_id,merchant_id,response_code,amount',
      ...['0000', '5120', '9500', '5910', 'PPNT', '00N7', '5180', '1330', '0500', '5400'].map(
        (code, m) => `2026-09-12 08:${two(m)}:00,O${m},M1,${code},10.00`,
      ),
      ...['00', 'N7', '1A', '6P', 'Z3', 'R0', 'R1', 'R3', 'EA', 'EB', '46', '5C'].map(
        (code, m) => `2026-09-12 09:${two(m)}:00,X${m},M1,${code},10.00`,
      ),
    ]);
    expect(summary.rates.all[0]).toMatchObject({ attempts: 22, approved: 2, declined: 17, error: 3 });
    expect(summary.problems).toEqual([]);
  });

  it('are what a provider bills where there is nothing else, in the time of Beijing', async () => {
    const { summary } = await rates('wechat.csv', [
      '交易时间,公众账号ID,商户号,微信订单号,商户订单号,交易类型,交易状态,货币种类,应结订单金额,手续费',
      ...rows(
        (m) => `\`2026-09-12 16:${two(m)}:00,\`wx1,\`1900,\`42000${m},\`O${m},\`JSAPI,\`SUCCESS,\`CNY,\`1.00,\`0.01`,
      ),
      '总交易单数,应结订单总金额',
      '`40,`40.00',
    ]);
    expect(summary.rates.all[0]).toMatchObject({ attempts: 40, approved: 40 });
    expect(new Date(summary.from).toISOString()).toBe('2026-09-12T08:00:00.000Z');
  });

  it('come from tills: two digits of the year, and a column of codes without a name', async () => {
    const { summary } = await rates('kasse.csv', [
      'Datum;Uhrzeit;Beleg;Terminal-ID;Karten-Nr.;Betrag EUR;AC',
      ...rows((m, code) => `12.09.26;08:${two(m)}:00;B${m};T1;555555######${1000 + m};13,75;${code}`),
    ]);
    expect(summary.rates.all[0]).toMatchObject({ attempts: 40, approved: 36, declined: 4 });
    expect(new Date(summary.from).toISOString()).toBe('2026-09-12T08:00:00.000Z');
  });

  it('end with a line of totals', async () => {
    const { summary } = await rates('totals.csv', [
      'time,order_id,merchant_id,response_code,amount',
      ...rows((m, code) => `2026-09-12 08:${two(m)}:00,O${m},M1,${code},10.00`),
      'Total,,,,400.00',
    ]);
    expect(new Date(summary.from).toISOString()).toBe('2026-09-12T08:00:00.000Z');
    expect(new Date(summary.to).toISOString()).toBe('2026-09-12T08:39:00.000Z');
  });
});

describe('codes that nobody here knows', () => {
  const lines = [
    'time,order_id,merchant_id,response_code,amount',
    ...rows((m, code) => `2026-09-12 08:${two(m)}:00,O${m},M1,${code === '00' ? 'OKAY' : 'NOPE'},10.00`),
  ];

  it('are no clean bill', async () => {
    const { text } = await rates('unknown.csv', lines);
    expect(text).toContain('outcome not understood');
    expect(text).toContain('100.0 % of unknown outcome');
    expect(text).not.toContain('No failures');
  });

  it('are told by a map of one’s own', async () => {
    const codes = join(folder, 'own.yaml');
    writeFileSync(
      codes,
      'dialects:\n  iso8583:\n    codes:\n      OKAY: [approved, ok]\n      NOPE: [declined, do-not-honour]\n',
    );
    const { summary } = await rates('known.csv', lines, { codes });
    expect(summary.rates.all[0]).toMatchObject({ attempts: 40, approved: 36, declined: 4 });
  });

  it('refuse a map that says what cannot be meant', () => {
    const codes = join(folder, 'bad.yaml');
    writeFileSync(codes, 'dialects:\n  ours:\n    codes:\n      A: [perhaps, ok]\n');
    expect(() => ownCodes(codes)).toThrow(/dialect ours, code A/);
    expect(() => ownCodes(join(folder, 'none.yaml'))).toThrow(/ENOENT/);
  });
});
