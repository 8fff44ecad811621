/** Messages that the public SDKs made (fixtures/make/messages.mjs) verify, each by the scheme that is found from it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readKeys } from '../../src/messages/keys/read-keys.ts';
import { readSecrets } from '../../src/messages/keys/read-secrets.ts';
import { readStoredMessages } from '../../src/messages/read/read-message.ts';
import { findScheme } from '../../src/messages/verify.ts';
import { verdictsOf, withBody } from './kit.ts';

const folder = fileURLToPath(new URL('../../fixtures/messages/', import.meta.url));
const bytes = (name: string): Buffer => readFileSync(join(folder, name));
const certificate = readKeys(bytes('rsa.cert.pem'), 'rsa.cert.pem').keys;
const publicKey = readKeys(bytes('rsa.public.pem'), 'rsa.public.pem').keys;
const secrets = (name: string) => readSecrets(bytes(name), name);

describe('a message made by', () => {
  it.each([
    ['the Stripe SDK', 'stripe.http', 'stripe', secrets('stripe.secret'), 1],
    ['standardwebhooks', 'standard-webhooks.http', 'standard-webhooks', secrets('standard-webhooks.secret'), 1],
    ['Svix', 'svix.http', 'standard-webhooks', secrets('standard-webhooks.secret'), 1],
    ['the Adyen SDK, over fields', 'adyen.http', 'adyen', secrets('adyen.secret'), 1],
    ['the Adyen SDK, over the body', 'adyen-body.http', 'adyen', secrets('adyen.secret'), 1],
    ['wechatpay-node-v3', 'wechatpay-node.http', 'wechatpay', certificate, 1],
    ['wechatpay-axios-plugin', 'wechatpay-axios.http', 'wechatpay', certificate, 1],
    [
      'wechatpay-axios-plugin, with a resource',
      'wechatpay-callback.http',
      'wechatpay',
      [...certificate, ...secrets('wechatpay.secret')],
      2,
    ],
    ['alipay-sdk, version 2', 'alipay-v2.http', 'alipay', publicKey, 1],
    ['alipay-sdk, version 3', 'alipay-v3.http', 'alipay-v3', publicKey, 1],
    ['http-signature', 'berlin-group.http', 'berlin-group', certificate, 1],
  ] as const)('%s verifies', async (_by, file, scheme, keys, count) => {
    const read = readStoredMessages(bytes(file), file);
    expect(read.problems).toEqual([]);
    const [stored] = read.messages;
    expect(findScheme(stored!)?.meta.id).toBe(scheme);
    const verdicts = await verdictsOf(stored!, [...keys]);
    expect(verdicts.map((v) => v.result)).toEqual(Array.from({ length: count }, () => 'valid'));
    const altered = await verdictsOf(
      withBody(stored!, stored!.body.toString().replace(/[a-z](?=[^a-z]*$)/, 'Z') || 'x'),
      [...keys],
    );
    expect(altered.some((v) => v.result === 'invalid')).toBe(true);
  });
});
