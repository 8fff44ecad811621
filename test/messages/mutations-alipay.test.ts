/** Mutations of Alipay responses and version 3 messages, of UnionPay with a key, and of schemes described by oneself. */
import { sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { readOwnScheme } from '../../src/messages/own-scheme.ts';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import { encodeGbk } from '../../src/messages/variants/charset.ts';
import { verifyMessage } from '../../src/messages/verify.ts';
import { verifyMessages } from '../../src/messages/verify-all.ts';
import { bodies, flipped, IN, judge, m, message, OUT, ROTATED, secret, withBody, withHeader } from './kit.ts';
import * as made from './schemes.ts';

const { BODY, TIME } = made;
let keys: made.Keys;
beforeAll(() => {
  keys = made.makeKeys();
});

describe('mutations of a', () => {
  it('Alipay response', async () => {
    const content = '{"code":"10000","msg":"Success","buyer":"张三","total_amount":"88.80","url":"https:\\/\\/a\\/b"}';
    const response = (
      shown: string,
      over: string | Buffer = content,
      hash = 'sha256',
      key = keys.rsa.privateKey,
    ): StoredMessage =>
      message({
        status: 200,
        body: `{"alipay_trade_query_response":${shown},"sign":"${made.rsaSign(key, over, hash).toString('base64')}"}`,
      });
    const stored = response(content);
    const resigned = (change: (s: string) => string): StoredMessage =>
      withBody(
        stored,
        stored.body.toString().replace(/"sign":"([^"]*)"/, (_a, s: string) => `"sign":"${change(s)}"`),
      );
    await judge(
      stored,
      [
        m('slashes not escaped any more', response(content.replaceAll('\\/', '/')), IN, 'json-rewritten'),
        m('indented', response(JSON.stringify(JSON.parse(content), null, 2)), IN, 'json-rewritten'),
        m(
          'written by Python',
          response(
            content.replaceAll('":"', '": "').replaceAll('","', '", "').replaceAll('\\/', '/'),
            content.replaceAll('\\/', '/'),
          ),
          IN,
          'json-rewritten',
        ),
        m('escaped to ASCII', response(content.replace('张三', '\\u5f20\\u4e09')), IN, 'json-rewritten'),
        m('amount changed', response(content.replace('88.80', '18.80')), IN, 'content-changed'),
        m('space added', response(content.replace('{', '{ ')), IN),
        m('signed in GBK', response(content, encodeGbk(content)!), 'charset-mismatch'),
        m('signed with SHA-1', response(content, content, 'sha1'), 'sign-type-mismatch'),
        m('by another key', response(content, content, 'sha256', keys.other.privateKey), ROTATED),
        m('whole body signed', response(content, `{"alipay_trade_query_response":${content}}`), IN),
        m('with a line end signed', response(content, `${content}\n`), IN, 'trailing-line-end'),
        m('sign flipped', resigned(flipped), [IN, ROTATED]),
        m(
          'sign cut',
          resigned((s) => s.slice(0, 200)),
          IN,
          'signature-truncated',
        ),
        m('sign url-encoded', resigned(encodeURIComponent), IN, 'signature-encoding'),
        m(
          'sign in hex',
          resigned((s) => Buffer.from(s, 'base64').toString('hex')),
          IN,
          'signature-encoding',
        ),
      ],
      [keys.rsa.material],
    );
  });

  it('Alipay v3 request and response', async () => {
    const auth = `app_id=2021,nonce=abc,timestamp=${TIME * 1000}`;
    const text = (body: string, url = '/v3/alipay/trade/pay', t = auth, end = '\n'): string =>
      `${t}\nPOST\n${url}\n${body}${end}`;
    const request = (over = text(BODY), key = keys.rsa.privateKey, hash = 'sha256', shown = auth): StoredMessage =>
      message({
        method: 'POST',
        target: '/v3/alipay/trade/pay',
        headers: {
          host: 'openapi.alipay.com',
          Authorization: `ALIPAY-SHA256withRSA ${shown},sign=${made.rsaSign(key, over, hash).toString('base64')}`,
        },
        body: BODY,
      });
    const stored = request();
    await judge(
      stored,
      [
        ...bodies(stored, OUT),
        m('content changed', withBody(stored, BODY.replace('1050', '9050')), OUT, 'content-changed'),
        m(
          'full URL signed',
          request(text(BODY, 'https://openapi.alipay.com/v3/alipay/trade/pay')),
          OUT,
          'request-target',
        ),
        m('final line end missing', request(text(BODY, undefined, auth, '')), OUT, 'string-to-sign'),
        m(
          'seconds signed',
          request(text(BODY, undefined, auth.replace(/\d{13}/, String(TIME)))),
          'timestamp-outside-window',
        ),
        m('signed with SHA-1', request(undefined, undefined, 'sha1'), 'sign-type-mismatch'),
        m('by another key', request(undefined, keys.other.privateKey), OUT),
        m('nonce changed', request(undefined, undefined, undefined, auth.replace('abc', 'abd')), OUT),
        m(
          'sign missing',
          withHeader(stored, 'Authorization', (v) => v.replace(',sign=', ',sgn=')),
          OUT,
        ),
        m('sent an hour ago', stored, 'timestamp-outside-window', undefined, { at: (TIME + 3600) * 1000 }),
        m(
          'other type',
          withHeader(stored, 'Authorization', (v) => v.replace('SHA256withRSA', 'SM2withSM3')),
          'sign-type-mismatch',
        ),
      ],
      [keys.rsa.material],
    );
    const answer = message({
      status: 200,
      headers: {
        'alipay-timestamp': String(TIME * 1000),
        'alipay-nonce': 'n1',
        'alipay-signature': made.rsaSign(keys.rsa.privateKey, `${TIME * 1000}\nn1\n${BODY}\n`).toString('base64'),
      },
      body: BODY,
    });
    await judge(
      answer,
      [
        ...bodies(answer, IN),
        m('content changed', withBody(answer, BODY.replace('1050', '9050')), IN, 'content-changed'),
        m('nonce changed', withHeader(answer, 'alipay-nonce', 'n2'), IN),
        m('nonce missing', withHeader(answer, 'alipay-nonce', undefined), IN),
        m('time in seconds', withHeader(answer, 'alipay-timestamp', String(TIME)), 'timestamp-outside-window'),
        m(
          'signature url-encoded',
          withHeader(answer, 'alipay-signature', encodeURIComponent),
          IN,
          'signature-encoding',
        ),
        m(
          'signature cut',
          withHeader(answer, 'alipay-signature', (v) => v.slice(0, 100)),
          IN,
          'signature-truncated',
        ),
        m('by another key', answer, ROTATED, undefined, { keys: [keys.other.material] }),
        m('body in GBK', withBody(answer, encodeGbk(BODY)!), 'charset-mismatch'),
      ],
      [keys.rsa.material],
    );
  });

  it.each(['rsa-sha512', 'rsa-pss-sha256', 'ecdsa-sha256', 'ecdsa-sha256-raw'])(
    'scheme of one’s own with %s',
    async (algorithm) => {
      const read = readOwnScheme(
        `id: own\nalgorithm: ${algorithm}\nsignature: { field: sign }\nstring: "\${params}"\nparameters: { without: [sign] }\ndirection: request\n`,
        'own.yaml',
      );
      if ('problem' in read) throw new Error(read.problem.says);
      const text = made.sortedText(made.ALIPAY);
      const pair = algorithm.startsWith('ecdsa') ? keys.ec : keys.rsa;
      const value = (over: string): Buffer =>
        algorithm === 'rsa-sha512'
          ? made.rsaSign(pair.privateKey, over, 'sha512')
          : algorithm === 'rsa-pss-sha256'
            ? made.pssSign(pair.privateKey, over)
            : sign('sha256', Buffer.from(over), {
                key: pair.privateKey,
                dsaEncoding: algorithm.endsWith('raw') ? 'ieee-p1363' : 'der',
              });
      const verdict = async (over: string) =>
        (
          await verifyMessage(
            message({ body: made.form({ ...made.ALIPAY, sign: value(over).toString('base64') }) }),
            [pair.material],
            { at: Number.NaN, keysAreThose: true, scheme: read.scheme },
          )
        ).verdicts[0]!;
      expect((await verdict(text)).result).toBe('valid');
      expect(await verdict(made.sortedText(made.ALIPAY, [], true))).toMatchObject({
        result: 'invalid',
        cause: OUT,
        reason: 'empty-parameters',
      });
      expect(await verdict(`${text}&`)).toMatchObject({ cause: OUT, reason: 'string-to-sign' });
      expect((await verdict('something else')).result).toBe('invalid');
    },
  );
});

