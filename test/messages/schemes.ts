/** One well-signed message of every scheme, made with node:crypto or jose, and a way to sign another string for it. */
import {
  constants,
  createCipheriv,
  createHash,
  createHmac,
  type KeyObject,
  randomBytes,
  sign as signWith,
} from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type Issued, issue } from '../../src/drill/certificates.ts';
import type { KeyMaterial } from '../../src/messages/keys/material.ts';
import { readKeys } from '../../src/messages/keys/read-keys.ts';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import { ecPair, message, type Pair, rsaPair } from './kit.ts';

/** One pair for all schemes of a test file: making them is what costs time. */
export interface Keys {
  rsa: Pair;
  other: Pair;
  ec: Pair;
}
export const makeKeys = (): Keys => ({ rsa: rsaPair(), other: rsaPair(), ec: ecPair() });

export const rsaSign = (key: KeyObject, text: string | Buffer, hash = 'sha256'): Buffer =>
  signWith(hash, Buffer.from(text as string), key);
export const pssSign = (key: KeyObject, text: string | Buffer, saltLength = 32): Buffer =>
  signWith('sha256', Buffer.from(text as string), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
export const ecSign = (
  key: KeyObject,
  text: string | Buffer,
  hash = 'sha256',
  dsaEncoding: 'der' | 'ieee-p1363' = 'ieee-p1363',
): Buffer => signWith(hash, Buffer.from(text as string), { key, dsaEncoding });
/** A curve key that nobody in the test holds. */
export const strangeEc = (): Pair => ecPair();
export const hmac = (key: string | Buffer, text: string | Buffer, hash = 'sha256'): Buffer =>
  createHmac(hash, key).update(text).digest();
export const sha256 = (data: string | Buffer, form: 'hex' | 'base64' = 'hex'): string =>
  createHash('sha256').update(data).digest(form);

export const TIME = 1_767_188_398;
export const BODY = JSON.stringify({
  id: 'evt_7f3',
  amount: 1050,
  rate: 10.5,
  url: 'https://shop.example/a/b',
  buyer: '张三',
  items: [{ sku: 'A-1', n: 2 }],
});

// --- Stripe, Standard Webhooks -------------------------------------------------------------------------------------
export const STRIPE_SECRET = 'whsec_test_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH';
export const stripe = (
  body: string | Buffer = BODY,
  over: string | Buffer = body,
  key = STRIPE_SECRET,
  t: number | string = TIME,
): StoredMessage =>
  message({
    method: 'POST',
    target: '/webhooks/stripe',
    headers: {
      'Stripe-Signature': `t=${t},v1=${hmac(key, Buffer.concat([Buffer.from(`${t}.`), Buffer.from(over as string)])).toString('hex')}`,
    },
    body,
  });

export const HOOK_SECRET = `whsec_${Buffer.from('0123456789abcdefghijklmnop').toString('base64')}`;
export const standard = (
  body: string | Buffer = BODY,
  over: string | Buffer = body,
  t: number | string = TIME,
  key: Buffer = Buffer.from(HOOK_SECRET.slice(6), 'base64'),
): StoredMessage =>
  message({
    method: 'POST',
    target: '/hooks',
    headers: {
      'webhook-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W',
      'webhook-timestamp': String(t),
      'webhook-signature': `v1,${hmac(key, Buffer.concat([Buffer.from(`msg_2KWPBgLlAfxdpx2AI54pPJ85f4W.${t}.`), Buffer.from(over as string)])).toString('base64')}`,
    },
    body,
  });

// --- Adyen ---------------------------------------------------------------------------------------------------------
export const ADYEN_KEY = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
export const adyenItem = (change: { [name: string]: unknown } = {}): { [name: string]: unknown } => ({
  pspReference: '7914073381342284',
  originalReference: '',
  merchantAccountCode: 'TestMerchant',
  merchantReference: 'Bestellung/19 ä',
  amount: { value: 1130, currency: 'EUR' },
  eventCode: 'AUTHORISATION',
  success: 'true',
  ...change,
});
export const adyenText = (i: { [name: string]: unknown }): string => {
  const amount = i.amount as { value: number; currency: string };
  return [
    i.pspReference,
    i.originalReference,
    i.merchantAccountCode,
    i.merchantReference,
    amount.value,
    amount.currency,
    i.eventCode,
    i.success,
  ].join(':');
};
export const adyen = (
  shown = adyenItem(),
  text: string | Buffer = adyenText(shown),
  key: Buffer = Buffer.from(ADYEN_KEY, 'hex'),
): StoredMessage =>
  message({
    method: 'POST',
    target: '/adyen',
    body: JSON.stringify({
      live: 'false',
      notificationItems: [
        {
          NotificationRequestItem: { ...shown, additionalData: { hmacSignature: hmac(key, text).toString('base64') } },
        },
      ],
    }),
  });

// --- PayPal --------------------------------------------------------------------------------------------------------
export const paypal = (
  key: KeyObject,
  body: string | Buffer = BODY,
  over: string = paypalText(body),
  hash = 'sha256',
): StoredMessage =>
  message({
    method: 'POST',
    target: '/paypal',
    headers: {
      'PAYPAL-TRANSMISSION-ID': 'd938e770-8046-11e6-8103-6b62a8a99ac4',
      'PAYPAL-TRANSMISSION-TIME': '2025-12-31T13:39:58Z',
      'PAYPAL-CERT-URL': 'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77',
      'PAYPAL-AUTH-ALGO': 'SHA256withRSA',
      'PAYPAL-TRANSMISSION-SIG': rsaSign(key, over, hash).toString('base64'),
    },
    body,
  });
export const paypalText = (body: string | Buffer, webhook = '9XL90610J3647323C'): string =>
  `d938e770-8046-11e6-8103-6b62a8a99ac4|2025-12-31T13:39:58Z|${webhook}|${crc32(Buffer.from(body as string))}`;

// --- WeChat Pay ----------------------------------------------------------------------------------------------------
export const API_V3_KEY = 'aBcDeFgHiJkLmNoPqRsTuVwXyZ012345';
export function wechatResource(
  key = API_V3_KEY,
  aad = 'transaction',
  plain = '{"trade_state":"SUCCESS"}',
): { [name: string]: string } {
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key), Buffer.from(nonce)).setAAD(Buffer.from(aad));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return {
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: sealed.toString('base64'),
    nonce,
    associated_data: aad,
    original_type: 'transaction',
  };
}
export const wechatBody = (resource = wechatResource()): string =>
  JSON.stringify({ id: 'EV-2018022511223320873', event_type: 'TRANSACTION.SUCCESS', summary: '支付成功/ok', resource });
