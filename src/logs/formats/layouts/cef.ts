/**
 * ArcSight Common Event Format without a syslog head: `CEF:0|vendor|product|version|class|name|severity|key=value ...`
 * (Implementing ArcSight Common Event Format, versions 0 and 1). Bars are escaped in the head, equal signs in the values.
 */
import type { Level } from '../../types.ts';
import type { Fields } from '../fields.ts';
import type { Layout } from './layout.ts';

const HEAD = /^CEF:[01]\|/;
const HEAD_FIELDS = 7;
/** A key begins the extension or stands after a blank; its equal sign is the unescaped one. */
const KEY = /(?:^|\s)([A-Za-z0-9_][\w.[\]-]{0,62})=/g;
const NAMED: { readonly [severity: string]: number } = { unknown: 0, low: 0, medium: 4, high: 7, 'very-high': 9 };
const UNESCAPED: { readonly [escaped: string]: string } = { n: '\n', r: '\r' };
const plain = (text: string): string =>
  text.includes('\\') ? text.replace(/\\(.)/gs, (_, c: string) => UNESCAPED[c] ?? c) : text;

function levelOf(severity: string): Level {
  const value = /^\d+$/.test(severity) ? Number(severity) : (NAMED[severity.toLowerCase()] ?? 0);
  return value >= 9 ? 'critical' : value >= 7 ? 'error' : value >= 4 ? 'warn' : 'info';
}

/** The seven parts before the extension, and where that begins; undefined when a bar is missing. */
function headOf(text: string): { parts: string[]; next: number } | undefined {
  const parts: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '|') {
      parts.push(plain(text.slice(from, i)));
      from = i + 1;
      if (parts.length === HEAD_FIELDS) return { parts, next: from };
    }
  }
  // An event without an extension may end with its severity.
  if (parts.length === HEAD_FIELDS - 1) return { parts: [...parts, plain(text.slice(from))], next: text.length };
  return undefined;
}

function extensionOf(text: string): Fields {
  const fields: Fields = {};
  const keys = [...text.matchAll(KEY)];
  for (const [i, key] of keys.entries())
    fields[key[1]!] = plain(text.slice(key.index + key[0].length, keys[i + 1]?.index ?? text.length).trim());
  // `cs1=Q7 cs1Label=Terminal`: a field of one's own and what it is called.
  for (const [name, label] of Object.entries(fields)) {
    const own = /^(\w+)Label$/.exec(name)?.[1];
    if (own === undefined || fields[own] === undefined || label === '') continue;
    fields[label!] ??= fields[own];
  }
  return fields;
}

export default {
  format: 'cef',
  role: 'system',
  fits: (text) => HEAD.test(text),
  reader: () => (text) => {
    const head = HEAD.test(text) ? headOf(text) : undefined;
    if (!head) return undefined;
    const [, vendor, product, , id, name, severity] = head.parts;
    const fields = extensionOf(text.slice(head.next));
    const time = fields.rt ?? fields.end ?? fields.start;
    return [
      {
        ...(time === undefined ? {} : { time }),
        level: levelOf(severity!),
        node: fields.dvchost ?? fields.dvc,
        logger: `${vendor} ${product}`.trim(),
        message: fields.msg ? `${name}: ${fields.msg}` : name!,
        fields: { ...fields, 'event-id': id!, severity: severity! },
      },
    ];
  },
} satisfies Layout;
