/** Forged and swapped certificates: pins, reused serials, one key under two issuers, interception roots, altered bytes. */
import type { Finding } from '../../finding.ts';
import { parsedForm } from '../certificate.ts';
import { INTERCEPTION, sameName } from '../known-identities.ts';
import { namesHost } from '../relation.ts';
import { verifySignature } from '../signature.ts';
import type { Certificate } from '../types.ts';
import { calledAs, finding, subjectOf } from './findings.ts';
import type { Pin } from './pins.ts';
import type { AuditOptions, Sighting } from './types.ts';

interface Seen {
  certificate: Certificate;
  sighting: Sighting;
  index: number;
}

export function identityFindings(sightings: readonly Sighting[], options: AuditOptions): Finding[] {
  const seen: Seen[] = sightings.flatMap((sighting) =>
    sighting.observation.certificates.map((certificate, index) => ({ certificate, sighting, index })),
  );
  return [
    ...interceptions(seen),
    ...altered(seen),
    ...reusedSerials(seen),
    ...twoIssuers(seen),
    ...pinned(seen, options),
  ];
}

const evidence = ({ sighting, index }: Seen, text: string) => ({ file: sighting.place, certificate: index, text });

function interceptions(seen: Seen[]): Finding[] {
  return seen
    .filter(
      ({ certificate: c }) => INTERCEPTION.test(c.issuer.text) || (c.selfIssued && INTERCEPTION.test(c.subject.text)),
    )
    .map((s) =>
      finding({
        id: 'certificate/interception',
        priority: 'urgent',
        class: 'attack',
        subject: subjectOf(s.certificate),
        title: `${calledAs(s.certificate)} comes from interception software: ${s.certificate.issuer.text}`,
        detail:
          'Software that reads TLS traffic stands between client and server, or its root is trusted here. Card data on this path is open to it.',
        evidence: [evidence(s, s.certificate.issuer.text)],
        impact: { exposure: 'identity' },
        owner: 'sec',
        remedy: 'find what intercepts on this path and remove it; remove its root from every trust store',
        verify: {
          command: `openssl x509 -in ${s.sighting.place} -noout -issuer`,
          expect: 'the public or agreed authority',
        },
      }),
    );
}

/**
 * A certificate that claims to be self-signed but is not. A CA that renews its key certifies itself with the old one;
 * only equal key identifiers prove that its own key was meant.
 */
function isAltered(certificate: Certificate): boolean {
  const { selfIssued, authorityKeyId, subjectKeyId } = certificate;
  if (!selfIssued || authorityKeyId !== subjectKeyId) return false;
  if (certificate.basicConstraints?.ca && authorityKeyId === undefined) return false;
  // What was cut off is damaged, not forged.
  if (parsedForm(certificate).signature.length === 0) return false;
  return verifySignature(certificate, certificate) === 'bad';
}

/** Where the signature that does not fit starts. */
const signatureOffset = (certificate: Certificate): number => {
  const { bytes, signature } = parsedForm(certificate);
  return signature.byteOffset - bytes.byteOffset;
};

function altered(seen: Seen[]): Finding[] {
  const distinct = new Map(seen.map((s) => [s.certificate.sha256, s]));
  return [...distinct.values()]
    .filter(({ certificate }) => isAltered(certificate))
    .map((s) =>
      finding({
        id: 'certificate/altered',
        priority: 'urgent',
        class: 'attack',
        subject: { kind: 'certificate', id: s.certificate.sha256, label: calledAs(s.certificate) },
        title: `The self-signed certificate of ${calledAs(s.certificate)} was not signed by its own key`,
        detail: 'Its content was changed after signing, or it was made to look like another one.',
        evidence: [{ ...evidence(s, s.certificate.subject.text), offset: signatureOffset(s.certificate) }],
        impact: { exposure: 'identity' },
        owner: 'sec',
        remedy: 'do not trust it; take the original from its owner over another channel',
        verify: {
          command: `openssl verify -CAfile ${s.sighting.place} -check_ss_sig ${s.sighting.place}`,
          expect: 'OK',
        },
      }),
    );
}

function grouped(seen: Seen[], key: (s: Seen) => string): Seen[][] {
  const groups = new Map<string, Map<string, Seen>>();
  for (const s of seen) {
    const id = key(s);
    const group = groups.get(id) ?? new Map<string, Seen>();
    if (!group.has(s.certificate.sha256)) group.set(s.certificate.sha256, s);
    groups.set(id, group);
  }
  return [...groups.values()].filter((g) => g.size > 1).map((g) => [...g.values()]);
}

/** A serial number names one certificate of an issuer; a second one is a forgery or a fault of the authority. Precertificates share theirs. */
function reusedSerials(seen: Seen[]): Finding[] {
  const candidates = seen.filter(
    ({ certificate: c }) =>
      c.serial !== '' && c.serial !== '00' && !c.unknownCritical.includes('1.3.6.1.4.1.11129.2.4.3') && !c.selfIssued,
  );
  return grouped(candidates, ({ certificate: c }) => `${c.issuer.der} ${c.serial}`).map((group) => {
    const [a, b] = group as [Seen, Seen];
    return finding({
      id: 'certificate/serial-reused',
      priority: 'important',
      class: 'attack',
      subject: {
        kind: 'certificate',
        id: `${a.certificate.issuer.text} ${a.certificate.serial}`,
        label: `serial ${a.certificate.serial}`,
      },
      title: `Two certificates of ${a.certificate.issuer.text} bear the serial number ${a.certificate.serial}`,
      detail: `${calledAs(a.certificate)} and ${calledAs(b.certificate)}. One of them is forged, or the authority numbered wrongly; revocation cannot tell them apart.`,
      evidence: group.slice(0, 10).map((s) => evidence(s, s.certificate.subject.text)),
      owner: 'sec',
      remedy: 'check both signatures with the certificate of the authority and ask it which one it issued',
      verify: {
        command: `paymedic certs ${a.sighting.place} ${b.sighting.place}`,
        expect: 'no finding certificate/serial-reused',
      },
      references: ['RFC 5280 4.1.2.2'],
    });
  });
}

