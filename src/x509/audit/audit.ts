/** The audit of a set of certificates, keys and lists: pure, judged at one clock. */

import type { EvidenceRef, Finding, NotChecked } from '../../finding.ts';
import { append } from '../../lists.ts';
import { parsedForm } from '../certificate.ts';
import { matchHostname } from '../hostname.ts';
import { parseOcspResponse } from '../ocsp.ts';
import { buildPath } from '../path/build.ts';
import { namesFit, namesHost } from '../relation.ts';
import { lint, type Scope, type Severity } from '../rules/index.ts';
import type { Certificate } from '../types.ts';
import { judgeExpiry } from './expiry.ts';
import { calledAs, finding, isoDay, span, subjectOf } from './findings.ts';
import { identityFindings } from './identity.ts';
import { keyFindings } from './keys.ts';
import { listFindings } from './lists.ts';
import { lookAlikeFindings } from './look-alikes.ts';
import { revocationFindings } from './revocation.ts';
import { stapleFindings } from './staples.ts';
import { timestampFindings } from './timestamps.ts';
import type { AuditOptions, AuditResult, LinkRole, Sighting } from './types.ts';

interface Known {
  certificate: Certificate;
  places: { sighting: Sighting; index: number }[];
}

const MAX_PLACES = 20;

/** Judges everything that was seen. */
export function audit(sightings: readonly Sighting[], options: AuditOptions): AuditResult {
  const known = new Map<string, Known>();
  for (const sighting of sightings) {
    sighting.observation.certificates.forEach((certificate, index) => {
      const entry = known.get(certificate.sha256);
      if (entry) entry.places.push({ sighting, index });
      else known.set(certificate.sha256, { certificate, places: [{ sighting, index }] });
    });
  }
  const findings: Finding[] = [];
  const notChecked: NotChecked[] = [];
  const bySubject = groupedBySubject(known);
  const all = [...known.values()].map((k) => k.certificate);
  for (const entry of known.values()) {
    findings.push(
      ...expiryFindings(entry, bySubject, options),
      ...ruleFindings(entry, options),
      ...clientPurposeFindings(entry, options),
    );
  }
  for (const sighting of sightings) {
    findings.push(
      ...pathFindings(sighting, all, options, notChecked),
      ...nameFindings(sighting),
      ...listFindings(sighting, options.clock),
      ...stapleFindings(sighting, options),
    );
  }
  findings.push(
    ...keyFindings(sightings, options),
    ...identityFindings(sightings, options),
    ...lookAlikeFindings(sightings, options),
    ...revocationFindings(sightings, options),
    ...timestampFindings(sightings, options, notChecked),
  );
  return { findings: merged(findings), notChecked, certificates: listed(known, bySubject) };
}

/** One finding for one fingerprint; the evidence of the others is kept. */
function merged(findings: Finding[]): Finding[] {
  const byFingerprint = new Map<string, Finding>();
  for (const f of findings) {
    const before = byFingerprint.get(f.fingerprint);
    if (!before) byFingerprint.set(f.fingerprint, f);
    else if (before.evidence.length < MAX_PLACES) append(before.evidence, f.evidence);
  }
  for (const f of byFingerprint.values()) f.count = Math.max(1, f.evidence.length);
  return [...byFingerprint.values()];
}

type BySubject = ReadonlyMap<string, readonly Certificate[]>;

function groupedBySubject(known: Map<string, Known>): BySubject {
  const bySubject = new Map<string, Certificate[]>();
  for (const { certificate } of known.values()) {
    const list = bySubject.get(certificate.subject.der);
    if (list) list.push(certificate);
    else bySubject.set(certificate.subject.der, [certificate]);
  }
  return bySubject;
}

function listed(known: Map<string, Known>, bySubject: BySubject): AuditResult['certificates'] {
  return [...known.values()].map(({ certificate, places }) => {
    const issuer = certificate.selfIssued
      ? undefined
      : (bySubject.get(certificate.issuer.der) ?? []).find(
          (c) =>
            certificate.authorityKeyId === undefined ||
            c.subjectKeyId === undefined ||
            c.subjectKeyId === certificate.authorityKeyId,
        );
    return {
      certificate,
      places: [...new Set(places.map((p) => p.sighting.place))],
      leaf: certificate.basicConstraints?.ca !== true,
      ...(issuer ? { issuedBy: issuer.sha256 } : {}),
    };
  });
}

