/** Signatures of RSA, elliptic-curve and Edwards keys: verification, and what can be learnt when it fails. */

import type { KeyObject } from 'node:crypto';
import { counted } from '../../wording.ts';
import { digest, fitsKeyType, type SignatureAlgorithm, verifies } from '../algorithms.ts';
import type { Candidate, JudgeOptions } from '../scheme.ts';
import { invalid, notChecked, type Verdict } from '../verdict.ts';
import { firstDifference } from './difference.ts';
import type { KeyCandidate } from './explain.ts';
import { type Recovered, recover } from './recover.ts';
import { type DecodedSignature, otherEcdsaForm, readings } from './signature-value.ts';
import type { Trail } from './trail.ts';
import { judgeDigests, judgeVerified } from './verified.ts';

/** Verifications of candidates at most: an elliptic-curve one takes about a tenth of a millisecond. */
const MAXIMUM_VERIFICATIONS = 4000;

/** Verifies with the keys at hand, and explains a failure. */
export function explainPublicKey(trail: Trail, keys: KeyCandidate[], options: JudgeOptions): Verdict {
  const { claim } = trail;
  const values = claim.signatures.flatMap((s) => [...readings(s)]);
  sayKeys(trail, keys);
  const fitting = keys.filter((c) => fitsKeyType(claim.algorithm, c.key.publicKey!));
  if (fitting.length > 0) trail.passed('key type', `${claim.algorithm.label} with ${fitting[0]!.key.label}`);
  const hit = verifyPlain(trail, fitting, values);
  if (hit)
    return accept(
      trail,
      hit,
      keys.some((k) => !k.embedded),
      options,
    );
  trail.failed('signature', 'the bytes as stored do not verify with any key at hand');
  return (
    otherAlgorithm(trail, keys, values) ??
    recovered(trail, keys, values) ??
    otherSpelling(trail, fitting, values) ??
    unexplained(trail, keys, fitting, values, options)
  );
}

function sayKeys(trail: Trail, keys: KeyCandidate[]): void {
  const { hint } = trail.claim;
  const named = keys.find((k) => k.match.is === 'named');
  if (!hint) trail.passed('key', `the message names no key; ${keys.length} at hand`);
  else if (named)
    trail.passed(
      'key',
      `${hint.field} names ${named.key.label}${named.match.notation ? ` (written ${named.match.notation})` : ''}`,
    );
  else if (keys.every((k) => k.match.is === 'unknown'))
    trail.skipped(
      'key',
      `${hint.field} ${hint.value.slice(0, 80)}: no key at hand has a name to compare it with; each is tried`,
    );
  else
    trail.failed(
      'key',
      `${hint.field} ${hint.value.slice(0, 80)} is none of the keys at hand (${serials(keys) || `${keys.length} without a serial`})`,
    );
}

const serials = (keys: KeyCandidate[]): string =>
  keys
    .flatMap((k) => (k.key.serial ? [k.key.serial] : []))
    .slice(0, 4)
    .join(', ');

interface Hit {
  by: KeyCandidate;
  reading: DecodedSignature;
}

function verifyPlain(trail: Trail, keys: KeyCandidate[], values: DecodedSignature[]): Hit | undefined {
  const { claim } = trail;
  for (const data of [claim.signed, ...(claim.alternatives ?? [])])
    for (const reading of values)
      for (const by of keys)
        if (verifies(claim.algorithm, by.key.publicKey!, data, reading.bytes)) return { by, reading };
  return undefined;
}

/** The signature holds over the stored bytes; what remains are the value's form, whose key it is, and the rest of the claim. */
function accept(trail: Trail, { by, reading }: Hit, given: boolean, options: JudgeOptions): Verdict {
  const { claim } = trail;
  trail.passed('signature', `verifies with ${by.key.label}`);
  weaknesses(trail, claim.algorithm, by.key.publicKey!);
  if (reading.damage) {
    trail.failed('encoding', reading.damage);
    trail.proof.push(`the signature verifies once its value is repaired: ${reading.damage}`);
    return invalid(
      claim,
      'signature-encoding',
      `${claim.label}: the signature value is ${reading.damage}`,
      trail.parts(by.key),
    );
  }
  const strict = stricter(trail, by, reading);
  if (strict) return strict;
  if (by.embedded) return unvouched(trail, by, given, options);
  if (by.match.is === 'other') return wrongName(trail, by);
  return judgeVerified(trail, by, options);
}

