/** The message room: signed payment messages of a bundle, verified with the keys found in it. */
import type { EvidenceSource } from '../evidence/types.ts';
import type { CertificateObservation } from '../x509/types.ts';
import type { Setting } from './bundle/keys.ts';
import { MESSAGE_BYTES, PART_BYTES } from './bundle/limits.ts';
import { readLoggedMessages } from './bundle/log-messages.ts';
import { twoPartMessage } from './read/beside.ts';
import type { StoredMessage } from './stored-message.ts';
import type { MessageObservation } from './types.ts';

/** Folders looked at; a bundle with more says so in the manifest counts of the step. */
const MAXIMUM_FOLDERS = 5000;

/**
 * Verifies the signed messages of a bundle: raw HTTP, JSON, XML and DER files, lines of logs, and parts side by side.
 * The schemes are loaded only when something in the evidence may be a message.
 * @param sources readable evidence
 * @param certificates what the certificate room found; its keys are tried
 * @param settings what configurations hold; secrets among them are tried and never leave this room
 */
export async function readMessages(
  sources: readonly EvidenceSource[],
  certificates: readonly CertificateObservation[],
  settings: readonly Setting[] = [],
): Promise<MessageObservation[]> {
  const parts = await partsSideBySide(sources);
  const files: EvidenceSource[] = [];
  for (const s of sources) if (s.item.size <= MESSAGE_BYTES && (await mayHold(s))) files.push(s);
  const logged = await readLoggedMessages(sources.filter((s) => s.item.kind === 'log'));
  if (parts.length + files.length + logged.length === 0) return [];
  const { judgeFound } = await import('./bundle/judge-found.ts');
  return judgeFound({ parts, files, logged }, sources, certificates, settings);
}

/** Folders whose files are the parts of one message. */
async function partsSideBySide(sources: readonly EvidenceSource[]): Promise<StoredMessage[]> {
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
  const out: StoredMessage[] = [];
  for (const list of folders.values()) {
    if (list.length < 3 || list.length > 12) continue;
    const parts: { file: string; content: Buffer }[] = [];
    for (const s of list) {
      try {
        parts.push({ file: s.item.path, content: await s.bytes(PART_BYTES) });
      } catch {
        // Too large or unreadable for a message part: the manifest says so, and the folder is no message.
      }
    }
    const message = twoPartMessage(parts);
    if (message) out.push(message);
  }
  return out;
}

/** Kinds of evidence that hold no message of their own, or whose messages are read line by line. */
const NO_MESSAGES: ReadonlySet<string> = new Set([
  'log',
  'capture',
  'certificate',
  'key',
  'keystore',
  'crl',
  'csr',
  'ocsp',
  'script',
  'web-page',
  'server-config',
  'archive',
  'empty',
  'endpoint',
]);

/** What the first bytes of a file must hold to be looked at whole. */
const SIGNED =
  /signature|["&?]sign["=]|acsSignedContent|WECHATPAY2-|ALIPAY-SHA|transmission-sig|"ciphertext"|pkcs7-|"(?:oimd|pimd)"/i;
/** A CMS structure as PEM or as base64 text (RFC 7468; a SEQUENCE starts with M). */
const CMS_TEXT = /^\s*(?:-----BEGIN (?:CMS|PKCS7)-----|MI[A-Za-z0-9+/]{60})/;

/** Whether a file may hold a message: told by its kind or its first bytes. */
async function mayHold({ item, head }: EvidenceSource): Promise<boolean> {
  if (item.kind === 'message') return true;
  if (head[0] === 0x30 && (await import('./set/purchase-request.ts')).looksLikePurchaseRequest(head)) return true;
  const text = head.toString('latin1');
  return CMS_TEXT.test(text) || (!NO_MESSAGES.has(item.kind) && SIGNED.test(text));
}
