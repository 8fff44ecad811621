/** Why a signature does not verify: the fine reasons, each with the cause of the catalogue that it is. */
import type { Direction } from './stored-message.ts';

interface ReasonMeaning {
  title: string;
  /** Cause slug for requests of ours. */
  request: string;
  /** Cause slug for what the provider sends (responses and callbacks). */
  incoming: string;
  remedy: string;
}

const same = (cause: string): { request: string; incoming: string } => ({ request: cause, incoming: cause });
/** What the signer signed and what was stored differ. */
const CONTENT = { request: 'request-signature-wrong', incoming: 'webhook-body-altered' };
/** The key is not the one. */
const KEY = { request: 'request-signature-wrong', incoming: 'provider-key-rotated' };

const RAW_BODY =
  'Sign and verify the bytes that go over the wire: take the raw body before any parser, filter or proxy touches it.';

export const REASONS = {
  'header-malformed': {
    title: 'the signature header cannot be read',
    ...CONTENT,
    remedy: 'Send the signature header in the form that the scheme prescribes.',
  },
  'signature-missing': {
    title: 'the message carries no signature',
    ...CONTENT,
    remedy: 'See that no proxy drops the signature headers, and refuse messages without them.',
  },
  'algorithm-none': {
    title: 'the message says that it is not signed (alg none)',
    ...same('sign-type-mismatch'),
    remedy: 'Refuse alg none; accept only the algorithms that the scheme prescribes (RFC 8725 section 3.1).',
  },
  'algorithm-confusion': {
    title: 'an HMAC is claimed where a public key belongs',
    ...same('sign-type-mismatch'),
    remedy: 'Fix the algorithm on the verifying side to the type of the key (RFC 8725 section 3.1).',
  },
  'algorithm-refused': {
    title: 'the algorithm is not one that the scheme allows',
    ...same('sign-type-mismatch'),
    remedy: 'Use an algorithm of the scheme on both sides.',
  },
  'algorithm-mismatch': {
    title: 'the declared algorithm is not the one that was used',
    ...same('sign-type-mismatch'),
    remedy: 'Declare the algorithm that is used: the same in parameter, code and console.',
  },
  'key-type': {
    title: 'the key is of another type than the algorithm needs',
    ...same('sign-type-mismatch'),
    remedy: 'Use a key of the type that the algorithm needs.',
  },
  'serial-mismatch': {
    title: 'the message names another key or certificate than the one that signed it',
    ...same('cert-serial-wrong'),
    remedy:
      'Name the key in use: its kid, or the serial of its certificate (openssl x509 -noout -serial -in CERTIFICATE).',
  },
  'key-unknown': {
    title: 'the message names a key that is not among those given',
    request: 'cert-serial-wrong',
    incoming: 'provider-key-rotated',
    remedy:
      'Fetch the key that the message names and verify with it; keep the old one until the provider stops using it.',
  },
  'wrong-key': {
    title: 'the signature was made with another key',
    ...KEY,
    remedy: 'Compare the public half of the signing key with the one that the verifying side holds.',
  },
  'secret-form': {
    title: 'the secret is used in another form than the sender uses it',
    ...KEY,
    remedy: 'Use the secret in the form of the scheme: without quotes, spaces and line end, decoded as prescribed.',
  },
  'line-ends': { title: 'line ends were changed after signing', ...CONTENT, remedy: RAW_BODY },
  'trailing-line-end': { title: 'a line end was added or removed at the end', ...CONTENT, remedy: RAW_BODY },
  'white-space': { title: 'spaces at the edges were added or removed', ...CONTENT, remedy: RAW_BODY },
  'byte-order-mark': { title: 'a byte order mark was added or removed', ...CONTENT, remedy: RAW_BODY },
  'json-rewritten': { title: 'the JSON was parsed and written again', ...CONTENT, remedy: RAW_BODY },
  'xml-rewritten': { title: 'the XML was parsed and written again', ...CONTENT, remedy: RAW_BODY },
  'url-encoding': {
    title: 'values were url-encoded or decoded differently',
    ...CONTENT,
    remedy: 'Sign decoded values (or encoded ones, as the scheme says), and decode once: + and %20 differ.',
  },
  'empty-parameters': {
    title: 'empty parameters were treated differently',
    ...CONTENT,
    remedy: 'Leave out parameters with an empty value, or keep them, as the scheme says.',
  },
  'parameter-set': {
    title: 'another set of parameters was signed',
    ...CONTENT,
    remedy: 'Sign all parameters but those that the scheme leaves out.',
  },
  'parameter-order': {
    title: 'the parameters were signed in another order',
    ...CONTENT,
    remedy: 'Sort the parameters by the byte order of their names before signing.',
  },
  charset: {
    title: 'signed in one character set, sent in another',
    ...same('charset-mismatch'),
    remedy: 'Use one character set for signing and sending, and declare it; UTF-8 unless the contract says otherwise.',
  },
  'request-target': {
    title: 'another request target was signed than was requested',
    ...CONTENT,
    remedy: 'Sign path and query exactly as requested, without scheme and host unless the scheme asks for them.',
  },
  'string-to-sign': {
    title: 'the string to sign was built differently',
    ...CONTENT,
    remedy: 'Build the string to sign byte for byte as the scheme prescribes, line ends included.',
  },
  'timestamp-unit': {
    title: 'the signed time is in another unit than the one sent',
    ...same('timestamp-outside-window'),
    remedy: 'Sign and send the same time in the unit of the scheme (most use seconds).',
  },
  'signature-encoding': {
    title: 'the signature value is encoded differently than the scheme prescribes',
    ...CONTENT,
    remedy:
      'Encode the signature as prescribed (base64, base64url or hex) and url-encode it once where it travels in a form.',
  },
  'signature-truncated': {
    title: 'the signature is not as long as the key makes it',
    ...CONTENT,
    remedy: 'Look for a column, header or log field that cuts the value.',
  },
  'content-changed': {
    title: 'the key is right, but it signed other content',
    ...CONTENT,
    remedy: `Compare what was signed with what was received, byte for byte. ${RAW_BODY}`,
  },
  'digest-mismatch': {
    title: 'the signed digest is not that of the content',
    ...CONTENT,
    remedy: RAW_BODY,
  },
  'message-damaged': {
    title: 'the structure is cut off or not well-formed',
    ...CONTENT,
    remedy: `Look for a field, column or transfer that cuts or converts the message. ${RAW_BODY}`,
  },
  'structure-refused': {
    title: 'the structure could exhaust or deceive its reader and is refused',
    ...CONTENT,
    remedy: 'Refuse such messages at the edge, as this program does, and ask the sender what made it.',
  },
  'content-uncovered': {
    title: 'the signature does not cover the content that it seems to sign',
    ...CONTENT,
    remedy: 'Accept only what the references of the signature cover, and see which element each of them means.',
  },
  'length-mismatch': {
    title: 'the body is not as long as its header says',
    ...CONTENT,
    remedy: RAW_BODY,
  },
  'certificate-expired': {
    title: 'the certificate had expired when the message was signed',
    ...KEY,
    remedy: 'Renew the certificate, register the new one with the other side and name its serial.',
  },
  'certificate-not-yet-valid': {
    title: 'the certificate was not yet valid when the message was signed',
    ...KEY,
    remedy: 'Use the certificate only from its notBefore on, and compare the clocks.',
  },
  'certificate-revoked': {
    title: 'the certificate had been revoked when the message was signed',
    ...KEY,
    remedy: 'Refuse the message, ask the other side for its new certificate, and find out why the old one was revoked.',
  },
  'certificate-untrusted': {
    title: 'nothing that was given vouches for the certificate in the message',
    ...KEY,
    remedy: 'Give the certificate of the issuing authority, and compare the certificate with the one of the provider.',
  },
  'certificate-usage': {
    title: 'the certificate is not meant for signing',
    ...KEY,
    remedy: 'Sign with a certificate that has the digitalSignature key usage.',
  },
  'timestamp-outside-window': {
    title: 'the signed time lies outside the accepted window',
    ...same('timestamp-outside-window'),
    remedy: 'Compare the clocks of both sides, and look for queues, retries and cached signatures.',
  },
  'decrypt-key-wrong': {
    title: 'the content cannot be decrypted with the key',
    ...same('decrypt-key-wrong'),
    remedy: 'Put the key of the provider console into the configuration and replay the stored messages.',
  },
  'sealed-content-damaged': {
    title: 'the encrypted content was changed or cut',
    ...CONTENT,
    remedy: 'Take the encrypted fields from the raw message and decode them once.',
  },
  'associated-data': {
    title: 'the associated data is not what was used for encryption',
    ...CONTENT,
    remedy: 'Pass associated data and nonce to the decryption exactly as the message carries them.',
  },
  'dual-signature': {
    title: 'the signature over both parts does not hold',
    ...same('dual-signature-broken'),
    remedy: 'Recompute both digests from the bytes of each part and join them in the order of the scheme.',
  },
} as const satisfies { [id: string]: ReasonMeaning };

export type Reason = keyof typeof REASONS;

/** The cause of the catalogue that a reason is for a message of this direction. */
export function causeOf(reason: Reason, direction: Direction): string {
  return direction === 'request' ? REASONS[reason].request : REASONS[reason].incoming;
}
