/**
 * Signed certificate timestamps (RFC 6962) inside a certificate: which log promised when, and whether its signature fits
 * the certificate. The logs come from a list that the user gives (Google's log list, version 3).
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { parsedForm } from './certificate.ts';
import { DerReader, TAG } from './der.ts';
import { EXT } from './oids.ts';
import type { Certificate } from './types.ts';

export interface KnownLog {
  /** SHA-256 of the log's key, hex. */
  id: string;
  /** SubjectPublicKeyInfo. */
  key: Buffer;
  name: string;
  operator: string;
  /** `usable`, `qualified`, `retired`, `rejected`, ...; empty when the list does not say. */
  state: string;
  /** When that state began, ms UTC. */
  since?: number;
}

export interface LogList {
  logs: ReadonlyMap<string, KnownLog>;
  /** When the list was made, ms UTC; NaN when it does not say. */
  made: number;
}

/** A list older than this misses logs that are in use (browsers refuse to enforce with an older one). */
export const MAX_LIST_AGE = 70 * 86_400_000;

/**
 * Reads a log list (version 3: operators with their logs). Entries that lack an id or key are left out.
 * @returns undefined when the document is no log list
 */
export function readLogList(document: unknown): LogList | undefined {
  const { operators, log_list_timestamp: made } = (document ?? {}) as {
    operators?: unknown;
    log_list_timestamp?: unknown;
  };
  if (!Array.isArray(operators)) return undefined;
  const logs = new Map<string, KnownLog>();
  for (const operator of operators.slice(0, 1000) as { name?: unknown; logs?: unknown; tiled_logs?: unknown }[]) {
    const listed = [operator?.logs, operator?.tiled_logs].flatMap((l) => (Array.isArray(l) ? l.slice(0, 1000) : []));
    for (const log of listed as { log_id?: unknown; key?: unknown; description?: unknown; state?: unknown }[]) {
      if (typeof log?.key !== 'string') continue;
      const key = Buffer.from(log.key, 'base64');
      const id = createHash('sha256').update(key).digest('hex');
      const [state, detail] = Object.entries((log.state ?? {}) as { [state: string]: { timestamp?: string } })[0] ?? [
        '',
      ];
      const since = Date.parse(detail?.timestamp ?? '');
      logs.set(id, {
        id,
        key,
        name: String(log.description ?? id.slice(0, 16)),
        operator: String(operator.name ?? ''),
        state,
        ...(Number.isNaN(since) ? {} : { since }),
      });
    }
  }
  return logs.size === 0 ? undefined : { logs, made: typeof made === 'string' ? Date.parse(made) : Number.NaN };
}

export interface Timestamp {
  logId: string;
  /** ms UTC. */
  time: number;
  extensions: Buffer;
  /** Hash and signature algorithm of RFC 5246 (4, 3 is SHA-256 with ECDSA). */
  algorithm: number;
  signature: Buffer;
}

/** The timestamps embedded in a certificate, in their order; undefined when their list is malformed. */
export function embeddedTimestamps(certificate: Certificate): Timestamp[] | undefined {
  const form = parsedForm(certificate);
  const extension = form.byOid.get(EXT.sctList);
  if (!extension) return [];
  const inner = form.reader.read(extension.content, extension.end);
  if (inner?.id !== TAG.octetString) return undefined;
  const list = form.reader.contents(inner);
  const found: Timestamp[] = [];
  if (list.length < 2 || list.readUInt16BE(0) !== list.length - 2) return undefined;
  for (let at = 2; at < list.length; ) {
    if (at + 2 > list.length) return undefined;
    const end = at + 2 + list.readUInt16BE(at);
    const timestamp = end <= list.length ? readTimestamp(list.subarray(at + 2, end)) : undefined;
    if (!timestamp) return undefined;
    found.push(timestamp);
    at = end;
  }
  return found;
}

function readTimestamp(sct: Buffer): Timestamp | undefined {
  if (sct.length < 47 || sct[0] !== 0) return undefined;
  const extensionsEnd = 43 + sct.readUInt16BE(41);
  if (extensionsEnd + 4 > sct.length) return undefined;
  const signatureEnd = extensionsEnd + 4 + sct.readUInt16BE(extensionsEnd + 2);
  if (signatureEnd !== sct.length) return undefined;
  return {
    logId: sct.toString('hex', 1, 33),
    time: Number(sct.readBigUInt64BE(33)),
    extensions: sct.subarray(43, extensionsEnd),
    algorithm: sct.readUInt16BE(extensionsEnd),
    signature: sct.subarray(extensionsEnd + 4, signatureEnd),
  };
}

export type TimestampVerdict = 'valid' | 'invalid' | 'unknown-log' | 'unsupported';

/** Whether a log signed this certificate (as its precertificate, RFC 6962 3.2) at the time it says. */
export function judgeTimestamp(
  timestamp: Timestamp,
  certificate: Certificate,
  issuer: Certificate,
  logs: LogList,
): TimestampVerdict {
  const log = logs.logs.get(timestamp.logId);
  if (!log) return 'unknown-log';
  if (timestamp.algorithm !== 0x0403 && timestamp.algorithm !== 0x0401) return 'unsupported';
  const tbs = withoutTimestamps(certificate);
  const head = Buffer.alloc(12);
  head.writeBigUInt64BE(BigInt(timestamp.time), 2);
  head.writeUInt16BE(1, 10);
  const length = Buffer.from([tbs.length >> 16, (tbs.length >> 8) & 0xff, tbs.length & 0xff]);
  const tail = Buffer.alloc(2);
  tail.writeUInt16BE(timestamp.extensions.length);
  const issuerKey = createHash('sha256').update(parsedForm(issuer).key.der).digest();
  const data = Buffer.concat([head, issuerKey, length, tbs, tail, timestamp.extensions]);
  try {
    const key = createPublicKey({ key: log.key, format: 'der', type: 'spki' });
    return verify('sha256', data, key, timestamp.signature) ? 'valid' : 'invalid';
  } catch {
    return 'unsupported';
  }
}

/** The signed part of the certificate as the log saw it: without the list of timestamps. */
function withoutTimestamps(certificate: Certificate): Buffer {
  const form = parsedForm(certificate);
  const { bytes } = form;
  const extension = form.byOid.get(EXT.sctList)!;
  const reader = new DerReader(bytes);
  const tbs = reader.read(form.tbs.start, form.tbs.end)!;
  let field = reader.read(tbs.content, tbs.end)!;
  while (field.id !== 0xa3) field = reader.read(field.next, tbs.end)!;
  const list = reader.read(field.content, field.end)!;
  const rest = Buffer.concat([bytes.subarray(list.content, extension.offset), bytes.subarray(extension.end, list.end)]);
  const inner = rest.length === 0 ? rest : header(0xa3, header(0x30, rest));
  return header(0x30, Buffer.concat([bytes.subarray(tbs.content, field.start), inner]));
}

function header(tag: number, body: Buffer): Buffer {
  const n = body.length;
  const length =
    n < 0x80
      ? [n]
      : n < 0x100
        ? [0x81, n]
        : n < 0x10000
          ? [0x82, n >> 8, n & 0xff]
          : [0x83, n >> 16, (n >> 8) & 0xff, n & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
