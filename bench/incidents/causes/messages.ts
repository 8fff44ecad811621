/** Incidents of signed messages, notifications and answers of issuers. */
import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { deployed } from '../frame.ts';
import type { Incident } from '../types.ts';
import { DAY, MINUTE, type Node, type Outcome, type World } from '../world.ts';

const sha1 = (text: string | Buffer): Buffer => createHash('sha1').update(text).digest();
/** Every attempt on a route since the onset ends with what `say` returns. */
const rejected =
  (route: string, say: (node: Node, order: string) => string, more: Partial<Outcome> = {}) =>
  (a: { after: boolean; route: string; node: Node; order: string; index: number }): Outcome | undefined =>
    a.after && a.route === route ? { text: say(a.node, a.order), status: 'declined', ...more } : undefined;
/** Notifications of the provider: verified until the onset, then what `say` returns for those that `bad` picks. */
function callbacks(
  w: World,
  say: (i: number) => string,
  o: { seconds?: number; from?: number; bad?(i: number): boolean } = {},
): void {
  w.each(w.start, w.now, o.seconds ?? 9, (t, i) => {
    const node = w.nodes[i % w.nodes.length]!;
    if (t < (o.from ?? w.onset) || !(o.bad?.(i) ?? true))
      w.app(node, t, 'INFO', `notification verified, order marked paid order=N${50_000 + i} status=SUCCESS`);
    else w.app(node, t, 'ERROR', say(i));
  });
}

/** Payment requests with dual signatures (SET book 3); `broken`: the order text was changed after signing. */
export function signedHalves(w: World, broken: boolean): void {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const holder = w.certificate({
    subject: { O: 'Cardholders', CN: 'cardholder 88' },
    notBefore: w.onset - 100 * DAY,
    notAfter: w.onset + 300 * DAY,
    key,
  });
  w.put('certs', 'cardholder.pem', holder.cert);
  w.put(
    'conf',
    'set.yaml',
    'dual_signature:\n  oimd: sha1(OI)\n  pimd: sha1(PI)\n  pomd: sha1(pimd || oimd)\n  signature: rsa-pkcs1v15(sha1, pomd)\n  cert: certs/cardholder.pem\n',
  );
  for (let i = 1; i <= 8; i++) {
    const t = w.onset + i * 2 * MINUTE;
    const oi = `OrderInfo\norder=SET-${i}\namount=${i * 7}.00\ncurrency=EUR\n`;
    const pi = `PaymentInfo\nxid=X${i}\namount=${i * 7}.00\npan=400000******0002\n`;
    const pomd = Buffer.concat([sha1(pi), sha1(oi)]);
    const folder = `preq-${String(i).padStart(3, '0')}`;
    w.put('pcap', `${folder}/oi.txt`, broken ? oi.replace('currency=EUR', 'currency=USD') : oi);
    w.put('pcap', `${folder}/pi.txt`, pi);
    w.put('pcap', `${folder}/oimd.hex`, `${sha1(oi).toString('hex')}\n`);
    w.put('pcap', `${folder}/pimd.hex`, `${sha1(pi).toString('hex')}\n`);
    w.put('pcap', `${folder}/dual_signature.b64`, `${sign('sha1', pomd, createPrivateKey(key)).toString('base64')}\n`);
    w.put('pcap', `${folder}/meta.txt`, `time: ${new Date(t).toISOString()}\norder: SET-${i}\n`);
  }
}

