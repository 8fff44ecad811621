/**
 * Requests that a program tells of in two JSON records, what was asked and how it ended, with a number that both have: Fastify (and
 * pino behind it), Logbook. Records in between belong to the program.
 * @see https://fastify.dev/docs/latest/Reference/Logging/
 * @see https://github.com/zalando/logbook
 */
import type { Fields } from './fields.ts';

/** What a program calls the members of its two records. */
interface Dialect {
  software: string;
  id: string;
  method: string;
  target: string;
  client: string;
  status: string;
  took: string;
  /** Member that tells calls of others from calls to others, and what it is in an answer of ours. */
  ours?: { name: string; answer: string };
}

const logbook = (prefix: string): Dialect => ({
  software: 'logbook',
  id: `${prefix}correlation`,
  method: `${prefix}method`,
  target: `${prefix}uri`,
  client: `${prefix}remote`,
  status: `${prefix}status`,
  took: `${prefix}duration`,
  ours: { name: `${prefix}origin`, answer: 'local' },
});
const DIALECTS: readonly Dialect[] = [
  {
    software: 'fastify',
    id: 'reqId',
    method: 'req.method',
    target: 'req.url',
    client: 'req.remoteAddress',
    status: 'res.statusCode',
    took: 'responseTime',
  },
  logbook('http.'),
  logbook(''),
];

const MOST_OPEN = 8192;

/** What one record says of a request. */
function part(fields: Fields): { dialect: Dialect; id: string; end: boolean } | undefined {
  for (const dialect of DIALECTS) {
    const id = fields[dialect.id];
    if (id === undefined) continue;
    const asked = fields[dialect.method] !== undefined && fields[dialect.target] !== undefined;
    const answered = /^[1-5]\d\d$/.test(fields[dialect.status] ?? '');
    // A record that says both is a request by itself.
    if (asked === answered) continue;
    if (answered && dialect.ours && fields[dialect.ours.name] !== dialect.ours.answer) continue;
    return { dialect, id, end: answered };
  }
  return undefined;
}

/** @returns which program writes requests in two records like this one; undefined where it is none of these. */
export const pairedBy = (fields: Fields): string | undefined => part(fields)?.dialect.software;

const PAIRED: ReadonlySet<string> = new Set(DIALECTS.map(({ software }) => software));

/** Whether records of a source belong together, as its format or, in a container's file, its software says. */
export const writesPairs = ({ format, software }: { format: string; software?: string | undefined }): boolean =>
  format === 'json-pairs' || (format === 'docker-json' && PAIRED.has(software ?? ''));

/** Joins the records of one file. */
export class JsonPairs {
  readonly #open = new Map<string, Fields>();

  /**
   * @returns the members of a request, where the record ends one whose beginning was seen; `begun` where it begins one;
   * undefined where it is a record like any other.
   */
  read(fields: Fields): Fields | 'begun' | undefined {
    const found = part(fields);
    if (!found) return undefined;
    const { dialect, id, end } = found;
    if (!end) {
      // The oldest are those that never ended.
      if (this.#open.size >= MOST_OPEN) this.#open.delete(this.#open.keys().next().value!);
      this.#open.set(id, {
        method: fields[dialect.method]!,
        uri: fields[dialect.target]!,
        ...(fields[dialect.client] === undefined ? {} : { client_ip: fields[dialect.client]! }),
      });
      return 'begun';
    }
    const began = this.#open.get(id);
    if (!began) return undefined;
    this.#open.delete(id);
    const took = fields[dialect.took];
    // Milliseconds in all of them.
    return { ...began, status: fields[dialect.status]!, ...(took === undefined ? {} : { request_time: `${took}ms` }) };
  }
}
