/** Which certificates somebody presented or trusted, and what is wrong with them at the time of the incident. */

import type { EvidenceRef } from '../finding.ts';
import { plainTime } from '../instant.ts';
import { most } from '../lists.ts';
import type { HandshakeObservation } from '../tls/types.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { matchHostname } from '../x509/hostname.ts';
import { issued } from '../x509/relation.ts';
import type { Certificate, CertificateObservation } from '../x509/types.ts';
import type { EndpointBook } from './endpoints.ts';
import type { Observations } from './observations.ts';
import type { ChainFaultAt, ServedChain, TrustStore } from './types.ts';

const FORMER = /(^|[^a-z])(prev(ious)?|old|former|backup|bak|before|replaced|retired)([^a-z]|$)/i;
const TRUST =
  /(^|[^a-z])(trust(store|ed)?|ca-?bundle|cacerts?|ca|anchors?|roots?|clients?-?ca|partners?|bundle)([^a-z]|$)/i;
/** `s_client` is the program that shows what a server presents. */
const CLIENT = /(^|[^a-z])(?<!(^|[^a-z])s_)(api)?client([^a-z]|$)|mutual|mtls/i;

const baseName = (path: string): string => path.split(/[/\\!]/).pop() ?? path;
const isRoot = (c: Certificate): boolean => c.subject.der === c.issuer.der;
const isCa = (c: Certificate): boolean =>
  c.basicConstraints?.ca === true || (isRoot(c) && c.basicConstraints === undefined && c.names.length === 0);

export interface CertificateWorld {
  chains: ServedChain[];
  stores: TrustStore[];
  /** Every certificate seen anywhere, once. */
  pool: Certificate[];
}

/**
 * Sorts every certificate of the evidence into chains that somebody presented and stores that somebody trusts, and
 * judges each chain at `now`.
 *
 * @param now incident clock, ms UTC
 */
export function buildCertificateWorld(o: Observations, endpoints: EndpointBook, now: number): CertificateWorld {
  const pool = new Map<string, Certificate>();
  const chains: ServedChain[] = [];
  const stores: TrustStore[] = [];
  const configured = configuredPaths(o);
  for (const observation of o.certificates) {
    for (const c of observation.certificates) pool.set(c.sha256, c);
    sortFile(observation, configured, endpoints, chains, stores);
  }
  const parsed = new Map<string, Certificate>();
  const parse = (der: string): Certificate => {
    let c = parsed.get(der);
    if (!c) {
      c = parseCertificate(Buffer.from(der, 'base64'));
      parsed.set(der, c);
      pool.set(c.sha256, c);
    }
    return c;
  };
  for (const h of o.handshakes) {
    if (h.serverCertificates?.length) addHandshake(chains, h, h.serverCertificates.map(parse), 'server', endpoints);
    if (h.clientCertificates?.length) addHandshake(chains, h, h.clientCertificates.map(parse), 'client', endpoints);
  }
  const all = [...pool.values()];
  for (const chain of chains) chain.faults = judgeChain(chain, stores, all, now);
  return { chains, stores, pool: all };
}

interface ConfiguredPath {
  use: 'server' | 'client' | 'server-trust' | 'client-trust';
  host?: string;
}

/** Base names of the files that configurations load, with what for. */
function configuredPaths(o: Observations): Map<string, ConfiguredPath> {
  const out = new Map<string, ConfiguredPath>();
  for (const c of o.configurations) {
    for (const l of c.listeners) {
      for (const p of l.settings.certificates ?? [])
        out.set(baseName(p.value), { use: 'server', ...(l.names[0] ? { host: l.names[0] } : {}) });
      if (l.settings.trusted) out.set(baseName(l.settings.trusted.value), { use: 'client-trust' });
    }
    for (const u of c.upstreams) {
      if (u.settings.clientCertificate) out.set(baseName(u.settings.clientCertificate.value), { use: 'client' });
      if (u.settings.trusted) out.set(baseName(u.settings.trusted.value), { use: 'server-trust', host: u.name });
    }
  }
  return out;
}

