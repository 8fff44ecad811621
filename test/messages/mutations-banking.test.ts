import { beforeAll, describe, it } from 'vitest';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import { encodeGbk } from '../../src/messages/variants/charset.ts';
import { bodies, judge, m, OUT, withBody, withHeader } from './kit.ts';
import * as made from './schemes.ts';

const { BODY } = made;
let keys: made.Keys;
beforeAll(() => {
  keys = made.makeKeys();
});

describe('mutations of a', () => {
  it('Open Banking request', async () => {
    const pss = (input: Buffer): Buffer => made.pssSign(keys.rsa.privateKey, input);
    const stored = made.openBanking(pss);
    const name = 'x-jws-signature';
    const material = { ...keys.rsa.material, names: ['ob-key-1'] };
    const headed = (header: { [n: string]: unknown }): StoredMessage => made.openBanking(pss, BODY, BODY, header);
    await judge(
      stored,
      [
        ...bodies(stored, OUT),
        m('content changed', withBody(stored, BODY.replace('1050', '9050')), OUT, 'content-changed'),
        m('payload not encoded', made.openBanking(pss, BODY, BODY, made.OB_HEADER, true), OUT, 'string-to-sign'),
        m(
          'b64 where it is forbidden',
          made.openBanking(pss, BODY, BODY, { ...made.OB_HEADER, b64: false }, true),
          OUT,
          'string-to-sign',
        ),
        m('alg none', headed({ ...made.OB_HEADER, alg: 'none' }), 'sign-type-mismatch', 'algorithm-none'),
        m('alg RS256', headed({ ...made.OB_HEADER, alg: 'RS256' }), 'sign-type-mismatch'),
        m(
          'PKCS#1 v1.5 under PS256',
          made.openBanking((i) => made.rsaSign(keys.rsa.privateKey, i)),
          'sign-type-mismatch',
        ),
        m('unknown critical parameter', headed({ ...made.OB_HEADER, crit: ['exp'], exp: 1 }), OUT, 'header-malformed'),
        m(
          'by another key',
          made.openBanking((i) => made.pssSign(keys.other.privateKey, i)),
          OUT,
        ),
        m(
          'signature cut',
          withHeader(stored, name, (v) => v.slice(0, -30)),
          OUT,
          'signature-truncated',
        ),
        m(
          'not detached',
          withHeader(stored, name, (v) => v.replace('..', '.eyJ9.')),
          OUT,
        ),
        m(
          'header changed',
          withHeader(
            stored,
            name,
            (v) =>
              `${Buffer.from(JSON.stringify({ ...made.OB_HEADER, 'http://openbanking.org.uk/iat': 1 })).toString('base64url')}..${v.split('..')[1]}`,
          ),
          OUT,
        ),
        m('header missing', withHeader(stored, name, ''), OUT),
        m('body in GBK', withBody(stored, encodeGbk(BODY)!), 'charset-mismatch'),
      ],
      [material],
    );
  });

  it('Berlin Group request', async () => {
    const { privateKey } = keys.rsa;
    const own = made.certificate(keys.rsa, 'QSEAL');
    const id = `SN=${own.serial},CA=CN=QSEAL`;
    const pem = own.issued.cert.replace(/-----[^-]+-----|\s/g, '');
    const stored = made.berlin(privateKey, id, BODY, undefined, undefined, pem);
    const headers = made.BERLIN(BODY);
    const over = (text: string): StoredMessage => made.berlin(privateKey, id, BODY, headers, text, pem);
    const text = made.berlinText(headers);
    await judge(
      stored,
      [
        ...bodies(stored, OUT),
        m('content changed', withBody(stored, BODY.replace('1050', '9050')), OUT, 'digest-mismatch'),
        m('a signed header changed', withHeader(stored, 'PSU-ID', 'PSU-9'), OUT),
        m('a signed header dropped', withHeader(stored, 'PSU-ID', undefined), OUT, 'header-malformed'),
        m('line end at the end', over(`${text}\n`), OUT, 'string-to-sign'),
        m('CRLF between lines', over(text.replaceAll('\n', '\r\n')), OUT, 'string-to-sign'),
        m(
          'names as written',
          over(
            text
              .replace('digest:', 'Digest:')
              .replace('x-request-id', 'X-Request-ID')
              .replace('psu-id', 'PSU-ID')
              .replace('date:', 'Date:'),
          ),
          OUT,
          'string-to-sign',
        ),
        m('method in upper case', over(text.replace('post /', 'POST /')), OUT, 'request-target'),
        m('signed with SHA-1', made.berlin(privateKey, id, BODY, headers, text, pem, 'sha1'), 'sign-type-mismatch'),
        m(
          'SHA-512 declared',
          made.berlin(privateKey, id, BODY, headers, text, pem, 'sha256', 'rsa-sha512'),
          'sign-type-mismatch',
        ),
        m(
          'serial of another certificate',
          withHeader(stored, 'Signature', (v) => v.replace(own.serial, '1234ABCD')),
          'cert-serial-wrong',
        ),
        m('by another key', made.berlin(keys.other.privateKey, id, BODY, headers, text, pem), OUT),
        m(
          'signature cut',
          withHeader(stored, 'Signature', (v) => v.replace(/signature="(.{200})[^"]*"/, 'signature="$1"')),
          OUT,
        ),
        m(
          'digest not signed',
          withHeader(stored, 'Signature', (v) => v.replace(' digest', '')),
          OUT,
          'parameter-set',
        ),
      ],
      [own.material],
    );
  });
});
