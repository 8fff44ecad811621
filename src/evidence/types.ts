import type { Json } from '../finding.ts';

/** Found from content, never from the name alone. */
const EVIDENCE_KINDS = [
  'log',
  'capture',
  'certificate',
  'key',
  'crl',
  'csr',
  'ocsp',
  'keystore',
  'server-config',
  'transactions',
  'topology',
  'changes',
  'notice',
  'time-sync',
  'dns',
  'file-listing',
  'versions',
  'tickets',
  'clock',
  'network-flows',
  'message',
  'script',
  'web-page',
  'table',
  'structured',
  'text',
  'empty',
  'binary',
  'endpoint',
  'archive',
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** One artefact as it stands in the manifest of a report. */
export interface EvidenceItem {
  /** Stable within a run: `e1`, `e2`, ... in path order. */
  id: string;
  /** Relative to the bundle; archive members as `archive.zip!member`. */
  path: string;
  kind: EvidenceKind;
  /** The finer format a reader settled on, e.g. `nginx-error`, `pcapng`, `pem`. */
  format?: string;
  /** Bytes as stored. */
  size: number;
  /** Bytes after decompression, when it was compressed and read. */
  expandedSize?: number;
  /** SHA-256 of the stored bytes, hex. */
  sha256: string;
  /** First and last time the reader found in it, ISO-8601 UTC. */
  span?: { from: string; to: string };
  /** What the reader took and left: lines, packets, certificates, and how many were skipped and why. */
  counts?: { [name: string]: number };
  /** Defects and limits worth telling, each one sentence. */
  notes?: string[];
  /** Set when nothing could be read from it; says what was wrong and what to do. */
  unreadable?: string;
}

/**
 * One readable artefact. The only way the readers get at bytes: decompressed, bounded, never following links
 * out of the bundle.
 */
export interface EvidenceSource {
  item: EvidenceItem;
  /** First bytes (decompressed), at most 64 KiB, for detection. */
  head: Buffer;
  /** Modification time of the stored file in ms UTC, if known. */
  modified?: number;
  /** The whole content, decompressed; throws EvidenceTooLarge above `limit` bytes. */
  bytes(limit?: number): Promise<Buffer>;
  /** The content in chunks, decompressed. A truncated compressed stream ends early and adds a note to `item.notes`. */
  chunks(): AsyncIterable<Buffer>;
  /** The same, each chunk valid only until the next is asked for; for readers that keep no chunk. */
  passing(): AsyncIterable<Buffer>;
  /** The regular file on disk that holds exactly this content; missing for compressed ones and archive members. */
  file?: string;
  /** What the lines were made from, where nobody wrote them like this: readers say this format, not that of the lines. */
  layout?: string;
  /** Header of a table whose further part this is: it has none of its own. */
  continues?: { header: string[]; separator: string };
  /** Adds a note to `item.notes` where the file on disk was cut or replaced since; to be called when it was read. */
  noteChange?(): void;
}

export class EvidenceTooLarge extends Error {
  readonly code = 'EVIDENCE_TOO_LARGE';
}

export interface IncidentClock {
  /** ms UTC. */
  now: number;
  source: 'option' | 'meta/now' | 'newest-evidence' | 'system';
  /** The words that the report prints. */
  says: string;
}

/** A record of anything parsed from YAML, JSON or a table that has no room of its own. */
export type PlainRecord = { [key: string]: Json };
