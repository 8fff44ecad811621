import { describe, expect, it } from 'vitest';
import {
  duplicates,
  rateChanges,
  transactionLimits,
  unknownOutcomes,
  volumeChanges,
} from '../../src/transactions/analytics/index.ts';
import { readTransactions } from '../../src/transactions/index.ts';
import { fileOf, OUTCOMES, type TransactionObservations, type TransactionTable } from '../../src/transactions/types.ts';
import { memorySource } from '../evidence/memory-source.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-05-04T00:00:00Z');
const limits = transactionLimits();
const HEADER = 'created_at,order_id,payment_id,merchant_id,card_bin,card_last4,amount,currency,response_code,status';

const row = (time: number, name: string, more: { order?: string; status?: string; code?: string } = {}): string =>
  [
    new Date(time).toISOString(),
    more.order ?? `O-${name}`,
    `P-${name}`,
    'M1',
    '411111',
    more.order ? '7777' : String(1000 + (Math.floor(time / 1000) % 5000)),
    '12.50',
    'EUR',
    more.code ?? '00',
    more.status ?? 'approved',
  ].join(',');
const csv = (rows: string[]): string => `${[HEADER, ...rows].join('\n')}\n`;
/** An attempt every two minutes. */
const steady = (from: number, to: number): string[] =>
  Array.from({ length: (to - from) / 120_000 }, (_, i) => row(from + i * 120_000, String(from / 120_000 + i)));

const read = async (files: { [path: string]: string }): Promise<TransactionTable[]> => {
  const sources = Object.entries(files).map(([path, content]) => memorySource(path, content));
  return (await readTransactions(sources, { now: START + 300 * DAY })).tables;
};

it('learns from all files which number of a date is the month', async () => {
  const american = (day: number): string =>
    [
      'date,order,amount,status',
      ...Array.from({ length: 30 }, (_, i) => `05/${day}/2026 08:${10 + i}:00,A${day}-${i},1.00,APPROVED`),
    ].join('\n');
  const [table] = await read({ 'report May 09.csv': american(9), 'report May 10.csv': american(10) });
  expect([table!.length, new Date(table!.time[0]!).toISOString()]).toEqual([60, '2026-05-09T08:10:00.000Z']);
});

