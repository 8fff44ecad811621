import { beforeAll, describe, it } from 'vitest';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import { encodeGbk } from '../../src/messages/variants/charset.ts';
import { bodies, flipped, IN, judge, m, ROTATED, secret, withBody, withHeader } from './kit.ts';
import * as made from './schemes.ts';

const { BODY } = made;
const url = encodeURIComponent;
let keys: made.Keys;
beforeAll(() => {
  keys = made.makeKeys();
});

describe('mutations of a', () => {
  it('Stripe webhook', async () => {
    const stored = made.stripe();
    const header = 'Stripe-Signature';
    await judge(
      stored,
      [
        ...bodies(stored, IN),
        m('content changed', withBody(stored, BODY.replace('1050', '9050')), IN),
        m('signature flipped', withHeader(stored, header, flipped), IN),
        m(
          'signature cut',
          withHeader(stored, header, (v) => v.slice(0, -20)),
          IN,
          'signature-truncated',
        ),
        m(
          'time changed',
          withHeader(stored, header, (v) => v.replace(/t=\d+/, 't=1767188399')),
          IN,
        ),
        m(
          'time in milliseconds',
          withHeader(stored, header, (v) => v.replace(/t=(\d+)/, 't=$1000')),
          'timestamp-outside-window',
          'timestamp-unit',
        ),
        m('header missing', withHeader(stored, header, undefined), IN),
        m(
          'only v0',
          withHeader(stored, header, (v) => v.replace('v1=', 'v0=')),
          'sign-type-mismatch',
        ),
        m('received an hour late', stored, 'timestamp-outside-window', undefined, { at: (made.TIME + 3600) * 1000 }),
        m('secret in quotes', stored, ROTATED, 'secret-form', { keys: [secret(`"${made.STRIPE_SECRET}"`)] }),
        m('secret without prefix', stored, ROTATED, 'secret-form', { keys: [secret(made.STRIPE_SECRET.slice(6))] }),
        m('secret with a space', stored, ROTATED, 'secret-form', { keys: [secret(`${made.STRIPE_SECRET} `)] }),
        m(
          'signed with SHA-512',
          {
            ...stored,
            headers: [
              [
                header,
                `t=${made.TIME},v1=${made.hmac(made.STRIPE_SECRET, `${made.TIME}.${BODY}`, 'sha512').toString('hex')}`,
              ],
            ],
          },
          'sign-type-mismatch',
        ),
        m('body in GBK', withBody(stored, encodeGbk(BODY)!), 'charset-mismatch'),
        m(
          'signature in base64',
          withHeader(stored, header, (v) =>
            v.replace(/v1=(.*)/, (_a, h: string) => `v1=${Buffer.from(h, 'hex').toString('base64')}`),
          ),
          IN,
          'signature-encoding',
        ),
      ],
      [secret(made.STRIPE_SECRET)],
      { scheme: 'stripe' },
    );
  });

  it('Standard Webhooks message', async () => {
    const stored = made.standard();
    const header = 'webhook-signature';
    await judge(
      stored,
      [
        ...bodies(stored, IN),
        m('content changed', withBody(stored, BODY.replace('1050', '9050')), IN),
        m('signature flipped', withHeader(stored, header, flipped), IN),
        m(
          'signature url-encoded',
          withHeader(stored, header, (v) => `v1,${url(v.slice(3))}`),
          IN,
          'signature-encoding',
        ),
        m(
          'signature in hex',
          withHeader(stored, header, (v) => `v1,${Buffer.from(v.slice(3), 'base64').toString('hex')}`),
          IN,
          'signature-encoding',
        ),
        m('id changed', withHeader(stored, 'webhook-id', 'msg_other'), IN),
        m('id missing', withHeader(stored, 'webhook-id', undefined), IN),
        m(
          'time in milliseconds',
          withHeader(stored, 'webhook-timestamp', (v) => `${v}000`),
          'timestamp-outside-window',
        ),
        m('received an hour late', stored, 'timestamp-outside-window', undefined, { at: (made.TIME + 3600) * 1000 }),
        m(
          'secret used as text',
          made.standard(BODY, BODY, made.TIME, Buffer.from(made.HOOK_SECRET)),
          ROTATED,
          'secret-form',
        ),
        m('secret in quotes', stored, ROTATED, 'secret-form', { keys: [secret(`"${made.HOOK_SECRET}"`)] }),
        m('header empty', withHeader(stored, header, ''), IN),
        m('body in GBK', withBody(stored, encodeGbk(BODY)!), 'charset-mismatch'),
      ],
      [secret(made.HOOK_SECRET)],
    );
  });

  it('Adyen notification', async () => {
    const stored = made.adyen();
    const item = made.adyenItem();
    const changed = (change: { [name: string]: unknown }): StoredMessage =>
      made.adyen(made.adyenItem(change), made.adyenText(item));
    const text = made.adyenText(item);
    const signature = made.hmac(Buffer.from(made.ADYEN_KEY, 'hex'), text).toString('base64');
    const resigned = (value: string): StoredMessage =>
      withBody(stored, stored.body.toString().replace(signature, value));
    await judge(
      stored,
      [
        m('amount changed', changed({ amount: { value: 9130, currency: 'EUR' } }), IN),
        m('success flipped', changed({ success: 'false' }), IN, 'content-changed'),
        m(
          'reference trimmed',
          made.adyen(item, text.replace('Bestellung/19 ä', 'Bestellung/19 ä ')),
          IN,
          'white-space',
        ),
        m('amount in major units', changed({ amount: { value: 11.3, currency: 'EUR' } }), IN, 'json-rewritten'),
        m('amount as a float', made.adyen(item, text.replace(':1130:', ':1130.0:')), IN, 'json-rewritten'),
        m('empty field left out', made.adyen(item, text.replace('::', ':')), IN, 'empty-parameters'),
        m(
          'escaped separator',
          made.adyen(made.adyenItem({ merchantReference: 'a:b' }), text.replace('Bestellung/19 ä', 'a\\:b')),
          IN,
          'string-to-sign',
        ),
        m('success in capitals', made.adyen(item, text.replace(':true', ':True')), IN),
        m('reference in Latin-1', made.adyen(item, Buffer.from(text, 'latin1')), 'charset-mismatch'),
        m('key used as text', made.adyen(item, text, Buffer.from(made.ADYEN_KEY)), ROTATED, 'secret-form'),
        m('key in quotes', stored, ROTATED, 'secret-form', { keys: [secret(`"${made.ADYEN_KEY}"`)] }),
        m('signature flipped', resigned(flipped(signature)), IN),
        m('signature in hex', resigned(Buffer.from(signature, 'base64').toString('hex')), IN, 'signature-encoding'),
        m('signature with +lost', resigned(url(signature)), IN, 'signature-encoding'),
        m(
          'signature missing',
          withBody(stored, stored.body.toString().replace('hmacSignature', 'hmac')),
          IN,
          'signature-missing',
        ),
        m(
          'signed with SHA-1',
          resigned(made.hmac(Buffer.from(made.ADYEN_KEY, 'hex'), text, 'sha1').toString('base64')),
          'sign-type-mismatch',
        ),
      ],
      [secret(made.ADYEN_KEY)],
    );
  });

  it('PayPal webhook', async () => {
    const { privateKey } = keys.rsa;
    const stored = made.paypal(privateKey);
    const header = 'PAYPAL-TRANSMISSION-SIG';
    const context = { parameters: { 'webhook-id': '9XL90610J3647323C' } };
    await judge(
      stored,
      [
        ...bodies(stored, IN),
        m('content changed', withBody(stored, BODY.replace('1050', '9050')), IN, 'content-changed'),
        m('id changed', withHeader(stored, 'PAYPAL-TRANSMISSION-ID', 'x'), IN),
        m('simulator', made.paypal(privateKey, BODY, made.paypalText(BODY, 'WEBHOOK_ID')), IN, 'string-to-sign'),
        m('other webhook id', made.paypal(privateKey, BODY, made.paypalText(BODY, 'OTHER')), IN),
        m(
          'certificate from elsewhere',
          withHeader(stored, 'PAYPAL-CERT-URL', 'https://paypal.com.evil.example/x'),
          ROTATED,
          'certificate-untrusted',
        ),
        m('signature url-encoded', withHeader(stored, header, url), IN, 'signature-encoding'),
        m(
          'signature in base64url',
          withHeader(stored, header, (v) => Buffer.from(v, 'base64').toString('base64url')),
          IN,
          'signature-encoding',
        ),
        m(
          'signature cut',
          withHeader(stored, header, (v) => v.slice(0, 300)),
          IN,
          'signature-truncated',
        ),
        m('signed with SHA-1', made.paypal(privateKey, BODY, made.paypalText(BODY), 'sha1'), 'sign-type-mismatch'),
        m('by another key', made.paypal(keys.other.privateKey), ROTATED),
        m('algorithm refused', withHeader(stored, 'PAYPAL-AUTH-ALGO', 'MD5withRSA'), 'sign-type-mismatch'),
        m('body in GBK', withBody(stored, encodeGbk(BODY)!), 'charset-mismatch'),
      ],
      [keys.rsa.material],
      { context },
    );
  });
});
