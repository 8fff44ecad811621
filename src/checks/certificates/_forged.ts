/** A chain that some clients are shown in place of the known one of the same host: signs that somebody else answers. */

import type { EvidenceRef } from '../../finding.ts';
import { isRoot, trusts } from '../../graph/chains.ts';
import { identitiesFor } from '../../graph/known-identities.ts';
import type { ServedChain } from '../../graph/types.ts';
import { most } from '../../lists.ts';
import { INTERCEPTION, sameName } from '../../x509/known-identities.ts';
import { changesNear, together } from '../support.ts';
import type { CheckContext } from '../types.ts';
import { complaintsAbout } from './_chain.ts';
import { isInspection, issuesForStrangers } from './_inspection.ts';

export interface Substitution {
  chain: ServedChain;
  /** What the host is known by, and where that stands. */
  known: { issuer: string; evidence: EvidenceRef[] };
  confidence: number;
  says: string;
}

const CHANGE = /certificate|root|authority|\bCA\b|provider|migrat|证书|根/i;
const DAY = 86_400_000;
/** A record this old may have been overtaken by a renewal nobody wrote down. */
const RECENT = 30 * DAY;

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

/** Whether a chain shows what clients were given, rather than what a server's files hold. */
const seenByClients = (chain: ServedChain): boolean =>
  chain.source === 'handshake' ||
  /seen|client|field|customer|captur|served|s_client/i.test(chain.evidence[0]?.file ?? '');

/** The address that strange answers come from, when the host is on record at others only. */
function strangeAddress(context: CheckContext, chain: ServedChain): string | undefined {
  const { facts } = context.observations;
  const published = new Set(
    [...(context.graph.endpoints.addressesOf.get(chain.host!.toLowerCase()) ?? [])].filter(
      (a) =>
        facts.topology.some((t) => t.nodes.some((n) => n.ip === a) || t.legs.some((l) => l.ip === a)) ||
        facts.dns.some((d) => d.value === a),
    ),
  );
  return published.size > 0
    ? chain.handshakes.find((h) => !published.has(h.server.address))?.server.address
    : undefined;
}

const announced = (context: CheckContext, chain: ServedChain): boolean =>
  changesNear(context, chain.firstServed ?? context.graph.now, DAY).some((c) => CHANGE.test(c.text)) ||
  context.graph.notices.some((n) => CHANGE.test(n.text));

/** Substituted chains, one way of knowing each; the surest first. */
export function substitutions(context: CheckContext): Substitution[] {
  const wire = context.graph.chains.filter((c) => c.role === 'server' && c.host && !c.former);
  const out: Substitution[] = [];
  for (const chain of wire) {
    if (!seenByClients(chain) || chain.certificates.slice(1).some((c) => isInspection(c, chain, context))) continue;
    const ways = [
      besideTheKnown(context, chain, wire),
      againstRecord(context, chain, wire),
      judgedOnWire(context, chain),
    ];
    const best = ways.filter((w): w is Substitution => w !== undefined).sort((a, b) => b.confidence - a.confidence)[0];
    if (best) out.push(best);
  }
  return out.sort((a, b) => b.confidence - a.confidence);
}

/** A chain that no store trusts, of a host whose other chain is trusted at the same time. */
function besideTheKnown(
  context: CheckContext,
  chain: ServedChain,
  wire: readonly ServedChain[],
): Substitution | undefined {
  const { stores } = context.graph;
  const trusted = (c: ServedChain): boolean => stores.some((s) => trusts(s, c));
  const honest = wire.find(
    (c) =>
      c !== chain &&
      c.host === chain.host &&
      c.leaf.spkiSha256 !== chain.leaf.spkiSha256 &&
      c.leaf.issuer.der !== chain.leaf.issuer.der &&
      overlap(c, chain),
  );
  if (!honest || trusted(chain) || !trusted(honest)) return undefined;
  const elsewhere = strangeAddress(context, chain);
  const onWire = chain.source === 'handshake' && honest.source === 'handshake';
  const some = onlySomeFail(context);
  return {
    chain,
    known: { issuer: honest.leaf.issuer.text, evidence: honest.evidence },
    confidence: onWire ? 0.93 : elsewhere ? 0.9 : announced(context, chain) ? 0.3 : some ? 0.8 : 0.62,
    says: elsewhere
      ? `it comes from ${elsewhere}, which is not the address of ${chain.host}`
      : onWire
        ? 'both were seen on the wire in the same period'
        : `no change of the certificate is on record${some ? ' and only some nodes are shown it' : ''}`,
  };
}

