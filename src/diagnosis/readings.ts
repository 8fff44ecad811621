/** What the readers got out of each artefact of the evidence: a verdict needs more than a file of the right kind. Pure. */

import type { EvidenceItem } from '../evidence/types.ts';
import type { Observations } from '../graph/observations.ts';
import type { LogSource } from '../logs/types.ts';
import { filesOf, OUTCOMES, type TransactionTable } from '../transactions/types.ts';
import { counted } from '../wording.ts';
import type { CertificateObservation } from '../x509/types.ts';

/**
 * `judged`: a check could speak about something in it. `context`: it was read, and says what people planned or how things
 * are set up, which by itself shows no system at work. Otherwise nothing was read, with the reason and what to do.
 */
export type Reading = 'judged' | 'context' | { why: string; next: string };

const UNKNOWN = OUTCOMES.indexOf('unknown');

/** From this share of answers that nobody here can read on, a table says nothing of failures. */
const MOSTLY = 0.5;

/** Share of the rows that name a code or status, and one that is not understood. */
export function notUnderstood(table: TransactionTable): number {
  let rows = 0;
  for (let i = 0; i < table.length; i++)
    if (table.outcome[i] === UNKNOWN && (table.code[i] !== 0 || table.status[i] !== 0)) rows++;
  return table.length === 0 ? 0 : rows / table.length;
}

/** Whether one row at least says when it was or how it ended, and most of the answers are understood. */
function tableTells(table: TransactionTable): boolean {
  if (notUnderstood(table) >= MOSTLY) return false;
  for (let i = 0; i < table.length; i++)
    if (Number.isFinite(table.time[i]!) || table.outcome[i] !== UNKNOWN) return true;
  return false;
}

/** Whether a certificate, list, response or key came out whole enough to have dates or a key. */
const holdsMaterial = (o: CertificateObservation): boolean =>
  o.certificates.some((c) => Number.isFinite(c.notAfter) && c.key.label !== '') ||
  o.revocationLists.some((l) => Number.isFinite(l.thisUpdate)) ||
  o.keys.some((k) => !k.encrypted && k.algorithm !== undefined) ||
  (o.ocspResponses?.length ?? 0) > 0;

/** Columns without names, of which nothing was understood but the time: a log of such lines shows neither health nor fault. */
const isNameless = ({ format, operations, levels, index }: LogSource, { logs }: Observations): boolean =>
  format === 'delimited' &&
  operations === 0 &&
  Object.entries(levels).every(([level, lines]) => level === 'none' || lines === 0) &&
  !logs.events.some(({ source }) => source === index);

/** Files that a check could speak about. */
function judgedFiles(o: Observations): Set<string> {
  const files = new Set<string>();
  for (const s of o.logs.sources) if (s.parsed > 0 && !isNameless(s, o)) files.add(s.file);
  for (const e of o.evidence) if (e.kind === 'capture' && (e.counts?.flows ?? 0) > 0) files.add(e.path);
  // The key in a signing request is judged with the certificate it becomes.
  const requests = new Set(o.evidence.filter((e) => e.kind === 'csr').map((e) => e.path));
  for (const c of o.certificates)
    if (c.source !== 'handshake' && !requests.has(c.file) && holdsMaterial(c)) files.add(c.file);
  for (const c of o.configurations)
    if (c.directives.length || c.listeners.length || c.upstreams.length) files.add(c.file);
  for (const t of o.transactions.tables) if (tableTells(t)) for (const file of filesOf(t)) files.add(file);
  for (const s of o.transactions.statements)
    if (s.rows.amounts().some(Number.isFinite)) for (const file of filesOf(s)) files.add(file);
  for (const m of o.messages) files.add(m.file);
  const { facts } = o;
  for (const list of [
    facts.files,
    facts.clocks,
    facts.flows,
    facts.processes,
    facts.connections,
    facts.disks,
    facts.gauges,
  ])
    for (const fact of list ?? []) files.add(fact.file);
  for (const t of facts.texts) if (t.kind === 'script' || t.kind === 'web-page') files.add(t.file);
  return files;
}

/** Files that were read as background. */
function contextFiles(o: Observations): Set<string> {
  const { facts } = o;
  const files = new Set<string>(o.transactions.issuers.map((i) => i.file));
  for (const list of [
    facts.changes,
    facts.notices,
    facts.dns,
    facts.versions,
    facts.topology,
    facts.texts,
    facts.settings,
    facts.hashes,
    facts.kernel,
  ])
    for (const fact of list ?? []) files.add(fact.file);
  for (const t of facts.tables) if (t.rows.length) files.add(t.file);
  for (const s of o.transactions.statements) for (const file of filesOf(s)) files.add(file);
  return files;
}

