/** Keys and tokens whose issuers give them a form of their own, as their documentation shows it. */
import type { SecretKind } from './kinds.ts';
import { isFiller } from './values.ts';

/** Not part of a longer word; an escaped quote or `%3D` may stand right before it. */
const BEFORE = '(?<![A-Za-z0-9_.-])';
const BEHIND = '(?![A-Za-z0-9])';

/** A key that begins with `literal` and goes on as the pattern `rest` says. @param shown letters that may be shown */
export const issued = (id: string, literal: string, rest: string, shown = literal.length): SecretKind => ({
  id,
  literals: [literal],
  pattern: new RegExp(`${BEFORE}(?<secret>${literal.replace(/[.$/]/g, '\\$&')}${rest})${BEHIND}`, 'g'),
  confidence: 0.95,
  shown: Math.min(shown, literal.length),
  accepts: (secret) => !isFiller(secret),
});

export const UUID = '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}';

/** Kind, how the key begins, and the rest of it. */
const ISSUED: readonly (readonly [string, string, string])[] = [
  // Payment providers.
  ['payment-provider-token', 'test_', '[A-Za-z0-9]{30}'],
  ['payment-provider-token', 'sk_', UUID],
  ['payment-provider-token', 'T_S_', UUID],
  ['payment-provider-token', 'L_S_', UUID],
  ['payment-provider-token', 'FLWSECK_TEST', '-?[0-9a-f]{12}'],
  ['payment-provider-token', 'Mid-server-', '[A-Za-z0-9_-]{20,40}'],
  ['payment-provider-token', 'SB-Mid-server-', '[A-Za-z0-9_-]{20,40}'],
  ['payment-provider-token', 'xnd_production_', '[A-Za-z0-9]{40,80}'],
  ['payment-provider-token', 'xnd_development_', '[A-Za-z0-9]{40,80}'],
  ['payment-provider-token', 'skey_', '(?:test_)?[0-9a-z]{19}'],
  ['payment-provider-token', 'sup_sk_', '[A-Za-z0-9]{24,64}'],
  ['payment-provider-token', 'klarna_live_api_', '[A-Za-z0-9+/=_-]{40,300}'],
  ['payment-provider-token', 'klarna_test_api_', '[A-Za-z0-9+/=_-]{40,300}'],
  ['payment-provider-token', 'EZAK', '[A-Za-z0-9]{54}'],
  ['payment-provider-token', 'EZTK', '[A-Za-z0-9]{54}'],
  ['payment-provider-token', 'shippo_live_', '[a-fA-F0-9]{40}'],
  ['payment-provider-token', 'shippo_test_', '[a-fA-F0-9]{40}'],
  ['payment-provider-token', 'duffel_live_', '[A-Za-z0-9_=-]{43}'],
  ['payment-provider-token', 'duffel_test_', '[A-Za-z0-9_=-]{43}'],
  // Clouds.
  ['aws-access-key', 'ABSK', '[A-Za-z0-9+/]{109,269}={0,2}'],
  ['aws-access-key', 'bedrock-api-key-', '[A-Za-z0-9+/]{32,4000}={0,2}'],
  ['service-key', 'LTAI', '[A-Za-z0-9]{16,20}'],
  ['service-key', 'HRKU-AA', '[0-9A-Za-z_-]{58}'],
  ['service-key', 'v1.0-', '[a-f0-9]{24}-[a-f0-9]{146}'],
  ['service-key', 'fo1_', String.raw`[\w-]{43}`],
  ['service-key', 'fm1a_', '[A-Za-z0-9+/]{100,2000}={0,3}'],
  ['service-key', 'fm1r_', '[A-Za-z0-9+/]{100,2000}={0,3}'],
  ['service-key', 'fm2_', '[A-Za-z0-9+/]{100,2000}={0,3}'],
  ['service-key', 'sha256~', String.raw`[\w-]{43}`],
  ['service-key', 'tk-us-', String.raw`[\w-]{48}`],
  ['service-key', 'pul-', '[a-f0-9]{40}'],
  ['service-key', 'pscale_tkn_', String.raw`[\w=.-]{32,64}`],
  ['service-key', 'pscale_oauth_', String.raw`[\w=.-]{32,64}`],
  ['service-key', 'pscale_pw_', String.raw`[\w=.-]{32,64}`],
  // Stores of secrets, and what watches and builds.
  ['service-key', 'ops_eyJ', '[A-Za-z0-9+/]{250,2000}={0,3}'],
  ['service-key', 'A3-', '[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}'],
  ['service-key', 'dp.pt.', '[A-Za-z0-9]{43}'],
  ['service-key', 'dp.st.', '[A-Za-z0-9_.-]{40,80}'],
  ['service-key', 'dt0c01.', String.raw`[A-Za-z0-9]{24}\.[A-Za-z0-9]{64}`],
  ['service-key', 'glc_', '[A-Za-z0-9+/]{32,400}={0,3}'],
  ['service-key', 'glsa_', '[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}'],
  ['service-key', 'sntrys_', '[A-Za-z0-9+/=_]{60,600}'],
  ['service-key', 'eyJrIjoi', '[A-Za-z0-9]{70,400}={0,3}'],
  ['service-key', 'gsk_', '[A-Za-z0-9]{48,60}'],
  ['service-key', 'figd_', String.raw`[\w-]{36,60}`],
  ['service-key', 'API-', '[A-Z0-9]{26}'],
  ['service-key', 'sntryu_', '[a-f0-9]{64}'],
  ['service-key', 'PMAK-', '[a-fA-F0-9]{24}-[a-fA-F0-9]{34}'],
  ['service-key', 'pnu_', '[A-Za-z0-9]{36}'],
  ['service-key', 'ntn_', '[0-9]{11}[A-Za-z0-9]{35}'],
  ['service-key', 'p8e-', '[A-Za-z0-9]{32}'],
  ['service-key', 'fio-u-', '[A-Za-z0-9_=-]{64}'],
  ['service-key', 'ico-', '[A-Za-z0-9]{32}'],
  ['service-key', 'rdme_', '[a-z0-9]{70}'],
  ['service-key', 'api_org_', '[A-Za-z]{34}'],
  ['service-key', 'xkeysib-', '[a-f0-9]{64}-[A-Za-z0-9]{16}'],
  ['service-key', 'pplx-', '[A-Za-z0-9]{48}'],
  ['service-key', 's-s4t2ud-', '[a-f0-9]{64}'],
  ['service-key', 's-s4t2af-', '[a-f0-9]{64}'],
  ['service-key', 'sgp_', '(?:(?:[a-fA-F0-9]{16}|local)_)?[a-fA-F0-9]{40}'],
  ['service-key', 'sm_aat_', '[A-Za-z0-9]{16}'],
  ['service-key', 'sm_pat_', '[A-Za-z0-9]{16}'],
  ['service-key', 'sm_sat_', '[A-Za-z0-9]{16}'],
  ['service-key', 'EAAM', '[A-Za-z0-9]{100,400}'],
  ['service-key', 'EAAC', '[A-Za-z0-9]{100,400}'],
  // Hosts of code and of packages.
  ['source-host-token', 'AKCp', '[A-Za-z0-9]{69}'],
  ['source-host-token', 'cmVmd', '[A-Za-z0-9]{59}'],
  ['source-host-token', 'CLOJARS_', '[A-Za-z0-9]{60}'],
  ['source-host-token', 'rubygems_', '[a-f0-9]{48}'],
  ['source-host-token', 'glcbt-', '[0-9a-zA-Z]{1,5}_[0-9a-zA-Z_-]{20}'],
  ['source-host-token', 'glffct-', '[0-9a-zA-Z_-]{20}'],
  ['source-host-token', 'glft-', '[0-9a-zA-Z_-]{20}'],
  ['source-host-token', 'glimt-', '[0-9a-zA-Z_-]{25}'],
  ['source-host-token', 'glagent-', '[0-9a-zA-Z_-]{50}'],
  ['source-host-token', 'gloas-', '[0-9a-zA-Z_-]{64}'],
  ['source-host-token', 'glsoat-', '[0-9a-zA-Z_-]{20}'],
  ['source-host-token', 'GR1348941', String.raw`[\w-]{20}`],
];

