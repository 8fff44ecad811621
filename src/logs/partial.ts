/**
 * What one pass counted, as JSON that other passes' results can be added to (partial-sum.ts): each machine reads its own files,
 * one puts the results together. Series, shares of clients and percentiles come out as if one pass had read everything.
 */
import { type PortableTraffic, portable } from './traffic/portable.ts';
import type { LogObservations } from './types.ts';

export const PARTIAL_VERSION = 5;

export interface Partial {
  paymedicPartial: typeof PARTIAL_VERSION;
  sources: LogObservations['sources'];
  records: number;
  sampledOut: number;
  approximated: string[];
  events: object[];
  templates: object[];
  cards: LogObservations['cards'];
  signatures: object[];
  traffic: PortableTraffic;
  operations: PortableTraffic;
}

const finite = (time: number): number | null => (Number.isFinite(time) ? time : null);

/** Times that are not known become null, maps and sets lists. */
const plain = (value: object): object =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) =>
      inner instanceof Map || inner instanceof Set ? [...inner] : typeof inner === 'number' ? finite(inner) : inner,
    ),
  ) as object;

export function partialOf(logs: LogObservations): Partial {
  return {
    paymedicPartial: PARTIAL_VERSION,
    sources: logs.sources,
    records: logs.recordTotal,
    sampledOut: logs.sampledOut,
    approximated: logs.approximated,
    events: logs.events.map(plain),
    templates: logs.templates.map(plain),
    cards: logs.cards,
    signatures: logs.signatures.map(plain),
    traffic: portable(logs.traffic),
    operations: portable(logs.operations),
  };
}
