/** What a signed XML document claims: one signature each, with a digest per reference. */
import type { Candidate, Claim, DefectClaim, DigestClaim, SignatureClaim } from '../scheme.ts';
import type { Direction, StoredMessage } from '../stored-message.ts';
import { bodyVariants, decodeUrl } from '../variants/body.ts';
import { notChecked } from '../verdict.ts';
import { RIVALS, shortName } from './algorithms.ts';
import { CANONICAL_URIS, canonicalElement } from './canonical.ts';
import { parseXml } from './parse.ts';
import { headerAround, otherForms, type Resolved, resolve, type Target, transformed } from './references.ts';
import { readSignatures, type XmlReference, type XmlSignature } from './signature.ts';
import { elementsOf, textOf, within, type XmlDocument, type XmlElement } from './tree.ts';

type Beside = NonNullable<StoredMessage['parts']>[number];

const XADES = /^http:\/\/uri\.etsi\.org\/01903\//;
const MAX_PARTS = 10;
/** References times nodes: each reference writes its target once. */
const MAX_WORK = 20_000_000;

/** Claims of every signature in the document. */
export function xmlClaims(message: StoredMessage, direction: Direction): Claim[] {
  const parsed = parseXml(message.body);
  const base = { label: 'XML document', direction };
  if (!parsed.document)
    return [
      {
        ...base,
        kind: 'defect',
        reason: parsed.charset ? 'charset' : parsed.refused ? 'structure-refused' : 'message-damaged',
        says: parsed.problem ?? 'unreadable',
        ...(parsed.refused ? { proven: false, wouldProve: 'the document without what was refused' } : {}),
      },
    ];
  const beside = (message.parts ?? [])
    .filter((p) => p.file !== message.file && /^\s*(?:\xef\xbb\xbf)?</.test(p.content.toString('latin1', 0, 200)))
    .slice(0, MAX_PARTS)
    .flatMap((p) => parseXml(p.content).document ?? []);
  const documents = [parsed.document, ...beside];
  const signatures = readSignatures(parsed.document);
  if (signatures.length === 0)
    return [{ ...base, kind: 'defect', reason: 'signature-missing', says: 'there is no ds:Signature element' }];
  const work = signatures.reduce((sum, s) => sum + s.references.length, 0) * documents.reduce((n, d) => n + d.size, 0);
  if (work > MAX_WORK)
    return [
      {
        ...base,
        kind: 'defect',
        reason: 'structure-refused',
        says: `${signatures.length} signatures with many references over a large document would cost too much`,
        proven: false,
        wouldProve: 'the document with one signature',
      },
    ];
  return signatures.flatMap((s, i) =>
    signatureClaims(s, documents, message.parts ?? [], {
      label: signatures.length > 1 ? `XML signature ${i + 1}` : 'XML signature',
      direction,
    }),
  );
}

