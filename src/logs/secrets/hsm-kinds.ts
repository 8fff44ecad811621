/** Key material of payment systems: keys of hardware security modules by their usual names, components, key blocks. */
import type { SecretKind } from './kinds.ts';
import { bytes, JOIN } from './values.ts';

/** Triple DES of two or three parts, AES, with the letter of their scheme (ANSI X9.17, variant); also in groups. */
const LONG_KEY = `(?:[USTX](?=[0-9A-Fa-f]{32}))?(?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{32}|[0-9A-Fa-f]{16}[ -][0-9A-Fa-f]{16}(?:[ -][0-9A-Fa-f]{16})?|(?:[0-9A-Fa-f]{8} ){3}[0-9A-Fa-f]{8}|(?:[0-9A-Fa-f]{4} ){7}(?:(?:[0-9A-Fa-f]{4} ){4})?[0-9A-Fa-f]{4})`;
const SHORT_KEY = '[0-9A-Fa-f]{16}';
const END = '(?![0-9A-Za-z])';

/**
 * Zone, terminal, PIN, MAC and verification keys as makers of HSMs and ISO 9564, ANSI X9.24 and EMV call them.
 * Three letters that are words of their own (TAK, PIK, TEK) need a mark behind them, as do all here.
 */
const KEY_NAMES =
  'zmk zcmk zpk zak zek tmk tpk tak tek lmk bdk ipek pvk cvk kek ppk pik mdk imk imk-ac awk iwk ktk mfk tdk dek kbpk'.split(
    ' ',
  );
const MARKS = ['=', ':', '"', ' ', '_'];
/** What stands between the name and the key, such as ` under LMK: ` or ` pair 04-05 `. */
const BETWEEN = String.raw`[^\n;,&{}]{1,28}?`;
/** Said of a key, and no key: check values, digests, names. */
const ABOUT = /kcv|check|finger|hash|digest|sha|md5|\bid\b|_id|uuid|serial|label|ksn|name|version|alias|trace|public/i;

const isKey = (secret: string, match: RegExpExecArray): boolean =>
  !ABOUT.test(match[0].slice(0, match[0].length - secret.length)) && !/^(.)\1+$/.test(secret);

const USES =
  'des pin mac master working initial transport zone terminal encryption derivation session clear issuer root base storage'.split(
    ' ',
  );
const NAMED_KEY = `(?:(?:3|t|triple[ _-]?)?des|${USES.slice(1).join('|')})[ _-]?(?:key|component)s?`;

export const HSM_KINDS: readonly SecretKind[] = [
  {
    id: 'payment-key',
    literals: KEY_NAMES.flatMap((name) => MARKS.map((mark) => `${name}${mark}`)),
    pattern: new RegExp(
      `(?<![A-Za-z])(?:${KEY_NAMES.join('|')})(?![A-Za-z0-9])(?:${BETWEEN}(?<![0-9A-Za-z])(?<secret>${LONG_KEY})${END}|[ _-]?[A-C]?${JOIN}(?<short>${SHORT_KEY})${END})`,
      'gi',
    ),
    confidence: 0.9,
    accepts: isKey,
  },
  {
    id: 'payment-key',
    literals: ['component', ...USES.flatMap((use) => ['', ' ', '_', '-'].map((join) => `${use}${join}key`))],
    pattern: new RegExp(
      String.raw`(?<![A-Za-z])(?:key[ _-]?)?(?:${NAMED_KEY}|component)(?:[ _-]?\d(?: (?:of|\/) \d)?)?(?:${JOIN}|[^\n;,&{}=]{1,20}?[=:]?\s{0,2})["']?(?<![0-9A-Za-z])(?<secret>${LONG_KEY})${END}`,
      'gi',
    ),
    confidence: 0.9,
    accepts: isKey,
  },
  {
    id: 'payment-key',
    literals: ['主密钥', '密钥分量', '工作密钥', '密钥'],
    pattern: new RegExp(
      `(?:${bytes('密钥')})(?:${bytes('分量')})?\\d?(?:${JOIN}|${bytes('：')}\\s{0,2})(?<secret>[A-Za-z0-9+/]{16,64}={0,2})(?![A-Za-z0-9+/=])`,
      'g',
    ),
    confidence: 0.85,
    accepts: (secret) => /\d/.test(secret) && /[A-Za-z]/.test(secret),
  },
  {
    // TR-31 and ASC X9.143: version, length, usage, algorithm, mode, version of the key, exportability, optional blocks, 00.
    id: 'payment-key',
    literals: ['00E00', '00N00', '00S00'],
    pattern:
      /(?<![0-9A-Za-z])(?<secret>[ABCD]\d{4}[A-Z]\d[ADEHRST][BCDEGNSTVXY][A-Z0-9]{2}[ENS]\d\d00[0-9A-Fa-f]{48,500})(?![0-9A-Za-z])/g,
    confidence: 0.9,
    accepts: (secret) => Math.abs(Number(secret.slice(1, 5)) - secret.length) <= 16,
    shown: 16,
  },
];
