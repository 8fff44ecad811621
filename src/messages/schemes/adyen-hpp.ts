import { ALGORITHMS } from '../algorithms.ts';
import { type Candidate, type Claim, defineScheme } from '../scheme.ts';
import type { StoredMessage } from '../stored-message.ts';
import { type JoinRules, joined, joinedVariants, readParameters, valueOfParameter } from '../variants/parameters.ts';
import { hexKey } from './_hex-key.ts';

/** All names, then all values, with colons between; colons and backslashes inside them are escaped. */
const namesThenValues =
  (escaped: (text: string) => string): NonNullable<JoinRules['write']> =>
  (pairs) =>
    [...pairs.map((p) => p.name), ...pairs.map((p) => p.value)].map(escaped).join(':');
const write = namesThenValues((text) => text.replaceAll('\\', '\\\\').replaceAll(':', '\\:'));

export default defineScheme({
  meta: {
    id: 'adyen-hpp',
    title: 'Adyen hosted payment page',
    description:
      'HMAC-SHA256 in base64 (merchantSig), key in hex, over the sorted names and values of the form or the result URL.',
    signsFields: true,
    references: [
      'https://docs.adyen.com/online-payments/classic-integrations/hosted-payment-pages/hmac-signature-calculation',
    ],
  },
  detect: (message) => (hppParameters(message) ? 2 : 0),
  claims: (message, context): Claim[] => {
    const p = hppParameters(message);
    if (!p) return [];
    const result = valueOfParameter(p, 'authResult') !== undefined;
    const base = { label: 'merchantSig', direction: context.direction ?? (result ? 'callback' : 'request') } as const;
    const signature = valueOfParameter(p, 'merchantSig');
    if (!signature) return [{ ...base, kind: 'defect', reason: 'signature-missing', says: 'merchantSig is empty' }];
    const unsigned = p.list.flatMap(({ name }) => (name.startsWith('ignore.') ? [name] : []));
    const rules: JoinRules = { without: ['merchantSig', 'sig', ...unsigned], dropEmpty: false, write };
    return [
      {
        ...base,
        kind: 'signature',
        algorithm: ALGORITHMS.hmacSha256,
        signatures: [{ text: signature, encoding: 'base64' }],
        signed: joined(p.list, rules),
        candidates: function* (): Iterable<Candidate> {
          const bare = joined(p.list, { ...rules, write: namesThenValues((text) => text) });
          yield { bytes: bare, reason: 'string-to-sign', says: 'with colons and backslashes not escaped' };
          const form = joined(p.list, { without: rules.without, dropEmpty: false });
          yield { bytes: form, reason: 'string-to-sign', says: 'written as k=v joined by &' };
          yield* joinedVariants(p, rules, []);
        },
        macKey: hexKey,
      },
    ];
  },
});

/** The parameters, where they are of this signature: the one before it was HMAC-SHA1 (20 bytes) over another string. */
function hppParameters(message: StoredMessage): ReturnType<typeof readParameters> {
  if (!message.body.includes('merchantSig') && !message.target?.includes('merchantSig=')) return undefined;
  const p = readParameters(message);
  const signature = p && valueOfParameter(p, 'merchantSig');
  if (!p || signature === undefined || valueOfParameter(p, 'skinCode') === undefined) return undefined;
  return Buffer.from(signature, 'base64').length === 20 ? undefined : p;
}
