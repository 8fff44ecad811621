/** What a CMS message claims: one signature per signer, or sealed content; structural faults with their offset. */
import { DerReader } from '../../x509/der.ts';
import { readTime } from '../../x509/time.ts';
import type { Certificate } from '../../x509/types.ts';
import { digest, type HashName } from '../algorithms.ts';
import { explainSignature } from '../explain/explain.ts';
import type { KeyMaterial } from '../keys/material.ts';
import type { Candidate, Claim, DefectClaim, JudgeOptions, KeyHint, SignatureClaim } from '../scheme.ts';
import { SET_CONTENT } from '../set/oids.ts';
import type { Direction } from '../stored-message.ts';
import { bodyVariants } from '../variants/body.ts';
import { invalid, notChecked, type Verdict } from '../verdict.ts';
import { RIVALS, signerAlgorithm } from './algorithms.ts';
import { explainEnveloped } from './explain-enveloped.ts';
import { derOf } from './locate.ts';
import { ATTRIBUTE, CONTENT } from './oids.ts';
import { readCms } from './read.ts';
import type { CmsMessage, CmsSigner, PartyId, SignedData } from './types.ts';

const HASHED: readonly string[] = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

/** Whether a structure is a message at all: a bundle of certificates has neither signer nor recipient. */
export function isCmsMessage(cms: CmsMessage): boolean {
  const { message } = cms;
  if (!message) return cms.contentType === CONTENT.signed || cms.contentType === CONTENT.enveloped;
  return message.kind === 'signed'
    ? message.signers.length > 0 || message.content !== undefined
    : message.kind === 'enveloped';
}

/**
 * @param der the structure
 * @param detached contents that may have been signed apart
 */
export function cmsClaims(der: Buffer, detached: readonly Buffer[] | undefined, direction: Direction): Claim[] {
  const cms = readCms(der);
  const defects = cms.problems
    .filter((p) => p.fatal || p.uncovered)
    .slice(0, 3)
    .map(
      (p): DefectClaim => ({
        kind: 'defect',
        label: 'CMS structure',
        direction,
        reason: p.uncovered ? 'content-uncovered' : 'message-damaged',
        says: `byte ${p.offset}: ${p.says}`,
      }),
    );
  const { message } = cms;
  if (message?.kind === 'enveloped')
    return [
      ...defects,
      {
        kind: 'judged',
        label: 'CMS EnvelopedData',
        direction,
        judge: (keys, options) =>
          explainEnveloped(message, keys, options, direction, (plain) => innerVerdict(plain, keys, options, direction)),
      },
    ];
  if (message?.kind !== 'signed') return defects;
  if (message.signers.length === 0)
    return [
      ...defects,
      { kind: 'defect', label: 'CMS SignedData', direction, reason: 'signature-missing', says: 'it has no signer' },
    ];
  return [...defects, ...message.signers.flatMap((s, i) => signerClaims(message, s, i, detached, direction))];
}

/** A message that was signed before it was encrypted (RFC 8551 section 3.7): the first signature that does not hold, else the first. */
function innerVerdict(
  plain: Buffer,
  keys: readonly KeyMaterial[],
  options: JudgeOptions,
  direction: Direction,
): Verdict | undefined {
  const der = derOf(stripMime(plain));
  if (!der || readCms(der).message?.kind !== 'signed') return undefined;
  const verdicts = cmsClaims(der, undefined, direction).flatMap((claim) =>
    claim.kind === 'signature'
      ? [explainSignature(claim, keys, options)]
      : claim.kind === 'defect'
        ? [invalid(claim, claim.reason, `${claim.label}: ${claim.says}`, { proof: [claim.says] })]
        : [],
  );
  const verdict = verdicts.find((v) => v.result !== 'valid') ?? verdicts[0];
  return verdict && { ...verdict, says: `the content opens; inside it, ${verdict.says}` };
}

