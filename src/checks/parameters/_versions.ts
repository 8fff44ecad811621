/** Which side is too old for the other. */

import type { EvidenceRef } from '../../finding.ts';
import { versionName } from '../../tls/registries/index.ts';
import { counted } from '../../wording.ts';
import {
  changeReference,
  changesNear,
  extentOf,
  impactBetween,
  iso,
  loneFlow,
  quote,
  scopeData,
  shownByCapture,
  some,
} from '../support.ts';
import type { CheckContext, Hit } from '../types.ts';
import { complaints, negotiationFailures, offeredAndAccepted } from './_wire.ts';

const TLS12 = 0x0303;

/** Highest version a hello offers: supported_versions where present, else legacy_version (RFC 8446 section 4.2.1). */
const highest = (hello: { versions: number[]; legacyVersion: number }): number =>
  hello.versions.length ? Math.max(...hello.versions.filter((v) => v < 0x7f00)) : hello.legacyVersion;

/** What paymedic itself was given by a live server that could have chosen anything: clients of today refuse TLS 1.1 and older (RFC 8996). */
function* oldAnswers(context: CheckContext): Iterable<Hit> {
  const { evidence, handshakes } = context.observations;
  const endpoints = new Set(evidence.flatMap((e) => (e.kind === 'endpoint' ? [e.path] : [])));
  for (const h of handshakes) {
    if (!endpoints.has(h.file) || !h.completed || !h.serverHello || h.serverHello.version >= TLS12) continue;
    const host = h.server.address;
    const version = versionName(h.serverHello.version);
    yield {
      cause: 'peer-tls-too-old',
      confidence: 0.8,
      proof: 'observed',
      subject: { kind: 'host', id: host },
      title: `${host} speaks only TLS versions that clients of today no longer accept`,
      detail: `Offered everything up to TLS 1.3, the server chose ${version}; RFC 8996 forbids it, and current runtimes refuse it.`,
      evidence: [{ file: h.file, text: `negotiated ${version}`, time: iso(h.time) }],
      impact: {},
      first: h.time,
      last: h.time,
      side: 'server',
      leg: host,
      data: { host },
    };
  }
}