function signatureClaims(
  signature: XmlSignature,
  documents: readonly XmlDocument[],
  files: readonly Beside[],
  base: { label: string; direction: Direction },
): Claim[] {
  const defect = (reason: DefectClaim['reason'], says: string): Claim[] => [{ ...base, kind: 'defect', reason, says }];
  const unknown = (says: string, wouldProve: string): Claim[] => [
    { ...base, kind: 'judged', judge: () => notChecked(base, `${base.label}: ${says}`, wouldProve) },
  ];
  const { signedInfo, canonical, algorithm } = signature;
  const line = `line ${signature.element.line}`;
  if (!signedInfo) return defect('signature-missing', `${line}: the signature has no SignedInfo`);
  if (signature.references.length === 0) return defect('content-uncovered', `${line}: the signature has no reference`);
  if (!algorithm)
    return unknown(`signature method ${shortName(signature.methodUri)} is not known here`, 'xmlsec1 --verify');
  if (!canonical)
    return unknown(`canonical form ${shortName(signature.canonicalUri)} is not known here`, 'xmlsec1 --verify');
  // A verifier that honours a short output length accepts a guessed MAC (CVE-2009-0217).
  if (signature.outputLength !== undefined && algorithm.kind === 'hmac')
    return defect('algorithm-refused', `${line}: HMACOutputLength ${signature.outputLength} truncates the MAC`);
  const digests: DigestClaim[] = [];
  const covered: Target[] = [];
  let detached = false;
  for (const reference of signature.references) {
    const read = digestClaim(reference, signature, documents, files);
    if ('defect' in read) return defect(read.reason, read.defect);
    if ('unchecked' in read) return unknown(read.unchecked, read.wouldProve);
    digests.push(read.claim);
    if (read.target) covered.push(read.target);
    else detached = true;
  }
  const time = signingTime(signature);
  const claim: SignatureClaim = {
    ...base,
    kind: 'signature',
    algorithm,
    declared: shortName(signature.methodUri),
    rivals: RIVALS.filter((r) => r.label !== algorithm.label),
    signatures: [{ text: signature.value.replace(/\s+/g, ''), encoding: 'base64' }],
    ...(signature.hint ? { hint: signature.hint } : {}),
    signed: Buffer.from(canonicalElement(signedInfo, canonical), 'utf8'),
    candidates: () => signedInfoForms(signedInfo, signature),
    digests,
    ...(signature.certificates.length > 0 ? { certificates: signature.certificates } : {}),
    ...(signature.embeddedKey ? { embeddedKey: signature.embeddedKey } : {}),
    ...(Number.isFinite(time) ? { timestamp: { time, toleranceMs: 0, field: 'signing time' } } : {}),
  };
  const gap = detached ? undefined : uncovered(signature, covered, documents[0]!);
  if (gap) return [claim, ...defect('content-uncovered', gap)];
  const outside = detached ? undefined : standsOutside(signature, covered, documents[0]!);
  return [outside ? { ...claim, limits: outside } : claim];
}

/** The file beside the message that a reference names; nothing is fetched. */
function fileOf(reference: XmlReference, files: readonly Beside[]): Beside | undefined {
  const { uri } = reference;
  if (!uri || uri.startsWith('#')) return undefined;
  const base = (path: string): string => path.split(/[/\\]/).pop() ?? '';
  const wanted = base(decodeUrl(uri.slice(0, 2000)));
  return wanted === '' ? undefined : files.find((f) => base(f.file) === wanted);
}

type ReadReference =
  | { claim: DigestClaim; target?: Target }
  | { defect: string; reason: DefectClaim['reason'] }
  | { unchecked: string; wouldProve: string };

function digestClaim(
  reference: XmlReference,
  signature: XmlSignature,
  documents: readonly XmlDocument[],
  files: readonly Beside[],
): ReadReference {
  const name =
    reference.uri === undefined ? 'without URI' : reference.uri === '' ? 'URI=""' : reference.uri.slice(0, 80);
  if (!reference.digest)
    return {
      unchecked: `digest method ${shortName(reference.digestUri)} of reference ${name} is not known here`,
      wouldProve: 'xmlsec1 --verify',
    };
  const apart = fileOf(reference, files);
  const beside = apart && reference.transforms.length > 0 ? parseXml(apart.content).document : undefined;
  if (apart && !beside)
    return {
      claim: {
        label: `reference ${name} (the file beside it)`,
        hash: reference.digest,
        expected: reference.expected,
        content: apart.content,
        candidates: () => bodyVariants(apart.content),
      },
    };
  const resolved: Resolved = beside
    ? { target: { document: beside, says: 'the file beside it' }, others: [] }
    : resolve(reference, signature, documents);
  if ('problem' in resolved)
    return resolved.apart
      ? {
          unchecked: `reference ${name}: ${resolved.problem}`,
          wouldProve: 'the document that the reference means, beside this one',
        }
      : { defect: `line ${reference.element.line}: ${resolved.problem}`, reason: 'content-uncovered' };
  const content = transformed(resolved.target, reference.transforms, signature);
  if (!content) {
    const unknown = reference.transforms.find((t) => t.kind === 'unknown');
    return {
      unchecked: `transform ${unknown ? shortName(unknown.uri) : ''} of reference ${name} is not known here`,
      wouldProve: 'xmlsec1 --verify',
    };
  }
  return {
    claim: {
      label: `reference ${name} (${resolved.target.says})`,
      hash: reference.digest,
      expected: reference.expected,
      content,
      candidates: () => otherForms(resolved, reference, signature),
    },
    target: resolved.target,
  };
}

