import { ALGORITHMS } from '../algorithms.ts';
import { type Candidate, type Claim, defineScheme } from '../scheme.ts';
import { header, jsonBody, type StoredMessage } from '../stored-message.ts';
import { bodyVariants } from '../variants/body.ts';
import { charsetVariants } from '../variants/charset.ts';
import { hexKey } from './_hex-key.ts';

const MAXIMUM_ITEMS = 50;

export default defineScheme({
  meta: {
    id: 'adyen',
    title: 'Adyen webhook',
    description:
      'HMAC-SHA256 in base64, key in hex, over eight fields of each notification item, or over the body (hmacsignature header).',
    signsFields: true,
    references: ['https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures'],
  },
  detect: (message) => {
    if (header(message, 'hmacsignature') !== undefined) return 2;
    return items(message).some((i) => signatureOf(i) !== undefined) ? 2 : items(message).length > 0 ? 1 : 0;
  },
  claims: (message: StoredMessage): Claim[] => {
    const base = { direction: 'callback' as const };
    const ofBody = header(message, 'hmacsignature');
    if (ofBody !== undefined)
      return [
        {
          ...base,
          kind: 'signature',
          label: 'hmacsignature',
          algorithm: ALGORITHMS.hmacSha256,
          signatures: [{ text: ofBody, encoding: 'base64' }],
          signed: message.body,
          candidates: () => bodyVariants(message.body),
          macKey: hexKey,
        },
      ];
    const list = items(message);
    return list.map((item, i): Claim => {
      const label = list.length > 1 ? `hmacSignature of item ${i + 1}` : 'hmacSignature';
      const signature = signatureOf(item);
      if (signature === undefined)
        return {
          ...base,
          kind: 'defect',
          label,
          reason: 'signature-missing',
          says: 'additionalData has no hmacSignature',
        };
      const fields = fieldsOf(item);
      return {
        ...base,
        kind: 'signature',
        label,
        algorithm: ALGORITHMS.hmacSha256,
        signatures: [{ text: signature, encoding: 'base64' }],
        signed: Buffer.from(fields.join(':')),
        candidates: () => fieldCandidates(fields),
        macKey: hexKey,
      };
    });
  },
});

type Item = { [name: string]: unknown };

function items(message: StoredMessage): Item[] {
  if (!message.body.includes('pspReference') && !message.body.includes('otificationRequestItem')) return [];
  const json = jsonBody(message) as
    | { notificationItems?: unknown; NotificationRequestItem?: unknown; additionalData?: unknown }
    | undefined;
  if (typeof json !== 'object' || json === null) return [];
  if (Array.isArray(json.notificationItems))
    return json.notificationItems.slice(0, MAXIMUM_ITEMS).flatMap((entry) => {
      const item = (entry as { NotificationRequestItem?: unknown } | null)?.NotificationRequestItem;
      return typeof item === 'object' && item !== null ? [item as Item] : [];
    });
  if (typeof json.NotificationRequestItem === 'object' && json.NotificationRequestItem !== null)
    return [json.NotificationRequestItem as Item];
  return 'eventCode' in json && 'additionalData' in json ? [json as Item] : [];
}

function signatureOf(item: Item): string | undefined {
  const value = (item.additionalData as { hmacSignature?: unknown } | undefined)?.hmacSignature;
  return typeof value === 'string' ? value : undefined;
}

const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

/** The eight fields in their order; what is missing is empty. */
function fieldsOf(item: Item): string[] {
  const amount = item.amount as { value?: unknown; currency?: unknown } | undefined;
  return [
    textOf(item.pspReference),
    textOf(item.originalReference),
    textOf(item.merchantAccountCode),
    textOf(item.merchantReference),
    textOf(amount?.value),
    textOf(amount?.currency),
    textOf(item.eventCode),
    textOf(item.success),
  ];
}

const NAMES = [
  'pspReference',
  'originalReference',
  'merchantAccountCode',
  'merchantReference',
  'value',
  'currency',
  'eventCode',
  'success',
];

