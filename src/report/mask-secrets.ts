/** Secrets in text: keys, tokens, passwords, card verification values. What is left says that something was removed. */

const REMOVED = '[masked]';

/** Names whose value is a secret however it looks. */
const SECRET_NAME =
  '(?:pass(?:word|wd|phrase|code)?|pwd|secret|client_?secret|app_?secret|api_?secret|api_?key|api_?v3_?key|access_?key|secret_?key|private_?key|mch_?key|merchant_?key|sign(?:ing)?_?key|hmac_?key|mac_?key|md5_?key|encryption_?key|auth_?token|access_?token|refresh_?token|id_?token|session_?token|csrf_?token|cvv2?|cvc2?|cav2?|csc|card_?code|pin_?block|security_?code|card_?verification_?value|otp|credential)';
/** Names whose value is a secret when it looks like one. */
const TOKEN_NAME =
  '(?:token|session|session_?id|jsessionid|phpsessid|sid|key|nonce_?str|code_?verifier|x-api-key|apikey)';

// In names `_?` also stands for `-` and for nothing, as in api_key, api-key and apiKey.
const anyJoin = (names: string) => names.replaceAll('_?', '[-_]?');
const SEPARATOR = String.raw`(\\?["']?\s{0,3}(?:=>|:=|=|:|%3[dD])\s{0,3})`;
// Quoted (also with escaped quotes, as in JSON within a log line) up to the closing quote, else up to a delimiter.
const VALUE = String.raw`("[^"\r\n]{1,512}"?|'[^'\r\n]{1,512}'?|\\"[^"\\\r\n]{1,512}|[^\s"'&;,<>\\)}\]]{1,512})`;

const NAMED_SECRET = new RegExp(
  String.raw`(?<![A-Za-z])((?:[A-Za-z0-9]{1,24}[-_.]){0,3}${anyJoin(SECRET_NAME)})${SEPARATOR}(?!\[masked)${VALUE}`,
  'gi',
);
const CAMEL_SECRET = new RegExp(
  String.raw`((?:[a-z]{1,24})(?:Password|Passwd|Secret|ApiKey|Token|PrivateKey|SecretKey|AccessKey))${SEPARATOR}(?!\[masked)${VALUE}`,
  'g',
);
const NAMED_TOKEN = new RegExp(
  String.raw`(?<![A-Za-z0-9])(${anyJoin(TOKEN_NAME)})${SEPARATOR}(?!\[masked)${VALUE}`,
  'gi',
);

/** A digit among letters, or long: what a token looks like and a word does not. */
const looksLikeToken = (value: string): boolean =>
  (value.length >= 8 && /\d/.test(value) && /[A-Za-z]/.test(value)) || value.length >= 24;

/** Formats of issued tokens that need no name beside them. */
const ISSUED_TOKENS = [
  /\beyJ[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{2,8192}(?:\.[A-Za-z0-9_-]{0,8192}){0,3}/g, // JWT, JWE (RFC 7519, RFC 7516)
  /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{6,256}/g,
  /\bwhsec_[A-Za-z0-9+/=]{6,256}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,255}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,255}/g,
  /\bglpat-[A-Za-z0-9_-]{16,255}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{8,255}/g,
  /\bnpm_[A-Za-z0-9]{30,255}/g,
  /\bAIza[0-9A-Za-z_-]{35}/g,
  /\bSG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,128}/g,
  /\bshp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}/g,
];

const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const PRIVATE_KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const AUTHORIZATION =
  /\b((?:proxy-)?authorization["']?\s{0,3}[:=]\s{0,3}\[?["']?)(?!\[masked)([A-Za-z-]{1,20}\s{1,3})?[^\s"',;\\]{1,4096}/gi;
const SCHEME_TOKEN = /\b(Bearer|Basic)(\s{1,3})(?!\[masked)([A-Za-z0-9._~+/=-]{8,4096})/g;
const COOKIE = /\b((?:set-)?cookie["']?\s{0,3}[:=]\s{0,3}["']?)(?!\[masked)[^\r\n"'\\]{1,4096}/gi;
const USER_INFO = /([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'<>]{0,128}:)(?!\[masked)([^\s/@"'<>]{1,256})@/gi;

function removePrivateKeys(text: string): string {
  let out = '';
  let copied = 0;
  PRIVATE_KEY.lastIndex = 0;
  for (let match = PRIVATE_KEY.exec(text); match; match = PRIVATE_KEY.exec(text)) {
    PRIVATE_KEY_END.lastIndex = PRIVATE_KEY.lastIndex;
    const end = PRIVATE_KEY_END.exec(text);
    out += `${text.slice(copied, match.index)}[private key removed]`;
    // Without an end the rest of the text is taken for the key.
    copied = end ? end.index + end[0].length : text.length;
    PRIVATE_KEY.lastIndex = copied;
  }
  return out + text.slice(copied);
}

/** One of these stands in every text that any pattern below could match; most texts hold none. */
const TRIGGER =
  /pass|pwd|secret|key|token|cvv|cvc|cav2|csc|card|pin|security|otp|credential|session|sid|nonce|verifier|author|bearer|basic|cookie|:\/\/|eyJ|[srp]k_|whsec|AKIA|ASIA|gh[pousr]_|github_pat|glpat|xox|npm_|AIza|SG\.|shp/i;

/** Replaces every secret that a name, a scheme or an issued format gives away. All patterns are bounded and linear. */
export function maskSecrets(text: string): string {
  if (!TRIGGER.test(text)) return text;
  let out = removePrivateKeys(text);
  for (const pattern of ISSUED_TOKENS) out = out.replace(pattern, REMOVED);
  return out
    .replace(AUTHORIZATION, (_all, name: string, scheme?: string) => `${name}${scheme ?? ''}${REMOVED}`)
    .replace(SCHEME_TOKEN, (all, scheme: string, space: string, value: string) =>
      looksLikeToken(value) || /[=+/]/.test(value) ? `${scheme}${space}${REMOVED}` : all,
    )
    .replace(COOKIE, (_all, name: string) => `${name}${REMOVED}`)
    .replace(USER_INFO, (_all, head: string) => `${head}${REMOVED}@`)
    .replace(NAMED_SECRET, (_all, name: string, separator: string) => `${name}${separator}${REMOVED}`)
    .replace(CAMEL_SECRET, (_all, name: string, separator: string) => `${name}${separator}${REMOVED}`)
    .replace(NAMED_TOKEN, (all, name: string, separator: string, value: string) =>
      looksLikeToken(value) ? `${name}${separator}${REMOVED}` : all,
    );
}
