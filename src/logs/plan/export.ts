/** Requests and records as JSON lines with the columns that the plans read. Missing values are null, never empty text. */
import { sigmaEvents } from '../sigma/events.ts';
import type { LogObservations } from '../types.ts';

const orNull = (text: string): string | null => (text === '' ? null : text);
const number = (value: number): number | null => (Number.isNaN(value) ? null : value);

export function* exportedRequests({ requests: table }: Pick<LogObservations, 'requests'>): Generator<string> {
  const { strings } = table;
  for (let row = 0; row < table.length; row++) {
    yield JSON.stringify({
      time: number(table.time[row]!),
      client: strings[table.client[row]!]!,
      method: strings[table.method[row]!]!,
      path: strings[table.path[row]!]!,
      query: orNull(strings[table.query[row]!]!),
      status: table.status[row]!,
      bytes: number(table.bytes[row]!),
      referer: orNull(strings[table.referer[row]!]!),
      user_agent: orNull(strings[table.userAgent[row]!]!),
      host: orNull(strings[table.host[row]!]!),
      request_time: number(table.requestTime[row]!),
      upstream: orNull(strings[table.upstream[row]!]!),
      termination: orNull(strings[table.termination[row]!]!),
    });
  }
}

/** Records in order of time, as the Sigma rules see them. */
export function* exportedRecords(logs: LogObservations): Generator<string> {
  const none = { ...logs, requests: { ...logs.requests, length: 0 } };
  for (const { event, offered } of sigmaEvents(none)) {
    const text = (name: string): string | null => {
      const value = event.fields[name];
      return value === undefined || value === null ? null : String(value);
    };
    yield JSON.stringify({
      time: number(event.time),
      category: offered.category ?? null,
      product: offered.product ?? null,
      service: offered.service ?? null,
      level: text('level'),
      host: text('host'),
      logger: text('logger'),
      client: text('client'),
      user: text('user'),
      message: event.text ?? '',
    });
  }
}
