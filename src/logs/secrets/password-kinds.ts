/** Passwords and keys where name and value stand apart: short names, sentences, attributes, pairs of a list, parts of a form. */
import type { SecretKind } from './kinds.ts';
import { isMixed, isPlaceholder, isStoredDigest, JOIN } from './values.ts';

/** Names of secrets as forms and settings spell them. */
export const SECRET_NAME = String.raw`[\w.-]{0,40}(?:password|passwd|passphrase|secret|api[_-]?key|private[_-]?key|secret[_-]?key|(?:access|auth|refresh)[_-]?token|authorization)`;
const QUOTE = String.raw`\\{0,3}["']`;
export const TO_QUOTE = String.raw`(?<secret>[^\s"'\\<>]{4,512})`;

/** No password, though digits and letters are mixed: versions, times, addresses, digests, names of algorithms and files. */
const isOther = (secret: string): boolean =>
  /^(?:[\d.:]+[-+~\w.]*|v\d.*|(?:sha|md|rfc|pbkdf|bcrypt|aes|rsa|base|utf|ssha|des)-?\d.*|(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})|.*[/=].*|[\w-]+\.[a-z]{1,5}\d?|[A-Za-z]+\d?\.|.*:\d+[:)]?)$/i.test(
    secret,
  );

/** A word in the place of a value: `password is required`. */
export const isGiven = (secret: string): boolean =>
  !isPlaceholder(secret) &&
  secret.length >= 6 &&
  /[^A-Za-z.,:;!?]/.test(secret) &&
  !/^\d+(?:\.\d+)?(?:ms|s|%)?[.,;]?$/.test(secret);

