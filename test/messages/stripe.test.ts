import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BODY_MUTATIONS, message, secret, verdictOf, withBody } from './kit.ts';

const SECRET = 'whsec_test_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH';
const body = JSON.stringify({ id: 'evt_1', object: 'event', data: { object: { amount: 2000, url: 'https://a/b' } } });
const sign = (t: number, text: string, key = SECRET): string =>
  createHmac('sha256', key).update(`${t}.${text}`).digest('hex');
const signed = (t = 1_767_188_398) =>
  message({
    method: 'POST',
    target: '/webhooks/stripe',
    headers: { 'Content-Type': 'application/json', 'Stripe-Signature': `t=${t},v1=${sign(t, body)}` },
    body,
  });

describe('a Stripe webhook', () => {
  it('verifies as it was sent', async () => {
    expect((await verdictOf(signed(), [secret(SECRET)])).result).toBe('valid');
  });

  it.each(BODY_MUTATIONS)('$name: the body was altered, with proof', async ({ apply, reason }) => {
    const verdict = await verdictOf(withBody(signed(), apply(Buffer.from(body))), [secret(SECRET)]);
    expect(verdict).toMatchObject({ result: 'invalid', reason, cause: 'webhook-body-altered' });
    expect(verdict.difference).toBeDefined();
  });
});
