import { crc32 } from 'node:zlib';
import { ALGORITHMS } from '../algorithms.ts';
import { type Candidate, type Claim, defineScheme } from '../scheme.ts';
import { header, type StoredMessage } from '../stored-message.ts';
import { bodyVariants } from '../variants/body.ts';
import { notChecked } from '../verdict.ts';
import { stampOf } from './_stamped.ts';

const HEADERS = ['paypal-transmission-id', 'paypal-transmission-time', 'paypal-transmission-sig'] as const;

export default defineScheme({
  meta: {
    id: 'paypal',
    title: 'PayPal webhook',
    description:
      'RSA-SHA256 over "transmission id|time|webhook id|CRC-32 of the body in decimal"; the certificate comes from PAYPAL-CERT-URL.',
    references: ['https://developer.paypal.com/api/rest/webhooks/rest/#link-messageverification'],
    parameters: { 'webhook-id': 'id of the webhook in the PayPal console; it is signed and not in the message' },
  },
  detect: (message) => (message.headers.some(([n]) => /^paypal-transmission-/i.test(n)) ? 2 : 0),
  claims: (message, context): Claim[] => {
    const base = { label: 'PAYPAL-TRANSMISSION-SIG', direction: 'callback' as const };
    const [id, time, signature] = HEADERS.map((n) => header(message, n));
    if (!signature)
      return [
        { ...base, kind: 'defect', reason: 'signature-missing', says: 'there is no PAYPAL-TRANSMISSION-SIG header' },
      ];
    if (!id || !time)
      return [
        {
          ...base,
          kind: 'defect',
          reason: 'header-malformed',
          says: `the headers lack ${id ? 'PAYPAL-TRANSMISSION-TIME' : 'PAYPAL-TRANSMISSION-ID'}`,
        },
      ];
    const refused = refusal(message);
    if (refused) return [{ ...base, kind: 'defect', ...refused }];
    const webhook = context.parameters['webhook-id'] ?? context.parameters.webhook_id;
    if (!webhook)
      return [
        {
          ...base,
          kind: 'judged',
          judge: () =>
            notChecked(
              base,
              `${base.label}: the webhook id is part of what is signed and was not given`,
              'the id of the webhook from the PayPal console (--set webhook-id=...)',
            ),
        },
      ];
    const compose = (crc: number | string, w = webhook, t = time): Buffer => Buffer.from(`${id}|${t}|${w}|${crc}`);
    const { body } = message;
    return [
      {
        ...base,
        kind: 'signature',
        algorithm: ALGORITHMS.rsaSha256,
        declared: header(message, 'paypal-auth-algo') ?? 'SHA256withRSA',
        rivals: [ALGORITHMS.rsaSha1],
        signatures: [{ text: signature, encoding: 'base64' }],
        signed: compose(crc32(body)),
        shown: body,
        candidates: function* (): Iterable<Candidate> {
          for (const v of bodyVariants(body)) yield { ...v, bytes: compose(crc32(v.bytes)), shown: v.bytes };
          const crc = crc32(body);
          yield {
            bytes: compose(crc.toString(16)),
            reason: 'string-to-sign',
            says: 'with the CRC in hex',
            shown: body,
          };
          yield {
            bytes: compose(crc | 0),
            reason: 'string-to-sign',
            says: 'with the CRC as a signed number',
            shown: body,
          };
          yield {
            bytes: compose(crc, webhook.trim()),
            reason: 'string-to-sign',
            says: 'with the webhook id trimmed',
            shown: body,
          };
          yield {
            bytes: compose(crc, 'WEBHOOK_ID'),
            reason: 'string-to-sign',
            says: 'of the webhook simulator, which signs with the id WEBHOOK_ID',
            shown: body,
          };
          yield {
            bytes: Buffer.from(`${id}|${time}|${webhook}|${body.toString('latin1')}`, 'latin1'),
            reason: 'string-to-sign',
            says: 'with the body itself, not its CRC',
            shown: body,
          };
          yield {
            bytes: compose(crc, webhook, time.replace(/\.\d+Z$/, 'Z')),
            reason: 'string-to-sign',
            says: 'with the time without fractions',
            shown: body,
          };
        },
        timestamp: { time: stampOf(time), toleranceMs: 0, field: 'PAYPAL-TRANSMISSION-TIME' },
      },
    ];
  },
});

/** What must be refused before any key is fetched. */
function refusal(
  message: StoredMessage,
): { reason: 'algorithm-refused' | 'certificate-untrusted'; says: string } | undefined {
  const algorithm = header(message, 'paypal-auth-algo');
  if (algorithm !== undefined && !/^SHA256withRSA$/i.test(algorithm))
    return { reason: 'algorithm-refused', says: `PAYPAL-AUTH-ALGO is ${algorithm.slice(0, 40)}, not SHA256withRSA` };
  const url = header(message, 'paypal-cert-url');
  if (url === undefined || /^https:\/\/(?:[a-z0-9-]{1,63}\.){1,5}paypal\.com\/[^\s]*$/i.test(url)) return undefined;
  return {
    reason: 'certificate-untrusted',
    says: "PAYPAL-CERT-URL does not point to an https address of paypal.com: the certificate could be anybody's",
  };
}