function evidenceOf(sighting: Sighting, index: number, text: string): EvidenceRef {
  const position = sighting.observation.positions?.[index];
  return {
    file: sighting.place,
    certificate: index,
    ...(position?.line === undefined ? {} : { line: position.line }),
    text,
  };
}

const places = (entry: Known, text: string): EvidenceRef[] =>
  entry.places.slice(0, MAX_PLACES).map((p) => evidenceOf(p.sighting, p.index, text));

const showCommand = (entry: Known): string => {
  const first = entry.places[0]!.sighting;
  return first.live
    ? `openssl s_client -connect ${first.place} </dev/null | openssl x509 -noout -subject -dates`
    : `openssl x509 -in ${first.place} -noout -subject -dates`;
};

const roleOf = (entry: Known, options: AuditOptions): LinkRole =>
  entry.places.find((p) => p.sighting.role)?.sighting.role ?? (options.profile === 'client' ? 'client' : options.role);

function expiryFindings(entry: Known, bySubject: BySubject, options: AuditOptions): Finding[] {
  const { certificate } = entry;
  const { notBefore, notAfter } = certificate;
  const { clock } = options;
  const name = calledAs(certificate);
  const ca = certificate.basicConstraints?.ca === true;
  const base = {
    subject: subjectOf(certificate),
    references: ['RFC 5280 4.1.2.5'],
    verify: { command: showCommand(entry), expect: 'notAfter lies well in the future' },
  };
  const text = `notBefore ${isoDay(notBefore)}, notAfter ${isoDay(notAfter)} UTC`;
  const remedy = ca
    ? 'have the authority issue and publish a successor, and install it in every chain and trust store'
    : 'renew it, install the new one and reload what uses it';
  if (!Number.isFinite(notBefore) || !Number.isFinite(notAfter)) {
    return [
      finding({
        ...base,
        id: 'certificate/unreadable-dates',
        priority: 'important',
        title: `The dates of ${name} cannot be read`,
        detail: parsedForm(certificate).defects.find((d) => d.rule.startsWith('time/'))?.says ?? 'a date is missing',
        evidence: places(entry, text),
        remedy: 'replace it; clients refuse it',
      }),
    ];
  }
  const live = entry.places.some((p) => p.sighting.live);
  if (clock < notBefore) {
    return [
      finding({
        ...base,
        id: 'certificate/not-yet-valid',
        priority: live ? 'urgent' : 'routine',
        title: `${name} is not valid before ${isoDay(notBefore)} UTC`,
        detail: `${span(notBefore - clock)} are left until it begins.`,
        evidence: places(entry, text),
        remedy: 'check the clock of the machine that issued it; wait, or use the previous one',
        part: certificate.serial,
      }),
    ];
  }
  if (clock > notAfter) {
    const successor = successorOf(certificate, bySubject, clock);
    // Trust stores keep roots long after their end; that alone breaks nothing.
    const priority = live ? 'urgent' : successor || storedRoot(certificate) ? 'routine' : 'important';
    return [
      finding({
        ...base,
        id: 'certificate/expired',
        priority,
        class: 'technical',
        title: `${name} expired on ${isoDay(notAfter)} UTC`,
        detail: `It ended ${span(clock - notAfter)} ago.${successor ? ` A successor that is valid until ${isoDay(successor.notAfter)} UTC was seen too.` : ''}`,
        evidence: places(entry, text),
        impact: { daysLeft: daysBetween(clock, notAfter) },
        remedy: successor && !live ? 'remove it where it is no longer used' : remedy,
        part: certificate.serial,
      }),
    ];
  }
  const verdict = judgeExpiry({ notBefore, notAfter, ca, role: roleOf(entry, options) }, clock);
  if (!verdict.priority) return [];
  const successor = successorOf(certificate, bySubject, clock);
  if (successor && !live) return [];
  return [
    finding({
      ...base,
      id: 'certificate/expiring',
      priority: storedRoot(certificate) && !live ? 'routine' : verdict.priority,
      class: 'technical',
      title: `${name} ends in ${span(verdict.remaining)}, on ${isoDay(notAfter)} UTC`,
      detail: `${Math.floor(verdict.share * 100)} % of its lifetime of ${span(notAfter - notBefore)} is left.${successor ? ` A successor that is valid until ${isoDay(successor.notAfter)} UTC exists but is not what is served.` : ''}`,
      evidence: places(entry, text),
      impact: { daysLeft: daysBetween(clock, notAfter) },
      remedy,
      part: certificate.serial,
    }),
  ];
}

