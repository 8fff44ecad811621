/** Judges a SET purchase request: what merchant and gateway each can check, and where the two disagree. Pure. */

import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { append } from '../../lists.ts';
import type { Certificate } from '../../x509/types.ts';
import { ATTRIBUTE } from '../cms/oids.ts';
import { envelopeDefect, openEnveloped } from '../cms/open.ts';
import type { CmsSigner, EnvelopedData, SignedData } from '../cms/types.ts';
import { judgeTwoParts } from '../two-part/judge.ts';
import { modulusBytes } from '../two-part/oracle.ts';
import { derReadings } from '../two-part/readings.ts';
import type { Part, SigningKey, TwoPartResult } from '../two-part/types.ts';
import { certificateWeaknesses, judgeSetChain } from './chain.ts';
import { type InitResponse, readInitResponse } from './init-response.ts';
import { SET_CONTENT } from './oids.ts';
import { type OpenedPayment, readOpenedPayment } from './payment-information.ts';
import { readPiTbs, WIRE_BINDINGS } from './pi-tbs.ts';
import { type PurchaseRequest, readPurchaseRequest } from './purchase-request.ts';
import { compareViews } from './views.ts';

export type SetCode =
  | TwoPartResult['code']
  | 'message-truncated'
  | 'sealed-incomplete'
  | 'sealed-for-another'
  | 'views-disagree'
  | 'algorithm-differs'
  | 'structure'
  | 'chain-illegal'
  | 'challenge-replayed'
  | 'decrypt-key-wrong';

export interface SetFault {
  code: SetCode;
  says: string;
  /** Byte of the message. */
  offset?: number;
}

export interface SetResult {
  result: 'valid' | 'invalid' | 'not-checked';
  /** First fault is the verdict; further ones stand beside it. */
  faults: SetFault[];
  says: string;
  proof: string[];
  weaknesses: string[];
  notes: string[];
  wouldProve?: string;
  signer?: { label: string; file: string };
  /** Date of the request, ms UTC; NaN when unreadable. */
  time: number;
}

export interface SetKeys {
  certificates: readonly { certificate: Certificate; file: string }[];
  publicKeys: readonly { key: KeyObject; label: string; file: string }[];
  /** Private keys of the gateway: open the payment information. */
  privateKeys: readonly KeyObject[];
  /** Purchase initialisation response of the same transaction, where it was kept. */
  initResponse?: Buffer;
  /** ms UTC; NaN: the date of the request counts. */
  at: number;
}

/** Verifies one purchase request. Never throws. */
export function judgePurchaseRequest(der: Buffer, keys: SetKeys): SetResult {
  const request = readPurchaseRequest(der);
  const time = request.order?.transIds?.date ?? Number.NaN;
  const result: SetResult = {
    result: 'not-checked',
    faults: [],
    says: '',
    proof: [],
    weaknesses: [],
    notes: [],
    time,
  };
  const cut = request.problems.find((p) => p.fatal);
  if (cut)
    result.faults.push({ code: 'message-truncated', offset: cut.offset, says: `byte ${cut.offset}: ${cut.says}` });
  const at = Number.isFinite(keys.at) ? keys.at : time;
  const certificates = [
    ...(request.signature?.certificates ?? []).map((certificate) => ({ certificate, file: 'the message' })),
    ...keys.certificates,
  ];
  const payment = judgeSealed(request, keys, certificates, result);
  const signer = request.signature?.signers[0];
  const two =
    signer && request.order && request.paymentDigest
      ? judgeSignature(request, request.signature!, signer, payment, signingKeys(signer, certificates, keys))
      : undefined;
  if (two) {
    if (two.result === 'invalid') result.faults.push({ code: two.code, says: two.says });
    append(result.proof, two.proof);
    append(result.weaknesses, two.weaknesses);
    if (two.key) result.signer = { label: two.key.label, file: two.key.file };
    if (two.wouldProve) result.wouldProve = two.wouldProve;
    if (two.result === 'valid') judgeDeclared(request, signer!, two, result);
  }
  for (const says of compareViews(request.order, request.paymentDigest, payment))
    result.faults.push({ code: 'views-disagree', says });
  const vouched = judgeCertificates(signer, two, certificates, keys, at, result);
  const init = keys.initResponse && readInitResponse(keys.initResponse);
  if (init) judgeChallenges(request, init, result);
  return conclude(result, two, payment !== undefined, vouched);
}

function judgeSignature(
  request: PurchaseRequest,
  signed: SignedData,
  signer: CmsSigner,
  payment: OpenedPayment | undefined,
  keys: SigningKey[],
): TwoPartResult {
  const attribute = signer.signed?.attributes.find((a) => a.oid === ATTRIBUTE.messageDigest)?.value;
  const written = signed.content && readPiTbs(signed.content);
  const orderDigest = payment?.orderLink
    ? { value: payment.orderLink.value, label: 'H(OIData) in the payment information' }
    : written && { value: written.order, label: 'H(OIData) in PI-TBS' };
  const order: Part = {
    side: 'order',
    label: 'the order information (OIData)',
    readings: derReadings(request.order!.der),
    ...(orderDigest ? { stated: orderDigest } : {}),
  };
  const paymentPart: Part = {
    side: 'payment',
    label: 'the payment information (PIData)',
    readings: payment?.piData ? derReadings(payment.piData) : [],
    stated: { value: request.paymentDigest!.value, label: 'H(PIData) beside the order information' },
  };
  return judgeTwoParts(
    {
      order,
      payment: paymentPart,
      signature: signer.signature,
      bindings: WIRE_BINDINGS,
      ...(signer.signed
        ? { attributes: { signed: signer.signed.der, digest: attribute?.contents ?? Buffer.alloc(0) } }
        : {}),
    },
    keys,
  );
}

