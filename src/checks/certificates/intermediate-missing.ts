import { type CheckContext, defineCheck } from '../types.ts';
import { unknownIssuer } from './_trust.ts';
import { trustHits, trustWordsOnly } from './_trust-hits.ts';

export default defineCheck({
  meta: {
    id: 'certificates/intermediate-missing',
    title: 'Intermediate certificate not sent',
    description:
      'The presented chain stops below a certificate whose issuer exists but is not sent, while its root is trusted; clients that do not fetch issuers fail.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy: 'Serve leaf and intermediates in order (leaf first) and reload.',
    verification: {
      command: 'openssl s_client -connect $HOST:443 -servername $HOST -showcerts </dev/null | grep -c "BEGIN CERT"',
      expect: '2 or more',
    },
    references: ['RFC 8446 section 4.4.2'],
  },
  *run(context) {
    yield* trustHits(context, {
      role: 'server',
      kind: 'incomplete',
      cause: 'intermediate-missing',
      title: (v) => `${v.chain.host ?? 'The server'} does not send its intermediate certificate`,
    });
    if (onlyLeafSeen(context)) {
      yield* trustWordsOnly(
        context,
        'server',
        'intermediate-missing',
        0.48,
        (host) => `The chain of ${host} may be incomplete: its certificate came alone`,
      );
      return;
    }
    yield* trustWordsOnly(
      context,
      'server',
      'intermediate-missing',
      0.42,
      (host) => `The chain of ${host} may be incomplete`,
    );
  },
});

/** OpenSSL's error 21: the chain that came held one certificate, and not its own issuer (openssl-verification-options(1)). */
const ALONE =
  /unable to verify the first certificate|UNABLE_TO_VERIFY_LEAF_SIGNATURE|verify error: ?\(21:|Error \(21\)/;

/** Whether those who complain say that the certificate came without any other. */
function onlyLeafSeen(context: CheckContext): boolean {
  const hits = unknownIssuer(context, 'server').flatMap(({ events }) => events);
  const alone = hits.filter(
    (e) => e.entry === 'openssl.leaf-unverified' || e.hits.some(({ text }) => ALONE.test(text)),
  );
  const count = (list: typeof hits): number => list.reduce((n, e) => n + e.count, 0);
  return count(alone) * 2 > count(hits);
}
