/**
 * Finite-field groups of RFC 7919 below TLS 1.3. All other hellos name none of them, as most clients do, and so learn the
 * parameters such clients get; here they are named, and a server that negotiates takes one of them.
 */
import { GROUPS, isFiniteFieldGroup, parseSuite, TLS10, TLS12 } from '../../tls/registries/index.ts';
import type { Dialer } from './dialer.ts';
import { olderHello, type Size } from './hellos.ts';
import { gather, type VersionScan } from './older-versions.ts';
import type { Gathered } from './scan-types.ts';

const FINITE_FIELD_GROUPS = GROUPS.map(([code]) => code).filter((code) => code <= 260 && isFiniteFieldGroup(code));
/** RFC 7919 appendix A: the primes begin with 64 ones and then the fraction of e, and differ in length. */
const PRIME_BEGINS = 'ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1d8b9c583ce2d3695';
const GROUP_BY_BITS: ReadonlyMap<number, number> = new Map([
  [2048, 256],
  [3072, 257],
  [4096, 258],
  [6144, 259],
  [8192, 260],
]);

/** Group of a prime, by RFC 7919; undefined for every other prime. */
function finiteFieldGroupOf(prime: { bits: number; prime: string }): number | undefined {
  return prime.prime.startsWith(PRIME_BEGINS) ? GROUP_BY_BITS.get(prime.bits) : undefined;
}

/**
 * Groups that the newest version below TLS 1.3 with DHE negotiates, in the order of the server's picks. A server that sends a
 * prime whose group was not named does not negotiate: it has that prime, and no group is found.
 */
export async function finiteFieldGroups(
  dialer: Dialer,
  versions: readonly VersionScan[],
  size: Size,
  gathered: Gathered,
): Promise<{ protocol: string; groups: number[] } | undefined> {
  const isDhe = (code: number): boolean => parseSuite(code)?.keyExchange === 'DHE';
  const version = versions.filter((v) => v.version >= TLS10 && v.version <= TLS12 && v.suites.some(isDhe)).at(-1);
  if (!version) return undefined;
  const suites = version.suites.filter(isDhe);
  const groups: number[] = [];
  let rest = FINITE_FIELD_GROUPS;
  while (rest.length > 0) {
    const { serverName } = dialer.target;
    const hello = olderHello(version.version, suites, { serverName, size, groups: rest });
    const reply = await dialer.ask(hello);
    if (reply.kind === 'unknown' || (reply.kind === 'dropped' && reply.deliberate === false))
      dialer.troubles.add('not all finite-field groups below TLS 1.3 could be asked for');
    if (reply.kind !== 'answer') break;
    const { dh } = reply.answer.keyExchange ?? {};
    const group = dh && finiteFieldGroupOf(dh);
    if (group === undefined || !rest.includes(group)) {
      // The last one named may just be the prime this server always sends.
      if (group !== undefined && groups.length === 1 && groups[0] === group) return undefined;
      break;
    }
    gather(reply.answer, gathered, size);
    groups.push(group);
    rest = rest.filter((g) => g !== group);
  }
  return groups.length > 0 ? { protocol: version.protocol, groups } : undefined;
}
