/** Several messages together: what one proves about the key also helps the others. */
import { counted } from '../wording.ts';
import { digest } from './algorithms.ts';
import type { KeyMaterial } from './keys/material.ts';
import { causeOf, REASONS, type Reason } from './reasons.ts';
import { digestClaims } from './schemes/_digest.ts';
import { header, type StoredMessage } from './stored-message.ts';
import type { Verdict } from './verdict.ts';
import { type MessageVerdict, type VerifyOptions, verifyMessage } from './verify.ts';

/**
 * Verifies messages in order. A key that verifies one message is the right one: a message of the same scheme that fails
 * with it was altered, which the message alone would not prove.
 */
export async function verifyMessages(
  messages: readonly StoredMessage[],
  keys: readonly KeyMaterial[],
  options: VerifyOptions,
): Promise<MessageVerdict[]> {
  const out: MessageVerdict[] = [];
  for (const message of messages) out.push(await verifyOne(message, keys, options));
  const proven = new Map<string, string>();
  for (const m of out)
    for (const v of m.verdicts)
      if (v.result === 'valid' && v.key && v.algorithm)
        proven.set(
          `${m.scheme?.id} ${v.label} ${v.direction} ${v.key.file} ${v.key.label}`,
          m.line ? `${m.file}:${m.line}` : m.file,
        );
  for (const m of out)
    for (const v of m.verdicts) {
      if (v.result !== 'invalid' || v.cause || !v.key || v.possible.length === 0) continue;
      const where = proven.get(`${m.scheme?.id} ${v.label} ${v.direction} ${v.key.file} ${v.key.label}`);
      if (where === undefined || (v.reason !== 'content-changed' && v.reason !== 'wrong-key')) continue;
      settle(
        v,
        'content-changed',
        `the same key verifies the message in ${where}: the key is right, this content is not what was signed`,
      );
    }
  return out;
}

/** What the message itself says about its body having been changed, whatever the scheme. */
function alteredByItself(message: StoredMessage): { reason: Reason; says: string } | undefined {
  const wrong = digestClaims(message).find((d) => !digest(d.hash, d.content).equals(d.expected));
  if (wrong) return { reason: 'digest-mismatch', says: `${wrong.label} is not that of the stored body` };
  const callback = message.method !== undefined && message.method !== 'GET' && message.status === undefined;
  if (callback && message.body.length === 0 && header(message, 'content-length') !== '0')
    return { reason: 'content-changed', says: 'the stored body is empty' };
  return undefined;
}

/** Turns an open verdict into a proven one. */
function settle(v: Verdict, reason: Reason, proof: string): void {
  v.reason = reason;
  v.cause = causeOf(reason, v.direction);
  v.possible = [];
  v.proof.push(proof);
  v.says = `${v.label}: ${REASONS[reason].title} (${proof})`;
  v.remedy = REASONS[reason].remedy;
  delete v.wouldProve;
}

/** One message, with what its declared length says about the stored body. */
async function verifyOne(
  message: StoredMessage,
  keys: readonly KeyMaterial[],
  options: VerifyOptions,
): Promise<MessageVerdict> {
  const verdict = await verifyMessage(message, keys, options);
  const { declaredLength: declared, body } = message;
  const failed = verdict.verdicts.filter((v) => v.result === 'invalid');
  if (failed.length === 0) return verdict;
  const altered = alteredByItself(message);
  if (altered) for (const v of failed) if (!v.cause && v.possible.length > 0) settle(v, altered.reason, altered.says);
  if (declared === undefined) return verdict;
  const says = `Content-Length says ${counted(declared, 'byte')}, ${body.length} are stored`;
  for (const v of failed) v.proof.push(says);
  const extra = body.subarray(declared);
  if (declared < body.length && /^[\r\n]{1,4}$/.test(extra.toString('latin1'))) {
    const trimmed = await verifyMessage({ ...message, body: body.subarray(0, declared) }, keys, options);
    if (trimmed.verdicts.length > 0 && trimmed.verdicts.every((v) => v.result !== 'invalid'))
      for (const v of failed) {
        v.storageArtefact = true;
        v.says = `${v.says}; by its Content-Length that line end belongs to the file, not to the message: as sent, it is valid`;
      }
    return verdict;
  }
  for (const v of failed) if (!v.cause && v.possible.length > 0) settle(v, 'length-mismatch', says);
  return verdict;
}
