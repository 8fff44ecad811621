/**
 * Waivers: findings that somebody accepted for a time, in `paymedic.waivers.yaml`. One implementation for every auditing
 * command. A waiver never hides a finding; it only keeps it from failing the gate, and only while it is valid.
 */
import { isMap, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { yamlRefusal } from '../yaml-bounds.ts';
import { PCI_A2_FIELDS, type PciA2, type WaiverEntry, type WaiverFile } from './cover.ts';

const MAX_ENTRIES = 5000;
const DAY = 86_400_000;
const KNOWN_KEYS = new Set([
  'finding',
  'subject',
  'match',
  'owner',
  'approved_by',
  'reason',
  'ticket',
  'expires',
  'pci_a2',
]);

/** Reads a waiver file. Never throws; an entry that lacks a mandatory field is a problem with its line and waives nothing. */
export function readWaivers(text: string, file: string): WaiverFile {
  const out: WaiverFile = { file, entries: [], problems: [] };
  const refused = yamlRefusal(text);
  if (refused) {
    out.problems.push({ line: refused.line, column: 1, says: refused.says });
    return out;
  }
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, logLevel: 'silent' });
  const at = (offset: number | undefined): { line: number; column: number } => {
    const position = counter.linePos(offset ?? 0);
    return { line: Math.max(1, position.line), column: Math.max(1, position.col) };
  };
  for (const error of document.errors) out.problems.push({ ...at(error.pos[0]), says: error.message.split('\n')[0]! });
  if (out.problems.length > 0 || document.contents === null) return out;
  const list = isMap(document.contents) ? document.contents.get('waivers', true) : undefined;
  if (!isSeq(list)) {
    out.problems.push({ line: 1, column: 1, says: 'the file needs a list under "waivers:"' });
    return out;
  }
  for (const item of list.items.slice(0, MAX_ENTRIES)) {
    const place = at((item as { range?: [number, number, number] } | null)?.range?.[0]);
    if (!isMap(item)) {
      out.problems.push({ ...place, says: 'each waiver is a group of "name: value"' });
      continue;
    }
    const entry = readEntry(item, place.line);
    if (Array.isArray(entry)) for (const says of entry) out.problems.push({ ...place, says });
    else out.entries.push(entry);
  }
  if (list.items.length > MAX_ENTRIES)
    out.problems.push({ line: 1, column: 1, says: `only the first ${MAX_ENTRIES} waivers were read` });
  return out;
}

function readEntry(item: YAMLMap, line: number): WaiverEntry | string[] {
  const raw = item.toJSON() as { [key: string]: unknown };
  const complaints: string[] = [];
  const word = (name: string): string => {
    const value = raw[name];
    if (typeof value === 'string' || typeof value === 'number') return String(value).trim();
    if (value instanceof Date) return value.toISOString().slice(0, 10);
    return '';
  };
  for (const name of ['finding', 'subject', 'owner', 'approved_by', 'reason', 'expires']) {
    if (word(name) === '') complaints.push(`"${name}" is mandatory`);
  }
  for (const key of Object.keys(raw))
    if (!KNOWN_KEYS.has(key)) complaints.push(`"${key.slice(0, 40)}" is not a field of a waiver`);
  const expires = word('expires') === '' ? Number.NaN : endOfDay(word('expires'));
  if (word('expires') !== '' && Number.isNaN(expires))
    complaints.push(`"expires: ${word('expires')}" is not a date such as 2027-03-31`);
  const a2 = readPciA2(raw.pci_a2);
  if (typeof a2 === 'string') complaints.push(a2);
  if (complaints.length > 0) return complaints;
  const match =
    typeof raw.match === 'object' && raw.match !== null
      ? Object.fromEntries(Object.entries(raw.match).map(([k, v]) => [k, String(v)]))
      : {};
  return {
    finding: word('finding'),
    subject: word('subject'),
    match,
    owner: word('owner'),
    approvedBy: word('approved_by'),
    reason: word('reason'),
    ...(word('ticket') === '' ? {} : { ticket: word('ticket') }),
    expires,
    expiresText: word('expires'),
    ...(a2 === undefined ? {} : { pciA2: a2 as PciA2 }),
    line,
  };
}

function readPciA2(value: unknown): PciA2 | string | undefined {
  if (value === undefined || value === null) return undefined;
  const fields = typeof value === 'object' ? (value as { [key: string]: unknown }) : {};
  const missing = PCI_A2_FIELDS.filter((f) => typeof fields[f] !== 'string' || (fields[f] as string).trim() === '');
  if (missing.length > 0) return `pci_a2 lacks ${missing.join(', ')} (PCI DSS A2.1.2 asks for all five)`;
  return Object.fromEntries(PCI_A2_FIELDS.map((f) => [f, String(fields[f])])) as PciA2;
}

/** `2027-03-31` is valid through the end of that day, UTC; a full time is taken as it stands. */
export function endOfDay(text: string): number {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const start = Date.parse(`${text}T00:00:00Z`);
    // Date.parse turns 2027-02-31 into March; a date that does not exist is no date.
    return Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== text ? Number.NaN : start + DAY - 1;
  }
  return /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
}
