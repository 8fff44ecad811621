/** Reads ds:Signature elements (W3C xmldsig-core1). */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { HashName, SignatureAlgorithm } from '../algorithms.ts';
import type { KeyHint } from '../scheme.ts';
import { DIGESTS, SIGNATURE_METHODS } from './algorithms.ts';
import { CANONICAL_URIS, type Canonicalisation } from './canonical.ts';
import {
  attributeOf,
  childElements,
  childNamed,
  elementsOf,
  textOf,
  type XmlDocument,
  type XmlElement,
} from './tree.ts';

const DSIG_NAMESPACE = 'http://www.w3.org/2000/09/xmldsig#';
const DSIG_11 = 'http://www.w3.org/2009/xmldsig11#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const MAX_SIGNATURES = 20;
const MAX_REFERENCES = 50;

export type Transform =
  | { kind: 'canonical'; method: Canonicalisation }
  | { kind: 'enveloped' }
  | { kind: 'base64' }
  | { kind: 'unknown'; uri: string };

export interface XmlReference {
  element: XmlElement;
  /** Undefined: the attribute is absent (ISO 20022: the Document). */
  uri?: string;
  transforms: Transform[];
  digestUri: string;
  digest?: HashName;
  expected: Buffer;
}

export interface XmlSignature {
  element: XmlElement;
  signedInfo?: XmlElement;
  canonical?: Canonicalisation;
  canonicalUri: string;
  methodUri: string;
  algorithm?: SignatureAlgorithm;
  /** HMACOutputLength, bits. */
  outputLength?: number;
  /** Text of SignatureValue. */
  value: string;
  references: XmlReference[];
  /** DER, in the order of the message. */
  certificates: Buffer[];
  hint?: KeyHint;
  embeddedKey?: KeyObject;
}

const base64 = (text: string): Buffer => Buffer.from(text.replace(/\s+/g, ''), 'base64');
const ds = (parent: XmlElement | undefined, local: string): XmlElement | undefined =>
  childNamed(parent, DSIG_NAMESPACE, local);

/** Signatures of a document that are not themselves parts of another signature. */
export function readSignatures(document: XmlDocument): XmlSignature[] {
  const out: XmlSignature[] = [];
  for (const element of elementsOf(document.root)) {
    if (element.local !== 'Signature' || element.uri !== DSIG_NAMESPACE) continue;
    if (out.length >= MAX_SIGNATURES) break;
    out.push(readSignature(element));
  }
  return out;
}

function readSignature(element: XmlElement): XmlSignature {
  const signedInfo = ds(element, 'SignedInfo');
  const canonicalisation = ds(signedInfo, 'CanonicalizationMethod');
  const canonicalUri = attributeOf(canonicalisation, 'Algorithm') ?? '';
  const method = ds(signedInfo, 'SignatureMethod');
  const methodUri = attributeOf(method, 'Algorithm') ?? '';
  const canonical = canonicalMethod(canonicalUri, canonicalisation);
  const algorithm = SIGNATURE_METHODS[methodUri];
  const length = Number(textOf(ds(method, 'HMACOutputLength')).trim() || Number.NaN);
  const references = signedInfo
    ? childElements(signedInfo)
        .filter((c) => c.uri === DSIG_NAMESPACE && c.local === 'Reference')
        .slice(0, MAX_REFERENCES)
        .map(readReference)
    : [];
  return {
    element,
    ...(signedInfo ? { signedInfo } : {}),
    ...(canonical ? { canonical } : {}),
    canonicalUri,
    methodUri,
    ...(algorithm ? { algorithm } : {}),
    ...(Number.isFinite(length) ? { outputLength: length } : {}),
    value: textOf(ds(element, 'SignatureValue')),
    references,
    ...readKeyInfo(ds(element, 'KeyInfo')),
  };
}

function canonicalMethod(uri: string, element: XmlElement | undefined): Canonicalisation | undefined {
  const method = CANONICAL_URIS[uri];
  if (!method?.exclusive) return method;
  const list = attributeOf(childNamed(element, EXCLUSIVE, 'InclusiveNamespaces'), 'PrefixList');
  const prefixes = list?.split(/\s+/).filter(Boolean).slice(0, 100);
  return prefixes?.length ? { ...method, prefixes } : method;
}

