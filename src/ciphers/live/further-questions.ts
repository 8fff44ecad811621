/** What is asked beside versions and suites: curves, whose order counts, and with `--deep` what needs connections of its own. */
import { X509Certificate } from 'node:crypto';
import { KEY_SHARE_GROUPS } from '../../tls/key-share.ts';
import {
  FALLBACK_SCSV,
  groupCode,
  groupName,
  parseSuite,
  SSL2,
  SSL3,
  signatureSchemeName,
  TLS12,
} from '../../tls/registries/index.ts';
import type { Dialer } from './dialer.ts';
import { finiteFieldGroups } from './finite-field-groups.ts';
import { GroupTracker } from './group-tracker.ts';
import {
  ALL_SIGNATURES,
  ALPN_PROTOCOLS,
  COMMON_GROUPS,
  OLDER_GROUPS,
  OLDER_SUITES,
  olderHello,
  type Size,
} from './hellos.ts';
import { gather, type VersionScan } from './older-versions.ts';
import { learnPreference } from './preference.ts';
import { probeRenegotiation } from './renegotiation.ts';
import type { EndpointScan, Gathered } from './scan-types.ts';
import type { Tls13Scan } from './tls13.ts';
import { openTls13Session, type Tls13Session } from './tls13-session.ts';
import { probeVulnerabilities } from './vulnerabilities.ts';

const isEcdhe = (code: number): boolean => parseSuite(code)?.keyExchange === 'ECDHE';
/** AES-GCM and ChaCha20-Poly1305 (RFC 8446 appendix B.4). */
const SUITES_FOR_SURE: readonly number[] = [0x1301, 0x1302, 0x1303];
const ECDHE_SUITES = OLDER_SUITES.filter(isEcdhe);

export class FurtherQuestions {
  size: Size = 'full';
  readonly #dialer: Dialer;
  readonly #gathered: Gathered;
  readonly #scan: EndpointScan;
  #groups: Promise<void> | undefined;
  #aboutNewest: Promise<void> | undefined;
  #session: Promise<Tls13Session | undefined> | undefined;
  #preferredGroup: { version: number; group: number } | undefined;
  #tracked: { version: number; tracker: GroupTracker } | undefined;

  constructor(dialer: Dialer, gathered: Gathered, scan: EndpointScan) {
    this.#dialer = dialer;
    this.#gathered = gathered;
    this.#scan = scan;
  }

  /** Learns the curves of a version while its suites are asked for; what that leaves open is asked for as soon as it shows. */
  trackGroups(version: number, scanned: () => Promise<VersionScan>): GroupTracker {
    const tracker = new GroupTracker(() => {
      this.#groups ??= this.#olderGroups(version, scanned());
    });
    this.#tracked = { version, tracker };
    return tracker;
  }

  /** Groups and preference of the newest version below TLS 1.3 among these; asked for once. */
  aboutNewest(versions: readonly VersionScan[]): Promise<void> {
    this.#aboutNewest ??= this.#askAboutNewest(versions);
    return this.#aboutNewest;
  }

  async #askAboutNewest(versions: readonly VersionScan[]): Promise<void> {
    const [, , finiteField] = await Promise.all([
      this.#groupsOfNewest(versions),
      this.#preference(versions),
      finiteFieldGroups(this.#dialer, versions, this.size, this.#gathered),
    ]);
    for (const code of finiteField?.groups ?? [])
      this.#scan.groups.push({ code, name: groupName(code), protocol: finiteField!.protocol });
  }

