/** Shared frame of the checks that join a fault of a presented chain with the complaints about it. */

import type { EvidenceRef } from '../../finding.ts';
import type { ChainFault, ChainFaultAt, ServedChain, Symptom } from '../../graph/types.ts';
import { append } from '../../lists.ts';
import type { EventClass } from '../../logs/event-classes.ts';
import type { HandshakeObservation } from '../../tls/types.ts';
import { counted } from '../../wording.ts';
import { saidByWrongClocks } from '../network/_clock.ts';
import { extentOf, impactBetween, iso, quote, scopeData, some, symptomsOf, together } from '../support.ts';
import type { CheckContext, Hit } from '../types.ts';

export interface ChainRule {
  fault: ChainFault | ChainFault[];
  cause: string;
  role: 'server' | 'client';
  /** Complaints that this fault brings about at whoever validates. */
  events: EventClass[];
  /** Complaints that only this fault can bring about: they carry a claim without the certificate. */
  unmistakable?: EventClass[];
  /**
   * What the words alone are worth, below a claim, when the presented chain is not in the evidence; `some` when only a
   * part of the clients complains while others work.
   */
  candidate?: { all: number; some: number };
  /** Alert numbers the validating side sends for it. */
  alerts?: number[];
  title(host: string, fault?: ChainFaultAt): string;
  /** A last word on one chain fault; false drops it. */
  accept?(fault: ChainFaultAt, chain: ServedChain, context: CheckContext): boolean;
}

/** Handshakes on the chain's endpoint that ended in a rejection of the certificate. */
function rejected(chain: ServedChain, alerts: number[] | undefined): HandshakeObservation[] {
  return chain.handshakes.filter(
    (h) =>
      !h.completed &&
      (h.alerts.some(
        (a) =>
          a.from === (chain.role === 'server' ? 'client' : 'server') &&
          (!alerts || alerts.includes(a.description) || [42, 46].includes(a.description)),
      ) ||
        h.verdict.id.startsWith(chain.role === 'server' ? 'server_cert' : 'client_cert')),
  );
}

/** Complaints about the chain's presenter: a peer that judged it, or the presenter who was told through an alert. */
export function complaintsAbout(context: CheckContext, events: EventClass[], role: 'server' | 'client'): Symptom[] {
  const local = symptomsOf(context, events, {
    complaint: 'local',
    role: role === 'server' ? ['client', 'unknown'] : ['server', 'unknown'],
  });
  const told = symptomsOf(context, events, { complaint: 'remote', role: role === 'server' ? ['server'] : ['client'] });
  return [...local, ...told];
}

/** Hits of a chain rule: structural with complaints or rejected handshakes, textual without the certificate. */
export function* chainHits(context: CheckContext, rule: ChainRule): Iterable<Hit> {
  const faults = Array.isArray(rule.fault) ? rule.fault : [rule.fault];
  const symptoms = complaintsAbout(context, rule.events, rule.role);
  const chains = context.graph.chains.filter((c) => c.role === rule.role && !c.former);
  let structural = false;
  // A chain seen on the wire outweighs a file of the same host: the file may never have been loaded.
  const wire = new Set(chains.filter((c) => c.source === 'handshake').map((c) => c.host));
  const quietFaults: { chain: ServedChain; fault: ChainFaultAt }[] = [];
  for (const chain of chains) {
    if (chain.source !== 'handshake' && chain.host && wire.has(chain.host)) continue;
    for (const fault of chain.faults.filter((f) => faults.includes(f.fault))) {
      if (rule.accept && !rule.accept(fault, chain, context)) continue;
      const failing = rejected(chain, rule.alerts);
      const about = symptoms.filter((s) => concerns(context, s, chain));
      if (chain.handshakes.some((h) => h.client.address === LIVE_CLIENT)) {
        structural = true;
        yield liveHit(context, rule, chain, fault);
        continue;
      }
      if (about.length === 0 && failing.length === 0) {
        quietFaults.push({ chain, fault });
        continue;
      }
      structural = true;
      yield structuralHit(context, rule, chain, fault, about, failing);
    }
  }
  if (!structural) {
    // About a client's certificate only a server, or a client that was told, can complain.
    const telling = symptomsOf(context, rule.unmistakable ?? [], {}).filter(
      (s) => symptoms.includes(s) && (rule.role === 'server' || s.role !== 'unknown'),
    );
    if (telling.length) yield textualHit(context, rule, telling);
    else if (rule.candidate && quietFaults.length === 0) yield* candidateHits(context, rule, symptoms, chains);
    for (const q of quietFaults.slice(0, 3)) yield quietHit(context, rule, q.chain, q.fault);
  }
}

