/** Passwords in statements that make users of databases, and in settings whose value stands behind a blank. */
import type { SecretKind } from './kinds.ts';
import { isMixed, isPlaceholder, isStoredDigest } from './values.ts';

export const STATEMENT_KINDS: readonly SecretKind[] = [
  {
    id: 'password',
    literals: ['identified by', 'identified with'],
    // Bare words are identifiers as well: "records identified by merchant" makes no user.
    pattern:
      /\b(?:(?:alter|create)\s(?:user|role|(?:public\s)?database\slink)|grant)\s[^;\n]{1,200}?\sidentified\s(?:with\s[^\s;]{1,40}\s)?by\s(?:password\s)?\\{0,3}(?:["'](?<quoted>[^\s"'\\]{3,256})(?=["'\\])|(?<bare>[A-Za-z][^\s"'\\;?:@]{5,128}))/gi,
    confidence: 0.9,
    accepts: (secret, match) =>
      !isPlaceholder(secret) &&
      !isStoredDigest(secret) &&
      (isMixed(secret) || /["']$/.test(match[0].slice(0, -secret.length))),
  },
  {
    id: 'password',
    literals: ['alter role', 'alter user', 'create role', 'create user'],
    pattern:
      /\b(?:alter|create)\s(?:role|user)\s[^;\n]{1,200}?\spassword\s(?:=\s)?\\{0,3}["'](?<secret>[^\s"'\\]{3,256})["'\\]/gi,
    confidence: 0.9,
    accepts: (secret) => !isPlaceholder(secret) && !isStoredDigest(secret),
  },
  {
    id: 'password',
    literals: ['requirepass', 'masterauth', 'bindpw', 'rootpw', 'auth-pass'],
    pattern:
      /(?<![A-Za-z])(?:requirepass|masterauth|bindpw|rootpw|auth-pass\s[\w.-]{1,64})\s{1,4}["']?(?<secret>[^\s"'\\,;]{6,256})/gi,
    confidence: 0.85,
    accepts: (secret) => !isPlaceholder(secret) && isMixed(secret) && !/^\{/.test(secret),
  },
];
