import { ALGORITHMS } from '../algorithms.ts';
import { type Candidate, type Claim, defineScheme, type StoredSignature } from '../scheme.ts';
import { header, type StoredMessage } from '../stored-message.ts';
import { stampedCandidates, stampOf } from './_stamped.ts';

/** Names of the specification, and those of Svix from which it came. */
const NAMES = ['webhook', 'svix'] as const;

export default defineScheme({
  meta: {
    id: 'standard-webhooks',
    title: 'Standard Webhooks',
    description:
      'HMAC-SHA256 in base64 (v1) or Ed25519 (v1a) over "id.timestamp.body"; the key is base64 after whsec_; 300 seconds.',
    references: ['https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md'],
  },
  detect: (message) => (NAMES.some((n) => header(message, `${n}-signature`) !== undefined) ? 2 : 0),
  claims: (message: StoredMessage): Claim[] => {
    const prefix = NAMES.find((n) => header(message, `${n}-signature`) !== undefined) ?? 'webhook';
    const base = { label: `${prefix}-signature`, direction: 'callback' as const };
    const text = header(message, `${prefix}-signature`);
    if (text === undefined)
      return [{ ...base, kind: 'defect', reason: 'signature-missing', says: `there is no ${prefix}-signature header` }];
    const id = header(message, `${prefix}-id`);
    const time = header(message, `${prefix}-timestamp`);
    if (id === undefined || time === undefined)
      return [
        {
          ...base,
          kind: 'defect',
          reason: 'header-malformed',
          says: `the headers lack ${id === undefined ? `${prefix}-id` : `${prefix}-timestamp`}`,
        },
      ];
    const listed = signatures(text);
    if (listed.v1.length + listed.v1a.length === 0)
      return [{ ...base, kind: 'defect', reason: 'header-malformed', says: 'the header has no v1 or v1a signature' }];
    const compose = (t: string, body: Buffer, i = id): Buffer => Buffer.concat([Buffer.from(`${i}.${t}.`), body]);
    const shared = {
      ...base,
      kind: 'signature' as const,
      signed: compose(time, message.body),
      candidates: function* (): Iterable<Candidate> {
        yield* stampedCandidates(message.body, time, compose);
        yield {
          bytes: Buffer.concat([Buffer.from(`${time}.`), message.body]),
          reason: 'string-to-sign',
          says: 'without the id',
        };
        yield {
          bytes: Buffer.concat([Buffer.from(`${time}.${id}.`), message.body]),
          reason: 'string-to-sign',
          says: 'with time and id swapped',
        };
      },
      timestamp: { time: stampOf(time), toleranceMs: 300_000, field: `${prefix}-timestamp` },
    };
    const out: Claim[] = [];
    if (listed.v1.length > 0)
      out.push({
        ...shared,
        label: `${base.label} v1`,
        algorithm: ALGORITHMS.hmacSha256,
        signatures: listed.v1,
        macKey: webhookKey,
      });
    if (listed.v1a.length > 0)
      out.push({ ...shared, label: `${base.label} v1a`, algorithm: ALGORITHMS.eddsa, signatures: listed.v1a });
    return out;
  },
});

/** `v1,base64 v1a,base64`; several are separated by spaces. A "+" that became a space leaves a piece without a version. */
function signatures(text: string): { v1: StoredSignature[]; v1a: StoredSignature[] } {
  const out: { v1: StoredSignature[]; v1a: StoredSignature[] } = { v1: [], v1a: [] };
  for (const piece of text
    .slice(0, 32_768)
    .split(/ +(?=v\d+[a-z]?,)/)
    .slice(0, 50)) {
    const at = piece.indexOf(',');
    const version = piece.slice(0, at).trim();
    const value = piece.slice(at + 1);
    if (at > 0 && (version === 'v1' || version === 'v1a')) out[version].push({ text: value, encoding: 'base64' });
  }
  return out;
}

/** The secret is base64 after its prefix. */
function webhookKey(secret: Buffer): Buffer | undefined {
  const text = secret.toString('latin1').replace(/^whsec_/, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const key = Buffer.from(text, 'base64');
  return key.length > 0 ? key : undefined;
}