export const MESSAGES: Incident[] = [
  {
    name: 'requests signed with a key that is not registered',
    causes: ['request-signature-wrong'],
    owners: ['app'],
    unlike: [
      'cert-serial-wrong',
      'provider-key-rotated',
      'charset-mismatch',
      'issuer-decline-storm',
      'sign-type-mismatch',
      'credential-rejected',
    ],
    tell(w) {
      w.routes = ['alipay', 'card'];
      deployed(w, '[pay] application private key rotated', 1);
      w.pay(
        rejected(
          'alipay',
          () =>
            '{"alipay_trade_pay_response":{"code":"40002","msg":"Invalid Arguments","sub_code":"isv.invalid-signature","sub_msg":"验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配"}}',
          { code: '40002' },
        ),
      );
    },
  },
  {
    name: 'API key revoked in the portal, our side sends it on',
    causes: ['credential-rejected'],
    owners: ['app', 'psp'],
    unlike: ['request-signature-wrong', 'cert-serial-wrong', 'client-cert-unregistered', 'source-blocked'],
    tell(w) {
      w.routes = ['stripe', 'card'];
      w.notice(
        'portal.txt',
        w.onset - 2 * DAY,
        'notice@provider.example',
        'API keys',
        `The secret key ending in 7f3a was rolled; the former one is accepted until ${new Date(w.onset).toISOString().slice(0, 16)}Z.`,
      );
      w.pay(
        rejected(
          'stripe',
          (_, order) =>
            `stripe: POST /v1/payment_intents order=${order} answered 401: {"error":{"type":"invalid_request_error","message":"Invalid API Key provided: sk_live_********************7f3a"}}`,
          { http: '401' },
        ),
      );
    },
  },
  {
    name: 'serial number of the former merchant certificate configured',
    causes: ['cert-serial-wrong'],
    owners: ['app', 'ops'],
    unlike: ['provider-key-rotated', 'decrypt-key-wrong', 'request-signature-wrong', 'client-cert-unregistered'],
    tell(w) {
      w.routes = ['wechat', 'card'];
      const root = w.certificate({
        subject: { O: 'Tenpay.com', CN: 'Tenpay.com Root CA' },
        notBefore: w.onset - 2000 * DAY,
        notAfter: w.onset + 2000 * DAY,
        ca: true,
      });
      const cert = w.certificate({
        subject: { O: 'merchant', CN: '1900009191' },
        issuer: root,
        notBefore: w.onset - DAY,
        notAfter: w.onset + 1500 * DAY,
      });
      w.put('certs', 'apiclient_cert.pem', cert.cert);
      w.put(
        'conf',
        'merchant.yaml',
        `wechat:\n  mch_id: 1900009191\n  serial_no: 5157F09EFDC096DE15EBE81A47057A7232F1B8E1\n  certificate: /etc/pay/apiclient_cert.pem\n  private_key: /etc/pay/apiclient_key.pem\n`,
      );
      deployed(w, '[pay] merchant API certificate renewed', 0);
      w.pay(
        rejected(
          'wechat',
          () => '{"code":"SIGN_ERROR","message":"商户证书序列号有误。请使用签名私钥匹配的证书序列号"}',
          { code: 'SIGN_ERROR', http: '401' },
        ),
      );
    },
  },
  {
    name: 'provider changed its platform key, our side has the old one',
    causes: ['provider-key-rotated'],
    owners: ['app', 'psp'],
    unlike: ['webhook-body-altered', 'request-signature-wrong', 'notification-replay', 'decrypt-key-wrong'],
    tell(w) {
      w.notice(
        'platform.txt',
        w.onset - 20 * DAY,
        'notice@provider.example',
        'Platform certificate',
        `The platform certificate is replaced on ${new Date(w.onset).toISOString().slice(0, 16)}Z, new serial 45F8AD1E. Please download it in time.`,
      );
      w.pay((a) => (a.after ? { status: 'pending', code: '', http: '200' } : undefined));
      callbacks(
        w,
        (i) =>
          `callback rejected order=N${50_000 + i} com.wechat.pay.java.core.exception.ValidationException: Verify the signature and get the WechatPay certificate or publicKey corresponding to serialNumber[45F8AD1E] is empty.`,
      );
    },
  },
  {
    name: 'body parsed before the signature is checked',
    causes: ['webhook-body-altered'],
    owners: ['app'],
    unlike: ['provider-key-rotated', 'notification-replay', 'timestamp-outside-window', 'request-signature-wrong'],
    tell(w) {
      deployed(w, '[pay] release 7.0.0 (new web framework)', 0);
      w.pay();
      callbacks(
        w,
        (i) =>
          `webhook rejected event=evt_${i} Error: No signatures found matching the expected signature for payload. Are you passing the raw request body you received from Stripe?`,
      );
    },
  },
  {
    name: 'requests outside the time window after a release',
    causes: ['timestamp-outside-window'],
    owners: ['ops', 'app'],
    unlike: ['clock-skew', 'request-signature-wrong', 'notification-replay', 'webhook-body-altered'],
    tell(w) {
      w.routes = ['alipay'];
      deployed(w, '[pay] release 5.1.0 (time library replaced)', 0);
      w.pay(
        rejected(
          'alipay',
          () =>
            '{"code":"40002","msg":"Invalid Arguments","sub_code":"isv.invalid-timestamp","sub_msg":"非法的时间戳参数"}',
          { code: '40002' },
        ),
      );
    },
  },
  {
    name: 'webhooks older than the tolerance',
    causes: ['timestamp-outside-window'],
    also: ['clock-skew'],
    owners: ['ops', 'app'],
    unlike: ['webhook-body-altered', 'provider-key-rotated', 'notification-replay'],
    tell(w) {
      w.pay((a) => (a.after ? { status: 'pending', code: '', http: '200' } : undefined));
      callbacks(
        w,
        (i) =>
          `webhook rejected event=evt_${i} stripe.error.SignatureVerificationError: Timestamp outside the tolerance zone (${1_770_000_000 + i})`,
      );
    },
  },
  {
    name: 'orders with umlauts and Chinese characters fail',
    causes: ['charset-mismatch'],
    owners: ['app', 'ops'],
    unlike: ['request-signature-wrong', 'sign-type-mismatch', 'cert-serial-wrong'],
    tell(w) {
      w.routes = ['alipay'];
      deployed(w, '[pay] new base image', 0);
      w.app(w.nodes[0]!, w.onset - 5000, 'INFO', 'JVM started file.encoding=ANSI_X3.4-1968 LANG=C');
      w.pay((a) =>
        a.after && a.index % 2
          ? {
              text: `order=${a.order} subject="????" {"code":"40002","sub_code":"isv.invalid-signature","sub_msg":"验签出错，请确认charset参数放在了URL查询字符串中且各参数值使用charset参数指示的字符集编码"}`,
              status: 'declined',
              code: '40002',
            }
          : undefined,
      );
    },
  },
  {
    name: 'RSA signed where RSA2 is declared',
    causes: ['sign-type-mismatch'],
    owners: ['app'],
    unlike: ['request-signature-wrong', 'charset-mismatch', 'cert-serial-wrong'],
    tell(w) {
      w.routes = ['alipay', 'card'];
      w.put('conf', 'alipay.properties', 'alipay.app_id=2021004100\nalipay.sign_type=RSA2\n');
      deployed(w, '[pay] SDK replaced', 0);
      w.pay(
        rejected(
          'alipay',
          () =>
            '{"code":"40002","msg":"Invalid Arguments","sub_code":"isv.invalid-signature","sub_msg":"sign值与sign_type参数指定的签名类型不一致：sign_type参数值为RSA2，您实际用的签名类型可能是RSA"}',
          { code: '40002' },
        ),
      );
    },
  },
  {
    name: 'API key changed in the console, callbacks cannot be decrypted',
    causes: ['decrypt-key-wrong'],
    owners: ['app'],
    unlike: ['provider-key-rotated', 'webhook-body-altered', 'request-signature-wrong'],
    tell(w) {
      deployed(w, '[pay] APIv3 key changed in the merchant console', 1);
      w.pay((a) => (a.after ? { status: 'pending', code: '', http: '200' } : undefined));
      const words = {
        java: 'com.wechat.pay.java.core.exception.DecryptionException: Decryption failed Caused by: javax.crypto.AEADBadTagException: Tag mismatch',
        node: 'Error: Unsupported state or unable to authenticate data at Decipheriv.final (node:internal/crypto/cipher)',
        python: 'cryptography.exceptions.InvalidTag',
      };
      w.stacks('java', 'node', 'python');
      callbacks(w, (i) => `callback resource of order=N${50_000 + i} not readable: ${Object.values(words)[i % 3]}`);
    },
  },
  {
    name: 'timeouts retried without an idempotency key',
    causes: ['duplicate-payment'],
    owners: ['app'],
    unlike: ['notification-replay', 'upstream-slow', 'response-truncated', 'card-testing'],
    tell(w) {
      deployed(w, '[pay] release 5.1.2 (retry on timeout)', 1);
      w.pay();
      for (const r of w.rows.filter((x, i) => x.time >= w.onset && x.status === 'ok' && i % 9 === 0)) {
        w.rows.push({ ...r, time: r.time + 21_000, payment: `pay_${w.random.hex(10)}` });
        w.app(w.nodes[0]!, r.time + 20_000, 'WARN', `order=${r.order} no answer after 20000 ms, retry 1`);
      }
    },
  },
  {
    name: 'key check values differ after the key exchange',
    causes: ['mac-key-out-of-sync'],
    owners: ['bank', 'ops', 'app'],
    unlike: ['issuer-decline-storm', 'request-signature-wrong', 'card-testing'],
    tell(w) {
      w.routes = ['unionpay'];
      w.app(w.nodes[0]!, w.onset - 10_000, 'WARN', 'key exchange 0800/0810 finished mak_kcv=8F02A1 host_kcv=31D7C0');
      w.pay(rejected('unionpay', (_n, order) => `0210 for ${order}: DE39=A0 MAC校验错`, { code: 'A0' }));
    },
  },
  {
    name: 'payment halves no longer match their digests',
    causes: ['dual-signature-broken'],
    owners: ['app', 'bank', 'psp'],
    unlike: ['request-signature-wrong', 'webhook-body-altered', 'provider-key-rotated'],
    tell(w) {
      signedHalves(w, true);
      w.routes = ['set'];
      deployed(w, '[pay] release 6.0.0 (order text rebuilt)', 1);
      w.pay((a) =>
        a.after
          ? { text: `order=${a.order} SET Error message ErrorCode=SignatureFailure`, status: 'error' }
          : undefined,
      );
    },
  },
  {
    name: 'authentication server of one issuer times out',
    causes: ['three-ds-failure'],
    owners: ['psp', 'bank'],
    unlike: ['issuer-decline-storm', 'card-testing', 'upstream-slow'],
    tell(w) {
      w.put(
        'conf',
        'issuers.csv',
        'bin,issuer\n400000,Teal Savings\n411111,Sierra One\n520082,Praia Digital\n555555,Norte\n356600,Kumo\n',
      );
      w.pay();
      w.each(w.onset, w.now, 14, (t, i) => {
        w.app(
          w.nodes[i % 3]!,
          t,
          'WARN',
          `3DS authentication failed order=A${i} bin=400000 {"messageType":"Erro","errorCode":"402","errorComponent":"A","errorDescription":"Transaction Timed Out"}`,
        );
      });
      for (const r of w.rows)
        if (r.time >= w.onset && r.bin === '400000') Object.assign(r, { status: 'error', code: '402' });
    },
  },
  {
    name: 'one issuer answers 91 and 96',
    causes: ['issuer-decline-storm'],
    owners: ['bank'],
    unlike: ['three-ds-failure', 'card-testing', 'card-enumeration', 'mac-key-out-of-sync', 'upstream-unavailable'],
    tell(w) {
      w.put(
        'conf',
        'bins.csv',
        'bin,issuer\n400000,Teal Savings\n411111,Sierra One\n520082,Praia Digital\n555555,Norte\n356600,Kumo\n',
      );
      w.pay();
      for (const r of w.rows)
        if (r.time >= w.onset && (r.bin === '411111' || r.bin === '400000'))
          Object.assign(r, { status: 'declined', code: w.random.pick(['91', '91', '96', '68']), latency: 28_000 });
    },
  },
];