function* fieldCandidates(fields: readonly string[]): Iterable<Candidate> {
  const joined = (list: readonly string[], by = ':'): Buffer => Buffer.from(list.join(by));
  const escaped = fields.map((f) => f.replaceAll('\\', '\\\\').replaceAll(':', '\\:'));
  yield { bytes: joined(escaped), reason: 'string-to-sign', says: 'with colons and backslashes escaped' };
  yield {
    bytes: joined(fields.map((f) => f.replaceAll('\\:', ':').replaceAll('\\\\', '\\'))),
    reason: 'string-to-sign',
    says: 'with the escapes removed',
  };
  yield { bytes: joined(fields.filter((f) => f !== '')), reason: 'empty-parameters', says: 'without the empty fields' };
  yield { bytes: joined(fields, ''), reason: 'string-to-sign', says: 'joined without colons' };
  yield { bytes: joined(fields, ','), reason: 'string-to-sign', says: 'joined with commas' };
  yield { bytes: joined([...NAMES, ...fields]), reason: 'string-to-sign', says: 'with the names before the values' };
  const [sign, value] = [fields.at(-1)!, fields[4]!];
  const swap = (at: number, text: string): Buffer => joined(fields.map((f, i) => (i === at ? text : f)));
  const flipped = sign === 'true' ? 'false' : 'true';
  yield { bytes: swap(7, flipped), reason: 'content-changed', says: `with success ${flipped}` };
  yield {
    bytes: swap(7, sign === 'true' ? 'True' : sign === 'false' ? 'False' : sign),
    reason: 'json-rewritten',
    says: 'with success in capitals',
  };
  if (/^\d{1,15}(?:\.\d+)?$/.test(value)) {
    yield {
      bytes: swap(4, (Number(value) / 100).toFixed(2)),
      reason: 'json-rewritten',
      says: 'with the amount in major units',
    };
    yield {
      bytes: swap(4, String(Math.round(Number(value) * 100))),
      reason: 'json-rewritten',
      says: 'with the amount in minor units',
    };
    yield { bytes: swap(4, `${value}.0`), reason: 'json-rewritten', says: 'with the amount as a decimal number' };
    if (value.includes('.'))
      yield {
        bytes: swap(4, String(Math.trunc(Number(value)))),
        reason: 'json-rewritten',
        says: 'with the amount as a whole number',
      };
  }
  for (const [i, field] of fields.entries()) {
    if (field === '') continue;
    yield { bytes: swap(i, ''), reason: 'parameter-set', says: `with ${NAMES[i]} empty` };
    for (const [text, says] of [
      [field.trim(), 'trimmed'],
      [field.toUpperCase(), 'in upper case'],
      [field.toLowerCase(), 'in lower case'],
    ] as const)
      if (text !== field)
        yield {
          bytes: swap(i, text),
          reason: says === 'trimmed' ? 'white-space' : 'json-rewritten',
          says: `with ${NAMES[i]} ${says}`,
        };
    for (const end of ['\n', '\r\n', ' '])
      yield {
        bytes: swap(i, `${field}${end}`),
        reason: end === ' ' ? 'white-space' : 'trailing-line-end',
        says: `with white space after ${NAMES[i]}`,
      };
    for (const v of charsetVariants(Buffer.from(field)))
      yield {
        bytes: Buffer.concat([
          joined(fields.slice(0, i)),
          Buffer.from(i > 0 ? ':' : ''),
          v.bytes,
          Buffer.from(i < 7 ? ':' : ''),
          joined(fields.slice(i + 1)),
        ]),
        reason: 'charset',
        says: `with ${NAMES[i]} ${v.says}`,
      };
    if (/%[0-9a-fA-F]{2}/.test(field) || field.includes('+') || field.includes(' ')) {
      yield { bytes: swap(i, encodeURIComponent(field)), reason: 'url-encoding', says: `with ${NAMES[i]} url-encoded` };
      yield {
        bytes: swap(i, field.replaceAll('+', ' ')),
        reason: 'url-encoding',
        says: `with spaces for + in ${NAMES[i]}`,
      };
      yield {
        bytes: swap(i, field.replaceAll(' ', '+')),
        reason: 'url-encoding',
        says: `with + for spaces in ${NAMES[i]}`,
      };
    }
  }
}
