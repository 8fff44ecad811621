/**
 * Access lines of nginx, Apache and their kin in any order of fields: what a field means follows from its shape, its
 * key and what stands before it. Works on bytes; only new values become strings.
 */

import type { RequestRow, RequestTableBuilder } from '../request-table.ts';
import { parseTimestamp, stamp } from '../time/timestamp.ts';
import { indexWithin } from '../within.ts';
import { setRequestBytes } from './access-fields.ts';
import { clientAddress } from './access-json.ts';

/** What a line held beyond the row; reused. */
export const accessLine = {
  hasTime: false,
  /** A request line that is no HTTP, such as a TLS hello: its bytes. */
  malformedStart: 0,
  malformedEnd: 0,
};

const digit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

/** Index of the closing quote. nginx and Apache escape inner quotes as \" or \x22. */
function closingQuote(b: Buffer, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    const byte = b[i]!;
    if (byte === 92) i++;
    else if (byte === 34) return i;
  }
  return -1;
}

/** A non-negative decimal at `from`; NaN when it does not begin with a digit. Takes the first of `0.001, 0.002`. */
function decimal(b: Buffer, from: number, end: number): number {
  if (!digit(b[from])) return Number.NaN;
  let value = 0;
  let at = from;
  while (at < end && digit(b[at])) value = value * 10 + b[at++]! - 48;
  let scale = 1;
  if (b[at] === 46) {
    at++;
    // Divided once, what is written is what is read.
    while (at < end && digit(b[at])) {
      value = value * 10 + b[at++]! - 48;
      scale *= 10;
    }
  }
  return value / scale;
}

/** How many make a second of what `4000ms` (Traefik), `31.5ms` or `12.3us` (Go) count; 0 where no such unit stands at the end. */
function perSecond(b: Buffer, from: number, end: number): number {
  if (end - from < 3 || b[end - 1] !== 115) return 0;
  const letter = b[end - 2];
  if (letter === 109) return digit(b[end - 3]) ? 1e3 : 0;
  if (letter === 117) return digit(b[end - 3]) ? 1e6 : 0;
  if (letter === 110) return digit(b[end - 3]) ? 1e9 : 0;
  // The micro sign and the Greek letter, in UTF-8.
  const micro = (b[end - 3] === 0xc2 && letter === 0xb5) || (b[end - 3] === 0xce && letter === 0xbc);
  return micro && digit(b[end - 4]) ? 1e6 : 0;
}

/** Looks like IPv4, IPv4:port, [IPv6]:port or IPv6. */
function isAddress(b: Buffer, from: number, end: number): boolean {
  if (end - from < 2 || end - from > 60) return false;
  let dots = 0;
  let colons = 0;
  let shortened = false;
  for (let i = from; i < end; i++) {
    const byte = b[i]!;
    if (byte === 46) dots++;
    else if (byte === 58) {
      colons++;
      if (b[i + 1] === 58) shortened = true;
    } else if (byte === 91 || byte === 93 || byte === 37) continue;
    else if (!digit(byte) && !((byte | 32) >= 97 && (byte | 32) <= 102)) return false;
  }
  // 08:54:04 is a time: eight groups, or a shortened form, make IPv6.
  return (dots === 3 && colons <= 1 && digit(b[from])) || shortened || colons >= 7;
}

/** Index of the end of the address without its port. */
function withoutPort(b: Buffer, from: number, end: number): number {
  let colons = 0;
  let last = end;
  for (let i = from; i < end; i++) {
    if (b[i] === 58) {
      colons++;
      last = i;
    }
  }
  return colons === 1 ? last : end;
}

function isUpstream(b: Buffer, from: number, end: number): boolean {
  return (
    isAddress(b, from, end) ||
    b.toString('latin1', from, Math.min(end, from + 5)) === 'unix:' ||
    /^[\w.-]+:\d{2,5}/.test(b.toString('latin1', from, Math.min(end, from + 80)))
  );
}

