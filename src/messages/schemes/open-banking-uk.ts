import { type Candidate, type Claim, defineScheme } from '../scheme.ts';
import { type Direction, header, pathAndQuery, type StoredMessage } from '../stored-message.ts';
import { bodyVariants } from '../variants/body.ts';
import { headerOf, type JoseHeader, jwsClaim } from './_jose.ts';

const IAT = 'http://openbanking.org.uk/iat';
const UNDERSTOOD = [IAT, 'http://openbanking.org.uk/iss', 'http://openbanking.org.uk/tan'];

export default defineScheme({
  meta: {
    id: 'open-banking-uk',
    title: 'Open Banking UK',
    description:
      'Detached JWS in x-jws-signature, PS256, over the body; b64=false up to 3.1.3, without b64 from 3.1.4 on.',
    references: ['Open Banking Read/Write API profile 3.1.x, message signing', 'RFC 7515 appendix F', 'RFC 7797'],
    parameters: { version: 'version of the API where the path does not show it, e.g. 3.1.3' },
  },
  detect: (message) => (header(message, 'x-jws-signature') !== undefined ? 2 : 0),
  claims: (message, context): Claim[] => {
    const direction: Direction = context.direction ?? (message.status === undefined ? 'request' : 'response');
    const base = { label: 'x-jws-signature', direction };
    const value = header(message, 'x-jws-signature')?.trim();
    if (!value)
      return [{ ...base, kind: 'defect', reason: 'signature-missing', says: 'there is no x-jws-signature header' }];
    const parts = value.split('.');
    const jose = parts.length === 3 ? headerOf(parts[0]!) : undefined;
    if (!jose)
      return [
        {
          ...base,
          kind: 'defect',
          reason: 'header-malformed',
          says: 'x-jws-signature is no JWS with a readable header',
        },
      ];
    if (parts[1] !== '')
      return [
        {
          ...base,
          kind: 'defect',
          reason: 'header-malformed',
          says: 'the JWS is not detached: it carries a payload of its own',
        },
      ];
    return [detachedClaim(message, base, parts, jose), ...versionRule(message, context.parameters.version, base, jose)];
  },
});

function detachedClaim(
  message: StoredMessage,
  base: { label: string; direction: Direction },
  parts: string[],
  jose: JoseHeader,
): Claim {
  const plain = jose.b64 === false;
  const put = (body: Buffer, raw: boolean): Buffer => (raw ? body : Buffer.from(body.toString('base64url')));
  const iat = Number(jose[IAT]);
  return jwsClaim({
    ...base,
    protectedPart: parts[0]!,
    header: jose,
    signature: parts[2]!,
    payload: put(message.body, plain),
    payloads: function* (): Iterable<Candidate> {
      yield {
        bytes: put(message.body, !plain),
        reason: 'string-to-sign',
        says: plain
          ? 'with the payload encoded although b64 is false'
          : 'with the payload not encoded (b64=false) although the header does not say so',
        shown: message.body,
      };
      for (const v of bodyVariants(message.body)) {
        yield { ...v, bytes: put(v.bytes, plain), shown: v.bytes };
        yield { ...v, bytes: put(v.bytes, !plain), says: `${v.says}, with b64 treated the other way`, shown: v.bytes };
      }
    },
    allowed: ['PS256'],
    understood: UNDERSTOOD,
    ...(Number.isFinite(iat) ? { timestamp: { time: iat * 1000, toleranceMs: 0, field: 'iat' } } : {}),
  });
}

/** b64 was required up to 3.1.3 and is forbidden since 3.1.4: a signature that verifies can still be refused for it. */
function versionRule(
  message: StoredMessage,
  known: string | undefined,
  base: { label: string; direction: Direction },
  jose: JoseHeader,
): Claim[] {
  const text = known ?? /\/open-banking\/v(\d+\.\d+(?:\.\d+)?)\//.exec(pathAndQuery(message) ?? '')?.[1];
  const version = text?.split('.').map(Number);
  if (!version || version.length < 3 || version.some(Number.isNaN)) return [];
  const [major = 0, minor = 0, patch = 0] = version;
  const early = major < 3 || (major === 3 && (minor < 1 || (minor === 1 && patch <= 3)));
  if (early && jose.b64 !== false)
    return [
      {
        ...base,
        kind: 'defect',
        reason: 'string-to-sign',
        says: `b64=false is required in version ${text}, and the header does not say it`,
      },
    ];
  if (!early && 'b64' in jose)
    return [
      {
        ...base,
        kind: 'defect',
        reason: 'string-to-sign',
        says: `b64 must not be used from version 3.1.4 on, and this is ${text}`,
      },
    ];
  return [];
}
