import type { TransactionTable } from '../types.ts';
import { issuerSaysNo } from './enumeration.ts';
import { explainFailures, type RateChange } from './explain.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { rateChanges } from './rates.ts';
import { attemptsInOrder, cardIds, cardOf, issuerLookup, outcomeOf, reasonOf, tally, textOf } from './view.ts';

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

/** Share of an issuer's payments that is refused in a stretch, where salary days and campaigns stay below. */
const REFUSED_SHARE = 0.5;
/** Share of the refused cards that pay at other times: the issuer's usual customers. */
const KNOWN_CARDS = 0.3;

/** An issuer that says no to its usual customers, while others approve. */
export interface IssuerRefusals extends RateChange {
  bins: string[];
  /** Share of the cards of the stretch that are approved at other times of the table. */
  knownCards: number;
}

/**
 * Stretches in which an issuer declines its usual customers without a reason of theirs (ISO 8583 field 39: 05, 59 and their
 * like): its fraud rules or its accounts, not somebody who tries cards. Told from card testing by cards that pay at other times,
 * addresses of their own, and hardly any wrong card data.
 */
export function issuerRefusals(
  table: TransactionTable,
  issuers: { bin: string; issuer: string }[],
  limits: TransactionLimits,
): IssuerRefusals[] {
  const ids = cardIds(table);
  const order = attemptsInOrder(table);
  const issuerOf = issuerLookup(issuers);
  return rateChanges(table, limits, issuers)
    .filter(
      ({ outcome, dimension, during, before, others }) =>
        outcome === 'declined' &&
        (dimension === 'bin' || dimension === 'issuer') &&
        during.share >= REFUSED_SHARE &&
        before.share < during.share / 2 &&
        others.attempts >= 5 &&
        others.share < during.share / 2,
    )
    .flatMap((change) => {
      const mine = order.filter((row) => {
        const bin = textOf(table, 'bin', row);
        return change.dimension === 'bin' ? bin === change.key : issuerOf(bin) === change.key;
      });
      const within = (row: number): boolean => table.time[row]! >= change.from && table.time[row]! <= change.to;
      const inside = [...mine.filter(within)];
      const paid = new Set(
        mine.filter((row) => !within(row) && outcomeOf(table, row) === 'approved').map((row) => ids[row]!),
      );
      const cards = new Set(inside.map((row) => ids[row]!));
      const knownCards = [...cards].filter((card) => card !== 0 && paid.has(card)).length / cards.size;
      if (knownCards < KNOWN_CARDS || !issuerSaysNo(table, inside)) return [];
      return [{ ...change, bins: tally(table, 'bin', inside, 50).map(({ value }) => value), knownCards }];
    });
}
