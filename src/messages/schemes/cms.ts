import { carriedCms } from '../cms/carried.ts';
import { cmsClaims, isCmsMessage } from '../cms/claims.ts';
import { derOf, locateCms } from '../cms/locate.ts';
import { readCms } from '../cms/read.ts';
import { defineScheme } from '../scheme.ts';
import { header } from '../stored-message.ts';

const SMIME = /^\s*(?:application\/(?:x-)?pkcs7-(?:mime|signature)|multipart\/signed\b)/i;

export default defineScheme({
  meta: {
    id: 'cms',
    title: 'CMS (PKCS#7) message',
    description:
      'SignedData, with the content inside or apart, and EnvelopedData in DER, PEM, base64 or S/MIME; RSA, RSA-PSS, ECDSA, EdDSA.',
    references: ['RFC 5652', 'RFC 2315', 'RFC 8551'],
  },
  detect: (message) => {
    const type = header(message, 'content-type');
    if (type && SMIME.test(type) && locateCms(message)) return 2;
    const der = derOf(message.body);
    if (der) return isCmsMessage(readCms(der)) ? 2 : 0;
    // Another scheme may know the header better.
    return carriedCms(message) ? 1 : 0;
  },
  claims: (message, context) => {
    const found = locateCms(message) ?? carriedCms(message);
    return found ? cmsClaims(found.der, found.detached, context.direction ?? 'unknown') : [];
  },
});
