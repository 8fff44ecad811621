/** Judges the facts of an endpoint by a policy. Pure: the date is an input. */
import type { Priority } from '../../finding.ts';
import { parseSuite, type SuiteParts } from '../../tls/registries/index.ts';
import type { EndpointFacts, Policy, PolicyRule, SuiteCondition, Unjudged, Violation } from './types.ts';

/** @param clock ms UTC: rules not yet effective say nothing, things still allowed for a time are routine */
export function evaluatePolicy(
  policy: Policy,
  facts: EndpointFacts,
  clock: number,
): { violations: Violation[]; unjudged: Unjudged[] } {
  const violations: Violation[] = [];
  const unjudged: Unjudged[] = [];
  for (const rule of policy.rules) {
    if (rule.effective !== undefined && clock < Date.parse(rule.effective)) continue;
    if (rule.until !== undefined && clock >= Date.parse(rule.until)) continue;
    const priority: Priority =
      rule.allowedUntil !== undefined && clock <= Date.parse(`${rule.allowedUntil}T23:59:59Z`)
        ? 'routine'
        : rule.priority;
    const dated =
      rule.allowedUntil === undefined
        ? ''
        : priority === 'routine'
          ? ` (allowed until ${rule.allowedUntil})`
          : ` (was allowed until ${rule.allowedUntil})`;
    const add = (items: string[], says: string, protocol?: string): void => {
      if (items.length > 0)
        violations.push({
          rule,
          priority,
          items,
          says: `${says}${dated}`,
          ...(protocol === undefined ? {} : { protocol }),
        });
    };
    protocolRules(rule, facts, add, unjudged);
    suiteRules(rule, facts, add);
    groupRules(rule, facts, add, unjudged);
    strengthRules(rule, facts, add);
    featureRules(rule, facts, add, unjudged);
  }
  return { violations, unjudged };
}

type Add = (items: string[], says: string, protocol?: string) => void;

function protocolRules(rule: PolicyRule, facts: EndpointFacts, add: Add, unjudged: Unjudged[]): void {
  for (const protocol of rule.denyProtocols ?? []) {
    if (facts.protocols.includes(protocol)) add([protocol], `${protocol} is offered`, protocol);
    else if (facts.unknownProtocols.includes(protocol))
      unjudged.push({ rule, why: `whether ${protocol} is offered could not be found out` });
  }
  for (const protocol of rule.requireProtocols ?? []) {
    if (facts.unknownProtocols.includes(protocol))
      unjudged.push({ rule, why: `whether ${protocol} is offered could not be found out` });
    else if (!facts.protocols.includes(protocol)) add([protocol], `${protocol} is not offered`, protocol);
  }
}

function suiteRules(rule: PolicyRule, facts: EndpointFacts, add: Add): void {
  const condition = rule.denySuites;
  const bad = new Map<string, string[]>();
  const note = (protocol: string, name: string): void => void bad.set(protocol, [...(bad.get(protocol) ?? []), name]);
  for (const { code, name, protocol } of facts.suites) {
    if (condition && suiteMatches(condition, code, name, protocol)) note(protocol, name);
    if (rule.allowSuites?.protocol.includes(protocol) && !rule.allowSuites.suites.includes(name)) note(protocol, name);
  }
  for (const [protocol, names] of bad)
    add(
      names,
      `${protocol} offers ${names.length === 1 ? names[0] : `${names.length} suites, among them ${names[0]}`}`,
      protocol,
    );
}

/** Whether a suite fulfils every part of a condition. SSL 2.0 kinds are judged by protocol only. */
function suiteMatches(condition: SuiteCondition, code: number, name: string, protocol: string): boolean {
  if (condition.protocol && !condition.protocol.includes(protocol)) return false;
  if (condition.suite && !condition.suite.includes(name)) return false;
  const parts = parseSuite(code);
  if (!parts) return condition.suite !== undefined || Object.keys(condition).every((k) => k === 'protocol');
  if (condition.kx && !condition.kx.includes(parts.keyExchange)) return false;
  if (condition.auth && !condition.auth.includes(parts.authentication)) return false;
  if (condition.cipher && !condition.cipher.includes(cipherFamily(parts))) return false;
  if (condition.mode && !condition.mode.includes(cipherMode(parts))) return false;
  if (condition.mac && !condition.mac.includes(parts.mac)) return false;
  if (condition.aead !== undefined && condition.aead !== (parts.mac === 'AEAD')) return false;
  if (condition.forwardSecret !== undefined && condition.forwardSecret !== parts.forwardSecret) return false;
  if (condition.exportGrade !== undefined && condition.exportGrade !== parts.exportGrade) return false;
  return !(condition.strengthBelow !== undefined && effectiveBits(parts) >= condition.strengthBelow);
}

/** `AES`, `3DES`, `RC4`, ... */
export function cipherFamily(parts: SuiteParts): string {
  const family =
    /^(?:3DES|DES40|DES|RC4|RC2|IDEA|SEED|CAMELLIA|ARIA|AES|CHACHA20|NULL|SM4|FORTEZZA|AEGIS|28147|KUZNYECHIK|MAGMA)/.exec(
      parts.encryption,
    )?.[0] ?? parts.encryption;
  return family === 'DES40' ? 'DES' : family;
}

