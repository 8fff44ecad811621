/** Adyen's hosted payment page: a published example verifies; each mutation is given its cause, and none passes for valid. */
import { describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import { flipped, IN, judge, m, message, OUT, ROTATED, secret, verdictOf, verdictsOf } from './kit.ts';
import * as made from './schemes.ts';

const KEY = '4468D9782DEF54FCD706C9100C71EC43932B1EBC2ACF6BA0560C05AAA7550C48';
const FIELDS: { [name: string]: string } = {
  merchantAccount: 'TestMerchant',
  currencyCode: 'EUR',
  paymentAmount: '199',
  sessionValidity: '2015-06-25T10:31:06Z',
  shipBeforeDate: '2015-07-01',
  shopperLocale: 'en_GB',
  merchantReference: 'SKINTEST-1435226439255',
  skinCode: 'X7hsNDWp',
};
const key = Buffer.from(KEY, 'hex');
const text = (fields: { [n: string]: string }, escaped = true, names = Object.keys(fields).sort()): string =>
  [...names, ...names.map((n) => fields[n]!)]
    .map((v) => (escaped ? v.replaceAll('\\', '\\\\').replaceAll(':', '\\:') : v))
    .join(':');
const signature = (over: string | Buffer, k: string | Buffer = key, hash = 'sha256'): string =>
  made.hmac(k, over, hash).toString('base64');
const form = (fields: { [n: string]: string }, merchantSig: string): StoredMessage =>
  message({ method: 'POST', target: '/hpp/pay.shtml', body: made.form({ ...fields, merchantSig }) });

describe('a form for the hosted payment page', () => {
  it('verifies as published', async () => {
    const published = form(FIELDS, 'GJ1asjR5VmkvihDJxCd8yE2DGYOKwWwJCBiV3R51NFg=');
    expect(await verdictsOf(published, [secret(KEY)])).toMatchObject([{ result: 'valid', direction: 'request' }]);
    const ignored = form({ ...FIELDS, 'ignore.cart': '7' }, signature(text(FIELDS)));
    expect((await verdictOf(ignored, [secret(KEY)])).result).toBe('valid');
    // The signature before this one, HMAC-SHA1 over another string, is not judged by rules that are not its own.
    expect(await verdictsOf(form(FIELDS, signature('x', key, 'sha1')), [secret(KEY)])).toEqual([]);
  });

  it('is given the cause of each mutation', async () => {
    const fields = { ...FIELDS, merchantReference: 'Bestellung 19 ä', merchantReturnData: '' };
    const right = signature(text(fields));
    const stored = form(fields, right);
    const changed = (change: { [n: string]: string }): StoredMessage => form({ ...fields, ...change }, right);
    const over = (signed: string | Buffer): StoredMessage => form(fields, signature(signed));
    const { merchantReturnData: _empty, ...full } = fields;
    await judge(
      stored,
      [
        m('amount changed', changed({ paymentAmount: '1' }), OUT, 'content-changed'),
        m('field added', changed({ extra: '1' }), OUT, 'parameter-set'),
        m('empty field left out', over(text(full)), OUT, 'empty-parameters'),
        m('nothing escaped', over(text(fields, false)), OUT, 'string-to-sign'),
        m('written as a form', over(made.sortedText(fields, [], true)), OUT, 'string-to-sign'),
        m('not sorted', over(text(fields, true, Object.keys(fields))), OUT, 'parameter-order'),
        m('signed in Latin-1', over(Buffer.from(text(fields), 'latin1')), 'charset-mismatch'),
        m('line end after a value', changed({ merchantReference: `${fields.merchantReference}\n` }), OUT),
        m(
          'byte order mark',
          changed({ merchantReference: `\ufeff${fields.merchantReference}` }),
          OUT,
          'byte-order-mark',
        ),
        m(
          'values url-encoded',
          over(
            text({
              ...fields,
              merchantReference: 'Bestellung%2019%20%C3%A4',
              sessionValidity: '2015-06-25T10%3A31%3A06Z',
            }),
          ),
          OUT,
          'url-encoding',
        ),
        m('signed with SHA-512', form(fields, signature(text(fields), key, 'sha512')), 'sign-type-mismatch'),
        m('key used as text', form(fields, signature(text(fields), KEY)), OUT, 'secret-form'),
        m('another key', stored, OUT, undefined, { keys: [secret(made.ADYEN_KEY)] }),
        m('signature in hex', form(fields, Buffer.from(right, 'base64').toString('hex')), OUT, 'signature-encoding'),
        m('signature cut', form(fields, right.slice(0, 32)), OUT, 'signature-truncated'),
        m('signature flipped', form(fields, flipped(right)), OUT),
        m('signature empty', form(fields, ''), OUT, 'signature-missing'),
      ],
      [secret(KEY)],
    );
  });

  it('comes back as a result URL', async () => {
    const result = {
      authResult: 'AUTHORISED',
      merchantReference: 'T-1',
      pspReference: '7914447419663319',
      skinCode: 'X7',
    };
    const url = (shown: { [n: string]: string }): StoredMessage =>
      message({
        method: 'GET',
        target: `/result?${made.form({ ...shown, merchantSig: signature(text(result)) })}`,
      });
    expect(await verdictOf(url(result), [secret(KEY)])).toMatchObject({ result: 'valid', direction: 'callback' });
    expect(await verdictOf(url({ ...result, authResult: 'REFUSED' }), [secret(KEY)])).toMatchObject({
      result: 'invalid',
      possible: [IN, ROTATED],
    });
  });
});
