/** The bytes of a signature value, and what may have happened to its text on the way. */
import type { StoredSignature } from '../scheme.ts';

export interface DecodedSignature {
  bytes: Buffer;
  /** What had to be repaired; absent: written as prescribed. */
  damage?: string;
}

const MAXIMUM_TEXT = 64 * 1024;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const BASE64URL = /^[A-Za-z0-9_-]*={0,2}$/;
const HEX = /^(?:[0-9a-fA-F]{2})+$/;

/** The value as prescribed; undefined when the text is not of that encoding. */
function strict({ text, encoding, bytes }: StoredSignature): Buffer | undefined {
  switch (encoding) {
    case 'binary':
      return bytes ?? Buffer.from(text, 'latin1');
    case 'hex':
      return HEX.test(text) ? Buffer.from(text, 'hex') : undefined;
    case 'base64url':
      return BASE64URL.test(text) && !text.includes('=') ? Buffer.from(text, 'base64url') : undefined;
    default:
      return BASE64.test(text) && text.replace(/=+$/, '').length % 4 !== 1 && text.length % 4 === 0
        ? Buffer.from(text, 'base64')
        : undefined;
  }
}

/**
 * All readings of a signature value: the prescribed one first, then repaired ones. None is empty.
 * Readings with the same bytes are listed once.
 */
export function* readings(signature: StoredSignature): Iterable<DecodedSignature> {
  const seen = new Set<string>();
  const fresh = (bytes: Buffer | undefined, damage?: string): DecodedSignature[] => {
    if (!bytes || bytes.length === 0) return [];
    const key = bytes.toString('latin1');
    if (seen.has(key)) return [];
    seen.add(key);
    return [damage ? { bytes, damage } : { bytes }];
  };
  if (signature.text.length > MAXIMUM_TEXT) return;
  const capitals = signature.lowerCase && HEX.test(signature.text) && /[A-F]/.test(signature.text);
  yield* fresh(strict(signature), capitals ? 'written in hex with capitals, not in lower case' : undefined);
  if (signature.encoding === 'binary') return;
  const prescribed = signature.encoding;
  for (const { text, did } of spellings(signature.text)) {
    const because = (what: string): string => [did, what].filter(Boolean).join(', ');
    if (HEX.test(text) && text.length >= 32)
      yield* fresh(
        Buffer.from(text, 'hex'),
        because(prescribed === 'hex' ? '' : `written in hex, not ${prescribed}`) || 'repaired',
      );
    const bare = text.replace(/=+$/, '');
    if (bare.length % 4 === 1) continue;
    if (BASE64.test(text))
      yield* fresh(
        Buffer.from(bare, 'base64'),
        because(
          prescribed === 'base64' ? (did ? '' : 'padding missing or wrong') : `written in base64, not ${prescribed}`,
        ),
      );
    else if (BASE64URL.test(text))
      yield* fresh(
        Buffer.from(bare, 'base64url'),
        because(prescribed === 'base64url' ? 'padded' : `written in base64url, not ${prescribed}`),
      );
  }
  // Encoded twice: base64 of a text that is base64 or hex again.
  const once = Buffer.from(signature.text, 'base64').toString('latin1');
  if (BASE64.test(once) && once.length >= 24 && once.length % 4 === 0)
    yield* fresh(Buffer.from(once, 'base64'), 'encoded twice in base64');
  if (HEX.test(once) && once.length >= 40) yield* fresh(Buffer.from(once, 'hex'), 'hex text encoded in base64');
}

/** Undoes what forms, logs and editors do to a value. */
function* spellings(text: string): Iterable<{ text: string; did?: string }> {
  yield { text };
  const tight = text.replace(/[\r\n\t]+/g, '');
  if (tight !== text) yield { text: tight.replace(/ /g, ''), did: 'broken over lines' };
  const trimmed = text.trim().replace(/^(["'])(.*)\1$/s, '$2');
  if (trimmed !== text) yield { text: trimmed, did: 'with spaces or quotes around it' };
  if (text.includes(' ')) yield { text: text.replace(/ /g, '+'), did: '"+" became a space on the way' };
  if (trimmed !== text && trimmed.includes(' '))
    yield { text: trimmed.replace(/ /g, '+'), did: '"+" became a space on the way' };
  if (/%[0-9a-fA-F]{2}/.test(trimmed)) {
    let decoded = trimmed;
    for (let n = 0; n < 2 && /%[0-9a-fA-F]{2}/.test(decoded); n++) {
      try {
        decoded = decodeURIComponent(decoded);
      } catch {
        break;
      }
      yield { text: decoded.replace(/ /g, '+'), did: n ? 'url-encoded twice' : 'still url-encoded' };
    }
  }
  if (/\\[/=]|\\u00[0-9a-f]{2}/i.test(trimmed))
    yield {
      text: trimmed
        .replace(/\\u00([0-9a-f]{2})/gi, (_a, h: string) => String.fromCharCode(Number.parseInt(h, 16)))
        .replace(/\\([/=])/g, '$1'),
      did: 'with JSON escapes left in it',
    };
}

/** ECDSA: the same two integers in the other form; undefined when they are not in a form at all. */
export function otherEcdsaForm(bytes: Buffer, form: 'der' | 'raw', size: number): Buffer | undefined {
  if (form === 'raw') {
    // DER was sent where r and s side by side belong.
    const parts = derIntegers(bytes);
    if (!parts) return undefined;
    const out = Buffer.alloc(size * 2);
    for (const [i, part] of parts.entries()) {
      const value = part[0] === 0 ? part.subarray(1) : part;
      if (value.length > size) return undefined;
      value.copy(out, size * (i + 1) - value.length);
    }
    return out;
  }
  if (bytes.length !== size * 2) return undefined;
  const integer = (part: Buffer): Buffer => {
    let start = 0;
    while (start < part.length - 1 && part[start] === 0) start++;
    const value = part[start]! & 0x80 ? Buffer.concat([Buffer.of(0), part.subarray(start)]) : part.subarray(start);
    return Buffer.concat([Buffer.of(2, value.length), value]);
  };
  const content = Buffer.concat([integer(bytes.subarray(0, size)), integer(bytes.subarray(size))]);
  return Buffer.concat([
    content.length < 0x80 ? Buffer.of(0x30, content.length) : Buffer.of(0x30, 0x81, content.length),
    content,
  ]);
}

function derIntegers(bytes: Buffer): [Buffer, Buffer] | undefined {
  if (bytes[0] !== 0x30 || bytes.length < 8) return undefined;
  let at = bytes[1]! === 0x81 ? 3 : 2;
  const out: Buffer[] = [];
  for (let n = 0; n < 2; n++) {
    const length = bytes[at + 1];
    if (bytes[at] !== 2 || length === undefined || length === 0 || at + 2 + length > bytes.length) return undefined;
    out.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return at === bytes.length ? (out as [Buffer, Buffer]) : undefined;
}
