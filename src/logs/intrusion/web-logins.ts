/** Guessing of passwords over HTTP: refused logins of one address on one path, one after the other. */
import type { LogObservations } from '../types.ts';
import type { Login } from './sheet.ts';

/** Refusals from one address on one path that are no forgetful person, and no browser that is asked first (RFC 9110, 11.6.1). */
const LEAST_REFUSED = 30;
/** On average no further apart. */
const APART = 60_000;
/** Forms that answer a wrong password with their page again and a right one with a redirect. */
const FORMS = /\/(?:wp-login\.php|administrator\/index\.php|user\/login|admin\/login|login\.(?:php|do|action|aspx))$/i;
const MOST_PAIRS = 100_000;

interface Tried {
  refused: number[];
  accepted: number;
}

/** @returns refused logins of those who guessed, and the first accepted one behind them. */
export function webLogins(logs: LogObservations): Login[] {
  const { requests } = logs;
  const text = (id: number): string => requests.strings[id]!;
  const tried = new Map<string, Tried>();
  for (let row = 0; row < requests.length; row++) {
    const status = requests.status[row]!;
    const form = text(requests.method[row]!) === 'POST' && FORMS.test(text(requests.path[row]!));
    const refused = status === 401 || (form && (status === 200 || status === 403));
    const key = `${requests.client[row]} ${requests.path[row]}`;
    let known = tried.get(key);
    if (refused) {
      if (!known) {
        if (tried.size >= MOST_PAIRS) continue;
        known = { refused: [], accepted: -1 };
        tried.set(key, known);
      }
      known.refused.push(row);
    } else if (known && known.accepted === -1 && known.refused.length >= LEAST_REFUSED) {
      // A form lets in by a redirect, a challenge by an answer.
      if (form ? status >= 300 && status < 400 : status < 400 && !FORMS.test(text(requests.path[row]!)))
        known.accepted = row;
    }
  }
  const found: Login[] = [];
  for (const { refused, accepted } of tried.values()) {
    if (refused.length < LEAST_REFUSED) continue;
    const [first, last] = [requests.time[refused[0]!]!, requests.time[refused.at(-1)!]!];
    if (!((last - first) / refused.length <= APART)) continue;
    for (const row of accepted === -1 ? refused : [...refused, accepted]) {
      const path = text(requests.path[row]!);
      const file = logs.sources[requests.source[row]!]!.file;
      found.push({
        address: text(requests.client[row]!),
        user: '',
        ok: row === accepted,
        method: 'password',
        service: `the web at ${path.slice(0, 80)}`,
        proof: {
          file,
          line: requests.line[row]!,
          text: `${text(requests.method[row]!)} ${path} ${requests.status[row]}`.slice(0, 300),
          time: requests.time[row]!,
        },
      });
    }
  }
  return found;
}
