import { TransactionTableBuilder } from '../../src/transactions/builder.ts';
import { REASONS, type Reason } from '../../src/transactions/response-codes.ts';
import type { Outcome, TransactionTable } from '../../src/transactions/types.ts';
import { draws } from '../draws.ts';

/** Seeded payment days with a known truth: what was planted, when, and on which key. */

export interface Planted {
  kind: 'card-testing' | 'enumeration' | 'storm' | 'outage' | 'duplicates' | 'refunds' | 'gap';
  variant: string;
  from: number;
  to: number;
  key?: string;
}

export interface SeededDay {
  table: TransactionTable;
  planted: Planted[];
  name: string;
}

export const ISSUERS = ['Alder', 'Birch', 'Cedar', 'Dogwood', 'Elm', 'Fir', 'Gorse', 'Hazel'].flatMap((issuer, i) => [
  { bin: `4000${10 + i}`, issuer },
  { bin: `5200${10 + i}`, issuer },
]);

const HOUR = 3_600_000;
const MINUTE = 60_000;
const CODES: { [reason in Reason]?: string } = {
  ok: '00',
  funds: '51',
  'do-not-honour': '05',
  'invalid-card': '14',
  'expired-card': '54',
  'wrong-security-code': '82',
  'issuer-unavailable': '91',
  system: '96',
  timeout: '68',
  limit: '61',
  'frequency-limit': '65',
  pin: '55',
};

interface Attempt {
  time: number;
  outcome: Outcome;
  reason: Reason;
  bin?: string;
  card?: string;
  last4?: string;
  expiry?: string;
  amount?: number;
  merchant?: string;
  client?: string;
  device?: string;
  user?: string;
  route?: string;
  node?: string;
  order?: string;
  refund?: boolean;
}

export class Day {
  readonly random: () => number;
  readonly start: number;
  readonly attempts: Attempt[] = [];
  readonly planted: Planted[] = [];
  #serial = 0;

  constructor(seed: number) {
    this.random = draws(seed);
    this.start = Date.UTC(2026, 4, 1) + Math.floor(this.random() * 20) * 24 * HOUR;
  }

  integer(below: number): number {
    return Math.floor(this.random() * below);
  }
  pick<T>(list: readonly T[]): T {
    return list[this.integer(list.length)]!;
  }
  address(): string {
    return `${20 + this.integer(200)}.${this.integer(256)}.${this.integer(256)}.${1 + this.integer(254)}`;
  }
  /** A fresh card of a BIN. */
  card(bin = this.pick(ISSUERS).bin): { bin: string; card: string; last4: string; expiry: string } {
    return {
      bin,
      card: `fp_${++this.#serial}`,
      last4: String(this.integer(10_000)).padStart(4, '0'),
      expiry: `${27 + this.integer(5)}${String(1 + this.integer(12)).padStart(2, '0')}`,
    };
  }
  ordinaryDecline(fundsShare = 0.55): Reason {
    const draw = this.random();
    if (draw < fundsShare) return 'funds';
    return this.pick([
      'do-not-honour',
      'do-not-honour',
      'expired-card',
      'wrong-security-code',
      'invalid-card',
      'limit',
      'pin',
    ]);
  }

