/** What triage says of payment tables with abuse, loss and waste in them, and of ordinary ones that look alike. */
import { describe, expect, it } from 'vitest';
import { draws } from '../draws.ts';
import { claims, type Files, iso, triageFiles } from './bundle.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 7, 30);
const END = START + 24 * HOUR;
const BINS = ['424242', '555555', '400005', '510510', '222300', '601111'];

interface Row {
  time: number;
  order?: string;
  merchant?: string;
  type?: string;
  bin?: string;
  last4?: string;
  expiry?: string;
  amount?: number;
  code?: string;
  client?: string;
  status?: string;
}

/** A day of nine merchants, three payments a minute, one in twelve declined, some refunded. */
class Day {
  readonly random: () => number;
  readonly rows: Row[] = [];
  constructor(seed: number) {
    this.random = draws(seed);
    for (let t = START; t < END; t += 20_000 + this.random() * 20_000) {
      const card = this.card();
      const code = this.random() < 0.08 ? this.pick(['51', '51', '05', '61', '54', '82', '14']) : '00';
      const row = { time: t, merchant: `shop-${Math.floor(this.random() ** 2 * 9)}`, ...card, code };
      this.rows.push({ ...row, client: this.address() });
      if (this.random() < 0.012)
        this.rows.push({ ...row, time: t + this.random() * 4 * HOUR, type: 'refund', code: '00' });
    }
  }
  integer = (below: number): number => Math.floor(this.random() * below);
  pick = <T>(list: readonly T[]): T => list[this.integer(list.length)]!;
  address = (): string =>
    `${20 + this.integer(180)}.${this.integer(256)}.${this.integer(256)}.${1 + this.integer(250)}`;
  card = (): { bin: string; last4: string; expiry: string; amount: number } => ({
    bin: this.pick(BINS),
    last4: String(this.integer(10_000)).padStart(4, '0'),
    expiry: `${String(1 + this.integer(12)).padStart(2, '0')}/${27 + this.integer(5)}`,
    amount: Math.round(500 + this.random() * 9000) / 100,
  });
  files(extra: Files = {}): Files {
    const lines = this.rows
      .filter(({ time }) => time < END)
      .sort((a, b) => a.time - b.time)
      .map((r, i) =>
        [iso(r.time), r.order ?? `P${i}`, r.merchant, r.type ?? 'sale', r.bin, r.last4, r.expiry]
          .concat([(r.amount ?? 20).toFixed(2), 'EUR', r.code ?? '00', r.status ?? '', r.client ?? ''])
          .join(','),
      );
    const head = 'time_utc,order_id,merchant_id,type,bin,last4,exp,amount,currency,resp_code,status,client_ip';
    return { 'meta/now': iso(END), 'txn/payments.csv': `${head}\n${lines.join('\n')}\n`, ...extra };
  }
}

const raised = (report: Awaited<ReturnType<typeof triageFiles>>): string[] =>
  report.findings.filter(({ priority }) => priority !== 'routine').map(({ id }) => id);
const NOON = START + 12 * HOUR;
const TESTED = ['05', '05', '05', '14', '14', '54', '82', '41'];

describe('card testing among customers', () => {
  it.each([1, 2])('is found at a merchant where nothing else joins the tries (%i)', async (seed) => {
    const day = new Day(seed);
    for (let i = 0; i < 150; i++)
      day.rows.push({
        time: NOON + i * 48_000,
        merchant: 'shop-3',
        ...day.card(),
        code: day.random() < 0.88 ? day.pick(TESTED) : '00',
        client: day.address(),
      });
    const report = await triageFiles(day.files());
    expect(claims(report)).toEqual(['card-testing']);
    const finding = report.findings.find(({ id }) => id === 'payments/card-testing')!;
    expect(finding.title).toContain('among the customers of merchant shop-3');
    expect(Math.abs(Date.parse(finding.firstSeen!) - NOON)).toBeLessThan(10 * MINUTE);
    expect(finding).toMatchObject({ priority: 'urgent', owner: 'risk' });
  });

  it('is not a merchant whose form drops the security code', async () => {
    const day = new Day(3);
    for (const row of day.rows)
      if (row.merchant === 'shop-3' && row.time >= NOON && row.time < NOON + 2 * HOUR && row.type !== 'refund')
        row.code = '82';
    expect(claims(await triageFiles(day.files()))).toEqual([]);
  });

  it('is not a merchant whose customers fail as well', async () => {
    const day = new Day(4);
    for (const row of day.rows)
      if (row.merchant === 'shop-1' && row.time >= NOON && row.time < NOON + 3 * HOUR && row.type !== 'refund')
        row.code = day.random() < 0.85 ? day.pick(TESTED) : '00';
    expect(claims(await triageFiles(day.files()))).not.toContain('card-testing');
  });

  it('is not a batch of renewals, of which one in three is declined', async () => {
    const day = new Day(5);
    for (let i = 0; i < 500; i++)
      day.rows.push({
        time: NOON + i * 3000,
        merchant: 'shop-4',
        ...day.card(),
        code: day.random() < 0.35 ? day.pick(['51', '51', '05', '54', '14', '61']) : '00',
        client: day.address(),
      });
    expect(claims(await triageFiles(day.files()))).toEqual([]);
  });
});