/** Whether a value is one plain word, as names of upstream groups are: no program, version and system of an agent. */
const isName = (b: Buffer, from: number, end: number): boolean =>
  end - from <= 64 && /^[A-Za-z][\w.-]*$/.test(b.toString('latin1', from, end));

function setPair(key: string, b: Buffer, from: number, end: number, row: RequestRow, table: RequestTableBuilder): void {
  const { interner } = table;
  const empty = end <= from || (end === from + 1 && b[from] === 45);
  if (empty) return;
  switch (key) {
    case 'rt':
    case 'request_time':
    case 'reqtime':
    case 'duration':
    case 'req_time':
    case 'response_time':
    case 'resptime':
      row.requestTime = decimal(b, from, end);
      return;
    case 'request_time_ms':
    case 'duration_ms':
    case 'rt_ms':
      row.requestTime = decimal(b, from, end) / 1000;
      return;
    case 'uct':
    case 'upstream_connect_time':
    case 'up_connect':
      row.upstreamConnect = decimal(b, from, end);
      return;
    case 'uht':
    case 'upstream_header_time':
    case 'up_header':
      row.upstreamHeader = decimal(b, from, end);
      return;
    case 'urt':
    case 'upstream_response_time':
    case 'upstream_time':
    case 'up_time':
    case 'ut':
    case 'upt':
      row.upstreamResponse = decimal(b, from, end);
      return;
    case 'us':
    case 'upstream_status':
    case 'ustatus':
    case 'up_status':
      row.upstreamStatus = decimal(b, from, Math.min(end, from + 3)) || 0;
      return;
    case 'ua':
      // Where the agent stands in its place, this is `$upstream_addr`, which may be the name of a group of servers
      // (ngx_http_upstream_module), not an agent once more.
      if (isUpstream(b, from, end) || (row.userAgent !== 0 && isName(b, from, end)))
        row.upstream = interner.bytes(b, from, end);
      else row.userAgent = interner.bytes(b, from, end);
      return;
    case 'upstream':
    case 'upstream_addr':
    case 'backend':
    case 'up':
      row.upstream = interner.bytes(b, from, end);
      return;
    case 'agent':
    case 'user_agent':
    case 'http_user_agent':
      row.userAgent = interner.bytes(b, from, end);
      return;
    case 'referer':
    case 'referrer':
    case 'http_referer':
    case 'ref':
      row.referer = interner.bytes(b, from, end);
      return;
    case 'host':
    case 'vhost':
    case 'server_name':
    case 'http_host':
    case 'sni':
      if (row.host === 0 || key !== 'sni') row.host = interner.bytes(b, from, end);
      return;
    case 'xff':
    case 'x_forwarded_for':
    case 'http_x_forwarded_for':
    case 'forwarded':
    case 'real_ip': {
      const address = clientAddress(b.toString('latin1', from, Math.min(end, from + 120)));
      if (address !== '') row.client = interner.text(address);
      return;
    }
    case 'status':
      row.status = decimal(b, from, Math.min(end, from + 3)) || 0;
      return;
    case 'bytes':
    case 'size':
    case 'body_bytes_sent':
      row.bytes = decimal(b, from, end);
      return;
    case 'client':
    case 'remote_addr':
    case 'src':
    case 'ip':
      if (isAddress(b, from, end)) row.client = interner.bytes(b, from, withoutPort(b, from, end));
      return;
    case 'request':
    case 'req':
      setRequestBytes(b, from, end, row, interner);
      return;
  }
}

/**
 * Reads one line into `row`; time goes to `stamp` (see `accessLine.hasTime`).
 * @returns whether it is an access line: a request or a malformed one, with a status.
 */