/** What the mathematics allows and the scheme does not: software that goes by the letter refuses it. */
function stricter(trail: Trail, by: KeyCandidate, reading: DecodedSignature): Verdict | undefined {
  const { claim } = trail;
  const { algorithm } = claim;
  const name = claim.declared ?? algorithm.label;
  const curve = by.key.publicKey!.asymmetricKeyDetails?.namedCurve;
  if (algorithm.curve !== undefined && curve !== algorithm.curve) {
    const says = `${name} is for curve ${algorithm.curve}, the key is on ${curve ?? 'none'}`;
    trail.failed('key type', says);
    trail.proof.push(says);
    return invalid(claim, 'key-type', `${claim.label}: ${says}`, trail.parts(by.key));
  }
  if (!algorithm.saltAsDigest || algorithm.hash === undefined) return undefined;
  const salt = recover(by.key.publicKey!, reading.bytes, algorithm.hash)?.saltLength;
  const prescribed = digest(algorithm.hash).length;
  if (salt === undefined || salt === prescribed) return undefined;
  const says = `the salt has ${counted(salt, 'byte')}, ${name} prescribes ${prescribed}`;
  trail.failed('algorithm', says);
  trail.proof.push(`the signature verifies with a salt of any length; ${says} (RFC 7518 section 3.5)`);
  return invalid(claim, 'algorithm-mismatch', `${claim.label}: ${says}`, trail.parts(by.key));
}

/** Anybody can sign with a key of his own and send it along: with keys that do not vouch for it the message is refused. */
function unvouched(trail: Trail, by: KeyCandidate, given: boolean, options: JudgeOptions): Verdict {
  const { claim } = trail;
  const says = `${claim.label}: the signature fits the key that came with the message, but nothing that was given vouches for that key`;
  const wouldProve = 'the certificate of its issuer, or of the signer, from a source of its own (--key)';
  // Whoever signed: content that its digest does not fit was not signed by anybody.
  const broken = judgeDigests(trail, by);
  if (broken) {
    if (given && options.keysAreThose) return broken;
    const { cause, ...rest } = broken;
    return { ...rest, possible: cause ? [cause] : [], wouldProve };
  }
  trail.failed('certificate', 'the key came with the message, and nothing given vouches for it');
  if (!given || !options.keysAreThose)
    return notChecked(claim, says, wouldProve, { ...trail.parts(by.key), reason: 'certificate-untrusted' });
  return invalid(claim, 'certificate-untrusted', says, { ...trail.parts(by.key), proven: false, wouldProve });
}

export function wrongName(trail: Trail, by: KeyCandidate): Verdict {
  const { claim } = trail;
  const hint = by.match.by ?? claim.hint!;
  const own = by.key.serial
    ? `belongs to serial ${by.key.serial}`
    : `is ${by.key.id === undefined ? by.key.label : `${by.key.id.slice(0, 80)} (${by.key.label})`}`;
  trail.proof.push(`the signature is by ${by.key.label}${by.key.serial ? `, serial ${by.key.serial}` : ''}`);
  return invalid(
    claim,
    'serial-mismatch',
    `${claim.label}: ${hint.field} is ${hint.value.slice(0, 80)}, but the key that signed ${own}`,
    trail.parts(by.key),
  );
}

export function weaknesses(trail: Trail, algorithm: SignatureAlgorithm, key?: KeyObject): void {
  if (algorithm.hash === 'sha1' || algorithm.hash === 'md5')
    trail.weaknesses.push(`${algorithm.hash === 'sha1' ? 'SHA-1' : 'MD5'} is broken for signatures`);
  const bits = key?.asymmetricKeyDetails?.modulusLength;
  if (bits && bits < 2048) trail.weaknesses.push(`RSA ${bits} is too short (2048 bits are the minimum)`);
}

