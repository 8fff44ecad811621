/**
 * Windows events as XML, one or more whole events a line: `wevtutil qe /f:xml`, the event viewer's export after `xmllint --format`
 * or with events on lines of their own (Windows Event Log, EventType schema).
 */
import type { Level } from '../../types.ts';
import type { Fields } from '../fields.ts';
import type { Layout, LayoutRecord } from './layout.ts';

const OPEN = /<Event(?: xmlns=['"][^'"]*['"])?>\s*<System>/;
/** Levels of the schema: critical, error, warning, information, verbose; 0 is what audits have. */
const LEVELS: readonly (Level | undefined)[] = ['info', 'critical', 'error', 'warn', 'info', 'debug'];
const ENTITIES: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const plain = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos);|&#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}));/g, (whole, name, hex, decimal) => {
    if (name) return ENTITIES[name as string]!;
    const code = Number.parseInt((hex ?? decimal) as string, hex ? 16 : 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : (whole as string);
  });

function eventOf(xml: string): LayoutRecord | undefined {
  const text = (pattern: RegExp): string | undefined => {
    const found = pattern.exec(xml)?.[1];
    return found === undefined ? undefined : plain(found);
  };
  const time = text(/<TimeCreated SystemTime=['"]([^'"]{10,40})['"]/);
  const id = text(/<EventID(?: [^<>]*)?>(\d{1,6})<\/EventID>/);
  if (time === undefined || id === undefined) return undefined;
  const fields: Fields = { 'event-id': id };
  const channel = text(/<Channel>([^<]{1,200})<\/Channel>/);
  if (channel) fields.channel = channel;
  const values: string[] = [];
  for (const [, name, value] of xml.matchAll(/<Data(?: Name=['"]([^'"]{1,100})['"])?>([^<]*)<\/Data>/g)) {
    if (name) fields[name] = plain(value!);
    values.push(name ? `${name}=${plain(value!)}` : plain(value!));
  }
  const provider = text(/<Provider Name=['"]([^'"]{1,200})['"]/);
  return {
    time,
    level: LEVELS[Number(text(/<Level>(\d)<\/Level>/) ?? 4)],
    node: text(/<Computer>([^<]{1,255})<\/Computer>/),
    logger: provider,
    message: text(/<Message>([^<]+)<\/Message>/) ?? `event ${id} ${values.join(' ')}`.trim(),
    fields,
  };
}

export default {
  format: 'windows-event-xml',
  role: 'system',
  software: 'windows',
  fits: (text) => OPEN.test(text),
  reader: () => (text) => {
    // Cut at the ends: a search from every beginning would look at the rest of the line again and again.
    const records = text.split('</Event>').flatMap((xml) => eventOf(xml) ?? []);
    if (records.length > 0) return records;
    return /^\s*(?:<\?xml[^<>]*\?>\s*)?<\/?Events>\s*$|^<\?xml[^<>]*\?>$/.test(text) ? 'part' : undefined;
  },
} satisfies Layout;
