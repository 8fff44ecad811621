/** Suites of SSL 3.0 to TLS 1.2 by elimination: offer all that are left, note the pick, offer the rest, until refused. */
import { parseSuite, suiteName, TLS12 } from '../../tls/registries/index.ts';
import type { Dialer, Reply } from './dialer.ts';
import type { GroupTracker } from './group-tracker.ts';
import { isEcdsa, olderHello, type Size, SUITES_PER_HELLO, suitesInOrder } from './hellos.ts';
import { gather, judge, unasked, type VersionScan } from './older-versions.ts';
import { learnPreference } from './preference.ts';
import type { Gathered } from './scan-types.ts';

/** Parts into which a long list is dealt at first when the server is far away, and into which a part that yields much is again. */
const FIRST_PARTS = 4;
const FURTHER_PARTS = 2;
const FOUND_BEFORE_DEALING_AGAIN = 2;
/** Each further part costs a refusal: this many are worth it at once, later one for so many suites found. */
const EXTRA_REFUSALS = 3;
const FOUND_PER_EXTRA_REFUSAL = 3;
/** Fewer suites than this in a part are not worth a connection beside the others. */
const LEAST_PART = 12;
const LEAST_KNOWN_PART = 3;

const isSrp = (code: number): boolean => suiteName(code).startsWith('TLS_SRP_');

export interface OlderVersionOptions {
  /** Learns curves on the way; only with hellos of full size. */
  groups?: GroupTracker;
  /** The server's order of suites is worth more than speed. */
  keepOrder?: boolean;
}

/** Enumerates one version. `size` may be lowered by the caller for servers that cannot take a full hello. */
export async function scanOlderVersion(
  dialer: Dialer,
  version: number,
  size: Size,
  gathered: Gathered,
  options: OlderVersionOptions = {},
): Promise<VersionScan> {
  const scan = unasked(version);
  const elimination = new Elimination(dialer, version, size, scan, gathered, options);
  const perHello = SUITES_PER_HELLO[size];
  const all = suitesInOrder(version);
  for (let at = 0; at < all.length; at += perHello) {
    if (scan.suites.length > 0) scan.inOnePass = false;
    await elimination.run(all.slice(at, at + perHello));
    if (scan.offered === 'unknown' || (scan.offered === 'no' && scan.because.includes('version'))) break;
  }
  return scan;
}

/** The elimination of one version. What it finds goes into `scan`. */
class Elimination {
  readonly #dialer: Dialer;
  readonly #version: number;
  readonly #size: Size;
  readonly #scan: VersionScan;
  readonly #gathered: Gathered;
  readonly #options: OlderVersionOptions;
  #extraRefusals = 0;
  #isDealt = false;
  #askedForOrder = false;

  constructor(
    dialer: Dialer,
    version: number,
    size: Size,
    scan: VersionScan,
    gathered: Gathered,
    options: OlderVersionOptions,
  ) {
    this.#dialer = dialer;
    this.#version = version;
    this.#size = size;
    this.#scan = scan;
    this.#gathered = gathered;
    this.#options = options;
  }