describe('one export in several files', () => {
  it('joins files that follow each other, in order of time, and keeps file and line', async () => {
    const tables = await read({
      'orders-2026-05-05.csv': csv(steady(START + DAY, START + 2 * DAY)),
      'orders-2026-05-04.csv': csv(steady(START, START + DAY)),
    });
    expect(tables).toHaveLength(1);
    const [table] = tables as [TransactionTable];
    expect(table.length).toBe(1440);
    expect(table.files).toEqual(['orders-2026-05-04.csv', 'orders-2026-05-05.csv']);
    expect([fileOf(table, 0), table.line[0]]).toEqual(['orders-2026-05-04.csv', 2]);
    expect([fileOf(table, 720), table.line[720]]).toEqual(['orders-2026-05-05.csv', 2]);
    expect(volumeChanges(table, limits)).toEqual([]);
  });

  it('finds a second charge on the other side of midnight', async () => {
    const [table] = await read({
      'a-01.csv': csv([...steady(START, START + DAY), row(START + DAY - 5000, 'x', { order: 'twice' })]),
      'a-02.csv': csv([
        row(START + DAY + 5000, 'y', { order: 'twice' }),
        ...steady(START + DAY + 60_000, START + 2 * DAY),
      ]),
    });
    const found = duplicates(table!, [], limits).filter(({ order }) => order === 'twice');
    expect(found.map(({ kind, count }) => [kind, count])).toEqual([['same-order', 2]]);
    expect(found[0]!.lines.map(({ file, line }) => [file, line])).toEqual([
      ['a-01.csv', 722],
      ['a-02.csv', 2],
    ]);
  });

  it('counts rows of overlapping exports once, takes the later word on an open one, and says so', async () => {
    const rows = steady(START, START + DAY);
    const open = START + DAY / 2 - 60_000;
    const tables = await read({
      'report-1.csv': csv([...rows.slice(0, 360), row(open, 'open', { status: 'pending', code: '' })]),
      'report-2.csv': csv([...rows.slice(0, 360), row(open, 'open'), ...rows.slice(360)]),
    });
    expect(tables).toHaveLength(1);
    const [table] = tables as [TransactionTable];
    expect(table.length).toBe(721);
    expect(duplicates(table, [], limits)).toEqual([]);
    expect(table.outcome.includes(OUTCOMES.indexOf('pending'))).toBe(false);
    expect(unknownOutcomes(table, [], START + 2 * DAY, limits).unknown).toEqual([]);
    expect(table.problems).toEqual([
      expect.objectContaining({ what: expect.stringContaining('another export'), count: 361 }),
    ]);
  });

  it('keeps exports of other shops of the same time apart', async () => {
    const ofShop = (name: string): string =>
      csv(steady(START, START + DAY).map((line) => line.replaceAll('O-', `${name}-`).replace(',M1,', `,${name},`)));
    for (const [one, two] of [
      ['shop1/payments.csv', 'shop2/payments.csv'],
      ['node1/payments.csv', 'node2/payments.csv'],
    ] as const) {
      const tables = await read({ [one]: ofShop('S1'), [two]: ofShop('S2') });
      expect(tables.map(({ length }) => length)).toEqual([720, 720]);
    }
  });

  it('calls a day that nobody exported no silence, and one within the files one', async () => {
    const days = (which: number[]): { [path: string]: string } =>
      Object.fromEntries(
        which.map((day) => [`orders-2026-05-0${4 + day}.csv`, csv(steady(START + day * DAY, START + (day + 1) * DAY))]),
      );
    const [missing] = await read(days([0, 1, 3]));
    expect(missing!.gaps).toHaveLength(1);
    expect(volumeChanges(missing!, limits)).toEqual([]);
    const [silent] = await read({
      'orders-2026-05-04.csv': csv(steady(START, START + DAY - 1_200_000)),
      'orders-2026-05-05.csv': csv(steady(START + DAY + 1_800_000, START + 2 * DAY)),
    });
    expect(volumeChanges(silent!, limits)).toEqual([
      expect.objectContaining({ kind: 'drop', from: START + DAY - 1_260_000, attempts: 0 }),
    ]);
  });
});

