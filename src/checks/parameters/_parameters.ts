/** Alert 40 and its kin: which parameter the two sides do not share. */

import type { EvidenceRef, Owner } from '../../finding.ts';
import type { Symptom } from '../../graph/types.ts';
import { groupName, suiteName } from '../../tls/registries/index.ts';
import type { HandshakeObservation } from '../../tls/types.ts';
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
import { keyTypeFromWords, keyTypeOnWire } from './_key-type.ts';
import { complaints, isStaticRsa, negotiationFailures, offeredAndAccepted, type WireGroup } from './_wire.ts';

interface Decision {
  cause: 'static-rsa-only-peer' | 'key-type-mismatch' | 'no-common-group' | 'no-common-cipher';
  confidence: number;
  proof: 'structural' | 'observed' | 'textual';
  why: string;
  evidence: EvidenceRef[];
  owner?: Owner;
}

const TITLES: Record<Decision['cause'], (host: string) => string> = {
  'static-rsa-only-peer': (host) => `${host} offers only static RSA suites, which our runtime no longer speaks`,
  'key-type-mismatch': (host) => `The key type of the certificate of ${host} does not fit what the clients can use`,
  'no-common-group': (host) => `The clients and ${host} share no key exchange group`,
  'no-common-cipher': (host) => `The clients and ${host} share no cipher suite`,
};

export function* parameterHits(context: CheckContext): Iterable<Hit> {
  const said = complaints(context, ['tls.no-shared-cipher', 'tls.no-shared-group', 'tls.handshake-failed'], 40);
  const wire = negotiationFailures(context, (h) =>
    ['no_shared_cipher', 'no_shared_group', 'alert40', 'alert71', 'alert47'].includes(h.verdict.id),
  );
  const group = wire[0];
  if (said.length === 0 && !(group && shownByCapture(context, group.failed))) return;
  // A client certificate that was asked for and not given ends in alert 40 too (TLS 1.2).
  if (
    !group &&
    context.observations.handshakes.some(
      (h) => h.verdict.id === 'client_cert_missing' || h.verdict.id === 'client_cert_rejected',
    )
  )
    return;
  if (!group && said.every(isBare)) return;
  const failed = group?.failed ?? [];
  const { said: t, onset, end, ongoing } = extentOf(context, said, failed);
  const decision = (group ? fromWire(context, group) : undefined) ?? fromWords(context, said, onset);
  if (!decision) return;
  const change = changesNear(context, onset, 30 * 60_000)[0];
  const impact = impactBetween(context, onset, end, ongoing, said);
  const host =
    t?.peers[0] ??
    (failed[0]
      ? (failed[0].clientHello?.sni ?? context.graph.endpoints.canonical(failed[0].server.address))
      : 'the peer');
  const quoted = quote(context, said);
  yield {
    cause: decision.cause,
    confidence: said.length ? decision.confidence : loneFlow(failed, decision.confidence),
    proof: decision.proof,
    subject: { kind: 'host', id: host },
    title: TITLES[decision.cause](host),
    detail: `${decision.why}${t ? `; ${counted(t.count, 'complaint')} since ${iso(onset)} from ${some(t.nodes)}` : `; ${failed.length} captured handshakes failed`}${change ? `; just before: "${change.text}"` : ''}.`,
    evidence: [
      ...decision.evidence.slice(0, 3),
      ...quoted.slice(0, 3),
      ...(change ? [changeReference(change)] : []),
      ...decision.evidence.slice(3),
      ...quoted.slice(3),
    ],
    impact,
    count: (t?.count ?? 0) + failed.length,
    first: onset,
    last: end,
    side: 'server',
    ...(decision.owner ? { owner: decision.owner } : {}),
    leg: host,
    data: {
      host,
      ...(t ? { software: t.software, nodes: t.nodes } : {}),
      ...(group ? offeredAndAccepted(group) : {}),
      ...scopeData(impact),
    },
  };
}

const at = (h: HandshakeObservation, text: string): EvidenceRef => ({
  file: h.file,
  frame: h.clientHello?.frame ?? h.firstFrame,
  text,
  time: iso(h.time),
});

