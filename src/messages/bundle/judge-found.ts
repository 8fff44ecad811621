/** Verifies the messages that a bundle was found to hold, with the keys in it, and says what the report keeps of each. */

import type { EvidenceSource } from '../../evidence/types.ts';
import { append } from '../../lists.ts';
import type { CertificateObservation } from '../../x509/types.ts';
import { joinParts, WITH_PARTS } from '../read/beside.ts';
import { joinPairs, readStoredMessages } from '../read/read-message.ts';
import type { StoredMessage } from '../stored-message.ts';
import { allowForAgreedOrder } from '../two-part/verdict.ts';
import type { MessageObservation } from '../types.ts';
import type { Verdict } from '../verdict.ts';
import { findScheme, type MessageVerdict } from '../verify.ts';
import { verifyMessages } from '../verify-all.ts';
import { bundleKeys, type Setting } from './keys.ts';
import { MAXIMUM_MESSAGES, MESSAGE_BYTES, PART_BYTES } from './limits.ts';

/** Where messages were found. */
export interface FoundMessages {
  /** Folders whose files are the parts of one message. */
  parts: StoredMessage[];
  /** Files that may hold messages. */
  files: readonly EvidenceSource[];
  /** Messages in logs. */
  logged: StoredMessage[];
}

/**
 * @param sources all readable evidence: bodies may lie beside the files that were found
 * @param certificates what the certificate room found; its keys are tried
 * @param settings what configurations hold; secrets among them are tried and never leave this room
 */
export async function judgeFound(
  { parts, files, logged }: FoundMessages,
  sources: readonly EvidenceSource[],
  certificates: readonly CertificateObservation[],
  settings: readonly Setting[],
): Promise<MessageObservation[]> {
  const found = [...parts, ...(await messageFiles(files, sources)), ...logged].slice(0, MAXIMUM_MESSAGES);
  const own = bundleKeys(certificates, settings);
  const byScheme = new Map<string, { scheme: NonNullable<ReturnType<typeof findScheme>>; list: StoredMessage[] }>();
  for (const message of found) {
    const scheme = findScheme(message);
    if (!scheme) continue;
    const group = byScheme.get(scheme.meta.id);
    if (group) group.list.push(message);
    else byScheme.set(scheme.meta.id, { scheme, list: [message] });
  }
  const out: MessageObservation[] = [];
  for (const { scheme, list } of byScheme.values()) {
    const verdicts = await verifyMessages(list, own.keys, {
      at: Number.NaN,
      keysAreThose: own.assigned(scheme.meta.id),
      scheme,
      context: { parameters: own.parameters },
    });
    const agreed = scheme.meta.id === 'two-part' ? allowForAgreedOrder(verdicts.flatMap((m) => m.verdicts)) : undefined;
    let next = 0;
    for (const [i, m] of verdicts.entries())
      for (const v of m.verdicts) out.push(observation(m, agreed?.[next++] ?? v, list[i]!));
  }
  return out;
}

/** Reasons that speak of the spelling of the content, which a log may have changed when it was written. */
const SPELLING: ReadonlySet<string> = new Set([
  'line-ends',
  'trailing-line-end',
  'white-space',
  'byte-order-mark',
  'json-rewritten',
  'xml-rewritten',
  'url-encoding',
  'charset',
  'content-changed',
  'digest-mismatch',
  'length-mismatch',
  'signature-truncated',
  'signature-encoding',
]);

/** Reasons that a copy of the message may have brought about when the evidence was collected. */
const DAMAGED: ReadonlySet<string> = new Set(['message-damaged', 'structure-refused']);

/**
 * What the report keeps of a verdict. A log is no copy of the wire: where only the spelling differs, it proves nothing
 * against the message, and a line end that an editor left is none of its bytes.
 */
function observation(m: MessageVerdict, v: Verdict, stored: StoredMessage): MessageObservation {
  const copied = /^log|stored parsed/.test(m.form);
  const cut = v.result === 'invalid' && DAMAGED.has(v.reason ?? '');
  const doubtful = cut || (v.result === 'invalid' && copied && SPELLING.has(v.reason ?? ''));
  const result = v.result === 'invalid' && v.storageArtefact ? 'valid' : doubtful ? 'not-checked' : v.result;
  return {
    file: m.file,
    ...(m.line === undefined ? {} : { line: m.line }),
    time: v.time ?? stored.time,
    scheme: m.scheme!.id,
    direction: v.direction,
    result,
    ...(v.cause && result === 'invalid' ? { cause: v.cause } : {}),
    ...(v.reason ? { reason: v.reason } : {}),
    ...(v.possible.length > 0 ? { possible: v.possible } : {}),
    says: cut
      ? `${v.says}; the copy in the evidence may have been cut or converted`
      : doubtful
        ? `${v.says}; a log may hold the message in another spelling than it had on the wire`
        : v.says,
    proof: v.proof,
    ...(doubtful
      ? { wouldShow: 'the raw message as it came over the wire' }
      : v.wouldProve
        ? { wouldShow: v.wouldProve }
        : {}),
    ...(v.key ? { keyFile: v.key.file } : {}),
  };
}

/** Files that are messages themselves, and header files with their bodies. */
async function messageFiles(
  files: readonly EvidenceSource[],
  sources: readonly EvidenceSource[],
): Promise<StoredMessage[]> {
  const out: StoredMessage[] = [];
  const folders = new Map<string, StoredMessage[]>();
  for (const s of files) {
    try {
      const { messages } = readStoredMessages(await s.bytes(MESSAGE_BYTES), s.item.path);
      const folder = s.item.path.slice(0, s.item.path.lastIndexOf('/') + 1);
      folders.set(folder, [...(folders.get(folder) ?? []), ...messages]);
    } catch {
      // Unreadable files are in the manifest.
    }
  }
  for (const [folder, list] of folders) {
    const alone = list.some((m) => m.form === 'headers');
    const pairs = joinPairs(alone ? [...list, ...(await bodiesBeside(folder, list, sources))] : list);
    const parted = pairs.some((m) => WITH_PARTS.has(findScheme(m)?.meta.id ?? ''));
    const beside = parted ? await bodiesBeside(folder, [], sources) : [];
    const files = beside.map((m) => ({ file: m.file, content: m.body }));
    append(out, parted ? joinParts(pairs, files, (m) => findScheme(m)?.meta.id) : pairs);
  }
  // A token or a list of parameters is a message of a scheme only when the scheme's own names say so.
  return out.filter((m) => m.form !== 'headers' && m.form !== 'parts side by side' && findScheme(m)?.detect(m) === 2);
}

/** Small files of a folder that were not read yet: bodies whose headers stand in a file of their own. */
async function bodiesBeside(
  folder: string,
  list: readonly StoredMessage[],
  sources: readonly EvidenceSource[],
): Promise<StoredMessage[]> {
  const out: StoredMessage[] = [];
  for (const s of sources) {
    const { path, size, kind } = s.item;
    if (!path.startsWith(folder) || path.slice(folder.length).includes('/') || size > PART_BYTES) continue;
    if (kind === 'log' || kind === 'capture' || list.some((m) => m.file === path) || out.length >= 200) continue;
    try {
      out.push({ file: path, form: 'body', headers: [], body: await s.bytes(PART_BYTES), time: Number.NaN });
    } catch {
      // Unreadable files are in the manifest.
    }
  }
  return out;
}
