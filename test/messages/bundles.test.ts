/** Signed messages that lie in a bundle are verified with the keys that lie there, and feed the diagnosis. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import { encodeGbk } from '../../src/messages/variants/charset.ts';
import type { Report } from '../../src/report/types.ts';
import { appLog, claims, day, type Files, iso, payments, triageFiles } from '../triage/bundle.ts';
import type { Pair } from './kit.ts';
import * as made from './schemes.ts';

const d = day(Date.UTC(2025, 11, 31, 13, 20));
const at = (minutes: number): number => d.onset / 1000 + minutes * 60;
let keys: made.Keys;
beforeAll(() => {
  keys = made.makeKeys();
}, 60_000);

/** A message as it went over the wire. */
function wire(m: StoredMessage): Buffer {
  const start = m.status === undefined ? `${m.method} ${m.target} HTTP/1.1` : `HTTP/1.1 ${m.status} OK`;
  const headers = [...m.headers.map(([n, v]) => `${n}: ${v}`), `Content-Length: ${m.body.length}`];
  return Buffer.concat([Buffer.from(`${[start, ...headers].join('\r\n')}\r\n\r\n`), m.body]);
}

const run = (files: Files): Promise<Report> => triageFiles({ 'meta/now': `${iso(d.now)}\n`, ...files });
const complaint = (text: string): Files => ({ 'logs/app.log': appLog(d, () => text) });
const table = (): Files => ({ 'txn/payments.csv': payments(d) });