  /** Shoppers of one day: some come back, some mistype, some try a second card. */
  shoppers(
    count: number,
    options: {
      declines?: number;
      fundsShare?: number;
      errors?: number;
      from?: number;
      hours?: number;
      amount?: () => number;
    } = {},
  ): void {
    const { declines = 0.08, fundsShare = 0.55, errors = 0.01, from = this.start, hours = 16 } = options;
    for (let i = 0; i < count; i++) {
      // Two humps, as a shop's day has.
      const hump = this.random() < 0.5 ? 0.35 : 0.8;
      const time =
        from +
        Math.min(0.999, Math.max(0, hump + (this.random() + this.random() + this.random() - 1.5) * 0.3)) * hours * HOUR;
      const person = {
        client: this.address(),
        device: `d-${++this.#serial}`,
        user: this.random() < 0.6 ? `u${this.integer(900_000)}` : '',
      };
      const amount = options.amount?.() ?? Math.round((3 + this.random() ** 3 * 400) * 100) / 100;
      const place = {
        merchant: `M${this.integer(6)}`,
        route: this.random() < 0.7 ? 'card' : 'stripe',
        node: `app${this.integer(3)}`,
        amount,
      };
      let card = this.card();
      for (let attempt = 0; attempt < 4; attempt++) {
        const draw = this.random();
        const outcome: Outcome = draw < errors ? 'error' : draw < errors + declines ? 'declined' : 'approved';
        const reason: Reason =
          outcome === 'approved'
            ? 'ok'
            : outcome === 'error'
              ? this.pick(['issuer-unavailable', 'system', 'timeout'])
              : this.ordinaryDecline(fundsShare);
        this.attempts.push({
          time: time + attempt * (20_000 + this.random() * 60_000),
          outcome,
          reason,
          ...card,
          ...person,
          ...place,
        });
        if (outcome === 'approved' || this.random() < 0.4) break;
        if (this.random() < 0.4) card = this.card();
      }
    }
  }

  plant(kind: Planted['kind'], variant: string, attempts: Attempt[], key?: string): void {
    if (attempts.length === 0) return;
    const times = attempts.map(({ time }) => time);
    this.attempts.push(...attempts);
    this.planted.push({ kind, variant, from: Math.min(...times), to: Math.max(...times), ...(key ? { key } : {}) });
  }

  finish(name: string): SeededDay {
    const builder = new TransactionTableBuilder(`${name}.csv`, false);
    this.attempts.sort((a, b) => a.time - b.time);
    this.attempts.forEach((attempt, i) => {
      builder.add({
        line: i + 2,
        time: Math.round(attempt.time),
        amount: attempt.amount ?? 10,
        httpStatus: 200,
        latencyMs: 300,
        outcome: attempt.outcome,
        reason: REASONS.indexOf(attempt.reason),
        kind: attempt.refund ? 'refund' : 'payment',
        text: {
          order: attempt.order ?? `O${i}`,
          payment: `P${i}`,
          merchant: attempt.merchant ?? 'M1',
          route: attempt.route ?? 'card',
          node: attempt.node ?? 'app1',
          bin: attempt.bin ?? '',
          last4: attempt.last4 ?? '',
          cardFingerprint: attempt.card ?? '',
          cardExpiry: attempt.expiry ?? '',
          currency: 'EUR',
          code: CODES[attempt.reason] ?? '',
          status: attempt.outcome,
          client: attempt.client ?? '',
          user: attempt.user ?? '',
          device: attempt.device ?? '',
          subject: '',
          initiator: '',
        },
      });
    });
    return { table: builder.finish({}), planted: this.planted, name };
  }
}

const TRIES: Reason[] = [
  'do-not-honour',
  'do-not-honour',
  'invalid-card',
  'expired-card',
  'wrong-security-code',
  'frequency-limit',
];

/** One try of a tester: mostly declined. */
function attack(day: Day, time: number, hit: number, more: Partial<Attempt>): Attempt {
  const approved = day.random() < hit;
  return {
    time,
    outcome: approved ? 'approved' : 'declined',
    reason: approved ? 'ok' : day.pick(TRIES),
    merchant: 'M2',
    route: 'card',
    node: `app${day.integer(3)}`,
    amount: day.pick([1, 1.5, 1.99]),
    client: day.address(),
    device: `d-a${day.integer(1e9)}`,
    ...day.card(),
    ...more,
  };
}

const startOf = (day: Day): number => day.start + (3 + day.random() * 8) * HOUR;