function sortFile(
  observation: CertificateObservation,
  configured: Map<string, ConfiguredPath>,
  endpoints: EndpointBook,
  chains: ServedChain[],
  stores: TrustStore[],
): void {
  const certificates = observation.certificates;
  if (certificates.length === 0) return;
  const base = baseName(observation.file);
  const use = configured.get(base);
  const first = certificates[0]!;
  const wantsTrust =
    use?.use === 'server-trust' ||
    use?.use === 'client-trust' ||
    (!use && TRUST.test(base.replace(/\.[a-z]+$/i, '')) && !/chain|served/i.test(base));
  if (certificates.every(isCa) || (wantsTrust && !isLeafChain(certificates))) {
    stores.push({
      file: observation.file,
      certificates,
      purpose:
        use?.use === 'client-trust' || /client|partner|merchant/i.test(base)
          ? 'client-trust'
          : use?.use === 'server-trust'
            ? 'server-trust'
            : 'unknown',
    });
    return;
  }
  const eku = first.extendedKeyUsage ?? [];
  const clientOnly = eku.includes('clientAuth') && !eku.includes('serverAuth');
  const role: ServedChain['role'] =
    use?.use === 'client'
      ? 'client'
      : use?.use === 'server'
        ? 'server'
        : CLIENT.test(base) ||
            /\/clients?\//i.test(observation.file) ||
            (clientOnly && !first.names.some((n) => n.kind === 'dns' && isPeer(endpoints, n.value.toLowerCase())))
          ? 'client'
          : namesHost(first)
            ? 'server'
            : 'unknown';
  const host = use?.host ?? hostOf(first, observation.file, endpoints);
  chains.push({
    ...(host ? { host } : {}),
    role,
    certificates,
    leaf: first,
    source: use ? 'configured' : 'file',
    evidence: [
      {
        file: observation.file,
        ...(observation.at?.line ? { line: observation.at.line } : {}),
        certificate: 0,
        text: `${first.subject.text}, serial ${first.serial}, valid ${plainTime(first.notBefore)} to ${plainTime(first.notAfter)}`,
      },
    ],
    handshakes: [],
    former: FORMER.test(base),
    faults: [],
  });
}

