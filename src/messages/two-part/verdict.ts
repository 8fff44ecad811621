/** From key material to the keys that are tried, and from the judgement to the verdict of the report. */

import { findPem, parseCertificate } from '../../x509/index.ts';
import { describeKey, type KeyMaterial } from '../keys/material.ts';
import { certificateKey, fromSpki } from '../keys/read-keys.ts';
import type { JudgeOptions } from '../scheme.ts';
import type { Direction } from '../stored-message.ts';
import { invalid, notChecked, type Step, type Verdict, valid } from '../verdict.ts';
import { differingFields } from './fields.ts';
import { judgeTwoParts } from './judge.ts';
import type { SigningKey, TwoPartMessage, TwoPartResult } from './types.ts';

const MAXIMUM_KEYS = 400;
/** Names that speak of the signer of a purchase. */
const SIGNER_NAME = /card-?_?holder|customer|buyer|payer|consumer|signer|signing|dual|(?:^|[/_.-])set(?:[_.-]|$)|持卡/i;

const base = { label: 'two-part signature', direction: 'request' as Direction };

/** Public keys to try. Keys named after the signer are expected to fit; so is whatever the user gave by hand. */
export function signingKeys(
  keys: readonly KeyMaterial[],
  options: JudgeOptions,
  carried: KeyMaterial | undefined,
): SigningKey[] {
  const out: SigningKey[] = keys.slice(0, MAXIMUM_KEYS).flatMap((k): SigningKey[] =>
    k.publicKey
      ? [
          {
            key: k.publicKey,
            label: k.certificate?.subject.text ?? k.label,
            file: k.file,
            ...(options.keysAreThose || SIGNER_NAME.test(k.file) || SIGNER_NAME.test(k.label)
              ? { expected: 'likely' as const }
              : {}),
          },
        ]
      : [],
  );
  if (carried?.publicKey && !out.some((k) => k.key.equals(carried.publicKey!)))
    out.push({ key: carried.publicKey, label: carried.label, file: carried.file, expected: 'likely' });
  return out.sort((a, b) => Number(b.expected !== undefined) - Number(a.expected !== undefined));
}

/** Certificate or public key that a message carries, PEM or DER. */
export function carriedKey(bytes: Buffer): KeyMaterial | undefined {
  const block = findPem(bytes.toString('latin1', 0, 65_536))[0];
  const der = block?.der ?? bytes;
  if (der[0] !== 0x30) return undefined;
  return certificateKey(parseCertificate(der), 'the message') ?? fromSpki(der, 'the message');
}

/**
 * Judges a two-part message and says it as a verdict.
 * @param parts bytes of both parts, for the comparison of the fields that both name
 * @param carried key that the message itself brought: it vouches for nothing
 */
export function twoPartVerdict(
  message: TwoPartMessage,
  parts: { order?: Buffer; payment?: Buffer },
  keys: readonly KeyMaterial[],
  options: JudgeOptions,
  carried?: KeyMaterial,
): Verdict {
  const result = judgeTwoParts(message, signingKeys(keys, options, carried));
  const differing = differingFields(parts.order, parts.payment);
  const used = result.key && keys.find((k) => k.publicKey?.equals(result.key!.key));
  const more = {
    proof: [...result.proof, ...differing],
    weaknesses: result.weaknesses,
    steps: stepsOf(result, differing),
    ...(used ? { key: describeKey(used) } : {}),
    ...(result.hash ? { algorithm: result.hash } : {}),
    ...(result.wouldProve ? { wouldProve: result.wouldProve } : {}),
  };
  if (result.result === 'not-checked')
    return notChecked(base, result.says, result.wouldProve ?? 'the certificate of the signer', more);
  if (result.result === 'invalid') return invalid(base, 'dual-signature', result.says, more);
  if (differing.length > 0)
    return invalid(base, 'dual-signature', `both parts are as signed, but ${differing.join('; ')}`, more);
  if (result.key && !used)
    return notChecked(
      base,
      'the signature fits the certificate in the message, but nothing that was given vouches for that certificate',
      'the certificate of the signer from a source of its own (--key)',
      more,
    );
  return valid(base, result.says, { ...more, ...(result.storageArtefact ? { storageArtefact: true } : {}) });
}

/** Messages from which an agreement between the two sides can be read. */
const ENOUGH = 3;

/**
 * When every message of a collection joins the order digest first, that may be what the two sides agreed on: then it is no
 * fault of any of them, and the collection alone cannot tell.
 */
export function allowForAgreedOrder(verdicts: readonly Verdict[]): Verdict[] {
  const judged = verdicts.filter((v) => v.result !== 'not-checked');
  const swapped = (v: Verdict): boolean => v.steps.some((s) => s.step === 'digests-swapped');
  if (judged.length < ENOUGH || !judged.every(swapped)) return [...verdicts];
  return verdicts.map((v) =>
    swapped(v)
      ? notChecked(
          base,
          `all ${judged.length} messages join the order digest before the payment digest: agreed that way, or the fault itself`,
          'the order of the digests that the other side expects (specification, or one message that it accepted)',
          {
            proof: v.proof,
            weaknesses: v.weaknesses,
            steps: v.steps,
            ...(v.time === undefined ? {} : { time: v.time }),
          },
        )
      : v,
  );
}

function stepsOf(result: TwoPartResult, differing: readonly string[]): Step[] {
  const outcome = result.result === 'valid' ? 'passed' : result.result === 'invalid' ? 'failed' : 'skipped';
  return [
    { step: result.result === 'invalid' ? result.code : 'signature', outcome, says: result.says },
    ...differing.map((says): Step => ({ step: 'views', outcome: 'failed', says })),
  ];
}