describe('charges made twice', () => {
  it('are told where one card pays one amount twice, often, from one moment on', async () => {
    const day = new Day(6);
    for (let i = 0; i < 15; i++) {
      const row = { time: NOON + i * 60_000, merchant: 'shop-2', ...day.card(), client: day.address() };
      day.rows.push(row, { ...row, time: row.time + 4000 + day.random() * 20_000 });
    }
    const report = await triageFiles(day.files());
    expect(claims(report)).toEqual(['duplicate-payment']);
    expect(report.summary.verdict).toContain('charged the same amount twice');
  });

  it('are no double charges where people buy two of a thing all day', async () => {
    const day = new Day(7);
    for (let t = START; t < END; t += 15 * MINUTE) {
      const row = { time: t, merchant: 'shop-2', ...day.card(), client: day.address(), amount: 3.2 };
      day.rows.push(row, { ...row, time: t + 30_000 });
    }
    expect(claims(await triageFiles(day.files()))).toEqual([]);
  });

  it('are none where a job pays the same with one card, again and again', async () => {
    const day = new Day(26);
    const row = { merchant: 'shop-2', ...day.card(), client: '10.1.0.9', amount: 10 };
    for (let i = 0; i < 600; i++) day.rows.push({ ...row, time: NOON + i * 1000 });
    expect(claims(await triageFiles(day.files()))).not.toContain('duplicate-payment');
  });

  it('are no instalments of one order, days apart', async () => {
    const day = new Day(8);
    for (let i = 0; i < 8; i++) {
      const row = { merchant: 'shop-2', ...day.card(), client: day.address(), order: `C${i}` };
      for (const days of [0, 7, 14]) day.rows.push({ ...row, time: START - (14 - days) * 24 * HOUR + i * HOUR });
    }
    expect(claims(await triageFiles(day.files()))).toEqual([]);
  });
});

describe('refunds', () => {
  it('are told where one desk makes many within an hour', async () => {
    const day = new Day(9);
    for (let i = 0; i < 40; i++)
      day.rows.push({
        time: NOON + i * 45_000,
        merchant: 'shop-5',
        type: 'refund',
        ...day.card(),
        client: '10.2.0.40',
      });
    const report = await triageFiles(day.files());
    const finding = report.findings.find(({ id }) => id === 'payments/refund-burst')!;
    expect(finding.title).toMatch(/refunds within [23]\d minutes at shop-5, (?:nearly )?all by 10\.2\.0\.40/);
    expect(finding).toMatchObject({ priority: 'important', owner: 'risk' });
    expect(report.summary.verdict).toBe(`${finding.title}.`);
  });

  it('are nothing where a job makes them at one hour and none at others', async () => {
    const day = new Day(10);
    const refunds = day.rows.filter(({ type }) => type === 'refund');
    refunds.forEach((row, i) => {
      row.time = START + 2 * HOUR + i * 1000;
    });
    const report = await triageFiles(day.files());
    expect(raised(report)).toEqual([]);
    // Of one day nobody can tell that from a theft.
    expect(report.notChecked.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(/^whether \d+ refunds within /),
    );
  });
});