/** `CBC`, `GCM`, `CCM`, `CCM_8`, `POLY1305`, `stream` or `none`. */
export function cipherMode(parts: SuiteParts): string {
  return (
    /(?:CBC|GCM|CCM_8|CCM|POLY1305)$/.exec(parts.encryption)?.[0] ?? (parts.encryption === 'NULL' ? 'none' : 'stream')
  );
}

/** Effective strength of the cipher: two-key meet-in-the-middle leaves triple DES 112 bits (NIST SP 800-57 part 1, 5.6.1). */
function effectiveBits(parts: SuiteParts): number {
  const { encryption } = parts;
  if (encryption === 'NULL') return 0;
  if (parts.exportGrade) return /56|DES_CBC$/.test(encryption) && !encryption.startsWith('DES40') ? 56 : 40;
  if (encryption.startsWith('3DES')) return 112;
  if (/^DES/.test(encryption)) return encryption.startsWith('DES40') ? 40 : 56;
  if (/^(?:CHACHA20|28147|KUZNYECHIK|MAGMA)/.test(encryption)) return 256;
  const bits = /_(40|56|128|192|256)(?:_|$)/.exec(encryption)?.[1];
  return bits === undefined ? 128 : Number(bits);
}

function groupRules(rule: PolicyRule, facts: EndpointFacts, add: Add, unjudged: Unjudged[]): void {
  const names = [...new Set(facts.groups.map((g) => g.name))];
  const lists = [rule.denyGroups, rule.allowGroups, rule.requireAnyGroup].some((l) => l !== undefined);
  if (!lists) return;
  if (!facts.groupsKnown) {
    unjudged.push({ rule, why: 'the groups of this endpoint are not known' });
    return;
  }
  if (names.length === 0 && !facts.protocols.includes('TLSv1.3')) return;
  const denied = names.filter(
    (n) => rule.denyGroups?.includes(n) || (rule.allowGroups !== undefined && !rule.allowGroups.includes(n)),
  );
  add(denied, `the groups ${denied.join(', ')} are offered`);
  const wanted = rule.requireAnyGroup;
  if (wanted && !names.some((n) => wanted.includes(n)))
    add(wanted, `none of the groups ${wanted.join(', ')} is offered`);
}

function strengthRules(rule: PolicyRule, facts: EndpointFacts, add: Add): void {
  const { minimum } = rule;
  if (!minimum) return;
  const dh = minimum.dh === undefined ? [] : facts.dhBits.filter((b) => b < minimum.dh!);
  add(
    dh.map((b) => `DH ${b}`),
    `Diffie-Hellman with ${Math.min(...dh)} bits; ${minimum.dh} are the minimum`,
  );
  for (const { type, bits } of facts.keys) {
    if (bits === undefined) continue;
    const least =
      type === 'RSA' || type === 'DSA' || type === 'RSA-PSS' ? minimum.rsa : type === 'EC' ? minimum.ec : undefined;
    if (least !== undefined && bits < least)
      add([`${type} ${bits}`], `the certificate key is ${type} with ${bits} bits; ${least} are the minimum`);
  }
}

function featureRules(rule: PolicyRule, facts: EndpointFacts, add: Add, unjudged: Unjudged[]): void {
  for (const [name, wanted] of Object.entries(rule.features ?? {})) {
    const actual = facts.features[name];
    if (actual === undefined) {
      if (facts.live && applies(name, facts))
        unjudged.push({ rule, why: `${name} could not be found out${DEEP.has(name) ? ' without --deep' : ''}` });
    } else if (actual !== wanted) add([name], `${FEATURE_WORDS[name] ?? name} is ${actual ? 'on' : 'missing'}`);
  }
}

/** Features that only connections of `--deep` tell. */
const DEEP = new Set(['fallbackScsv', 'clientInitiatedRenegotiation']);

/** Whether a feature means anything for the versions and suites of an endpoint. */
function applies(name: string, facts: EndpointFacts): boolean {
  if (name === 'earlyData') return facts.protocols.includes('TLSv1.3');
  const older = facts.protocols.filter((p) => p !== 'TLSv1.3' && p !== 'SSLv2');
  if (name === 'fallbackScsv') return older.length > 0 && facts.protocols.length > 1;
  // RFC 7366: the extension is only answered for block ciphers.
  if (name === 'encryptThenMac') return facts.suites.some((s) => older.includes(s.protocol) && isBlockCipher(s.code));
  return older.length > 0;
}

function isBlockCipher(code: number): boolean {
  const parts = parseSuite(code);
  return parts !== undefined && cipherMode(parts) === 'CBC';
}

const FEATURE_WORDS: Readonly<Record<string, string>> = {
  secureRenegotiation: 'secure renegotiation (RFC 5746)',
  extendedMasterSecret: 'the extended master secret (RFC 7627)',
  encryptThenMac: 'encrypt-then-MAC (RFC 7366)',
  compression: 'TLS compression',
  fallbackScsv: 'downgrade protection by TLS_FALLBACK_SCSV (RFC 7507)',
  stapling: 'OCSP stapling',
  heartbeat: 'the heartbeat extension',
  keyReuse: 'reuse of ephemeral keys',
  earlyData: 'TLS 1.3 early data',
  clientInitiatedRenegotiation: 'renegotiation that the client starts',
};
