/** Keys that platforms give a form of their own to, so that scanners know them: by how they begin, or by a mark within. */
import type { SecretKind } from './kinds.ts';
import { isFiller, isMixed } from './values.ts';
import { issued, UUID } from './vendor-kinds.ts';

/** Kind, how the key begins, and the rest of it. */
const BEGIN_SO: readonly (readonly [string, string, string])[] = [
  // Payment providers and banks.
  ['payment-provider-token', 'cfsk_ma_', '(?:prod|test)_[0-9a-f]{32}_[0-9a-f]{8}'],
  ['payment-provider-token', 'pdl_live_apikey_', '[a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}'],
  ['payment-provider-token', 'pdl_sdbx_apikey_', '[a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}'],
  ['payment-provider-token', 'persona_production_', UUID],
  ['payment-provider-token', 'persona_sandbox_', UUID],
  // Clouds and hosts.
  ['aws-access-key', 'AKLT', '[A-Za-z0-9]{40,56}={0,2}'],
  ['service-key', 'AQVN', String.raw`[\w-]{35,38}`],
  ['service-key', 'AVNS_', String.raw`[\w-]{19}`],
  ['service-key', 'nfp_', '[A-Za-z0-9]{36}'],
  ['service-key', 'sbp_', '[0-9a-f]{40}'],
  ['service-key', 'sb_secret_', '[A-Za-z0-9]{22}_[A-Za-z0-9]{8}'],
  // Machine learning.
  ['service-key', 'r8_', '[A-Za-z0-9]{37}'],
  ['service-key', 'xai-', '[A-Za-z0-9]{80}'],
  // Gateways, networks, mail, forms, devices.
  ['service-key', 'aio_', '[A-Za-z0-9]{28}'],
  ['service-key', 'waka_', UUID],
  ['service-key', 'tfp_', String.raw`[\w.-]{40,64}`],
  ['service-key', 'zpka_', '[a-z0-9]{32}_[0-9a-f]{8}'],
  ['service-key', 'pat-na1-', UUID],
  ['service-key', 'pat-eu1-', UUID],
  ['service-key', 'CFPAT-', String.raw`[\w-]{43}`],
  ['service-key', 'sl.', String.raw`(?:u\.)?[\w-]{130,1500}`],
  ['service-key', 'sk.eyJ', String.raw`[\w-]{40,300}\.[\w-]{20,60}`],
  ['service-key', 'tskey-', '(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{8,24}-[A-Za-z0-9]{20,60}'],
  ['service-key', 'lin_oauth_', '[0-9a-f]{64}'],
  ['service-key', 'ATATT3', String.raw`(?:[\w=-]|%3D){100,250}`],
  ['service-key', 'ATCTT3', String.raw`(?:[\w=-]|%3D){100,250}`],
  ['service-key', 'sdk-', UUID],
  ['service-key', 'mob-', UUID],
  ['service-key', 'api-', UUID],
  // What builds and delivers.
  ['source-host-token', 'ATBB', '[A-Za-z0-9]{24}[0-9A-F]{8}'],
  ['source-host-token', 'bkua_', '[0-9a-f]{40}'],
  ['source-host-token', 'CCIPAT_', '[A-Za-z0-9]{22}_[0-9a-f]{40}'],
  ['source-host-token', 'dckr_oat_', String.raw`[\w-]{32}`],
  ['source-host-token', 'cio', '[A-Za-z0-9]{32}'],
  ['source-host-token', 'oy2', '[a-z0-9]{43}'],
];

/** Characters of base64 as they are and as addresses spell them. */
const STD = '(?:[A-Za-z0-9+/]|%2[BF])';
const PLUS = String.raw`(?:\+|%2B)`;
const EQUALS = '(?:=|%3D)';

/**
 * Keys of Microsoft's services hold a mark of the service behind random characters, four before the last five or six and the
 * padding (learn.microsoft.com, "Azure-identifiable keys").
 */
