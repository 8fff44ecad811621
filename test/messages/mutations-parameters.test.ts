/** Mutations of parameters messages: each is given its cause; none passes for valid. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import { encodeGbk } from '../../src/messages/variants/charset.ts';
import { IN, judge, m, OUT, ROTATED, verdictOf, withBody } from './kit.ts';
import * as made from './schemes.ts';

let keys: made.Keys;
beforeAll(() => {
  keys = made.makeKeys();
});

describe('mutations of a', () => {
  it('Alipay request', async () => {
    const { privateKey } = keys.rsa;
    const stored = made.alipayRequest(privateKey);
    const text = made.sortedText(made.ALIPAY);
    const over = (signed: string | Buffer, shown = made.ALIPAY): StoredMessage =>
      made.alipayRequest(privateKey, shown, signed);
    const change = (from: string | RegExp, to: string): StoredMessage =>
      withBody(stored, stored.body.toString().replace(from, to));
    const encoded = Object.fromEntries(Object.entries(made.ALIPAY).map(([k, v]) => [k, encodeURIComponent(v)]));
    await judge(
      stored,
      [
        m(
          'amount changed',
          over(text, { ...made.ALIPAY, biz_content: made.ALIPAY.biz_content!.replace('88.80', '18.80') }),
          OUT,
          'content-changed',
        ),
        m('sign_type left out', over(made.sortedText(made.ALIPAY, ['sign_type'])), OUT, 'parameter-set'),
        m('values url-encoded before signing', over(made.sortedText(encoded)), OUT, 'url-encoding'),
        m('empty parameter kept', over(made.sortedText(made.ALIPAY, [], true)), OUT, 'empty-parameters'),
        m(
          'not sorted',
          over(
            Object.entries(made.ALIPAY)
              .filter(([, v]) => v)
              .map(([k, v]) => `${k}=${v}`)
              .join('&'),
          ),
          OUT,
          'parameter-order',
        ),
        m(
          'biz_content indented',
          over(text, {
            ...made.ALIPAY,
            biz_content: JSON.stringify(JSON.parse(made.ALIPAY.biz_content!), null, 2),
          }),
          OUT,
          'json-rewritten',
        ),
        m('signed in GBK', over(encodeGbk(text)!), 'charset-mismatch'),
        m('signed as ASCII', over(text.replace(/[^\u0000-\u007f]/g, '?')), 'charset-mismatch'),
        m(
          'signed with SHA-1 under RSA2',
          made.alipayRequest(privateKey, made.ALIPAY, text, 'sha1'),
          'sign-type-mismatch',
        ),
        m(
          'RSA declared, RSA2 used',
          made.alipayRequest(privateKey, { ...made.ALIPAY, sign_type: 'RSA' }),
          'sign-type-mismatch',
        ),
        m('by another key', made.alipayRequest(keys.other.privateKey), OUT),
        m('+ of the signature not escaped', change(/%2B/g, '+'), OUT),
        m('signature cut', change(/sign=(.{120}).*$/, 'sign=$1'), OUT),
        m('sign missing', change(/&sign=.*/, ''), OUT),
        m('unknown sign_type', over(text, { ...made.ALIPAY, sign_type: 'MD5' }), 'sign-type-mismatch'),
        m('line end in the string', over(`${text}\n`), OUT, 'string-to-sign'),
        m('quoted values', over(text.replace(/=([^&]*)/g, '="$1"')), OUT),
      ],
      [keys.rsa.material],
      { scheme: 'alipay' },
    );
  });

  it('Alipay notification', async () => {
    const { privateKey } = keys.rsa;
    const stored = made.alipayNotify(privateKey);
    const text = made.sortedText(made.NOTIFY, ['sign_type']);
    const shown = (change: { [name: string]: string }): StoredMessage =>
      made.alipayNotify(privateKey, { ...made.NOTIFY, ...change }, text);
    const change = (from: string | RegExp, to: string): StoredMessage =>
      withBody(stored, stored.body.toString().replace(from, to));
    expect(
      (await verdictOf(made.alipayNotify(privateKey, made.NOTIFY, made.sortedText(made.NOTIFY)), [keys.rsa.material]))
        .result,
    ).toBe('valid');
    await judge(
      stored,
      [
        m('amount changed', shown({ total_amount: '18.80' }), IN, 'content-changed'),
        m('amount rewritten', shown({ total_amount: '88.8' }), IN),
        m(
          'list written again',
          shown({ fund_bill_list: '[{"amount": "88.80", "fundChannel": "ALIPAYACCOUNT"}]' }),
          IN,
          'json-rewritten',
        ),
        m('HTML-escaped list', shown({ fund_bill_list: made.NOTIFY.fund_bill_list!.replaceAll('"', '&quot;') }), IN),
        m('subject in GBK', made.alipayNotify(privateKey, { ...made.NOTIFY }, encodeGbk(text)!), 'charset-mismatch'),
        m('a parameter added', shown({ extra: '1' }), IN, 'parameter-set'),
        m('subject trimmed', shown({ subject: ` ${made.NOTIFY.subject}` }), IN, 'white-space'),
        m('+ became a space', change(/%20a%2Bb/, '%20a%20b'), IN),
        m(
          'decoded twice',
          made.alipayNotify(privateKey, { ...made.NOTIFY, subject: '100%25' }, text.replace('一瓶水 a+b/c', '100%')),
          IN,
          'url-encoding',
        ),
        m('signed with SHA-1', made.alipayNotify(privateKey, made.NOTIFY, text, 'sha1'), 'sign-type-mismatch'),
        m('by another key', made.alipayNotify(keys.other.privateKey), ROTATED),
        m('+ of the form not escaped', change(/%2B/g, '+'), IN),
        m('signature cut', change(/sign=(.{120}).*$/, 'sign=$1'), IN),
        m('sign missing', change(/&sign=.*/, ''), IN),
        m('BOM in subject', shown({ subject: `\ufeff${made.NOTIFY.subject}` }), IN, 'byte-order-mark'),
      ],
      [keys.rsa.material],
      { scheme: 'alipay' },
    );
  });

  it('UnionPay request', async () => {
    const { privateKey } = keys.rsa;
    const own = made.certificate(keys.rsa, 'merchant');
    const shown = { ...made.UNIONPAY, certId: BigInt(`0x${own.serial}`).toString() };
    const text = made.sortedText(shown);
    const stored = made.unionpay(privateKey, shown);
    const over = (signed: string | Buffer, parameters: { [n: string]: string } = shown): StoredMessage =>
      made.unionpay(privateKey, parameters, signed);
    const change = (from: string | RegExp, to: string): StoredMessage =>
      withBody(stored, stored.body.toString().replace(from, to));
    await judge(
      stored,
      [
        m('amount changed', over(made.unionpayText(text), { ...shown, txnAmt: '9000' }), OUT, 'content-changed'),
        m('empty parameter kept', over(made.unionpayText(made.sortedText(shown, [], true))), OUT, 'empty-parameters'),
        m('text signed, not its digest', over(text), OUT, 'string-to-sign'),
        m('digest in upper case', over(made.unionpayText(text).toUpperCase()), OUT, 'string-to-sign'),
        m('binary digest', over(createHash('sha256').update(text).digest()), OUT, 'string-to-sign'),
        m('SHA-1 digest as in 5.0.0', over(made.unionpayText(text, 'sha1')), 'sign-type-mismatch'),
        m(
          'all as in 5.0.0',
          made.unionpay(privateKey, shown, made.unionpayText(text, 'sha1'), 'sha1'),
          'sign-type-mismatch',
        ),
        m(
          'values url-encoded',
          over(
            made.unionpayText(
              made.sortedText(Object.fromEntries(Object.entries(shown).map(([k, v]) => [k, encodeURIComponent(v)]))),
            ),
          ),
          OUT,
          'url-encoding',
        ),
        m(
          'not sorted',
          over(
            made.unionpayText(
              Object.entries(shown)
                .filter(([, v]) => v)
                .map(([k, v]) => `${k}=${v}`)
                .join('&'),
            ),
          ),
          OUT,
          'parameter-order',
        ),
        m('signed in GBK', over(made.unionpayText(encodeGbk(text)!)), 'charset-mismatch'),
        m(
          'certId of another certificate',
          over(made.unionpayText(text.replace(shown.certId, '68759585097')), {
            ...shown,
            certId: '68759585097',
          }),
          'cert-serial-wrong',
        ),
        m('by another key', made.unionpay(keys.other.privateKey, shown), OUT),
        m('signature cut', change(/signature=(.{120}).*$/, 'signature=$1'), OUT),
        m('signature missing', change(/signature=.*/, 'signature='), OUT),
        m('unknown signMethod', over(made.unionpayText(text), { ...shown, signMethod: '99' }), 'sign-type-mismatch'),
        m('& at the end', over(made.unionpayText(`${text}&`)), OUT, 'string-to-sign'),
      ],
      [own.material],
    );
  });
});