/** A root as it lies in trust stores; a self-made certificate for a host is marked as a CA too, but names the host. */
const storedRoot = (certificate: Certificate): boolean =>
  certificate.basicConstraints?.ca === true && certificate.selfIssued && !namesHost(certificate);

/** Days from one time to another, to the hour: an end two hours ago is not a day ago. */
const daysBetween = (from: number, to: number): number => Math.round((to - from) / 3_600_000) / 24;

/** Another certificate for the same subject and names that is valid now and ends later. */
function successorOf(certificate: Certificate, bySubject: BySubject, clock: number): Certificate | undefined {
  let mine: string | undefined;
  for (const other of bySubject.get(certificate.subject.der) ?? []) {
    if (other.notAfter <= certificate.notAfter || other.notBefore > clock || clock > other.notAfter) continue;
    mine ??= sortedNames(certificate);
    if (sortedNames(other) === mine) return other;
  }
  return undefined;
}

const namesSorted = new WeakMap<Certificate, string>();

function sortedNames(certificate: Certificate): string {
  let text = namesSorted.get(certificate);
  if (text === undefined) {
    text = certificate.names
      .map((n) => `${n.kind}:${n.value.toLowerCase()}`)
      .sort()
      .join(' ');
    namesSorted.set(certificate, text);
  }
  return text;
}

/** Marks of a public authority: timestamps of public logs or a policy of the CA/Browser Forum. */
const looksPublic = (certificate: Certificate): boolean =>
  certificate.scts > 0 || certificate.policies.some((p) => p.startsWith('2.23.140.1.'));

const RANK: { readonly [s in Severity]: number } = { error: 2, warning: 1, notice: 0 };

/** The rules of PSD2 and SET concern only certificates with their extensions. */
const SCOPES: ReadonlySet<Scope> = new Set(['any', 'psd2', 'set']);
const WEB_SCOPES: ReadonlySet<Scope> = new Set([...SCOPES, 'web']);
const CLIENT_SCOPES: ReadonlySet<Scope> = new Set([...SCOPES, 'client']);
const WEB_CLIENT_SCOPES: ReadonlySet<Scope> = new Set([...WEB_SCOPES, 'client']);

/** Used as a client, or good for nothing else. */
function isClient(entry: Known, options: AuditOptions): boolean {
  const purposes = entry.certificate.extendedKeyUsage;
  const clientOnly =
    purposes?.includes('clientAuth') === true &&
    !purposes.includes('serverAuth') &&
    entry.certificate.basicConstraints?.ca !== true;
  return clientOnly || (roleOf(entry, options) === 'client' && isPresented(entry));
}

/** The first certificate of a file or handshake is the one that is used; the others lead to its root. */
const isPresented = (entry: Known): boolean => entry.places.some((p) => p.index === 0);

function scopesFor(entry: Known, options: AuditOptions): ReadonlySet<Scope> {
  const web = options.profile === 'web' || (options.profile === 'auto' && looksPublic(entry.certificate));
  if (isClient(entry, options)) return web ? WEB_CLIENT_SCOPES : CLIENT_SCOPES;
  return web ? WEB_SCOPES : SCOPES;
}

