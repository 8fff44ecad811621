import { buildCertificateWorld } from './chains.ts';
import { buildEndpoints } from './endpoints.ts';
import { recordedIdentities } from './known-identities.ts';
import type { Observations } from './observations.ts';
import { buildPayments } from './payments.ts';
import { buildSymptoms } from './symptoms.ts';
import type { EvidenceGraph } from './types.ts';

/** Earliest and latest time that any reader saw, bounded by the incident clock. */
function evidenceSpan(o: Observations): { from: number; to: number } {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  const see = (a: number | undefined, b: number | undefined): void => {
    if (a !== undefined && Number.isFinite(a)) from = Math.min(from, a);
    if (b !== undefined && Number.isFinite(b)) to = Math.max(to, b);
  };
  for (const s of o.logs.sources) see(s.first, s.last);
  for (const h of o.handshakes) see(h.time, h.end ?? h.time);
  for (const t of o.transactions.tables) for (let i = 0; i < t.length; i++) see(t.time[i], t.time[i]);
  return {
    from: Number.isFinite(from) ? from : o.clock.now,
    to: Number.isFinite(to) ? Math.min(to, o.clock.now) : o.clock.now,
  };
}

/** The evidence graph of one bundle. Pure. */
export function buildGraph(o: Observations): EvidenceGraph {
  const span = evidenceSpan(o);
  const endpoints = buildEndpoints(o);
  const world = buildCertificateWorld(o, endpoints, o.clock.now);
  return {
    now: o.clock.now,
    endpoints,
    symptoms: buildSymptoms(o, endpoints, span),
    chains: world.chains,
    stores: world.stores,
    pool: world.pool,
    revocationLists: o.certificates.flatMap((c) => c.revocationLists.map((list) => ({ file: c.file, list }))),
    payments: buildPayments(o),
    changes: [...o.facts.changes].filter((c) => Number.isFinite(c.time)).sort((a, b) => a.time - b.time),
    notices: o.facts.notices,
    identities: recordedIdentities(o.facts),
    span,
  };
}
