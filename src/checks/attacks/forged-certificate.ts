import { least } from '../../lists.ts';
import { counted } from '../../wording.ts';
import { complaintsAbout } from '../certificates/_chain.ts';
import { substitutions } from '../certificates/_forged.ts';
import { iso, quote, some } from '../support.ts';
import { type Check, defineCheck, type Hit } from '../types.ts';

const check: Check = defineCheck({
  meta: {
    id: 'attacks/forged-certificate',
    title: 'Somebody in the path presents a false certificate',
    description:
      'In the same period one host presents two certificates with different keys and issuers, one of which no store trusts; or a certificate differs in key and issuer from what a pin file, inventory or baseline of the evidence has on record for the host; or a capture shows other clients of the same server with another certificate at the same time.',
    class: 'attack',
    basePriority: 'urgent',
    owner: 'sec',
    proof: 'structural',
    needs: [],
    remedy:
      'Take the affected path out of use, find the device or route, report the issuing authority, treat what passed as read.',
    verification: {
      command:
        'openssl s_client -connect $HOST:443 -servername $HOST </dev/null | openssl x509 -noout -fingerprint -sha256',
      expect: 'the same fingerprint from every network',
    },
    references: ['RFC 5280 section 6', 'RFC 6962'],
  },
  *run(context): Iterable<Hit> {
    for (const { chain, known, confidence, says } of substitutions(context)) {
      const said = complaintsAbout(
        context,
        ['tls.issuer-unknown', 'tls.self-signed', 'tls.self-signed-in-chain', 'tls.pin-mismatch'],
        'server',
      );
      const first = Math.min(chain.firstServed ?? Number.POSITIVE_INFINITY, least(said.map((s) => s.onset)));
      yield {
        cause: 'forged-certificate',
        confidence,
        subject: { kind: 'certificate', id: chain.leaf.spkiSha256, label: chain.host! },
        title: `Some clients of ${chain.host} are shown a certificate that is not its own`,
        detail: `${chain.leaf.subject.text} issued by ${chain.leaf.issuer.text} (${counted(chain.handshakes.length, 'handshake')}) in place of the known one issued by ${known.issuer}; ${says}${said.length ? `; ${some(said.flatMap((s) => s.nodes))} complain` : ''}.`,
        evidence: [...chain.evidence, ...known.evidence, ...quote(context, said, 4)],
        impact: { exposure: 'identity', ongoing: true },
        count: chain.handshakes.length,
        ...(Number.isFinite(first) ? { first } : {}),
        side: 'between',
        data: { host: chain.host!, issuer: chain.leaf.issuer.text, since: iso(first) },
      };
      return;
    }
  },
});

export default check;
