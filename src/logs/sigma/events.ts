/** Log observations as Sigma events, with the field names of the specification's taxonomy. */
import type { LogObservations, LogSource } from '../types.ts';
import type { LogSourceSelector, SigmaEvent } from './types.ts';

export interface OfferedEvent {
  event: SigmaEvent;
  offered: LogSourceSelector;
}

/** What the requests of a source are, in Sigma's words. */
const requestsOf = ({ software }: LogSource): LogSourceSelector => ({
  category: 'webserver',
  ...(software ? { product: software } : {}),
});

/** What the records of a source are. Rules on `webserver` ask for members of requests, which a server's own words have none of. */
function recordsOf(source: LogSource): LogSourceSelector {
  const { software } = source;
  switch (source.role) {
    case 'access':
    case 'load-balancer':
      return software ? { product: software, service: software } : {};
    case 'auth':
      return { product: 'linux', service: software === 'sshd' ? 'sshd' : 'auth' };
    case 'error':
      return software === undefined ? {} : { service: software === 'httpd' ? 'apache' : software };
    case 'system':
      if (software === 'windows') return { product: 'windows' };
      return { product: 'linux', service: 'syslog' };
    default:
      return {
        category: 'application',
        ...(software === 'java' ? { product: 'jvm' } : software ? { product: software } : {}),
      };
  }
}

/** The names under which a request's members are known in webserver and proxy rules. */
function requestEvent(logs: LogObservations, row: number): SigmaEvent {
  const { requests } = logs;
  const text = (column: Uint32Array): string => requests.strings[column[row]!]!;
  const path = text(requests.path);
  const query = text(requests.query);
  const uri = query === '' ? path : `${path}?${query}`;
  const fields: SigmaEvent['fields'] = {
    'cs-method': text(requests.method),
    'cs-uri-stem': path,
    'cs-uri-query': query === '' ? null : query,
    'cs-uri': uri,
    'c-uri': uri,
    'sc-status': requests.status[row]!,
    'c-ip': text(requests.client),
  };
  const optional: [string, string, string][] = [
    ['cs-user-agent', 'c-useragent', text(requests.userAgent)],
    ['cs-referer', 'cs-referrer', text(requests.referer)],
    ['cs-host', 'r-dns', text(requests.host)],
  ];
  for (const [name, other, value] of optional) {
    if (value === '') continue;
    fields[name] = value;
    fields[other] = value;
  }
  if (!Number.isNaN(requests.bytes[row]!)) fields['sc-bytes'] = requests.bytes[row]!;
  return {
    time: requests.time[row]!,
    fields,
    text: `${text(requests.method)} ${uri} ${text(requests.referer)} ${text(requests.userAgent)}`,
    source: requests.source[row]!,
    line: requests.line[row]!,
  };
}

/** `from 1.2.3.4 port 22` of sshd and its kin, as `client`, so that correlations can group by it. */
function addressOf(message: string): { client?: string; user?: string } {
  const login = /(?:for (?:invalid user )?(\S{1,64}) )?from ([0-9a-f.:]{3,45}) port \d+/i.exec(message);
  return login ? { client: login[2]!, ...(login[1] ? { user: login[1] } : {}) } : {};
}

/** All requests and kept records in order of time; those without a time come first and take part in no correlation. */
export function* sigmaEvents(logs: LogObservations): Generator<OfferedEvent> {
  const ofRequests = logs.sources.map(requestsOf);
  const ofRecords = logs.sources.map(recordsOf);
  const { requests, records } = logs;
  const order = (time: number): number => (Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time);
  const rows = Uint32Array.from({ length: requests.length }, (_, row) => row).sort(
    (a, b) => order(requests.time[a]!) - order(requests.time[b]!),
  );
  const sorted = records.toSorted((a, b) => order(a.time) - order(b.time));
  let row = 0;
  let record = 0;
  while (row < rows.length || record < sorted.length) {
    const takeRequest =
      record >= sorted.length ||
      (row < rows.length && order(requests.time[rows[row]!]!) <= order(sorted[record]!.time));
    if (takeRequest) {
      const at = rows[row++]!;
      yield { event: requestEvent(logs, at), offered: ofRequests[requests.source[at]!]! };
    } else {
      const { time, message, fields, source, line, level, node, logger } = sorted[record++]!;
      yield {
        event: {
          time,
          fields: {
            ...addressOf(message),
            ...fields,
            message,
            ...(level ? { level } : {}),
            ...(node === undefined ? {} : { host: node }),
            ...(logger === undefined ? {} : { logger }),
          },
          text: message,
          source,
          line,
        },
        offered: ofRecords[source]!,
      };
    }
  }
}
