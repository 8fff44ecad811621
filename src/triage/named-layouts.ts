/** Layouts that the user named for logs of their own: which artefacts are written in them, and how these are read. */
import type { EvidenceKind, EvidenceSource } from '../evidence/types.ts';
import { asUtf8 } from '../logs/encoding.ts';
import { undress } from '../logs/formats/dress.ts';
import { type ConfiguredFormat, fitsConfigured } from '../logs/index.ts';
import { isOfPattern, type LinePattern, patternInput } from '../logs/pattern.ts';
import type { LogInput } from '../logs/read-logs.ts';

export interface NamedLayouts {
  formats: ConfiguredFormat[];
  pattern?: LinePattern;
}

/** What a log of a layout of one's own may pass for by its words and columns. */
const LINES: ReadonlySet<EvidenceKind> = new Set([
  'log',
  'text',
  'table',
  'network-flows',
  'transactions',
  'structured',
  'changes',
  'notice',
  'tickets',
  'message',
]);

/**
 * Calls artefacts logs that are written in a layout the user named, so that no other room reads them as what they look like.
 * @returns the first bytes of all artefacts that could be.
 */
export function markNamedLayouts(sources: readonly EvidenceSource[], layouts: NamedLayouts): Buffer[] {
  const lines = sources.filter(({ item }) => LINES.has(item.kind));
  return lines.map(({ item, head }) => {
    const plain = undress(asUtf8(head)).head;
    const fits = fitsConfigured(plain, layouts.formats);
    if (fits || (layouts.pattern && isOfPattern(head, layouts.pattern))) {
      item.kind = 'log';
      item.format = fits ? 'nginx-access' : 'log-pattern';
    }
    return plain;
  });
}

/** The input as it is to be read: lines of the pattern as records. */
export const inNamedLayout = (input: LogInput, { pattern }: NamedLayouts): LogInput =>
  pattern && isOfPattern(input.head, pattern) ? patternInput(input, pattern) : input;