/** Whether a certificate names a host: cards, people and merchants are named otherwise. */
const namesHost = (c: Certificate): boolean =>
  c.names.some((n) => n.kind === 'dns' || n.kind === 'ip') ||
  /^(\*\.)?[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/i.test(c.subject.commonName ?? '') ||
  (c.extendedKeyUsage ?? []).includes('serverAuth');

/** Whether others serve under that name: then a certificate for it was meant to be a server's. */
const isPeer = (endpoints: EndpointBook, name: string): boolean =>
  endpoints.addressesOf.has(name) && !endpoints.isOwn(name);

/** A leaf followed by CA certificates. */
const isLeafChain = (certificates: Certificate[]): boolean =>
  !isCa(certificates[0]!) && certificates.slice(1).every(isCa);

/** Host that a certificate is for: a known endpoint among its names, else a name in the file name, else its first name. */
function hostOf(leaf: Certificate, file: string, endpoints: EndpointBook): string | undefined {
  const names = leaf.names.filter((n) => n.kind === 'dns').map((n) => n.value.toLowerCase());
  const known = names.find((n) => endpoints.addressesOf.has(n));
  if (known) return known;
  const inFile = baseName(file)
    .match(/([a-z0-9-]+\.){1,6}[a-z]{2,12}/i)?.[0]
    ?.replace(/\.(pem|crt|cer|txt|der|p7b)$/i, '');
  if (inFile && endpoints.addressesOf.has(inFile.toLowerCase())) return inFile.toLowerCase();
  return names[0] ?? leaf.subject.commonName?.toLowerCase();
}

function addHandshake(
  chains: ServedChain[],
  h: HandshakeObservation,
  certificates: Certificate[],
  role: 'server' | 'client',
  endpoints: EndpointBook,
): void {
  const leaf = certificates[0];
  if (!leaf) return;
  const host =
    role === 'server'
      ? (h.clientHello?.sni ?? endpoints.canonical(h.server.address))
      : endpoints.canonical(h.client.address);
  const key = certificates.map((c) => c.sha256).join();
  let chain = chains.find(
    (c) =>
      c.source === 'handshake' &&
      c.role === role &&
      c.host === host &&
      c.certificates.map((x) => x.sha256).join() === key,
  );
  if (!chain) {
    const evidence: EvidenceRef[] = [
      {
        file: h.file,
        frame: h.serverHello?.frame ?? h.firstFrame,
        certificate: 0,
        text: `${role} sent ${leaf.subject.text}, serial ${leaf.serial}, valid ${plainTime(leaf.notBefore)} to ${plainTime(leaf.notAfter)}`,
        time: plainTime(h.time),
      },
    ];
    chain = {
      host,
      role,
      certificates,
      leaf,
      source: 'handshake',
      evidence,
      firstServed: h.time,
      lastServed: h.time,
      handshakes: [],
      former: false,
      faults: [],
    };
    chains.push(chain);
  }
  chain.firstServed = Math.min(chain.firstServed ?? h.time, h.time);
  chain.lastServed = Math.max(chain.lastServed ?? h.time, h.time);
  chain.handshakes.push(h);
}

/** Faults of a chain at `now`, heaviest first. */
function judgeChain(chain: ServedChain, stores: TrustStore[], pool: Certificate[], now: number): ChainFaultAt[] {
  const faults: ChainFaultAt[] = [];
  const { leaf, certificates } = chain;
  const roots = stores.flatMap((s) => s.certificates);
  if (leaf.notAfter < now)
    faults.push({
      fault: 'leaf-expired',
      certificate: leaf,
      since: leaf.notAfter,
      says: `certificate of ${chain.host ?? leaf.subject.text} expired at ${plainTime(leaf.notAfter)}`,
    });
  const judgedAt = chain.firstServed ?? now;
  if (leaf.notBefore > Math.min(now, judgedAt))
    faults.push({
      fault: 'leaf-not-yet-valid',
      certificate: leaf,
      says: `certificate of ${chain.host ?? leaf.subject.text} is valid only from ${plainTime(leaf.notBefore)}`,
    });
  if (isRoot(leaf) && !roots.some((r) => r.sha256 === leaf.sha256)) {
    faults.push({
      fault: 'self-signed',
      certificate: leaf,
      since: leaf.notBefore,
      says: `${chain.host ?? leaf.subject.text} presents a self-signed certificate (${leaf.subject.text})`,
    });
  }
  for (const c of certificates.slice(1)) {
    if (c.notAfter >= now || !usedInPath(leaf, c, certificates)) continue;
    // A certificate whose subject and key also exist as a self-signed root (or another CA certificate) is a cross-sign.
    const twin = pool.find(
      (p) =>
        p.sha256 !== c.sha256 && p.subject.der === c.subject.der && p.spkiSha256 === c.spkiSha256 && p.notAfter >= now,
    );
    faults.push({
      fault: twin ? 'cross-expired' : isRoot(c) ? 'root-expired' : 'intermediate-expired',
      certificate: c,
      since: c.notAfter,
      says: `${twin ? 'cross-signed' : isRoot(c) ? 'root' : 'intermediate'} certificate ${c.subject.text} in the chain of ${chain.host ?? leaf.subject.text} expired at ${plainTime(c.notAfter)}`,
      ...(twin ? { other: twin } : {}),
    });
  }
  const issuers = chain.source === 'handshake' ? [] : issuersInFiles(leaf, certificates, pool);
  const lapsed = issuers.find((c) => c.notAfter < now);
  if (lapsed && issuers.every((c) => c.notAfter < now))
    faults.push({
      fault: 'intermediate-expired',
      certificate: lapsed,
      since: most(issuers.map((c) => c.notAfter)),
      says: `intermediate certificate ${lapsed.subject.text}, which issued the certificate of ${chain.host ?? leaf.subject.text}, expired at ${plainTime(lapsed.notAfter)}`,
    });
  // The anchors themselves: a chain may end below an expired root or cross-signed root kept only in a store.
  const top = topOf(leaf, certificates);
  if (!isRoot(leaf)) {
    const anchors = roots.filter((r) => issued(top, r) || r.sha256 === top.sha256);
    if (isRoot(top) ? false : anchors.length === 0) {
      const missing = pool.find(
        (p) => isCa(p) && !isRoot(p) && !certificates.some((c) => c.sha256 === p.sha256) && issued(top, p),
      );
      const reaches = missing && roots.some((r) => reachesRoot(missing, r, pool));
      if (missing && (reaches || roots.length === 0)) {
        faults.push({
          fault: 'incomplete',
          certificate: top,
          other: missing,
          says: `the chain ends at ${top.subject.text}; its issuer ${top.issuer.text} is not sent`,
        });
      } else if (
        !missing &&
        certificates.length === 1 &&
        roots.length > 0 &&
        !roots.some((r) => r.subject.der === top.issuer.der)
      ) {
        const related = roots.find((r) => r.subject.organization && r.subject.organization === top.issuer.organization);
        if (related)
          faults.push({
            fault: 'incomplete',
            certificate: top,
            other: related,
            says: `only the leaf is sent; its issuer ${top.issuer.text} is neither sent nor a trusted root`,
          });
      }
    }
  }
  const eku = leaf.extendedKeyUsage;
  if (
    eku &&
    chain.role !== 'unknown' &&
    !eku.includes(chain.role === 'server' ? 'serverAuth' : 'clientAuth') &&
    !eku.includes('anyExtendedKeyUsage')
  ) {
    faults.push({
      fault: 'purpose-wrong',
      certificate: leaf,
      says: `certificate ${leaf.subject.text} is not meant for a TLS ${chain.role} (extended key usage ${eku.join(', ')})`,
    });
  }
  if (chain.role === 'server' && chain.host && !/^[\d.:]+$/.test(chain.host)) {
    const dns = leaf.names.filter((n) => n.kind === 'dns' || n.kind === 'ip');
    if (dns.length === 0 && !isCa(leaf))
      faults.push({
        fault: 'san-missing',
        certificate: leaf,
        says: `certificate ${leaf.subject.text} carries no subject alternative name`,
      });
    else if (dns.length > 0 && !matchHostname(leaf, chain.host).ok)
      faults.push({
        fault: 'name-mismatch',
        certificate: leaf,
        says: `certificate is for ${dns
          .map((n) => n.value)
          .slice(0, 4)
          .join(', ')}, not for ${chain.host}`,
      });
  }
  if (/sha1|md5|md2/i.test(leaf.signatureAlgorithm))
    faults.push({
      fault: 'signature-weak',
      certificate: leaf,
      since: leaf.notBefore,
      says: `certificate ${leaf.subject.text} is signed with ${leaf.signatureAlgorithm}`,
    });
  if (/RSA|DSA/.test(leaf.key.algorithm) && (leaf.key.bits ?? 4096) < 2048)
    faults.push({
      fault: 'key-weak',
      certificate: leaf,
      since: leaf.notBefore,
      says: `certificate ${leaf.subject.text} has a key of ${leaf.key.bits} bits`,
    });
  if (leaf.mustStaple)
    faults.push({
      fault: 'staple-required',
      certificate: leaf,
      since: leaf.notBefore,
      says: `certificate ${leaf.subject.text} demands a stapled OCSP response (RFC 7633)`,
    });
  return faults;
}

/** Intermediates that issued the top of a chain and lie in files of their own (SSLCertificateChainFile and the like). */
function issuersInFiles(leaf: Certificate, certificates: Certificate[], pool: Certificate[]): Certificate[] {
  const top = topOf(leaf, certificates);
  return isRoot(top) ? [] : pool.filter((p) => isCa(p) && !isRoot(p) && p.sha256 !== top.sha256 && issued(top, p));
}

/** Whether `c` lies on a path from the leaf inside the presented certificates. */
function usedInPath(leaf: Certificate, c: Certificate, certificates: Certificate[]): boolean {
  let level = [leaf];
  for (let depth = 0; depth < 8 && level.length; depth++) {
    const next = certificates.filter((p) =>
      level.some((l) => l !== p && l.issuer.der === p.subject.der && l.sha256 !== p.sha256),
    );
    if (next.includes(c)) return true;
    if (next.every((n) => level.includes(n))) return false;
    level = next.filter((n) => !isRoot(n));
  }
  return false;
}

/** Last certificate of the path that the presented certificates allow. */
export function topOf(leaf: Certificate, certificates: Certificate[]): Certificate {
  let top = leaf;
  for (let depth = 0; depth < 10; depth++) {
    const next = certificates.find((p) => p.sha256 !== top.sha256 && issued(top, p));
    if (!next || isRoot(top)) return top;
    top = next;
  }
  return top;
}

/** Whether `from` chains up to `root` with the help of the pool. */
export function reachesRoot(from: Certificate, root: Certificate, pool: Certificate[], depth = 0): boolean {
  if (from.sha256 === root.sha256 || issued(from, root)) return true;
  if (depth > 6) return false;
  return pool.some(
    (p) =>
      p.sha256 !== from.sha256 && isCa(p) && !isRoot(p) && issued(from, p) && reachesRoot(p, root, pool, depth + 1),
  );
}

/** Whether a store trusts a chain, judged by issuer and signature only (dates are faults of their own). */
export function trusts(store: TrustStore, chain: ServedChain): boolean {
  const top = topOf(chain.leaf, chain.certificates);
  return store.certificates.some(
    (r) =>
      r.sha256 === top.sha256 ||
      chain.certificates.some(
        (c) => c.sha256 === r.sha256 || (c.subject.der === r.subject.der && c.spkiSha256 === r.spkiSha256),
      ) ||
      issued(top, r),
  );
}

export { isCa, isRoot };