describe('several messages together', () => {
  it('settle what one alone leaves open: a secret that verifies another is the right one', async () => {
    const options = { at: Number.NaN, keysAreThose: true };
    const changed = withBody(made.stripe(), BODY.replace('1050', '9050'));
    const [alone] = await verifyMessages([changed], [secret(made.STRIPE_SECRET)], options);
    expect(alone!.verdicts[0]).toMatchObject({ result: 'invalid', possible: [IN, ROTATED] });
    expect(alone!.verdicts[0]!.cause).toBeUndefined();
    const both = await verifyMessages([changed, made.stripe()], [secret(made.STRIPE_SECRET)], options);
    expect(both[0]!.verdicts[0]).toMatchObject({ result: 'invalid', cause: IN, reason: 'content-changed' });
    expect(both[1]!.verdicts[0]!.result).toBe('valid');
  });

  it('take a length or digest that contradicts the body as proof of a change', async () => {
    const options = { at: Number.NaN, keysAreThose: true };
    const cut = { ...withBody(made.stripe(), BODY.slice(0, -10)), declaredLength: Buffer.byteLength(BODY) };
    const [byLength] = await verifyMessages([cut], [secret(made.STRIPE_SECRET)], options);
    expect(byLength!.verdicts[0]).toMatchObject({ cause: IN, reason: 'length-mismatch' });
    const stored = made.stripe();
    const digested = {
      ...withBody(stored, BODY.replace('1050', '9050')),
      headers: [...stored.headers, ['Digest', `SHA-256=${made.sha256(BODY, 'base64')}`] as const],
    };
    const [byDigest] = await verifyMessages([digested], [secret(made.STRIPE_SECRET)], options);
    expect(byDigest!.verdicts[0]).toMatchObject({ cause: IN, reason: 'digest-mismatch' });
    const [empty] = await verifyMessages([withBody(stored, '')], [secret(made.STRIPE_SECRET)], options);
    expect(empty!.verdicts[0]!.cause).toBe(IN);
  });
});