  /** Asks for these suites until the server refuses what is left of them, or nothing is left. */
  async run(offered: readonly number[]): Promise<void> {
    const scan = this.#scan;
    let rest = [...offered];
    const found: number[] = [];
    while (rest.length > 0) {
      const offer = this.#size === 'full' ? this.#options.groups?.offer() : undefined;
      const reply = await this.#dialer.ask(this.#hello(rest, offer?.groups));
      const picked = judge(reply, rest, this.#version, scan);
      if (picked === undefined && wantsUserName(reply) && rest.some(isSrp)) {
        await this.#srp(rest.filter(isSrp));
        rest = rest.filter((c) => !isSrp(c));
        continue;
      }
      if (picked === undefined) {
        rest = withoutEcdsa(rest, scan, found);
        if (rest.length === 0) return;
        scan.inOnePass = false;
        continue;
      }
      gather(picked.answer, this.#gathered, this.#size);
      scan.offered = 'yes';
      scan.because = 'negotiated';
      scan.suites.push(picked.suite);
      found.push(picked.suite);
      this.#gathered.accepted.add(picked.suite);
      const group = picked.answer.keyExchange?.group;
      if (offer && group !== undefined) this.#options.groups?.note(group, offer);
      rest = rest.filter((c) => c !== picked.suite);
      const parts = await this.#dealt(rest, found.length);
      if (parts.length > 1) {
        this.#isDealt = true;
        scan.inOnePass = false;
        await Promise.all(parts.map((part) => this.run(part)));
        return;
      }
    }
  }

  #hello(suites: readonly number[], groups?: readonly number[]): Buffer {
    const { serverName } = this.#dialer.target;
    return olderHello(this.#version, suites, { serverName, size: this.#size, ...(groups ? { groups } : {}) });
  }

  /**
   * Deals what is left out to connections that would otherwise be idle, when the server is far away. Suites that another version
   * was seen to accept make parts of their own: where this version takes them all, such a part ends without a refusal.
   * @param found suites that this part has yielded
   */
  async #dealt(rest: readonly number[], found: number): Promise<number[][]> {
    const { line } = this.#dialer;
    if (!line.isFar || line.idle === 0 || rest.length <= LEAST_KNOWN_PART) return [];
    if (this.#options.keepOrder === true && !(await this.#followsClient())) return [];
    const { idle } = line;
    const isKnown = (code: number): boolean =>
      this.#gathered.accepted.has(code) && (this.#version === TLS12 || !needsTls12(code));
    const known = rest.filter(isKnown);
    const others = rest.filter((code) => !isKnown(code));
    const wanted = !this.#isDealt ? FIRST_PARTS : found >= FOUND_BEFORE_DEALING_AGAIN ? FURTHER_PARTS : 1;
    const most = Math.min(wanted, Math.floor(others.length / LEAST_PART)) - 1;
    const extra = Math.max(0, Math.min(most, this.#mostExtraRefusals - this.#extraRefusals, idle));
    const ofKnown = Math.min(Math.floor(known.length / LEAST_KNOWN_PART), idle - extra);
    this.#extraRefusals += extra;
    return ofKnown > 0 ? [...dealOut(known, ofKnown), ...dealOut(others, 1 + extra)] : dealOut(rest, 1 + extra);
  }

  get #mostExtraRefusals(): number {
    const { length } = this.#scan.suites;
    if (this.#version === TLS12) return Math.max(EXTRA_REFUSALS, Math.floor(length / FOUND_PER_EXTRA_REFUSAL));
    // Where another version is ahead, what it finds says better than refusals which suites to ask for together.
    return length < FOUND_PER_EXTRA_REFUSAL || this.#gathered.accepted.size > length ? 0 : EXTRA_REFUSALS;
  }

  /** Whether the order of the client counts; asked of the newest version only, the others go by its answer. */
  async #followsClient(): Promise<boolean> {
    if (this.#version === TLS12 && !this.#askedForOrder) {
      this.#askedForOrder = true;
      await learnPreference(this.#dialer, this.#scan, this.#size);
      this.#gathered.followsClient = this.#scan.preference === 'client';
    }
    return this.#gathered.followsClient === true;
  }

  /** Each SRP suite alone: the complaint about the user name says that the suite is accepted. */
  async #srp(suites: readonly number[]): Promise<void> {
    for (const suite of suites) {
      const reply = await this.#dialer.ask(this.#hello([suite]));
      if (reply.kind === 'unknown') this.#scan.complete = false;
      if (!wantsUserName(reply)) continue;
      this.#scan.offered = 'yes';
      this.#scan.because = 'negotiated';
      this.#scan.suites.push(suite);
    }
  }
}

/** Suites with an AEAD or a PRF hash of their own exist from TLS 1.2 on (RFC 5246 section 1.2). */
function needsTls12(code: number): boolean {
  return parseSuite(code)?.hash !== undefined;
}

/** unknown_psk_identity: an SRP suite was picked, which needs a user name (RFC 5054 section 2.5.1.3). */
function wantsUserName(reply: Reply): boolean {
  return reply.kind === 'answer' && reply.answer.alert?.description === 115;
}

/**
 * Servers with two certificates, HAProxy and Tomcat among them, take the ECDSA one for every client that offers any ECDSA suite,
 * usable or not. After a refusal the rest is therefore asked once more without such suites, when only ECDSA ones were found.
 */
function withoutEcdsa(rest: readonly number[], scan: VersionScan, found: readonly number[]): number[] {
  const seen = found.length > 0 ? found : scan.suites;
  if (scan.offered !== 'yes' || !scan.complete || !seen.every(isEcdsa)) return [];
  const others = rest.filter((c) => !isEcdsa(c));
  return others.length < rest.length ? others : [];
}

/** Suites of one family tend to be accepted together, so each family is dealt out like cards to keep the parts even. */
function dealOut(suites: readonly number[], count: number): number[][] {
  const parts = Math.min(count, suites.length);
  if (parts <= 1) return [[...suites]];
  const sorted = [...suites].sort((a, b) => familyOf(a).localeCompare(familyOf(b)) || a - b);
  const partOf = new Map(sorted.map((code, i) => [code, i % parts]));
  return Array.from({ length: parts }, (_, i) => suites.filter((code) => partOf.get(code) === i));
}

function familyOf(code: number): string {
  const suite = parseSuite(code);
  return `${suite?.keyExchange} ${suite?.authentication}`;
}
