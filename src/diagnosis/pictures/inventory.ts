/** Inventories of certificates (PCI DSS 4.2.1.1) and of protocols and suites (12.3.3) from whatever was read. Pure. */

import { parseCipherList } from '../../ciphers/openssl/cipher-string.ts';
import type { TlsSettings } from '../../ciphers/types.ts';
import type { Observations } from '../../graph/observations.ts';
import { append } from '../../lists.ts';
import type { Inventory, InventoryCertificate, InventoryProtocol } from '../../report/types.ts';
import { groupName, parseSuite, suiteCode, suiteName, versionName } from '../../tls/registries/index.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import { inventoryEntry } from '../../x509/inventory-entry.ts';
import type { Certificate } from '../../x509/types.ts';

type Suite = InventoryProtocol['suites'][number];

/** How a suite stands by today's advice (RFC 9325): broken, weak, acceptable, strong. */
function suiteStrength(code: number): NonNullable<Suite['strength']> | undefined {
  const parts = parseSuite(code);
  if (!parts || parts.signal) return undefined;
  const { encryption, authentication, mac } = parts;
  if (parts.exportGrade || authentication === 'anon' || /^(NULL|RC2|DES_|DES40|RC4)/.test(encryption) || mac === 'NULL')
    return 'broken';
  if (/^3DES|^IDEA|^SEED/.test(encryption) || mac === 'MD5') return 'weak';
  if (parts.tls13) return 'strong';
  return mac === 'AEAD' && parts.forwardSecret ? 'strong' : 'acceptable';
}

function suiteOf(code: number): Suite {
  const strength = suiteStrength(code);
  return { name: suiteName(code), code, ...(strength ? { strength } : {}) };
}

const label = (version: number): string => versionName(version).replace(/^(D?TLS|SSL)v/, '$1 ');

class Certificates {
  private readonly entries = new Map<string, { certificate: Certificate; locations: Set<string> }>();
  /** A capture carries the same chain thousands of times. */
  private readonly parsed = new Map<string, Certificate | null>();

  add(certificate: Certificate, location: string): void {
    const entry = this.entries.get(certificate.sha256) ?? { certificate, locations: new Set<string>() };
    entry.locations.add(location);
    this.entries.set(certificate.sha256, entry);
  }

  /** DER in base64 as captures carry it; what cannot be parsed is reported by the certificate checks, not here. */
  addDer(der: string, location: string): void {
    let certificate = this.parsed.get(der);
    if (certificate === undefined) {
      try {
        certificate = parseCertificate(Buffer.from(der, 'base64'));
      } catch {
        certificate = null;
      }
      this.parsed.set(der, certificate);
    }
    if (certificate) this.add(certificate, location);
  }

  list(): InventoryCertificate[] {
    const all = [...this.entries.values()];
    const bySubject = new Map<string, Certificate[]>();
    for (const { certificate } of all)
      bySubject.set(certificate.subject.der, [...(bySubject.get(certificate.subject.der) ?? []), certificate]);
    return all
      .map(({ certificate: c, locations }): InventoryCertificate => {
        // The key identifier decides between issuers of the same name.
        const issuers = (bySubject.get(c.issuer.der) ?? []).filter((i) => i.sha256 !== c.sha256 || c.selfIssued);
        const issuer =
          issuers.find((i) => c.authorityKeyId !== undefined && i.subjectKeyId === c.authorityKeyId) ?? issuers[0];
        const issuedBy = issuer && issuer.sha256 !== c.sha256 ? issuer.sha256 : undefined;
        return inventoryEntry(c, [...locations].sort(), issuedBy);
      })
      .sort((a, b) => (a.notAfter < b.notAfter ? -1 : a.notAfter > b.notAfter ? 1 : a.sha256 < b.sha256 ? -1 : 1));
  }
}

/** What a configuration allows, per protocol: TLS 1.3 has suites of its own, SSL and TLS up to 1.2 share the cipher string. */
function configured(settings: TlsSettings, location: string): InventoryProtocol[] {
  const old = settings.ciphers ? parseCipherList(settings.ciphers.value).suites.map(suiteOf) : [];
  const modern = (settings.suites13?.value.split(/[:, ]+/) ?? []).flatMap((name) => {
    const code = suiteCode(name);
    return code === undefined ? [] : [suiteOf(code)];
  });
  const groups = settings.groups ? { groups: settings.groups.value.split(/[:, ]+/).filter(Boolean) } : {};
  return (settings.protocols?.value ?? []).map((protocol) => ({
    location,
    state: 'configured' as const,
    protocol: protocol.replace(/^(D?TLS|SSL)v?/i, '$1 ').replace(/^TLS 1$/i, 'TLS 1.0'),
    suites: /1\.3/.test(protocol) ? modern : old,
    ...groups,
  }));
}

export function inventoryOf(o: Observations): Inventory {
  const certificates = new Certificates();
  for (const seen of o.certificates) for (const c of seen.certificates) certificates.add(c, seen.file);
  const negotiated = new Map<string, InventoryProtocol>();
  for (const h of o.handshakes) {
    const server = `${h.server.address}:${h.server.port}`;
    for (const der of h.serverCertificates ?? []) certificates.addDer(der, server);
    for (const der of h.clientCertificates ?? []) certificates.addDer(der, `${h.client.address} (client)`);
    if (!h.serverHello || h.serverHello.helloRetryRequest) continue;
    const protocol = label(h.serverHello.version);
    const key = `${server} ${protocol}`;
    const entry = negotiated.get(key) ?? { location: server, state: 'negotiated' as const, protocol, suites: [] };
    const suite = suiteOf(h.serverHello.suite);
    if (!entry.suites.some((s) => s.name === suite.name)) entry.suites.push(suite);
    if (h.serverHello.group !== undefined)
      entry.groups = [...new Set([...(entry.groups ?? []), groupName(h.serverHello.group)])].sort();
    negotiated.set(key, entry);
  }
  const protocols = [...negotiated.values()];
  for (const config of o.configurations) {
    for (const l of config.listeners) if (l.tls) append(protocols, configured(l.settings, `${l.file}:${l.line}`));
    for (const u of config.upstreams) if (u.tls) append(protocols, configured(u.settings, `${u.file}:${u.line}`));
  }
  return {
    certificates: certificates.list(),
    protocols: protocols.sort((a, b) => (a.location + a.protocol < b.location + b.protocol ? -1 : 1)),
  };
}