/** One leaf key under two issuers: a migration between authorities, or a certificate obtained by somebody else who has the key. */
function twoIssuers(seen: Seen[]): Finding[] {
  const leaves = seen.filter(({ certificate: c }) => !c.basicConstraints?.ca);
  return grouped(leaves, (s) => s.certificate.spkiSha256)
    .filter((group) => new Set(group.map((s) => s.certificate.issuer.der)).size > 1)
    .map((group) =>
      finding({
        id: 'certificate/same-key-other-issuer',
        priority: 'routine',
        class: 'attack',
        subject: subjectOf(group[0]!.certificate),
        title: `The key of ${calledAs(group[0]!.certificate)} is certified by ${new Set(group.map((s) => s.certificate.issuer.text)).size} issuers`,
        detail: `${[...new Set(group.map((s) => s.certificate.issuer.text))].slice(0, 5).join('; ')}. Expected in a change of authority; otherwise somebody else holds the key.`,
        evidence: group.slice(0, 10).map((s) => evidence(s, s.certificate.issuer.text)),
        owner: 'sec',
        remedy: 'confirm that both were requested by the owner; make a new key when changing authorities',
        verify: { command: `paymedic certs ${group[0]!.sighting.place}`, expect: 'one issuer for each key' },
      }),
    );
}

/** The key of the known identity, certified by somebody else: a change of authority, or someone who has the key. */
const knownKeyOtherIssuer = (s: Seen, pin: Pin): Finding =>
  finding({
    id: 'certificate/pin-same-key-other-issuer',
    priority: 'routine',
    class: 'attack',
    subject: { kind: 'host', id: pin.name, label: pin.name },
    title: `The known key of ${pin.name} is now certified by ${s.certificate.issuer.text}`,
    detail: `Known issuer: ${pin.issuer}. Expected in a change of authority; otherwise somebody else holds the key.`,
    evidence: [evidence(s, s.certificate.issuer.text)],
    owner: 'sec',
    remedy: 'confirm the change with the owner and record the new identity; make a new key when changing authorities',
    verify: {
      command: `openssl x509 -in ${s.sighting.place} -noout -issuer -serial`,
      expect: 'what the owner confirms',
    },
  });

function pinned(seen: Seen[], options: AuditOptions): Finding[] {
  if (!options.pins?.length) return [];
  const found: Finding[] = [];
  for (const s of seen) {
    // A certificate that somebody made for a host by themselves is marked as a CA, too.
    if (s.certificate.basicConstraints?.ca && !namesHost(s.certificate)) continue;
    const names = new Set(
      [s.sighting.host, ...s.certificate.names.map((n) => n.value), s.certificate.subject.commonName].map((n) =>
        n?.toLowerCase(),
      ),
    );
    const c = s.certificate;
    const about = options.pins.filter((pin) => names.has(pin.name));
    // An inventory may list a certificate beside the one before it: any record of this key and issuer knows it.
    if (about.some((pin) => pin.spkiSha256?.includes(c.spkiSha256) && (!pin.issuer || sameName(pin.issuer, c.issuer))))
      continue;
    for (const pin of about) {
      const otherIssuer = pin.issuer !== undefined && !sameName(pin.issuer, c.issuer);
      const sameKey = pin.spkiSha256?.includes(c.spkiSha256) === true;
      if (sameKey && otherIssuer) found.push(knownKeyOtherIssuer(s, pin));
      const otherKey = pin.spkiSha256 !== undefined;
      if (sameKey || (!otherIssuer && !otherKey)) continue;
      const selfSigned = c.selfIssued && otherIssuer;
      found.push(
        finding({
          id: selfSigned
            ? 'certificate/pin-self-signed'
            : otherIssuer
              ? 'certificate/pin-other-issuer'
              : 'certificate/pin-other-key',
          priority: otherIssuer ? 'urgent' : 'important',
          class: 'attack',
          subject: { kind: 'host', id: pin.name, label: pin.name },
          title: selfSigned
            ? `${pin.name} now has a self-signed certificate`
            : otherIssuer
              ? `${pin.name} now has a certificate of another issuer: ${c.issuer.text}`
              : `${pin.name} now has another key than the known one`,
          detail: `Known: ${pin.issuer ?? 'any issuer'}, key ${pin.spkiSha256?.map((k) => k.slice(0, 16)).join(', ') ?? 'any'}. Seen: ${c.issuer.text}, key ${c.spkiSha256.slice(0, 16)}, serial ${c.serial}.`,
          evidence: [evidence(s, c.issuer.text)],
          impact: otherIssuer ? { exposure: 'identity' } : {},
          owner: 'sec',
          remedy:
            'ask the owner over another channel whether the change was planned; if so record the new identity, if not stop payments on this path',
          verify: {
            command: `openssl x509 -in ${s.sighting.place} -noout -issuer -serial -fingerprint -sha256`,
            expect: 'what the owner confirms',
          },
        }),
      );
    }
  }
  return found;
}
