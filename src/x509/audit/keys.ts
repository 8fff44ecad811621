/** Keys: weak ones, exposed ones, and pairs that do not belong together. */
import type { Finding } from '../../finding.ts';
import { toBigInt } from '../big-integers.ts';
import { parsedForm } from '../certificate.ts';
import { sharedPrimes } from '../shared-primes.ts';
import { type PublicKey, parsePublicKey } from '../spki.ts';
import type { Certificate, KeyInfo } from '../types.ts';
import { weaknesses } from '../weak-keys.ts';
import { calledAs, finding } from './findings.ts';
import type { AuditOptions, Sighting } from './types.ts';

interface SeenKey {
  key: PublicKey;
  label: string;
  places: string[];
}

export function keyFindings(sightings: readonly Sighting[], options: AuditOptions): Finding[] {
  const seen = new Map<string, SeenKey>();
  const note = (id: string, key: PublicKey, label: string, place: string): void => {
    const entry = seen.get(id);
    if (!entry) seen.set(id, { key, label, places: [place] });
    else if (!entry.places.includes(place)) entry.places.push(place);
  };
  const certificates = new Map<string, Certificate>();
  for (const { observation, place } of sightings) {
    for (const certificate of observation.certificates) {
      note(certificate.spkiSha256, parsedForm(certificate).key, calledAs(certificate), place);
      certificates.set(certificate.spkiSha256, certificate);
    }
    for (const info of observation.keys) {
      if (info.spki !== undefined && info.spkiSha256 !== undefined)
        note(
          info.spkiSha256,
          parsePublicKey(Buffer.from(info.spki, 'base64')),
          `the ${info.algorithm ?? ''} key in ${place}`,
          place,
        );
    }
  }
  return [
    ...weakFindings(seen, options),
    ...sharedFindings(seen),
    ...exposureFindings(sightings, certificates),
    ...pairFindings(sightings),
  ];
}

const keySubject = (id: string, label: string) => ({ kind: 'certificate' as const, id, label });

function weakFindings(seen: Map<string, SeenKey>, options: AuditOptions): Finding[] {
  return [...seen].flatMap(([id, { key, label, places }]) =>
    weaknesses(key, options.blocklist).map((weakness) =>
      finding({
        id: `key/${weakness.id}`,
        priority: weakness.severity === 'broken' ? 'urgent' : 'routine',
        class: weakness.severity === 'broken' ? 'attack' : 'configuration',
        subject: keySubject(id, label),
        title: `${label}: ${weakness.says}`,
        detail:
          weakness.severity === 'broken'
            ? 'Treat the private key as known to others: certificates with it can be impersonated.'
            : 'Some software refuses such keys.',
        evidence: places.slice(0, 20).map((file) => ({ file, text: key.label })),
        impact: weakness.severity === 'broken' ? { exposure: 'keys' } : {},
        owner: 'sec',
        remedy: 'make a new key with current software, have the certificate issued again, revoke the old one',
        verify: { command: `paymedic certs ${places[0]}`, expect: `no finding key/${weakness.id}` },
        references: ['https://badkeys.info'],
      }),
    ),
  );
}

function sharedFindings(seen: Map<string, SeenKey>): Finding[] {
  const keys = [...seen].filter(([, s]) => s.key.modulus !== undefined && (s.key.bits ?? 0) <= 16_384);
  const hits = sharedPrimes(keys.map(([, s]) => toBigInt(s.key.modulus!)));
  return hits.map(({ index }) => {
    const [id, { label, places }] = keys[index]!;
    return finding({
      id: 'key/shared-prime',
      priority: 'urgent',
      class: 'attack',
      subject: keySubject(id, label),
      title: `${label} shares a prime factor with another key of this scan`,
      detail: `Both private keys can be computed from the two public keys. Keys of this scan with the fault: ${hits.length}.`,
      evidence: places.slice(0, 20).map((file) => ({ file, text: label })),
      impact: { exposure: 'keys' },
      owner: 'sec',
      remedy:
        'make new keys on a machine with a working random number generator, have the certificates issued again, revoke the old ones',
      verify: { command: `paymedic certs ${places[0]}`, expect: 'no finding key/shared-prime' },
      references: ['https://factorable.net'],
    });
  });
}

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');

