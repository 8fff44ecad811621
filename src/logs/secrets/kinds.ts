/** Kinds of secrets that logs leak: how each looks, and a text that stands in every one of them. */
import { commandKinds } from './command-kinds.ts';
import { URL_KINDS } from './url-kinds.ts';
import { VENDOR_KINDS } from './vendor-kinds.ts';

export interface SecretKind {
  id: string;
  /** One of these stands in every match, ASCII case ignored. */
  literals: string[];
  /** Group `secret` is the part that must not be shown; bounded throughout, so that it runs in linear time. */
  pattern: RegExp;
  confidence: number;
  /** Letters of the format itself, which may be shown. */
  shown?: number;
  /** Further judgement on the secret part and what stands around. */
  accepts?(secret: string, match: RegExpExecArray): boolean;
}

/** Values that say that somebody masked, templated or left out the secret, or speak about it. */
const PLACEHOLDER =
  /^(?:[*xX•.#?-]{2,}|null|nil|none|undefined|unset|empty|n\/a|true|false|yes|no|ok|\d|\[[^\]]*\]?|<[^>]*>?|\(.*|\{\{.*|\$\{?[\w.]+\}?|%[-\w]*%?|:\w+|redacted|masked|filtered|hidden|removed|secret|password|passwd|token|string|protected|encrypted|changed|required|invalid|missing|expired|incorrect|wrong|failed|mismatch|reset|updated|sent|not|is|was|has|for|the|and|or|too|must)$/i;

const isPlaceholder = (value: string): boolean =>
  PLACEHOLDER.test(value) ||
  value.includes('***') ||
  value.includes('xxxx') ||
  value.includes('%2A%2A') ||
  /^\*{2}|\.{3}/.test(value) ||
  // Where the value is taken from, instead of the value; what documentation ends its examples with.
  /^(?:\$[({]|process\.env|os\.environ|env[:.]|vault:|file:|ENC\(|secretRef|arn:)|EXAMPLE(?:KEY)?$/i.test(value) ||
  value.includes(bytes('••'));

/** Whether a value has the mix of characters that made-up or issued secrets have. */
const isMixed = (value: string): boolean => /\d/.test(value) && /[A-Za-z]/.test(value);

function isJwt(secret: string): boolean {
  try {
    const header = JSON.parse(
      Buffer.from(secret.slice(0, secret.indexOf('.')), 'base64url').toString('utf8'),
    ) as object;
    return 'alg' in header || 'enc' in header || 'typ' in header;
  } catch {
    return false;
  }
}

/** `Basic` carries user and password joined by a colon (RFC 7617). */
function isBasic(secret: string): boolean {
  const text = Buffer.from(secret, 'base64').toString('latin1');
  return /^[\x20-\x7e]{1,128}:[\x20-\x7e]{1,256}$/.test(text);
}

/** Lines are read as Latin-1, so that no byte is lost: other letters are looked for as their UTF-8 bytes. */
const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

const JOIN = String.raw`(?:\\{0,3}["']?\s{0,2}(?:=>|[:=]|%3[aAdD])\s{0,2}\\{0,3}["'\x60]?)`;
const VALUE = String.raw`(?<secret>[^\s"'\x60&;,<>\\)}\]]{3,512})`;
const PLAIN = '(?<![A-Za-z])';

/** Password in other languages: a text to search for, and how it is written. */
const FOREIGN: readonly (readonly [string, string?])[] = [
  ['passwort', '[Pp]asswort'],
  ['kennwort', '[Kk]ennwort'],
  ['mot de passe', '[Mm]ot de passe'],
  ['mot_de_passe', '[Mm]ot_de_passe'],
  ['senha', '[Ss]enha'],
  ['wachtwoord', '[Ww]achtwoord'],
  ['пароль', '(?:П|п)ароль'],
  ['密码'],
  ['密碼'],
  ['口令'],
  ['パスワード'],
  ['비밀번호'],
];

export const SECRET_KINDS: readonly SecretKind[] = [
  {
    id: 'private-key',
    literals: ['PRIVATE KEY'],
    pattern:
      /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?<secret>(?:\\[nr]|[A-Za-z0-9+/=\s]){0,8000})/g,
    confidence: 0.98,
    accepts: () => true,
  },
  {
    // PKCS#8 and PKCS#1 of RSA keys without their armour, as payment providers' configurations hold them.
    id: 'private-key',
    literals: ['MIIC', 'MIIE', 'MIIJ', 'MIIB', 'MIGHAgEA', 'MHcCAQEE'],
    pattern:
      /(?<![A-Za-z0-9+/])(?<secret>(?:MII[BCEJ][A-Za-z0-9+/]{2}IBA(?:DANBgkqhkiG9w0BAQEFAASC|AK[BC](?:AQEA|AgEA|AYEA|gQ))|MIGHAgEAMBMGByqGSM49AgEG|MHcCAQEEI)(?:[A-Za-z0-9+/=]|%2[BbFf]|%3[Dd]){100,8000})/g,
    confidence: 0.95,
  },
  {
    // openssh-key-v1, without its armour.
    id: 'private-key',
    literals: ['b3BlbnNzaC1rZXktdjE'],
    pattern: /(?<secret>b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=]{60,8000})/g,
    confidence: 0.97,
  },
  {
    id: 'aws-access-key',
    literals: ['AKIA', 'ASIA'],
    pattern: /\b(?<secret>(?:AKIA|ASIA)[A-Z2-7]{16})\b/g,
    confidence: 0.95,
    shown: 4,
    accepts: (secret) => !isPlaceholder(secret),
  },
  {
    id: 'aws-secret-key',
    literals: ['secret_access_key', 'secretaccesskey', 'secretkey'],
    pattern: new RegExp(
      `${PLAIN}(?:aws_?)?secret_?(?:access_?)?key(?:${JOIN}|>)(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])`,
      'gi',
    ),
    confidence: 0.95,
    accepts: (secret) => isMixed(secret) && !isPlaceholder(secret),
  },
  {
    id: 'stripe-key',
    literals: ['k_live_', 'k_test_', 'whsec_'],
    pattern: /\b(?<secret>(?:[sr]k_(?:live|test)_|whsec_)[A-Za-z0-9+/=]{10,250})/g,
    confidence: 0.95,
    shown: 8,
  },
  {
    id: 'adyen-api-key',
    literals: ['AQE'],
    pattern: /(?<![A-Za-z0-9+/])(?<secret>AQE[A-Za-z0-9+/]{40,200}={0,2}-[A-Za-z0-9+/]{20,120}={0,2}-[!-~]{8,80})/g,
    confidence: 0.9,
    shown: 3,
  },
  {
    id: 'payment-provider-token',
    literals: [
      'access_token$',
      'access_token%24',
      'sq0atp-',
      'sq0csp-',
      'EAAA',
      'shpat_',
      'shpss_',
      'shpca_',
      'shppa_',
    ],
    pattern:
      /(?<![A-Za-z0-9])(?<secret>access_token(?:\$|%24)(?:production|sandbox)(?:\$|%24)[0-9a-z]{16}(?:\$|%24)[0-9a-f]{32}|sq0(?:atp|csp)-[A-Za-z0-9_-]{22,60}|EAAA[A-Za-z0-9_-]{60}|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32})/g,
    confidence: 0.95,
    shown: 4,
  },
  {
    id: 'google-api-key',
    literals: ['AIza'],
    pattern: /(?<![\w-])(?<secret>AIza[0-9A-Za-z_-]{35})(?![\w-])/g,
    confidence: 0.95,
    shown: 4,
  },
  {
    id: 'source-host-token',
    literals: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'glpat-', 'npm_'],
    pattern:
      /(?<![A-Za-z0-9])(?<secret>gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_\w{30,251}|glpat-[\w-]{20,64}|npm_[A-Za-z0-9]{36})(?![A-Za-z0-9])/g,
    confidence: 0.97,
    shown: 4,
  },
  {
    id: 'chat-token',
    literals: ['xox', 'hooks.slack.com'],
    pattern:
      /(?<![A-Za-z0-9])(?<secret>xox[abeoprs]-[A-Za-z0-9-]{10,250}|hooks\.slack\.com\/services\/T\w{6,12}\/B\w{6,14}\/\w{16,32})/g,
    confidence: 0.95,
    shown: 4,
  },
  {
    id: 'service-key',
    literals: ['SG.', 'dop_v1_', 'AccountKey=', 'SharedAccessKey=', 'sk-ant-', 'sk-proj-', 'hvs.'],
    pattern:
      /(?<![A-Za-z0-9])(?<secret>SG\.[\w-]{16,64}\.[\w-]{16,128}|dop_v1_[0-9a-f]{64}|(?<=AccountKey=|SharedAccessKey=)[A-Za-z0-9+/]{40,90}={0,2}|sk-(?:ant|proj)-[\w-]{20,200}|hvs\.[\w-]{24,120})/g,
    confidence: 0.92,
    shown: 4,
  },
  ...VENDOR_KINDS,
  {
    id: 'jwt',
    literals: ['eyJ'],
    pattern: /(?<![\w-])(?<secret>eyJ[\w-]{8,4096}\.[\w-]{2,8192}\.[\w-]{0,8192}(?:\.[\w-]{0,4096}){0,2})/g,
    confidence: 0.95,
    shown: 3,
    accepts: isJwt,
  },
  {
    id: 'bearer-token',
    literals: ['bearer '],
    pattern: /\bBearer\s{1,3}(?<secret>[A-Za-z0-9._~+/-]{12,4096}={0,2})/gi,
    confidence: 0.9,
    accepts: (secret) => !isPlaceholder(secret) && (isMixed(secret) || secret.length >= 32),
  },
  {
    id: 'basic-credentials',
    literals: ['basic '],
    pattern: /\bBasic\s{1,3}(?<secret>[A-Za-z0-9+/]{6,1024}={0,2})(?![A-Za-z0-9+/=])/gi,
    confidence: 0.9,
    accepts: isBasic,
  },
  {
    id: 'password-in-url',
    literals: ['://'],
    pattern: /\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/?#@"'<>]{0,128}:(?<secret>[^\s/?#@"'<>]{1,256})@[\w.[-]/gi,
    confidence: 0.9,
    accepts: (secret) => !isPlaceholder(secret),
  },
  {
    id: 'password-in-url',
    literals: ['jdbc:oracle:'],
    pattern: /jdbc:oracle:\w{3,5}:[^\s/@:]{1,64}\/(?<secret>[^\s@/"]{1,128})@/g,
    confidence: 0.9,
    accepts: (secret) => !isPlaceholder(secret),
  },
  {
    // Whoever has the cookie of a session is in it.
    id: 'session-cookie',
    literals: ['sessid', 'sessionid', 'session=', 'connect.sid', 'cookie', 'aspsession', '_session'],
    pattern:
      /(?<![\w.-])(?:(?:J?SESS(?:ION)?ID|PHPSESSID|ASP\.NET_SessionId|ASPSESSIONID[A-Z]{6,10}|CGISESSID|connect\.sid|[a-z0-9_]{0,30}_session(?:_?id)?)|(?<=cookie\b[^\n]{0,400})(?:session|sess|sid|SID|SSID|auth|\.ASPXAUTH|\.AspNetCore\.\w{3,30}|remember_\w{2,40}|wordpress_logged_in_\w{32}|sessiontoken))=(?<secret>[\w%.!~+/:|-]{12,4096}={0,2})/gi,
    confidence: 0.85,
    accepts: (secret) => !isPlaceholder(secret) && (isMixed(secret) || secret.length >= 24),
  },
  {
    id: 'verification-value',
    literals: [
      'cvv',
      'cvc',
      'cvn',
      'cav2',
      'security_code',
      'securitycode',
      'security-code',
      'card_code',
      'cardcode',
      'verification_value',
      'verificationvalue',
    ],
    pattern: new RegExp(
      String.raw`${PLAIN}(?:[a-z]{1,12}[_-]?)?(?:cvv2?|cvc2?|cvn2?|cav2|security[_-]?code|card[_-]?code|verification[_-]?value)(?:[_-]?(?:code|value|number|no))?(?:${JOIN}|>)(?<secret>\d{3,4})(?![\w.:-]|%\d)`,
      'gi',
    ),
    confidence: 0.85,
  },
  {
    id: 'pin-block',
    literals: [
      'pin_block',
      'pinblock',
      'pin-block',
      'pin block',
      'encryptedpin',
      'encrypted_pin',
      'DE52',
      'DE052',
      'field 52',
    ],
    pattern: new RegExp(
      `${PLAIN}(?:encrypted[_-]?pin|pin[_ -]?block|DE0?52|field 0?52)(?:[_-]?data)?${JOIN}(?<secret>[0-9A-Fa-f]{16})(?![0-9A-Fa-f])`,
      'gi',
    ),
    confidence: 0.9,
  },
  {
    id: 'password',
    literals: ['passw', 'passphrase', 'pwd', 'contrase', ...FOREIGN.map(([literal]) => literal)],
    pattern: new RegExp(
      `(?:${PLAIN}(?:[a-z0-9]{1,24}[_.-]){0,3}|(?<=[a-z]))(?:password|passwd|passphrase|contrase(?:n|${bytes('ñ')})a|pwd|Password|Passwd|Pwd|Contrase(?:n|${bytes('ñ')})a|${FOREIGN.map(([literal, words = literal]) => bytes(words)).join('|')})(?:1|2|_?(?:old|new|confirm(?:ation)?))?(?:${JOIN}|${bytes('：')}|>)${VALUE}`,
      'g',
    ),
    confidence: 0.8,
    accepts: (secret, match) =>
      !isPlaceholder(secret) && isAssignment(secret, match) && !isDigest(secret, match) && !isFolder(secret, match),
  },
  {
    id: 'password',
    literals: ['password', 'passwd', 'pwd', '_pass'],
    pattern: new RegExp(
      `${PLAIN}(?:[A-Z0-9_]{0,40}(?:PASSWORD|PASSWD|PWD)|[A-Z0-9_]{1,40}_PASS|[a-z0-9_]{1,40}_pass)(?:${JOIN}|>)${VALUE}`,
      'g',
    ),
    confidence: 0.8,
    accepts: (secret, match) => !isPlaceholder(secret) && isAssignment(secret, match) && !isFolder(secret, match),
  },
  {
    id: 'api-key-or-token',
    literals: [
      'secret',
      'api_key',
      'apikey',
      'api-key',
      'api_token',
      'access_key',
      'accesskey',
      'token',
      'mch_key',
      'mchkey',
      'v3_key',
      'v3key',
      'v3-key',
      'private_key',
      'privatekey',
      'sign_key',
      'signkey',
      'signing_key',
      'hmac_key',
      'hmackey',
      'md5_key',
      'md5key',
      'merchant_key',
      'merchantkey',
      'partnerkey',
      'partner_key',
      'encryption_key',
      'encryptionkey',
      'hmac key',
      'code_verifier',
      'auth_key',
      'authkey',
      'session_key',
      'sessionkey',
      'transaction_key',
      'transactionkey',
      'subscription-key',
      'subscription_key',
    ],
    pattern: new RegExp(
      String.raw`(?:${PLAIN}(?:[A-Za-z0-9]{1,24}[_.-]){0,3}|(?<=[a-z]))(?:(?:client|app|api|shared|webhook|consumer|signing|merchant|mch|partner)[_-]?(?:secret|key|token)(?:[_-]?v3)?|secret(?:[_-]?(?:key|access[_-]?key))?|api[_-]?v3[_-]?key|access[_-]?(?:key|token)|refresh[_-]?token|auth[_-]?(?:token|key)|id[_-]?token|session[_-]?(?:token|key)|private[_-]?key|sign(?:ing)?[_-]?key|(?:hmac|md5|mac|aes|des|3des|encryption)[ _-]?key|code[_-]?verifier|x-api-key|transaction[_-]?key|subscription[_-]?key|token)(?:${JOIN}|>)(?<secret>[^\s"'\x60&;,<>\\)}\]]{12,512})`,
      'gi',
    ),
    confidence: 0.75,
    accepts: (secret, match) =>
      !isPlaceholder(secret) &&
      (isMixed(secret) || secret.length >= 32) &&
      !/^(?:https?:|\/[\w./-]{0,100}$|\d{4}-\d\d-\d\d|\d+(?:\.\d+)?(?:ms|s)?$)|[()[\]]/.test(secret) &&
      !/(?:id|type|count|url|uri|name|ref|hash|fingerprint|length|size)$/i.test(
        match[0].slice(0, match[0].length - secret.length).replace(/[^A-Za-z]+$/, ''),
      ),
  },
  ...URL_KINDS,
  ...commandKinds(isPlaceholder),
];

/** `password: incorrect` speaks about one; `password=hunter` and `"password":"hunter"` give one. */
function isAssignment(secret: string, match: RegExpExecArray): boolean {
  const before = match[0].slice(0, match[0].length - secret.length);
  if (/["'`=>]\\?$|=\s*$|%3[dD]$/.test(before) || before.endsWith(bytes('：'))) return true;
  return !/^[A-Za-z]+[.!?]?$/.test(secret) && secret.length >= 6;
}

/** `pwd` is the working directory as well. */
const isFolder = (secret: string, match: RegExpExecArray): boolean =>
  /pwd/i.test(match[0]) && /^(?:\/|[A-Za-z]:|~)/.test(secret);

/** A stored digest is no password in the clear. */
const isDigest = (secret: string, match: RegExpExecArray): boolean =>
  /^\$(?:2[abxy]|5|6|y|argon2\w*|scrypt|pbkdf2[\w-]*)\$|^\{(?:SSHA|SHA|bcrypt|noop)/i.test(secret) ||
  (/hash|digest/i.test(match[0].slice(0, -secret.length)) && /^[0-9a-fA-F]{32,128}$/.test(secret));
