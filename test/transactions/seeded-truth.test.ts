import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  cardTesting,
  duplicates,
  enumeration,
  excessiveRetries,
  issuerStorm,
  rateChanges,
  refundBursts,
  type ThresholdData,
  transactionLimits,
  volumeChanges,
} from '../../src/transactions/analytics/index.ts';
import {
  ATTACKS,
  FAULTS,
  GAPS,
  HARD_ATTACKS,
  ISSUERS,
  makeDay,
  ORDINARY,
  type Planted,
  type SeededDay,
} from './seeded.ts';

const limits = transactionLimits(
  {},
  parse(readFileSync(new URL('../../knowledge/thresholds.yaml', import.meta.url), 'utf8')) as ThresholdData,
);
const SEEDS = Number(process.env.SEEDED_DAYS ?? 6);
const MINUTE = 60_000;

interface Claim {
  kind: Planted['kind'];
  from: number;
  to: number;
  key: string;
}

/** Everything that the analytics would tell a check about one day. */
function claims({ table }: SeededDay): Claim[] {
  return [
    ...cardTesting(table, limits).map(({ from, to, key }) => ({ kind: 'card-testing' as const, from, to, key })),
    ...enumeration(table, limits).map(({ from, to, bin }) => ({ kind: 'enumeration' as const, from, to, key: bin })),
    ...issuerStorm(table, ISSUERS, limits).map(({ from, to, issuer }) => ({
      kind: 'storm' as const,
      from,
      to,
      key: issuer ?? '',
    })),
    ...rateChanges(table, limits, ISSUERS)
      .filter(({ outcome }) => outcome === 'error')
      .map(({ from, to, key }) => ({ kind: 'outage' as const, from, to, key })),
  ];
}

/** An attack may be told as testing or enumeration: both are right when many cards of one BIN are tried. */
const RELATED: { [kind in Planted['kind']]: Planted['kind'][] } = {
  'card-testing': ['card-testing', 'enumeration'],
  enumeration: ['enumeration', 'card-testing'],
  storm: ['storm', 'outage'],
  outage: ['outage'],
  duplicates: ['duplicates'],
  refunds: ['refunds'],
  gap: ['gap'],
};

function score(variants: string[]): {
  [variant: string]: { found: number; planted: number; onsetMinutes: number[]; falseClaims: Claim[]; keyed: number };
} {
  const result: ReturnType<typeof score> = {};
  for (const variant of variants) {
    const tally = { found: 0, planted: 0, onsetMinutes: [] as number[], falseClaims: [] as Claim[], keyed: 0 };
    for (let seed = 1; seed <= SEEDS; seed++) {
      const day = makeDay(variant, seed * 7919 + variant.length);
      const made = claims(day);
      const right = (planted: Planted, claim: Claim): boolean =>
        RELATED[planted.kind].includes(claim.kind) && claim.from <= planted.to && claim.to >= planted.from;
      for (const planted of day.planted) {
        tally.planted++;
        const hit =
          made.find((claim) => claim.kind === planted.kind && right(planted, claim)) ??
          made.find((claim) => right(planted, claim));
        if (!hit) continue;
        tally.found++;
        tally.onsetMinutes.push(Math.abs(hit.from - planted.from) / MINUTE);
        if (!planted.key || hit.key.includes(planted.key)) tally.keyed++;
      }
      tally.falseClaims.push(...made.filter((claim) => !day.planted.some((planted) => right(planted, claim))));
    }
    result[variant] = tally;
  }
  return result;
}

const p90 = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length * 0.9)] ?? 0;

function report(scored: ReturnType<typeof score>): string {
  return Object.entries(scored)
    .map(
      ([variant, { found, planted, onsetMinutes, falseClaims, keyed }]) =>
        `${variant.padEnd(40)} recall ${found}/${planted}, right key ${keyed}, onset p90 ${p90(onsetMinutes).toFixed(1)} min, false ${falseClaims.length}`,
    )
    .join('\n');
}

