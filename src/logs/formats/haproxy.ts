/** HAProxy's HTTP and TCP log lines (configuration manual, chapter 8.2), after whatever syslog prefix. */
import type { Interner } from '../interner.ts';
import type { RequestRow, RequestTableBuilder } from '../request-table.ts';
import { parseTimestamp } from '../time/timestamp.ts';
import { setRequestLine } from './access-fields.ts';

const HEAD = /^\s?(\S{2,64}) \[([^\]]{10,40})\] (\S+)\s+(\S+?)\/(\S+) (\S+)\s(.*)$/s;
const HTTP_TAIL = /^(-?\d+) \+?(\d+) \S+ \S+ ([A-Za-z-]{4}) \S+ \S+\s?(.*)$/s;
const TCP_TAIL = /^\+?(\d+) ([A-Za-z-]{2,4}) \S+\/\S+ \S+/;

const milliseconds = (text: string | undefined): number => {
  const value = Number(text?.replace(/^\+/, ''));
  return Number.isFinite(value) && value >= 0 ? value / 1000 : Number.NaN;
};

/**
 * Reads one traffic line.
 * @param text the payload: from the client address on.
 * @returns `http`, `tcp`, or undefined when the line is something else (a check, a handshake failure, a notice).
 */
export function readHaproxyLine(text: string, row: RequestRow, table: RequestTableBuilder): 'http' | 'tcp' | undefined {
  const head = HEAD.exec(text);
  if (!head) return undefined;
  const [, client, date, , backend, server, timers, tail] = head as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const times = timers.split('/');
  if (times.length < 3 || !times.every((time) => /^[+-]?\d+$/.test(time))) return undefined;
  const { interner } = table;
  const http = times.length >= 5 ? HTTP_TAIL.exec(tail) : null;
  const tcp = http ? null : TCP_TAIL.exec(tail);
  if (!http && !tcp) return undefined;
  const stampBytes = Buffer.from(date, 'latin1');
  if (!parseTimestamp(stampBytes, 0, stampBytes.length)) return undefined;
  const colon = client.lastIndexOf(':');
  row.client = interner.text((colon > 0 ? client.slice(0, colon) : client).replace(/^::ffff:|^\[|\]$/g, ''));
  row.upstream = interner.text(`${backend}/${server}`);
  if (http) {
    // TR/Tw/Tc/Tr/Ta
    row.upstreamConnect = milliseconds(times[2]);
    row.upstreamHeader = milliseconds(times[3]);
    row.upstreamResponse = milliseconds(times[3]);
    row.requestTime = milliseconds(times[4]);
    const status = Number(http[1]);
    row.status = Math.max(0, status);
    row.bytes = Number(http[2]);
    row.termination = interner.text(http[3]!);
    const rest = http[4]!;
    const quote = rest.lastIndexOf(' "') >= 0 ? rest.lastIndexOf(' "') + 2 : rest.startsWith('"') ? 1 : -1;
    if (quote > 0) setRequestLine(rest.slice(quote).replace(/"\s*$/, ''), row, interner);
    const captured = /\{([^}]{0,600})\}/.exec(rest);
    if (captured) readCaptures(captured[1]!, row, interner);
    return 'http';
  }
  // Tw/Tc/Tt
  row.upstreamConnect = milliseconds(times[1]);
  row.requestTime = milliseconds(times[2]);
  row.bytes = Number(tcp![1]);
  row.termination = interner.text(tcp![2]!);
  return 'tcp';
}

/** What captured headers are, by how they look. @param text `shop.example|curl/8.5|https://...`. */
export function readCaptures(text: string, row: RequestRow, interner: Interner): void {
  for (const part of text.split('|')) {
    if (/^[a-z][\w.+-]*:\/\//i.test(part)) row.referer = interner.text(part);
    else if (/^[A-Za-z][\w.-]*\/\d|Mozilla/.test(part)) row.userAgent = interner.text(part);
    else if (/^[\w-]+(?:\.[\w-]+)+(?::\d+)?$/.test(part) && !/^[\d.:]+$/.test(part)) row.host = interner.text(part);
  }
}

/** Cheap test before the expression: an address, a bracketed date, `front back/server`. */
export function mayBeHaproxyTraffic(text: string): boolean {
  const bracket = text.indexOf(' [');
  return bracket > 2 && bracket < 66 && text.charCodeAt(bracket + 2) >= 48 && text.charCodeAt(bracket + 2) <= 57;
}
