import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
// @ts-expect-error the benchmarks are plain JavaScript
import { runCase, skipReason } from '../../bench/limbo-case.mjs';
// @ts-expect-error the benchmarks are plain JavaScript
import { deviations } from '../../bench/limbo-deviations.mjs';
import * as room from '../../src/x509/index.ts';
import {
  CLIENT,
  caCertificate,
  certificate,
  dns,
  email,
  ext,
  listDer,
  NOW,
  party,
  pem,
  serverCertificate,
} from './build.ts';
import { corpus } from './shared.ts';

const file = corpus('limbo/limbo-core-online.json');

interface Case {
  id: string;
  expected_result: string;
}
interface Answer {
  ok?: boolean;
  because?: string;
  unsupported?: string;
}
const run = (test: unknown): Answer => runCase(test, room) as Answer;

describe.skipIf(!file)('x509-limbo, core and online (skipped without the shared corpora)', () => {
  const { testcases } = file ? (JSON.parse(readFileSync(file, 'utf8')) as { testcases: Case[] }) : { testcases: [] };

  it('accepts and refuses as the suite says, but for the listed deviations, and says why it refuses', () => {
    const wrong: string[] = [];
    for (const test of testcases) {
      expect(skipReason(test), test.id).toBeUndefined();
      const answer = run(test);
      expect(answer.unsupported, test.id).toBeUndefined();
      if (!answer.ok) expect(answer.because, test.id).toBeTruthy();
      if (answer.ok !== (test.expected_result === 'SUCCESS')) wrong.push(test.id);
    }
    expect(wrong.sort()).toEqual(Object.keys(deviations).sort());
  });
});

describe('a case in the format of x509-limbo', () => {
  const root = party('Root');
  const leaf = party('pay.example.com');
  const rootCert = caCertificate(root, root);
  const text = (c: room.Certificate): string => pem(Buffer.from(c.der, 'base64'));
  const server = serverCertificate(leaf, root, ['pay.example.com']);
  const client = certificate({
    subject: leaf,
    issuer: root,
    extensions: [
      ext.basic(false),
      ext.usage(0x80),
      ext.authorityKey(root.spki),
      ext.purposes(CLIENT),
      ext.names(email('a@example.com'), dns('a.example.com')),
    ],
  });
  const base = {
    id: 'own::case',
    validation_kind: 'SERVER',
    validation_time: new Date(NOW).toISOString(),
    trusted_certs: [text(rootCert)],
    untrusted_intermediates: [],
    peer_certificate: text(server),
    expected_peer_name: { kind: 'DNS', value: 'pay.example.com' },
  };
  const asClient = { ...base, validation_kind: 'CLIENT', peer_certificate: text(client), expected_peer_name: null };

  it('is decided by every field it holds', () => {
    expect(run(base)).toMatchObject({ ok: true });
    expect(run({ ...base, validation_time: '2020-01-01T00:00:00+00:00' })).toMatchObject({ ok: false });
    expect(run({ ...base, expected_peer_name: { kind: 'DNS', value: 'other.example.com' } })).toMatchObject({
      ok: false,
    });
    expect(run({ ...base, signature_algorithms: ['ECDSA_WITH_SHA256', 'RSASSA_PSS'] })).toMatchObject({ ok: true });
    expect(run({ ...base, signature_algorithms: ['RSA_WITH_SHA256'] }).because).toContain('not among the allowed');
    expect(run({ ...base, key_usage: ['digitalSignature'] })).toMatchObject({ ok: true });
    expect(run({ ...base, key_usage: ['keyAgreement'] }).because).toContain('lacks keyAgreement');
    expect(run({ ...base, extended_key_usage: ['serverAuth', 'codeSigning'] }).because).toContain('codeSigning');
    expect(run({ ...base, max_chain_depth: 0 })).toMatchObject({ ok: true });
    const list = (revoked: bigint[]) =>
      pem(listDer({ issuer: root, revoked: revoked.map((serial) => ({ serial })) }), 'X509 CRL');
    expect(run({ ...base, crls: [list([])] })).toMatchObject({ ok: true });
    expect(run({ ...base, crls: [list([BigInt(`0x${server.serial}`)])] }).because).toContain('revoked');
    expect(run({ ...base, crls: ['-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n'] })).toMatchObject({
      ok: false,
    });
  });

  it('is decided for clients by their purpose and by all names that are expected', () => {
    const names = (...list: [string, string][]) => list.map(([kind, value]) => ({ kind, value }));
    expect(run({ ...asClient, extended_key_usage: ['clientAuth'] })).toMatchObject({ ok: true });
    expect(run({ ...asClient, peer_certificate: text(server) })).toMatchObject({ ok: false });
    const both = names(['RFC822', 'a@example.com'], ['DNS', 'a.example.com']);
    expect(run({ ...asClient, expected_peer_names: both })).toMatchObject({ ok: true });
    expect(run({ ...asClient, expected_peer_names: [...both, ...names(['IP', '192.0.2.1'])] })).toMatchObject({
      ok: false,
    });
    expect(run({ ...asClient, extended_key_usage: ['emailProtection'] }).because).toContain('emailProtection');
  });

  it('is skipped by name when it asks for what is not known', () => {
    expect(skipReason(base)).toBeUndefined();
    expect(skipReason({ ...base, ocsp_responses: ['x'] })).toContain('ocsp_responses');
    expect(skipReason({ ...base, ocsp_responses: [] })).toBeUndefined();
    expect(skipReason({ ...base, validation_kind: 'PEER' })).toContain('PEER');
    expect(skipReason({ ...base, signature_algorithms: ['FALCON'] })).toContain('FALCON');
  });
});