/** The body of a MIME entity; other content as it is. */
function stripMime(plain: Buffer): Buffer {
  const head = plain.toString('latin1', 0, 4096);
  const blank = /^(?:[A-Za-z-]{2,60}:[^\n]{0,1000}\n(?:[ \t][^\n]{0,1000}\n)*)+\r?\n/.exec(head);
  return blank ? plain.subarray(blank[0].length) : plain;
}

/** Messages of SET that are one SignedData (SET Book 3). */
const SET_MESSAGES: { readonly [contentType: string]: string } = {
  [SET_CONTENT.pInitResData]: 'SET PInitRes',
  [SET_CONTENT.pResData]: 'SET PRes',
  [SET_CONTENT.authReqTbs]: 'SET AuthReq',
  [SET_CONTENT.authResTbs]: 'SET AuthRes',
  [SET_CONTENT.capReqTbs]: 'SET CapReq',
  [SET_CONTENT.capResData]: 'SET CapRes',
  [SET_CONTENT.errorTbs]: 'SET Error',
};

/** How the message names the signer. */
function partyHint(party: PartyId, field: string): KeyHint | undefined {
  if (party.serial) return { kind: 'serial', value: party.serial, field };
  return party.subjectKeyId ? { kind: 'key-id', value: party.subjectKeyId, field } : undefined;
}

/** Certificates of the message, that of the signer first. */
function certificatesFor(message: SignedData, signer: CmsSigner): Buffer[] {
  const own = (c: Certificate): boolean =>
    signer.serial ? c.serial === signer.serial : c.subjectKeyId !== undefined && c.subjectKeyId === signer.subjectKeyId;
  const sorted = [...message.certificates.filter(own), ...message.certificates.filter((c) => !own(c))];
  return message.certificates.some(own) ? sorted.map((c) => Buffer.from(c.der, 'base64')) : [];
}

/** The content that this signer covers: enclosed, or the one apart whose digest fits, else the only one. */
function contentOf(
  message: SignedData,
  expected: Buffer | undefined,
  hash: HashName,
  detached: readonly Buffer[] | undefined,
): Buffer | undefined {
  if (message.content) return message.content;
  const fitting = expected && detached?.find((d) => digest(hash, d).equals(expected));
  return fitting ?? detached?.[0];
}

function signerClaims(
  message: SignedData,
  signer: CmsSigner,
  index: number,
  detached: readonly Buffer[] | undefined,
  direction: Direction,
): Claim[] {
  const what = SET_MESSAGES[message.contentType] ?? 'CMS';
  const label = message.signers.length > 1 ? `${what} signer ${index + 1}` : `${what} signature`;
  const base = { label, direction };
  const unknown = (says: string, wouldProve: string): Claim[] => [
    { ...base, kind: 'judged', judge: () => notChecked(base, `${label}: ${says}`, wouldProve) },
  ];
  const algorithm = signerAlgorithm(message.reader, signer);
  if (typeof algorithm === 'string')
    return unknown(algorithm, 'a runtime that knows the algorithm: openssl cms -verify');
  if (signer.signed && !HASHED.includes(signer.digest))
    return unknown(`digest ${signer.digestOid} cannot be checked here`, 'openssl cms -verify');
  const hash = (signer.digest || algorithm.hash || 'sha512') as HashName;
  const attribute = (oid: string) => signer.signed?.attributes.find((a) => a.oid === oid)?.value;
  const expected = attribute(ATTRIBUTE.messageDigest)?.contents;
  const content = contentOf(message, expected, hash, detached);
  if (!content) return unknown('the content is kept apart and not at hand', 'the signed content, beside the signature');
  const hint = partyHint(signer, 'SignerInfo');
  const certificates = certificatesFor(message, signer);
  const signedAt = signingTime(attribute(ATTRIBUTE.signingTime)?.der);
  const claim: SignatureClaim = {
    ...base,
    kind: 'signature',
    algorithm,
    declared: algorithm.label,
    rivals: RIVALS.filter((r) => r.label !== algorithm.label),
    signatures: [{ text: 'in the structure', encoding: 'binary', bytes: signer.signature }],
    ...(hint ? { hint } : {}),
    signed: signer.signed?.der ?? content,
    candidates: () => (signer.signed ? attributeSpellings(signer.signed, content) : contentSpellings(message, content)),
    ...(expected
      ? {
          digests: [
            {
              label: 'messageDigest',
              hash,
              expected,
              content,
              candidates: () => contentSpellings(message, content),
            },
          ],
        }
      : {}),
    ...(certificates.length > 0 ? { certificates } : {}),
    ...(Number.isFinite(signedAt) ? { timestamp: { time: signedAt, toleranceMs: 0, field: 'signingTime' } } : {}),
  };
  return [claim, ...attributeDefects(message, signer, base)];
}