/** Other forms in which SignedInfo itself may have been signed. */
function* signedInfoForms(signedInfo: XmlElement, signature: XmlSignature): Iterable<Candidate> {
  const form = (options: Parameters<typeof canonicalElement>[1]): Buffer =>
    Buffer.from(canonicalElement(signedInfo, options), 'utf8');
  for (const [uri, method] of Object.entries(CANONICAL_URIS))
    yield { bytes: form(method), reason: 'string-to-sign', says: `in another canonical form (${uri})` };
  yield {
    bytes: form({ ...signature.canonical!, alone: true }),
    reason: 'xml-rewritten',
    says: 'without the namespaces of what is around it: it was signed alone and put in afterwards',
  };
  const text = form(signature.canonical!).toString('utf8');
  yield {
    bytes: Buffer.from(text.replace(/>\s+</g, '><')),
    reason: 'xml-rewritten',
    says: 'without the white space between its elements',
  };
  yield { bytes: Buffer.from(text.replaceAll('&#xD;', '')), reason: 'line-ends', says: 'without &#xD;' };
}

/** Time at which the signature says to have been made: XAdES SigningTime, or the creation date of the ISO 20022 header. */
function signingTime(signature: XmlSignature): number {
  for (const e of elementsOf(signature.element))
    if (e.local === 'SigningTime' && XADES.test(e.uri)) return Date.parse(textOf(e).trim());
  const header = headerAround(signature);
  const created = header?.children.find((c): c is XmlElement => c.kind === 'element' && /^CreDt/.test(c.local));
  const text = textOf(created).trim();
  return /^\d{4}-\d\d-\d\dT[\d:.]{5,20}(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
}

/** What a reader would take for signed, but no reference covers: a wrapped or half-signed message. */
function uncovered(signature: XmlSignature, covered: readonly Target[], document: XmlDocument): string | undefined {
  if (covered.some((t) => t.document === document && !t.elements)) return undefined;
  const elements = covered.flatMap((t) => t.elements ?? []);
  const holds = (e: XmlElement): boolean => elements.some((c) => within(e, c));
  const header = headerAround(signature);
  // A Document with a signature of its own is another message of the same file.
  const body = [...elementsOf(document.root)].find(
    (e) =>
      e.local === 'Document' &&
      e.uri.startsWith('urn:iso:std:iso:20022:') &&
      !holds(e) &&
      ![...elementsOf(e)].some(
        (s) => s !== signature.element && s.local === 'Signature' && s.uri === signature.element.uri,
      ),
  );
  if (body) return `line ${body.line}: the Document is covered by no reference of the signature`;
  if (header) {
    return holds(header) ? undefined : `line ${header.line}: the AppHdr is covered by no reference of the signature`;
  }
  // Outside ISO 20022 only the profile in use knows what has to be signed: at least something besides the signature must be.
  return elements.some((e) => !within(e, signature.element))
    ? undefined
    : `line ${signature.element.line}: the references cover nothing outside the signature itself`;
}

/** The first element with text of its own that no reference covers, for signatures that cover a part of their document. */
function standsOutside(signature: XmlSignature, covered: readonly Target[], document: XmlDocument): string | undefined {
  if (covered.some((t) => t.document === document && !t.elements)) return undefined;
  const elements = covered.flatMap((t) => t.elements ?? []);
  for (const e of elementsOf(document.root)) {
    const text = e.children.some((c) => c.kind === 'text' && c.value.trim() !== '');
    if (!text || within(e, signature.element) || elements.some((c) => within(e, c))) continue;
    return `it covers a part of the document: element ${e.local.slice(0, 60)} in line ${e.line}, for one, stands outside`;
  }
  return undefined;
}