describe('retries', () => {
  // Ten declines a day are Mastercard's limit; Visa counts reattempts in thirty days.
  const tries = (day: Day, cards: number): void => {
    for (let c = 0; c < cards; c++) {
      const card = { ...day.card(), bin: '510510' };
      for (let i = 0; i < 16; i++)
        day.rows.push({
          time: START + HOUR + i * 45 * MINUTE + c * 7000,
          merchant: 'shop-6',
          ...card,
          code: '05',
          client: '10.2.0.17',
        });
    }
  };

  it('of several cards beyond the limits are told with their merchant', async () => {
    const day = new Day(11);
    tries(day, 4);
    const report = await triageFiles(day.files());
    expect(raised(report)).toEqual(['payments/excessive-retries']);
    expect(report.summary.verdict).toContain('4 cards were retried beyond the schemes’ limits at shop-6');
    expect(report.summary.owner).toBe('app');
  });

  it('of one card are routine: a monitor has one', async () => {
    const day = new Day(12);
    tries(day, 1);
    expect(raised(await triageFiles(day.files()))).toEqual([]);
  });
});

describe('payments without an outcome', () => {
  it('are listed where the statement has them as paid', async () => {
    const day = new Day(13);
    const open = day.rows.filter(({ time, code }) => time >= NOON && time < NOON + HOUR && code === '00').slice(0, 6);
    open.forEach((row, i) => {
      row.order = `U${i}`;
      row.code = '';
      row.status = 'pending';
    });
    const rows = open.map(
      (row) => `${iso(row.time + 5000)},${row.order},ps${row.order},${row.amount!.toFixed(2)},EUR,settled,0.30`,
    );
    const report = await triageFiles(
      day.files({ 'settlement.csv': `time,merchant_order,psp_id,amount,currency,status,fee\n${rows.join('\n')}\n` }),
    );
    const finding = report.findings.find(({ id }) => id === 'payments/unknown-outcomes');
    expect(finding?.title).toBe('6 payments were taken and never booked');
  });

  it('are told where far more than usual stay open', async () => {
    const day = new Day(14);
    for (const row of day.rows)
      if (row.time >= NOON && row.time < NOON + 30 * MINUTE && row.type !== 'refund' && day.random() < 0.7) {
        row.code = '';
        row.status = 'pending';
      }
    const report = await triageFiles(day.files());
    expect(raised(report)).toContain('payments/unknown-outcomes');
  });
});

it('an ordinary day raises nothing', async () => {
  for (const seed of [20, 21, 22]) {
    const report = await triageFiles(new Day(seed).files());
    expect(raised(report)).toEqual([]);
    expect(claims(report)).toEqual([]);
  }
});

describe('amounts beside the statement', () => {
  const START_OF_ORDERS = START + 6 * HOUR;
  /** Orders in two currencies, and what the statement has of them. */
  const files = (took: (amount: number, currency: string, index: number) => number): Files => {
    const draw = draws(31);
    const ours: string[] = [];
    const theirs: string[] = [];
    for (let i = 0; i < 400; i++) {
      const currency = i % 8 === 0 ? 'JPY' : 'EUR';
      const amount = currency === 'JPY' ? 800 + Math.floor(draw() * 9000) : Math.round(500 + draw() * 9000) / 100;
      const time = iso(START_OF_ORDERS + i * 2 * MINUTE);
      ours.push(`${time},O${i},shop-1,bank-a,${amount},${currency},00,approved`);
      theirs.push(`${time},O${i},bank-a,${took(amount, currency, i)},${currency},settled`);
    }
    return {
      'meta/now': iso(END),
      'txn/payments.csv': `time_utc,order_id,merchant_id,channel,amount,currency,resp_code,status\n${ours.join('\n')}\n`,
      'txn/statement.csv': `settled_at,order_id,channel,settled_amount,currency,status\n${theirs.join('\n')}\n`,
    };
  };
  const told = async (made: Files) =>
    (await triageFiles(made)).findings.filter(({ id }) => id === 'payments/amount-exponent');

  it('a hundred times as high for one currency are told with it and their beginning', async () => {
    const [finding] = await told(
      files((amount, currency, i) => (currency === 'JPY' && i >= 160 ? amount * 100 : amount)),
    );
    expect(finding!.title).toContain('30 amounts of JPY are 100 times as high in the statement');
    expect(finding).toMatchObject({ owner: 'app', class: 'configuration' });
    expect(finding!.detail).toContain('since 2026-08-30T11:20:00');
  });

  it('that are the same, in minor units throughout, or less by a fee are no finding', async () => {
    expect(await told(files((amount) => amount))).toEqual([]);
    expect(await told(files((amount) => Math.round(amount * 100)))).toEqual([]);
    expect(await told(files((amount) => Math.round(amount * 98.5) / 100))).toEqual([]);
  });
});