describe('exports of several machines of the same time', () => {
  /** Payment i of a day goes to machine i mod 3. */
  const dealt = (i: number): string[] => steady(START, START + DAY).filter((_, row) => row % 3 === i);
  const ofMachines = (more: (i: number) => string[] = () => []): { [path: string]: string } =>
    Object.fromEntries([0, 1, 2].map((i) => [`app-0${i + 1}/payments.csv`, csv([...dealt(i), ...more(i)].sort())]));

  it('judges them as one table, tells which machine a row comes from, and says so', async () => {
    const sources = Object.entries(ofMachines()).map(([path, content]) => memorySource(path, content));
    const { tables } = await readTransactions(sources, { now: START + 300 * DAY });
    expect(tables.map(({ length }) => length)).toEqual([720]);
    const [table] = tables as [TransactionTable];
    expect(table.files).toEqual(['app-01/payments.csv', 'app-02/payments.csv', 'app-03/payments.csv']);
    expect(new Set(Array.from(table.node, (id) => table.strings[id]))).toEqual(new Set(['app-01', 'app-02', 'app-03']));
    expect(sources[0]!.item.notes).toEqual([expect.stringContaining('2 other files')]);
    expect(volumeChanges(table, limits)).toEqual([]);
  });

  it('finds a second charge on another machine, and a machine whose payments fail', async () => {
    const twice = await read(
      ofMachines((i) => (i < 2 ? [row(START + DAY / 2 + i * 5000, `x${i}`, { order: 'twice' })] : [])),
    );
    expect(duplicates(twice[0]!, [], limits).map(({ order }) => order)).toEqual(['twice']);
    const failing = await read(
      Object.fromEntries(
        Object.entries(ofMachines()).map(([path, content]) => [
          path,
          path.startsWith('app-02') ? content.replace(/(T1[0-3].*),00,approved/g, '$1,96,error') : content,
        ]),
      ),
    );
    expect(rateChanges(failing[0]!, limits, [])).toEqual([
      expect.objectContaining({ dimension: 'node', key: 'app-02' }),
    ]);
  });

  it('counts a row that two machines hold once', async () => {
    const shared = row(START + DAY / 2, 'shared');
    const [table] = await read(ofMachines((i) => (i < 2 ? [shared] : [])));
    expect(table!.length).toBe(721);
    expect(table!.problems).toEqual([expect.objectContaining({ count: 1 })]);
  });

  it('joins the days of each machine before the machines', async () => {
    const rows = (day: number, i: number): string =>
      csv(steady(START + day * DAY, START + (day + 1) * DAY).filter((_, at) => at % 2 === i));
    const tables = await read({
      'node-a-2026-05-04.csv': rows(0, 0),
      'node-a-2026-05-05.csv': rows(1, 0),
      'node-b-2026-05-04.csv': rows(0, 1),
      'node-b-2026-05-05.csv': rows(1, 1),
    });
    expect(tables.map(({ length, files }) => [length, files?.length])).toEqual([[1440, 4]]);
  });
});

describe('statements in several files', () => {
  const STATEMENT = 'settled_at,order_id,provider_id,amount,status';
  const settled = (time: number, order: string, payment: string): string =>
    `${new Date(time).toISOString()},${order},${payment},12.50,settled`;
  const day = (which: number): string[] =>
    Array.from({ length: 700 }, (_, i) => {
      const time = START + which * DAY + i * 120_000;
      return settled(time + 1000, `O-${time / 120_000}`, `pi_${time / 120_000}`);
    });
  const statement = (rows: string[]): string => [STATEMENT, ...rows].join('\n');
  const readAll = (files: { [path: string]: string }): Promise<TransactionObservations> =>
    readTransactions(
      Object.entries(files).map(([path, content]) => memorySource(path, content)),
      { now: START + 300 * DAY },
    );

  it('misses no payment of a day whose statement nobody has, and counts overlapping rows once', async () => {
    const { tables, statements } = await readAll({
      'orders.csv': csv(steady(START, START + 3 * DAY)),
      'statement-2026-05-04.csv': statement(day(0)),
      'statement-2026-05-04-late.csv': statement(day(0).slice(-50)),
      'statement-2026-05-06.csv': statement(day(2)),
    });
    expect(statements.map(({ files, rows }) => [files?.length, rows.length])).toEqual([[3, 1400]]);
    const found = unknownOutcomes(tables[0]!, statements, START + 10 * DAY, limits);
    expect(found.bookedButNotPaid).toEqual([]);
  });

  it('finds an order that two files of a statement settle', async () => {
    const { tables, statements } = await readAll({
      'orders.csv': csv(steady(START, START + 2 * DAY)),
      'statement-2026-05-04.csv': statement([...day(0), settled(START + DAY - 1000, 'O-again', 'pi_1')]),
      'statement-2026-05-05.csv': statement([settled(START + DAY + 500, 'O-again', 'pi_2'), ...day(1)]),
    });
    const found = duplicates(tables[0]!, statements, limits).filter(({ kind }) => kind === 'statement');
    expect(found.map(({ order, lines }) => [order, lines.map(({ file }) => file)])).toEqual([
      ['O-again', ['statement-2026-05-04.csv', 'statement-2026-05-05.csv']],
    ]);
  });

  it('calls no payment missing in a statement of which rows were left out, and counts these', async () => {
    const lacking = day(0).filter((_, i) => i !== 300);
    const files = {
      'orders.csv': csv(steady(START, START + 2 * DAY)),
      'statement-2026-05-04.csv': statement(lacking),
      'statement-2026-05-05.csv': statement(day(1)),
    };
    const reconciled = async (mostStatementRows?: number) => {
      const sources = Object.entries(files).map(([path, content]) => memorySource(path, content));
      const { tables, statements } = await readTransactions(sources, {
        now: START + 300 * DAY,
        ...(mostStatementRows === undefined ? {} : { mostStatementRows }),
      });
      const { bookedButNotPaid } = unknownOutcomes(tables[0]!, statements, START + 10 * DAY, limits);
      return { statements, sources, missing: bookedButNotPaid.map(({ order }) => order) };
    };
    expect((await reconciled()).missing).toContain(`O-${START / 120_000 + 300}`);
    const { statements, sources, missing } = await reconciled(1000);
    expect(missing).toEqual([]);
    expect(statements.map(({ rows, dropped }) => rows.length + dropped)).toEqual([1399]);
    expect(statements[0]!.rows.length).toBeLessThanOrEqual(1000);
    expect(statements[0]!.rows.length).toBeGreaterThan(990);
    expect(sources[1]!.item.counts).toMatchObject({ dropped: expect.any(Number) });
    expect(sources[1]!.item.notes).toContainEqual(expect.stringContaining('beyond those that one run keeps'));
  });

  it('calls no payment missing whose row of a statement cannot be read', async () => {
    const rows = day(0);
    const sources = Object.entries({
      'orders.csv': csv(steady(START, START + DAY)),
      'statement.csv': statement(rows.map((row, i) => (i === 300 ? `${row}${'x'.repeat(1.1e6)}` : row))),
    }).map(([path, content]) => memorySource(path, content));
    const { tables, statements } = await readTransactions(sources, { now: START + 300 * DAY });
    expect(statements.map(({ rows: read, dropped }) => [read.length, dropped])).toEqual([[rows.length - 1, 1]]);
    expect(sources[1]!.item.notes).toContain('1 row of this statement could not be read, and not compared');
    expect(unknownOutcomes(tables[0]!, statements, START + 10 * DAY, limits).bookedButNotPaid).toEqual([]);
  });
});

