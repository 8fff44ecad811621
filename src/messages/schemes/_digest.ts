/** Digest headers: what a sender says about the body, signed or not. */
import type { DigestClaim } from '../scheme.ts';
import { header, type StoredMessage } from '../stored-message.ts';
import { bodyVariants } from '../variants/body.ts';

const HASHES = {
  sha: 'sha1',
  'sha-1': 'sha1',
  'sha-256': 'sha256',
  'sha-384': 'sha384',
  'sha-512': 'sha512',
  md5: 'md5',
} as const;

/**
 * `Digest: SHA-256=base64` (RFC 3230) and `Content-Digest: sha-256=:base64:` (RFC 9530).
 * @param names of the headers that count
 */
export function digestClaims(
  message: StoredMessage,
  names: readonly string[] = ['digest', 'content-digest'],
): DigestClaim[] {
  return names.flatMap((name) =>
    (header(message, name)?.slice(0, 4096).split(/,\s*/) ?? []).flatMap((piece): DigestClaim[] => {
      const at = piece.indexOf('=');
      const hash = HASHES[piece.slice(0, at).trim().toLowerCase() as keyof typeof HASHES];
      if (!hash) return [];
      const text = piece
        .slice(at + 1)
        .trim()
        .replace(/^:(.*):$/, '$1');
      return [
        {
          label: name === 'digest' ? 'the Digest header' : 'the Content-Digest header',
          hash,
          expected: Buffer.from(text, 'base64'),
          content: message.body,
          candidates: () => bodyVariants(message.body),
        },
      ];
    }),
  );
}