/** Lines, and share of what the server wrote, below which "handshake failed" without a reason is what any day brings. */
const BARE_LINES = 20;
const BARE_SHARE = 0.2;

/** A server's "handshake failure" without a reason (HAProxy) says nothing about parameters, and little at all while rare. */
const isBare = (s: Symptom): boolean =>
  s.event === 'tls.handshake-failed' && s.role === 'server' && (s.burstCount < BARE_LINES || s.share < BARE_SHARE);

/** From hellos that failed and handshakes that completed with the same server. */
function fromWire(context: CheckContext, group: WireGroup): Decision | undefined {
  const first = group.failed[0]!;
  const hello = first.clientHello!;
  const accepted = [
    ...new Set(group.completed.filter((h) => h.serverHello!.version <= 0x0303).map((h) => h.serverHello!.suite)),
  ];
  const acceptedNames = accepted.map(suiteName);
  const offered = hello.suites.map(suiteName);
  const disabled = disabledStaticRsa(context);
  if (
    (acceptedNames.length > 0 && acceptedNames.every(isStaticRsa) && !offered.some(isStaticRsa)) ||
    (disabled.length > 0 && !offered.some(isStaticRsa) && acceptedNames.every(isStaticRsa))
  ) {
    const completed = group.completed.find((h) => isStaticRsa(suiteName(h.serverHello!.suite)));
    return {
      cause: 'static-rsa-only-peer',
      confidence: accepted.length ? 0.94 : 0.82,
      proof: accepted.length ? 'structural' : 'observed',
      why: `${acceptedNames.length ? `the server only ever chose ${some(acceptedNames)}` : 'our runtime disables TLS_RSA_* suites'}; the failing hellos offer no static RSA suite`,
      evidence: [
        at(first, `ClientHello without a static RSA suite (${offered.length} suites)`),
        ...(completed ? [at(completed, `completed with ${suiteName(completed.serverHello!.suite)}`)] : []),
        ...disabled,
      ],
    };
  }
  const keyType = keyTypeOnWire(context, group);
  if (keyType) return keyType;
  const groups = [
    ...new Set(group.completed.flatMap((h) => (h.serverHello!.group !== undefined ? [h.serverHello!.group] : []))),
  ];
  const failedGroups = new Set(group.failed.flatMap((h) => h.clientHello!.groups));
  const groupVerdict = group.failed.some((h) => h.verdict.id === 'no_shared_group');
  if (
    groupVerdict ||
    (groups.length > 0 &&
      failedGroups.size > 0 &&
      groups.every((g) => !failedGroups.has(g)) &&
      group.completed.some((h) => h.time >= first.time))
  ) {
    const others = groups.filter((g) => !failedGroups.has(g));
    const completed =
      group.completed.find((h) => h.serverHello!.group !== undefined && h.time >= first.time) ?? group.completed[0];
    return {
      cause: 'no-common-group',
      confidence: groups.length || groupVerdict ? 0.92 : 0.7,
      proof: 'structural',
      why: `the failing hellos offer ${some([...failedGroups].map(groupName), 5)}${others.length ? `, the server chooses ${some(others.map(groupName))} with others` : ''}`,
      evidence: [
        at(first, `ClientHello groups: ${[...failedGroups].map(groupName).join(', ')}`),
        ...(completed && groups.length
          ? [at(completed, `completed with ${groupName(completed.serverHello!.group!)}`)]
          : []),
        ...clientGroups(context),
      ],
    };
  }
  const common = accepted.filter((s) => hello.suites.includes(s));
  if (group.failed.some((h) => h.verdict.id === 'no_shared_cipher') || (accepted.length > 0 && common.length === 0)) {
    return {
      cause: 'no-common-cipher',
      confidence: accepted.length && common.length === 0 ? 0.92 : 0.78,
      proof: accepted.length ? 'structural' : 'observed',
      why: `the failing hellos offer ${offered.length} suites${accepted.length ? `, the server chooses ${some(acceptedNames)}` : ''}; nothing in common`,
      evidence: [at(first, `ClientHello suites: ${offered.slice(0, 6).join(', ')}`)],
    };
  }
  return undefined;
}

