/** What each endpoint offers, as a matrix of suites and protocol versions. Lines of text, no colour. */
import type { InventoryProtocol, Report } from '../types.ts';
import { displayWidth, padEnd, shorten, wrap } from '../width.ts';
import { filled, type Vocabulary } from '../words.ts';

/** The fields of an `endpoints` entry that the heading needs (schema/ciphers-endpoint.schema.json). */
interface Scanned {
  target?: unknown;
  state?: unknown;
  connections?: unknown;
  complete?: unknown;
}

/** What one endpoint offers, before it is drawn. */
export interface EndpointOffer {
  /** Its name, with the connections made for it and whether all could be asked. */
  heading: string;
  protocols: string[];
  /** Newest protocol first; `in` has one entry for each protocol. */
  suites: { name: string; in: boolean[] }[];
  groups: { protocol: string; names: string[] }[];
}

/** Every endpoint of the report that offers anything. */
export function endpointOffers(report: Report, voc: Vocabulary): EndpointOffer[] {
  const inventory = report.inventory?.protocols ?? [];
  return (report.endpoints ?? []).flatMap((entry) => {
    const { target, state, connections, complete } = (entry ?? {}) as Scanned;
    const offers = inventory.filter((p) => p.location === target);
    if (typeof target !== 'string' || offers.length === 0) return [];
    const { words } = voc;
    const facts = [
      state === 'offered' ? filled(words.connectionsMade, Number(connections)) : words.computed,
      complete === true ? words.complete : words.incomplete,
    ];
    return [{ heading: `${target} (${facts.join(', ')})`, ...offerOf(offers) }];
  });
}

function offerOf(offers: readonly InventoryProtocol[]): Omit<EndpointOffer, 'heading'> {
  const offered = new Set(offers.flatMap((o) => o.suites.map((s) => `${o.protocol} ${s.name}`)));
  const names = [...new Set([...offers].reverse().flatMap((o) => o.suites.map((s) => s.name)))];
  return {
    protocols: offers.map((o) => o.protocol),
    suites: names.map((name) => ({ name, in: offers.map((o) => offered.has(`${o.protocol} ${name}`)) })),
    groups: offers.flatMap((o) =>
      (o.groups ?? []).length > 0 ? [{ protocol: o.protocol, names: o.groups ?? [] }] : [],
    ),
  };
}

export interface EndpointMatrix {
  heading: string;
  /** The first line names the protocols. */
  rows: string[];
  groups: string[];
}

/** One matrix for every endpoint of the report that offers anything; the connections made for it stand in the heading. */
export function endpointMatrices(report: Report, width: number, unicode: boolean, voc: Vocabulary): EndpointMatrix[] {
  return endpointOffers(report, voc).map((offer) => ({
    heading: offer.heading,
    rows: matrix(offer, width, unicode, voc.words.suite),
    groups: offer.groups.flatMap((g) => wrap(`${voc.words.groups} ${g.protocol}: ${g.names.join(', ')}`, width)),
  }));
}

function matrix({ protocols, suites }: EndpointOffer, width: number, unicode: boolean, title: string): string[] {
  const columns = protocols.reduce((sum, p) => sum + p.length + 1, 0);
  const longest = Math.max(...suites.map((s) => displayWidth(s.name)), 12);
  const name = Math.max(12, Math.min(longest, width - columns - 1));
  const [yes, no] = unicode ? ['●', '·'] : ['x', '.'];
  const cell = (text: string, size: number): string => {
    const left = Math.floor((size - 1) / 2);
    return ` ${' '.repeat(left)}${text}${' '.repeat(size - 1 - left)}`;
  };
  return [
    `${padEnd(title, name)}${protocols.map((p) => ` ${p}`).join('')}`,
    ...suites.map(
      (s) =>
        `${padEnd(shorten(s.name, name, unicode ? '…' : '...'), name)}${protocols
          .map((p, i) => cell(s.in[i] ? yes! : no!, p.length))
          .join('')}`,
    ),
  ];
}