describe('seeded days with known truth', () => {
  it('finds card testing and enumeration from blatant to slow', () => {
    const scored = score(Object.keys(ATTACKS));
    if (process.env.SEEDED_REPORT) console.log(report(scored));
    const all = Object.values(scored);
    const planted = all.reduce((sum, one) => sum + one.planted, 0);
    const found = all.reduce((sum, one) => sum + one.found, 0);
    const wrong = all.reduce((sum, one) => sum + one.falseClaims.length, 0);
    expect(found / planted, report(scored)).toBeGreaterThanOrEqual(0.97);
    expect(found / (found + wrong), report(scored)).toBeGreaterThanOrEqual(0.97);
    for (const [variant, { onsetMinutes }] of Object.entries(scored))
      if (!variant.includes('slow')) expect(p90(onsetMinutes), variant).toBeLessThanOrEqual(3);
  });
  it('finds most attacks that are made to be missed, and accuses nobody else', () => {
    const scored = score(Object.keys(HARD_ATTACKS));
    if (process.env.SEEDED_REPORT) console.log(report(scored));
    const blind = 'testing: botnet, nothing in common';
    for (const [variant, { found, planted, falseClaims }] of Object.entries(scored)) {
      // Tries that share no address, device, BIN or amount show only as a raised decline rate.
      if (variant !== blind) expect(found / planted, report(scored)).toBeGreaterThanOrEqual(0.5);
      expect(falseClaims.length, report(scored)).toBeLessThanOrEqual(1);
    }
  });
  it('finds issuer storms and outages with their key and onset', () => {
    const scored = score(Object.keys(FAULTS));
    if (process.env.SEEDED_REPORT) console.log(report(scored));
    for (const [variant, { found, planted, keyed, onsetMinutes, falseClaims }] of Object.entries(scored)) {
      expect(found / planted, `${variant}: ${report(scored)}`).toBeGreaterThanOrEqual(0.9);
      expect(keyed / found, `${variant}: ${report(scored)}`).toBeGreaterThanOrEqual(0.9);
      expect(falseClaims.length, `${variant}: ${report(scored)}`).toBeLessThanOrEqual(1);
      // One merchant of six has an attempt every few minutes: its onset is good to two of them.
      if (!variant.includes('half') && !variant.includes('degraded'))
        expect(p90(onsetMinutes), variant).toBeLessThanOrEqual(variant.includes('merchant') ? 10 : 3);
    }
  });
  it('finds the stretches in which attempts stay away, and none on other days', () => {
    const lines: string[] = [];
    for (const variant of Object.keys(GAPS)) {
      const edges: number[] = [];
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { table, planted } = makeDay(variant, seed * 104_729);
        const drops = volumeChanges(table, limits).filter(({ kind, route }) => kind === 'drop' && route === 'all');
        expect(drops, `${variant} ${seed}`).toHaveLength(1);
        edges.push(
          Math.abs(drops[0]!.from - planted[0]!.from) / MINUTE,
          Math.abs(drops[0]!.to - planted[0]!.to) / MINUTE,
        );
      }
      lines.push(`${variant.padEnd(40)} edges p90 ${p90(edges).toFixed(1)} min`);
      expect(p90(edges), variant).toBeLessThanOrEqual(5);
    }
    for (const variant of [...Object.keys(ORDINARY), ...Object.keys(FAULTS)]) {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { table } = makeDay(variant, seed * 7919);
        expect(
          volumeChanges(table, limits).filter(({ kind }) => kind === 'drop'),
          variant,
        ).toEqual([]);
      }
    }
    if (process.env.SEEDED_REPORT) console.log(lines.join('\n'));
  });
  it('stays silent on ordinary days, sales, month ends, batches and offices', () => {
    const scored = score(Object.keys(ORDINARY));
    if (process.env.SEEDED_REPORT) console.log(report(scored));
    for (const [variant, { falseClaims }] of Object.entries(scored)) expect(falseClaims, variant).toEqual([]);
    for (const variant of Object.keys(ORDINARY)) {
      const { table } = makeDay(variant, 4242);
      expect(duplicates(table, [], limits), variant).toEqual([]);
      expect(
        excessiveRetries(table, limits).filter(({ rule }) => rule !== 'after-final-decline'),
        variant,
      ).toEqual([]);
      expect(refundBursts(table, limits), variant).toEqual([]);
      expect(
        rateChanges(table, limits, ISSUERS).filter(({ outcome }) => outcome !== 'declined'),
        variant,
      ).toEqual([]);
    }
  });
});