/** The same bytes and key under an algorithm that the other side may have used. */
function otherAlgorithm(trail: Trail, keys: KeyCandidate[], values: DecodedSignature[]): Verdict | undefined {
  const { claim } = trail;
  for (const rival of claim.rivals ?? [])
    for (const by of keys)
      for (const reading of values) {
        if (!verifies(rival, by.key.publicKey!, claim.signed, reading.bytes)) continue;
        trail.proof.push(`the signature verifies as ${rival.label} with ${by.key.label}`);
        return invalid(
          claim,
          'algorithm-mismatch',
          `${claim.label}: ${claim.declared ?? claim.algorithm.label} is declared, ${rival.label} was used`,
          trail.parts(by.key),
        );
      }
  if (claim.algorithm.kind !== 'ecdsa') return undefined;
  for (const by of keys) {
    const size = coordinateSize(by.key.publicKey!);
    if (!size) continue;
    for (const reading of values) {
      const form = claim.algorithm.ecdsaForm ?? 'der';
      const other = otherEcdsaForm(reading.bytes, form, size);
      if (!other || !verifies(claim.algorithm, by.key.publicKey!, claim.signed, other)) continue;
      const says = form === 'raw' ? 'DER where r and s belong side by side' : 'r and s side by side where DER belongs';
      trail.proof.push(`the signature verifies once rewritten: it is ${says}`);
      return invalid(
        claim,
        'signature-encoding',
        `${claim.label}: the signature value is ${says}`,
        trail.parts(by.key),
      );
    }
  }
  return undefined;
}

const CURVE_BYTES: { [curve: string]: number } = { prime256v1: 32, secp256k1: 32, secp384r1: 48, secp521r1: 66 };
const coordinateSize = (key: KeyObject): number | undefined => CURVE_BYTES[key.asymmetricKeyDetails?.namedCurve ?? ''];

/**
 * How many bytes a signature of this key has; empty where nothing can be said. ECDSA in DER says its own length; a value
 * in the other of its two forms is not cut.
 */
function signatureBytes(algorithm: SignatureAlgorithm, key: KeyObject, values: DecodedSignature[]): number[] {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits) return [Math.ceil(bits / 8)];
  if (algorithm.kind === 'eddsa') return [key.asymmetricKeyType === 'ed448' ? 114 : 64];
  const size = coordinateSize(key);
  if (algorithm.kind !== 'ecdsa' || !size) return [];
  const form = algorithm.ecdsaForm ?? 'der';
  if (values.some((v) => otherEcdsaForm(v.bytes, form, size))) return [];
  if (form === 'raw') return [size * 2];
  const [first] = values;
  const long = first?.bytes[1] === 0x81;
  const content = first?.bytes[long ? 2 : 1];
  return first?.bytes[0] === 0x30 && content !== undefined ? [content + (long ? 3 : 2)] : [];
}

/** What the RSA signature says by itself: whose it is, by which algorithm, over which digest. */
function recovered(trail: Trail, keys: KeyCandidate[], values: DecodedSignature[]): Verdict | undefined {
  const { claim } = trail;
  for (const by of keys) {
    if (by.key.publicKey!.asymmetricKeyType !== 'rsa') continue;
    for (const reading of values) {
      const found = recover(by.key.publicKey!, reading.bytes, claim.algorithm.hash);
      if (found) return fromRecovered(trail, by, reading, found);
    }
  }
  return undefined;
}

