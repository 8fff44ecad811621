/** Opens sealed content and says why it does not open: another key, damaged key block, damaged content. */
import { isUtf8 } from 'node:buffer';
import { matchKey } from '../keys/lookup.ts';
import { describeKey, type KeyMaterial } from '../keys/material.ts';
import type { JudgeOptions } from '../scheme.ts';
import type { Direction } from '../stored-message.ts';
import { invalid, notChecked, type Step, type Verdict, valid } from '../verdict.ts';
import { CIPHERS } from './oids.ts';
import { envelopeDefect, type OpenFailure, openEnveloped } from './open.ts';
import { readCms } from './read.ts';
import type { EnvelopedData } from './types.ts';

const MAXIMUM_KEYS = 100;

/** Whether a key is the one that a recipient names, by the certificate at hand that has its public half. */
function namedFor(enveloped: EnvelopedData, key: KeyMaterial, keys: readonly KeyMaterial[]): boolean | undefined {
  const own = keys.filter((k) => k.certificate && k.spkiSha256 === key.spkiSha256);
  if (own.length === 0) return undefined;
  return enveloped.recipients.some((r) =>
    own.some(
      (k) =>
        matchKey(
          r.serial
            ? { kind: 'serial', value: r.serial, field: 'RecipientInfo' }
            : r.subjectKeyId
              ? { kind: 'key-id', value: r.subjectKeyId, field: 'RecipientInfo' }
              : undefined,
          k,
        ).is === 'named',
    ),
  );
}

const recipientText = (enveloped: EnvelopedData): string =>
  enveloped.recipients
    .slice(0, 3)
    .map((r) => (r.serial ? `serial ${r.serial} of ${r.issuerText ?? 'unnamed issuer'}` : (r.subjectKeyId ?? r.kind)))
    .join('; ');

/**
 * Judges EnvelopedData with the private keys at hand.
 * @param judgeInner verdict of a signature inside the content; undefined when there is none
 */
export function explainEnveloped(
  enveloped: EnvelopedData,
  keys: readonly KeyMaterial[],
  options: JudgeOptions,
  direction: Direction,
  judgeInner: (plain: Buffer) => Verdict | undefined,
): Verdict {
  const base = { label: 'CMS EnvelopedData', direction };
  const cipher = CIPHERS[enveloped.algorithm.oid];
  const steps: Step[] = [];
  const more = { algorithm: cipher?.name ?? enveloped.algorithm.oid, steps };
  const says = (text: string): string => `${base.label}: ${text}`;
  const failed = (failure: OpenFailure, reason: 'sealed-content-damaged', key?: KeyMaterial): Verdict => {
    steps.push({ step: 'decryption', outcome: 'failed', says: `byte ${failure.offset}: ${failure.says}` });
    return invalid(base, reason, says(`byte ${failure.offset}: ${failure.says}`), {
      ...more,
      proof: [failure.says],
      ...(key ? { key: describeKey(key) } : {}),
    });
  };
  const usable = keys.filter((k) => k.privateKey?.asymmetricKeyType === 'rsa').slice(0, MAXIMUM_KEYS);
  const named = usable.filter((k) => namedFor(enveloped, k, keys));
  const modulus = named[0]?.privateKey?.asymmetricKeyDetails?.modulusLength;
  const defect = envelopeDefect(enveloped, modulus === undefined ? undefined : Math.ceil(modulus / 8));
  if (defect) return failed(defect, 'sealed-content-damaged', named[0]);
  const needs = `the private key of the recipient (${recipientText(enveloped)})`;
  if (enveloped.recipients.length > 0 && enveloped.recipients.every((r) => r.kind !== 'key-transport')) {
    const kinds = [...new Set(enveloped.recipients.map((r) => r.kind))].join(', ');
    return notChecked(
      base,
      says(`its recipients use ${kinds}, which is not opened here`),
      'openssl cms -decrypt',
      more,
    );
  }
  if (usable.length === 0) return notChecked(base, says('there is no private key to open it with'), needs, more);
  let last: { failure: OpenFailure; key: KeyMaterial } | undefined;
  for (const key of [...named, ...usable.filter((k) => !named.includes(k))]) {
    const opened = openEnveloped(enveloped, key.privateKey!);
    if ('plain' in opened) return judgeInner(opened.plain) ?? openedVerdict(opened.plain, enveloped, key, base, more);
    if (opened.because !== 'key' || !last || opened.stage === 'content') last = { failure: opened, key };
    if (opened.because !== 'key' || opened.stage === 'content') break;
  }
  const { failure, key } = last!;
  if (failure.because === 'unsupported') return notChecked(base, says(failure.says), 'openssl cms -decrypt', more);
  // The RSA block opened, so the key is right: the content was changed on the way.
  if (failure.because === 'damaged' || failure.stage === 'content')
    return failed(failure, 'sealed-content-damaged', key);
  steps.push({ step: 'decryption', outcome: 'failed', says: `${usable.length} private keys were tried` });
  if (named.length > 0)
    return invalid(
      base,
      'sealed-content-damaged',
      says(`byte ${failure.offset}: the encrypted key does not open with ${named[0]!.label}, which the message names`),
      {
        ...more,
        key: describeKey(named[0]!),
        proven: false,
        possible: ['webhook-body-altered', 'decrypt-key-wrong'],
        wouldProve: 'another message to the same recipient: when it opens, this one was changed',
      },
    );
  const other = usable.some((k) => namedFor(enveloped, k, keys) === false);
  if (!options.keysAreThose && !other)
    return notChecked(base, says('none of the keys at hand opens it'), needs, {
      ...more,
      possible: ['decrypt-key-wrong'],
    });
  return invalid(
    base,
    'decrypt-key-wrong',
    says(`it is encrypted to ${recipientText(enveloped)}, and ${usable[0]!.label} does not open it`),
    {
      ...more,
      proof: [
        other
          ? 'the serial that the message names is not that of the certificate of this key'
          : 'the RSA block of no recipient opens with this key',
      ],
      key: describeKey(usable[0]!),
    },
  );
}

function openedVerdict(
  plain: Buffer,
  enveloped: EnvelopedData,
  key: KeyMaterial,
  base: { label: string; direction: Direction },
  more: Partial<Verdict>,
): Verdict {
  const by = { ...more, key: describeKey(key) };
  if (enveloped.authentication) return valid(base, `${base.label}: the content opens with ${key.label}`, by);
  const weaknesses = [
    'EnvelopedData alone shows no change of the content: sign it too, or use AuthEnvelopedData (RFC 5083)',
  ];
  if (recognisable(plain))
    return valid(base, `${base.label}: the content opens with ${key.label} and is whole`, { ...by, weaknesses });
  return notChecked(
    base,
    `${base.label}: the content opens with ${key.label}, but is neither text nor a known structure; nothing in the message shows whether it was changed`,
    'a signature inside or around it, or the content as the sender has it',
    { ...by, weaknesses },
  );
}

/** A changed block of cipher turns into noise, which is neither text nor a structure. */
function recognisable(plain: Buffer): boolean {
  if (plain.length === 0) return false;
  if (plain[0] === 0x30) {
    const inner = readCms(plain);
    if (inner.message && !inner.problems.some((p) => p.fatal)) return true;
  }
  if (!isUtf8(plain)) return false;
  for (const b of plain) if (b < 0x20 && b !== 0x09 && b !== 0x0a && b !== 0x0d && b !== 0x0c) return false;
  return true;
}