export const ATTACKS: { [variant: string]: (day: Day) => void } = {
  'testing: one address, blatant': (day) => {
    const from = startOf(day);
    const client = day.address();
    day.plant(
      'card-testing',
      'blatant',
      Array.from({ length: 200 }, (_, i) => attack(day, from + i * 3000 + day.random() * 1000, 0.06, { client })),
      client,
    );
  },
  'testing: one address, paced': (day) => {
    const from = startOf(day);
    const client = day.address();
    day.plant(
      'card-testing',
      'paced',
      Array.from({ length: 60 }, (_, i) =>
        attack(day, from + i * 40_000 + day.random() * 9000, 0.08, { client, amount: 4 + day.random() * 60 }),
      ),
      client,
    );
  },
  'testing: one address, slow': (day) => {
    const from = day.start + HOUR;
    const client = day.address();
    day.plant(
      'card-testing',
      'slow',
      Array.from({ length: 45 }, (_, i) =>
        attack(day, from + i * 14 * MINUTE + day.random() * MINUTE, 0.1, { client, amount: 4 + day.random() * 60 }),
      ),
      client,
    );
  },
  'testing: addresses of one network': (day) => {
    const from = startOf(day);
    const network = `185.${day.integer(250)}.${day.integer(250)}`;
    day.plant(
      'card-testing',
      'network',
      Array.from({ length: 90 }, (_, i) =>
        attack(day, from + i * 20_000 + day.random() * 9000, 0.08, {
          client: `${network}.${1 + day.integer(250)}`,
          amount: 4 + day.random() * 60,
        }),
      ),
      network,
    );
  },
  'testing: one device, many addresses': (day) => {
    const from = startOf(day);
    day.plant(
      'card-testing',
      'device',
      Array.from({ length: 70 }, (_, i) =>
        attack(day, from + i * 25_000 + day.random() * 9000, 0.08, { device: 'd-bot', amount: 4 + day.random() * 60 }),
      ),
      'd-bot',
    );
  },
  'testing: one amount, many addresses': (day) => {
    const from = startOf(day);
    day.plant(
      'card-testing',
      'amount',
      Array.from({ length: 80 }, (_, i) => attack(day, from + i * 20_000 + day.random() * 9000, 0.08, { amount: 1 })),
      '1.00',
    );
  },
  'enumeration: numbers of one BIN': (day) => {
    const from = startOf(day);
    day.plant(
      'enumeration',
      'number',
      Array.from({ length: 150 }, (_, i) =>
        attack(day, from + i * 15_000 + day.random() * 5000, 0.02, {
          ...day.card('40001236'),
          expiry: '2712',
          amount: 4 + day.random() * 60,
        }),
      ),
      '40001236',
    );
  },
  'enumeration: expiry, paced': (day) => {
    const from = startOf(day);
    const card = day.card('40001299');
    day.plant(
      'enumeration',
      'expiry',
      Array.from({ length: 48 }, (_, i) => ({
        ...attack(day, from + i * 45_000 + day.random() * 9000, 0, {
          ...card,
          expiry: `${26 + Math.floor(i / 12)}${String(1 + (i % 12)).padStart(2, '0')}`,
        }),
        reason: 'expired-card' as Reason,
      })),
      '40001299',
    );
  },
  'enumeration: expiry, slow': (day) => {
    const from = day.start + HOUR;
    const card = day.card('40001299');
    day.plant(
      'enumeration',
      'expiry-slow',
      Array.from({ length: 20 }, (_, i) => ({
        ...attack(day, from + i * 35 * MINUTE, 0, {
          ...card,
          expiry: `${26 + Math.floor(i / 12)}${String(1 + (i % 12)).padStart(2, '0')}`,
        }),
        reason: 'expired-card' as Reason,
      })),
      '40001299',
    );
  },
  'enumeration: security code': (day) => {
    const from = startOf(day);
    const card = day.card('40001299');
    day.plant(
      'enumeration',
      'security-code',
      Array.from({ length: 30 }, (_, i) => ({
        ...attack(day, from + i * 30_000, 0, card),
        reason: 'wrong-security-code' as Reason,
      })),
      '40001299',
    );
  },
};

