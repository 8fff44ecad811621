/** Two-part (dual) signatures whose parts stand side by side in a folder of the evidence. */

import { parseCertificate } from '../x509/index.ts';
import type { KeyMaterial } from './keys/material.ts';
import { certificateKey } from './keys/read-keys.ts';
import { type FolderPart, readFolder } from './two-part/folder.ts';
import { twoPartVerdict } from './two-part/verdict.ts';
import type { MessageObservation } from './types.ts';

export type MessagePart = FolderPart;

/**
 * Verifies one message.
 * @param folder name of the message in the report
 * @param files all files of the folder
 * @param keys public keys of the evidence
 * @returns undefined when the folder is no such message
 */
export function verifyDualSignature(
  folder: string,
  files: readonly MessagePart[],
  keys: readonly KeyMaterial[],
): MessageObservation | undefined {
  const found = readFolder(files);
  if (!found) return undefined;
  const { order, payment } = found.message;
  const verdict = twoPartVerdict(
    found.message,
    {
      ...(order.readings[0] ? { order: order.readings[0].bytes } : {}),
      ...(payment.readings[0] ? { payment: payment.readings[0].bytes } : {}),
    },
    keys,
    { at: found.time, keysAreThose: false },
  );
  return {
    file: found.file,
    time: found.time,
    scheme: 'dual-signature',
    direction: 'request',
    result: verdict.result,
    says: `${folder}: ${verdict.says}`,
    proof: [...verdict.proof, ...verdict.weaknesses],
    ...(verdict.cause ? { cause: verdict.cause } : {}),
  };
}

/** Keys of certificates given as DER in base64. */
export function keysOf(certificates: readonly { der: string }[], file: string): KeyMaterial[] {
  return certificates.flatMap((c) => certificateKey(parseCertificate(Buffer.from(c.der, 'base64')), file) ?? []);
}
