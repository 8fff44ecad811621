/** Signed XML made by an independent implementation (xml-crypto on xmldom), and ISO 20022 messages built on its canonical forms. */
import { createHash, type KeyObject, sign } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import {
  C14nCanonicalization,
  C14nCanonicalizationWithComments,
  ExclusiveCanonicalization,
  ExclusiveCanonicalizationWithComments,
  findAncestorNs,
  SignedXml,
} from 'xml-crypto';

export const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const INCLUSIVE = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
export const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
export const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
const DS = 'http://www.w3.org/2000/09/xmldsig#';

const methods = {
  [EXCLUSIVE]: ExclusiveCanonicalization,
  [`${EXCLUSIVE}WithComments`]: ExclusiveCanonicalizationWithComments,
  [INCLUSIVE]: C14nCanonicalization,
  [`${INCLUSIVE}#WithComments`]: C14nCanonicalizationWithComments,
};

/** Canonical form of the first element with that local name, by xml-crypto. */
export function theirs(xml: string, local: string, method: keyof typeof methods = EXCLUSIVE): string {
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  const node = document.getElementsByTagNameNS('*', local)[0]!;
  const ancestorNamespaces = findAncestorNs(document as never, `//*[local-name(.)='${local}']`);
  return String(new methods[method]!().process(node as never, { ancestorNamespaces } as never));
}

/** Enveloped signature over the whole document or an element with an id. */
export function signedXml(xml: string, key: KeyObject, options: { canonical?: string; id?: string } = {}): string {
  const canonical = options.canonical ?? EXCLUSIVE;
  const signer = new SignedXml({
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }) as string,
    signatureAlgorithm: RSA_SHA256,
    canonicalizationAlgorithm: canonical as never,
  });
  signer.addReference({
    xpath: options.id ? `//*[@Id='${options.id}']` : '/*',
    transforms: options.id ? [canonical] : [ENVELOPED, canonical],
    digestAlgorithm: SHA256,
    ...(options.id ? {} : { uri: '', isEmptyUri: true }),
  });
  signer.computeSignature(xml);
  return signer.getSignedXml();
}

const base64 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('base64');

export interface IsoPlan {
  key: KeyObject;
  ski: string;
  method?: string;
  sign?(data: Buffer): Buffer;
  amount?: string;
  /** What the reference without URI was digested over, in place of the Document. */
  wrongTarget?: boolean;
  created?: string;
  name?: string;
}

/** A message with business application header and Document, signed as head.001 prescribes: three references. */
export function isoMessage(plan: IsoPlan): string {
  const { amount = '100.00', created = '2026-09-12T10:00:00Z', name = 'Müller & Söhne' } = plan;
  const document = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08">
  <FIToFICstmrCdtTrf>
    <GrpHdr><MsgId>M-1</MsgId></GrpHdr>
    <CdtTrfTxInf><IntrBkSttlmAmt Ccy="EUR">${amount}</IntrBkSttlmAmt><Cdtr><Nm>${name.replace('&', '&amp;')}</Nm></Cdtr></CdtTrfTxInf>
  </FIToFICstmrCdtTrf>
</Document>`;
  const header = (signature: string): string => `<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02">
  <BizMsgIdr>B-1</BizMsgIdr>
  <CreDt>${created}</CreDt>
  <Sgntr>${signature}</Sgntr>
</AppHdr>`;
  const whole = (signature: string): string =>
    `<Envelope xmlns="urn:example:envelope">\n${header(signature)}\n${document}\n</Envelope>`;
  const keyInfo = `<ds:KeyInfo Id="key-1"><ds:X509Data><ds:X509SKI>${plan.ski}</ds:X509SKI></ds:X509Data></ds:KeyInfo>`;
  const reference = (attributes: string, enveloped: boolean, digest: string): string =>
    `<ds:Reference${attributes}><ds:Transforms>${enveloped ? `<ds:Transform Algorithm="${ENVELOPED}"/>` : ''}<ds:Transform Algorithm="${EXCLUSIVE}"/></ds:Transforms><ds:DigestMethod Algorithm="${SHA256}"/><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference>`;
  const info = (digests: string[]): string =>
    `<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"/><ds:SignatureMethod Algorithm="${plan.method ?? RSA_SHA256}"/>${reference(' URI="#key-1"', false, digests[0]!)}${reference(' URI=""', true, digests[1]!)}${reference('', false, digests[2]!)}</ds:SignedInfo>`;
  const signature = (digests: string[], value: string): string =>
    `<ds:Signature xmlns:ds="${DS}">${info(digests)}<ds:SignatureValue>${value}</ds:SignatureValue>${keyInfo}</ds:Signature>`;
  const draft = whole(signature(['', '', ''], ''));
  const digests = [
    base64(theirs(draft, 'KeyInfo')),
    base64(theirs(whole(''), 'AppHdr')),
    base64(theirs(plan.wrongTarget ? whole('') : draft, plan.wrongTarget ? 'Envelope' : 'Document')),
  ];
  const data = Buffer.from(theirs(whole(signature(digests, '')), 'SignedInfo'), 'utf8');
  const value = (plan.sign?.(data) ?? sign('sha256', data, plan.key)).toString('base64');
  return whole(signature(digests, value));
}