  /** The curves of the newest version below TLS 1.3 that has an ECDHE suite; ends when they are known. */
  #groupsOfNewest(versions: readonly VersionScan[]): Promise<void> {
    const version = versions
      .filter((v) => v.version > SSL3 && v.version <= TLS12)
      .findLast((v) => v.suites.some(isEcdhe));
    if (version) this.#groups ??= this.#olderGroups(version.version, Promise.resolve(version));
    return this.#groups ?? Promise.resolve();
  }

  async #olderGroups(version: number, scanned: Promise<VersionScan>): Promise<void> {
    const dialer = this.#dialer;
    const tracker = this.#tracked?.version === version ? this.#tracked.tracker : undefined;
    const found: number[] = [...(tracker?.found ?? [])];
    const small = this.size === 'small';
    const asked = small ? COMMON_GROUPS : OLDER_GROUPS;
    let rest: number[] = tracker?.complete ? [] : asked.filter((g) => !found.includes(g));
    // An ECDSA certificate is only used when its curve is offered too, so that one stays in the list, last.
    let kept: number | undefined;
    const all = small ? (await scanned).suites.filter(isEcdhe) : ECDHE_SUITES;
    let suites: readonly number[] = all;
    while (rest.length > 0) {
      const groups = kept === undefined ? rest : [...rest.filter((g) => g !== kept), kept];
      const reply = await dialer.ask(
        olderHello(version, suites, {
          serverName: dialer.target.serverName,
          size: this.size,
          groups,
        }),
      );
      if (reply.kind === 'unknown' || (reply.kind === 'dropped' && reply.deliberate === false)) {
        dialer.troubles.add('not all groups below TLS 1.3 could be asked for');
        break;
      }
      const group = reply.kind === 'answer' ? reply.answer.keyExchange?.group : undefined;
      if (group === undefined && kept === undefined && found.length > 0 && suites === all) {
        const others = (await scanned).suites.filter((s) => isEcdhe(s) && !needsEcdsaKey(s));
        const some = others.length < (await scanned).suites.filter(isEcdhe).length;
        // With two certificates, what the ECDSA one refuses is asked of the other.
        if (some && others.length > 0) suites = others;
        else if (some) kept = found.find((g) => g === this.#certificateCurve()) ?? found.at(-1)!;
        if (some) continue;
      }
      if (group === undefined || reply.kind !== 'answer') break;
      if (found.includes(group)) {
        // Last in the list and picked all the same: there is no other, unless the server's own order decided.
        if (group === kept && groups.length > 1) this.#preferredGroup = { version, group };
        break;
      }
      gather(reply.answer, this.#gathered, this.size);
      found.push(group);
      rest = rest.filter((g) => g !== group);
    }
    const { protocol } = await scanned;
    if (small) this.#scan.notes.push(`${protocol}: only common groups were asked for, in small hellos`);
    this.#scan.groups.push(...found.map((code) => ({ code, name: groupName(code), protocol })));
  }

  /** Curve of the ECDSA certificate, as a group. */
  #certificateCurve(): number | undefined {
    const served = this.#gathered.certificates.get('ECDSA')?.chain[0];
    if (served === undefined) return undefined;
    try {
      const { publicKey } = new X509Certificate(Buffer.from(served, 'base64'));
      return groupCode(publicKey.asymmetricKeyDetails?.namedCurve ?? '');
    } catch {
      return undefined;
    }
  }

  /** Says, once it is known whose order counts, that the server may know further groups which it never picks. */
  noteHiddenGroups(versions: readonly VersionScan[]): void {
    const hidden = this.#preferredGroup;
    const version = versions.find((v) => v.version === hidden?.version);
    if (!hidden || !version || version.preference === 'client') return;
    this.#scan.notes.push(
      `${version.protocol}: only groups that this server likes better than ${groupName(hidden.group)} are ever negotiated, because its certificate needs that one`,
    );
  }

  /** Whose order counts in the newest version below TLS 1.3. */
  async #preference(versions: readonly VersionScan[]): Promise<void> {
    const version = versions.filter((v) => v.version > SSL2 && v.version <= TLS12 && v.suites.length > 1).at(-1);
    if (version) await learnPreference(this.#dialer, version, this.size);
  }

  /** Begins the session with the suite and group of the first answer, where they are ones that can be computed here. */
  beginSession({ suites, groups }: Tls13Scan): void {
    const group = KEY_SHARE_GROUPS.find((g) => groups.includes(g));
    if (group !== undefined && suites.every((s) => SUITES_FOR_SURE.includes(s)))
      this.#session = this.#openSession({ suites, group });
  }

  /** One whole TLS 1.3 handshake tells what stands encrypted: chain, certificate request, ALPN, tickets, early data. */
  async session(tls13: Tls13Scan, deep: boolean): Promise<void> {
    if (tls13.offered !== 'yes') return;
    const group = KEY_SHARE_GROUPS.find((g) => tls13.groups.includes(g));
    if (group === undefined) {
      this.#scan.notes.push(
        'TLSv1.3: the handshake could not be finished here, none of its groups can be computed; what stands encrypted stays unknown',
      );
      return;
    }
    const plan = { suites: tls13.suites, group };
    const session = await (this.#session ?? this.#openSession(plan));
    if (session) this.#gatherSession(session);
    if (deep) await this.#signatures13(tls13, plan);
  }

  #openSession(plan: { suites: readonly number[]; group: number }): Promise<Tls13Session | undefined> {
    // A small hello has no room for what tickets, stapling and ALPN need.
    const small = this.size === 'small';
    const asks = small ? { small } : { alpn: ALPN_PROTOCOLS.slice(0, 2), tickets: true };
    return openTls13Session(this.#dialer, { ...plan, suites: [...plan.suites], ...asks });
  }

  #gatherSession(session: Tls13Session): void {
    const { features, certificates, clientCertificate } = this.#gathered;
    if (session.certificateRequest) {
      clientCertificate.requested = true;
      for (const name of session.certificateRequest.authorities) clientCertificate.acceptableCas.add(name);
    }
    const signature = session.signatureAlgorithm;
    const authentication = signature === undefined ? undefined : keyTypeOf(signature);
    const known = [...certificates.values()].some((c) => c.chain[0] === session.certificates[0]);
    if (session.certificates.length > 0 && authentication !== undefined && !known)
      certificates.set(authentication, { chain: session.certificates, authentication });
    if (!session.established || this.size === 'small') return;
    if (session.stapled) features.stapling = true;
    else features.stapling ??= false;
    if (session.alpn !== undefined) features.alpn = [session.alpn];
    // A server that wants a client certificate ends here, so its tickets are not known.
    if (session.tickets === undefined || session.alert !== undefined) return;
    features.tls13Tickets = session.tickets.length;
    features.earlyData = Math.max(0, ...session.tickets.map((t) => t.maxEarlyData));
  }

  async #signatures13(tls13: Tls13Scan, plan: { suites: readonly number[]; group: number }): Promise<void> {
    let rest = [...ALL_SIGNATURES];
    while (rest.length > 0) {
      const session = await openTls13Session(this.#dialer, { ...plan, signatures: rest });
      const code = session?.signatureAlgorithm;
      if (code === undefined || !rest.includes(code)) {
        if (session?.alert === undefined)
          this.#dialer.troubles.add('not all signature algorithms of TLS 1.3 could be asked for');
        return;
      }
      this.#scan.signatureAlgorithms.push({ code, name: signatureSchemeName(code), protocol: tls13.protocol });
      rest = rest.filter((s) => s !== code);
    }
  }

  /** What costs further connections: signature algorithms, ALPN, the fallback signal, renegotiation, Heartbleed and CCS. */
  async deep(versions: VersionScan[]): Promise<void> {
    const tls12 = versions.find((v) => v.version === TLS12)!;
    await Promise.all([
      this.#signatures12(tls12),
      this.#alpn(versions),
      this.#fallback(versions),
      probeRenegotiation(this.#dialer, versions, this.#gathered.features),
    ]);
    await probeVulnerabilities(this.#dialer, versions, this.#gathered.features);
  }

  async #signatures12(tls12: VersionScan): Promise<void> {
    const suites = tls12.suites.filter(
      (s) => ['ECDHE', 'DHE'].includes(parseSuite(s)?.keyExchange ?? '') && parseSuite(s)?.authentication !== 'anon',
    );
    if (suites.length === 0) return;
    let rest = [...ALL_SIGNATURES];
    while (rest.length > 0) {
      const reply = await this.#dialer.ask(
        olderHello(TLS12, suites, {
          serverName: this.#dialer.target.serverName,
          size: this.size === 'small' ? 'medium' : this.size,
          signatures: rest,
        }),
      );
      const code = reply.kind === 'answer' ? reply.answer.keyExchange?.signatureAlgorithm : undefined;
      if (code === undefined || !rest.includes(code)) {
        if (reply.kind === 'unknown')
          this.#dialer.troubles.add('not all signature algorithms of TLS 1.2 could be asked for');
        return;
      }
      this.#scan.signatureAlgorithms.push({ code, name: signatureSchemeName(code), protocol: tls12.protocol });
      rest = rest.filter((s) => s !== code);
    }
  }

  /** Application protocols by elimination; below TLS 1.3 the choice stands in the ServerHello, in clear. */
  async #alpn(versions: readonly VersionScan[]): Promise<void> {
    const older = versions.filter((v) => v.version > SSL3 && v.version <= TLS12 && v.suites.length > 0).at(-1);
    const tls13 = versions.at(-1) as Tls13Scan;
    const group = KEY_SHARE_GROUPS.find((g) => tls13.groups?.includes(g));
    if (!older && group === undefined) return;
    const choose = async (alpn: readonly string[]): Promise<string | undefined> => {
      if (!older) return (await openTls13Session(this.#dialer, { suites: tls13.suites, group: group!, alpn }))?.alpn;
      const reply = await this.#dialer.ask(
        olderHello(older.version, older.suites, {
          serverName: this.#dialer.target.serverName,
          size: this.size === 'small' ? 'medium' : this.size,
          alpn,
        }),
        { helloOnly: true },
      );
      return reply.kind === 'answer' ? reply.answer.serverHello?.alpn : undefined;
    };
    const found: string[] = [];
    for (let rest = ALPN_PROTOCOLS; rest.length > 0; ) {
      const chosen = await choose(rest);
      if (chosen === undefined || !rest.includes(chosen)) break;
      found.push(chosen);
      rest = rest.filter((p) => p !== chosen);
    }
    this.#gathered.features.alpn = found;
  }

  /** RFC 7507: a hello below the best version with the signal must be refused with alert 86. */
  async #fallback(versions: readonly VersionScan[]): Promise<void> {
    const offered = versions.filter((v) => v.version > SSL2 && v.offered === 'yes');
    const best = offered.at(-1);
    const candidate = offered.filter((v) => v.version <= TLS12 && v !== best).at(-1);
    if (!candidate || !best) return;
    const reply = await this.#dialer.ask(
      olderHello(candidate.version, [...candidate.suites, FALLBACK_SCSV], {
        serverName: this.#dialer.target.serverName,
        size: this.size,
      }),
      { helloOnly: true },
    );
    if (reply.kind !== 'answer') return;
    if (reply.answer.alert?.description === 86) this.#gathered.features.fallbackScsv = true;
    else if (reply.answer.serverHello) this.#gathered.features.fallbackScsv = false;
  }
}

function needsEcdsaKey(suite: number): boolean {
  return parseSuite(suite)?.authentication === 'ECDSA';
}

/** Kind of certificate key behind a signature scheme of TLS 1.3 (RFC 8446 section 4.2.3), in the words of the suites. */
function keyTypeOf(scheme: number): string {
  if (scheme >= 0x0804 && scheme <= 0x0806) return 'RSA';
  if (scheme >= 0x0809 && scheme <= 0x080b) return 'RSA-PSS';
  if ((scheme & 0xff) === 3 || (scheme >= 0x081a && scheme <= 0x081c)) return 'ECDSA';
  return { 2055: 'Ed25519', 2056: 'Ed448' }[scheme] ?? signatureSchemeName(scheme);
}
