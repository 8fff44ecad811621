/** What each endpoint offers, as a matrix of suites and protocol versions for the terminal. Lines of text, no colour. */
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

export interface EndpointMatrix {
  heading: string;
  /** The first line names the protocols. */
  rows: string[];
  groups: string[];
}

/** One matrix for every endpoint of the report that offers anything; the connections made for it stand in the heading. */
export function endpointMatrices(report: Report, width: number, unicode: boolean, voc: Vocabulary): EndpointMatrix[] {
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
    return [
      {
        heading: `${target} (${facts.join(', ')})`,
        rows: matrix(offers, width, unicode, words.suite),
        groups: groupLines(offers, width, words.groups),
      },
    ];
  });
}

function matrix(offers: readonly InventoryProtocol[], width: number, unicode: boolean, title: string): string[] {
  const protocols = offers.map((o) => o.protocol);
  const columns = protocols.reduce((sum, p) => sum + p.length + 1, 0);
  // Newest protocol first, so that its suites stand on top.
  const suites = [...new Set([...offers].reverse().flatMap((o) => o.suites.map((s) => s.name)))];
  const name = Math.max(12, Math.min(Math.max(...suites.map(displayWidth), 12), width - columns - 1));
  const offered = new Set(offers.flatMap((o) => o.suites.map((s) => `${o.protocol} ${s.name}`)));
  const [yes, no] = unicode ? ['●', '·'] : ['x', '.'];
  const cell = (text: string, size: number): string => {
    const left = Math.floor((size - 1) / 2);
    return ` ${' '.repeat(left)}${text}${' '.repeat(size - 1 - left)}`;
  };
  return [
    `${padEnd(title, name)}${protocols.map((p) => ` ${p}`).join('')}`,
    ...suites.map(
      (s) =>
        `${padEnd(shorten(s, name, unicode ? '…' : '...'), name)}${protocols
          .map((p) => cell(offered.has(`${p} ${s}`) ? yes! : no!, p.length))
          .join('')}`,
    ),
  ];
}

function groupLines(offers: readonly InventoryProtocol[], width: number, title: string): string[] {
  return offers
    .filter((o) => (o.groups ?? []).length > 0)
    .flatMap((o) => wrap(`${title} ${o.protocol}: ${o.groups!.join(', ')}`, width));
}