function readReference(element: XmlElement): XmlReference {
  const digestUri = attributeOf(ds(element, 'DigestMethod'), 'Algorithm') ?? '';
  const digest = DIGESTS[digestUri];
  const uri = attributeOf(element, 'URI');
  const transforms = ds(element, 'Transforms');
  return {
    element,
    ...(uri === undefined ? {} : { uri }),
    transforms: transforms
      ? childElements(transforms)
          .filter((t) => t.local === 'Transform')
          .slice(0, 10)
          .map(readTransform)
      : [],
    digestUri,
    ...(digest ? { digest } : {}),
    expected: base64(textOf(ds(element, 'DigestValue'))),
  };
}

function readTransform(element: XmlElement): Transform {
  const uri = attributeOf(element, 'Algorithm') ?? '';
  const method = canonicalMethod(uri, element);
  if (method) return { kind: 'canonical', method };
  if (uri === `${DSIG_NAMESPACE}enveloped-signature`) return { kind: 'enveloped' };
  if (uri === `${DSIG_NAMESPACE}base64`) return { kind: 'base64' };
  // The one XPath in common use says the same as the enveloped transform, for all signatures (xmldsig-core1 section 6.6.3).
  const xpath = textOf(childElements(element)[0]).replace(/\s+/g, '');
  if (/^not\(ancestor-or-self::[\w.-]{1,20}:Signature\)$/.test(xpath)) return { kind: 'enveloped' };
  return { kind: 'unknown', uri };
}

/** Keys and names of keys in KeyInfo (xmldsig-core1 section 4.5). */
function readKeyInfo(info: XmlElement | undefined): Pick<XmlSignature, 'certificates' | 'hint' | 'embeddedKey'> {
  const out: Pick<XmlSignature, 'certificates' | 'hint' | 'embeddedKey'> = { certificates: [] };
  if (!info) return out;
  let steps = 0;
  for (const e of elementsOf(info)) {
    if (++steps > 500) break;
    if (e.uri === DSIG_NAMESPACE && e.local === 'X509Certificate' && out.certificates.length < 10) {
      const der = base64(textOf(e));
      if (der[0] === 0x30) out.certificates.push(der);
    } else if (e.local === 'X509IssuerSerial') {
      const serial = textOf(ds(e, 'X509SerialNumber')).trim();
      if (/^\d{1,80}$/.test(serial))
        out.hint ??= {
          kind: 'serial',
          // XML writes serials in decimal (xmldsig-core1 section 4.5.4).
          value: BigInt(serial).toString(16).toUpperCase(),
          field: 'X509SerialNumber',
        };
    } else if (e.local === 'X509SKI')
      out.hint ??= { kind: 'key-id', value: base64(textOf(e)).toString('hex'), field: 'X509SKI' };
    else if (e.local === 'KeyName')
      out.hint ??= { kind: 'id', value: textOf(e).trim().slice(0, 200), field: 'KeyName' };
    else if (e.local === 'KeyValue') {
      const key = keyValue(e);
      if (key) out.embeddedKey = key;
    }
  }
  return out;
}

function keyValue(element: XmlElement): KeyObject | undefined {
  const rsa = ds(element, 'RSAKeyValue');
  const url = (text: string): string => base64(text).toString('base64url');
  try {
    if (rsa)
      return createPublicKey({
        format: 'jwk',
        key: { kty: 'RSA', n: url(textOf(ds(rsa, 'Modulus'))), e: url(textOf(ds(rsa, 'Exponent'))) },
      });
    const ec = childNamed(element, DSIG_11, 'ECKeyValue');
    const point = ec && base64(textOf(childNamed(ec, DSIG_11, 'PublicKey')));
    const curves: { [bytes: number]: string } = { 65: 'P-256', 97: 'P-384', 133: 'P-521' };
    const crv = point && curves[point.length];
    if (!point || !crv) return undefined;
    const half = (point.length - 1) / 2;
    return createPublicKey({
      format: 'jwk',
      key: {
        kty: 'EC',
        crv,
        x: point.subarray(1, 1 + half).toString('base64url'),
        y: point.subarray(1 + half).toString('base64url'),
      },
    });
  } catch {
    return undefined;
  }
}
