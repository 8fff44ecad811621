/** Why a server got no client certificate: none configured, or one whose issuer the server does not list. */

import { isRoot, topOf, trusts } from '../../graph/chains.ts';
import type { ServedChain, Symptom, TrustStore } from '../../graph/types.ts';
import type { HandshakeObservation } from '../../tls/types.ts';
import { counted } from '../../wording.ts';
import type { Join } from '../_symptom-rule.ts';
import {
  changeReference,
  changesNear,
  extentOf,
  impactBetween,
  iso,
  quote,
  scopeData,
  some,
  symptomsOf,
} from '../support.ts';
import type { CheckContext, Hit } from '../types.ts';

/** A client chain of the evidence whose issuer is in none of the stores against which clients are checked. */
function unlistedClient(
  context: CheckContext,
  nodes: string[] = [],
): { chain: ServedChain; store: TrustStore } | undefined {
  const stores = context.graph.stores.filter((s) => s.purpose === 'client-trust');
  const chains = context.graph.chains.filter((c) => c.role === 'client' && !c.former);
  // A chain whose file names one of the complaining nodes is theirs.
  const ordered = [...chains].sort((a, b) => Number(belongs(b, nodes)) - Number(belongs(a, nodes)));
  for (const chain of ordered) {
    for (const store of stores) if (!trusts(store, chain) && !reachable(context, store, chain)) return { chain, store };
    if (belongs(chain, nodes)) return undefined;
  }
  return undefined;
}

const belongs = (chain: ServedChain, nodes: string[]): boolean =>
  nodes.some((n) => n.length > 2 && chain.evidence.some((e) => e.file.toLowerCase().includes(n.toLowerCase())));

/** Whether an intermediate of the evidence bridges the chain to the store. */
function reachable(context: CheckContext, store: TrustStore, chain: ServedChain): boolean {
  const top = topOf(chain.leaf, chain.certificates);
  if (isRoot(top)) return false;
  return context.graph.pool.some(
    (p) => p.subject.der === top.issuer.der && store.certificates.some((r) => r.subject.der === p.issuer.der),
  );
}

/** Joins for a missing client certificate. */
export function* missingClientCertificate(
  context: CheckContext,
  symptoms: Symptom[],
  handshakes: HandshakeObservation[],
  onset: number,
): Iterable<Join> {
  if (symptomsOf(context, ['tls.crl-expired', 'tls.crl-missing'], { any: true }).length > 0) {
    yield { veto: 'the server says that its revocation list is out of date' };
    return;
  }
  const nodes = [...symptoms.flatMap((s) => s.nodes), ...clientNodes(context, handshakes)];
  if (
    context.graph.revocationLists.some((l) => l.list.nextUpdate !== undefined && l.list.nextUpdate < context.graph.now)
  ) {
    yield { veto: 'the server rejects every client because its revocation list is out of date' };
    return;
  }
  if (unlistedClient(context, nodes)) {
    yield { veto: 'a client certificate is there, but its issuer is not on the list of the server' };
    return;
  }
  const configured = context.observations.configurations.flatMap((c) => c.upstreams.map((u) => ({ c, u })));
  const tls = configured.filter(({ u }) => u.tls);
  const without = tls.find(({ u }) => !u.settings.clientCertificate);
  if (without) {
    yield {
      confidence: 0.93,
      proof: 'structural',
      evidence: [
        {
          file: without.u.file,
          line: without.u.line,
          text: `${without.u.name}: TLS to the peer without a client certificate`,
        },
      ],
      says: 'the configuration of our client names no certificate',
    };
  }
  const change = changesNear(context, onset)[0];
  if (change)
    yield {
      confidence: without ? 0.95 : 0.85,
      evidence: [changeReference(change)],
      says: `just before: "${change.text}"`,
    };
}

const clientNodes = (context: CheckContext, handshakes: HandshakeObservation[]): string[] => [
  ...new Set(handshakes.map((h) => context.graph.endpoints.canonical(h.client.address))),
];

/** A server that says "no certificate" while the client has one whose issuer is not listed (Go and Java send nothing then). */
export function* clientCaHits(context: CheckContext): Iterable<Hit> {
  const missing = symptomsOf(
    context,
    [
      'tls.client-cert-missing',
      'tls.alert-received',
      'tls.handshake-eof',
      'tls.handshake-reset',
      'tls.client-cert-rejected',
    ],
    {},
  ).filter((s) => s.event !== 'tls.alert-received' || s.complaint === 'remote');
  const wire = context.observations.handshakes.filter(
    (h) => h.verdict.id === 'client_cert_missing' || h.verdict.id === 'client_cert_rejected',
  );
  if (missing.length === 0 && wire.length === 0) return;
  const nodes = [...missing.flatMap((s) => s.nodes), ...clientNodes(context, wire)];
  const unlisted = unlistedClient(context, nodes);
  if (!unlisted) return;
  const { said: t, onset, end, ongoing } = extentOf(context, missing, wire);
  const impact = impactBetween(context, onset, end, ongoing, missing);
  const issuer = topOf(unlisted.chain.leaf, unlisted.chain.certificates).issuer;
  yield {
    cause: 'client-ca-untrusted',
    confidence: 0.9,
    subject: { kind: 'certificate', id: unlisted.chain.leaf.spkiSha256, label: unlisted.chain.leaf.subject.text },
    title: 'The peer no longer accepts the issuer of our client certificate',
    detail: `${unlisted.store.file} lists ${some(unlisted.store.certificates.map((c) => c.subject.commonName ?? c.subject.text))}, not ${issuer.text}${t ? `; ${counted(t.count, 'complaint')} since ${iso(onset)} (${some(t.nodes)})` : ''}.`,
    evidence: [
      { file: unlisted.store.file, certificate: 0, text: `does not hold ${issuer.text}` },
      ...quote(context, missing, 3),
      ...unlisted.chain.evidence,
      ...quote(context, missing).slice(3),
    ],
    impact,
    count: (t?.count ?? 0) + wire.length,
    first: onset,
    last: end,
    side: 'client',
    data: { ...(t ? { software: t.software, nodes: t.nodes } : {}), ...scopeData(impact) },
  };
}