/** From what was said and configured, without a capture. */
function fromWords(context: CheckContext, said: ReturnType<typeof complaints>, onset: number): Decision | undefined {
  const disabled = disabledStaticRsa(context);
  const java = said.some((s) => s.software.includes('java'));
  const patched = changesNear(context, onset, 60 * 60_000).find((c) =>
    /jdk|java|jre|openssl|python|runtime|patch/i.test(c.text),
  );
  if (disabled.length && java) {
    return {
      cause: 'static-rsa-only-peer',
      confidence: patched ? 0.86 : 0.68,
      proof: 'textual',
      why: `the Java runtime disables TLS_RSA_* suites${patched ? ` since "${patched.text}"` : ''}`,
      evidence: [...disabled, ...(patched ? [changeReference(patched)] : [])],
    };
  }
  const offers = peerStaticRsa(context);
  const upgraded = changesNear(context, onset, 60 * 60_000).find((c) => withoutStaticRsa(c.text));
  const partly = /^(java|python)$/.test(mainSoftware(said) ?? '');
  if (partly && (offers || (java && upgraded))) {
    return {
      cause: 'static-rsa-only-peer',
      confidence: offers && (upgraded ?? patched) ? 0.88 : offers ? 0.76 : 0.68,
      proof: offers ? 'observed' : 'textual',
      why: `${offers ? 'the peer is known to offer static RSA suites only' : 'only clients fail whose runtime no longer offers static RSA suites'}${(upgraded ?? patched) ? `, and the runtime changed just before ("${(upgraded ?? patched)!.text}")` : ''}`,
      evidence: [
        ...(offers ? [offers] : []),
        ...((upgraded ?? patched) ? [changeReference((upgraded ?? patched)!)] : []),
      ],
    };
  }
  const keyType = keyTypeFromWords(context, said, onset);
  if (keyType && (keyType.confidence >= 0.5 || !said.some((s) => s.event === 'tls.no-shared-cipher'))) return keyType;
  if (said.some((s) => s.event === 'tls.no-shared-group'))
    return {
      cause: 'no-common-group',
      confidence: 0.78,
      proof: 'textual',
      why: 'the software says that no group or key share fits',
      evidence: clientGroups(context),
      owner: 'bank',
    };
  if (said.some((s) => s.event === 'tls.no-shared-cipher'))
    return {
      cause: 'no-common-cipher',
      confidence: 0.72,
      proof: 'textual',
      why: 'the server says that no cipher suite is shared',
      evidence: [],
    };
  const narrow = onlyStaticRsaOffered(context);
  if (narrow)
    return {
      cause: 'no-common-cipher',
      confidence: 0.62,
      proof: 'textual',
      why: 'handshakes fail, and our own configuration offers suites without forward secrecy only, which servers no longer accept (RFC 9325 section 4.1)',
      evidence: [narrow],
      owner: 'ops',
    };
  return {
    cause: 'no-common-cipher',
    confidence: 0.35,
    proof: 'textual',
    why: 'handshake_failure alone does not say which parameter is not shared',
    evidence: [],
  };
}

/** Names of OpenSSL (openssl-ciphers(1)) of suites that exchange keys by RSA alone. */
const STATIC_RSA =
  /^(?:AES(?:128|256)-(?:GCM-)?SHA(?:256|384)?|DES-CBC3-SHA|RC4-(?:SHA|MD5)|CAMELLIA(?:128|256)-SHA|kRSA|RSA)$/;

/** A client side of ours that is configured to offer such suites and no others. */
function onlyStaticRsaOffered(context: CheckContext): EvidenceRef | undefined {
  for (const { upstreams, directives, file } of context.observations.configurations) {
    const offers = [
      ...upstreams.flatMap(({ tls, settings }) => (tls && settings.ciphers ? [settings.ciphers] : [])),
      // What httpd offers to servers that rewrite rules name, not ProxyPass.
      ...directives.flatMap(({ name, value, line }) =>
        /^SSLProxyCipherSuite$/i.test(name) ? [{ file, line, value }] : [],
      ),
    ];
    const narrow = offers.find(({ value }) => {
      const named = value.split(/[:, ]+/).filter((token) => token && !/^[!-]/.test(token));
      return named.length > 0 && named.every((token) => STATIC_RSA.test(token.replace(/^\+/, '')));
    });
    if (narrow) return { file: narrow.file, line: narrow.line, text: `offers ${narrow.value}` };
  }
  return undefined;
}

