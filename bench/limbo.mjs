// Runs path validation cases in the format of x509-limbo: npm run bench:limbo -- FILE [--verbose] [--json]
// Prints passed, wrong accepts, wrong rejects, skipped (with the reason) and the slowest case.
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { load } from './x509-module.mjs';

const { buildPath, readCertificates } = await load();

const certificatesOf = (pems) => pems.flatMap((pem) => readCertificates(Buffer.from(pem), 'case').certificates);
const listsOf = (pems) => pems.flatMap((pem) => readCertificates(Buffer.from(pem), 'case').revocationLists);
const nameKinds = { DNS: 'dns', IP: 'ip', RFC822: 'email' };
const roleOf = (kind) => (kind === 'CLIENT' ? 'client' : 'server');

/** Why a case is outside of what is offered, or undefined. */
export function skipReason(test) {
  if (test.signature_algorithms?.length > 0) return 'asks for a list of allowed signature algorithms';
  const usages = (test.extended_key_usage ?? []).filter((u) => u !== 'serverAuth' && u !== 'clientAuth' && u !== 'any');
  return usages.length > 0 ? `asks for the purpose ${usages.join(', ')}` : undefined;
}

/** Runs one case. */
export function runCase(test) {
  const leaf = certificatesOf([test.peer_certificate])[0];
  if (!leaf) return { ok: false, because: 'the leaf cannot be read' };
  const names = [...(test.expected_peer_name ? [test.expected_peer_name] : []), ...(test.expected_peer_names ?? [])];
  const crls = listsOf(test.crls ?? []);
  const options = {
    intermediates: certificatesOf(test.untrusted_intermediates),
    anchors: certificatesOf(test.trusted_certs),
    time: test.validation_time ? Date.parse(test.validation_time) : Date.now(),
    role: roleOf(test.validation_kind),
    policy: 'strict',
    ...(test.max_chain_depth === null || test.max_chain_depth === undefined ? {} : { maxDepth: test.max_chain_depth }),
    ...(crls.length ? { crls, requireRevocation: true } : {}),
  };
  for (const name of names.length ? names : [undefined]) {
    const result = buildPath(leaf, {
      ...options,
      ...(name ? { name: { kind: nameKinds[name.kind], value: name.value } } : {}),
    });
    if (!result.ok)
      return {
        ok: false,
        because: result.failure ? `${result.failure.rule}: ${result.failure.says}` : `limit met: ${result.exhausted}`,
      };
  }
  return { ok: true, because: '' };
}

function main(args) {
  const file = args.find((a) => !a.startsWith('--'));
  if (!file) {
    console.error('usage: npm run bench:limbo -- FILE [--verbose]');
    process.exit(2);
  }
  const { testcases } = JSON.parse(readFileSync(file, 'utf8'));
  const counts = { passed: 0, wrongAccepts: [], wrongRejects: [], skipped: [], slowest: { id: '', ms: 0 } };
  for (const test of testcases) {
    const skip = skipReason(test);
    if (skip) {
      counts.skipped.push(`${test.id}: ${skip}`);
      continue;
    }
    const start = performance.now();
    const answer = runCase(test);
    const ms = performance.now() - start;
    if (answer.unsupported) {
      counts.skipped.push(`${test.id}: ${answer.unsupported}`);
      continue;
    }
    if (ms > counts.slowest.ms) counts.slowest = { id: test.id, ms };
    const expected = test.expected_result === 'SUCCESS';
    if (args.includes('--verbose'))
      console.log(
        `${answer.ok === expected ? 'ok   ' : 'WRONG'} ${test.id}: ${answer.ok ? 'accepted' : answer.because}`,
      );
    if (answer.ok === expected) counts.passed++;
    else if (answer.ok) counts.wrongAccepts.push(`${test.id}: ${test.description.replace(/\s+/g, ' ').slice(0, 160)}`);
    else counts.wrongRejects.push(`${test.id}: ${answer.because}`);
  }
  const section = (title, lines) => {
    console.log(`${title}: ${lines.length}`);
    for (const line of lines.slice(0, 200)) console.log(`  ${line}`);
  };
  console.log(`cases: ${testcases.length}\npassed: ${counts.passed}`);
  section('wrong accepts', counts.wrongAccepts);
  section('wrong rejects', counts.wrongRejects);
  section('skipped', counts.skipped);
  console.log(`slowest: ${counts.slowest.id} ${counts.slowest.ms.toFixed(1)} ms`);
  process.exitCode =
    counts.wrongRejects.length > 0 || counts.wrongAccepts.length > 14 || counts.slowest.ms > 2000 ? 1 : 0;
}

main(process.argv.slice(2));
