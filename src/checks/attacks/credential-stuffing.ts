import { isPrivate } from '../../address.ts';
import { bursts, MINUTE } from '../../graph/bursts.ts';
import { IdSet } from '../../logs/id-set.ts';
import { counted } from '../../wording.ts';
import { iso, some } from '../support.ts';
import { type Check, defineCheck, type Hit } from '../types.ts';
import { requestReference, stringIds } from './_requests.ts';

const LOGIN = /(^|\/)(log-?in|sign-?in|session|auth(enticate)?|token)(\/|$|\.|\?)/i;

/** Gaps that differ by less than this from their middle, in half of all cases, are those of a timer. */
const EVEN = 0.1;
/** Seconds between tries below which somebody is in a hurry. */
const HURRY = 20_000;

/** Whether requests come from a timer rather than from somebody who searches. @param time ms UTC by row. */
function clockwork(rows: readonly number[], time: Float64Array): boolean {
  const gaps = rows
    .slice(1)
    .map((row, i) => time[row]! - time[rows[i]!]!)
    .sort((a, b) => a - b);
  if (gaps.length < 10) return false;
  const middle = gaps[gaps.length >> 1]!;
  const apart = gaps.map((gap) => Math.abs(gap - middle)).sort((a, b) => a - b)[gaps.length >> 1]!;
  return middle >= HURRY && apart <= middle * EVEN;
}

const check: Check = defineCheck({
  meta: {
    id: 'attacks/credential-stuffing',
    title: 'Credential stuffing',
    description:
      'Many failed logins from many addresses with one or two tries each and hardly a success, by clients that do nothing else. Customers who mistype and then get in are told apart.',
    class: 'attack',
    basePriority: 'urgent',
    owner: 'sec',
    proof: 'observed',
    needs: ['logs'],
    remedy:
      'Force a reset and a second factor on the accounts that were opened, slow the login path down by network, tell the customers.',
    verification: {
      command: 'grep -c "POST /login" access.log',
      expect: 'failures and successes back at the usual ratio',
    },
    references: ['OWASP OAT-008', 'PCI DSS 4.0.1 requirement 8.3.4'],
  },
  *run(context): Iterable<Hit> {
    const r = context.observations.logs.requests;
    const paths = stringIds(r, (s) => s.length < 200 && s.startsWith('/') && LOGIN.test(s));
    const failures: number[] = [];
    const browsed = new IdSet(r.strings.length);
    const ok = new Map<number, number>();
    for (let i = 0; i < r.length; i++) {
      if (!paths.has(r.path[i]!)) {
        if (r.status[i]! < 400 && r.strings[r.method[i]!] === 'GET') browsed.add(r.client[i]!);
        continue;
      }
      if (r.strings[r.method[i]!] !== 'POST') continue;
      if (r.status[i] === 401 || r.status[i] === 403 || r.status[i] === 422 || r.status[i] === 429) failures.push(i);
      else if (r.status[i]! < 400) ok.set(r.client[i]!, (ok.get(r.client[i]!) ?? 0) + 1);
    }
    if (failures.length < 60) return;
    // Customers load pages around their login; a script posts passwords and nothing else, or its addresses never get in.
    const bare = failures.filter((i) => !browsed.has(r.client[i]!));
    const perClient = new Map<number, number>();
    for (const i of bare) perClient.set(r.client[i]!, (perClient.get(r.client[i]!) ?? 0) + 1);
    const perMinute = new Map<number, number>();
    for (const i of bare) {
      const m = Math.floor(r.time[i]! / MINUTE) * MINUTE;
      perMinute.set(m, (perMinute.get(m) ?? 0) + 1);
    }
    const burst = bursts(perMinute)[0];
    if (!burst || burst.count < 60) return;
    const rows = bare
      .filter((i) => r.time[i]! >= burst.from && r.time[i]! < burst.to + MINUTE)
      .sort((a, b) => r.time[a]! - r.time[b]!);
    const clients = new Set(rows.map((i) => r.client[i]!));
    const tries = rows.length / clients.size;
    let successes = 0;
    for (const c of clients) successes += ok.get(c) ?? 0;
    const successShare = successes / (successes + rows.length);
    if (successShare > 0.15 || !(clients.size >= 20 || tries >= 20)) return;
    // A program of our own that asks like clockwork with a password that has changed guesses nothing.
    if (
      [...clients].every((c) => isPrivate(r.strings[c] ?? '')) &&
      [...clients].every((c) =>
        clockwork(
          rows.filter((i) => r.client[i] === c),
          r.time,
        ),
      )
    )
      return;
    const target = r.strings[r.path[rows[0]!]!]!;
    const onset = r.time[rows[0]!]!;
    const last = r.time[rows.at(-1)!]!;
    yield {
      cause: 'credential-stuffing',
      confidence: clients.size >= 20 && tries <= 6 ? 0.92 : 0.75,
      subject: { kind: 'route', id: target },
      title:
        clients.size <= 3
          ? `Passwords are being guessed at ${target} from ${some([...clients].map((c) => r.strings[c]!))}`
          : `Stolen passwords are tried at ${target}`,
      detail: `${rows.length} failed logins from ${counted(clients.size, 'address', 'addresses')} (${tries.toFixed(1)} tries each) since ${iso(onset)}; ${successes} got in (${Math.round(successShare * 100)} %); these addresses load no page.`,
      evidence: rows.slice(0, 6).map((i) => requestReference(context, i)),
      impact: { exposure: 'identity', ongoing: context.graph.span.to - last < 10 * MINUTE },
      count: rows.length,
      first: onset,
      last,
      data: {
        addresses: clients.size,
        opened: successes,
        examples: some(
          [...clients].slice(0, 5).map((c) => r.strings[c]!),
          5,
        ),
      },
    };
  },
});

export default check;
