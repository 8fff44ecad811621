import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fixLines, type Policy, readPolicy } from '../../src/ciphers/index.ts';
import { evaluatePolicy } from '../../src/ciphers/policy/evaluate.ts';
import type { EndpointFacts } from '../../src/ciphers/policy/types.ts';
import { groupCode, suiteCode } from '../../src/tls/registries/index.ts';

const folder = new URL('../../knowledge/policies/', import.meta.url);
const load = (id: string): Policy => {
  const read = readPolicy(parse(readFileSync(new URL(`${id}.yaml`, folder), 'utf8')));
  if ('complaints' in read) throw new Error(read.complaints.join('; '));
  return read.policy;
};
const NOW = Date.parse('2026-11-21');

function facts(suites: { [protocol: string]: string[] }, over: Partial<EndpointFacts> = {}): EndpointFacts {
  return {
    target: 'h:443',
    live: true,
    protocols: Object.keys(suites),
    unknownProtocols: [],
    suites: Object.entries(suites).flatMap(([protocol, names]) =>
      names.map((name) => ({ code: suiteCode(name)!, name, protocol })),
    ),
    groups: ['X25519MLKEM768', 'x25519', 'secp256r1'].map((name) => ({
      code: groupCode(name)!,
      name,
      protocol: 'TLSv1.3',
    })),
    groupsKnown: true,
    dhBits: [],
    keys: [{ type: 'RSA', bits: 2048 }],
    features: {
      secureRenegotiation: true,
      extendedMasterSecret: true,
      compression: false,
      heartbeat: false,
      ...over.features,
    },
    ...over,
  };
}
const judge = (id: string, f: EndpointFacts, clock = NOW) => evaluatePolicy(load(id), f, clock).violations;
const broken = (id: string, f: EndpointFacts, clock = NOW) => judge(id, f, clock).map((v) => v.rule.id);

const GOOD = {
  'TLSv1.2': ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
  'TLSv1.3': ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'],
};

describe('RFC 10015 in BCP 195', () => {
  const old = {
    'TLSv1.2': [
      'TLS_RSA_WITH_AES_128_GCM_SHA256',
      'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256',
      'TLS_RSA_PSK_WITH_AES_128_GCM_SHA256',
      'TLS_DHE_PSK_WITH_AES_128_GCM_SHA256',
    ],
    'TLSv1.3': ['TLS_AES_128_GCM_SHA256'],
  };
  it('is important from July 2026, pre-shared keys included, and a recommendation of RFC 9325 before', () => {
    const now = judge('bcp195', facts(old));
    expect(now.map((v) => [v.rule.id, v.priority, v.items.length])).toEqual([
      ['static-key-exchange', 'important', 2],
      ['dhe', 'important', 2],
    ]);
    const before = judge('bcp195', facts(old), Date.parse('2026-06-30'));
    expect(before.map((v) => [v.rule.id, v.priority])).toEqual([
      ['static-key-exchange-discouraged', 'routine'],
      ['dhe-discouraged', 'routine'],
    ]);
  });
  it('speaks of TLS 1.2 only, as the RFC does', () => {
    const found = judge('bcp195', facts({ 'TLSv1.0': ['TLS_RSA_WITH_AES_128_CBC_SHA'], ...GOOD }));
    expect(found.map((v) => v.rule.id)).toEqual(['protocols']);
  });
});

describe('features of TLS 1.3 and of --deep', () => {
  const features = { ...facts(GOOD).features, earlyData: true, clientInitiatedRenegotiation: true };
  it.each([
    ['nist-800-52r2', ['early-data']],
    ['bsi-tr-02102-2', ['client-initiated-renegotiation', 'early-data']],
  ])('%s judges them', (id, rules) => {
    expect(broken(id, facts(GOOD, { features }))).toEqual(expect.arrayContaining(rules));
  });
  it('says what only --deep would show, and nothing of what cannot apply', () => {
    const policy = load('bsi-tr-02102-2');
    const why = (f: EndpointFacts) => evaluatePolicy(policy, f, NOW).unjudged.map((u) => u.why);
    expect(why(facts(GOOD, { features: { ...facts(GOOD).features, earlyData: false } }))).toEqual([
      'clientInitiatedRenegotiation could not be found out without --deep',
    ]);
    expect(why(facts({ 'TLSv1.3': GOOD['TLSv1.3'] }, { features: {} }))).toEqual(['earlyData could not be found out']);
  });
});

describe('shipped policies', () => {
  const ids = readdirSync(folder).map((f) => f.replace('.yaml', ''));
  it.each(ids)('%s is valid, cites a source in every rule and has its file name as id', (id) => {
    const policy = load(id);
    expect(policy.id).toBe(id);
    expect(policy.rules.every((r) => r.refs.length > 0)).toBe(true);
  });
  it('names only requirements of PCI DSS that exist and mean what is judged', () => {
    const cited = load('pci-dss-4.0.1')
      .rules.flatMap((r) => r.refs)
      .flatMap((r) => /requirement (\S+)/.exec(r)?.[1] ?? []);
    expect([...new Set(cited)].sort()).toEqual(['2.2.5', '4.2.1', 'A2.1.1', 'A2.1.2', 'A2.1.3']);
  });
  it.each(['bcp195', 'pci-dss-4.0.1', 'nist-800-52r2', 'tlsref-6.0-intermediate'])(
    '%s passes a modern server',
    (id) => {
      expect(broken(id, facts(GOOD))).toEqual([]);
    },
  );
});