/** The software that made nearly all of the complaints. */
function mainSoftware(said: ReturnType<typeof complaints>): string | undefined {
  const counts = new Map<string, number>();
  let all = 0;
  for (const e of said.flatMap((s) => s.events)) {
    counts.set(e.software, (counts.get(e.software) ?? 0) + e.count);
    all += e.count;
  }
  return [...counts].find(([, n]) => n >= all * 0.9)?.[0];
}

/** Suite names in prose and in the output of scanners, IANA or OpenSSL style. */
const SUITE =
  /\bTLS_[A-Z0-9_]{8,60}\b|\b(?:ECDHE|DHE|EDH|AES(?:128|256)|DES-CBC3|RC4|CAMELLIA(?:128|256)?)-[A-Z0-9-]{3,40}\b/g;

/** A note or the output of a scan of the peer that lists static RSA suites and no other. */
function peerStaticRsa(context: CheckContext): EvidenceRef | undefined {
  const { texts, notices } = context.observations.facts;
  for (const t of [...texts.filter((x) => x.kind === 'text'), ...notices]) {
    const names = [...t.text.slice(0, 20_000).matchAll(SUITE)].map((m) => m[0]);
    const bare = names.filter((n) => !/^TLS_(AES|CHACHA20)/.test(n));
    if (bare.length > 0 && bare.every((n) => isStaticRsa(n) || /^(AES|DES-CBC3|RC4|CAMELLIA)/.test(n)))
      return {
        file: t.file,
        line: t.text.slice(0, t.text.indexOf(bare[0]!)).split('\n').length + ('line' in t ? t.line - 1 : 0),
        text: `offers ${some(bare)}`,
      };
  }
  return undefined;
}

/** A change to a Java runtime that disables TLS_RSA_* by default: 24, 21.0.10, 17.0.18, 11.0.30 and later (JDK-8245545). */
function withoutStaticRsa(text: string): boolean {
  const versions = [...text.matchAll(/\b(?:jdk|java|jre|temurin|corretto|zulu)\b|\b(\d{2})(?:\.0\.(\d{1,2}))?\b/gi)];
  if (!versions.some((m) => m[1] === undefined)) return false;
  const least: { [major: string]: number } = { 11: 30, 17: 18, 21: 10 };
  return versions.some(
    (m) => m[1] !== undefined && (Number(m[1]) >= 24 ? Number(m[1]) < 40 : Number(m[2] ?? 0) >= (least[m[1]] ?? 99)),
  );
}

/** java.security lines that disable TLS_RSA_* (JDK 24, 21.0.10, 17.0.18 do so by default; JDK-8245545). */
function disabledStaticRsa(context: CheckContext): EvidenceRef[] {
  return context.observations.configurations.flatMap((c) =>
    c.directives
      .filter((d) => /disabledAlgorithms$/.test(d.name) && /TLS_RSA_\*/.test(d.value))
      .map((d) => ({ file: c.file, line: d.line, text: `${d.name} holds TLS_RSA_*` })),
  );
}

/** Group settings of our own clients. */
function clientGroups(context: CheckContext): EvidenceRef[] {
  const own = context.observations.configurations.flatMap((c) => [
    ...c.upstreams.map((u) => u.settings.groups),
    ...c.directives
      .filter((d) => /curve|group/i.test(d.name))
      .map((d) => ({ value: d.value, file: c.file, line: d.line })),
  ]);
  const plain = context.observations.facts.settings
    .filter((s) => /curve|group/i.test(s.key))
    .map((s) => ({ value: s.value, file: s.file, line: s.line }));
  return [...own, ...plain]
    .flatMap((g) => (g ? [{ file: g.file, line: g.line, text: `groups ${g.value}` }] : []))
    .slice(0, 2);
}