function signingTime(der: Buffer | undefined): number {
  if (!der) return Number.NaN;
  const reader = new DerReader(der);
  return readTime(reader, reader.read(0, der.length), 'signingTime').value;
}

/** Rules for signed attributes that software breaks (RFC 5652 5.3, 11.1). */
function attributeDefects(
  message: SignedData,
  signer: CmsSigner,
  base: { label: string; direction: Direction },
): DefectClaim[] {
  const out: DefectClaim[] = [];
  if (!signer.signed) {
    if (message.contentType !== CONTENT.data && message.contentId === 0x04)
      out.push({
        ...base,
        kind: 'defect',
        reason: 'string-to-sign',
        says: `content of type ${message.contentType} must be signed with attributes (RFC 5652 section 5.3)`,
        proven: false,
        wouldProve: 'the settings of the signing software',
      });
    return out;
  }
  const { attributes, offset } = signer.signed;
  const type = attributes.find((a) => a.oid === ATTRIBUTE.contentType)?.value;
  const said = type && new DerReader(type.der);
  const named = said?.oid(said.read(0, type!.der.length));
  if (!attributes.some((a) => a.oid === ATTRIBUTE.messageDigest))
    out.push({
      ...base,
      kind: 'defect',
      reason: 'digest-mismatch',
      says: `byte ${offset}: the signed attributes have no messageDigest, so nothing binds the content`,
    });
  if (named !== undefined && named !== message.contentType)
    out.push({
      ...base,
      kind: 'defect',
      reason: 'content-changed',
      says: `byte ${offset}: the signed attributes name content type ${named}, the message ${message.contentType}`,
    });
  return out;
}

/** What software signs instead of the attributes in DER. */
function* attributeSpellings(signed: NonNullable<CmsSigner['signed']>, content: Buffer): Iterable<Candidate> {
  const reason = 'string-to-sign' as const;
  if (signed.asSent)
    yield { bytes: signed.asSent, reason, says: 'as attributes in the order sent, not in DER order (RFC 5652 5.4)' };
  const tagged = Buffer.from(signed.der);
  tagged[0] = 0xa0;
  yield { bytes: tagged, reason, says: 'as attributes with the tag [0] in place of SET OF (RFC 5652 5.4)' };
  yield { bytes: content, reason, says: 'itself, while signed attributes are present (RFC 5652 5.4)' };
  const value = signed.attributes.find((a) => a.oid === ATTRIBUTE.messageDigest)?.value?.contents;
  if (value) yield { bytes: value, reason, says: 'as its digest alone, without the attributes' };
}

function* contentSpellings(message: SignedData, content: Buffer): Iterable<Candidate> {
  if (message.contentId !== undefined && message.contentId !== 0x04) {
    const reader = new DerReader(content);
    const inner = reader.read(0, content.length);
    if (inner) yield { bytes: reader.contents(inner), reason: 'string-to-sign', says: 'without identifier and length' };
  }
  yield* bodyVariants(content);
}