export const PASSWORD_KINDS: readonly SecretKind[] = [
  {
    // `pass` and `pw` also count what passed: only what looks made up is a password.
    id: 'password',
    literals: ['pass=', 'pass =', 'pass"', 'pass\\"', "pass'", 'pass:', 'pass: ', 'passcode', 'pw=', '"pw"'],
    pattern: new RegExp(
      String.raw`(?<![A-Za-z])(?:(?:[a-z0-9]{1,24}[_.-]){0,3}|(?:keystore|truststore|key|store|db|user|admin|root|smtp|mail|ftp|ldap|bind|cert|proxy|sql|redis|master|auth|login) ?)(?:pass(?:code)?|pw)${JOIN}(?<secret>[^\s"'\x60&;,<>\\)}\]]{6,128})`,
      'gi',
    ),
    confidence: 0.75,
    accepts: (secret) => isGiven(secret) && isMixed(secret) && !/[/(]/.test(secret) && !/^\d+\w{1,4}$/.test(secret),
  },
  {
    id: 'password',
    literals: ['password is ', 'password was ', 'passphrase is '],
    pattern: /(?<![A-Za-z])(?:password|passphrase)\s(?:is|was)\s["'\x60]?(?<secret>[^\s"'\x60<>]{6,128})/gi,
    confidence: 0.7,
    accepts: (secret) => isGiven(secret) && /\d/.test(secret),
  },
  {
    // `password 'x'` of sentences, `password x` of commands and settings, `Password string = "x"` of programs.
    id: 'password',
    literals: ['password ', 'passwd ', 'passphrase ', "password('", 'password("'],
    pattern:
      /(?<!\/)(?:password|passwd|passphrase)(?:\s{1,4}(?:string\s{0,2}=\s{0,2}|0\s)?|(?=\())(?:\(?["'\x60](?<quoted>[^\s"'\x60<>()]{6,128})(?=["'\x60])|(?<secret>[^\s"'\x60<>()[\]{},;|&$]{8,128})(?![("'\x60]))/gi,
    confidence: 0.7,
    accepts: (secret, match) =>
      isGiven(secret) &&
      !isStoredDigest(secret) &&
      (match.groups?.quoted !== undefined || (isMixed(secret) && !isOther(secret))),
  },
  {
    // `<setting name="Password"><value>x</value>`, `client.login("user", "x")`.
    id: 'password',
    literals: ['password"', 'secret"', 'key"', 'token"', '.login('],
    pattern: new RegExp(
      String.raw`(?:name="${SECRET_NAME}"[^<>]{0,120}>\s{0,8}<value>${TO_QUOTE}</value|\.login\(\s{0,4}["'][^\s"']{1,128}["'],\s{0,4}["'](?<argument>[^\s"']{6,128})["'])`,
      'gi',
    ),
    confidence: 0.8,
    accepts: (secret, match) => isGiven(secret) && (match.groups?.argument === undefined || isMixed(secret)),
  },
  {
    // What FTP, SMTP, POP and Redis are told, with the command at the beginning or behind an arrow or a quote.
    id: 'password',
    literals: ['PASS ', 'AUTH '],
    pattern: /(?:^|[>"'\]:]\s{0,2})(?:PASS|AUTH(?= [^\s]{6,128}["'\s]*$))\s(?<secret>[^\s"'<>]{6,128})["'\s]*$/g,
    confidence: 0.75,
    accepts: (secret) => isGiven(secret) && isMixed(secret),
  },
  {
    // `<property name="password" value="x"/>`, `{"name":"password","value":"x"}`, `{"key":"X-Api-Key","value":"x"}`.
    id: 'password',
    literals: [
      'password"',
      "password'",
      'passwd"',
      'secret"',
      'key"',
      'token"',
      'passphrase"',
      'authorization"',
    ].flatMap((name) => [name, name.replace(/["']$/, '\\"')]),
    pattern: new RegExp(
      String.raw`${QUOTE}${SECRET_NAME}${QUOTE}\s{0,2},?\s{0,4}(?:${QUOTE})?value(?:${QUOTE})?\s{0,2}[:=]\s{0,2}${QUOTE}${TO_QUOTE}`,
      'gi',
    ),
    confidence: 0.8,
    accepts: (secret) => !isPlaceholder(secret),
  },
  {
    // The value before its name: `{"value":"x","name":"password"}`.
    id: 'password',
    literals: ['password"', 'passwd"', 'secret"', 'key"', 'token"', 'passphrase"', 'authorization"'],
    pattern: new RegExp(
      String.raw`"value"\s{0,2}:\s{0,2}"${TO_QUOTE}"\s{0,2},\s{0,2}"(?:name|key)"\s{0,2}:\s{0,2}"${SECRET_NAME}"`,
      'gi',
    ),
    confidence: 0.8,
    accepts: (secret) => !isPlaceholder(secret),
  },
  {
    // `<key>password</key><value>x</value>`, also as a property list has it.
    id: 'password',
    literals: ['password</', 'passwd</', 'secret</', 'key</', 'token</', 'passphrase</'],
    pattern: new RegExp(
      String.raw`<(?:key|name)>${SECRET_NAME}</(?:key|name)>\s{0,8}<(?:value|string)>${TO_QUOTE}</`,
      'gi',
    ),
    confidence: 0.8,
    accepts: (secret) => !isPlaceholder(secret),
  },
  {
    // `["password","x"]`, and the part of a form with its line ends as one text.
    id: 'password',
    literals: ['password"', 'passwd"', 'secret"', 'api_key"', 'password\\"'],
    pattern: new RegExp(
      String.raw`(?:\[${QUOTE}${SECRET_NAME}${QUOTE},\s{0,2}${QUOTE}|name=${QUOTE}${SECRET_NAME}${QUOTE}(?:\\{1,2}r?\\{0,2}n|\\{1,2}r\\{1,2}n){2})${TO_QUOTE}`,
      'gi',
    ),
    confidence: 0.8,
    accepts: (secret) => !isPlaceholder(secret) && (isMixed(secret) || secret.length >= 8),
  },
  {
    // An element with attributes, such as that of WS-Security's username token.
    id: 'password',
    literals: ['password ', 'passwd '],
    pattern: /<(?:[\w-]{1,20}:)?(?:password|passwd)\s[^<>]{1,300}>(?<secret>[^\s<>]{3,256})</gi,
    confidence: 0.85,
    accepts: (secret, match) => !isPlaceholder(secret) && !/digest/i.test(match[0].slice(0, match[0].indexOf('>'))),
  },
  {
    // Oracle's tools: `connect scott/tiger@ORCL`.
    id: 'password',
    literals: ['connect ', 'sqlplus ', 'conn '],
    pattern:
      /(?<![\w-])(?:connect|conn|sqlplus(?:\s-\w{1,8}){0,3})\s[\w$#]{1,30}\/(?<secret>[^\s/@"']{3,64})@(?=[\w/])/gi,
    confidence: 0.8,
    accepts: (secret) => !isPlaceholder(secret),
  },
];