/** Attacks made to be missed; found as often as the report of the test says. */
export const HARD_ATTACKS: { [variant: string]: (day: Day) => void } = {
  'testing: two dozen tries, one address': (day) => {
    const from = startOf(day);
    const client = day.address();
    day.plant(
      'card-testing',
      'few',
      Array.from({ length: 24 }, (_, i) =>
        attack(day, from + i * 50_000 + day.random() * 20_000, 0.2, { client, amount: 4 + day.random() * 60 }),
      ),
      client,
    );
  },
  'testing: one in four approved': (day) => {
    const from = startOf(day);
    const client = day.address();
    day.plant(
      'card-testing',
      'good list',
      Array.from({ length: 60 }, (_, i) =>
        attack(day, from + i * 40_000, 0.25, { client, amount: 4 + day.random() * 60 }),
      ),
      client,
    );
  },
  'testing: behind an office address': (day) => {
    const client = day.address();
    for (let i = 0; i < 40; i++) {
      const declined = day.random() < 0.1;
      day.attempts.push({
        time: day.start + 2 * HOUR + day.random() * 12 * HOUR,
        outcome: declined ? 'declined' : 'approved',
        reason: declined ? day.ordinaryDecline() : 'ok',
        ...day.card(),
        client,
        device: `d-o${i}`,
        amount: 5 + day.random() * 80,
        merchant: `M${day.integer(6)}`,
      });
    }
    const from = startOf(day);
    day.plant(
      'card-testing',
      'office',
      Array.from({ length: 50 }, (_, i) =>
        attack(day, from + i * 60_000, 0.1, { client, amount: 4 + day.random() * 60 }),
      ),
      client,
    );
  },
  'testing: botnet, a BIN in use, any amount': (day) => {
    const from = startOf(day);
    day.plant(
      'card-testing',
      'botnet',
      Array.from({ length: 70 }, (_, i) =>
        attack(day, from + i * 50_000, 0.08, {
          ...day.card('400012'),
          amount: 4 + day.random() * 200,
          merchant: `M${day.integer(6)}`,
        }),
      ),
      '400012',
    );
  },
  'testing: botnet, nothing in common': (day) => {
    const from = startOf(day);
    day.plant(
      'card-testing',
      'nothing',
      Array.from({ length: 120 }, (_, i) =>
        attack(day, from + i * 60_000, 0.08, { amount: 4 + day.random() * 200, merchant: `M${day.integer(6)}` }),
      ),
    );
  },
  'enumeration: three dates an hour': (day) => {
    const card = day.card('40001299');
    day.plant(
      'enumeration',
      'crawl',
      Array.from({ length: 12 }, (_, i) => ({
        ...attack(day, day.start + HOUR + i * 70 * MINUTE, 0, {
          ...card,
          expiry: `27${String(1 + i).padStart(2, '0')}`,
        }),
        reason: 'expired-card' as Reason,
      })),
      '40001299',
    );
  },
};

/** Turns a share of the ordinary attempts within a stretch into failures. */
function fault(
  day: Day,
  kind: 'storm' | 'outage',
  variant: string,
  matches: (attempt: Attempt) => boolean,
  share: number,
  reasons: Reason[],
  minutes: number,
  key: string,
): void {
  const from = day.start + (5 + day.random() * 6) * HOUR;
  const to = from + minutes * MINUTE;
  const hit = day.attempts.filter(
    (attempt) => attempt.time >= from && attempt.time < to && matches(attempt) && day.random() < share,
  );
  for (const attempt of hit) Object.assign(attempt, { outcome: 'error', reason: day.pick(reasons) });
  const times = hit.map(({ time }) => time);
  if (times.length >= 8) day.planted.push({ kind, variant, from: Math.min(...times), to: Math.max(...times), key });
}

export const FAULTS: { [variant: string]: (day: Day) => void } = {
  'storm: one issuer, whole': (day) =>
    fault(
      day,
      'storm',
      'whole',
      ({ bin }) => ISSUERS.some((entry) => entry.bin === bin && entry.issuer === 'Cedar'),
      0.95,
      ['issuer-unavailable', 'issuer-unavailable', 'system', 'timeout'],
      90,
      'Cedar',
    ),
  'storm: one issuer, half': (day) =>
    fault(
      day,
      'storm',
      'half',
      ({ bin }) => ISSUERS.some((entry) => entry.bin === bin && entry.issuer === 'Elm'),
      0.5,
      ['issuer-unavailable', 'timeout'],
      150,
      'Elm',
    ),
  'outage: everything': (day) => fault(day, 'outage', 'all', () => true, 0.98, ['connection', 'unknown'], 25, 'all'),
  'outage: one node': (day) =>
    fault(day, 'outage', 'node', ({ node }) => node === 'app1', 0.97, ['connection'], 40, 'app1'),
  'outage: one route, degraded': (day) =>
    fault(day, 'outage', 'route', ({ route }) => route === 'stripe', 0.35, ['timeout', 'connection'], 90, 'stripe'),
  'outage: one merchant': (day) =>
    fault(day, 'outage', 'merchant', ({ merchant }) => merchant === 'M3', 0.9, ['signature'], 90, 'M3'),
};

