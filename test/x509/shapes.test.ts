import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCertificate } from '../../src/x509/parsed.ts';
import { Facts, judge, lint, RULES } from '../../src/x509/rules/index.ts';
import { isPlainHost, isPlainText } from '../../src/x509/rules/plain.ts';
import { CLIENT, certificateDer, DAY, dns, email, ext, ip, NOW, party, SERVER } from './build.ts';

const SCOPES = new Set(['any', 'web', 'psd2', 'set', 'client'] as const);
const issuer = party({ C: 'NL', O: 'Example Trust', CN: 'Example Issuing CA' });
const keys = [party('a'), party('b'), party('c', 'rsa'), party('d', 'rsa')];

const directly = (der: Buffer): string[] => {
  const facts = new Facts(readCertificate(der));
  return RULES.filter((r) => judge(r, facts).state === 'breach')
    .map((r) => r.id)
    .sort();
};

const host = fc.oneof(
  fc.constantFrom('pay.example.com', 'api.example.com', 'www.example.net', 'pay.example.com.'),
  fc.constantFrom(
    '*.example.com',
    '*.*.example.com',
    'a_b.example.com',
    'xn--pay-.example.com',
    '',
    ' ',
    'localhost',
    '?.example.com',
  ),
  fc.constantFrom(
    '1.2.0.192.in-addr.arpa',
    'abcdefghijklmnop.onion',
    `${'a'.repeat(64)}.example.com`,
    'r5--x.example.com',
    '.example.com',
  ),
);
const alternative = fc.oneof(
  { weight: 6, arbitrary: host.map(dns) },
  fc.constantFrom(email('a@example.com'), email('<a@example.com>'), ip(192, 0, 2, 1), ip(1, 1, 1), ip(8, 8, 8, 8)),
);
const draft = fc.record({
  key: fc.nat({ max: keys.length - 1 }),
  cn: fc.oneof(
    fc.constantFrom('pay.example.com', 'Payments ', 'é', '10.0.0.1', 'x'.repeat(70), 'a\u0007b', 'a*b'),
    host,
  ),
  organization: fc.option(fc.constantFrom('Example', ' Example', 'Ex\u00c3\u00a9'), { nil: undefined }),
  names: fc.array(alternative, { maxLength: 4 }),
  serial: fc.constantFrom(0n, 1n, 0x1234_5678_9abc_def0n, (1n << 159n) + 1n, 1n << 168n),
  from: fc.constantFrom(
    Date.UTC(2001, 0, 1),
    Date.UTC(2013, 3, 1),
    Date.UTC(2018, 8, 1),
    Date.UTC(2024, 8, 1),
    NOW,
    Date.UTC(2027, 5, 1),
  ),
  days: fc.constantFrom(5, 40, 90, 150, 300, 390, 800, 12_000),
  ca: fc.boolean(),
  purposes: fc.constantFrom([SERVER], [SERVER, CLIENT], []),
  policy: fc.constantFrom('2.23.140.1.2.1', '2.23.140.1.2.2', undefined),
});

describe('rules that are settled once for all certificates of a shape', () => {
  it('come to the answers that each rule gives by itself', () => {
    fc.assert(
      fc.property(fc.array(draft, { minLength: 12, maxLength: 12 }), (drafts) => {
        for (const d of drafts) {
          const subject = keys[d.key]!;
          const name = { C: 'NL', ...(d.organization === undefined ? {} : { O: d.organization }), CN: d.cn };
          const der = certificateDer({
            subject: { ...subject, name },
            issuer,
            serial: d.serial,
            from: d.from,
            until: d.from + d.days * DAY,
            extensions: [
              ext.basic(d.ca),
              ext.usage(d.ca ? 0x06 : 0x80),
              ext.subjectKey(subject.spki),
              ext.authorityKey(issuer.spki),
              ...(d.purposes.length ? [ext.purposes(...d.purposes)] : []),
              ...(d.policy ? [ext.policies(d.policy)] : []),
              ...(d.names.length ? [ext.names(...d.names)] : []),
            ],
          });
          expect(
            lint(readCertificate(der), SCOPES)
              .map((b) => b.rule.id)
              .sort(),
          ).toEqual(directly(der));
        }
      }),
      { numRuns: 80 },
    );
  });
});

describe('plain spellings', () => {
  it('are host names that need no second look', () => {
    for (const plain of ['example.com', 'a-b.c1.Example.COM', `${'a'.repeat(63)}.com`, '1.example.com'])
      expect(isPlainHost(plain), plain).toBe(true);
    for (const odd of [
      '',
      'com',
      '.com',
      'a..com',
      'com.',
      '-a.com',
      'a-.com',
      'xn--a.com',
      'ab--c.com',
      '*.example.com',
      'a_b.com',
      '192.0.2.1',
      'x.arpa',
      'X.Onion',
      `${'a'.repeat(64)}.com`,
      'a b.com',
      'é.com',
      'a.c0m',
    ])
      expect(isPlainHost(odd), odd).toBe(false);
  });

  it('are texts of printable characters without space around them', () => {
    expect(isPlainText("Example (Pay) Ltd. 'x' +1,2-3/4:5=6?")).toBe(true);
    for (const odd of ['', ' a', 'a ', 'a\u0000', 'é', 'a@b', 'a*b', 'x'.repeat(65)])
      expect(isPlainText(odd), odd).toBe(false);
  });
});