function exposureFindings(sightings: readonly Sighting[], certificates: Map<string, Certificate>): Finding[] {
  const found: Finding[] = [];
  for (const { observation, place, live } of sightings) {
    if (live || observation.mode === undefined) continue;
    const { mode } = observation;
    for (const key of observation.keys) {
      if (key.kind !== 'private' || key.encrypted || (mode & 0o044) === 0) continue;
      const certificate = key.spkiSha256 === undefined ? undefined : certificates.get(key.spkiSha256);
      const everyone = (mode & 0o004) !== 0;
      found.push(
        finding({
          id: 'key/readable-by-others',
          priority: everyone ? 'urgent' : 'important',
          subject: { kind: 'file', id: place, label: place },
          title: `${place} holds a private key that ${everyone ? 'every user' : 'its group'} of the machine can read`,
          detail: `${key.algorithm ?? 'A'} key (${key.format}), not encrypted, file mode ${octal(mode)}. ${certificate ? `It belongs to ${calledAs(certificate)}, which was seen in this scan.` : 'No certificate of this scan belongs to it.'}`,
          evidence: [
            {
              file: place,
              ...(key.line === undefined ? {} : { line: key.line }),
              text: `${key.format}, mode ${octal(mode)}`,
            },
          ],
          impact: everyone ? { exposure: 'keys' } : {},
          owner: 'sec',
          remedy: `chmod 600 ${place}; if someone may have read it, make a new key and have the certificate issued again`,
          verify: { command: `stat -c %a ${place}`, expect: '600 or 400' },
          references: ['PCI DSS 4.0.1 3.6.1'],
          ...(key.spkiSha256 ? { part: key.spkiSha256 } : {}),
        }),
      );
    }
  }
  return found;
}

const stemOf = (place: string): string =>
  place
    .replace(/^.*!/, '')
    .replace(/\.(?:pem|crt|cer|key|der|p8|txt)$/i, '')
    .replace(/[._-]?(?:cert(?:ificate)?|key|chain|fullchain|privkey|private|public|pub)$/i, '');

interface Leaf {
  certificate: Certificate;
  place: string;
}

/** What keys are looked up by; a folder may hold thousands of keys and of certificates. */
interface Leaves {
  /** SHA-256 of public keys, and RSA moduli: one RSA key can be written with several algorithm identifiers. */
  keys: Set<string>;
  /** By file, and by the name that a certificate and its key have in common. */
  byPlace: Map<string, Leaf[]>;
  byStem: Map<string, Leaf[]>;
}

const modulusOf = (key: PublicKey): string | undefined =>
  key.modulus && `${key.modulus.toString('latin1')} ${key.exponent!.toString('latin1')}`;

function leavesOf(files: readonly Sighting[]): Leaves {
  const leaves: Leaves = { keys: new Set(), byPlace: new Map(), byStem: new Map() };
  const add = (map: Map<string, Leaf[]>, id: string, leaf: Leaf): void => {
    const list = map.get(id);
    if (list) list.push(leaf);
    else map.set(id, [leaf]);
  };
  for (const { observation, place } of files) {
    for (const certificate of observation.certificates) {
      if (certificate.basicConstraints?.ca) continue;
      const leaf = { certificate, place };
      leaves.keys.add(certificate.spkiSha256);
      const modulus = modulusOf(parsedForm(certificate).key);
      if (modulus) leaves.keys.add(modulus);
      add(leaves.byPlace, place, leaf);
      add(leaves.byStem, stemOf(place), leaf);
    }
  }
  return leaves;
}

function belongs(key: KeyInfo, leaves: Leaves): boolean {
  if (leaves.keys.has(key.spkiSha256!)) return true;
  const modulus = key.spki === undefined ? undefined : modulusOf(parsePublicKey(Buffer.from(key.spki, 'base64')));
  return modulus !== undefined && leaves.keys.has(modulus);
}

/** Pairs that are meant to belong together: in one file, or side by side under one name. */
function pairFindings(sightings: readonly Sighting[]): Finding[] {
  const found: Finding[] = [];
  const files = sightings.filter((s) => !s.live);
  const leaves = leavesOf(files);
  for (const { observation, place } of files) {
    for (const key of observation.keys) {
      if (key.spkiSha256 === undefined || key.kind !== 'private' || belongs(key, leaves)) continue;
      const stem = stemOf(place);
      const meant = [...(leaves.byPlace.get(place) ?? []), ...(stem === '' ? [] : (leaves.byStem.get(stem) ?? []))];
      const newest = meant.sort((a, b) => b.certificate.notBefore - a.certificate.notBefore)[0];
      if (newest) found.push(mismatch(newest, place, key));
    }
  }
  return found;
}

function mismatch(
  { certificate, place }: { certificate: Certificate; place: string },
  keyPlace: string,
  key: KeyInfo,
): Finding {
  return finding({
    id: 'key/does-not-match',
    priority: 'important',
    subject: { kind: 'file', id: keyPlace, label: keyPlace },
    title: `The key in ${keyPlace} does not belong to the certificate in ${place}`,
    detail: `The certificate of ${calledAs(certificate)} holds another public key (${certificate.key.label}) than this ${key.algorithm ?? ''} key. A server with this pair does not start, or does not reload.`,
    evidence: [
      {
        file: keyPlace,
        ...(key.line === undefined ? {} : { line: key.line }),
        text: `public key SHA-256 ${key.spkiSha256?.slice(0, 16)}…`,
      },
      { file: place, text: `public key SHA-256 ${certificate.spkiSha256.slice(0, 16)}…` },
    ],
    remedy:
      'put the key beside the certificate that was requested with it, or have the certificate issued again for this key',
    verify: {
      command: `openssl pkey -in ${keyPlace} -pubout -outform DER | sha256sum; openssl x509 -in ${place} -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum`,
      expect: 'two equal sums',
    },
    references: ['RFC 8446 4.4.3'],
  });
}