export const VENDOR_KINDS: readonly SecretKind[] = [
  ...ISSUED.map(([id, literal, rest]) => issued(id, literal, rest)),
  // Payment providers. `live_` needs its exact length: words begin so, too.
  issued('payment-provider-token', 'live_', '(?:[A-Za-z0-9_-]{40}|[A-Za-z0-9]{30})'),
  issued('payment-provider-token', 'sk_sbox_', '[a-z0-9]{20,64}'),
  {
    id: 'payment-provider-token',
    literals: ['sk_'],
    pattern: new RegExp(
      String.raw`${BEFORE}(?<secret>sk_(?=[a-z]{0,31}\d)[a-z0-9]{31}[\w*@#$%^&+=!?-]?)${BEHIND}`,
      'g',
    ),
    confidence: 0.85,
    shown: 3,
  },
  issued('payment-provider-token', 'FLWSECK', '(?:_TEST)?-[0-9a-z]{12,64}-X'),
  issued('payment-provider-token', 'APP_USR-', String.raw`\d{10,20}-\d{6}-[0-9a-f]{32}-\d{5,12}`),
  issued(
    'payment-provider-token',
    'access-',
    '(?:production|development|sandbox)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  ),
  issued('payment-provider-token', 'A21AA', '[A-Za-z0-9_-]{80,120}', 4),
  // Clouds and hosts of code.
  issued('google-api-key', 'GOCSPX-', '[A-Za-z0-9_-]{28}'),
  issued('google-api-key', 'ya29.', '[A-Za-z0-9_-]{30,400}'),
  issued('google-api-key', '1//0', '[A-Za-z0-9_-]{40,120}'),
  issued('source-host-token', 'glrt-', String.raw`[\w-]{20,300}(?:\.[0-9a-z]{9})?`),
  issued('source-host-token', 'gldt-', String.raw`[\w-]{20,64}`),
  issued('source-host-token', 'glptt-', String.raw`[\w-]{20,64}`),
  issued('source-host-token', 'pypi-AgE', '[A-Za-z0-9_-]{50,400}'),
  issued('source-host-token', 'dckr_pat_', '[A-Za-z0-9_-]{20,64}'),
  issued('service-key', 'doo_v1_', '[0-9a-f]{64}'),
  issued('service-key', 'dor_v1_', '[0-9a-f]{64}'),
  issued('service-key', 'dapi', '[0-9a-f]{32}(?:-\\d)?'),
  issued('service-key', 'NRAK-', '[A-Z0-9]{27}'),
  issued('service-key', 'hf_', '[A-Za-z]{34}'),
  issued('service-key', 'lin_api_', '[A-Za-z0-9]{40}'),
  issued('service-key', 'key-', '[0-9a-f]{32}'),
  issued('service-key', 'AGE-SECRET-KEY-1', '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}'),
  {
    id: 'service-key',
    literals: ['-us'],
    pattern: /(?<![A-Za-z0-9_-])(?<secret>[0-9a-f]{32}-us\d{1,2})(?![A-Za-z0-9-])/g,
    confidence: 0.9,
  },
  issued('chat-token', 'xapp-', String.raw`\d-[A-Z0-9]{8,14}-\d{10,14}-[0-9a-f]{64}`),
  {
    id: 'chat-token',
    literals: [':AA', '%3AAA'],
    pattern: /(?<![\w:])(?<secret>\d{8,10}(?::|%3A)AA[\w-]{33})(?![\w-])/g,
    confidence: 0.95,
  },
  {
    // Razorpay's key and its secret, joined as Basic and addresses join them.
    id: 'payment-provider-token',
    literals: ['rzp_live_', 'rzp_test_'],
    pattern: /rzp_(?:live|test)_[A-Za-z0-9]{14}(?::|%3[aA])(?<secret>[A-Za-z0-9]{20,32})(?![A-Za-z0-9])/g,
    confidence: 0.95,
  },
  {
    // PayPal's classic interface sends its signature beside user and password.
    id: 'payment-provider-token',
    literals: ['SIGNATURE=A'],
    pattern: /[?&]SIGNATURE=(?<secret>A[\w.-]{55})(?![\w.-])/g,
    confidence: 0.9,
  },
  {
    // Secrets of applications in Entra ID, whose form has a digit and `Q~` in the fourth to sixth place.
    id: 'service-key',
    literals: [...'0123456789'].map((digit) => `${digit}Q~`),
    pattern: /(?<![\w.~-])(?<secret>[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34})(?![\w.~-])/g,
    confidence: 0.95,
  },
  {
    // Keys of 64 bytes: accounts of Azure Storage and Cosmos DB.
    id: 'service-key',
    literals: ['primarykey', 'primary_key', 'secondarykey', 'secondary_key', 'accountkey', 'account_key', 'masterkey'],
    pattern:
      /(?:primary|secondary|account|master)_?key["']?\s{0,2}[:=]\s{0,2}\\{0,3}["']?(?<secret>[A-Za-z0-9+/]{86}==)/gi,
    confidence: 0.95,
  },
  {
    // A function's key in its address.
    id: 'service-key',
    literals: ['?code=', '&code='],
    pattern: /[?&]code=(?<secret>[A-Za-z0-9_/-]{52,86}(?:==|%3[dD]%3[dD]))/g,
    confidence: 0.9,
  },
  {
    // Personal access tokens of Harness, and Terraform Cloud's, known by their parts.
    id: 'service-key',
    literals: ['pat.', 'sat.', '.atlasv1.'],
    pattern:
      /(?<![A-Za-z0-9_.-])(?<secret>[ps]at\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70})(?![A-Za-z0-9])/g,
    confidence: 0.95,
  },
  {
    id: 'service-key',
    literals: ['_mmk', 'T3BlbkFJ'],
    pattern:
      /(?<![A-Za-z0-9_])(?<secret>[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})(?![A-Za-z0-9])/g,
    confidence: 0.95,
  },
  {
    // The private part of a key in JSON (RFC 7518, sections 6.2.2 and 6.3.2); the public part stands beside it.
    id: 'private-key',
    literals: ['"kty', "'kty"],
    pattern: /(?<=\\{0,3}["']d\\{0,3}["']\s{0,2}:\s{0,2}\\{0,3}["'])(?<secret>[\w-]{32,700})(?=\\{0,3}["'])/g,
    confidence: 0.95,
  },
  {
    // What TLS libraries write for SSLKEYLOGFILE: whoever has it reads the recorded traffic.
    id: 'tls-secret',
    literals: ['CLIENT_RANDOM', 'TRAFFIC_SECRET', 'EXPORTER_SECRET', 'EARLY_SECRET'],
    pattern:
      /(?:CLIENT_RANDOM|(?:CLIENT|SERVER)_(?:HANDSHAKE_)?TRAFFIC_SECRET(?:_\d{1,3})?|CLIENT_EARLY_TRAFFIC_SECRET|(?:EARLY_)?EXPORTER_SECRET)\s[0-9a-fA-F]{64}\s(?<secret>[0-9a-fA-F]{64,96})/g,
    confidence: 0.98,
  },
];
