import { least, most } from '../../lists.ts';
import { counted } from '../../wording.ts';
import {
  changeReference,
  changesNear,
  impactBetween,
  iso,
  quote,
  scopeData,
  symptomsOf,
  together,
} from '../support.ts';
import { defineCheck, type Hit } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'messages/dual-signature',
    title: 'Dual signature does not verify',
    description:
      'Stored two-part signatures are recomputed: digests of both parts, their order, the signature over them. Joined with what the software says about rejected messages.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'app',
    proof: 'structural',
    needs: [],
    remedy:
      'Undo the release of the signing component; sign the digest of the payment part followed by that of the order part, over the bytes that are sent.',
    verification: { command: 'paymedic triage $FOLDER_OF_STORED_MESSAGES', expect: 'every stored message verifies' },
    references: ['SET Secure Electronic Transaction Specification, Book 2', 'RFC 3538'],
  },
  *run(context): Iterable<Hit> {
    const stored = context.observations.messages.filter((m) => m.scheme === 'two-part' || m.scheme === 'set');
    const invalid = stored
      .filter((m) => m.result === 'invalid' && m.cause === 'dual-signature-broken')
      .sort((a, b) => a.time - b.time);
    const said = symptomsOf(context, ['pay.dual-signature'], { any: invalid.length > 0 });
    if (invalid.length === 0 && (said.length === 0 || stored.some((m) => m.result === 'valid'))) return;
    // Isolated words before the first broken message are another day's noise.
    const loud = invalid.length ? said.filter((x) => x.significant) : said;
    const t = loud.length ? together(loud) : undefined;
    const times = invalid.map((m) => m.time).filter(Number.isFinite);
    const onset = Math.min(t?.onset ?? Number.POSITIVE_INFINITY, least(times));
    const end = Math.max(t?.end ?? 0, most(times));
    const change = Number.isFinite(onset) ? changesNear(context, onset, 6 * 3_600_000)[0] : undefined;
    const felt = Number.isFinite(onset)
      ? impactBetween(context, onset, end, context.graph.span.to - end < 3_600_000, said)
      : {};
    // Proof of a signature lies in the messages, whether or not the payments went through all the same.
    const impact = invalid.length
      ? {
          ...felt,
          unfelt: false,
          scope: 'all' as const,
          failingShare: Math.max(felt.failingShare ?? 0, invalid.length / stored.length),
          attempts: Math.max(felt.attempts ?? 0, stored.length),
        }
      : felt;
    yield {
      cause: 'dual-signature-broken',
      confidence: invalid.length ? 0.95 : 0.72,
      proof: invalid.length ? 'structural' : 'textual',
      subject: { kind: 'message', id: 'dual-signature' },
      title: 'Two-part signatures do not verify: the order and payment parts are not bound as the specification says',
      detail: `${invalid.length ? `${invalid.length} of ${stored.length} stored messages do not verify: ${invalid[0]!.says}` : `${counted(t!.count, 'message')} ${t!.count === 1 ? 'was' : 'were'} rejected`}${Number.isFinite(onset) ? ` since ${iso(onset)}` : ''}${change ? `; before it: "${change.text}"` : ''}.`,
      evidence: [
        ...invalid
          .slice(0, 3)
          .map((m) => ({ file: m.file, text: m.says, ...(Number.isFinite(m.time) ? { time: iso(m.time) } : {}) })),
        ...quote(context, said, 3),
        ...(change ? [changeReference(change)] : []),
        ...invalid.slice(3, 6).map((m) => ({ file: m.file, text: m.says })),
      ],
      impact,
      count: invalid.length + (t?.count ?? 0),
      ...(Number.isFinite(onset) ? { first: onset, last: end } : {}),
      data: scopeData(impact as { scopeSays?: string }),
    };
  },
});