/** Words that several causes share, without the chain that would tell them apart: a candidate, never an accusation. */
function* candidateHits(
  context: CheckContext,
  rule: ChainRule,
  symptoms: Symptom[],
  chains: ServedChain[],
): Iterable<Hit> {
  const words = symptoms.filter(
    (s) =>
      s.event === rule.events[0] ||
      s.event === 'tls.cert-expired-or-not-yet-valid' ||
      // Alert 45 that a client receives is about its own certificate.
      (rule.role === 'client' && s.event === 'tls.cert-expired' && s.complaint === 'remote'),
  );
  if (words.length === 0 || saidByWrongClocks(context, words)) return;
  const named = chains.filter((c) => words.some((s) => concerns(context, s, c)));
  const inForce = named.filter(
    (c) =>
      c.source !== 'handshake' &&
      c.leaf.notAfter > context.graph.now &&
      !c.faults.some((f) => f.fault.endsWith('expired')),
  );
  if (named.length > 0) {
    // The file is in force and the clients say expired: the running server presents another certificate than the file.
    const nodes = new Set(words.flatMap((s) => s.nodes));
    if (rule.cause !== 'server-cert-expired' || inForce.length !== named.length || nodes.size < 2) return;
    const hit = textualHit(context, rule, words);
    const file = inForce[0]!;
    yield {
      ...hit,
      confidence: 0.68,
      detail: `${hit.detail.replace(/; the certificate itself.*$/, '')}; ${file.evidence[0]?.file} holds a certificate in force (serial ${file.leaf.serial}), so the running server must still present the one before it.`,
      evidence: [...file.evidence, ...hit.evidence],
      remedy:
        'The certificate on disk is in force: reload the server (nginx -s reload, systemctl reload haproxy), then look at what it serves on every node.',
    };
    return;
  }
  const t = together(words);
  const nodes = context.graph.payments.slices('node', t.onset, context.graph.span.to + 1);
  const part = nodes.hit.length > 0 && nodes.working.length > 0;
  yield { ...textualHit(context, rule, words), confidence: part ? rule.candidate!.some : rule.candidate!.all };
}

/** Client address of handshakes that paymedic made itself. */
const LIVE_CLIENT = 'paymedic';

/** What a live endpoint presents now needs no complaint beside it: every validating client is turned away. */
function liveHit(context: CheckContext, rule: ChainRule, chain: ServedChain, fault: ChainFaultAt): Hit {
  const host = chain.host ?? fault.certificate.subject.text;
  const renewed = fault.fault === 'leaf-expired' ? renewedFile(context, chain) : undefined;
  return {
    cause: rule.cause,
    confidence: 0.93,
    proof: 'structural',
    subject: { kind: 'certificate', id: fault.certificate.spkiSha256, label: host },
    title: rule.title(host, fault),
    detail: `${fault.says}; seen on a live connection${renewed ? `; ${renewed.evidence[0]?.file} already holds a renewed certificate that the running server never loaded` : ''}.`,
    evidence: [...chain.evidence.map((e) => ({ ...e, text: fault.says })), ...(renewed?.evidence ?? [])],
    impact: {
      ongoing: true,
      ...(fault.since !== undefined ? { minutes: Math.max(0, (context.graph.now - fault.since) / 60_000) } : {}),
    },
    count: 1,
    first: fault.since ?? context.graph.now,
    side: rule.role,
    leg: host,
    data: {
      host,
      serial: fault.certificate.serial,
      notAfter: iso(fault.certificate.notAfter),
      notBefore: iso(fault.certificate.notBefore),
      software: [],
    },
  };
}

/** Whether complaints speak of this chain: same peer, or no peer named, and not before the fault began. */
function concerns(context: CheckContext, s: Symptom, chain: ServedChain): boolean {
  if (!chain.host || s.peers.length === 0 || chain.role === 'client') return true;
  return s.peers.some(
    (p) =>
      context.graph.endpoints.same(p, chain.host!) ||
      chain.handshakes.some((h) => context.graph.endpoints.same(p, h.server.address)),
  );
}