/** What the message says about itself beside the signature: other software goes by it and refuses. */
function judgeDeclared(request: PurchaseRequest, signer: CmsSigner, two: TwoPartResult, result: SetResult): void {
  if (signer.digest !== two.hash)
    result.faults.push({
      code: 'algorithm-differs',
      offset: signer.offset,
      says: `the message declares digest ${signer.digest || signer.digestOid || '(unreadable)'}, the signature was made with ${two.hash}`,
    });
  const { paymentDigest, signature } = request;
  const types = [
    { what: 'the signed content', is: signature?.contentType, should: SET_CONTENT.piTbs },
    { what: 'the payment digest', is: paymentDigest?.contentType, should: SET_CONTENT.piData },
  ];
  for (const t of types)
    if (t.is !== undefined && t.is !== t.should)
      result.faults.push({
        code: 'structure',
        says: `${t.what} is declared as ${t.is || '(unreadable)'}, not ${t.should}`,
      });
}

function signingKeys(
  signer: CmsSigner,
  certificates: readonly { certificate: Certificate; file: string }[],
  keys: SetKeys,
): SigningKey[] {
  const named = certificates.flatMap(({ certificate, file }): SigningKey[] => {
    const key = publicKeyOf(certificate);
    const own = certificate.serial === signer.serial ? { expected: 'named' as const } : {};
    return key ? [{ key, label: certificate.subject.text, file, ...own }] : [];
  });
  return [...named, ...keys.publicKeys];
}

const publicKeys = new WeakMap<Certificate, KeyObject | null>();

/** Key of a certificate; undefined when the runtime cannot use it. A bundle asks for the same ones again and again. */
function publicKeyOf(certificate: Certificate): KeyObject | undefined {
  let key = publicKeys.get(certificate);
  if (key === undefined) {
    try {
      key = new X509Certificate(Buffer.from(certificate.der, 'base64')).publicKey;
    } catch {
      key = null;
    }
    publicKeys.set(certificate, key);
  }
  return key ?? undefined;
}

function judgeSealed(
  request: PurchaseRequest,
  keys: SetKeys,
  certificates: readonly { certificate: Certificate; file: string }[],
  result: SetResult,
): OpenedPayment | undefined {
  const { sealed } = request;
  if (!sealed) return undefined;
  const recipient = sealed.recipients[0];
  const gateway = certificates.find(
    (c) => recipient?.serial !== undefined && c.certificate.serial === recipient.serial,
  );
  const gatewayKey = gateway && publicKeyOf(gateway.certificate);
  const defect = envelopeDefect(sealed, gatewayKey && modulusBytes(gatewayKey));
  if (defect) {
    result.faults.push({
      code: 'sealed-incomplete',
      offset: defect.offset,
      says: `byte ${defect.offset}: ${defect.says}`,
    });
    return undefined;
  }
  if (gateway?.certificate.keyUsage && !gateway.certificate.keyUsage.some((u) => /Encipherment/.test(u)))
    result.faults.push({
      code: 'sealed-for-another',
      says: `the payment information is encrypted to ${gateway.certificate.subject.text}, whose key is for ${gateway.certificate.keyUsage.join(', ')}, not for key exchange`,
      ...(recipient ? { offset: recipient.offset } : {}),
    });
  if (keys.privateKeys.length === 0) {
    result.notes.push("without the gateway's key-exchange key the payment information stays closed");
    return undefined;
  }
  for (const key of keys.privateKeys) {
    const opened = openEnveloped(sealed, key, true);
    if (!('plain' in opened)) continue;
    const payment = readOpenedPayment(opened.plain, opened.extra);
    judgeOpened(payment, sealed, key, certificates, result);
    return payment;
  }
  const expected = gatewayKey?.export({ type: 'spki', format: 'der' });
  const own = expected && keys.privateKeys.some((k) => sameKey(k, expected));
  if (own)
    result.faults.push({
      code: 'sealed-incomplete',
      offset: recipient!.encryptedKeyOffset,
      says: `byte ${recipient!.encryptedKeyOffset}: the key of the recipient does not open the payment information: it was changed on the way`,
    });
  else if (gateway)
    result.faults.push({
      code: 'decrypt-key-wrong',
      says: `the payment information is encrypted to ${gateway.certificate.subject.text} (serial ${recipient!.serial}), whose private key is not the one at hand`,
    });
  else result.notes.push('no private key at hand opens the payment information');
  return undefined;
}