export const wechatCallback = (
  key: KeyObject,
  serial: string,
  body: string | Buffer = wechatBody(),
  over?: string | Buffer,
  t: number | string = TIME,
  hash = 'sha256',
): StoredMessage =>
  message({
    method: 'POST',
    target: '/notify/wechat',
    headers: {
      'Wechatpay-Serial': serial,
      'Wechatpay-Timestamp': String(t),
      'Wechatpay-Nonce': 'C380BEC2BFD727A4B6845133519F3AD6',
      'Wechatpay-Signature': rsaSign(key, over ?? wechatText(body, t), hash).toString('base64'),
    },
    body,
  });
export const wechatText = (body: string | Buffer, t: number | string = TIME): Buffer =>
  Buffer.concat([
    Buffer.from(`${t}\nC380BEC2BFD727A4B6845133519F3AD6\n`),
    Buffer.from(body as string),
    Buffer.from('\n'),
  ]);
export const wechatRequestText = (
  body: string,
  url = '/v3/pay/transactions/jsapi?x=%E5%BC%A0',
  t: number | string = TIME,
  end = '\n',
): string => `POST\n${url}\n${t}\n593BEC0C930BF1AFEB40B4A08C8FB242\n${body}${end}`;
export const wechatRequest = (
  key: KeyObject,
  serial: string,
  body = BODY,
  over = wechatRequestText(body),
  hash = 'sha256',
  t: number | string = TIME,
): StoredMessage =>
  message({
    method: 'POST',
    target: '/v3/pay/transactions/jsapi?x=%E5%BC%A0',
    headers: {
      Host: 'api.mch.weixin.qq.com',
      Authorization: `WECHATPAY2-SHA256-RSA2048 mchid="1900007291",nonce_str="593BEC0C930BF1AFEB40B4A08C8FB242",signature="${rsaSign(key, over, hash).toString('base64')}",timestamp="${t}",serial_no="${serial}"`,
    },
    body,
  });

// --- Alipay and UnionPay -------------------------------------------------------------------------------------------
export const form = (parameters: { [name: string]: string | Buffer }): string =>
  Object.entries(parameters)
    .map(
      ([k, v]) =>
        `${k}=${[...Buffer.from(v as string)].map((b) => (/[A-Za-z0-9_.~-]/.test(String.fromCharCode(b)) ? String.fromCharCode(b) : `%${b.toString(16).toUpperCase().padStart(2, '0')}`)).join('')}`,
    )
    .join('&');
export const sortedText = (parameters: { [name: string]: string }, without: string[] = [], keepEmpty = false): string =>
  Object.keys(parameters)
    .filter((k) => !without.includes(k) && (keepEmpty || parameters[k] !== ''))
    .sort()
    .map((k) => `${k}=${parameters[k]}`)
    .join('&');
export const ALIPAY: { [name: string]: string } = {
  app_id: '2021000000000001',
  method: 'alipay.trade.pay',
  charset: 'utf-8',
  sign_type: 'RSA2',
  timestamp: '2025-12-31 13:39:58',
  version: '1.0',
  biz_content: JSON.stringify({ out_trade_no: '20251231-1', total_amount: '88.80', subject: '一瓶水 a+b/c' }),
  passback_params: '',
};
export const alipayRequest = (
  key: KeyObject,
  shown = ALIPAY,
  over: string | Buffer = sortedText(shown),
  hash = 'sha256',
): StoredMessage =>
  message({
    method: 'POST',
    target: '/gateway.do',
    body: form({ ...shown, sign: rsaSign(key, over, hash).toString('base64') }),
  });
