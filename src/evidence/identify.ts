import { type Identity, identifyBinary, looksLikeText } from './identify-binary.ts';
import { identifyTextFirst, identifyTextLast } from './identify-text.ts';
import { decodeText } from './text.ts';

/** Detection that belongs to other rooms, handed in by whoever wires them together. */
export interface Detectors {
  log?: (head: Buffer) => { format: string; role: string; software?: string; confidence: number } | undefined;
  /** Software whose configuration the text is. */
  serverConfig?: (head: string) => string | undefined;
}

/** Below this the text formats of the bundle are tried before it is called a log. */
const SURE_LOG = 0.6;
/** From here on it is a log even where it could be read as a configuration. */
const CERTAIN_LOG = 0.9;

/**
 * Finds what an artefact is from its content. The name plays no part.
 * @param head the first bytes after decompression, at most 64 KiB.
 * @param size bytes of the whole content if known, else of the head.
 */
export function identify(head: Buffer, size: number, detectors: Detectors): Identity {
  if (head.length === 0) return { kind: 'empty' };
  const binary = identifyBinary(head, size);
  if (binary) return binary;
  if (!looksLikeText(head)) return { kind: 'binary' };
  const { text } = decodeText(head);
  if (text.trim() === '') return { kind: 'empty' };
  const first = identifyTextFirst(text, size <= head.length);
  if (first) return first;
  const log = detectors.log?.(head);
  if (log === undefined || log.confidence < CERTAIN_LOG) {
    const software = detectors.serverConfig?.(text);
    if (software !== undefined) return { kind: 'server-config', format: software };
  }
  if (log && log.confidence >= SURE_LOG)
    return { kind: log.role === 'network-flows' ? 'network-flows' : 'log', format: log.format };
  const last = identifyTextLast(text);
  return last.kind === 'text' && log ? { kind: 'log', format: log.format } : last;
}
