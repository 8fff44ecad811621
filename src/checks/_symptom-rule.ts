/** Frame of the checks that start from what software said and join it with other kinds of evidence. */

import { isLoopback, isPrivate } from '../address.ts';
import type { EvidenceRef, Impact, Owner, Proof } from '../finding.ts';
import { since } from '../graph/bursts.ts';
import { stripPort } from '../graph/endpoints.ts';
import type { Symptom } from '../graph/types.ts';
import { append, least, most } from '../lists.ts';
import type { EventClass } from '../logs/event-classes.ts';
import type { HandshakeObservation } from '../tls/types.ts';
import { counted } from '../wording.ts';
import {
  feltSince,
  impactBetween,
  iso,
  loneFlow,
  quote,
  type SymptomFilter,
  scopeData,
  shownByCapture,
  some,
  symptomsOf,
  together,
} from './support.ts';
import type { CheckContext, Hit } from './types.ts';

/** What a join adds to, or takes from, the claim. */
export interface Join {
  /** New confidence; the highest of all joins wins unless one vetoes. */
  confidence?: number;
  proof?: Proof;
  evidence?: EvidenceRef[];
  says?: string;
  /** Set to drop the claim: something else explains it. */
  veto?: string;
  against?: string;
  owner?: Owner;
  /** An earlier onset that this join shows. */
  onset?: number;
  /** The onset itself: when it was first felt, whatever was said before. */
  began?: number;
}

export interface SymptomRule {
  cause: string;
  events: EventClass[];
  filter?: SymptomFilter;
  /** Verdict ids of captured handshakes that show the same. */
  verdicts?: string[];
  /** Confidence of the words alone; below 0.5 they are a candidate only. */
  confidence: number;
  /** Confidence when a capture shows it too (or alone). */
  captureConfidence?: number;
  keep?(s: Symptom, context: CheckContext): boolean;
  keepHandshake?(h: HandshakeObservation, context: CheckContext): boolean;
  join?(context: CheckContext, symptoms: Symptom[], handshakes: HandshakeObservation[], onset: number): Iterable<Join>;
  title(t: { host: string; nodes: string[]; scope: string | undefined }): string;
  impact?: Impact;
  /** Whose job it is when the peer is a server of our own. */
  ownerHere?: Owner;
  side?: 'client' | 'server' | 'between';
}

