/** Guessing of passwords over HTTP: refused logins of one address on one path, one after the other. */
import type { LogObservations } from '../types.ts';
import type { Login } from './logins.ts';

/** Refusals from one address on one path that are no forgetful person, and no browser that is asked first (RFC 9110, 11.6.1). */
const LEAST_REFUSED = 30;
/** On average no further apart. */
const APART = 60_000;
/** Forms that answer a wrong password with their page again and a right one with a redirect. */
const FORMS = /\/(?:wp-login\.php|administrator\/index\.php|user\/login|admin\/login|login\.(?:php|do|action|aspx))$/i;
/**
 * Other forms that log in, by a word of their path. Services are called at such paths, too, and answer 200 to those they let in:
 * only answers of one size that end with a redirect are a form that refused and then let in.
 */
const LIKE_FORMS = /(?:^|[/_-])(?:admin\w{0,20}|log-?[io]n|sign-?in|auth|session|account)(?=$|[/_.?-])/i;
/** Calls that are answered 200 whatever became of them; guessing shows as many answers of one size. */
const CALLS = /\/xmlrpc\.php$/i;
const LEAST_CALLS = 100;
/** Who is let in so often, of all that he is refused, has accounts: a test of load, a monitor, an office. Stuffing succeeds with one in a hundred. */
const OFTEN_LET_IN = 0.1;
const LEAST_LET_IN = 5;
const MOST_PAIRS = 100_000;

interface Tried {
  /** Told only with a success: see `LIKE_FORMS`. */
  needsSuccess: boolean;
  refused: number[];
  /** Times that a form let in. */
  letIn: number;
  accepted: number;
}

/** Whether nineteen of twenty answers have one size, of enough of them. */
function ofOneSize(rows: readonly number[], bytes: Float64Array, least = LEAST_CALLS): boolean {
  const sizes = new Map<number, number>();
  for (const row of rows) sizes.set(bytes[row]!, (sizes.get(bytes[row]!) ?? 0) + 1);
  return rows.length >= least && Math.max(...[...sizes.values()].slice(0, 1000)) >= rows.length * 0.95;
}

/** @returns refused logins of those who guessed, and the first accepted one behind them. */
export function webLogins(logs: LogObservations): Login[] {
  const { requests } = logs;
  const text = (id: number): string => requests.strings[id]!;
  const tried = new Map<string, Tried>();
  for (let row = 0; row < requests.length; row++) {
    const status = requests.status[row]!;
    const posted = text(requests.method[row]!) === 'POST';
    const isForm = posted && FORMS.test(text(requests.path[row]!));
    const like = posted && !isForm && LIKE_FORMS.test(text(requests.path[row]!));
    const form = isForm || like;
    const call = text(requests.method[row]!) === 'POST' && CALLS.test(text(requests.path[row]!));
    const refused = status === 401 || (form && (status === 200 || status === 403)) || (call && status === 200);
    const key = `${requests.client[row]} ${requests.path[row]}`;
    let known = tried.get(key);
    if (refused) {
      if (!known) {
        if (tried.size >= MOST_PAIRS) continue;
        known = { needsSuccess: like && status === 200, refused: [], letIn: 0, accepted: -1 };
        tried.set(key, known);
      }
      known.refused.push(row);
      continue;
    }
    if (known && form && status >= 300 && status < 400) known.letIn++;
    if (known && known.accepted === -1 && known.refused.length >= LEAST_REFUSED) {
      // A form lets in by a redirect, a challenge by an answer.
      if (form ? status >= 300 && status < 400 : status < 400 && !FORMS.test(text(requests.path[row]!)))
        known.accepted = row;
    }
  }
  const found: Login[] = [];
  for (const { needsSuccess, refused, letIn, accepted } of tried.values()) {
    if (refused.length < LEAST_REFUSED || letIn >= Math.max(LEAST_LET_IN, refused.length * OFTEN_LET_IN)) continue;
    if (needsSuccess && (accepted === -1 || !ofOneSize(refused, requests.bytes, LEAST_REFUSED))) continue;
    if (CALLS.test(text(requests.path[refused[0]!]!)) && !ofOneSize(refused, requests.bytes)) continue;
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