function fromRecovered(trail: Trail, by: KeyCandidate, reading: DecodedSignature, found: Recovered): Verdict {
  const { claim } = trail;
  const used = `${found.padding === 'pss' ? 'RSA-PSS' : 'RSA'}-${found.hash?.toUpperCase() ?? 'unknown digest'}`;
  trail.passed('recovery', `the signature was made with the private half of ${by.key.label}, as ${used}`);
  trail.proof.push(
    found.digest
      ? `${by.key.label} recovers ${found.hash?.toUpperCase() ?? 'a value'} ${found.digest.toString('hex')} from the signature`
      : `${by.key.label} opens the signature (${used}, salt of ${found.saltLength} bytes)`,
  );
  if (reading.damage) trail.proof.push(`the signature value was repaired first: ${reading.damage}`);
  const wrongAlgorithm =
    found.bare === true ||
    found.hash !== claim.algorithm.hash ||
    (found.padding === 'pss') !== (claim.algorithm.kind === 'rsa-pss');
  const parts = trail.parts(by.key);
  const hit = [claim.signed, ...(claim.alternatives ?? [])].some((data) => found.covers(data));
  if (hit && by.match.is === 'other') return wrongName(trail, by);
  if (hit || (wrongAlgorithm && !found.bare && found.hash === undefined))
    return invalid(
      claim,
      'algorithm-mismatch',
      `${claim.label}: ${claim.declared ?? claim.algorithm.label} is declared, ${used}${found.bare ? ' without DigestInfo' : ''} was used`,
      parts,
    );
  const spelling = matching(trail, (data) => found.covers(data));
  if (spelling) {
    const difference = firstDifference(spelling.shown ?? spelling.bytes, claim.shown ?? claim.signed);
    return invalid(claim, spelling.reason, `${claim.label}: what was signed is the content ${spelling.says}`, {
      ...parts,
      ...(difference ? { difference } : {}),
    });
  }
  if (by.match.is === 'other') return wrongName(trail, by);
  trail.failed('spelling', 'none of the known spellings of the content has the signed digest');
  if (wrongAlgorithm)
    return invalid(
      claim,
      'algorithm-mismatch',
      `${claim.label}: ${claim.declared ?? claim.algorithm.label} is declared, but ${used} was used, and over other content too`,
      parts,
    );
  return invalid(
    claim,
    'content-changed',
    `${claim.label}: the key is right, but what it signed is not what was stored`,
    { ...parts, wouldProve: 'the string to sign as the signer built it, to compare byte for byte' },
  );
}

/** The first candidate spelling that passes the test; adds the proof. */
export function matching(trail: Trail, test: (data: Buffer) => boolean): Candidate | undefined {
  let tried = 0;
  for (const candidate of trail.claim.candidates?.() ?? []) {
    if (!trail.afford(candidate.bytes.length)) {
      trail.skipped('spelling', 'the content is too large to try every spelling');
      return undefined;
    }
    tried++;
    if (!test(candidate.bytes)) continue;
    trail.passed('spelling', candidate.says);
    trail.proof.push(`the signature covers the content ${candidate.says}`);
    return candidate;
  }
  const note = `${tried} other spellings of the content were tried`;
  if (tried > 0 && !trail.proof.includes(note)) trail.proof.push(note);
  return undefined;
}

/** Elliptic curves tell nothing by themselves: every spelling is verified with every key. RSA was settled by recovery. */
function otherSpelling(trail: Trail, keys: KeyCandidate[], values: DecodedSignature[]): Verdict | undefined {
  const { claim } = trail;
  const curves = keys.filter((k) => k.key.publicKey!.asymmetricKeyType !== 'rsa');
  if (curves.length === 0) return undefined;
  let left = MAXIMUM_VERIFICATIONS;
  let by: KeyCandidate | undefined;
  const spelling = matching(trail, (data) =>
    curves.some((key) =>
      values.some((reading) => {
        if (left-- <= 0 || !verifies(claim.algorithm, key.key.publicKey!, data, reading.bytes)) return false;
        by = key;
        return true;
      }),
    ),
  );
  if (!spelling) return undefined;
  const difference = firstDifference(spelling.shown ?? spelling.bytes, claim.shown ?? claim.signed);
  return invalid(claim, spelling.reason, `${claim.label}: what was signed is the content ${spelling.says}`, {
    ...trail.parts(by?.key),
    ...(difference ? { difference } : {}),
  });
}

