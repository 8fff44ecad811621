import { describe, expect, it } from 'vitest';
import { buildPath, type PathOptions } from '../../src/x509/index.ts';
import {
  caCertificate,
  certificate,
  dns,
  type Ext,
  email,
  ext,
  ip,
  NOW,
  name,
  party,
  SERVER,
  serverCertificate,
  text,
  tlv,
} from './build.ts';

const root = party('Root');
const middle = party('Middle');
const leaf = party({ C: 'NL', O: 'Example', CN: 'pay.example.com' });
const anchor = caCertificate(root, root);
const uri = (value: string): Buffer => text(0x86, value);
const directory = (attributes: { [attribute: string]: string }): Buffer => tlv(0xa4, name(attributes));

const verdict = (permitted: Buffer[], excluded: Buffer[], names: Buffer[]): string => {
  const intermediate = caCertificate(middle, root, [ext.constraints(permitted, excluded)]);
  const end = serverCertificate(leaf, middle, [], []);
  const certified = certificate({
    subject: leaf,
    issuer: middle,
    extensions: [
      ext.basic(false),
      ext.usage(0x80),
      ext.authorityKey(middle.spki),
      ext.purposes(SERVER),
      ext.names(...names),
    ],
  });
  const answer = buildPath(names.length > 0 ? certified : end, {
    intermediates: [intermediate],
    anchors: [anchor],
    time: NOW,
    role: 'server',
  });
  return answer.ok ? 'accepted' : answer.failure!.rule;
};

const REFUSED = 'path/name-constraints';

describe('name constraints (RFC 5280 4.2.1.10)', () => {
  it.each<[string, Buffer[], Buffer[], Buffer[], string]>([
    ['a host below the permitted one', [dns('example.com')], [], [dns('pay.example.com')], 'accepted'],
    ['the permitted host in other letters', [dns('EXAMPLE.com')], [], [dns('Example.COM')], 'accepted'],
    ['a host that only ends alike', [dns('example.com')], [], [dns('payexample.com')], REFUSED],
    ['one of two hosts outside', [dns('example.com')], [], [dns('example.com'), dns('example.org')], REFUSED],
    [
      'an excluded host below a permitted one',
      [dns('example.com')],
      [dns('a.example.com')],
      [dns('x.a.example.com')],
      REFUSED,
    ],
    ['a wildcard that covers an excluded host', [], [dns('a.example.com')], [dns('*.example.com')], REFUSED],
    ['a wildcard wider than the permitted host', [dns('a.example.com')], [], [dns('*.example.com')], REFUSED],
    ['every host excluded', [], [dns('')], [dns('example.com')], REFUSED],
    ['hosts excluded, an address named', [], [dns('')], [ip(192, 0, 2, 1)], 'accepted'],
    ['an address in the permitted network', [ip(192, 0, 2, 0, 255, 255, 255, 0)], [], [ip(192, 0, 2, 9)], 'accepted'],
    ['an address outside of it', [ip(192, 0, 2, 0, 255, 255, 255, 0)], [], [ip(192, 0, 3, 9)], REFUSED],
    ['an IPv6 address under an IPv4 permission', [ip(0, 0, 0, 0, 0, 0, 0, 0)], [], [ip(...Array(16).fill(1))], REFUSED],
    ['a mask that is no prefix', [ip(192, 0, 2, 0, 255, 0, 255, 0)], [], [dns('example.com')], REFUSED],
    ['a mailbox of the permitted host', [email('example.com')], [], [email('a@example.com')], 'accepted'],
    ['a mailbox of a host below it', [email('example.com')], [], [email('a@b.example.com')], REFUSED],
    ['a mailbox of the permitted domain', [email('.example.com')], [], [email('a@b.example.com')], 'accepted'],
    ['the excluded mailbox', [], [email('a@example.com')], [email('a@EXAMPLE.com')], REFUSED],
    ['a URI of the permitted host', [uri('example.com')], [], [uri('https://example.com:8443/x')], 'accepted'],
    ['a URI of a host below it', [uri('example.com')], [], [uri('https://a.example.com/')], REFUSED],
    ['a URI without a host under an exclusion', [], [uri('example.org')], [uri('urn:example:1')], REFUSED],
    ['a URI with an address under an exclusion', [], [uri('example.org')], [uri('https://192.0.2.1/')], REFUSED],
    ['a URI with an address under a permission', [uri('192.0.2.1')], [], [uri('https://192.0.2.1/')], REFUSED],
    ['a subject below the permitted name', [directory({ C: 'NL', O: 'example' })], [], [dns('a.example')], 'accepted'],
    ['a subject beside the permitted name', [directory({ C: 'NL', O: 'Other' })], [], [dns('a.example')], REFUSED],
    ['an excluded subject', [], [directory({ C: 'NL' })], [dns('a.example')], REFUSED],
  ])('%s', (_what, permitted, excluded, names, expected) => {
    expect(verdict(permitted, excluded, names)).toBe(expected);
  });

  it('bind everything below, but not a self-issued certificate between', () => {
    const again = party('Middle');
    const constrained = caCertificate(middle, root, [ext.constraints([directory({ C: 'NL', O: 'Example' })])]);
    const selfIssued = caCertificate(again, middle);
    const end = serverCertificate(leaf, again, ['pay.example.com']);
    const options: PathOptions = {
      intermediates: [constrained, selfIssued],
      anchors: [anchor],
      time: NOW,
      role: 'server',
    };
    expect(buildPath(end, options).ok).toBe(true);
    const named = party({ C: 'NL', CN: 'Third' });
    const third = caCertificate(named, middle);
    const below = serverCertificate(leaf, named, ['pay.example.com']);
    expect(buildPath(below, { ...options, intermediates: [constrained, third] }).failure?.rule).toBe(REFUSED);
  });
});

describe('what the strict policy asks of a subordinate CA', () => {
  const ask = (extensions: Ext[], policy: 'common' | 'strict') => {
    const intermediate = certificate({
      subject: middle,
      issuer: root,
      extensions: [ext.basic(true), ext.subjectKey(middle.spki), ext.authorityKey(root.spki), ...extensions],
    });
    const end = serverCertificate(leaf, middle, ['pay.example.com']);
    const answer = buildPath(end, {
      intermediates: [intermediate],
      anchors: [anchor],
      time: NOW,
      role: 'server',
      policy,
    });
    return answer.ok ? 'accepted' : answer.failure!.rule;
  };

  it.each<[string, Ext[], string]>([
    ['a key usage', [ext.usage(0x06)], 'accepted'],
    ['no key usage', [], 'path/strict/key-usage'],
    ['critical purposes', [ext.usage(0x06), { ...ext.purposes(SERVER), critical: true }], 'path/strict/purpose'],
  ])('%s', (_what, extensions, expected) => {
    expect(ask(extensions, 'strict')).toBe(expected);
    expect(ask(extensions, 'common')).toBe('accepted');
  });
});