function ruleFindings(entry: Known, options: AuditOptions): Finding[] {
  const { certificate } = entry;
  return lint(parsedForm(certificate), scopesFor(entry, options))
    .filter((b) => RANK[b.severity] >= (options.warnings ? 0 : 2))
    .map(({ rule, severity, says, offset }) =>
      finding({
        id: `certificate/rule/${rule.id}`,
        priority: severity === 'error' && rule.id.startsWith('keys/') ? 'important' : 'routine',
        subject: subjectOf(certificate),
        title: `${calledAs(certificate)}: ${says}`,
        detail: `${rule.title}.`,
        evidence: entry.places
          .slice(0, MAX_PLACES)
          .map((p) => ({ ...evidenceOf(p.sighting, p.index, says), ...(offset === undefined ? {} : { offset }) })),
        owner: certificate.selfIssued ? 'ops' : 'ca',
        remedy: 'have it issued again without the fault',
        verify: { command: `paymedic certs ${entry.places[0]!.sighting.place}`, expect: `no breach of ${rule.id}` },
        references: [`${rule.source} ${rule.section}`.trim()],
        data: { rule: rule.id, severity },
      }),
    );
}

/** Public authorities end clientAuth: a payment link that uses such a certificate as a client breaks at a renewal. */
function clientPurposeFindings(entry: Known, options: AuditOptions): Finding[] {
  const { certificate } = entry;
  if (roleOf(entry, options) !== 'client' || certificate.basicConstraints?.ca) return [];
  const purposes = certificate.extendedKeyUsage;
  const allowed = !purposes || purposes.includes('clientAuth') || purposes.includes('anyExtendedKeyUsage');
  const base = {
    subject: subjectOf(certificate),
    evidence: places(entry, `extended key usage: ${purposes?.join(', ') ?? 'absent'}`),
    references: ['Chrome Root Program Policy 1.8'],
  };
  const verify = {
    command: showCommand(entry).replace('-subject -dates', '-ext extendedKeyUsage'),
    expect: 'TLS Web Client Authentication is listed',
  };
  if (!allowed) {
    return [
      finding({
        ...base,
        id: 'certificate/client-purpose-missing',
        priority: 'urgent',
        class: 'incompatibility',
        title: `${calledAs(certificate)} may not be used as a client: clientAuth is missing`,
        detail: 'Servers that check the purpose refuse the handshake.',
        remedy: 'use a certificate with clientAuth, from a private or payment-industry authority',
        verify,
        owner: 'ca',
      }),
    ];
  }
  if (!looksPublic(certificate) || !purposes?.includes('clientAuth')) return [];
  const date = isoDay(Math.min(certificate.notAfter, Date.UTC(2027, 2, 15) + 398 * 86_400_000));
  return [
    finding({
      ...base,
      id: 'certificate/client-purpose-ends',
      priority: 'important',
      class: 'incompatibility',
      title: `The link that uses ${calledAs(certificate)} as a client breaks at its renewal, by ${date} UTC`,
      detail:
        'Public authorities stop issuing clientAuth: most have already, all will before 15 March 2027. The renewed certificate will lack it.',
      remedy:
        'move this link to a private or payment-industry authority (for example X9 Financial PKI) before the renewal, and agree the new trust anchor with the other side',
      verify: {
        command: verify.command,
        expect: 'the certificate comes from the agreed authority and lists client authentication',
      },
      owner: 'ops',
    }),
  ];
}

