/** Addresses that are keys by themselves: whoever has one may post, read or act. */
import type { SecretKind } from './kinds.ts';

const UUID = '[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}';

export const URL_KINDS: readonly SecretKind[] = [
  {
    // Whoever knows the address of an incoming webhook may post to the room behind it.
    id: 'webhook-address',
    literals: ['/api/webhooks/', 'webhook/send?key=', '/IncomingWebhook/', '/bot/v2/hook/', '/bot/hook/'],
    pattern: new RegExp(
      String.raw`(?:discord(?:app)?\.com\/api\/webhooks\/\d{15,22}\/(?<discord>[\w-]{40,100})|webhook\/send\?key=(?<wecom>${UUID})|\/IncomingWebhook\/(?<teams>[0-9a-f]{32}\/${UUID})|\/bot\/(?:v2\/)?hook\/(?<feishu>${UUID}))`,
      'g',
    ),
    confidence: 0.95,
  },
  {
    id: 'chat-token',
    literals: ['api.telegram.org/bot'],
    pattern: /api\.telegram\.org\/bot(?<secret>\d{6,12}:[\w-]{30,50})/g,
    confidence: 0.97,
  },
  {
    // Addresses that are signed for a while: S3 and its kind, Google Cloud Storage, Azure's shared access signatures.
    id: 'signed-address',
    literals: ['x-amz-signature=', 'x-goog-signature=', 'sig='],
    pattern: /(?:X-(?:Amz|Goog)-Signature=|[?&]sig=)(?<secret>[A-Za-z0-9%+/=_-]{40,600})/gi,
    confidence: 0.85,
    // `sig` is a short name; beside version and expiry it is Azure's.
    accepts: (_, match) => !/^[?&]sig/i.test(match[0]) || /[?&](?:sv|se|sp|st)=/.test(match.input),
  },
  {
    // What a merchant's key is appended to before the digest: `...&nonce_str=x&key=SECRET`.
    id: 'api-key-or-token',
    literals: ['&key='],
    pattern: /&key=(?<secret>[A-Za-z0-9]{32})(?![A-Za-z0-9])/g,
    confidence: 0.85,
    accepts: (_, match) => /(?:nonce_str|mch_id|mchid|partner|out_trade_no)=/.test(match.input),
  },
];