export function* versionHits(context: CheckContext): Iterable<Hit> {
  yield* oldAnswers(context);
  const said = complaints(context, ['tls.protocol-unsupported', 'tls.legacy-signature'], 70);
  const wire = negotiationFailures(
    context,
    (h) =>
      [
        'protocol_version',
        'protocol_version_client',
        'tls13_intolerant_peer',
        'alert70',
        'downgrade_detected',
      ].includes(h.verdict.id) || h.alerts.some((a) => a.description === 70),
  );
  const group = wire[0];
  if (said.length === 0 && !(group && shownByCapture(context, group.failed))) return;
  const failed = group?.failed ?? [];
  const { said: t, onset, end, ongoing } = extentOf(context, said, failed);
  const evidence: EvidenceRef[] = [];
  let verdict:
    | { old: 'client' | 'peer'; confidence: number; proof: 'structural' | 'observed' | 'textual'; why: string }
    | undefined;
  if (failed.length) {
    const best = Math.max(...failed.map((h) => highest(h.clientHello!)));
    const answered = failed.map((h) => h.serverHello?.version).filter((v): v is number => v !== undefined);
    evidence.push({
      file: failed[0]!.file,
      frame: failed[0]!.clientHello?.frame ?? failed[0]!.firstFrame,
      text: `ClientHello offers at most ${versionName(best)}`,
      time: iso(failed[0]!.time),
    });
    if (best < TLS12)
      verdict = {
        old: 'client',
        confidence: 0.95,
        proof: 'structural',
        why: `the failing clients offer at most ${versionName(best)}`,
      };
    else {
      verdict = {
        old: 'peer',
        confidence: 0.93,
        proof: 'structural',
        why: answered.length
          ? `the server answers with ${versionName(Math.min(...answered))}`
          : `the clients offer up to ${versionName(best)} and the server refuses every version of it`,
      };
    }
  }
  const listeners = context.observations.configurations
    .flatMap((c) => c.listeners)
    .filter((l) => l.tls && l.settings.protocols);
  const gateway = listeners.find((l) => l.settings.protocols!.value.some((p) => /1\.[23]/.test(p)));
  const working = t ? workingElsewhere(context, onset, end) : false;
  const noticed = oldVersionsGivenUp(context);
  if (noticed) evidence.push(noticed);
  if (!verdict && t) {
    // The server's own words about its client, or a server that we run and that accepts TLS 1.2 and later only.
    const serverSays = said.some((s) => s.complaint === 'local' && s.role === 'server');
    const clientRefuses = said.some((s) => s.complaint === 'local' && s.role === 'client');
    if (serverSays || (gateway && working))
      verdict = {
        old: 'client',
        confidence: gateway ? 0.85 : 0.7,
        proof: 'textual',
        why: 'the server turns the client down while others connect',
      };
    else if (clientRefuses)
      verdict = {
        old: 'peer',
        confidence: 0.75,
        proof: 'textual',
        why: 'our client refuses the version that the peer answers with',
      };
    else if (noticed)
      verdict = {
        old: 'client',
        confidence: 0.8,
        proof: 'textual',
        why: `all our clients are refused, and the peer gave notice that it gives up old versions (${noticed.file})`,
      };
    else if (working)
      verdict = {
        old: 'client',
        confidence: 0.66,
        proof: 'textual',
        why: 'only some clients are refused, others connect',
      };
    else if (changesNear(context, onset, 30 * 60_000).length > 0)
      verdict = {
        old: 'peer',
        confidence: 0.58,
        proof: 'textual',
        why: 'all our clients are refused since our change',
      };
    // The alert alone fits both sides (RFC 8446 section 6.2): who moved is likelier the one who refuses.
    else
      verdict = {
        old: 'client',
        confidence: 0.55,
        proof: 'textual',
        why: 'all our clients are refused though nothing changed on our side: the peer is likelier to have raised its minimum than to have fallen back',
      };
  }
  if (!verdict) return;
  const change = changesNear(context, onset, 30 * 60_000)[0];
  const impact = impactBetween(context, onset, end, ongoing, said);
  const host =
    t?.peers[0] ??
    (failed[0]
      ? (failed[0].clientHello?.sni ?? context.graph.endpoints.canonical(failed[0].server.address))
      : 'the peer');
  const client = verdict.old === 'client';
  const quoted = quote(context, said);
  yield {
    cause: client ? 'client-tls-too-old' : 'peer-tls-too-old',
    confidence: said.length ? verdict.confidence : loneFlow(failed, verdict.confidence),
    proof: verdict.proof,
    subject: { kind: 'host', id: host },
    title: client
      ? `${some(t?.nodes ?? ['Some clients'])} offer${(t?.nodes.length ?? 2) === 1 ? 's' : ''} only TLS versions that ${host} no longer accepts`
      : `${host} speaks only TLS versions that our side no longer accepts`,
    detail: `${verdict.why}${t ? `; ${counted(t.count, 'complaint')} since ${iso(onset)} from ${some(t.nodes)}` : `; ${failed.length} captured handshakes failed`}${change ? `; just before: "${change.text}"` : ''}.`,
    evidence: [
      ...evidence,
      ...quoted.slice(0, 3),
      ...(change ? [changeReference(change)] : []),
      ...(gateway?.settings.protocols
        ? [
            {
              file: gateway.settings.protocols.file,
              line: gateway.settings.protocols.line,
              text: `protocols ${gateway.settings.protocols.value.join(' ')}`,
            },
          ]
        : []),
      ...quoted.slice(3),
    ],
    impact,
    count: (t?.count ?? 0) + failed.length,
    first: onset,
    last: end,
    side: client ? 'client' : 'server',
    owner: client ? 'app' : 'bank',
    leg: host,
    data: {
      host,
      ...(t ? { software: t.software, nodes: t.nodes } : {}),
      ...(group ? offeredAndAccepted(group) : {}),
      ...scopeData(impact),
    },
  };
}

const GIVEN_UP =
  /\b(?:SSL ?v?3(?:\.0)?|TLS ?v?1\.[01]|early TLS|old(?:er)? TLS)\b[^.\n]{0,120}\b(?:deactivat|disabl|retire|remov|discontinu|no longer|switch(?:ed)? off|end of (?:life|support)|abgeschalt|deaktiviert|desactiv|désactiv)|\b(?:deactivation|retirement|removal|end|discontinuation|Abschaltung|désactivation|desactivación)\b[^.\n]{0,40}\bTLS ?v?1\.[01]|\b(?:accept|support|require|allow)s?\b[^.\n]{0,40}\bTLS ?v?1\.2\b[^.\n]{0,30}\b(?:only|later|higher|above|newer)|(?:停用|关闭|不再支持)[^。\n]{0,30}TLS ?v?1\.[01]|TLS ?v?1\.[01][^。\n]{0,30}(?:停用|关闭|下线|不再支持)/i;

/** A notice of another party that it accepts TLS 1.2 and later only. */
function oldVersionsGivenUp(context: CheckContext): EvidenceRef | undefined {
  for (const { file, line: first, text } of context.graph.notices) {
    const found = GIVEN_UP.exec(text);
    if (found)
      return { file, line: first + text.slice(0, found.index).split('\n').length - 1, text: found[0].slice(0, 200) };
  }
  return undefined;
}

/** Whether payments on some node or route, or captured handshakes, went on while the complaints ran. */
function workingElsewhere(context: CheckContext, onset: number, end: number): boolean {
  if (context.observations.handshakes.some((h) => h.completed && h.time >= onset)) return true;
  const nodes = context.graph.payments.slices('node', onset, end + 1);
  return nodes.hit.length > 0 && nodes.working.length > 0;
}
