import type { EvidenceRef } from '../../finding.ts';
import { least, most } from '../../lists.ts';
import { iso, line, some, valueIn } from '../support.ts';
import { type Check, defineCheck, type Hit } from '../types.ts';
import { requestReference } from './_requests.ts';

const NOTIFY = /notif|callback|webhook|ipn|hook/i;
const ACCEPTED = /verified|marked paid|accepted|credited|success|已支付|入账|成功/i;
/** Names under which applications log what makes a notification the same one. */
const IDENTIFIERS = ['notify_id', 'nonce', 'event', 'notification_id', 'event_id', 'delivery_id'];
const IGNORED = /ignor|duplicate|already|skip|reject|denied|已忽略|重复|拒绝/i;

const check: Check = defineCheck({
  meta: {
    id: 'attacks/notification-replay',
    title: 'Notifications are replayed',
    description:
      'Payment notifications come from an address outside the ranges of the provider and are accepted, or one and the same notification is accepted again and again. Redelivery that is ignored is told apart.',
    class: 'attack',
    basePriority: 'urgent',
    owner: 'app',
    proof: 'observed',
    needs: ['logs'],
    remedy:
      'Refuse old timestamps and nonces seen before, allow the callback only from the ranges of the provider, take back what was credited.',
    verification: {
      command: 'curl -s -o /dev/null -w "%{http_code}" -X POST --data-binary @stored-notification https://$HOST/notify',
      expect: 'a refusal of the second delivery',
    },
    references: ['OWASP ASVS 4.0 V13', 'PCI DSS 4.0.1 requirement 6.2.4'],
  },
  *run(context): Iterable<Hit> {
    const r = context.observations.logs.requests;
    const { endpoints } = context.graph;
    const foreign = new Map<number, number[]>();
    let official = 0;
    for (let i = 0; i < r.length; i++) {
      if (r.strings[r.method[i]!] !== 'POST' || !NOTIFY.test(r.strings[r.path[i]!] ?? '')) continue;
      const client = r.strings[r.client[i]!]!;
      if (endpoints.isCallback(client)) {
        official++;
        continue;
      }
      if (endpoints.isInternal(client) || r.status[i]! >= 300 || r.status[i] === 0) continue;
      const list = foreign.get(r.client[i]!) ?? foreign.set(r.client[i]!, []).get(r.client[i]!)!;
      list.push(i);
    }
    const repeats = acceptedTwice(context);
    if (endpoints.callbackRanges.length > 0 && official > 0) {
      for (const [client, rows] of foreign) {
        if (rows.length < 2) continue;
        rows.sort((a, b) => r.time[a]! - r.time[b]!);
        const address = r.strings[client]!;
        const first = r.time[rows[0]!]!;
        const last = r.time[rows.at(-1)!]!;
        yield {
          cause: 'notification-replay',
          confidence: repeats.length ? 0.95 : 0.84,
          proof: repeats.length ? 'structural' : 'observed',
          subject: { kind: 'address', id: address },
          title: `Payment notifications from ${address}, outside the ranges of the provider, are accepted`,
          detail: `${rows.length} notifications from ${address} were answered with success since ${iso(first)}; the provider sends from ${some(endpoints.callbackRanges)}${repeats.length ? `; ${repeats.length} notifications were accepted more than once` : ''}.`,
          evidence: [
            ...rows.slice(0, 3).map((i) => requestReference(context, i)),
            ...repeats.slice(0, 4),
            ...rows.slice(3, 6).map((i) => requestReference(context, i)),
          ],
          impact: { exposure: 'identity', ongoing: context.graph.span.to - last < 3_600_000 },
          count: rows.length,
          first,
          last,
          data: { attackers: [address] },
        };
      }
      return;
    }
    if (repeats.length < 3) return;
    const times = repeats.flatMap((e) => (e.time ? [Date.parse(e.time)] : []));
    yield {
      cause: 'notification-replay',
      confidence: 0.72,
      subject: { kind: 'service', id: 'notify' },
      title: 'The same payment notification is accepted again and again',
      detail: `${repeats.length} notifications with an identifier seen before were accepted.`,
      evidence: repeats.slice(0, 8),
      impact: { exposure: 'identity' },
      count: repeats.length,
      ...(times.length ? { first: least(times), last: most(times) } : {}),
    };
  },
});

export default check;

/** Records that accept a notification whose identifier was accepted before. */
function acceptedTwice(context: Parameters<Check['run']>[0]): EvidenceRef[] {
  const seen = new Map<string, string>();
  const out: EvidenceRef[] = [];
  for (const rec of [...context.observations.logs.records].sort((a, b) => a.time - b.time)) {
    const id = valueIn(rec, IDENTIFIERS);
    // Structured loggers call the message itself `event`: an identifier is one word and has a digit.
    if (
      !id ||
      !/^(?=\D{0,63}\d)[\w.:/+=-]{8,128}$/.test(id) ||
      !ACCEPTED.test(rec.message) ||
      IGNORED.test(rec.message)
    )
      continue;
    const key = `${rec.source}:${rec.line}`;
    const before = seen.get(id);
    if (before !== undefined && before !== key) out.push(line(context, rec.source, rec.line, rec.message, rec.time));
    else seen.set(id, key);
  }
  return out;
}
