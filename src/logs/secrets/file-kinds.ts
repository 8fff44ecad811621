/** Secrets that stand in files of one program by their place: no name of a password is beside them, or one that only this file has. */
import { isBasic } from './access-kinds.ts';
import type { SecretKind } from './kinds.ts';
import { isGiven } from './password-kinds.ts';
import { isMixed, isPlaceholder, JOIN } from './values.ts';

const MARKS = String.raw`["'\x60]`;

export const FILE_KINDS: readonly SecretKind[] = [
  {
    // Docker's config.json and .npmrc: user and password as headers carry them.
    id: 'basic-credentials',
    literals: ['auth"', 'auth\\"', '_auth'],
    pattern: new RegExp(`(?<![A-Za-z])_?auth${JOIN}(?<secret>[A-Za-z0-9+/]{8,1024}={0,2})(?![A-Za-z0-9+/=])`, 'g'),
    confidence: 0.9,
    accepts: isBasic,
  },
  {
    // PHP: `define('DB_PASSWORD', 'x')`; the keys and salts of WordPress have marks of all kinds.
    id: 'password',
    literals: ['define(', 'define ('],
    pattern:
      /\bdefine\s?\(\s{0,4}["'][A-Za-z0-9_]{0,60}(?:PASSWORD|PASSWD|_PASS|SECRET|TOKEN|_KEY|_SALT)["']\s{0,4},\s{0,4}(?:"(?<double>[^"\n]{6,256})"|'(?<secret>[^'\n]{6,256})')(?=\s{0,4}\))/gi,
    confidence: 0.85,
    accepts: (secret) => !isPlaceholder(secret) && isMixed(secret) && !/^(?:put your|\/|https?:)/i.test(secret),
  },
  {
    // Laravel's key of the application.
    id: 'api-key-or-token',
    literals: ['base64:'],
    pattern: /(?<![A-Za-z])[A-Z_]{0,24}KEYS?\s{0,2}[=:]\s{0,2}["']?base64:(?<secret>[A-Za-z0-9+/]{20,100}={0,2})/g,
    confidence: 0.95,
  },
  {
    // .pgpass: host, port, database, user, password (postgresql.org/docs, "The Password File").
    id: 'password',
    literals: [':*:', ':5432:', ':5433:', ':6432:', ':5439:', ':26257:'],
    pattern: /^\s{0,8}[\w.*-]{1,128}:(?:\d{4,5}|\*):[\w.*-]{1,64}:[\w.*-]{1,64}:(?<secret>[^\s:]{3,128})\s{0,8}$/g,
    confidence: 0.85,
    accepts: (secret) => isGiven(secret),
  },
  {
    // Postfix, sasl_passwd: `[smtp.example.com]:587 user:password`.
    id: 'password',
    literals: [']:587', ']:465', ']:25'],
    pattern: /^\s{0,8}\[[\w.:-]{1,128}\]:\d{2,5}\s{1,16}[^\s:]{1,128}:(?<secret>[^\s]{3,128})\s{0,8}$/g,
    confidence: 0.85,
    accepts: (secret) => isGiven(secret),
  },
  {
    // Keys that two sides share: IPsec (ipsec.secrets), Wi-Fi (wpa_supplicant), WireGuard, VPNs of routers.
    id: 'password',
    literals: [': psk ', ': eap ', ': xauth ', 'psk=', 'psk"', 'psk ', 'preshared', 'pre-shared-key', 'pre_shared_key'],
    pattern: new RegExp(
      String.raw`(?::\s(?:PSK|EAP|XAUTH)\s{1,4}["']|(?<![A-Za-z])(?:wpa[_-]?)?psk${JOIN}|(?<![A-Za-z])pre[_-]?shared[_-]?key(?:${JOIN}|\s{1,4}(?:local\s|remote\s)?["']?))(?<secret>[^\s"'\x60;,<>\\)}\]]{8,128})`,
      'gi',
    ),
    confidence: 0.85,
    accepts: (secret, match) => isGiven(secret) && (isMixed(secret) || match[0].startsWith(':')),
  },
  {
    // HAProxy's lists of users.
    id: 'password',
    literals: ['insecure-password '],
    pattern: new RegExp(String.raw`\binsecure-password\s{1,4}${MARKS}?(?<secret>[^\s"'\x60]{3,128})`, 'g'),
    confidence: 0.95,
    accepts: (secret) => !isPlaceholder(secret),
  },
  {
    // Variables of an environment by such a name hold also short ones.
    id: 'api-key-or-token',
    literals: ['_secret', '_key', '_token', 'secret_'],
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9_])(?:[A-Z][A-Z0-9]{0,30}_){0,5}(?:SECRET|(?:API|APIV3|SECRET|SIGNING|ENCRYPTION|MASTER)_?KEY|(?:ACCESS|API|AUTH)_TOKEN|SECRET_KEY_BASE)${JOIN}(?<secret>[^\s"'\x60&;,<>\\)}\]]{8,512})`,
      'g',
    ),
    confidence: 0.75,
    accepts: (secret) =>
      isGiven(secret) && isMixed(secret) && !/^(?:\/|https?:|[\w-]{1,40}[/:][\w/-]{1,80}$)/.test(secret),
  },
];
