/** The message room: signed payment messages of a bundle, verified with the keys found in it. */
import type { EvidenceSource } from '../evidence/types.ts';
import type { CertificateObservation } from '../x509/types.ts';
import { keysOf, type MessagePart, verifyDualSignature } from './dual-signature.ts';
import type { MessageObservation } from './types.ts';

export { verifyDualSignature } from './dual-signature.ts';

const PART_BYTES = 256 * 1024;
/** Folders looked at; a bundle with more says so in the manifest counts of the step. */
const MAXIMUM_FOLDERS = 5000;

/**
 * Verifies the signed messages whose parts stand side by side in the bundle.
 * @param sources readable evidence
 * @param certificates what the certificate room found; its RSA keys are tried
 */
export async function readMessages(
  sources: EvidenceSource[],
  certificates: CertificateObservation[],
): Promise<MessageObservation[]> {
  const folders = new Map<string, EvidenceSource[]>();
  for (const s of sources) {
    if (s.item.size > PART_BYTES || s.item.kind === 'log' || s.item.kind === 'capture') continue;
    const at = s.item.path.lastIndexOf('/');
    if (at < 0) continue;
    const folder = s.item.path.slice(0, at);
    const list = folders.get(folder);
    if (list) list.push(s);
    else if (folders.size < MAXIMUM_FOLDERS) folders.set(folder, [s]);
  }
  const keys = certificates.flatMap((o) => keysOf(o.certificates, o.file));
  const out: MessageObservation[] = [];
  for (const [folder, list] of folders) {
    if (list.length < 5 || list.length > 12) continue;
    const parts: MessagePart[] = [];
    for (const s of list) {
      try {
        parts.push({ file: s.item.path, content: await s.bytes(PART_BYTES) });
      } catch {
        // Too large or unreadable for a message part: the manifest says so, and the folder is no message.
      }
    }
    const verdict = verifyDualSignature(folder, parts, keys);
    if (verdict) out.push(verdict);
  }
  return out;
}
