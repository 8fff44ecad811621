import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupHellos, planChange } from '../../src/ciphers/plan.ts';
import { negotiateHello, type ServerCapabilities } from '../../src/tls/negotiation.ts';
import { negotiate } from '../../src/tls/negotiation-change.ts';
import type { ClientHelloInfo } from '../../src/tls/types.ts';

const hello = (over: Partial<ClientHelloInfo> = {}): ClientHelloInfo => ({
  legacyVersion: 0x0303,
  recordVersion: 0x0301,
  versions: [0x0304, 0x0303],
  suites: [0x1301, 0xc02f, 0x002f],
  groups: [29, 23],
  keyShares: [29],
  signatureAlgorithms: [0x0804, 0x0403, 0x0401],
  pointFormats: [0],
  extensions: [],
  alpn: [],
  compression: [0],
  size: 200,
  ...over,
});
const server = (over: Partial<ServerCapabilities> = {}): ServerCapabilities => ({
  versions: [0x0303, 0x0304],
  suites: [0x1301, 0x1302, 0xc030, 0xc02f],
  groups: [23, 29],
  certificateKey: { type: 'RSA', bits: 2048 },
  ...over,
});

describe('the negotiation solver', () => {
  it('settles on the best version, the server order of suites and a group whose share is there', () => {
    expect(negotiateHello(hello(), server())).toMatchObject({
      ok: true,
      version: 0x0304,
      suite: 0x1301,
      group: 29,
      signatureAlgorithm: 0x0804,
    });
    expect(negotiateHello(hello({ versions: [] }), server())).toMatchObject({
      ok: true,
      version: 0x0303,
      suite: 0xc02f,
    });
    expect(
      negotiateHello(
        hello({ versions: [], suites: [0x002f, 0xc02f] }),
        server({ suites: [0xc02f, 0x002f], serverPreference: false }),
      ),
    ).toMatchObject({ suite: 0x002f });
  });

  it('says why nothing is in common and what would help', () => {
    const old = negotiate(hello({ legacyVersion: 0x0301, versions: [], suites: [0x002f] }), server());
    expect(old).toMatchObject({
      ok: false,
      because: 'no-common-version',
      offered: ['TLSv1.0'],
      accepted: ['TLSv1.2', 'TLSv1.3'],
    });
    expect(!old.ok && old.smallestChange.weak).toBe(true);
    const suite = negotiate(hello({ versions: [], suites: [0x009c, 0xcca8] }), server());
    expect(suite).toMatchObject({ ok: false, because: 'no-common-suite' });
    expect(!suite.ok && suite.smallestChange.says).toBe(
      'adding cipher suite TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 on the server lets this client in',
    );
    const group = negotiate(hello({ groups: [25], keyShares: [] }), server());
    expect(group).toMatchObject({ ok: false, because: 'no-common-group', offered: ['secp521r1'] });
    expect(!group.ok && group.smallestChange.add).toMatchObject([{ kind: 'group', code: 25 }]);
    const key = negotiate(hello({ versions: [], suites: [0xc02b] }), server({ suites: [0xc02b, 0xc02f] }));
    expect(key).toMatchObject({ ok: false, because: 'key-type', offered: ['ECDSA'], accepted: ['RSA'] });
    expect(!key.ok && key.smallestChange.add).toMatchObject([{ kind: 'certificate-key' }]);
    const signature = negotiate(hello({ signatureAlgorithms: [0x0401] }), server({ versions: [0x0304] }));
    expect(signature).toMatchObject({ ok: false, because: 'no-common-signature-algorithm' });
    expect(
      negotiate(
        hello({ versions: [], legacyVersion: 0x0301, suites: [0x002f, 0x5600] }),
        server({ versions: [0x0301, 0x0303], suites: [0x002f] }),
      ),
    ).toMatchObject({ ok: false, because: 'inappropriate-fallback' });
  });

  it('never proposes a change that does not help', () => {
    const codes = fc.subarray([0x1301, 0x1302, 0x1303, 0xc02f, 0xc030, 0xc02b, 0x009c, 0x002f, 0x000a, 0x009f, 0xc013]);
    const groups = fc.subarray([29, 23, 24, 25, 30, 256, 4588]);
    const versions = fc.subarray([0x0301, 0x0302, 0x0303, 0x0304], { minLength: 1 });
    const keys = fc.subarray(
      [
        { type: 'RSA' as const, bits: 2048 },
        { type: 'ECDSA' as const, curve: 23 },
      ],
      { minLength: 1 },
    );
    fc.assert(
      fc.property(codes, groups, versions, codes, groups, versions, keys, (cs, cg, cv, ss, sg, sv, certificateKey) => {
        const client = hello({ suites: cs, groups: cg, versions: cv, keyShares: cg.slice(0, 1) });
        const outcome = negotiate(client, { suites: ss, groups: sg, versions: sv, certificateKey });
        if (outcome.ok) {
          expect(cs).toContain(outcome.suite);
          expect(ss).toContain(outcome.suite);
          expect(cv).toContain(outcome.version);
          if (outcome.group !== undefined) expect(sg).toContain(outcome.group);
        } else expect(outcome.smallestChange.says).not.toBe('');
      }),
    );
  });
});

describe('a plan', () => {
  it('groups hellos, weighs them by handshakes and finds the addition that keeps most', () => {
    const old = hello({ versions: [], suites: [0xc02f, 0x002f] });
    const clients = groupHellos([
      ...Array.from({ length: 8 }, () => ({ hello: hello(), address: '192.0.2.1', file: 'a.pcap' })),
      { hello: old, address: '192.0.2.7', file: 'a.pcap' },
      { hello: old, address: '192.0.2.8', file: 'a.pcap' },
    ]);
    const plan = planChange(clients, server(), server({ versions: [0x0304], suites: [0x1301] }));
    expect(plan).toMatchObject({ handshakes: 10, brokenHandshakes: 2, brokenShare: 0.2 });
    expect(plan.rows[0]).toMatchObject({ outcome: 'breaks', addresses: ['192.0.2.7', '192.0.2.8'], handshakes: 2 });
    expect(plan.bestAddition).toEqual({
      says: 'adding protocol TLSv1.2 and cipher suite TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 on the server lets this client in',
      keeps: 2,
      clients: 1,
    });
    expect(planChange(clients, server(), server()).brokenHandshakes).toBe(0);
  });
});