/** Nothing matched: what can still be said, and what would prove more. */
function unexplained(
  trail: Trail,
  keys: KeyCandidate[],
  fitting: KeyCandidate[],
  values: DecodedSignature[],
  options: JudgeOptions,
): Verdict {
  const { claim } = trail;
  const { hint } = claim;
  const named = keys.some((k) => k.match.is === 'named' && !k.embedded);
  const given = keys.filter((k) => !k.embedded);
  const incoming = claim.direction !== 'request';
  if (fitting.length === 0) {
    trail.failed('key type', `${claim.algorithm.label} cannot be verified with ${keys[0]!.key.label}`);
    if (named)
      return invalid(
        claim,
        'key-type',
        `${claim.label}: ${claim.algorithm.label} is declared, but the key that it names is ${keys[0]!.key.label}`,
        trail.parts(keys[0]!.key),
      );
    return notChecked(
      claim,
      `${claim.label}: no key at hand is of the type that ${claim.algorithm.label} needs`,
      `a key for ${claim.algorithm.label}`,
      trail.parts(),
    );
  }
  const lengths = new Set(fitting.flatMap((k) => signatureBytes(claim.algorithm, k.key.publicKey!, values)));
  const value = values[0]!.bytes.length;
  if (lengths.size > 0 && !values.some((v) => lengths.has(v.bytes.length))) {
    const expected = [...lengths];
    const short = expected.every((n) => value < n);
    trail.failed('encoding', `the signature has ${counted(value, 'byte')}, the key makes ${expected.join(' or ')}`);
    const whole = [64, 96, 128, 132, 192, 256, 384, 512, 1024].includes(value);
    if ((named || options.keysAreThose) && !whole) {
      trail.proof.push(
        `the signature has ${counted(value, 'byte')}, ${fitting[0]!.key.label} makes ${expected.join(' or ')}`,
      );
      return invalid(
        claim,
        'signature-truncated',
        `${claim.label}: the signature is ${short ? 'cut' : 'longer'}: ${counted(value, 'byte')}, the key makes ${expected.join(' or ')}`,
        trail.parts(fitting[0]!.key),
      );
    }
  }
  // A key that the message does not name, or one of many that lie in a folder, proves nothing by not fitting.
  if (!options.keysAreThose && !named)
    return notChecked(
      claim,
      `${claim.label}: none of the keys at hand made the signature${hint ? `, and ${hint.field} ${hint.value.slice(0, 80)} is not among them` : ''}`,
      hint ? `the key that ${hint.field} names` : 'the key of the signer',
      {
        ...trail.parts(),
        possible: incoming ? ['provider-key-rotated'] : ['request-signature-wrong', 'cert-serial-wrong'],
      },
    );
  if (hint && !named && given.some((k) => k.match.is === 'other')) {
    trail.proof.push(
      `${hint.field} is ${hint.value.slice(0, 80)}; the keys given are ${serials(keys) || 'other ones'}, and none of them made the signature`,
    );
    return invalid(
      claim,
      'key-unknown',
      `${claim.label}: the message is signed with ${hint.value.slice(0, 80)}, which is not a key that was given`,
      trail.parts(),
    );
  }
  const rsa = fitting.some((k) => k.key.publicKey!.asymmetricKeyType === 'rsa');
  const says = rsa
    ? `${claim.label}: the signature was not made with ${fitting[0]!.key.label}, or its value was damaged`
    : `${claim.label}: the signature fits neither the stored content nor any known spelling of it`;
  return invalid(claim, rsa ? 'wrong-key' : 'content-changed', says, {
    ...trail.parts(fitting[0]!.key),
    // Whatever it was on our own side: the request was signed wrongly.
    proven: !incoming,
    ...(incoming
      ? {
          possible:
            named || !rsa
              ? ['webhook-body-altered', 'provider-key-rotated']
              : ['provider-key-rotated', 'webhook-body-altered'],
          wouldProve: 'another message by the same signer: when it verifies with this key, this one was altered',
        }
      : { wouldProve: 'the public half of the key that the sender signs with, and the string that it signed' }),
  });
}
