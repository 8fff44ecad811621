/** "Unknown issuer": missing intermediate, untrusted authority, or something in between. Decided once for all checks. */
import type { EvidenceRef } from '../../finding.ts';
import { isRoot, reachesRoot, topOf, trusts } from '../../graph/chains.ts';
import type { ServedChain, Symptom, TrustStore } from '../../graph/types.ts';
import type { CheckContext } from '../types.ts';
import { complaintsAbout } from './_chain.ts';
import { isInspection } from './_inspection.ts';

export type TrustVerdict =
  | { kind: 'incomplete'; chain: ServedChain; missing: string; evidence: EvidenceRef[] }
  | {
      kind: 'untrusted';
      chain: ServedChain;
      store: TrustStore;
      root: string;
      others: TrustStore[];
      evidence: EvidenceRef[];
    }
  | { kind: 'trusted'; chain: ServedChain };

/** Complaints about an unknown issuer of the given role's certificate. */
export function unknownIssuer(context: CheckContext, role: 'server' | 'client'): Symptom[] {
  return complaintsAbout(
    context,
    role === 'server'
      ? ['tls.issuer-unknown', 'tls.self-signed-in-chain', 'tls.cert-verify-failed']
      : ['tls.issuer-unknown', 'tls.client-cert-rejected', 'tls.cert-verify-failed', 'tls.self-signed-in-chain'],
    role,
  );
}

/** Judges every presented chain of a role against the stores that the failing side uses. */
export function judgeTrust(context: CheckContext, role: 'server' | 'client'): TrustVerdict[] {
  const { graph } = context;
  const out: TrustVerdict[] = [];
  const wanted = role === 'server' ? 'server-trust' : 'client-trust';
  const stores = graph.stores.filter((s) => s.purpose === wanted || s.purpose === 'unknown');
  const chains = graph.chains.filter((c) => c.role === role && !c.former && !isRoot(c.leaf));
  const wire = new Set(chains.filter((c) => c.source === 'handshake').map((c) => c.host));
  for (const chain of chains) {
    if (chain.source !== 'handshake' && chain.host && wire.has(chain.host)) continue;
    const incomplete = chain.faults.find((f) => f.fault === 'incomplete');
    const top = topOf(chain.leaf, chain.certificates);
    if (stores.length && stores.every((s) => trusts(s, chain))) {
      out.push({ kind: 'trusted', chain });
      continue;
    }
    const roots = stores.flatMap((s) => s.certificates);
    const bridged =
      !isRoot(top) &&
      graph.pool.some(
        (p) =>
          !isRoot(p) &&
          p.basicConstraints?.ca &&
          p.subject.der === top.issuer.der &&
          roots.some((r) => reachesRoot(p, r, graph.pool)),
      );
    if (incomplete || bridged) {
      out.push({
        kind: 'incomplete',
        chain,
        missing: incomplete?.other?.subject.text ?? top.issuer.text,
        evidence: [
          ...chain.evidence.map((e) => ({
            ...e,
            text: `${chain.certificates.length} certificate(s) sent; the issuer ${top.issuer.text} is missing`,
          })),
        ],
      });
      continue;
    }
    for (const store of stores) {
      if (trusts(store, chain) || isInspection(top, chain, context)) continue;
      const root = isRoot(top) ? top.subject.text : top.issuer.text;
      out.push({
        kind: 'untrusted',
        chain,
        store,
        root,
        others: stores.filter((s) => s !== store && trusts(s, chain)),
        evidence: [
          {
            file: store.file,
            certificate: 0,
            text: `trusts ${store.certificates
              .slice(0, 3)
              .map((c) => c.subject.commonName ?? c.subject.text)
              .join('; ')}, not ${root}`,
          },
          ...chain.evidence,
        ],
      });
    }
  }
  return out;
}