describe('more rows than a run keeps', () => {
  it('are left out at the same time on all machines, counted, and neither judged nor called an outage', async () => {
    const files = Object.fromEntries(
      [0, 1].flatMap((day) =>
        [0, 1].map((i): [string, string] => [
          `node${i + 1}-2026-05-0${4 + day}.csv`,
          csv(steady(START + day * DAY, START + (day + 1) * DAY).filter((_, at) => at % 2 === i)),
        ]),
      ),
    );
    const sources = Object.entries(files).map(([path, content]) => memorySource(path, content));
    const { tables } = await readTransactions(sources, { now: START + 300 * DAY, mostRows: 1000 });
    expect(tables).toHaveLength(1);
    const [table] = tables as [TransactionTable];
    expect([table.length, table.dropped]).toEqual([1000, 440]);
    expect(table.problems).toEqual([
      expect.objectContaining({ what: expect.stringContaining('not judged'), count: 440 }),
    ]);
    expect(table.gaps?.filter(({ unread }) => unread)).toHaveLength(2);
    expect(volumeChanges(table, limits)).toEqual([]);
  });

  it('are all kept where small files leave room for a large one', async () => {
    const sources = [
      memorySource('a-2026-05-04.csv', csv(steady(START, START + DAY / 6))),
      memorySource('a-2026-05-05.csv', csv(steady(START + DAY, START + 2 * DAY))),
    ];
    const { tables } = await readTransactions(sources, { now: START + 300 * DAY, mostRows: 840 });
    expect(tables.map(({ length, dropped }) => [length, dropped])).toEqual([[840, 0]]);
  });
});
