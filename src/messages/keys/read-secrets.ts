/** Secrets from a file: the whole content, or one per line, with or without a name. */
import type { KeyMaterial } from './material.ts';

const MAXIMUM_BYTES = 1 << 20;
const MAXIMUM_SECRETS = 200;

/** That of UTF-8, as editors of Windows write it, one character a byte. */
const BYTE_ORDER_MARK = /^\xef\xbb\xbf/;

/**
 * Reads secrets. A line `name=value` or `name: value` gives a named secret; any other line is a secret itself. A file with
 * bytes outside text is one binary secret.
 */
export function readSecrets(bytes: Buffer, file: string): KeyMaterial[] {
  if (bytes.length === 0 || bytes.length > MAXIMUM_BYTES) return [];
  if (bytes.some((b) => b < 9 || (b > 13 && b < 32) || b === 127)) return [secretKey(bytes, file, [])];
  const out: KeyMaterial[] = [];
  for (const raw of bytes
    .toString('latin1')
    .replace(BYTE_ORDER_MARK, '')
    .split('\n')
    .slice(0, MAXIMUM_SECRETS * 2)) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line.trim() === '' || line.startsWith('#') || out.length >= MAXIMUM_SECRETS) continue;
    const named = /^\s*(?:export\s+)?([A-Za-z][\w.-]{0,60})\s*(?:=(?!=*\s*$)|:\s)\s*(\S.*?)\s*$/.exec(line);
    if (named) {
      const value = named[2]!.replace(/^(["'])(.*)\1$/, '$2');
      out.push(secretKey(Buffer.from(value, 'latin1'), file, [named[1]!]));
    }
    // A base64 secret may look like a name with a value: the whole line is tried too.
    out.push(secretKey(Buffer.from(line, 'latin1'), file, []));
  }
  return out;
}

/** Key material of one secret. */
export function secretKey(secret: Buffer, file: string, names: readonly string[]): KeyMaterial {
  return {
    file,
    label: `${names[0] ? `secret ${names[0]}` : 'secret'} of ${secret.length} bytes`,
    secret,
    names,
  };
}