/** The path of the first certificate of a sighting to the given anchors, with only what stands in the same place. */
function pathFindings(
  sighting: Sighting,
  all: Certificate[],
  options: AuditOptions,
  notChecked: NotChecked[],
): Finding[] {
  const leaf = sighting.observation.certificates[0];
  if (!leaf || (leaf.basicConstraints?.ca && !sighting.live)) return [];
  const order = orderFinding(sighting);
  if (!options.anchors) {
    if (sighting.live)
      notChecked.push({
        what: `the path of the certificate of ${sighting.place}`,
        why: 'no trusted certificates were named',
        wouldShow: '--trust system or --trust FILE',
      });
    return order;
  }
  const ask = (intermediates: Certificate[]) => {
    const role = sighting.role ?? options.role;
    return buildPath(leaf, {
      intermediates,
      anchors: options.anchors!,
      time: options.clock,
      role,
      crls: sighting.observation.revocationLists,
      ocsp: (sighting.observation.ocspResponses ?? []).map((r) => parseOcspResponse(Buffer.from(r, 'base64'))),
    });
  };
  const result = ask(sighting.observation.certificates.slice(1));
  const { failure } = result;
  if (result.ok || !failure || failure.rule === 'path/expired' || failure.rule === 'path/not-yet-valid') return order;
  const everything = failure.rule === 'path/no-issuer' ? ask(all) : result;
  const incomplete = everything.ok;
  const name = calledAs(leaf);
  return [
    ...order,
    finding({
      id: incomplete
        ? 'certificate/chain-incomplete'
        : failure.rule === 'path/untrusted-root'
          ? 'certificate/self-signed'
          : `certificate/${failure.rule.replace('path/', 'path-')}`,
      priority: sighting.live || failure.rule === 'path/revoked' ? 'urgent' : 'important',
      subject: subjectOf(leaf),
      title: incomplete
        ? `The chain of ${name} lacks an intermediate certificate`
        : `${name} does not lead to a trusted certificate: ${failure.says}`,
      detail: `${failure.subject || name} ${failure.says}.${
        incomplete
          ? ` ${everything
              .chain!.slice(1, -1)
              .map((c) => c.subject.text)
              .join(', ')} is known from elsewhere and completes it.`
          : ''
      } ${result.attemptsTotal} path${result.attemptsTotal === 1 ? '' : 's'} tried.`,
      evidence: [
        evidenceOf(sighting, Math.min(failure.index, sighting.observation.certificates.length - 1), failure.says),
      ],
      remedy: incomplete
        ? 'serve the leaf together with its intermediate certificates, leaf first'
        : 'use a certificate of an authority that the other side trusts, or have it add this one',
      verify: {
        command: `openssl verify -show_chain -untrusted ${sighting.place} ${sighting.place}`,
        expect: 'OK and the chain up to a trusted root',
      },
      references: ['RFC 5280 6.1'],
      part: sighting.place,
    }),
  ];
}

function orderFinding(sighting: Sighting): Finding[] {
  const { certificates } = sighting.observation;
  if (certificates.length < 3 || certificates.length > 10) return [];
  const chain = certificates.every((c, i) => i === 0 || c.basicConstraints?.ca);
  const broken = certificates.findIndex((c, i) => i > 0 && !namesFit(certificates[i - 1]!, c));
  const related = certificates.slice(1).some((c) => namesFit(certificates[0]!, c));
  if (!chain || broken < 1 || !related || certificates[broken - 1]!.selfIssued) return [];
  const leaf = certificates[0]!;
  return [
    finding({
      id: 'certificate/chain-order',
      priority: 'routine',
      subject: subjectOf(leaf),
      title: `The chain of ${calledAs(leaf)} is out of order`,
      detail: `Certificate ${broken + 1} did not issue certificate ${broken}. TLS 1.2 asks for each certificate to certify the one before it; strict clients refuse.`,
      evidence: [evidenceOf(sighting, broken, certificates[broken]!.subject.text)],
      remedy: 'write the leaf first, then each issuer in turn, and no stranger between them',
      verify: { command: `paymedic certs ${sighting.place}`, expect: 'no finding certificate/chain-order' },
      references: ['RFC 5246 7.4.2', 'RFC 8446 4.4.2'],
      part: sighting.place,
    }),
  ];
}

function nameFindings(sighting: Sighting): Finding[] {
  const leaf = sighting.observation.certificates[0];
  if (!leaf || sighting.host === undefined) return [];
  const match = matchHostname(leaf, sighting.host);
  if (match.ok) return [];
  return [
    finding({
      id: 'certificate/name-mismatch',
      priority: 'urgent',
      subject: { kind: 'host', id: sighting.place, label: sighting.place },
      title: `${sighting.place} serves a certificate that does not name ${sighting.host}`,
      detail: `${match.because}.`,
      evidence: [
        evidenceOf(
          sighting,
          0,
          leaf.names
            .map((n) => n.value)
            .slice(0, 8)
            .join(', ') || leaf.subject.text,
        ),
      ],
      remedy: 'serve the certificate of this name: check the virtual host and the SNI that clients send',
      verify: {
        command: `openssl s_client -connect ${sighting.place} -servername ${sighting.host} </dev/null | openssl x509 -noout -ext subjectAltName`,
        expect: `${sighting.host} is listed`,
      },
      references: ['RFC 9525'],
    }),
  ];
}
