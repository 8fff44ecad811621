/** Keys and tokens whose issuers give them a form of their own, as their documentation shows it. */
import type { SecretKind } from './kinds.ts';

/** Not part of a longer word; an escaped quote or `%3D` may stand right before it. */
const BEFORE = '(?<![A-Za-z0-9_.-])';
const BEHIND = '(?![A-Za-z0-9])';

const issued = (id: string, literal: string, rest: string, shown = literal.length): SecretKind => ({
  id,
  literals: [literal],
  pattern: new RegExp(`${BEFORE}(?<secret>${literal.replace(/[.$/]/g, '\\$&')}${rest})${BEHIND}`, 'g'),
  confidence: 0.95,
  shown: Math.min(shown, literal.length),
});

export const VENDOR_KINDS: readonly SecretKind[] = [
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
  issued('source-host-token', 'glrt-', String.raw`[\w-]{20,64}`),
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
