import { trusts } from '../../graph/chains.ts';
import { complaintsAbout } from '../certificates/_chain.ts';
import { isInspection } from '../certificates/_inspection.ts';
import { iso, quote, some } from '../support.ts';
import { type Check, defineCheck, type Hit } from '../types.ts';

const check: Check = defineCheck({
  meta: {
    id: 'attacks/forged-certificate',
    title: 'Somebody in the path presents a false certificate',
    description:
      'In the same period one host presents two certificates with different keys and issuers, one of which no store trusts: some clients talk to somebody else.',
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
    const { graph } = context;
    const wire = graph.chains.filter((c) => c.role === 'server' && c.host && (c.source === 'handshake' || !c.former));
    for (const false_ of wire) {
      if (
        false_.source !== 'handshake' &&
        !/seen|client|field|customer|captur|served/i.test(false_.evidence[0]?.file ?? '')
      )
        continue;
      const honest = wire.find(
        (c) =>
          c !== false_ &&
          c.host === false_.host &&
          c.leaf.spkiSha256 !== false_.leaf.spkiSha256 &&
          c.leaf.issuer.der !== false_.leaf.issuer.der &&
          overlap(c, false_),
      );
      if (!honest || graph.stores.length === 0) continue;
      const trusted = (c: typeof false_): boolean => graph.stores.some((s) => trusts(s, c));
      if (
        trusted(false_) ||
        !trusted(honest) ||
        false_.certificates.slice(1).some((c) => isInspection(c, false_, context))
      )
        continue;
      const said = complaintsAbout(
        context,
        ['tls.issuer-unknown', 'tls.self-signed', 'tls.self-signed-in-chain', 'tls.pin-mismatch'],
        'server',
      );
      const first = Math.min(false_.firstServed ?? Number.POSITIVE_INFINITY, ...said.map((s) => s.onset));
      yield {
        cause: 'forged-certificate',
        confidence: false_.source === 'handshake' && honest.source === 'handshake' ? 0.93 : 0.7,
        subject: { kind: 'certificate', id: false_.leaf.spkiSha256, label: false_.host! },
        title: `Some clients of ${false_.host} are shown a certificate that is not its own`,
        detail: `${false_.leaf.subject.text} issued by ${false_.leaf.issuer.text} (${false_.handshakes.length} handshakes) beside the known one issued by ${honest.leaf.issuer.text} in the same period${said.length ? `; ${some(said.flatMap((s) => s.nodes))} complain` : ''}.`,
        evidence: [...false_.evidence, ...honest.evidence, ...quote(context, said, 4)],
        impact: { exposure: 'identity', ongoing: true },
        count: false_.handshakes.length,
        ...(Number.isFinite(first) ? { first } : {}),
        side: 'between',
        data: { host: false_.host!, issuer: false_.leaf.issuer.text, since: iso(first) },
      };
      return;
    }
  },
});

export default check;

/** Both presented in one period: a replacement would show the one only before and the other only after. */
function overlap(
  a: { firstServed?: number; lastServed?: number },
  b: { firstServed?: number; lastServed?: number },
): boolean {
  if (a.firstServed === undefined || b.firstServed === undefined) return true;
  return a.lastServed! >= b.firstServed && b.lastServed! >= a.firstServed;
}
