import { type Claim, defineScheme } from '../scheme.ts';
import { jsonBody, type StoredMessage } from '../stored-message.ts';
import { compactParts } from './_jose.ts';
import { compactJweClaim } from './_jwe.ts';
import { compactClaim } from './jws.ts';

/** EMV 3-D Secure 2: what the ACS signs for the app (ARes) is PS256 or ES256, what app and ACS exchange is encrypted. */
const SIGNED = ['PS256', 'ES256'];

export default defineScheme({
  meta: {
    id: 'emv-3ds',
    title: 'EMV 3-D Secure',
    description:
      'acsSignedContent (JWS, PS256 or ES256, certificates in x5c) and encrypted device data and challenge messages (JWE).',
    signsFields: true,
    references: ['EMV 3-D Secure Protocol and Core Functions Specification 2.x, section 6.2.2 and 6.2.3'],
  },
  detect: (message) => {
    const json = threeDs(message);
    if (!json) return 0;
    return tokens(json).length > 0 ? 2 : typeof json.messageType === 'string' ? 1 : 0;
  },
  claims: (message, context): Claim[] => {
    const json = threeDs(message);
    if (!json) return [];
    return tokens(json).map(([field, value]): Claim => {
      const direction =
        context.direction ?? (field === 'deviceInfo' || field === 'sdkEncData' ? 'request' : 'response');
      const parts = compactParts(value);
      if (!parts)
        return {
          kind: 'defect',
          label: field,
          direction,
          reason: 'header-malformed',
          says: `${field} is no compact JWS or JWE`,
        };
      return parts.length === 5
        ? compactJweClaim(field, direction, parts)
        : compactClaim(field, direction, parts, SIGNED);
    });
  },
});

type Fields = { [name: string]: unknown };

function threeDs(message: StoredMessage): Fields | undefined {
  if (
    !/acsSignedContent|messageType|threeDSServerTransID|sdkEncData|deviceInfo/.test(
      message.body.toString('latin1', 0, 65_536),
    )
  )
    return undefined;
  const json = jsonBody(message);
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Fields) : undefined;
}

function tokens(json: Fields): [string, string][] {
  return ['acsSignedContent', 'sdkEncData', 'deviceInfo'].flatMap((name): [string, string][] => {
    const value = json[name];
    return typeof value === 'string' &&
      value.length > 0 &&
      (name === 'acsSignedContent' || value.split('.').length === 5)
      ? [[name, value]]
      : [];
  });
}
