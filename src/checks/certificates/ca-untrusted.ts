import { counted } from '../../wording.ts';
import { changeReference, changesNear, impactBetween, iso, quote, scopeData, some, together } from '../support.ts';
import { type CheckContext, defineCheck, type Hit } from '../types.ts';
import { trustHits, trustWordsOnly } from './_trust-hits.ts';

export default defineCheck({
  meta: {
    id: 'certificates/ca-untrusted',
    title: 'Authority not in the trust store',
    description: 'The presented chain is complete, but the store of the failing side lacks its root.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'app',
    proof: 'structural',
    needs: [],
    remedy: 'Add the announced root (checked out of band) to the trust store of the failing client, or update its SDK.',
    verification: {
      command: 'openssl verify -CAfile truststore.pem -untrusted chain.pem leaf.pem',
      expect: 'leaf.pem: OK',
    },
    references: ['RFC 5280 section 6.1.1'],
  },
  *run(context) {
    const empty = [...emptyStore(context)];
    yield* empty;
    if (empty.length > 0) return;
    yield* trustHits(context, {
      role: 'server',
      kind: 'untrusted',
      cause: 'ca-untrusted',
      title: (v) => `A client does not trust the authority of ${v.chain.host ?? 'the server'}`,
    });
    yield* trustWordsOnly(
      context,
      'server',
      'ca-untrusted',
      0.45,
      (host) => `The authority of ${host} may be missing in a trust store`,
    );
  },
});

/** Java's words for a trust store that is not there, cannot be opened or holds no authority (java.security.cert.PKIXParameters). */
const EMPTY_STORE = 'java.trust-anchors-empty';

/** A program whose trust store is missing or empty trusts nobody, whatever the peer presents. */
function* emptyStore(context: CheckContext): Iterable<Hit> {
  const said = context.graph.symptoms
    .filter((s) => s.significant && s.events.some(({ entry }) => entry === EMPTY_STORE))
    .map((s) => ({ ...s, events: s.events.filter(({ entry }) => entry === EMPTY_STORE) }));
  if (said.length === 0) return;
  const t = together(said);
  const change = changesNear(context, t.onset, 30 * 60_000)[0];
  const impact = impactBetween(context, t.onset, t.end, t.ongoing, said);
  yield {
    cause: 'ca-untrusted',
    confidence: change ? 0.88 : 0.8,
    proof: 'textual',
    subject: { kind: 'host', id: t.nodes[0] ?? 'the program' },
    title: `The trust store of ${some(t.nodes)} is missing or empty, so no certificate is trusted`,
    detail: `${counted(t.count, 'complaint')} since ${iso(t.onset)} that no trust anchor is there${change ? `; just before: "${change.text}"` : ''}.`,
    evidence: [...quote(context, said), ...(change ? [changeReference(change)] : [])],
    impact,
    count: t.count,
    first: t.onset,
    last: t.end,
    side: 'client',
    owner: 'ops',
    remedy:
      'Look where the program takes its trust store from (-Djavax.net.ssl.trustStore, else lib/security/cacerts of its Java) and whether that file is there, readable and not empty; put the former one in place and restart.',
    verification: { command: 'keytool -list -keystore $TRUSTSTORE | head', expect: 'at least one trustedCertEntry' },
    data: { nodes: t.nodes, software: ['java'], ...scopeData(impact) },
  };
}