export function readAccessLine(
  b: Buffer,
  start: number,
  end: number,
  row: RequestRow,
  table: RequestTableBuilder,
): boolean {
  const { interner } = table;
  accessLine.hasTime = false;
  accessLine.malformedEnd = 0;
  let sawRequest = false;
  let sawBytes = false;
  let quoted = 0;
  let at = start;
  let tokens = 0;
  while (at < end && tokens++ < 64) {
    while (at < end && (b[at] === 32 || b[at] === 9)) at++;
    if (at >= end) break;
    const byte = b[at]!;
    if (byte === 91) {
      let close = indexWithin(b, 93, at + 1, end);
      if (close === -1) close = end;
      if (!accessLine.hasTime && parseTimestamp(b, at + 1, close + 1)) accessLine.hasTime = true;
      at = close + 1;
      continue;
    }
    if (byte === 34) {
      const close = closingQuote(b, at + 1, end);
      const to = close === -1 ? end : close;
      if (!sawRequest) {
        if (setRequestBytes(b, at + 1, to, row, interner)) sawRequest = true;
        else if (accessLine.hasTime) {
          sawRequest = true;
          accessLine.malformedStart = at + 1;
          accessLine.malformedEnd = to;
        }
      } else {
        quoted++;
        const dash = to - at <= 2 && (to === at + 1 || b[at + 1] === 45);
        if (quoted === 1) row.referer = dash ? 0 : interner.bytes(b, at + 1, to);
        else if (quoted === 2) row.userAgent = dash ? 0 : interner.bytes(b, at + 1, to);
        else if (!dash) {
          const comma = indexWithin(b, 44, at + 1, to);
          const until = comma === -1 ? to : comma;
          if (quoted === 3 && isAddress(b, at + 1, until)) row.client = interner.bytes(b, at + 1, until);
          else if (digit(b[at + 1]) && indexWithin(b, 46, at + 1, to) !== -1 && !isAddress(b, at + 1, until)) {
            if (Number.isNaN(row.requestTime)) row.requestTime = decimal(b, at + 1, to);
          }
        }
      }
      at = to + 1;
      continue;
    }
    let equals = -1;
    let to = at;
    while (to < end && b[to] !== 32) {
      if (b[to] === 61 && equals === -1) {
        equals = to;
        if (b[to + 1] === 34) {
          const close = closingQuote(b, to + 2, end);
          to = close === -1 ? end : close + 1;
          break;
        }
      }
      to++;
    }
    if (equals > at && equals - at < 40 && (accessLine.hasTime || sawRequest) && !digit(b[at])) {
      const inQuotes = b[equals + 1] === 34;
      setPair(
        b.toString('latin1', at, equals).toLowerCase(),
        b,
        equals + (inQuotes ? 2 : 1),
        inQuotes ? to - 1 : to,
        row,
        table,
      );
      at = to;
      continue;
    }
    if (!sawRequest) {
      if (row.client === 0 && isAddress(b, at, to)) {
        let from = at;
        let until = withoutPort(b, at, to);
        if (b[at] === 91) {
          from++;
          until = indexWithin(b, 93, from, to);
          if (until === -1) until = to;
        }
        row.client = interner.bytes(b, from, until);
      } else if (!accessLine.hasTime && digit(byte) && parseTimestamp(b, at, end)) {
        accessLine.hasTime = true;
        to = Math.max(to, stamp.next);
      } else if (row.host === 0 && tokens === 1 && byte !== 45)
        row.host = interner.bytes(b, at, withoutPort(b, at, to));
    } else if (row.status === 0) {
      if (to - at === 3 && byte >= 49 && byte <= 53 && digit(b[at + 1]) && digit(b[at + 2]))
        row.status = decimal(b, at, to);
    } else if (!sawBytes && quoted === 0) {
      sawBytes = true;
      row.bytes = byte === 45 ? 0 : decimal(b, at, to);
    } else if (digit(byte) && Number.isNaN(row.requestTime) && perSecond(b, at, to) > 0) {
      row.requestTime = decimal(b, at, to) / perSecond(b, at, to);
    } else if (
      digit(byte) &&
      Number.isNaN(row.requestTime) &&
      b.toString('latin1', at, to).includes('.') &&
      !isAddress(b, at, to)
    ) {
      row.requestTime = decimal(b, at, to);
    } else if (row.upstream === 0 && isAddress(b, at, to) && withoutPort(b, at, to) !== to)
      row.upstream = interner.bytes(b, at, to);
    at = to;
  }
  return sawRequest && row.status !== 0;
}
