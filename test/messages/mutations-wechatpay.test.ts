import { beforeAll, describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import { encodeGbk } from '../../src/messages/variants/charset.ts';
import { bodies, IN, judge, m, OUT, ROTATED, secret, verdictOf, withBody, withHeader } from './kit.ts';
import * as made from './schemes.ts';

const { BODY } = made;
const url = encodeURIComponent;
let keys: made.Keys;
beforeAll(() => {
  keys = made.makeKeys();
});

describe('mutations of a', () => {
  it('WeChat Pay callback', async () => {
    const own = made.certificate(keys.rsa, 'platform');
    const other = made.certificate(keys.other, 'old platform');
    const { privateKey } = keys.rsa;
    const stored = made.wechatCallback(privateKey, own.serial);
    const body = stored.body.toString();
    const header = 'Wechatpay-Signature';
    const again = (over: string | Buffer): StoredMessage => made.wechatCallback(privateKey, own.serial, body, over);
    await judge(
      stored,
      [
        ...bodies(stored, IN),
        m('content changed', withBody(stored, body.replace('SUCCESS', 'success')), IN, 'content-changed'),
        m('nonce changed', withHeader(stored, 'Wechatpay-Nonce', 'X'), IN),
        m(
          'time in milliseconds',
          withHeader(stored, 'Wechatpay-Timestamp', (v) => `${v}000`),
          'timestamp-outside-window',
        ),
        m(
          'final line end missing',
          again(`${made.TIME}\nC380BEC2BFD727A4B6845133519F3AD6\n${body}`),
          IN,
          'string-to-sign',
        ),
        m(
          'signed by a rotated key',
          made.wechatCallback(keys.other.privateKey, '5157F09EFDC096DE15EBE81A47057A72AAAAAAAA', body),
          ROTATED,
          'key-unknown',
        ),
        m(
          'serial of another certificate',
          withHeader(stored, 'Wechatpay-Serial', other.serial),
          'cert-serial-wrong',
          undefined,
          { keys: [own.material, other.material, secret(made.API_V3_KEY)] },
        ),
        m('signature url-encoded', withHeader(stored, header, url), IN, 'signature-encoding'),
        m(
          'signature in hex',
          withHeader(stored, header, (v) => Buffer.from(v, 'base64').toString('hex')),
          IN,
          'signature-encoding',
        ),
        m(
          'signature with spaces for +',
          withHeader(stored, header, (v) => (v.includes('+') ? v.replaceAll('+', ' ') : `"${v}"`)),
          IN,
          'signature-encoding',
        ),
        m(
          'signed with SHA-1',
          made.wechatCallback(privateKey, own.serial, body, undefined, made.TIME, 'sha1'),
          'sign-type-mismatch',
        ),
        m('received an hour late', stored, 'timestamp-outside-window', undefined, { at: (made.TIME + 3600) * 1000 }),
        m('body in GBK', withBody(stored, encodeGbk(body)!), 'charset-mismatch'),
        m('other APIv3 key', stored, 'decrypt-key-wrong', 'decrypt-key-wrong', {
          keys: [own.material, secret('z'.repeat(32))],
        }),
        m('certificate expired', stored, ['provider-key-rotated', 'cert-serial-wrong'], undefined, {
          keys: [made.certificate(keys.rsa, 'expired', '2020-01-01T00:00:00Z', '2025-06-01T00:00:00Z').material],
        }),
        m('signature missing', withHeader(stored, header, undefined), IN),
      ],
      [own.material, secret(made.API_V3_KEY)],
    );
  });

  it('WeChat Pay request', async () => {
    const own = made.certificate(keys.rsa, 'merchant');
    const { privateKey } = keys.rsa;
    const stored = made.wechatRequest(privateKey, own.serial);
    const over = (text: string): StoredMessage => made.wechatRequest(privateKey, own.serial, BODY, text);
    const path = '/v3/pay/transactions/jsapi';
    const decimal = BigInt(`0x${own.serial}`).toString();
    expect(
      (
        await verdictOf(
          withHeader(stored, 'Authorization', (v) => v.replace(own.serial, `00${own.serial.toLowerCase()}`)),
          [own.material],
        )
      ).result,
    ).toBe('valid');
    expect(
      (
        await verdictOf(
          withHeader(stored, 'Authorization', (v) => v.replace(own.serial, decimal)),
          [own.material],
        )
      ).result,
    ).toBe('valid');
    await judge(
      stored,
      [
        ...bodies(stored, OUT),
        m('content changed', withBody(stored, BODY.replace('1050', '9050')), OUT, 'content-changed'),
        m(
          'full URL signed',
          over(made.wechatRequestText(BODY, `https://api.mch.weixin.qq.com${path}?x=%E5%BC%A0`)),
          OUT,
          'request-target',
        ),
        m('query left out', over(made.wechatRequestText(BODY, path)), OUT, 'request-target'),
        m('query decoded', over(made.wechatRequestText(BODY, `${path}?x=张`)), OUT, 'url-encoding'),
        m(
          'final line end missing',
          over(made.wechatRequestText(BODY, undefined, made.TIME, '')),
          OUT,
          'string-to-sign',
        ),
        m('body left out', over(made.wechatRequestText('')), OUT, 'string-to-sign'),
        m(
          'time in milliseconds signed',
          over(made.wechatRequestText(BODY, undefined, made.TIME * 1000)),
          'timestamp-outside-window',
        ),
        m(
          'signed with SHA-1',
          made.wechatRequest(privateKey, own.serial, BODY, undefined, 'sha1'),
          'sign-type-mismatch',
        ),
        m('by another key', made.wechatRequest(keys.other.privateKey, own.serial), OUT, 'wrong-key'),
        m(
          'serial of another certificate',
          withHeader(stored, 'Authorization', (v) => v.replace(own.serial, '5157F09EFDC096DE15EBE81A47057A72AAAAAAAA')),
          'cert-serial-wrong',
          'serial-mismatch',
        ),
        m(
          'signature cut',
          withHeader(stored, 'Authorization', (v) => v.replace(/signature="(.{200})[^"]*"/, 'signature="$1"')),
          OUT,
          'signature-truncated',
        ),
        m(
          'nonce missing',
          withHeader(stored, 'Authorization', (v) => v.replace('nonce_str', 'nonce')),
          OUT,
          'header-malformed',
        ),
        m(
          'other type',
          withHeader(stored, 'Authorization', (v) => v.replace('SHA256-RSA2048', 'SM2-WITH-SM3')),
          'sign-type-mismatch',
        ),
        m('sent an hour ago', stored, 'timestamp-outside-window', undefined, { at: (made.TIME + 3600) * 1000 }),
        m('body in GBK', withBody(stored, encodeGbk(BODY)!), 'charset-mismatch'),
      ],
      [own.material],
    );
  });
});