/** Why nothing came of an artefact, in the words of its kind. */
function failure(item: EvidenceItem, o: Observations): { why: string; next: string } {
  const note = item.notes?.find((n) => !n.startsWith('its lines carry no time zone')) ?? item.unreadable;
  switch (item.kind) {
    case 'empty':
      return { why: 'it is empty', next: 'copy it again from its source, or take it over the time of the incident' };
    case 'log': {
      const source = o.logs.sources.find((s) => s.file === item.path);
      const lines = source?.lines ?? 0;
      if (source && source.parsed > 0)
        return {
          why: 'its columns have no names, and nothing but the time was understood',
          next: 'put the configuration with its log_format beside it, name the layout with --log-format or --log-pattern, or name the columns in a first line',
        };
      return {
        why:
          lines > 0
            ? `none of its ${counted(lines, 'line')} could be read as a record`
            : (note ?? 'no line of it was read'),
        next: 'check that it is the log that was meant, whole and in its original form',
      };
    }
    case 'capture': {
      const packets = item.counts?.packets ?? 0;
      return {
        why:
          note ??
          (packets > 0 ? `none of its ${counted(packets, 'packet')} belongs to a connection` : 'it holds no packet'),
        next: 'tcpdump -i any -s 0 -w capture.pcap, running while the fault happens',
      };
    }
    case 'keystore':
    case 'key':
      return {
        why: note ?? (item.kind === 'key' ? 'the key is encrypted or unreadable' : 'nothing in it could be read'),
        next: 'paymedic certs FILE --password-file PASSWORDS, or the certificates exported as PEM',
      };
    case 'certificate':
    case 'crl':
    case 'csr':
    case 'ocsp':
      return {
        why:
          note ??
          (item.kind === 'csr' ? 'a signing request is no certificate yet' : 'nothing in it could be read whole'),
        next: 'copy the file again from its source and compare sizes and sums',
      };
    case 'server-config':
      return {
        why: note ?? 'no directive in it was understood',
        next: 'the configuration as the server prints it (nginx -T, httpd -S, haproxy -c -f FILE)',
      };
    case 'transactions': {
      const table = o.transactions.tables.find((one) => filesOf(one).includes(item.path));
      if (table && notUnderstood(table) >= MOSTLY)
        return {
          why: `the codes and words that say how its ${counted(table.length, 'payment')} ended are not known here`,
          next: 'the codes of the provider as a file: paymedic triage EVIDENCE --codes FILE',
        };
      return {
        why: note ?? 'no row of it could be read',
        next: 'export it again with a header line; dates as 2026-11-21T09:30:00Z',
      };
    }
    case 'table':
    case 'network-flows':
    case 'file-listing':
    case 'tickets':
      return {
        why: note ?? 'no row of it could be read',
        next: 'export it again with a header line; dates as 2026-11-21T09:30:00Z',
      };
    default:
      return {
        why: note ?? 'nothing in it was understood',
        next: 'a log, capture, certificate, configuration or payment table',
      };
  }
}

/** Kinds that never hold anything to read by themselves: their members or connections do, or they only tell the time. */
const NO_CONTENT = new Set<EvidenceItem['kind']>(['archive', 'endpoint', 'clock']);

/** The reading of every artefact that has content of its own, by path. */
export function readings(o: Observations): Map<string, Reading> {
  const judged = judgedFiles(o);
  const context = contextFiles(o);
  const bySum = new Map<string, string>();
  for (const item of o.evidence) if (item.sha256 && judged.has(item.path)) bySum.set(item.sha256, item.path);
  const out = new Map<string, Reading>();
  for (const item of o.evidence) {
    if (NO_CONTENT.has(item.kind)) continue;
    if (!item.unreadable && (judged.has(item.path) || (item.sha256 !== '' && bySum.has(item.sha256)))) {
      out.set(item.path, 'judged');
    } else if (!item.unreadable && context.has(item.path)) out.set(item.path, 'context');
    else out.set(item.path, failure(item, o));
  }
  return out;
}

/** Whether anything was read, or any endpoint reached, that a check could speak about. */
export function couldJudge(o: Observations, read: ReadonlyMap<string, Reading> = readings(o)): boolean {
  for (const reading of read.values()) if (reading === 'judged') return true;
  return o.handshakes.some((h) => h.completed || h.serverCertificates !== undefined || h.alerts.length > 0);
}
