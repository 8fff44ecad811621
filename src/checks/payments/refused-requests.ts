import { IdSet } from '../../logs/id-set.ts';
import { requestReference } from '../attacks/_requests.ts';
import { iso, some } from '../support.ts';
import { defineCheck, type Hit } from '../types.ts';

/** Tries within a quarter of an hour or a day, by who makes them: the same numbers as in payment tables. */
const SHORT_MINUTES = 15;
const FEWEST = 20;
const FEWEST_SPREAD = 60;
const FEWEST_CLIENTS = 15;
/** Share of refused ones: a partner's server and a shop behind one address are refused one in ten. */
const REFUSED_SHARE = 0.7;

/**
 * Calls of a client from which on a run of declines is no chance, even on a bad day. Fewer say little of one client, so that as many
 * as issuers decline on any day must be allowed for.
 */
const FEW_CALLS = 3;
const BAD_DAY = 0.3;
const ANY_DAY = 0.15;
/** How many more clients than chance refuses there must be, beside three standard deviations of it (Poisson). */
const BEYOND_CHANCE = 2;
const MOST_CALLS = 10;

/** Chance that `least` or more of `n` calls are refused where each is with `share`: the binomial tail. */
function chanceOf(least: number, n: number, share: number): number {
  let [term, below] = [(1 - share) ** n, 0];
  for (let k = 0; k < least; k++) {
    below += term;
    term *= ((n - k) / (k + 1)) * (share / (1 - share));
  }
  return Math.max(0, 1 - below);
}

/**
 * Clients that nearly all calls were refused to, without those that chance refuses: where three of a hundred payments are declined,
 * so are three of a hundred customers who pay once. Clients of one agent with as many calls are looked at together.
 * @param agentOf what a call says it was sent by. @param share of all payment calls that were refused.
 */
function beyondChance(
  clients: readonly [number, number[]][],
  isSuspect: (rows: readonly number[]) => boolean,
  agentOf: (row: number) => number,
  share: number,
): [number, number[]][] {
  const groups = new Map<string, { calls: number; all: number; suspects: [number, number[]][] }>();
  for (const client of clients) {
    const calls = Math.min(client[1].length, MOST_CALLS);
    const key = `${calls} ${agentOf(client[1][0]!)}`;
    const group = groups.get(key) ?? { calls, all: 0, suspects: [] };
    group.all++;
    if (isSuspect(client[1])) group.suspects.push(client);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ calls, all, suspects }) => {
    const usual = calls < FEW_CALLS ? Math.max(share, ANY_DAY) : Math.min(share, BAD_DAY);
    const expected = usual >= 1 ? all : all * chanceOf(Math.ceil(calls * REFUSED_SHARE), calls, usual);
    return suspects.length >= expected * BEYOND_CHANCE + 3 * Math.sqrt(expected) ? suspects : [];
  });
}

export default defineCheck({
  meta: {
    id: 'payments/refused-requests',
    title: 'Payment calls that are nearly all refused',
    description:
      'Clients that load no page post payments one after the other, and nearly all are answered 402: one client many within a quarter of an hour, or, over a day, more clients than the usual share of declines refuses by chance. Needs no payment table; it cannot see the cards, so it is a suspicion until a table shows how many there were. Customers, partner servers and pages that ask for a login are told apart by what they load and how often they succeed.',
    class: 'attack',
    basePriority: 'urgent',
    owner: 'risk',
    proof: 'observed',
    needs: ['logs'],
    remedy:
      'Slow the payment path down by client, demand a challenge, and look at the payments of these minutes: cards, amounts, what succeeded.',
    verification: {
      command: "awk '$6 ~ /POST/ && $9 == 402' access.log | tail",
      expect: 'refused payments back at the usual share',
    },
    references: ['OWASP OAT-001', 'RFC 9110 section 15.5.3'],
  },
  *run(context): Iterable<Hit> {
    // Tables tell cards apart; what they say of the same time is surer.
    if (context.graph.payments.tables.length > 0) return;
    const r = context.observations.logs.requests;
    const paths = new Set<number>();
    const browsed = new IdSet(r.strings.length);
    for (let i = 0; i < r.length; i++) {
      const method = r.strings[r.method[i]!];
      if (method === 'POST' && r.status[i] === 402) paths.add(r.path[i]!);
      else if (method === 'GET' && r.status[i]! < 400) browsed.add(r.client[i]!);
    }
    if (paths.size === 0) return;
    const perClient = new Map<number, number[]>();
    let [calls, declined] = [0, 0];
    for (let i = 0; i < r.length; i++) {
      if (!paths.has(r.path[i]!) || r.strings[r.method[i]!] !== 'POST') continue;
      calls++;
      if (r.status[i] === 402) declined++;
      if (browsed.has(r.client[i]!)) continue;
      const rows = perClient.get(r.client[i]!);
      if (rows) rows.push(i);
      else perClient.set(r.client[i]!, [i]);
    }
    const refused = (rows: readonly number[]): number => rows.filter((i) => r.status[i] === 402).length;
    const isSuspect = (rows: readonly number[]): boolean => refused(rows) >= rows.length * REFUSED_SHARE;
    const clientsOfAll = [...perClient];
    const suspects = clientsOfAll.filter(([, rows]) => isSuspect(rows));
    const group = beyondChance(clientsOfAll, isSuspect, (row) => r.userAgent[row]!, declined / calls);
    const inTime = (rows: number[]): number[] => rows.sort((a, b) => r.time[a]! - r.time[b]!);
    const single = suspects
      .filter(([, rows]) => {
        const times = inTime(rows).map((i) => r.time[i]!);
        return times.some((time, at) => times[at + FEWEST - 1]! - time <= SHORT_MINUTES * 60_000);
      })
      .sort((a, b) => b[1].length - a[1].length)[0];
    const spread = inTime(group.flatMap(([, rows]) => rows));
    const rows = single?.[1] ?? (group.length >= FEWEST_CLIENTS && spread.length >= FEWEST_SPREAD ? spread : undefined);
    if (!rows) return;
    const clients = [...new Set(rows.map((i) => r.strings[r.client[i]!] ?? ''))];
    const target = r.strings[r.path[rows[0]!]!] ?? '';
    const first = r.time[rows[0]!]!;
    const last = r.time[rows.at(-1)!]!;
    const approved = rows.filter((i) => r.status[i]! < 300).length;
    yield {
      cause: 'card-testing',
      confidence: single ? 0.78 : 0.7,
      subject: { kind: 'client-group', id: `requests:${target}`, label: some(clients) },
      title: `Cards seem to be tested: ${refused(rows)} of ${rows.length} payment calls to ${target} from ${clients.length === 1 ? clients[0] : `${clients.length} addresses`} were refused`,
      detail: `402 answered to clients that load no page, since ${iso(first)}; ${approved} were answered with success. The log does not show the cards: the payment table of these minutes would.`,
      evidence: rows.slice(0, 6).map((i) => requestReference(context, i)),
      impact: { exposure: 'card-data', ongoing: context.graph.span.to - last < 10 * 60_000 },
      count: rows.length,
      first,
      last,
      data: { addresses: clients.length, approved, attackers: clients.slice(0, 20) },
    };
  },
});