const MARKED: readonly (readonly [literals: string[], pattern: string])[] = [
  [['+ASt', '%2BASt', 'ACDb', '+ABa', '%2BABa'], `${STD}{76}(?:${PLUS}(?:ASt|ABa)|ACDb)${STD}{5}[AQgw]${EQUALS}{2}`],
  [['+AEh', '%2BAEh', '+ASb', '%2BASb', 'AIoT'], `${STD}{33}(?:${PLUS}A(?:Eh|Sb)|AIoT)${STD}{6}${EQUALS}`],
  [['AzCa'], `${STD}{33}AzCa${STD}{6}${EQUALS}`],
  [['+ACR', '%2BACR'], `${STD}{42}${PLUS}ACR${STD}{6}`],
  [['AzSe'], '[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}'],
  [['AzFu'], String.raw`[\w-]{44}AzFu[\w-]{5}[AQgw]${EQUALS}{2}`],
  [['AZDO'], '[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}'],
];

export const PLATFORM_KINDS: readonly SecretKind[] = [
  ...BEGIN_SO.map(([id, literal, rest]) => issued(id, literal, rest)),
  ...MARKED.map(
    ([literals, pattern]): SecretKind => ({
      id: 'service-key',
      literals,
      pattern: new RegExp(`(?<![A-Za-z0-9+/_-])(?<secret>${pattern})(?![A-Za-z0-9+/=_-])`, 'g'),
      confidence: 0.97,
      accepts: (secret) => !isFiller(secret),
    }),
  ),
  {
    // Words may be joined so; the random part of a key has digits.
    ...issued('service-key', 're_', '[A-Za-z0-9]{8}_[A-Za-z0-9]{24}'),
    accepts: (secret) => !isFiller(secret) && isMixed(secret),
  },
  {
    // Mailgun. A digest may be written so, too, and is removed with them.
    ...issued('service-key', 'key-', '[0-9a-f]{32}'),
    confidence: 0.8,
    accepts: (secret) => !isFiller(secret) && isMixed(secret.slice('key-'.length)),
  },
  {
    // Personal access tokens of Airtable. "pat" stands in every line that has a path, so the name is asked for.
    ...issued('service-key', 'pat', String.raw`[A-Za-z0-9]{14}\.[0-9a-f]{64}`),
    literals: ['airtable'],
  },
  {
    id: 'payment-provider-token',
    literals: ['_sk_live_', '_sk_test_'],
    pattern: /(?<![A-Za-z0-9_.-])(?<secret>[a-z]{3}_sk_(?:live|test)_[0-9a-f]{64})(?![A-Za-z0-9])/g,
    confidence: 0.95,
    accepts: (secret) => !isFiller(secret),
  },
  {
    id: 'payment-provider-token',
    literals: ['aact_'],
    pattern:
      /(?<![A-Za-z0-9_])(?<secret>(?:\$|%24)aact_(?:prod_|hmlg_)?[A-Za-z0-9]{40,300}(?:::?[\w$-]{1,80}){0,3}={0,2})/g,
    confidence: 0.95,
    accepts: (secret) => !isFiller(secret),
  },
  {
    // A scheme made so that scanners see secrets (RFC 8959).
    id: 'service-key',
    literals: ['secret-token:', 'secret-token%3A'],
    pattern: /(?<secret>secret-token(?::|%3A)(?:[\w.~!$*+=@-]|%[0-9A-Fa-f]{2}){12,300})/g,
    confidence: 0.95,
    accepts: (secret) => !isFiller(secret) && isMixed(secret),
  },
  {
    id: 'service-key',
    literals: ['SSWS '],
    pattern: /\bSSWS\s(?<secret>[\w-]{30,64})(?![\w-])/g,
    confidence: 0.95,
    accepts: (secret) => !isFiller(secret) && isMixed(secret),
  },
  {
    // The id of a bot in base64, a time and a signature; only where the text says whose it is.
    id: 'chat-token',
    literals: ['discord', 'Authorization: Bot '],
    pattern: /(?<![\w.-])(?<secret>[MNO][A-Za-z0-9_-]{23,27}\.[\w-]{6}\.[\w-]{27,40})(?![\w.-])/g,
    confidence: 0.9,
  },
];
