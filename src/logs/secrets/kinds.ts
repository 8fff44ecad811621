/** Kinds of secrets that logs leak: how each looks, and a text that stands in every one of them. */
import { ACCESS_KINDS } from './access-kinds.ts';
import { CARDHOLDER_KINDS } from './cardholder-kinds.ts';
import { commandKinds } from './command-kinds.ts';
import { DEVICE_KINDS } from './device-kinds.ts';
import { FILE_KINDS } from './file-kinds.ts';
import { HSM_KINDS } from './hsm-kinds.ts';
import { PASSWORD_KINDS } from './password-kinds.ts';
import { PLATFORM_KINDS } from './platform-kinds.ts';
import { PRIVATE_KEY_KINDS } from './private-key-kinds.ts';
import { STATEMENT_KINDS } from './statement-kinds.ts';
import { URL_KINDS } from './url-kinds.ts';
import { bytes, isFiller, isMixed, isPlaceholder, JOIN, PLAIN, VALUE } from './values.ts';
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

/** Objects of payment providers, which a name may call a token: they are nothing without the key (docs.stripe.com/api). */
const OBJECT_ID = /^(?:pm|tok|src|card|cus|pi|ch|seti|ba)_[A-Za-z0-9]{14,40}$/;

export const SECRET_KINDS: readonly SecretKind[] = [
  ...PRIVATE_KEY_KINDS,
  {
    id: 'aws-access-key',
    literals: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    pattern: /\b(?<secret>A(?:KI|SI|BI|CC)A[A-Z2-7]{16})\b/g,
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
    literals: ['k_live_', 'k_test_', 'k_prod_', 'whsec_'],
    pattern:
      /\b(?<secret>(?:[sr]k_(?:live|test|prod)_|whsec_)(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[A-Za-z0-9+/=]{10,250}))/g,
    confidence: 0.95,
    shown: 8,
    accepts: (secret) => !isFiller(secret),
  },
  {
    id: 'adyen-api-key',
    literals: ['AQE'],
    // Its last part has marks of all kinds; a quote is none of them where what follows ends a text.
    pattern:
      /(?<![A-Za-z0-9+/])(?<secret>AQE(?:[A-Za-z0-9+/]|%2[BF]){40,200}(?:=|%3D){0,2}-(?:[A-Za-z0-9+/]|%2[BF]){20,120}(?:=|%3D){0,2}-(?:[!#-&(-[\]-~]|["'](?![\s,:;&<}\])]|$)|\\(?!\\{0,7}["'](?:[\s,:;&<}\])]|$))){8,80})/g,
    confidence: 0.9,
    shown: 3,
    accepts: (secret) => !isFiller(secret),
  },
  {
    id: 'payment-provider-token',
    literals: [
      'access_token$',
      'access_token%24',
      'sq0atp-',
      'sq0csp-',
      'sq0csb-',
      'EAAA',
      'shpat_',
      'shpss_',
      'shpca_',
      'shppa_',
    ],
    pattern:
      /(?<![A-Za-z0-9])(?<secret>access_token(?:\$|%24)(?:production|sandbox)(?:\$|%24)[0-9a-z]{16}(?:\$|%24)[0-9a-f]{32}|sq0(?:atp|cs[pb])-[A-Za-z0-9_-]{22,60}|EAAA(?:[A-Za-z0-9_-]{60}|[El][A-Za-z0-9_-]{39,59})(?![A-Za-z0-9_/+-])|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32})/g,
    confidence: 0.95,
    shown: 4,
    accepts: (secret) => !isFiller(secret),
  },
  {
    id: 'google-api-key',
    literals: ['AIza'],
    pattern: /(?<![\w-])(?<secret>AIza[0-9A-Za-z_-]{35})(?![\w-])/g,
    confidence: 0.95,
    shown: 4,
    accepts: (secret) => !isFiller(secret),
  },
  {
    id: 'source-host-token',
    literals: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'glpat-', 'npm_'],
    pattern:
      /(?<![A-Za-z0-9])(?<secret>gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_\w{30,251}|glpat-[\w-]{20,300}(?:\.[0-9a-z]{9})?|npm_[A-Za-z0-9]{36})(?![A-Za-z0-9])/g,
    confidence: 0.97,
    shown: 4,
    accepts: (secret) => !isFiller(secret),
  },
  {
    id: 'chat-token',
    literals: ['xox', 'hooks.slack.com'],
    pattern:
      /(?<![A-Za-z0-9])(?<secret>(?:xoxe\.)?xox[abeoprs]-[A-Za-z0-9-]{10,250}|hooks\.slack\.com\/(?:services\/T\w{6,12}\/B\w{6,14}\/\w{16,32}|(?:workflows|triggers)\/[\w+/]{40,80}))/g,
    confidence: 0.95,
    shown: 4,
    accepts: (secret) => !isFiller(secret),
  },
  {
    id: 'service-key',
    literals: [
      'SG.',
      'dop_v1_',
      'AccountKey=',
      'SharedAccessKey=',
      'sk-ant-',
      'sk-proj-',
      'sk-svcacct-',
      'sk-admin-',
      'hvs.',
      'hvb.',
    ],
    pattern:
      /(?<![A-Za-z0-9])(?<secret>SG\.[\w-]{16,64}\.[\w-]{16,128}|dop_v1_[0-9a-f]{64}|(?<=AccountKey=|SharedAccessKey=)[A-Za-z0-9+/]{40,90}={0,2}|sk-(?:ant|proj|svcacct|admin)-[\w-]{20,200}|hv[sb]\.[\w-]{24,300})/g,
    confidence: 0.92,
    shown: 4,
    accepts: (secret) => !isFiller(secret),
  },
  ...VENDOR_KINDS,
  ...PLATFORM_KINDS,
  {
    id: 'jwt',
    literals: ['eyJ'],
    pattern: /(?<![\w-])(?<secret>eyJ[\w-]{8,4096}\.[\w-]{2,8192}\.[\w-]{0,8192}(?:\.[\w-]{0,4096}){0,2})/g,
    confidence: 0.95,
    shown: 3,
    accepts: isJwt,
  },
  ...ACCESS_KINDS,
  {
    id: 'password-in-url',
    literals: ['://'],
    pattern: /\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/?#@"'<>]{0,128}:(?<secret>[^\s/?"'<>]{1,256})@[\w.[-]/gi,
    confidence: 0.9,
    // An at sign or a hash may stand in it unescaped; behind a port they belong to what follows the host.
    accepts: (secret) => !isPlaceholder(secret) && !/^\d{2,5}[,;#]/.test(secret),
  },
  {
    id: 'password-in-url',
    literals: ['jdbc:oracle:'],
    pattern: /jdbc:oracle:\w{3,5}:[^\s/@:]{1,64}\/(?<secret>[^\s@/"]{1,128})@/g,
    confidence: 0.9,
    accepts: (secret) => !isPlaceholder(secret),
  },
  ...CARDHOLDER_KINDS,
  ...HSM_KINDS,
  {
    id: 'password',
    literals: ['passw', 'passphrase', 'pwd', 'contrase', ...FOREIGN.map(([literal]) => literal)],
    pattern: new RegExp(
      `(?:${PLAIN}(?:[a-z0-9]{1,24}[_.-]){0,3}|(?<=[a-z]))(?:password|passwd|passphrase|contrase(?:n|${bytes('ñ')})a|pwd|Password|Passwd|Passphrase|Pwd|Contrase(?:n|${bytes('ñ')})a|${FOREIGN.map(([literal, words = literal]) => bytes(words)).join('|')})(?:1|2|_?(?:old|new|confirm(?:ation)?))?(?:${JOIN}|${bytes('：')}|>)${VALUE}`,
      'g',
    ),
    confidence: 0.8,
    accepts: (secret, match) =>
      !isPlaceholder(secret) && isAssignment(secret, match) && !isDigest(secret, match) && !isFolder(secret, match),
  },
  {
    id: 'password',
    literals: ['password', 'passwd', 'passphrase', 'pwd', '_pass'],
    pattern: new RegExp(
      `${PLAIN}(?:[A-Z0-9_]{0,40}(?:PASSWORD|PASSWD|PASSPHRASE|PWD)|[A-Z0-9_]{1,40}_PASS|[a-z0-9_]{1,40}_pass)(?:${JOIN}|>)${VALUE}`,
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
      'v3 key',
      'api key',
      'access key',
      'auth key',
      'second_key',
      'secondkey',
      'salt_key',
      'saltkey',
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
      String.raw`(?:${PLAIN}(?:[A-Za-z0-9]{1,24}[_.-]){0,3}|(?<=[a-z]))(?:(?:client|app|api|shared|webhook|consumer|signing|merchant|mch|partner)[_ -]?(?:secret|key|token)(?:[_-]?v3)?|secret(?:[_ -]?(?:key(?:[_-]?base)?|access[_-]?key))?|api[_-]?v3[_ -]?key|access[_ -]?(?:key|token)|refresh[_ -]?token|auth[_ -]?(?:token|key)|id[_-]?token|session[_-]?(?:token|key)|private[_-]?key|(?:second|salt)[_-]?key|sign(?:ing)?[_-]?key|(?:hmac|md5|mac|aes|des|3des|encryption)[ _-]?key|code[_-]?verifier|x-api-key|transaction[_-]?key|subscription[_-]?key|token)(?:${JOIN}(?:\[\\{0,3}["']?)?|>)(?<secret>[^\s"'\x60&;,<>\\)}\]]{12,512})`,
      'gi',
    ),
    confidence: 0.75,
    accepts: (secret, match) =>
      !isPlaceholder(secret) &&
      !OBJECT_ID.test(secret) &&
      (isMixed(secret) || secret.length >= 32) &&
      !/^(?:[\w.$]+[@{][0-9a-f]{1,16}$|(?:android|com|java|javax|net|org|sun)\.[a-z]|https?:|\/[\w./-]{0,100}$|\d{4}-\d\d-\d\d|\d+(?:\.\d+)?(?:ms|s)?$)|[()[\]]/.test(
        secret,
      ) &&
      !/(?:id|type|count|url|uri|name|ref|hash|fingerprint|length|size|[cx]srf[_-]?token)$/i.test(
        match[0].slice(0, match[0].length - secret.length).replace(/[^A-Za-z]+$/, ''),
      ),
  },
  ...PASSWORD_KINDS,
  ...STATEMENT_KINDS,
  ...FILE_KINDS,
  ...DEVICE_KINDS,
  ...URL_KINDS,
  ...commandKinds(isPlaceholder),
];

/** `password: incorrect` speaks about one; `password=hunter` and `"password":"hunter"` give one. */
function isAssignment(secret: string, match: RegExpExecArray): boolean {
  const before = match[0].slice(0, match[0].length - secret.length);
  // `postgres://user:<password>@host`: the place of one, and no element.
  if (before.endsWith('>') && secret.startsWith('@')) return false;
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