function structuralHit(
  context: CheckContext,
  rule: ChainRule,
  chain: ServedChain,
  fault: ChainFaultAt,
  about: Symptom[],
  failing: HandshakeObservation[],
): Hit {
  const { said: t, onset, end, ongoing } = extentOf(context, about, failing);
  const impact = impactBetween(context, onset, end, ongoing, about);
  const host = chain.host ?? fault.certificate.subject.text;
  const evidence: EvidenceRef[] = [...chain.evidence.map((e) => ({ ...e, text: `${fault.says}` }))];
  if (failing[0])
    evidence.push({
      file: failing[0].file,
      frame: failing[0].verdict.frames[0] ?? failing[0].firstFrame,
      text: failing[0].verdict.says,
      time: iso(failing[0].time),
    });
  append(evidence, quote(context, about));
  const renewed = fault.fault === 'leaf-expired' ? renewedFile(context, chain) : undefined;
  if (renewed) evidence.splice(1, 0, ...renewed.evidence);
  const aligned = fault.since !== undefined && Math.abs(fault.since - onset) < 5 * 60_000;
  return {
    cause: rule.cause,
    confidence: chain.source === 'file' ? 0.88 : 0.95,
    proof: 'structural',
    subject: { kind: 'certificate', id: fault.certificate.spkiSha256, label: host },
    title: rule.title(host, fault),
    detail: `${fault.says}; ${about.length ? `${counted(t!.count, 'complaint')} from ${some(t!.nodes)} since ${iso(onset)}` : `${counted(failing.length, 'handshake')} ${failing.length === 1 ? 'was' : 'were'} rejected`}${aligned ? ', to the minute when the fault began' : ''}${renewed ? `; ${renewed.evidence[0]?.file} already holds a renewed certificate (serial ${renewed.leaf.serial}) that the running server never loaded` : ''}.`,
    ...(renewed
      ? {
          remedy:
            'The renewed certificate is on disk: reload the server (nginx -s reload, systemctl reload haproxy), then look at what it serves on every node.',
        }
      : {}),
    evidence,
    impact,
    count: (t?.count ?? 0) + failing.length,
    first: onset,
    last: end,
    side: rule.role,
    ...(chain.host ? { leg: chain.host } : {}),
    data: {
      host,
      serial: fault.certificate.serial,
      notAfter: iso(fault.certificate.notAfter),
      notBefore: iso(fault.certificate.notBefore),
      software: rule.role === 'server' ? serverSoftware(context) : (t?.software ?? []),
      ...(t ? { nodes: t.nodes } : {}),
      ...scopeData(impact),
    },
  };
}

function textualHit(context: CheckContext, rule: ChainRule, symptoms: Symptom[]): Hit {
  const t = together(symptoms);
  const impact = impactBetween(context, t.onset, t.end, t.ongoing, symptoms);
  const host = t.peers[0] ?? 'the peer';
  return {
    cause: rule.cause,
    confidence: 0.62,
    proof: 'textual',
    subject: { kind: 'host', id: host },
    title: rule.title(host),
    detail: `${counted(t.count, 'time')} since ${iso(t.onset)}: ${some(t.nodes)} say so; the certificate itself is not in the evidence.`,
    evidence: quote(context, symptoms),
    impact,
    count: t.count,
    first: t.onset,
    last: t.end,
    side: rule.role,
    data: {
      host,
      software: rule.role === 'server' ? serverSoftware(context) : t.software,
      nodes: t.nodes,
      ...scopeData(impact),
    },
  };
}

/** A fault of a certificate that nobody complained about: worth knowing, never an accusation. */
function quietHit(context: CheckContext, rule: ChainRule, chain: ServedChain, fault: ChainFaultAt): Hit {
  const host = chain.host ?? fault.certificate.subject.text;
  return {
    proof: 'circumstantial',
    subject: { kind: 'certificate', id: fault.certificate.spkiSha256, label: host },
    title: `${rule.title(host, fault)}, but nothing in this evidence failed because of it`,
    detail: `${fault.says}. No complaint and no rejected handshake goes with it${fault.since !== undefined && fault.since < context.graph.span.from ? '; it was so before the evidence begins' : ''}.`,
    evidence: chain.evidence,
    impact: { scope: 'none' },
    side: rule.role,
    data: { host, serial: fault.certificate.serial },
  };
}

/** What the listeners of the evidence run on: remedies are for the server, not for the clients that complain. */
function serverSoftware(context: CheckContext): string[] {
  return [
    ...new Set(
      context.observations.configurations.filter((c) => c.listeners.some((l) => l.tls)).map((c) => c.software),
    ),
  ].sort();
}

/** A valid certificate for the same host in a file, when the wire shows an expired one: renewed and never loaded. */
function renewedFile(context: CheckContext, chain: ServedChain): ServedChain | undefined {
  if (chain.source !== 'handshake') return undefined;
  return context.graph.chains.find(
    (c) =>
      c.source !== 'handshake' &&
      c.role === 'server' &&
      !c.former &&
      c.host !== undefined &&
      c.host === chain.host &&
      c.leaf.serial !== chain.leaf.serial &&
      c.leaf.notAfter > context.graph.now &&
      c.leaf.notBefore <= context.graph.now,
  );
}
