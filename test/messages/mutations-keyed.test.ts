/** Mutations of UnionPay requests with a key, and of schemes of one's own: each is given its cause; none passes for valid. */
import { createHash, createHmac } from 'node:crypto';
import { beforeAll, describe, it } from 'vitest';
import { readOwnScheme } from '../../src/messages/own-scheme.ts';
import type { Scheme } from '../../src/messages/scheme.ts';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import { encodeGbk } from '../../src/messages/variants/charset.ts';
import { bodies, flipped, IN, judge, m, message, OUT, ROTATED, secret, withBody, withHeader } from './kit.ts';
import * as made from './schemes.ts';

const { BODY, TIME } = made;
const SKEW = 'timestamp-outside-window';
const TYPE = 'sign-type-mismatch';
let keys: made.Keys;
beforeAll(() => {
  keys = made.makeKeys();
});

describe('mutations of a UnionPay request with a key', () => {
  it.each([
    ['11', 'sha256', 'sm3'],
    ['12', 'sm3', 'sha256'],
  ])('signMethod %s', async (signMethod, hash, otherHash) => {
    const key = 'a-Merchant-key-of-some-length';
    const shown: { [n: string]: string } = { ...made.UNIONPAY, signMethod };
    const text = made.sortedText(shown);
    const hex = (data: string | Buffer, by = hash): string => createHash(by).update(data).digest('hex');
    const tail = (data: string | Buffer, end: string | Buffer): Buffer =>
      Buffer.concat([Buffer.from(data as string), Buffer.from(end as string)]);
    const mac = (data: string | Buffer, k = key): string => hex(tail(data, `&${hex(k)}`));
    const request = (signature: string, parameters = shown): StoredMessage =>
      message({ method: 'POST', target: '/x', body: made.form({ ...parameters, signature }) });
    const right = mac(text);
    const changed = (change: { [n: string]: string }): StoredMessage => request(right, { ...shown, ...change });
    const plain = (parameters: { [n: string]: string }): string =>
      Object.entries(parameters)
        .filter(([, v]) => v)
        .map(([k, v]) => `${k}=${v}`)
        .join('&');
    const encoded = Object.fromEntries(Object.entries(shown).map(([k, v]) => [k, encodeURIComponent(v)]));
    await judge(
      request(right),
      [
        m('amount changed', changed({ txnAmt: '9000' }), OUT, 'content-changed'),
        m('parameter added', changed({ extra: '1' }), OUT, 'parameter-set'),
        m('signMethod not signed', request(mac(made.sortedText(shown, ['signMethod']))), OUT, 'parameter-set'),
        m('empty parameter kept', request(mac(made.sortedText(shown, [], true))), OUT, 'empty-parameters'),
        m('not sorted', request(mac(plain(shown))), OUT, 'parameter-order'),
        m('values url-encoded', request(mac(made.sortedText(encoded))), OUT, 'url-encoding'),
        m('signed in GBK', request(mac(encodeGbk(text)!)), 'charset-mismatch'),
        m('& at the end', request(mac(`${text}&`)), OUT, 'string-to-sign'),
        m('byte order mark in a value', changed({ orderDesc: `\ufeff${shown.orderDesc}` }), OUT, 'byte-order-mark'),
        m('space after a value', changed({ orderDesc: `${shown.orderDesc} ` }), OUT, 'white-space'),
        m('digest of the other method', request(hex(`${text}&${hex(key, otherHash)}`, otherHash)), TYPE),
        m('HMAC', request(createHmac('sha256', key).update(text).digest('hex')), TYPE, 'algorithm-mismatch'),
        m('key itself, not its digest', request(hex(`${text}&${key}`)), OUT, 'string-to-sign'),
        m('digest of the key in upper case', request(hex(`${text}&${hex(key).toUpperCase()}`)), OUT, 'string-to-sign'),
        m('no & before the digest', request(hex(`${text}${hex(key)}`)), OUT, 'string-to-sign'),
        m('without a key', request(hex(text)), TYPE, 'algorithm-mismatch'),
        m('signature in base64', request(Buffer.from(right, 'hex').toString('base64')), OUT, 'signature-encoding'),
        m('signature cut', request(right.slice(0, 40)), OUT, 'signature-truncated'),
        m('signature flipped', request(flipped(right)), OUT),
        m('signature missing', request(''), OUT, 'signature-missing'),
        m('unknown signMethod', changed({ signMethod: '13' }), TYPE, 'algorithm-refused'),
        m('key with a space', request(right), OUT, 'secret-form', { keys: [secret(`${key} `)] }),
        m('another key', request(right), OUT, undefined, { keys: [secret('another-key-altogether')] }),
        m('public key given', request(right), TYPE, 'algorithm-confusion', { keys: [keys.rsa.material] }),
      ],
      [secret(key)],
    );
  });
});