/** The content opened: it has to be whole, and the recipient has to be the one whose key opened it. */
function judgeOpened(
  payment: OpenedPayment,
  sealed: EnvelopedData,
  key: KeyObject,
  certificates: readonly { certificate: Certificate; file: string }[],
  result: SetResult,
): void {
  const offset = sealed.ciphertextOffset ?? sealed.algorithm.end;
  const missing = !payment.head?.transIds
    ? 'the payment head'
    : !payment.orderLink
      ? 'the digest of the order'
      : !payment.piData
        ? 'the card data'
        : undefined;
  if (missing)
    result.faults.push({
      code: 'sealed-incomplete',
      offset,
      says: `byte ${offset}: the payment information decrypts, but ${missing} cannot be read in it: it was changed or cut`,
    });
  const recipient = sealed.recipients[0];
  const own = certificates.find((c) => {
    const spki = publicKeyOf(c.certificate)?.export({ type: 'spki', format: 'der' });
    return spki !== undefined && sameKey(key, spki);
  });
  if (own && recipient && recipient.serial !== own.certificate.serial)
    result.faults.push({
      code: 'sealed-for-another',
      offset: recipient.offset,
      says: `byte ${recipient.offset}: the recipient is named by serial ${recipient.serial ?? '(unreadable)'}, the key that opens it has serial ${own.certificate.serial}`,
    });
}

function sameKey(key: KeyObject, spki: Buffer): boolean {
  try {
    return createPublicKey(key).export({ type: 'spki', format: 'der' }).equals(spki);
  } catch {
    return false;
  }
}

/** @returns whether something that was given vouches for the signer: what the message brings along vouches for nothing */
function judgeCertificates(
  signer: CmsSigner | undefined,
  two: TwoPartResult | undefined,
  certificates: readonly { certificate: Certificate; file: string }[],
  keys: SetKeys,
  at: number,
  result: SetResult,
): boolean {
  const named = certificates.find((c) => signer?.serial !== undefined && c.certificate.serial === signer.serial);
  const used = two?.key?.key;
  const leaf = named ?? (used && certificates.find((c) => publicKeyOf(c.certificate)?.equals(used))) ?? undefined;
  if (!leaf) return keys.publicKeys.some((k) => used?.equals(k.key));
  if (!named && signer && two?.result === 'valid')
    result.faults.push({
      code: 'wrong-key',
      offset: signer.offset,
      says: `the message names a signer with serial ${signer.serial ?? '(unreadable)'}, but the signature was made with the key of ${leaf.certificate.subject.text}, serial ${leaf.certificate.serial}`,
    });
  const all = certificates.map((c) => c.certificate);
  const chain = judgeSetChain(leaf.certificate, all, 'card', at);
  if (chain.fault) result.faults.push({ code: 'chain-illegal', says: `${chain.fault.subject}: ${chain.fault.says}` });
  else if (chain.incomplete) result.notes.push(`chain not judged to its root: ${chain.incomplete}`);
  else
    result.proof.push(
      `chain legal by role: ${chain.path.map((c) => c.subject.commonName ?? c.subject.text).join(' < ')}`,
    );
  for (const c of chain.path) append(result.weaknesses, certificateWeaknesses(c));
  return chain.path.some((c) => keys.certificates.some((k) => k.certificate.sha256 === c.sha256));
}

/** Both challenges of the initialisation have to come back (SET Book 2, purchase request processing). */
function judgeChallenges(request: PurchaseRequest, init: InitResponse, result: SetResult): void {
  const { order } = request;
  const xid = order?.transIds?.xid;
  if (xid && init.xid && !xid.equals(init.xid))
    result.faults.push({
      code: 'challenge-replayed',
      says: `the request is of transaction ${xid.toString('hex')}, the initialisation of ${init.xid.toString('hex')}`,
    });
  for (const [name, sent, back] of [
    ['cardholder', init.challengeC, order?.challengeC],
    ['merchant', init.challengeM, order?.challengeM],
  ] as const)
    if (sent && back && !sent.equals(back))
      result.faults.push({
        code: 'challenge-replayed',
        says: `the ${name} challenge is not that of the initialisation: the request is an old one or belongs to another purchase`,
      });
    else if (sent && !back)
      result.faults.push({ code: 'challenge-replayed', says: `the ${name} challenge is missing in the request` });
}

function conclude(result: SetResult, two: TwoPartResult | undefined, opened: boolean, vouched: boolean): SetResult {
  const [first] = result.faults;
  if (first) return { ...result, result: 'invalid', says: first.says };
  if (two?.result === 'valid' && !vouched)
    return {
      ...result,
      says: 'the dual signature holds with the certificate in the message, but nothing at hand vouches for that certificate',
      wouldProve: 'the SET root certificate, or the certificate of the cardholder from another place',
    };
  if (two?.result === 'valid')
    return {
      ...result,
      result: 'valid',
      says: opened
        ? 'the dual signature holds from the view of merchant and gateway'
        : 'the dual signature holds from the view of the merchant (the payment side is known by its digest alone)',
    };
  return { ...result, says: two?.says ?? 'the message holds no signature that could be checked' };
}