export const NOTIFY: { [name: string]: string } = {
  notify_id: 'ac05099524730693a8b330c5ecf72da9786',
  notify_type: 'trade_status_sync',
  app_id: '2021000000000001',
  charset: 'utf-8',
  sign_type: 'RSA2',
  subject: '一瓶水 a+b/c',
  total_amount: '88.80',
  fund_bill_list: '[{"amount":"88.80","fundChannel":"ALIPAYACCOUNT"}]',
  passback_params: '',
};
export const alipayNotify = (
  key: KeyObject,
  shown = NOTIFY,
  over: string | Buffer = sortedText(shown, ['sign_type']),
  hash = 'sha256',
): StoredMessage =>
  message({
    method: 'POST',
    target: '/notify/alipay',
    body: form({ ...shown, sign: rsaSign(key, over, hash).toString('base64') }),
  });

export const UNIONPAY: { [name: string]: string } = {
  version: '5.1.0',
  encoding: 'UTF-8',
  signMethod: '01',
  certId: '68759663125',
  txnType: '01',
  merId: '777290058110048',
  orderId: '20251231133958',
  txnAmt: '1000',
  orderDesc: '一瓶水 a+b',
  reserved: '',
};
export const unionpayText = (text: string | Buffer, hash = 'sha256'): string =>
  createHash(hash).update(text).digest('hex');
export const unionpay = (
  key: KeyObject,
  shown = UNIONPAY,
  over: string | Buffer = unionpayText(sortedText(shown)),
  hash = 'sha256',
): StoredMessage =>
  message({
    method: 'POST',
    target: '/gateway/api/backTransReq.do',
    body: form({ ...shown, signature: rsaSign(key, over, hash).toString('base64') }),
  });

// --- Open Banking, Berlin Group ------------------------------------------------------------------------------------
const b64u = (data: string | Buffer): string => Buffer.from(data as string).toString('base64url');
export const OB_HEADER = {
  alg: 'PS256',
  kid: 'ob-key-1',
  crit: ['http://openbanking.org.uk/iat', 'http://openbanking.org.uk/iss', 'http://openbanking.org.uk/tan'],
  'http://openbanking.org.uk/iat': TIME,
  'http://openbanking.org.uk/iss': '0015800001041REAAY',
  'http://openbanking.org.uk/tan': 'openbanking.org.uk',
};
export const openBanking = (
  sign: (input: Buffer) => Buffer,
  body: string | Buffer = BODY,
  over: string | Buffer = body,
  header: { [name: string]: unknown } = OB_HEADER,
  raw = false,
): StoredMessage => {
  const head = b64u(JSON.stringify(header));
  const input = Buffer.concat([Buffer.from(`${head}.`), raw ? Buffer.from(over as string) : Buffer.from(b64u(over))]);
  return message({
    method: 'POST',
    target: '/open-banking/v3.1.10/pisp/domestic-payments',
    headers: { 'x-jws-signature': `${head}..${sign(input).toString('base64url')}` },
    body,
  });
};

export const BERLIN = (body: string | Buffer): { [name: string]: string } => ({
  Digest: `SHA-256=${sha256(Buffer.from(body as string), 'base64')}`,
  'X-Request-ID': '99391c7e-ad88-49ec-a2ad-99ddcb1f7721',
  'PSU-ID': 'PSU-1234',
  Date: 'Wed, 31 Dec 2025 13:39:58 GMT',
});
export const berlinText = (
  headers: { [name: string]: string },
  target = 'post /v1/payments/sepa-credit-transfers',
): string =>
  [`(request-target): ${target}`, ...Object.entries(headers).map(([n, v]) => `${n.toLowerCase()}: ${v}`)].join('\n');
export const berlin = (
  key: KeyObject,
  keyId: string,
  body: string | Buffer = BODY,
  headers = BERLIN(body),
  over: string = berlinText(headers),
  certificate?: string,
  hash = 'sha256',
  algorithm = 'rsa-sha256',
): StoredMessage =>
  message({
    method: 'POST',
    target: '/v1/payments/sepa-credit-transfers',
    headers: {
      ...headers,
      Signature: `keyId="${keyId}",algorithm="${algorithm}",headers="(request-target) ${Object.keys(headers).join(' ').toLowerCase()}",signature="${rsaSign(key, over, hash).toString('base64')}"`,
      ...(certificate ? { 'TPP-Signature-Certificate': certificate } : {}),
    },
    body,
  });

// --- Certificates --------------------------------------------------------------------------------------------------
/** A certificate for a pair; self-signed unless an issuer is given. */
export function certificate(
  pair: Pair,
  name: string,
  from = '2025-01-01T00:00:00Z',
  to = '2027-01-01T00:00:00Z',
  issuer?: Issued,
): { issued: Issued; material: KeyMaterial; serial: string } {
  const issued = issue({
    subject: { CN: name },
    notBefore: Date.parse(from),
    notAfter: Date.parse(to),
    key: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    ...(issuer ? { issuer } : {}),
  });
  const read = readKeys(Buffer.from(issued.cert), `${name}.pem`);
  return { issued, material: read.keys[0]!, serial: issued.serial };
}