describe('mutations of a scheme of one’s own', () => {
  const own = (text: string): Scheme => {
    const read = readOwnScheme(text, 'own.yaml');
    if ('problem' in read) throw new Error(read.problem.says);
    return read.scheme;
  };

  it('with HMAC over time, path and body', async () => {
    const scheme = own(
      [
        'id: own-hmac',
        'algorithm: hmac-sha256',
        'signature: { header: X-Sign, part: v1, encoding: hex }',
        'timestamp: { header: X-Time, tolerance: 300 }',
        `string: "\${method}\\n\${path}\\n\${header.X-Time}\\n\${body}"`,
      ].join('\n'),
    );
    const key = 'Own-secret-of-some-length';
    const text = (body: string | Buffer = BODY, path = '/hook', time = String(TIME)): Buffer =>
      Buffer.concat([Buffer.from(`POST\n${path}\n${time}\n`), Buffer.from(body as string)]);
    const value = (over = text(), hash = 'sha256', k = key): string => made.hmac(k, over, hash).toString('hex');
    const hook = (signature = value(), body: string | Buffer = BODY): StoredMessage =>
      message({
        method: 'POST',
        target: '/hook?id=7',
        headers: { Host: 'shop.example', 'X-Time': String(TIME), 'X-Sign': `v1=${signature}` },
        body,
      });
    const stored = hook();
    await judge(
      stored,
      [
        ...bodies(stored, IN),
        m('content changed', withBody(stored, BODY.replace('1050', '9050')), IN, 'content-changed'),
        m('body in GBK', withBody(stored, encodeGbk(BODY)!), 'charset-mismatch'),
        m('time changed', withHeader(stored, 'X-Time', String(TIME + 1)), IN),
        m('time in milliseconds', withHeader(stored, 'X-Time', `${TIME}000`), SKEW, 'timestamp-unit'),
        m('time missing', withHeader(stored, 'X-Time', undefined), IN, 'header-malformed'),
        m('received an hour late', stored, SKEW, undefined, { at: (TIME + 3600) * 1000 }),
        m('query signed too', hook(value(text(BODY, '/hook?id=7'))), IN, 'request-target'),
        m('full URL signed', hook(value(text(BODY, 'https://shop.example/hook?id=7'))), IN, 'request-target'),
        m('line end after the string', hook(value(text(`${BODY}\n`))), IN),
        m('body alone signed', hook(value(Buffer.from(BODY))), IN, 'string-to-sign'),
        m('signed with SHA-512', hook(value(text(), 'sha512')), TYPE, 'algorithm-mismatch'),
        m('digest with the secret before', hook(made.sha256(Buffer.concat([Buffer.from(key), text()]))), TYPE),
        m('signature cut', hook(value().slice(0, 40)), IN, 'signature-truncated'),
        m('signature in base64', hook(Buffer.from(value(), 'hex').toString('base64')), IN, 'signature-encoding'),
        m('signature flipped', hook(flipped(value())), IN),
        m('signature missing', withHeader(stored, 'X-Sign', undefined), IN, 'signature-missing'),
        m('part of another version', withHeader(stored, 'X-Sign', `v2=${value()}`), IN, 'signature-missing'),
        m('secret in quotes', stored, ROTATED, 'secret-form', { keys: [secret(`"${key}"`)] }),
        m(
          'secret as base64',
          hook(value(text(), 'sha256', Buffer.from(key).toString('base64'))),
          ROTATED,
          'secret-form',
        ),
        m('another secret', stored, [IN, ROTATED], undefined, { keys: [secret('not the secret at all')] }),
        m('public key given', stored, TYPE, 'algorithm-confusion', { keys: [keys.rsa.material] }),
      ],
      [secret(key)],
      { scheme },
    );
  });

  it.each(['rsa-sha256', 'ecdsa-sha256-raw', 'ecdsa-sha256'])(
    'with %s over the sorted parameters',
    async (algorithm) => {
      const scheme = own(
        [
          'id: own-public-key',
          `algorithm: ${algorithm}`,
          'direction: request',
          'signature: { field: sign }',
          'key: { field: serial, kind: serial }',
          `string: "\${params}"`,
        ].join('\n'),
      );
      const rsa = algorithm.startsWith('rsa');
      const form = algorithm.endsWith('raw') ? 'ieee-p1363' : 'der';
      const pair = rsa ? keys.rsa : keys.ec;
      const certificate = made.certificate(pair, 'merchant');
      const shown: { [n: string]: string } = { ...made.UNIONPAY, serial: certificate.serial };
      const signed = (over: string | Buffer, hash = 'sha256', by = pair): Buffer =>
        rsa ? made.rsaSign(by.privateKey, over, hash) : made.ecSign(by.privateKey, over, hash, form);
      const text = made.sortedText(shown);
      // One ECDSA signature in a hundred reads the same in both alphabets of Base64: sign until they differ.
      let right = signed(text);
      while (right.toString('base64') === right.toString('base64url')) right = signed(text);
      const request = (
        over: string | Buffer | undefined,
        parameters = shown,
        value = (over === undefined ? right : signed(over)).toString('base64'),
      ): StoredMessage => message({ method: 'POST', target: '/pay', body: made.form({ ...parameters, sign: value }) });
      const valued = (value: string): StoredMessage => request(undefined, shown, value);
      const changed = (change: { [n: string]: string }): StoredMessage => request(undefined, { ...shown, ...change });
      const encoded = Object.fromEntries(Object.entries(shown).map(([k, v]) => [k, encodeURIComponent(v)]));
      const other = made.certificate(keys.other, 'another');
      await judge(
        request(undefined),
        [
          m('amount changed', changed({ txnAmt: '9000' }), OUT, 'content-changed'),
          m('parameter added', changed({ extra: '1' }), OUT, 'parameter-set'),
          m('empty parameter kept', request(made.sortedText(shown, [], true)), OUT, 'empty-parameters'),
          m(
            'not sorted',
            request(
              Object.entries(shown)
                .flatMap(([k, v]) => (v ? [`${k}=${v}`] : []))
                .join('&'),
            ),
            OUT,
          ),
          m('values url-encoded', request(made.sortedText(encoded)), OUT, 'url-encoding'),
          m('signed in GBK', request(encodeGbk(text)!), 'charset-mismatch'),
          m('byte order mark in a value', changed({ orderDesc: `\ufeff${shown.orderDesc}` }), OUT, 'byte-order-mark'),
          m('space after a value', changed({ orderDesc: `${shown.orderDesc} ` }), OUT, 'white-space'),
          m('line end after the string', request(`${text}\n`), OUT, 'string-to-sign'),
          m(
            'serial of another certificate',
            request(made.sortedText({ ...shown, serial: '1234ABCD' }), { ...shown, serial: '1234ABCD' }),
            'cert-serial-wrong',
            'serial-mismatch',
          ),
          m('certificate not at hand', request(undefined), 'cert-serial-wrong', 'key-unknown', {
            keys: [rsa ? other.material : made.certificate(made.strangeEc(), 'another').material],
          }),
          m('signed with SHA-512', valued(signed(text, 'sha512').toString('base64')), TYPE, 'algorithm-mismatch'),
          m('signature in hex', valued(right.toString('hex')), OUT, 'signature-encoding'),
          m('signature in base64url', valued(`${right.toString('base64url')}`), OUT, 'signature-encoding'),
          m(
            'signature encoded twice',
            valued(Buffer.from(right.toString('base64')).toString('base64')),
            OUT,
            'signature-encoding',
          ),
          m('signature cut', valued(right.toString('base64').slice(0, 44)), OUT, 'signature-truncated'),
          m('signature flipped', valued(flipped(right.toString('base64'))), OUT),
          m('signature missing', valued(''), OUT, 'signature-missing'),
          m(
            'by another key',
            valued(signed(text, 'sha256', rsa ? keys.other : made.strangeEc()).toString('base64')),
            OUT,
          ),
        ],
        [certificate.material],
        { scheme },
      );
    },
  );
});
