/** Summaries over many handshakes: clients by fingerprint, servers, time. Pure functions of the observations. */
import { most } from '../../lists.ts';
import { NEUTRAL_VERDICTS } from '../../tls/neutral-verdicts.ts';
import { groupName } from '../../tls/registries/groups.ts';
import { suiteName } from '../../tls/registries/suites.ts';
import { versionName } from '../../tls/registries/versions.ts';
import type { HandshakeObservation } from '../../tls/types.ts';
import { certificateFacts } from '../verdict/certificate-facts.ts';

export interface Tally {
  attempts: number;
  succeeded: number;
  failed: number;
  /** Verdict ids of the failures, most frequent first. */
  verdicts: [id: string, count: number][];
}

export interface ClientGroup extends Tally {
  ja4: string;
  /** Highest version offered. */
  version: string;
  addresses: string[];
  addressCount: number;
}

export interface ServerSummary extends Tally {
  server: string;
  names: string[];
  versions: [name: string, count: number][];
  suites: [name: string, count: number][];
  groups: [name: string, count: number][];
  certificates: { subject: string; issuer: string; notAfter: number }[];
  /** Milliseconds; undefined where nothing was measured. */
  connect: Quantiles | undefined;
  handshake: Quantiles | undefined;
}

export interface Quantiles {
  p50: number;
  p95: number;
  count: number;
}

export interface TimelineBucket {
  /** ms UTC. */
  start: number;
  succeeded: number;
  failed: number;
  verdicts: [id: string, count: number][];
}

const SHOWN = 5;

function tally(handshakes: readonly HandshakeObservation[]): Tally {
  const verdicts = new Map<string, number>();
  let succeeded = 0;
  let failed = 0;
  for (const { verdict } of handshakes) {
    if (verdict.id === 'ok') succeeded++;
    else if (!NEUTRAL_VERDICTS.has(verdict.id)) {
      failed++;
      add(verdicts, verdict.id);
    }
  }
  return { attempts: handshakes.length, succeeded, failed, verdicts: ranked(verdicts) };
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function ranked(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function groupBy(
  handshakes: readonly HandshakeObservation[],
  key: (one: HandshakeObservation) => string,
): Map<string, HandshakeObservation[]> {
  const groups = new Map<string, HandshakeObservation[]>();
  for (const one of handshakes) {
    const name = key(one);
    const group = groups.get(name);
    if (group) group.push(one);
    else groups.set(name, [one]);
  }
  return groups;
}

/** Value at the given share of the sorted list (nearest rank). */
function quantiles(values: number[]): Quantiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
  return { p50: at(0.5), p95: at(0.95), count: sorted.length };
}

export function clientGroups(handshakes: readonly HandshakeObservation[]): ClientGroup[] {
  const withHello = handshakes.filter((one) => one.clientHello);
  const groups = groupBy(
    withHello,
    ({ clientHello: hello }) => `${hello!.ja4 ?? hello!.ja3 ?? 'SSL 2.0'} ${offeredVersion(hello!)}`,
  );
  return [...groups.values()]
    .map((group) => {
      const hello = group[0]!.clientHello!;
      const addresses = [...new Set(group.map((one) => one.client.address))].sort();
      return {
        ja4: hello.ja4 ?? hello.ja3 ?? 'SSL 2.0',
        version: versionName(offeredVersion(hello)),
        addresses: addresses.slice(0, SHOWN),
        addressCount: addresses.length,
        ...tally(group),
      };
    })
    .sort((a, b) => b.failed - a.failed || b.attempts - a.attempts || (a.ja4 < b.ja4 ? -1 : 1));
}

function offeredVersion(hello: NonNullable<HandshakeObservation['clientHello']>): number {
  return (
    Math.max(
      hello.legacyVersion <= 0x0304 ? hello.legacyVersion : 0,
      most(hello.versions.filter((version) => version <= 0x0304)),
    ) || hello.legacyVersion
  );
}

export function serverSummaries(handshakes: readonly HandshakeObservation[]): ServerSummary[] {
  const groups = groupBy(handshakes, ({ server }) =>
    server.address.includes(':') ? `[${server.address}]:${server.port}` : `${server.address}:${server.port}`,
  );
  return [...groups]
    .map(([server, group]) => {
      const versions = new Map<string, number>();
      const suites = new Map<string, number>();
      const exchange = new Map<string, number>();
      const names = new Map<string, number>();
      const leaves = new Set<string>();
      for (const one of group) {
        if (one.clientHello?.sni) add(names, one.clientHello.sni);
        if (one.serverCertificates?.[0]) leaves.add(one.serverCertificates[0]);
        if (!one.serverHello) continue;
        add(versions, versionName(one.serverHello.version));
        add(suites, suiteName(one.serverHello.suite));
        if (one.serverHello.group !== undefined) add(exchange, groupName(one.serverHello.group));
      }
      const certificates = [...leaves].slice(0, SHOWN).flatMap((leaf) => {
        const facts = certificateFacts(leaf);
        return facts ? [{ subject: facts.subject, issuer: facts.issuer, notAfter: facts.notAfter }] : [];
      });
      return {
        server,
        names: ranked(names)
          .slice(0, SHOWN)
          .map(([name]) => name),
        versions: ranked(versions),
        suites: ranked(suites).slice(0, SHOWN),
        groups: ranked(exchange).slice(0, SHOWN),
        certificates,
        connect: quantiles(group.flatMap((one) => one.timing?.connectMs ?? [])),
        handshake: quantiles(group.flatMap((one) => one.timing?.handshakeMs ?? [])),
        ...tally(group),
      };
    })
    .sort((a, b) => b.failed - a.failed || b.attempts - a.attempts || (a.server < b.server ? -1 : 1));
}

/** Buckets of equal width, at most `most` of them, from the first to the last handshake. */
export function timeline(
  handshakes: readonly HandshakeObservation[],
  most = 60,
): { step: number; buckets: TimelineBucket[] } {
  const judged = handshakes.filter((one) => one.time > 0 && !NEUTRAL_VERDICTS.has(one.verdict.id));
  if (judged.length === 0) return { step: 0, buckets: [] };
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const { time } of judged) {
    if (time < first) first = time;
    if (time > last) last = time;
  }
  const steps = [
    1000, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000, 21_600_000, 86_400_000, 604_800_000,
  ];
  const step = steps.find((width) => (last - first) / width < most) ?? Math.ceil((last - first) / most);
  const start = Math.floor(first / step) * step;
  const buckets = new Map<number, HandshakeObservation[]>();
  for (const one of judged) {
    const key = start + Math.floor((one.time - start) / step) * step;
    const bucket = buckets.get(key);
    if (bucket) bucket.push(one);
    else buckets.set(key, [one]);
  }
  return {
    step,
    buckets: [...buckets]
      .sort((a, b) => a[0] - b[0])
      .map(([begin, group]) => {
        const { succeeded, failed, verdicts } = tally(group);
        return { start: begin, succeeded, failed, verdicts };
      }),
  };
}
