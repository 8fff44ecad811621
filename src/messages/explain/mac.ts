/** Messages with a shared secret: HMAC and digests over text and key. Nothing can be recovered; everything is tried. */

import { timingSafeEqual } from 'node:crypto';
import { counted } from '../../wording.ts';
import { digest, type HashName, hmacOf } from '../algorithms.ts';
import { matchKeys } from '../keys/lookup.ts';
import type { KeyMaterial } from '../keys/material.ts';
import type { JudgeOptions, SignatureClaim } from '../scheme.ts';
import { secretForms } from '../variants/secrets.ts';
import { invalid, notChecked, type Verdict } from '../verdict.ts';
import { firstDifference } from './difference.ts';
import { matching, weaknesses, wrongName } from './public-key.ts';
import { type DecodedSignature, readings } from './signature-value.ts';
import type { Trail } from './trail.ts';
import { judgeVerified } from './verified.ts';

interface MacKey {
  key: Buffer;
  from: KeyMaterial;
  /** How it differs from what the scheme prescribes; absent: as prescribed. */
  form?: string;
}

const macOf = (claim: SignatureClaim, key: Buffer, data: Buffer): Buffer =>
  claim.mac ? claim.mac(key, data) : hmacOf(claim.algorithm.hash ?? 'sha256', key, data);

/** Equal, compared in constant time as everywhere where MACs meet. */
const same = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** Verifies a MAC with the secrets at hand, and explains a failure. */
export function explainMac(trail: Trail, keys: readonly KeyMaterial[], options: JudgeOptions): Verdict {
  const { claim } = trail;
  const secrets = keys.filter((k) => k.secret);
  const values = claim.signatures.flatMap((s) => [...readings(s)]);
  weaknesses(trail, claim.algorithm);
  const confused = confusion(trail, keys, values);
  if (confused) return confused;
  if (secrets.length === 0 && options.keysAreThose && keys.some((k) => k.publicKey) && claim.declared) {
    trail.failed('key type', 'a MAC is claimed, and the keys given are public keys');
    return invalid(
      claim,
      'algorithm-confusion',
      `${claim.label}: ${claim.declared} is claimed, but the key of this sender is a public key: refused`,
      { ...trail.parts(), proof: ['a MAC made with a public key can be made by anybody'] },
    );
  }
  if (secrets.length === 0) {
    trail.skipped('key', 'no secret was given');
    return notChecked(
      claim,
      `${claim.label}: there is no secret to verify it with`,
      'the shared secret of this endpoint, in a file (--secret-file)',
      trail.parts(),
    );
  }
  trail.passed('key', `${secrets.length} secret${secrets.length === 1 ? '' : 's'} at hand`);
  const all = macKeys(claim, secrets);
  const proper = all.filter((k) => !k.form);
  for (const data of [claim.signed, ...(claim.alternatives ?? [])])
    for (const k of proper) {
      const mac = macOf(claim, k.key, data);
      const reading = values.find((v) => same(mac, v.bytes));
      if (!reading) continue;
      trail.passed('signature', `verifies with ${k.from.label}`);
      if (reading.damage) {
        trail.failed('encoding', reading.damage);
        trail.proof.push(`the value is right once it is repaired: ${reading.damage}`);
        return invalid(
          claim,
          'signature-encoding',
          `${claim.label}: the signature value is ${reading.damage}`,
          trail.parts(k.from),
        );
      }
      const by = {
        key: k.from,
        match: matchKeys([claim.hint, ...(claim.furtherHints ?? [])], k.from),
        embedded: false,
      };
      return by.match.is === 'other' ? wrongName(trail, by) : judgeVerified(trail, by, options);
    }
  trail.failed('signature', 'the bytes as stored do not verify with any secret at hand');
  return (
    otherForm(trail, all, values) ??
    otherHash(trail, all, values) ??
    otherSpelling(trail, all, values) ??
    truncated(trail, all, values) ??
    unexplained(trail, proper[0] ?? all[0]!, options)
  );
}