/** Takes attempts away, as when shoppers do not reach the payment step. */
function gap(day: Day, minutes: number, left: number): void {
  const from = day.start + (5 + day.random() * 6) * HOUR;
  const to = from + minutes * MINUTE;
  const kept = day.attempts.filter(({ time }) => time < from || time >= to || day.random() < left);
  day.attempts.splice(0, day.attempts.length, ...kept);
  day.planted.push({ kind: 'gap', variant: `${minutes} min`, from, to });
}

export const GAPS: { [variant: string]: (day: Day) => void } = {
  'gap: nothing for 40 minutes': (day) => gap(day, 40, 0),
  'gap: one in ten for an hour': (day) => gap(day, 60, 0.1),
  'gap: nothing for 12 minutes, busy shop': (day) => {
    day.shoppers(6000);
    gap(day, 12, 0);
  },
};

/** Days on which nothing is wrong, each with something that looks a little like it. */
export const ORDINARY: { [variant: string]: (day: Day) => void } = {
  'ordinary day': () => {},
  'flash sale': (day) => day.shoppers(1500, { from: day.start + 9 * HOUR, hours: 2, amount: () => 49.9 }),
  'month end': (day) => day.shoppers(500, { declines: 0.35, fundsShare: 0.9 }),
  'prepaid range': (day) => {
    for (let i = 0; i < 150; i++)
      day.attempts.push({
        time: day.start + day.random() * 16 * HOUR,
        outcome: day.random() < 0.4 ? 'declined' : 'approved',
        reason: 'funds',
        ...day.card('400018'),
        client: day.address(),
        amount: 5 + day.random() * 50,
        merchant: 'M4',
      });
  },
  'rebilling batch from our own address': (day) => {
    for (let i = 0; i < 200; i++) {
      const declined = day.random() < 0.3;
      day.attempts.push({
        time: day.start + 4 * HOUR + i * 4000,
        outcome: declined ? 'declined' : 'approved',
        reason: declined ? day.ordinaryDecline() : 'ok',
        ...day.card(),
        client: '10.0.0.9',
        amount: 9.99,
        merchant: 'M5',
      });
    }
  },
  'an office behind one address': (day) => {
    const client = day.address();
    for (let i = 0; i < 60; i++) {
      const declined = day.random() < 0.12;
      day.attempts.push({
        time: day.start + 4 * HOUR + day.random() * 8 * HOUR,
        outcome: declined ? 'declined' : 'approved',
        reason: declined ? day.ordinaryDecline() : 'ok',
        ...day.card(),
        client,
        device: `d-o${i}`,
        amount: 5 + day.random() * 80,
        merchant: `M${day.integer(6)}`,
      });
    }
  },
  'a customer who mistypes': (day) => {
    const card = day.card();
    const client = day.address();
    for (let i = 0; i < 4; i++)
      day.attempts.push({
        time: day.start + 5 * HOUR + i * 30_000,
        outcome: i < 3 ? 'declined' : 'approved',
        reason: i < 3 ? 'wrong-security-code' : 'ok',
        ...card,
        expiry: i === 0 ? '2701' : card.expiry,
        client,
        amount: 80,
        merchant: 'M0',
      });
  },
};

export function makeDay(variant: string, seed: number): SeededDay {
  const day = new Day(seed);
  day.shoppers(900 + day.integer(1500), { declines: 0.05 + day.random() * 0.07, errors: 0.004 + day.random() * 0.012 });
  (ATTACKS[variant] ?? HARD_ATTACKS[variant] ?? FAULTS[variant] ?? GAPS[variant] ?? ORDINARY[variant])!(day);
  return day.finish(variant);
}