/** A chain with another key and another issuer than a pin file, inventory or baseline of the evidence has for the host. */
function againstRecord(
  context: CheckContext,
  chain: ServedChain,
  wire: readonly ServedChain[],
): Substitution | undefined {
  const { graph } = context;
  const records = identitiesFor(graph.identities, chain.host!);
  const knows = (c: ServedChain): boolean =>
    records.some(
      (r) => r.certificates.includes(c.leaf.sha256) || c.certificates.some((x) => r.keys.includes(x.spkiSha256)),
    );
  const issuers = records.flatMap((r) => r.issuer ?? []);
  if (records.length === 0 || knows(chain) || issuers.some((i) => sameName(i, chain.leaf.issuer))) return undefined;
  if (graph.stores.some((s) => trusts(s, chain)) || issuesForStrangers(chain.leaf.issuer.der, context))
    return undefined;
  const refused =
    chain.handshakes.some((h) => h.verdict.id.startsWith('server_cert')) ||
    complaintsAbout(
      context,
      [
        'tls.issuer-unknown',
        'tls.self-signed',
        'tls.self-signed-in-chain',
        'tls.pin-mismatch',
        'tls.cert-verify-failed',
      ],
      'server',
    ).some((s) => s.peers.length === 0 || s.peers.some((p) => graph.endpoints.same(p, chain.host!)));
  const elsewhere = strangeAddress(context, chain);
  const beside = wire.some(
    (c) => c !== chain && c.host === chain.host && knows(c) && overlap(c, chain) && c.firstServed,
  );
  const tool = INTERCEPTION.test(chain.leaf.issuer.text);
  // A renewal elsewhere that nobody stumbles over is a record to bring up to date.
  if (!refused && !beside && !elsewhere && !tool) return undefined;
  const some = onlySomeFail(context);
  const newest = most(records.map((r) => r.lastSeen ?? r.firstSeen ?? Number.NEGATIVE_INFINITY));
  const recent = (chain.firstServed ?? graph.now) - newest < RECENT;
  // Pins alone do not tell a renewal from a swap; who answers from elsewhere, or beside the known one, does.
  const otherIssuer = issuers.length > 0;
  const confidence = beside
    ? refused || graph.stores.length > 0
      ? 0.93
      : 0.62
    : elsewhere || tool
      ? 0.9
      : announced(context, chain)
        ? 0.3
        : isRoot(chain.leaf) || !otherIssuer
          ? 0.4
          : some
            ? 0.85
            : recent
              ? 0.62
              : 0.45;
  return {
    chain,
    known: {
      issuer: issuers[0] ?? 'an authority that is not on record',
      evidence: records.slice(0, 2).map((r) => r.evidence),
    },
    confidence,
    says: [
      `${records[0]!.evidence.file} has another key${otherIssuer ? ' and issuer' : ''} on record`,
      beside ? 'other clients are shown the known certificate in the same period' : '',
      elsewhere ? `it comes from ${elsewhere}, which is not the address of ${chain.host}` : '',
      tool ? 'its issuer is the default name of intercepting software' : '',
      some && !beside ? 'only some nodes are shown it' : '',
    ]
      .filter(Boolean)
      .join('; '),
  };
}

/** The capture itself shows both: other clients got, and accepted, another certificate from the same server at the time. */
function judgedOnWire(context: CheckContext, chain: ServedChain): Substitution | undefined {
  const judged = chain.handshakes.filter((h) => h.verdict.id === 'server_cert_substituted');
  const surest = judged.sort((a, b) => b.verdict.confidence - a.verdict.confidence)[0];
  if (!surest || issuesForStrangers(chain.leaf.issuer.der, context)) return undefined;
  const other = context.graph.chains.find(
    (c) => c !== chain && c.role === 'server' && c.host === chain.host && c.source === 'handshake' && overlap(c, chain),
  );
  // One server of several may have kept the certificate it was installed with: that one signed itself.
  const confidence = announced(context, chain) ? 0.3 : isRoot(chain.leaf) ? 0.45 : surest.verdict.confidence;
  return {
    chain,
    known: { issuer: other?.leaf.issuer.text ?? 'another authority', evidence: other?.evidence ?? [] },
    confidence,
    says: surest.verdict.says,
  };
}