describe('messages in a bundle', () => {
  it('that verify on the wire while the program refuses them were altered inside it', async () => {
    const report = await run({
      ...complaint(
        'StripeSignatureVerificationError: No signatures found matching the expected signature for payload.',
      ),
      ...table(),
      'conf/webhooks.yaml': `stripe:\n  signing_secret: ${made.STRIPE_SECRET}\n`,
      'captures/hook-1.http': wire(made.stripe(made.BODY, made.BODY, made.STRIPE_SECRET, at(3))),
      'captures/hook-2.http': wire(made.stripe(made.BODY, made.BODY, made.STRIPE_SECRET, at(8))),
    });
    expect(claims(report)).toEqual(['webhook-body-altered']);
    expect(report.diagnosis[0]!.evidence.map((e) => e.file)).toContain('captures/hook-1.http');
    expect(JSON.stringify(report)).not.toContain(made.STRIPE_SECRET.slice(6, 30));
  });

  it('that are signed with a serial nobody here holds show a rotated key', async () => {
    const old = made.certificate(keys.other, 'Tenpay platform');
    const body = made.wechatBody();
    const rotated = (minute: number) =>
      wire(
        made.wechatCallback(
          keys.rsa.privateKey,
          '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
          body,
          undefined,
          at(minute),
        ),
      );
    const report = await run({
      ...complaint(
        'WechatPay2Validator: callback verify failed: invalid signature, serial=5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
      ),
      ...table(),
      'certs/wechatpay_platform.pem': old.issued.cert,
      'captures/n1.http': rotated(2),
      'captures/n2.http': rotated(6),
    });
    expect(claims(report)).toEqual(['provider-key-rotated']);
  });

  it('that are genuine and do not open show a wrong decryption key', async () => {
    const platform = made.certificate(keys.rsa, 'Tenpay platform');
    const sealed = (minute: number) =>
      wire(made.wechatCallback(keys.rsa.privateKey, platform.serial, made.wechatBody(), undefined, at(minute)));
    const report = await run({
      ...complaint('DecryptionException: Decryption failed: AEADBadTagException: Tag mismatch'),
      ...table(),
      'certs/wechatpay_platform.pem': platform.issued.cert,
      'conf/pay.yaml': `wechat:\n  api_v3_key: ${'q'.repeat(32)}\n`,
      'captures/n1.http': sealed(2),
      'captures/n2.http': sealed(6),
    });
    expect(claims(report)).toEqual(['decrypt-key-wrong']);
  });

  it('that are requests in a log and name another certificate show a wrong serial', async () => {
    const merchant = made.certificate(keys.rsa, 'merchant');
    const lines = [2, 5, 9].map((minute) => {
      const m = made.wechatRequest(
        keys.rsa.privateKey,
        '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C',
        made.BODY,
        made.wechatRequestText(made.BODY, undefined, at(minute)),
        'sha256',
        at(minute),
      );
      return JSON.stringify({
        '@timestamp': iso(at(minute) * 1000),
        level: 'ERROR',
        msg: 'outgoing',
        method: m.method,
        url: m.target,
        headers: Object.fromEntries(m.headers),
        body: m.body.toString(),
      });
    });
    const report = await run({
      ...complaint('wechat order failed http=401 {"code":"SIGN_ERROR","message":"签名信息错误，验签失败"}'),
      ...table(),
      'certs/apiclient_cert.pem': merchant.issued.cert,
      'logs/http.jsonl': `${lines.join('\n')}\n`,
    });
    expect(claims(report)).toEqual(['cert-serial-wrong']);
  });

  it('that say RSA2 and are signed with SHA-1 show a wrong signature type', async () => {
    const report = await run({
      ...complaint('alipay failed {"code":"40002","sub_code":"isv.invalid-signature","sub_msg":"验签出错"}'),
      ...table(),
      'certs/alipay_app_public.pem': keys.rsa.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      'captures/order.form': made.alipayRequest(keys.rsa.privateKey, made.ALIPAY, undefined, 'sha1').body,
    });
    expect(claims(report)).toEqual(['sign-type-mismatch']);
  });

  describe('that were signed in GBK and are verified in UTF-8', () => {
    const gbk = (): Files => ({
      ...complaint('alipay notify rejected: rsaCheckV1 returned false, sign verify failed'),
      ...table(),
      'captures/notify-1.http': wire(notifiedInGbk('2025123122001')),
      'captures/notify-2.http': wire(notifiedInGbk('2025123122002')),
    });
    /** What the sender shows is UTF-8 and says so; what it signed is the same text in GBK. */
    const notifiedInGbk = (trade: string): StoredMessage => {
      const shown = { ...made.NOTIFY, trade_no: trade };
      return made.alipayNotify(keys.rsa.privateKey, shown, encodeGbk(made.sortedText(shown, ['sign_type']))!);
    };
    const key = (pair: Pair): Files => ({
      'certs/alipay_public.pem': pair.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    });

    it('show a charset mismatch by proof', async () => {
      const report = await run({ ...gbk(), ...key(keys.rsa) });
      expect(claims(report)).toEqual(['charset-mismatch']);
      const files = report.diagnosis[0]!.evidence.map((e) => e.file);
      expect(files).toContain('captures/notify-1.http');
      expect(JSON.stringify(report.diagnosis[0]!.evidence)).toMatch(/GBK/);
    });

    it('accuse no charset when the key is not there, or is another one', async () => {
      for (const there of [{}, key(keys.other)]) {
        const report = await run({ ...gbk(), ...there });
        expect(claims(report)).not.toContain('charset-mismatch');
        expect(claims(report)).not.toContain('webhook-body-altered');
      }
      // Without a complaint of the program nothing is accused at all.
      const { 'logs/app.log': _complaint, ...quiet } = gbk();
      expect(claims(await run(quiet))).toEqual([]);
    });
  });

  it('are said to be unchecked, and accuse nobody, when their key is not there', async () => {
    const report = await run({ ...table(), 'captures/hook.http': wire(made.stripe()) });
    expect(claims(report)).toEqual([]);
    expect(report.notChecked.map((n) => n.what).join()).toContain('stripe');
  });

  it('that probe whether wrong signatures are refused, and are refused, are no fault', async () => {
    const report = await run({
      ...table(),
      'logs/app.log': appLog(d, (_t, i) =>
        i % 9 ? 'order ok http=200' : `notification rejected Wechatpay-Signature=WECHATPAY/SIGNTEST/AbC${i}+/=`,
      ),
    });
    expect(claims(report)).toEqual([]);
  });

  it('accuse nobody when they are forged with a key of somebody else', async () => {
    const platform = made.certificate(keys.rsa, 'Tenpay platform');
    const genuine = wire(
      made.wechatCallback(keys.rsa.privateKey, platform.serial, made.wechatBody(), undefined, at(8)),
    );
    const forged = wire(made.wechatCallback(keys.other.privateKey, '00AA', made.wechatBody(), undefined, at(2)));
    const report = await run({
      ...table(),
      'certs/wechatpay_platform.pem': platform.issued.cert,
      'captures/a.http': forged,
      'captures/b.http': genuine,
    });
    expect(claims(report)).toEqual([]);
  });

  it('are sound when only the file has a line end too many, or the log wrote the JSON again', async () => {
    const hook = made.stripe(made.BODY, made.BODY, made.STRIPE_SECRET, at(3));
    const logged = JSON.stringify({
      time: iso(at(4) * 1000),
      level: 'INFO',
      msg: 'webhook',
      headers: Object.fromEntries(hook.headers),
      body: JSON.parse(made.BODY),
    });
    const report = await run({
      ...table(),
      'conf/app.env': `STRIPE_WEBHOOK_SECRET=${made.STRIPE_SECRET}\n`,
      'captures/hook.http': Buffer.concat([wire(hook), Buffer.from('\n')]),
      'logs/hooks.jsonl': `${logged.replace('"amount":1050', '"amount": 1050')}\n`.repeat(3),
    });
    expect(claims(report)).toEqual([]);
  });

  it('are found where headers and body are kept in files of their own', async () => {
    const m = made.standard(made.BODY, made.BODY, at(3));
    const report = await run({
      ...table(),
      'conf/hooks.yaml': `webhook_secret: ${made.HOOK_SECRET}\n`,
      'captures/hook7.headers': `${m.headers.map(([n, v]) => `${n}: ${v}`).join('\n')}\n`,
      'captures/hook7.body': m.body,
    });
    const step = report.playbook!.steps.find((s) => s.id === 'read-messages');
    expect(step?.because).toBe('1 signed message, 1 valid');
  });
});
