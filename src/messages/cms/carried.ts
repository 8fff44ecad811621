/** CMS structures that other messages carry: a detached signature in a header over the body, or in a JSON field beside its content. */

import { isPlain } from '../../plain.ts';
import { parseJson, type StoredMessage } from '../stored-message.ts';
import type { LocatedCms } from './locate.ts';
import { readCms } from './read.ts';

const MAX_FIELDS = 100;
/** Names of fields that hold a signature, and of those that hold what was signed. */
const SIGNATURE_FIELD = /^(?:x-)?(?:.*[-_])?(?:sign(?:ature|ed[-_]?data)?|pkcs7|p7[sm]|cms)$/i;
const CONTENT_FIELD =
  /^(?:data|content|payload|body|message|plain[-_]?text|request|response|biz[-_]?content|original)$/i;

/** DER of base64 text that is a SignedData; undefined for anything else. */
function signedIn(text: string): Buffer | undefined {
  const bare = text.replace(/\s+/g, '');
  if (bare.length < 200 || bare.length > 400_000 || !/^MI[A-Za-z0-9+/]+={0,2}$/.test(bare)) return undefined;
  const der = Buffer.from(bare, 'base64');
  return readCms(der).message?.kind === 'signed' ? der : undefined;
}

/** What a content field may have been signed as: its text, and the bytes that it is base64 of. */
function contentForms(value: unknown): Buffer[] {
  if (typeof value !== 'string') return value === undefined ? [] : [Buffer.from(JSON.stringify(value))];
  const text = Buffer.from(value, 'utf8');
  return /^[A-Za-z0-9+/\s]{8,}={0,2}\s*$/.test(value) ? [text, Buffer.from(value, 'base64')] : [text];
}

/** The first structure that a header or a JSON field carries; undefined when none does. */
export function carriedCms(message: StoredMessage): LocatedCms | undefined {
  for (const [name, value] of message.headers.slice(0, MAX_FIELDS)) {
    const der = SIGNATURE_FIELD.test(name) ? signedIn(value) : undefined;
    if (der) return { der, detached: [message.body] };
  }
  const json = parseJson(message.body);
  if (!isPlain(json)) return undefined;
  const fields = Object.entries(json).slice(0, MAX_FIELDS);
  for (const [name, value] of fields) {
    const der = SIGNATURE_FIELD.test(name) && typeof value === 'string' ? signedIn(value) : undefined;
    if (!der) continue;
    const detached = fields.filter(([n]) => CONTENT_FIELD.test(n)).flatMap(([, v]) => contentForms(v));
    return { der, ...(detached.length > 0 ? { detached } : {}) };
  }
  return undefined;
}
