import { defineScheme } from '../scheme.ts';
import type { StoredMessage } from '../stored-message.ts';
import { xmlClaims } from '../xml/claims.ts';

const NAMESPACE = 'http://www.w3.org/2000/09/xmldsig#';
const MAXIMUM_SEARCHED = 32 * 2 ** 20;

/** A signature element, or the place of one in an ISO 20022 header: schemas and metadata mention the namespace too. */
const ELEMENT = /<(?:[\w.-]{1,40}:)?(?:Signature|Sgntr)[\s>]/;

/** A signature in its namespace stands in the document, in UTF-8 or UTF-16. */
function mentionsSignature({ body }: StoredMessage): boolean {
  if (body.length > MAXIMUM_SEARCHED) return false;
  const first = body.find((b) => b > 0x20 && b !== 0xef && b !== 0xbb && b !== 0xbf && b < 0xfe);
  if (first !== 0x3c) return false;
  if (body.includes(NAMESPACE)) return ELEMENT.test(body.toString('latin1'));
  return body.includes(Buffer.from(NAMESPACE, 'utf16le'));
}

export default defineScheme({
  meta: {
    id: 'xml-signature',
    title: 'XML signature',
    description:
      'ds:Signature with inclusive or exclusive canonical XML, enveloped and by id; ISO 20022 headers with their reference without URI, which means the Document.',
    references: [
      'W3C xmldsig-core1',
      'W3C xml-exc-c14n',
      'RFC 9231',
      'ISO 20022 head.001 (business application header)',
    ],
  },
  detect: (message) => (mentionsSignature(message) ? 2 : 0),
  claims: (message, context) => xmlClaims(message, context.direction ?? 'unknown'),
});
