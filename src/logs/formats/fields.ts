/** `key=value` pairs and JSON objects inside a message, as flat text fields. */

const MAX_FIELDS = 64;
const MAX_VALUE = 1024;
const MAX_DEPTH = 6;

const keyCode = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 95 ||
  code === 45 ||
  code === 46 ||
  code === 64;

export type Fields = { [key: string]: string };

/** Flattens a parsed JSON value; nested keys are joined by `.`, array elements by their index. */
export function flatten(
  value: unknown,
  prefix: string,
  into: Fields,
  depth = 0,
  room = { left: MAX_FIELDS * 3 },
): void {
  if (value === null || value === undefined || room.left <= 0) return;
  if (typeof value === 'object') {
    if (depth >= MAX_DEPTH) return;
    if (Array.isArray(value)) {
      if (value.length === 1) flatten(value[0], prefix, into, depth + 1, room);
      else for (let i = 0; i < value.length && i < 20; i++) flatten(value[i], `${prefix}.${i}`, into, depth + 1, room);
      return;
    }
    for (const key of Object.keys(value))
      flatten(
        (value as { [k: string]: unknown })[key],
        prefix === '' ? key : `${prefix}.${key}`,
        into,
        depth + 1,
        room,
      );
    return;
  }
  if (prefix === '__proto__') return;
  room.left--;
  into[prefix] = typeof value === 'string' ? value : String(value);
}

/** How often a text is walked through for the ends of its objects: braces that none closes would make each walk a long one. */
const WALKS = 4;

/** @param until looked no further. @returns end (exclusive) of the JSON object that begins at `start`, or -1. */
function objectEnd(text: string, start: number, until: number): number {
  let depth = 0;
  let quoted = false;
  for (let i = start; i < until; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === 92) i++;
      else if (code === 34) quoted = false;
    } else if (code === 34) quoted = true;
    else if (code === 123) depth++;
    else if (code === 125 && --depth === 0) return i + 1;
  }
  return -1;
}

/** Reads pairs and embedded objects of `text` into `into`. The first value of a key wins. */
export function readFields(text: string, into: Fields): void {
  let count = 0;
  let at = 0;
  let room = text.length * WALKS;
  const endOf = (start: number): number => {
    const until = Math.min(text.length, start + room);
    const end = objectEnd(text, start, until);
    room -= (end === -1 ? until : end) - start;
    return end;
  };
  // Found once: a line of many pairs is not looked through again for each of them.
  let brace = text.indexOf('{"');
  while (count < MAX_FIELDS) {
    const equals = text.indexOf('=', at);
    if (brace !== -1 && brace < at) brace = text.indexOf('{"', at);
    if (equals === -1 && brace === -1) return;
    if (brace !== -1 && (equals === -1 || brace < equals)) {
      const end = endOf(brace);
      if (end !== -1) {
        try {
          flatten(JSON.parse(text.slice(brace, end)), '', into);
        } catch {
          // Not JSON after all; the pairs inside are still tried.
          at = brace + 2;
          continue;
        }
        at = end;
      } else at = brace + 2;
      continue;
    }
    let from = equals;
    while (from > at && equals - from < 64 && keyCode(text.charCodeAt(from - 1))) from--;
    if (from === equals) {
      at = equals + 1;
      continue;
    }
    const key = text.slice(from, equals);
    let start = equals + 1;
    let end: number;
    const code = text.charCodeAt(start);
    if (code === 34) {
      start++;
      end = start;
      while (end < text.length && text.charCodeAt(end) !== 34) end += text.charCodeAt(end) === 92 ? 2 : 1;
      at = end + 1;
    } else if (code === 123) {
      end = endOf(start);
      if (end !== -1) {
        try {
          flatten(JSON.parse(text.slice(start, end)), key, into);
          count++;
          at = end;
          continue;
        } catch {
          // Falls through: taken as plain text up to the next blank.
        }
      }
      end = start;
      while (end < text.length && text.charCodeAt(end) > 32) end++;
      at = end;
    } else {
      end = start;
      while (end < text.length) {
        const c = text.charCodeAt(end);
        if (c <= 32 || c === 44 || c === 59 || c === 38 || c === 41 || c === 93 || c === 124) break;
        end++;
      }
      at = end;
    }
    if (!(key in into) && key !== '__proto__') {
      const raw = text.slice(start, Math.min(end, start + MAX_VALUE));
      into[key] = raw.includes('\\"') ? raw.replaceAll('\\"', '"') : raw;
      count++;
    }
  }
}

/** A line of pairs. @returns its text without what stands before them, and the pairs; none where it begins with no pair. */
export function readPairs(line: string): { text: string; fields: Fields } {
  // Network devices put syslog's priority right before the pairs.
  const text = line.replace(/^<\d{1,3}>(?=date=)/, '');
  const fields: Fields = {};
  if (/^[\w.@-]{1,40}=/.test(text)) readFields(text, fields);
  // They write date, time and zone apart: date=2026-11-20 time=13:11:41 tz="+0800".
  if (fields.date !== undefined && fields.time !== undefined && /^\d{4}-\d\d-\d\d$/.test(fields.date))
    fields.time = `${fields.date} ${fields.time}${/^[+-]\d{4}$/.test(fields.tz ?? '') ? fields.tz : ''}`;
  return { text, fields };
}
