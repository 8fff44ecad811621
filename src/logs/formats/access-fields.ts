/** The request line and its target, shared by all access formats. */

import type { Interner } from '../interner.ts';
import type { RequestRow } from '../request-table.ts';
import { indexWithin, literalWithin } from '../within.ts';

const AUTHORITY = Buffer.from('://');

/** `/path?query` or an absolute URL into path and query. */
export function setTarget(target: string, row: RequestRow, interner: Interner): void {
  let from = 0;
  const scheme = target.indexOf('://');
  if (scheme > 0 && scheme < 8) {
    const slash = target.indexOf('/', scheme + 3);
    if (row.host === 0) row.host = interner.text(target.slice(scheme + 3, slash === -1 ? undefined : slash));
    from = slash === -1 ? target.length : slash;
  }
  const mark = target.indexOf('?', from);
  row.path = interner.text(target.slice(from, mark === -1 ? undefined : mark) || '/');
  row.query = mark === -1 ? 0 : interner.text(target.slice(mark + 1));
}

/** `GET /path?query HTTP/1.1`; a line that is no request keeps method and path empty. */
export function setRequestLine(line: string, row: RequestRow, interner: Interner): boolean {
  const space = line.indexOf(' ');
  if (space < 3 || space > 16 || !/^[A-Z]+$/.test(line.slice(0, space))) return false;
  row.method = interner.text(line.slice(0, space));
  const last = line.lastIndexOf(' ');
  const target =
    last > space && line.startsWith('HTTP/', last + 1) ? line.slice(space + 1, last) : line.slice(space + 1);
  setTarget(target, row, interner);
  return true;
}

/** The same on bytes: `"GET /path?query HTTP/1.1"` between the quotes. */
export function setRequestBytes(b: Buffer, start: number, end: number, row: RequestRow, interner: Interner): boolean {
  let space = start;
  while (space < end && b[space]! >= 65 && b[space]! <= 90) space++;
  if (space - start < 3 || space - start > 16 || b[space] !== 32) return false;
  row.method = interner.bytes(b, start, space);
  let from = space + 1;
  let to = end;
  // The protocol is the last word; HTTP/0.9 requests have none.
  for (let i = end - 1; i > from; i--) {
    if (b[i] === 32) {
      if (b[i + 1] === 72 && b[i + 2] === 84) to = i;
      break;
    }
  }
  const scheme = b[from] === 47 ? -1 : literalWithin(b, AUTHORITY, from, Math.min(to, from + 8));
  if (scheme !== -1) {
    const slash = indexWithin(b, 47, scheme + 3, to);
    const host = slash === -1 ? to : slash;
    if (row.host === 0) row.host = interner.bytes(b, scheme + 3, host);
    from = host;
  }
  let mark = from;
  while (mark < to && b[mark] !== 63) mark++;
  row.path = interner.bytes(b, from, mark);
  row.query = mark < to ? interner.bytes(b, mark + 1, to) : 0;
  return true;
}
