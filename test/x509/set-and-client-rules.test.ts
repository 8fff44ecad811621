import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeSetWorld } from '../../src/messages/set/certificates.ts';
import { audit } from '../../src/x509/audit/index.ts';
import { readCertificates } from '../../src/x509/index.ts';
import { readCertificate } from '../../src/x509/parsed.ts';
import { lint, type Scope } from '../../src/x509/rules/index.ts';
import { CLIENT, certificateDer, DAY, dns, type Ext, ext, NOW, oid, party, SERVER, seq, tlv } from './build.ts';

const issuer = party({ C: 'US', O: 'Example Brand', CN: 'Example CA' });
const subject = party('subject', 'rsa');

const breaches = (scope: Scope, name: { [attribute: string]: string }, extensions: Ext[]): string[] => {
  const der = certificateDer({
    subject: { ...subject, name },
    issuer,
    from: NOW - DAY,
    until: NOW + 90 * DAY,
    extensions,
  });
  return lint(readCertificate(der), new Set([scope]))
    .map((b) => b.rule.id)
    .sort();
};

/** certificateType: bits from the first on, cardholder, merchant, payment gateway, then the authorities. */
const type = (first: number, second = 0, critical = true): Ext => ({
  oid: '2.23.42.7.1',
  critical,
  value: tlv(3, Buffer.of(second ? 7 : 0, first, ...(second ? [second] : []))),
});
const policies: Ext = { ...ext.policies('2.23.42.5.0'), critical: true };
const [CARD, MERCHANT, GATEWAY, MERCHANT_CA] = [0x80, 0x40, 0x20, 0x08];
const signs = ext.usage(0x80);

describe('rules for SET certificates', () => {
  const name = { CN: 'c7a1f0d2' };
  it('find nothing in a sound cardholder, merchant, gateway and authority', () => {
    expect(breaches('set', name, [signs, policies, type(CARD)])).toEqual([]);
    expect(breaches('set', name, [signs, policies, type(MERCHANT), { oid: '2.23.42.7.2', value: seq() }])).toEqual([]);
    expect(
      breaches('set', name, [
        ext.usage(0x30),
        policies,
        type(GATEWAY),
        { oid: '2.23.42.7.3', value: tlv(1, Buffer.of(255)) },
      ]),
    ).toEqual([]);
    expect(breaches('set', name, [ext.basic(true, 0), ext.usage(0x06), policies, type(MERCHANT_CA)])).toEqual([]);
  });

  it.each<[string, string, Ext[]]>([
    ['a type that is not critical', 'set/type-critical', [signs, policies, type(CARD, 0, false)]],
    ['no role', 'set/type-named', [signs, policies, type(0)]],
    ['two end entities in one', 'set/type-single', [signs, policies, type(CARD | MERCHANT)]],
    ['a merchant that is a CA', 'set/authority-role', [ext.basic(true, 0), signs, policies, type(MERCHANT)]],
    ['an authority that is no CA', 'set/authority-role', [ext.usage(0x06), policies, type(MERCHANT_CA)]],
    [
      'an authority above its place',
      'set/path-length',
      [ext.basic(true, 2), ext.usage(0x06), policies, type(MERCHANT_CA)],
    ],
    ['one key for both', 'set/key-pairs', [ext.usage(0xa0), policies, type(MERCHANT)]],
    ['a cardholder that cannot sign', 'set/cardholder-signs', [ext.usage(0x20), policies, type(CARD)]],
    ['no key usage', 'set/key-usage', [policies, type(CARD)]],
    ['policies that are not critical', 'set/policies', [signs, ext.policies('2.23.42.5.0'), type(CARD)]],
    [
      'a merchant that announces a root',
      'set/hashed-root-key',
      [
        signs,
        policies,
        type(MERCHANT),
        { oid: '2.23.42.7.0', critical: true, value: seq(tlv(4, createHash('sha1').digest())) },
      ],
    ],
    [
      'merchant data of a cardholder',
      'set/merchant-data',
      [signs, policies, type(CARD), { oid: '2.23.42.7.2', value: seq() }],
    ],
    [
      'gateway extensions of a merchant',
      'set/gateway-extensions',
      [signs, policies, type(MERCHANT), { oid: '2.23.42.7.5', value: seq(oid('2.23.42.1.4')) }],
    ],
  ])('%s', (_what, rule, extensions) => {
    expect(breaches('set', name, extensions)).toEqual([rule]);
  });

  it('find the card number in the name of a cardholder, and do not repeat it', () => {
    const extensions = [signs, policies, type(CARD)];
    expect(breaches('set', { CN: '4111 1111 1111 1111' }, extensions)).toEqual(['set/cardholder-number']);
    expect(breaches('set', { CN: '4111 1111 1111 1112' }, extensions)).toEqual([]);
  });

  it('do not concern other certificates', () => {
    expect(breaches('set', { CN: '4111111111111111' }, [])).toEqual([]);
  });

  it('say nothing worse than a warning about the hierarchy that drills are made of', () => {
    const world = makeSetWorld(NOW);
    const errors = Object.values(world).flatMap((p) =>
      lint(readCertificate(p.certificate), new Set<Scope>(['set'])).filter((b) => b.severity === 'error'),
    );
    expect(errors.map((b) => b.rule.id)).toEqual([]);
  });
});

describe('rules for clients of mutual TLS', () => {
  it.each<[string, string[], { [attribute: string]: string }, Ext[]]>([
    ['a sound one', [], { CN: 'partner' }, [signs, ext.purposes(CLIENT)]],
    ['one without key usage', [], { CN: 'partner' }, [ext.purposes(CLIENT)]],
    ['one that may only encrypt', ['client/key-usage'], { CN: 'partner' }, [ext.usage(0x20), ext.purposes(CLIENT)]],
    ['a CA', ['client/not-an-authority'], { CN: 'partner' }, [ext.basic(true), ext.usage(0x84)]],
    ['one that names nobody', ['client/identity'], {}, [signs, ext.purposes(CLIENT)]],
    ['one that has only an alternative name', [], {}, [signs, ext.names(dns('partner.example.com'))]],
  ])('%s', (_what, ids, name, extensions) => {
    expect(breaches('client', name, extensions)).toEqual(ids);
  });

  it('apply to what is used as a client, or good for nothing else, and with --profile client', () => {
    const make = (purpose: string): Buffer =>
      certificateDer({
        subject: { ...subject, name: { CN: 'partner' } },
        issuer,
        from: NOW - DAY,
        until: NOW + 90 * DAY,
        extensions: [ext.usage(0x20), ext.purposes(purpose)],
      });
    const ids = (der: Buffer, profile: 'auto' | 'client', role: 'client' | 'server') => {
      const observation = readCertificates(der, 'partner.der');
      const options = { clock: NOW, profile, role } as const;
      return audit([{ observation, place: 'partner.der', live: false }], options).findings.map((f) => f.id);
    };
    const id = 'certificate/rule/client/key-usage';
    expect(ids(make(CLIENT), 'auto', 'server')).toContain(id);
    expect(ids(make(SERVER), 'auto', 'server')).not.toContain(id);
    expect(ids(make(SERVER), 'auto', 'client')).toContain(id);
    expect(ids(make(SERVER), 'client', 'server')).toContain(id);
  });
});