/** The secrets as prescribed first, then in every other form that configurations give them. */
function macKeys(claim: SignatureClaim, secrets: readonly KeyMaterial[]): MacKey[] {
  const out: MacKey[] = [];
  const seen = new Set<string>();
  const add = (key: Buffer | undefined, from: KeyMaterial, form?: string): void => {
    if (!key || key.length === 0) return;
    const print = key.toString('latin1');
    if (seen.has(print)) return;
    seen.add(print);
    out.push({ key, from, ...(form ? { form } : {}) });
  };
  for (const from of secrets) add(claim.macKey ? claim.macKey(from.secret!) : from.secret, from);
  for (const from of secrets)
    for (const form of secretForms(from.secret!)) {
      add(claim.macKey ? claim.macKey(form.bytes) : form.bytes, from, form.says);
      add(form.bytes, from, form.says);
    }
  return out;
}

function otherForm(trail: Trail, keys: MacKey[], values: DecodedSignature[]): Verdict | undefined {
  const { claim } = trail;
  for (const k of keys) {
    if (!k.form) continue;
    const mac = macOf(claim, k.key, claim.signed);
    if (!values.some((v) => same(mac, v.bytes))) continue;
    trail.proof.push(`the value is right with the secret ${k.form}`);
    return invalid(claim, 'secret-form', `${claim.label}: the sender used the secret ${k.form}`, trail.parts(k.from));
  }
  return undefined;
}

const HASHES = ['sha256', 'sha512', 'sha1', 'sha384', 'md5'] as const;

function otherHash(trail: Trail, keys: MacKey[], values: DecodedSignature[]): Verdict | undefined {
  const { claim } = trail;
  for (const k of keys)
    for (const rival of claim.otherMacs ?? []) {
      const mac = rival.mac(k.key, claim.signed);
      if (!values.some((v) => same(mac, v.bytes))) continue;
      trail.proof.push(`the value is ${rival.says}${k.form ? `, with the secret ${k.form}` : ''}`);
      return invalid(
        claim,
        rival.reason,
        `${claim.label}: ${claim.declared ?? claim.algorithm.label} is prescribed, the value is ${rival.says}`,
        trail.parts(k.from),
      );
    }
  for (const k of keys)
    for (const hash of new Set<HashName>([...HASHES, claim.algorithm.hash ?? 'sha256'])) {
      const tests: [Buffer, string][] = [];
      if (hash !== claim.algorithm.hash || claim.mac)
        tests.push([hmacOf(hash, k.key, claim.signed), `HMAC-${hash.toUpperCase()}`]);
      tests.push(
        [digest(hash, claim.signed, k.key), `${hash.toUpperCase()} of the text followed by the secret`],
        [digest(hash, k.key, claim.signed), `${hash.toUpperCase()} of the secret followed by the text`],
        [digest(hash, claim.signed), `${hash.toUpperCase()} of the text without any secret, which anybody can make`],
      );
      const hit = tests.find(([mac]) => values.some((v) => same(mac, v.bytes)));
      if (!hit) continue;
      trail.proof.push(`the value is ${hit[1]}`);
      return invalid(
        claim,
        'algorithm-mismatch',
        `${claim.label}: ${claim.declared ?? claim.algorithm.label} is prescribed, ${hit[1]} was used`,
        trail.parts(k.from),
      );
    }
  return undefined;
}

