/** A chain that some clients are shown beside the known one of the same host: signs that somebody else answers. */
import { trusts } from '../../graph/chains.ts';
import type { ServedChain } from '../../graph/types.ts';
import { changesNear, together } from '../support.ts';
import type { CheckContext } from '../types.ts';
import { complaintsAbout } from './_chain.ts';
import { isInspection } from './_inspection.ts';

export interface Substitution {
  chain: ServedChain;
  honest: ServedChain;
  confidence: number;
  says: string;
}

const CHANGE = /certificate|root|authority|\bCA\b|provider|migrat|证书|根/i;

/** Both presented in one period: a replacement shows the one only before and the other only after. */
function overlap(a: ServedChain, b: ServedChain): boolean {
  if (a.firstServed === undefined || b.firstServed === undefined) return true;
  return a.lastServed! >= b.firstServed && b.lastServed! >= a.firstServed;
}

/** A provider's new authority fails every client with the same store; who sits in the path of some fails those alone. */
function onlySomeFail(context: CheckContext): boolean {
  const said = complaintsAbout(
    context,
    ['tls.issuer-unknown', 'tls.self-signed', 'tls.self-signed-in-chain'],
    'server',
  );
  if (said.length === 0) return false;
  const { hit, working } = context.graph.payments.slices('node', together(said).onset, context.graph.span.to + 1);
  return hit.length > 0 && working.length > 0;
}

/** Chains that no store trusts, of a host whose other chain is trusted at the same time. */
export function substitutions(context: CheckContext): Substitution[] {
  const { graph } = context;
  if (graph.stores.length === 0) return [];
  const wire = graph.chains.filter((c) => c.role === 'server' && c.host && !c.former);
  const trusted = (c: ServedChain): boolean => graph.stores.some((s) => trusts(s, c));
  const out: Substitution[] = [];
  for (const chain of wire) {
    if (
      chain.source !== 'handshake' &&
      !/seen|client|field|customer|captur|served/i.test(chain.evidence[0]?.file ?? '')
    )
      continue;
    const honest = wire.find(
      (c) =>
        c !== chain &&
        c.host === chain.host &&
        c.leaf.spkiSha256 !== chain.leaf.spkiSha256 &&
        c.leaf.issuer.der !== chain.leaf.issuer.der &&
        overlap(c, chain),
    );
    if (
      !honest ||
      trusted(chain) ||
      !trusted(honest) ||
      chain.certificates.slice(1).some((c) => isInspection(c, chain, context))
    )
      continue;
    const known = graph.endpoints.addressesOf.get(chain.host!.toLowerCase());
    const published = new Set(
      [...(known ?? [])].filter(
        (a) =>
          context.observations.facts.topology.some(
            (t) => t.nodes.some((n) => n.ip === a) || t.legs.some((l) => l.ip === a),
          ) || context.observations.facts.dns.some((d) => d.value === a),
      ),
    );
    const elsewhere = published.size > 0 && chain.handshakes.some((h) => !published.has(h.server.address));
    const onWire = chain.source === 'handshake' && honest.source === 'handshake';
    const announced =
      changesNear(context, chain.firstServed ?? graph.now, 24 * 3_600_000).some((c) => CHANGE.test(c.text)) ||
      graph.notices.some((n) => CHANGE.test(n.text));
    const some = onlySomeFail(context);
    const confidence = onWire ? 0.93 : elsewhere ? 0.9 : announced ? 0.3 : some ? 0.8 : 0.62;
    out.push({
      chain,
      honest,
      confidence,
      says: elsewhere
        ? `it comes from ${chain.handshakes[0]!.server.address}, which is not the address of ${chain.host}`
        : onWire
          ? 'both were seen on the wire in the same period'
          : `no change of the certificate is on record${some ? ' and only some nodes are shown it' : ''}`,
    });
  }
  return out;
}
