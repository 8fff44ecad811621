/** The server's certificate holds a key of one type, the failing clients can use the other only (RFC 5246 section 7.4.2). */

import { parseCipherList } from '../../ciphers/openssl/cipher-string.ts';
import type { EvidenceRef, Owner } from '../../finding.ts';
import { identitiesFor } from '../../graph/known-identities.ts';
import type { ServedChain, Symptom } from '../../graph/types.ts';
import { suiteName } from '../../tls/registries/index.ts';
import type { HandshakeObservation } from '../../tls/types.ts';
import { changeReference, changesNear, iso, some } from '../support.ts';
import type { CheckContext } from '../types.ts';
import type { WireGroup } from './_wire.ts';

type KeyType = 'EC' | 'RSA';

export interface KeyTypeDecision {
  cause: 'key-type-mismatch';
  confidence: number;
  proof: 'structural' | 'observed' | 'textual';
  why: string;
  evidence: EvidenceRef[];
  owner: Owner;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WORDS: Record<KeyType, string> = { EC: 'ECDSA', RSA: 'RSA' };
const other = (type: KeyType): KeyType => (type === 'EC' ? 'RSA' : 'EC');

const keyTypeOf = (chain: ServedChain): KeyType | undefined =>
  /^EC/.test(chain.leaf.key.algorithm) ? 'EC' : /^RSA/.test(chain.leaf.key.algorithm) ? 'RSA' : undefined;

/** Key type of the certificate that a suite up to TLS 1.2 signs or is encrypted with; undefined for those of TLS 1.3. */
function suiteKeyType(name: string): KeyType | undefined {
  if (/ECDSA/.test(name)) return 'EC';
  return /^TLS_(?:RSA|ECDHE_RSA|DHE_RSA)_/.test(name) ? 'RSA' : undefined;
}

/** The one type that all of the suites need, where they agree. */
function oneType(suites: readonly number[]): KeyType | undefined {
  const types = new Set(suites.flatMap((s) => suiteKeyType(suiteName(s)) ?? []));
  return types.size === 1 ? [...types][0] : undefined;
}

/** From a hello that offers one type only, and the certificate or the suites that others get. */
export function keyTypeOnWire(context: CheckContext, group: WireGroup): KeyTypeDecision | undefined {
  const first = group.failed[0]!;
  const hello = first.clientHello!;
  const offered = oneType(hello.suites);
  if (!offered || hello.versions.includes(0x0304)) return undefined;
  const chain = context.graph.chains.find(
    (c) =>
      c.role === 'server' &&
      !c.former &&
      keyTypeOf(c) === other(offered) &&
      (c.handshakes.some((h) => `${h.server.address}:${h.server.port}` === group.server) ||
        context.graph.endpoints.same(c.host ?? '', first.server.address) ||
        c.host === hello.sni),
  );
  // What the server chose before the failures began, it may have given up since.
  const after = group.completed.filter((h) => h.serverHello!.version <= 0x0303 && h.time >= first.time);
  const chosen = oneType(after.map((h) => h.serverHello!.suite));
  if (!chain && chosen !== other(offered)) return undefined;
  const sample = after.find((h) => suiteKeyType(suiteName(h.serverHello!.suite)) === other(offered));
  return {
    cause: 'key-type-mismatch',
    confidence: chain ? 0.93 : 0.88,
    proof: 'structural',
    owner: 'ops',
    why: `${chain ? `the certificate holds an ${chain.leaf.key.label} key` : `with others the server only chooses suites for an ${WORDS[other(offered)]} key`} and the failing hellos offer no ${WORDS[other(offered)]} suite`,
    evidence: [
      at(first, `ClientHello without an ${WORDS[other(offered)]} suite`),
      ...(chain?.evidence ?? []),
      ...(sample ? [at(sample, `completed with ${suiteName(sample.serverHello!.suite)}`)] : []),
    ],
  };
}

const at = (h: HandshakeObservation, text: string): EvidenceRef => ({
  file: h.file,
  frame: h.clientHello?.frame ?? h.firstFrame,
  text,
  time: iso(h.time),
});

interface CipherSetting {
  value: string;
  file: string;
  line: number;
  /** Whose it is. */
  side: 'server' | 'client';
  host?: string;
}

/** Every cipher list that the configurations and settings of the evidence hold. */
function cipherSettings(context: CheckContext): CipherSetting[] {
  const { configurations, facts } = context.observations;
  const out: CipherSetting[] = [];
  for (const c of configurations) {
    for (const l of c.listeners)
      if (l.settings.ciphers)
        out.push({ ...l.settings.ciphers, side: 'server', ...(l.names[0] ? { host: l.names[0] } : {}) });
    for (const u of c.upstreams) if (u.settings.ciphers) out.push({ ...u.settings.ciphers, side: 'client' });
    if (c.listeners.length === 0)
      for (const d of c.directives)
        if (/cipher(?:s|suites?|_list|list|string)?$/i.test(d.name))
          out.push({ value: d.value, file: c.file, line: d.line, side: 'client' });
  }
  for (const s of facts.settings)
    if (/cipher(?:s|[-_]?suites?|[-_]?list|[-_]?string)?$/i.test(s.key))
      out.push({ value: s.value, file: s.file, line: s.line, side: 'client' });
  return out;
}

/** Key type that a written cipher list needs up to TLS 1.2: OpenSSL strings, or IANA names with commas or blanks. */
function listType(text: string): KeyType | undefined {
  const value = text
    .trim()
    .replace(/^["']|["']$/g, '')
    .slice(0, 4000);
  const names = value.match(/\bTLS_[A-Z0-9_]{6,60}\b/g);
  if (names) {
    const types = new Set(names.flatMap((n) => suiteKeyType(n) ?? []));
    return types.size === 1 ? [...types][0] : undefined;
  }
  const parsed = parseCipherList(value);
  return parsed.unknown.length === 0 ? oneType(parsed.suites) : undefined;
}

/** Whether `old` is what `now` replaced: the file says so, or it was issued well before it for the same name. */
const replacedBy = (old: ServedChain, now: ServedChain): boolean =>
  (old.leaf.subject.der === now.leaf.subject.der || (old.host !== undefined && old.host === now.host)) &&
  (old.former || old.leaf.notBefore < now.leaf.notBefore - 24 * HOUR);

const served = (context: CheckContext, type: KeyType): ServedChain[] =>
  context.graph.chains.filter(
    (c) =>
      c.role === 'server' &&
      !c.former &&
      keyTypeOf(c) === type &&
      // A server with two certificates serves whichever fits.
      !context.graph.chains.some(
        (d) => !d.former && d.host === c.host && keyTypeOf(d) === other(type) && !replacedBy(d, c),
      ),
  );

const before = (context: CheckContext, chain: ServedChain, type: KeyType): EvidenceRef | undefined => {
  const former = context.graph.chains.find((c) => keyTypeOf(c) === type && replacedBy(c, chain));
  if (former) return former.evidence[0];
  const record = identitiesFor(context.graph.identities, chain.host ?? '').find((i) => i.keyType === type);
  return record?.evidence;
};

/** From what was said and configured, without a capture. */
export function keyTypeFromWords(
  context: CheckContext,
  said: readonly Symptom[],
  onset: number,
): KeyTypeDecision | undefined {
  if (!said.some((s) => s.event === 'tls.no-shared-cipher' || s.event === 'tls.alert-received')) return undefined;
  const make = (
    confidence: number,
    proof: KeyTypeDecision['proof'],
    why: string,
    evidence: EvidenceRef[],
  ): KeyTypeDecision => ({ cause: 'key-type-mismatch', confidence, proof, owner: 'ops', why, evidence });
  const peers = said.flatMap((s) => s.peers);
  const about = (c: ServedChain): boolean =>
    !c.host || peers.length === 0 || peers.some((p) => context.graph.endpoints.same(p, c.host!));
  const settings = cipherSettings(context).map((s) => ({ ...s, type: listType(s.value) }));
  for (const type of ['EC', 'RSA'] as const) {
    const chains = served(context, type).filter(about);
    const chain = chains[0];
    if (!chain) continue;
    const former = before(context, chain, other(type));
    const narrow = settings.find(
      (s) =>
        s.type === other(type) &&
        (s.side === 'client' || s.host === undefined || context.graph.endpoints.same(s.host, chain.host ?? '')),
    );
    if (narrow)
      return make(
        0.88,
        'structural',
        `the certificate of ${chain.host ?? chain.leaf.subject.text} holds an ${chain.leaf.key.label} key, and ${narrow.file}:${narrow.line} allows suites for ${WORDS[other(type)]} keys only`,
        [
          ...chain.evidence,
          { file: narrow.file, line: narrow.line, text: `ciphers ${narrow.value.slice(0, 200)}` },
          ...(former ? [former] : []),
        ],
      );
    if (former)
      return make(
        0.82,
        'structural',
        `the renewed certificate holds an ${chain.leaf.key.label} key, the former one an ${WORDS[other(type)]} key`,
        [...chain.evidence, former],
      );
  }
  const changed = changesNear(context, onset, HOUR).find(
    (c) => /\b(EC|ECC|ECDSA|P-256|P-384|secp\w+|elliptic)\b/i.test(c.text) && /cert|key|证书|密钥/i.test(c.text),
  );
  if (changed)
    return make(0.8, 'textual', 'the certificate was renewed with an EC key just before', [changeReference(changed)]);
  return renewedJustNow(context, onset, make);
}

/** An EC certificate made within hours of the onset, and a part of the clients that suddenly shares nothing with the server. */
function renewedJustNow(
  context: CheckContext,
  onset: number,
  make: (confidence: number, proof: 'textual', why: string, evidence: EvidenceRef[]) => KeyTypeDecision,
): KeyTypeDecision | undefined {
  const fresh = served(context, 'EC').find(
    (c) => onset - c.leaf.notBefore >= -5 * MINUTE && onset - c.leaf.notBefore <= 36 * HOUR,
  );
  if (!fresh) return undefined;
  const { hit, working } = context.graph.payments.slices('node', onset, context.graph.span.to + 1);
  const configured = changesNear(context, onset, 2 * HOUR).some((c) =>
    /cipher|suite|tls|ssl|openssl|jdk|java|runtime|harden|套件/i.test(c.text),
  );
  const part = hit.length > 0 && working.length > 0;
  return make(
    part && !configured ? 0.62 : 0.45,
    'textual',
    `the certificate with an ${fresh.leaf.key.label} key is new (valid since ${iso(fresh.leaf.notBefore)})${part ? ` and only ${some(hit.map((h) => h.value))} share nothing with the server` : ''}; which key the former one held is not in the evidence`,
    fresh.evidence,
  );
}