describe('verdicts', () => {
  it('NIST does not list ChaCha20 and asks for P-256 or P-384', () => {
    const chacha = facts({ ...GOOD, 'TLSv1.3': ['TLS_CHACHA20_POLY1305_SHA256'] });
    expect(broken('nist-800-52r2', chacha)).toEqual(['suites-tls-1-3']);
    expect(
      broken('nist-800-52r2', facts(GOOD, { groups: [{ code: 29, name: 'x25519', protocol: 'TLSv1.3' }] })),
    ).toEqual(['groups']);
  });
  it('triple DES meets the 112 bits of PCI, yet is important; single DES is urgent', () => {
    const of = (name: string) =>
      judge('pci-dss-4.0.1', facts({ 'TLSv1.2': [name] })).map((v) => [v.rule.id, v.priority]);
    expect(of('TLS_RSA_WITH_3DES_EDE_CBC_SHA')).toEqual([['triple-des', 'important']]);
    expect(of('TLS_RSA_WITH_DES_CBC_SHA')).toEqual([['strength', 'urgent']]);
    expect(of('TLS_RSA_EXPORT1024_WITH_RC4_56_SHA').map(([id]) => id)).toContain('strength');
  });
  it('BSI allows DHE until the end of 2029: routine before, important after', () => {
    const dhe = facts({ 'TLSv1.2': ['TLS_DHE_RSA_WITH_AES_128_GCM_SHA256'] }, { keys: [{ type: 'RSA', bits: 3072 }] });
    const at = (clock: string) =>
      judge('bsi-tr-02102-2', dhe, Date.parse(clock)).find((v) => v.rule.id === 'dhe-end')!.priority;
    expect(at('2029-12-31T12:00:00Z')).toBe('routine');
    expect(at('2030-01-01T00:00:01Z')).toBe('important');
  });
  it('what could not be asked is unjudged, never passed', () => {
    const { violations, unjudged } = evaluatePolicy(
      load('pci-dss-4.0.1'),
      facts(GOOD, { unknownProtocols: ['TLSv1.0'] }),
      NOW,
    );
    expect(violations).toEqual([]);
    expect(unjudged.map((u) => u.rule.id)).toEqual(['early-tls']);
  });
  it('early TLS asks for the plan of Appendix A2 when it is waived', () => {
    const early = judge('pci-dss-4.0.1', facts({ 'TLSv1.0': ['TLS_RSA_WITH_AES_128_CBC_SHA'], ...GOOD }));
    expect(early.find((v) => v.rule.id === 'early-tls')!.rule.tag).toBe('pci-a2');
  });
});

describe("a policy of one's own", () => {
  const base = { id: 'mine', title: 't', source: { name: 'n', url: 'u', published: '2026' } };
  const rule = { id: 'r', title: 't', priority: 'urgent', refs: ['x'] };
  it.each([
    [{ ...base, rules: [{ ...rule, deny_protocol: ['SSLv3'] }] }, '"deny_protocol" is not known'],
    [{ ...base, rules: [{ ...rule, deny_protocols: ['TLS1.0'] }] }, '"TLS1.0" is not known'],
    [
      { ...base, rules: [{ ...rule, allow_suites: { protocol: ['TLSv1.2'], suites: ['AES128-SHA'] } }] },
      'no IANA cipher suite name',
    ],
    [{ ...base, rules: [{ ...rule, require_any_group: ['X25519Kyber'] }] }, 'no registered group'],
    [{ ...base, rules: [rule, rule] }, 'used twice'],
    [{ ...base, rules: [{ ...rule, refs: [] }] }, 'at least one source'],
    [{ rules: [] }, '"id" is missing'],
    [null, '"id" is missing'],
  ])('is refused when it holds what is not understood: %#', (document, complaint) => {
    const read = readPolicy(document);
    expect('complaints' in read && read.complaints.join('; ')).toContain(complaint);
  });
});

describe('fix lines', () => {
  it('speak the language of each server', () => {
    const policy = load('tlsref-6.0-intermediate');
    expect(fixLines(policy, 'nginx')[0]).toBe('ssl_protocols TLSv1.2 TLSv1.3;');
    expect(fixLines(policy, 'httpd')[0]).toBe('SSLProtocol -all +TLSv1.2 +TLSv1.3');
    expect(fixLines(policy, 'haproxy')[0]).toBe('ssl-default-bind-options ssl-min-ver TLSv1.2');
    expect(fixLines(policy, 'haproxy', '1.7.5')[0]).toBe('ssl-default-bind-options no-sslv3 no-tlsv10 no-tlsv11');
    expect(fixLines(policy, 'nginx')[1]).toContain('ECDHE-RSA-CHACHA20-POLY1305');
    expect(fixLines(load('tlsref-6.0-modern'), 'nginx')).toEqual(['ssl_protocols TLSv1.3;']);
  });
});
