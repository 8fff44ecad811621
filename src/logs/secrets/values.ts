/** What the patterns of secrets share: how a value follows its name, and which values are none. */

/** Lines are read as Latin-1, so that no byte is lost: other letters are looked for as their UTF-8 bytes. */
export const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** Values that say that somebody masked, templated or left out the secret, or speak about it. */
const PLACEHOLDER =
  /^(?:[*xX•.#?-]{2,}|null|nil|none|undefined|unset|empty|n\/a|true|false|yes|no|ok|\d|\[[^\]]*\]?|<[^>]*>?|\(.*|\{\{.*|\$\{?[\w.]+\}?|%[-\w]*%?|:\w+|redacted|masked|filtered|hidden|removed|secret|password|passwd|token|string|protected|encrypted|changed|required|invalid|missing|expired|change[_-]?me|(?:my|new|old|current|your|the)[_-]?(?:password|passphrase|secret)|incorrect|wrong|failed|mismatch|reset|updated|sent|not|is|was|has|for|the|and|or|too|must)$/i;

export const isPlaceholder = (value: string): boolean =>
  PLACEHOLDER.test(value) ||
  value.includes('***') ||
  value.toLowerCase().includes('xxxx') ||
  value.includes('%2A%2A') ||
  /^%5b(?:masked|redacted|removed|filtered)%5d/i.test(value) ||
  /^\*{2}|\.{3}/.test(value) ||
  // Where the value is taken from, instead of the value; what documentation ends its examples with.
  /^(?:\$[({]|process\.env|os\.environ|env[:.]|vault:|file:|ENC[([]|secretRef|@Microsoft\.KeyVault|arn:|var\.|%\(|\{[A-Z_]{2,40}\}?$|your[_-]|replace[_-]|insert[_-])|EXAMPLE(?:KEY)?$/i.test(
    value,
  ) ||
  isCode(value) ||
  value.includes(bytes('••'));

/** `getpass.getpass(`, `req.body.password`: a program that asks for it, or takes it from a member of that name. */
const isCode = (value: string): boolean =>
  /^(?:[A-Za-z_$]{1,60}\.){0,6}[A-Za-z_$]{1,60}(?:\(|(?<=\.(?:password|passwd|passphrase|pwd|api_?key)))$/i.test(value);

/** Documentation fills the place of a key with one character. */
export const isFiller = (value: string): boolean => /[xX]{7}|([A-Za-z0-9])\1{11}/.test(value);

/** Whether a value has the mix of characters that made-up or issued secrets have. */
export const isMixed = (value: string): boolean => /\d/.test(value) && /[A-Za-z]/.test(value);

/** Between a name and its value, in configurations (whose equal signs may be aligned), JSON (also inside texts), queries and headers. */
export const JOIN = String.raw`(?:\\{0,3}["']?(?:\s{0,24}=|\s{0,2}(?:=>|:=|\?=|[:=]|%3[aAdD]))\s{0,2}\\{0,3}["'\x60]?)`;
export const VALUE = String.raw`(?<secret>[^\s"'\x60&;,<>\\)}\]]{3,512})`;
/** Not inside a longer word. */
export const PLAIN = '(?<![A-Za-z])';

/** Digests that databases take in the place of a password: MySQL's, PostgreSQL's. */
export const isStoredDigest = (secret: string): boolean =>
  /^(?:\*[0-9A-Fa-f]{40}|md5[0-9a-f]{32}|SCRAM-SHA-256\$.*|\$[A-Za-z0-9]{1,8}\$.*)$/.test(secret);
