import { least, most } from '../../lists.ts';
import type { MessageObservation } from '../../messages/types.ts';
import { changeReference, changesNear, impactBetween, iso, scopeData } from '../support.ts';
import { defineCheck, type Hit } from '../types.ts';

/** Schemes with a check of their own. */
const ELSEWHERE = new Set(['two-part', 'set']);

export default defineCheck({
  meta: {
    id: 'messages/stored-message-invalid',
    title: 'A stored message does not verify',
    description:
      'Signed requests, responses and callbacks found in the evidence are verified with the keys found there. A signature that does not hold is explained: spelling of the content, key, serial, algorithm, clock. Without proof nobody is accused.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'app',
    proof: 'structural',
    needs: ['messages'],
    remedy: 'Compare what was signed with what was received, byte for byte: paymedic message verify FILE --key KEY.',
    verification: { command: 'paymedic message verify $MESSAGE --secret-file $SECRET', expect: 'exit code 0' },
    references: ['RFC 8017 section 9.2', 'RFC 2104'],
  },
  *run(context): Iterable<Hit> {
    const stored = context.observations.messages.filter((m) => !ELSEWHERE.has(m.scheme));
    tellUnchecked(stored, context.notChecked);
    for (const [key, list] of groups(stored.filter((m) => m.result === 'invalid'))) {
      const [first] = list;
      const siblings = stored.filter((m) => m.scheme === first!.scheme && m.result !== 'not-checked');
      const times = list.map((m) => m.time).filter(Number.isFinite);
      const onset = least(times);
      const change = Number.isFinite(onset) ? changesNear(context, onset, 6 * 3_600_000)[0] : undefined;
      const last = most(times);
      const felt = Number.isFinite(onset)
        ? impactBetween(context, onset, last, context.graph.span.to - last < 3_600_000, [])
        : {};
      // A key that nobody here knows, while messages of the same time verify: somebody else's message, not a rotation.
      const foreign =
        first!.reason === 'key-unknown' &&
        siblings.some((m) => m.result === 'valid' && m.direction === first!.direction && m.time >= onset);
      const clock =
        first!.reason === 'timestamp-outside-window'
          ? context.observations.facts.clocks.find((c) => Math.abs(c.offsetSeconds) >= 20)
          : undefined;
      // A message that does not verify is proof of itself, whether or not payments failed at the same time.
      const impact = {
        ...felt,
        unfelt: false,
        scope: felt.scope === 'none' ? ('sporadic' as const) : (felt.scope ?? ('sporadic' as const)),
      };
      yield {
        // One stored message may be a test that somebody made; several, or all of a kind, are the channel.
        ...(first!.cause && !foreign
          ? {
              cause: first!.cause,
              confidence: clock ? 0.45 : list.length > 1 || siblings.length === 1 ? 0.9 : 0.7,
              ...(clock ? { against: [`the clock of ${clock.host} is the origin`] } : {}),
            }
          : {}),
        subject: { kind: 'message', id: key },
        title: `${list.length} of ${siblings.length} stored ${first!.scheme} messages do not verify: ${first!.reason ?? 'signature invalid'}`,
        detail: `${first!.says}; ${first!.proof.slice(0, 4).join('; ')}${change ? `; before it: "${change.text}"` : ''}${first!.cause ? '' : `; not proven${first!.wouldShow ? `, it would be shown by ${first!.wouldShow}` : ''}`}.`,
        evidence: [
          ...list.slice(0, 6).map((m) => ({
            file: m.file,
            ...(m.line ? { line: m.line } : {}),
            text: m.says,
            ...(Number.isFinite(m.time) ? { time: iso(m.time) } : {}),
          })),
          ...(change ? [changeReference(change)] : []),
        ],
        impact,
        count: list.length,
        ...(Number.isFinite(onset) ? { first: onset, last } : {}),
        side: first!.direction === 'request' ? 'client' : 'server',
        data: scopeData(impact as { scopeSays?: string }, { reason: first!.reason ?? 'unknown' }),
      };
    }
  },
});

/** Invalid messages by scheme, direction and cause. */
function groups(list: MessageObservation[]): Map<string, MessageObservation[]> {
  const out = new Map<string, MessageObservation[]>();
  for (const m of list) {
    const key = [m.scheme, m.direction, m.cause ?? 'unproven'].join(' ');
    const known = out.get(key);
    if (known) known.push(m);
    else out.set(key, [m]);
  }
  return out;
}

/** What could not be checked, once for every scheme, and what would let it be. */
function tellUnchecked(
  stored: MessageObservation[],
  notChecked: (entry: { what: string; why: string; wouldShow: string }) => void,
): void {
  const seen = new Set<string>();
  for (const m of stored) {
    const key = `${m.scheme} ${m.direction} ${m.wouldShow ?? ''}`;
    if (m.result !== 'not-checked' || seen.has(key)) continue;
    seen.add(key);
    const n = stored.filter(
      (x) => x.result === 'not-checked' && x.scheme === m.scheme && x.direction === m.direction,
    ).length;
    notChecked({
      what: `${n} signed ${m.scheme} message${n === 1 ? '' : 's'}, ${m.file}${m.line ? `:${m.line}` : ''} first`,
      why: m.says,
      wouldShow: m.wouldShow ?? 'the key of the signer',
    });
  }
}