/** Spellings of the content with the secrets as prescribed; only then together with other forms of the secret. */
function otherSpelling(trail: Trail, keys: MacKey[], values: DecodedSignature[]): Verdict | undefined {
  const { claim } = trail;
  for (const tried of [keys.filter((k) => !k.form), keys.filter((k) => k.form)]) {
    let by: MacKey | undefined;
    const spelling = matching(trail, (data) =>
      tried.some((k) => {
        if (!trail.afford(data.length)) return false;
        const mac = macOf(claim, k.key, data);
        if (!values.some((v) => same(mac, v.bytes))) return false;
        by = k;
        return true;
      }),
    );
    if (!spelling || !by) continue;
    if (by.form) trail.proof.push(`and with the secret ${by.form}`);
    const difference = firstDifference(spelling.shown ?? spelling.bytes, claim.shown ?? claim.signed);
    return invalid(claim, spelling.reason, `${claim.label}: what was signed is the content ${spelling.says}`, {
      ...trail.parts(by.from),
      ...(difference ? { difference } : {}),
    });
  }
  return undefined;
}

/** The beginning or the end of the right value: it was cut on the way. */
function truncated(trail: Trail, keys: MacKey[], values: DecodedSignature[]): Verdict | undefined {
  const { claim } = trail;
  for (const k of keys.filter((x) => !x.form)) {
    const mac = macOf(claim, k.key, claim.signed);
    const cut = values.find(
      (v) =>
        v.bytes.length >= 8 &&
        v.bytes.length !== mac.length &&
        (mac.subarray(0, v.bytes.length - 1).equals(v.bytes.subarray(0, Math.min(mac.length, v.bytes.length - 1))) ||
          v.bytes.subarray(0, mac.length).equals(mac)),
    );
    if (!cut) continue;
    trail.proof.push(
      `the value has ${counted(cut.bytes.length, 'byte')}; the right one has ${mac.length} and agrees with it`,
    );
    return invalid(
      claim,
      'signature-truncated',
      `${claim.label}: the signature value is ${cut.bytes.length < mac.length ? 'cut' : 'followed by more bytes'}`,
      trail.parts(k.from),
    );
  }
  return undefined;
}

/** An HMAC made with a public key as the secret: the classic forgery against verifiers that trust the message's algorithm. */
function confusion(trail: Trail, keys: readonly KeyMaterial[], values: DecodedSignature[]): Verdict | undefined {
  const { claim } = trail;
  for (const k of keys) {
    if (!k.publicKey) continue;
    const pem = k.publicKey.export({ format: 'pem', type: 'spki' }).toString();
    const forms = [pem, pem.trimEnd(), pem.replace(/\n/g, '\r\n')].map((t) => Buffer.from(t));
    forms.push(k.publicKey.export({ format: 'der', type: 'spki' }));
    if (!forms.some((f) => values.some((v) => same(macOf(claim, f, claim.signed), v.bytes)))) continue;
    trail.proof.push(`the HMAC is made with ${k.label} as its secret`);
    return invalid(
      claim,
      'algorithm-confusion',
      `${claim.label}: forged: the HMAC uses the public key as a secret, which anybody can do`,
      trail.parts(k),
    );
  }
  return undefined;
}

function unexplained(trail: Trail, key: MacKey, options: JudgeOptions): Verdict {
  const { claim } = trail;
  trail.failed('spelling', 'no known spelling of content and secret gives the value');
  const incoming = claim.direction !== 'request';
  if (!options.keysAreThose)
    return notChecked(
      claim,
      `${claim.label}: none of the secrets at hand gives the value; whether the secret or the content differs cannot be told`,
      'the secret of this endpoint as the console of the provider shows it',
      {
        ...trail.parts(),
        possible: incoming ? ['webhook-body-altered', 'provider-key-rotated'] : ['request-signature-wrong'],
      },
    );
  return invalid(
    claim,
    'content-changed',
    `${claim.label}: the value fits neither the stored content nor any known spelling of it: content or secret is another one`,
    {
      ...trail.parts(key.from),
      proven: !incoming,
      ...(incoming
        ? {
            possible: ['webhook-body-altered', 'provider-key-rotated'],
            wouldProve:
              'another message of the same endpoint: when it verifies with this secret, this one was altered; else compare the secret with the console',
          }
        : {}),
    },
  );
}
