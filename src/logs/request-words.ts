/** What requests say beside their fields: an Envoy that gives its reason, and bytes that are no HTTP. */
import { accessLine } from './formats/access-text.ts';
import { candidates, verify } from './lexicon/compile.ts';
import type { Collector } from './record-assembler.ts';
import type { RequestRow } from './request-table.ts';
import type { LogSource } from './types.ts';

/**
 * Envoy says in the access line itself why it answered for the upstream: response flags, details, transport failure.
 * @returns what a record of it is begun with; undefined when the lexicon knows none of it.
 */
export function proxyReason(text: string, row: RequestRow, to: Collector) {
  const reason = /HTTP\/[\d.]{1,3}" (\d{3} .*)$/s.exec(text)?.[1];
  if (reason === undefined || !to.looks.texts) return undefined;
  const bytes = Buffer.from(reason);
  const found: number[] = [];
  candidates(to.lexicon, bytes, 0, bytes.length, found);
  if (found.length === 0) return undefined;
  // What leaves the mesh is named by its authority; inside it, that is a name of our own.
  const upstream = to.requests.interner.get(reason.includes(' outbound|') ? row.host : row.upstream);
  const head = { level: 'error' as const, message: reason, fields: upstream ? { upstream } : {} };
  return { head, searched: `to upstream ${upstream}: ${reason}`, found };
}

/** The request field of the access line just read held no HTTP: a TLS hello or a scanner's bytes. The lexicon knows some of them. */
export function noteMalformed(b: Buffer, row: RequestRow, source: LogSource, to: Collector): void {
  const { malformedStart: start, malformedEnd: end } = accessLine;
  const found: number[] = [];
  candidates(to.lexicon, b, start, end, found);
  if (found.length === 0) return;
  const text = b.toString('utf8', start, end);
  const client = to.requests.interner.get(row.client);
  for (const { entry, values } of verify(to.lexicon, found, text, 'access')) {
    to.events.add(entry, entry.role, source, {
      node: source.node,
      peer: undefined,
      client: client || undefined,
      test: false,
      hit: { time: row.time, source: source.index, line: row.line, text: text.slice(0, 1024), values },
    });
  }
}
