import { type Claim, defineScheme } from '../scheme.ts';
import type { StoredMessage } from '../stored-message.ts';
import { compactParts, headerOf, MAXIMUM_TOKEN } from './_jose.ts';
import { jweClaim } from './_jwe.ts';

export default defineScheme({
  meta: {
    id: 'jwe',
    title: 'JSON Web Encryption',
    description:
      'RFC 7516 in compact form, with RSA-OAEP, ECDH-ES, AES key wrap or a shared key; decompression is bounded.',
    references: ['RFC 7516', 'RFC 7518', 'RFC 8725'],
  },
  detect: (message) => (compactJwe(message) ? 1 : 0),
  claims: (message, context): Claim[] => {
    const parts = compactJwe(message);
    return parts ? [jweClaim('JWE', context.direction ?? 'unknown', parts)] : [];
  },
});

function compactJwe(message: StoredMessage): string[] | undefined {
  const parts = compactParts(message.body.toString('latin1', 0, MAXIMUM_TOKEN));
  return parts?.length === 5 && headerOf(parts[0]!)?.enc !== undefined ? parts : undefined;
}
