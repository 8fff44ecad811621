import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PathName } from '../../src/x509/index.ts';
import { buildPath, readCertificates } from '../../src/x509/index.ts';
import { corpus } from './shared.ts';

const file = corpus('limbo/limbo-core-online.json');

interface Case {
  id: string;
  validation_kind: string;
  validation_time: string;
  trusted_certs: string[];
  untrusted_intermediates: string[];
  peer_certificate: string;
  expected_result: string;
  expected_peer_name: { kind: 'DNS' | 'IP' | 'RFC822'; value: string } | null;
  max_chain_depth: number | null;
  crls: string[];
}

const kinds = { DNS: 'dns', IP: 'ip', RFC822: 'email' } as const;
const certificates = (pems: string[]) => pems.flatMap((p) => readCertificates(Buffer.from(p), 'case').certificates);

function run(test: Case) {
  const crls = test.crls.flatMap((p) => readCertificates(Buffer.from(p), 'case').revocationLists);
  const name: PathName | undefined = test.expected_peer_name
    ? { kind: kinds[test.expected_peer_name.kind], value: test.expected_peer_name.value }
    : undefined;
  return buildPath(certificates([test.peer_certificate])[0]!, {
    intermediates: certificates(test.untrusted_intermediates),
    anchors: certificates(test.trusted_certs),
    time: Date.parse(test.validation_time),
    role: test.validation_kind === 'CLIENT' ? 'client' : 'server',
    policy: 'strict',
    ...(name ? { name } : {}),
    ...(test.max_chain_depth === null ? {} : { maxDepth: test.max_chain_depth }),
    ...(crls.length ? { crls, requireRevocation: true } : {}),
  });
}

/** Cases that are accepted although the suite refuses them, each with the reason. */
const deviations: { [id: string]: string } = {
  'rfc5280::aki::cross-signed-root-missing-aki':
    'an anchor is trusted by configuration; another case of the suite accepts one without it',
  'rfc5280::nc::permitted-dns-match-noncritical': 'contradicts webpki::nc::permitted-dns-match-noncritical',
  'webpki::cn::punycode-not-in-san':
    'the common name is ignored; other cases of the suite accept one that is not among the names',
  'webpki::cn::not-in-san': 'as above',
  'webpki::eku::ee-without-eku': 'contradicts rfc5280::eku::ee-without-eku',
  'webpki::san::public-suffix-multi-label-wildcard-san': 'no list of public suffixes is bundled',
  'webpki::san::public-suffix-private-namespace-wildcard-san': 'as above',
  'webpki::ca-as-leaf': 'contradicts rfc5280::ca-as-leaf',
};

describe.skipIf(!file)('x509-limbo, core and online (skipped without the shared corpora)', () => {
  const { testcases } = file ? (JSON.parse(readFileSync(file, 'utf8')) as { testcases: Case[] }) : { testcases: [] };

  it('accepts and refuses as the suite says, but for the listed deviations', () => {
    const wrong = testcases.filter((t) => run(t).ok !== (t.expected_result === 'SUCCESS')).map((t) => t.id);
    expect(wrong.sort()).toEqual(Object.keys(deviations).sort());
  });

  it('names a rule and a certificate for every refusal, or the limit that was met', () => {
    for (const test of testcases) {
      const result = run(test);
      if (result.ok) expect(result.chain?.[0]).toBeDefined();
      else expect(Boolean(result.failure?.says) || Boolean(result.exhausted), test.id).toBe(true);
    }
  });
});
