/** What a request proves its right with: headers of authorization and cookies of sessions. */
import type { SecretKind } from './kinds.ts';
import { isMixed, isPlaceholder } from './values.ts';

/** `Basic` carries user and password joined by a colon (RFC 7617). */
export function isBasic(secret: string): boolean {
  const text = Buffer.from(secret, 'base64').toString('latin1');
  return /^[\x20-\x7e]{1,128}:[\x20-\x7e]{1,256}$/.test(text);
}

/** Blanks, also as queries and forms write them. */
const BLANK = String.raw`(?:\s{1,3}|%20|\+)`;
/** Cookies against forged requests are no proof of a session. */
const isForgeryToken = (match: RegExpExecArray): boolean => /c?[sx]rf/i.test(match[0].slice(0, match[0].indexOf('=')));
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export const ACCESS_KINDS: readonly SecretKind[] = [
  {
    id: 'bearer-token',
    literals: ['bearer ', 'bearer%20', 'bearer+'],
    pattern: new RegExp(String.raw`\bBearer${BLANK}(?<secret>[A-Za-z0-9._~+/-]{12,4096}={0,2})`, 'gi'),
    confidence: 0.9,
    accepts: (secret) => !isPlaceholder(secret) && (isMixed(secret) || secret.length >= 32),
  },
  {
    id: 'basic-credentials',
    literals: ['basic ', 'basic%20', 'basic+'],
    pattern: new RegExp(
      String.raw`(?:\b|(?<=%20))Basic${BLANK}(?<secret>[A-Za-z0-9+/]{6,1024}(?:={0,2}|(?:%3[dD]){0,2}))(?![A-Za-z0-9+/=])`,
      'gi',
    ),
    confidence: 0.9,
    accepts: (secret) => isBasic(secret.replace(/%3d/gi, '=')),
  },
  {
    // Other schemes than Bearer and Basic, and keys without any. In payments an authorization is also a thing with an id.
    id: 'authorization-header',
    literals: ['authorization'],
    pattern:
      /(?<![A-Za-z_-])(?:(?:proxy|x)-)?authorization\\{0,3}["']?\s{0,2}[:=]\s{0,2}\[?\\{0,3}["']?(?:(?:token|api-?key|key|secret|splunk|genie ?key|oauth|sso-key)(?: |=)(?<secret>[A-Za-z0-9._~+/:-]{16,4096}={0,2})|(?<bare>[A-Za-z0-9._~+/-]{32,4096}={0,2}))(?![\w%])/gi,
    confidence: 0.8,
    accepts: (secret) =>
      !isPlaceholder(secret) && isMixed(secret) && !UUID.test(secret) && !/^[a-z]{2,12}_/.test(secret),
  },
  {
    // Whoever has the cookie of a session is in it.
    id: 'session-cookie',
    literals: ['sessid', 'sessionid', 'session=', 'connect.sid', 'cookie', 'aspsession', '_session'],
    pattern:
      /(?<![\w.-])(?:(?:J?SESS(?:ION)?ID|PHPSESSID|ASP\.NET_SessionId|ASPSESSIONID[A-Z]{6,10}|CGISESSID|connect\.sid|[a-z0-9_]{0,30}_session(?:_?id)?)|(?<=cookie\b[^\n]{0,400})(?:\.?[\w.-]{0,40}(?:sess(?:ion)?|sid|auth|token|login|identity|jwt)[\w.-]{0,40}|\.ASPXAUTH|\.AspNetCore\.[\w.]{3,60}|remember_\w{2,40}|wordpress_logged_in_\w{32}))=(?<secret>[\w%.!~+/:|-]{12,4096}={0,2})/gi,
    confidence: 0.85,
    accepts: (secret, match) =>
      !isPlaceholder(secret) && !isForgeryToken(match) && (isMixed(secret) || secret.length >= 24),
  },
];
