import type { TransactionTable } from '../types.ts';
import { explainFailures, type RateChange } from './explain.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { cardOf, outcomeOf, reasonOf, tally } from './view.ts';

export interface IssuerStorm extends RateChange {
  /** Issuer name where a BIN table gives it. */
  issuer?: string;
  bins: string[];
  /** Approvals of all other cards in the same stretch; high means that the link itself works. */
  othersSuccessShare: number;
}

/**
 * An issuer or its network answers "inoperative" (ISO 8583 field 39: 91, 96, 68 and their like) for its cards, while
 * others are served: not a fault of the merchant's own systems. Where every issuer fails alike, the switch or the link is
 * at fault and nothing is returned here.
 */
export function issuerStorm(
  table: TransactionTable,
  issuers: { bin: string; issuer: string }[],
  limits: TransactionLimits,
): IssuerStorm[] {
  // Where answers carry codes, an attempt without one never got as far as an issuer.
  const coded = table.columns.code !== undefined;
  const failing = (row: number): boolean => {
    const reason = reasonOf(table, row);
    return (
      (!coded || table.code[row] !== 0) &&
      // The range alone names the issuer.
      (cardOf(table, row) !== undefined || table.bin[row] !== 0) &&
      (reason === 'issuer-unavailable' || reason === 'system' || reason === 'timeout')
    );
  };
  // An attempt that broke before it reached an issuer says nothing about one.
  const considered = (row: number): boolean =>
    failing(row) || outcomeOf(table, row) === 'approved' || outcomeOf(table, row) === 'declined';
  const changes = explainFailures(
    table,
    {
      failing,
      considered,
      outcome: 'error',
      floor: limit(limits, 'rates.errorBaseFloor'),
      cap: limit(limits, 'rates.errorBaseCap'),
      quantile: 0.2,
      dimensions: ['all', 'route', 'issuer', 'bin'],
    },
    limits,
    issuers,
  );
  return changes
    .filter(
      ({ dimension, others }) =>
        (dimension === 'issuer' || dimension === 'bin') && others.attempts >= 5 && others.share < 0.2,
    )
    .map((change) => {
      const inside: number[] = [];
      const outside: number[] = [];
      const names = new Set<string>();
      for (let row = 0; row < table.length; row++) {
        if (table.time[row]! < change.from || table.time[row]! > change.to || !considered(row)) continue;
        const bin = table.strings[table.bin[row]!]!;
        const issuer = issuers.find((entry) => bin && (bin.startsWith(entry.bin) || entry.bin.startsWith(bin)))?.issuer;
        const mine = change.dimension === 'bin' ? bin === change.key : issuer === change.key;
        (mine ? inside : outside).push(row);
        if (mine && issuer) names.add(issuer);
      }
      const issuer = change.dimension === 'issuer' ? change.key : names.size === 1 ? [...names][0] : undefined;
      return {
        ...change,
        ...(issuer ? { issuer } : {}),
        bins: tally(table, 'bin', inside, 50).map(({ value }) => value),
        othersSuccessShare: outside.length
          ? outside.filter((row) => outcomeOf(table, row) === 'approved').length / outside.length
          : Number.NaN,
      };
    });
}