/** One hit for all the symptoms and failed handshakes of a rule, or none. */
export function* symptomHits(context: CheckContext, rule: SymptomRule): Iterable<Hit> {
  const symptoms = symptomsOf(context, rule.events, rule.filter ?? {}).filter((s) => rule.keep?.(s, context) ?? true);
  const failed = rule.verdicts
    ? context.observations.handshakes.filter(
        (h) => rule.verdicts!.includes(h.verdict.id) && (rule.keepHandshake?.(h, context) ?? true),
      )
    : [];
  const handshakes = symptoms.length > 0 || shownByCapture(context, failed) ? failed : [];
  if (symptoms.length === 0 && handshakes.length === 0) return;
  const t = symptoms.length ? together(symptoms) : undefined;
  const wire = since(
    handshakes.map((h) => h.time),
    t?.onset,
  );
  let onset = t?.onset ?? least(wire);
  const end = Math.max(t?.end ?? 0, most(wire));
  const ongoing = t?.ongoing ?? context.graph.span.to - end < 10 * 60_000;
  let confidence = symptoms.length ? rule.confidence : (rule.captureConfidence ?? rule.confidence);
  let proof: Proof = symptoms.length ? 'textual' : 'observed';
  if (symptoms.length && handshakes.length) {
    confidence = Math.max(confidence, rule.captureConfidence ?? confidence);
    proof = 'observed';
  }
  const against: string[] = [];
  const says: string[] = [];
  const joined: EvidenceRef[] = [];
  let owner: Owner | undefined;
  for (const j of rule.join?.(context, symptoms, handshakes, onset) ?? []) {
    if (j.veto) return;
    if (j.confidence !== undefined && (j.confidence > confidence || j.against))
      confidence = j.against ? Math.min(confidence, j.confidence) : j.confidence;
    if (j.proof) proof = j.proof;
    if (j.evidence) append(joined, j.evidence);
    if (j.says) says.push(j.says);
    if (j.against) against.push(j.against);
    if (j.owner) owner = j.owner;
    if (j.onset !== undefined) onset = Math.min(onset, j.onset);
    if (j.began !== undefined) onset = j.began;
  }
  if (symptoms.length === 0) confidence = loneFlow(handshakes, confidence);
  const impact: Impact & { scopeSays?: string } = rule.impact ?? impactBetween(context, onset, end, ongoing, symptoms);
  if (t) onset = feltSince(context, onset, impact);
  const host =
    t?.peers[0] ??
    (handshakes[0]
      ? (handshakes[0].clientHello?.sni ?? context.graph.endpoints.canonical(handshakes[0].server.address))
      : 'the peer');
  const nodes = t?.nodes ?? [];
  const quoted = quote(context, symptoms);
  const wireRefs: EvidenceRef[] = handshakes.slice(0, 2).map((h) => ({
    file: h.file,
    frame: h.verdict.frames[0] ?? h.firstFrame,
    text: h.verdict.says,
    time: iso(h.time),
  }));
  yield {
    cause: rule.cause,
    confidence,
    proof,
    subject: { kind: 'host', id: host },
    // nginx writes no more than `unix:` of a socket into its error.
    title: rule.title({
      host: /^unix:?$/.test(host) ? 'The service behind the Unix socket' : host,
      nodes,
      scope: impact.scopeSays,
    }),
    detail: [
      t ? `${counted(t.count, 'time')} since ${iso(t.onset)}: ${some(nodes)}` : undefined,
      handshakes.length
        ? `${handshakes.length} captured handshake${handshakes.length === 1 ? '' : 's'}: ${handshakes[0]!.verdict.says}`
        : undefined,
      ...says,
    ]
      .filter(Boolean)
      .join('; ')
      .concat('.'),
    evidence: [...quoted.slice(0, 2), ...wireRefs, ...joined, ...quoted.slice(2)],
    impact,
    count: (t?.count ?? 0) + handshakes.length,
    first: onset,
    last: end,
    ...(host !== 'the peer' ? { leg: host } : {}),
    ...(rule.side ? { side: rule.side } : {}),
    ...(owner ? { owner } : rule.ownerHere && runsHere(context, host, symptoms) ? { owner: rule.ownerHere } : {}),
    ...(against.length ? { against } : {}),
    data: { host, nodes, software: t?.software ?? [], ...scopeData(impact) },
  };
}

/**
 * Whether it is ours to mend: on the writer's own host, beside the clients of those who wrote, or the evidence holds the
 * configuration of a listener of that name.
 */
function runsHere(context: CheckContext, host: string, symptoms: readonly Symptom[]): boolean {
  if (host.startsWith('unix:') || isLoopback(stripPort(host)) || isBesideClients(stripPort(host), symptoms))
    return true;
  const { endpoints } = context.graph;
  return context.observations.configurations.some((c) =>
    c.listeners.some((l) =>
      [...l.names, l.address].some((n) => n && n !== '*' && n !== '_' && endpoints.same(n, host)),
    ),
  );
}

/** Networks that Docker gives its bridges by default, a /16 each (moby, daemon/libnetwork/ipamutils: 172.17.0.0/16 to 172.31.0.0/16). */
const BRIDGED = /^172\.(?:1[7-9]|2\d|3[01])\./;

/** Who asked, as nginx and httpd write it into their errors. */
const CLIENT = /(?:, client: |\[client )(\d{1,3}(?:\.\d{1,3}){3})/;

/** Whether an inner address stands in the network from which a proxy's own clients come, as where containers of one host call each other. */
function isBesideClients(host: string, symptoms: readonly Symptom[]): boolean {
  if (!isPrivate(host) || host.includes(':')) return false;
  const network = (address: string): string =>
    address
      .split('.')
      .slice(0, BRIDGED.test(address) ? 2 : 3)
      .join('.');
  const own = network(host);
  return symptoms.some(({ events }) =>
    events.some(({ hits }) => hits.some(({ text }) => network(CLIENT.exec(text)?.[1] ?? '') === own)),
  );
}
