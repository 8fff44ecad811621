/** Makes a SET certificate hierarchy with fresh RSA keys, for tests and drills (SET Book 2, certificate management). */

import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { most } from '../../lists.ts';
import { CERTIFICATE_TYPES, SET_EXTENSION, type SetRole } from '../../x509/set-roles.ts';
import {
  algorithm,
  bitString,
  boolean,
  distinguishedNameDer,
  extension,
  integer,
  pemText,
  sequence,
  time,
  tlv,
} from '../../x509/write-der.ts';
import { SET_CONTENT } from './oids.ts';
import { detachedDigest } from './pi-tbs.ts';

export interface SetParty {
  role: SetRole;
  subject: { [attribute: string]: string };
  /** Content octets of the serial number. */
  serial: Buffer;
  certificate: Buffer;
  privateKey: KeyObject;
  notBefore: number;
  notAfter: number;
}

export interface SetPlan {
  role: SetRole;
  /** Undefined: signed by itself. */
  issuer?: SetParty;
  /** Whole subject is `{ C, O: brand, CN: name }`. */
  name: string;
  brand?: string;
  notBefore: number;
  notAfter: number;
  /** Key of a gateway or merchant for key exchange instead of signatures. */
  exchange?: boolean;
  bits?: number;
  /** SHA-1 of the next root key, for a root. */
  nextRoot?: Buffer;
}

const SHA1_RSA = '1.2.840.113549.1.1.5';

/** BIT STRING of named bits: trailing zero bits are left away (X.690 11.2.2). */
function namedBits(bits: readonly number[]): Buffer {
  const last = most(bits);
  const octets = Buffer.alloc((last >> 3) + 1);
  for (const b of bits) octets[b >> 3]! |= 0x80 >> (b & 7);
  return bitString(octets, 7 - (last & 7));
}

/** Issues one certificate as SET has them: RSA with SHA-1, certificateType critical, key usage by purpose. */
export function issueSetCertificate(plan: SetPlan): SetParty {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: plan.bits ?? 1024 });
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const ca = !['card', 'mer', 'pgwy'].includes(plan.role);
  const serial = randomBytes(12);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  const subject = { C: 'US', O: plan.brand ?? 'Example Brand', CN: plan.name };
  // keyCertSign and cRLSign; keyEncipherment and dataEncipherment; digitalSignature.
  const usage = ca ? [5, 6] : plan.exchange ? [2, 3] : [0];
  const extensions = [
    extension('2.5.29.19', true, ca ? sequence(boolean(true)) : sequence()),
    extension('2.5.29.15', true, namedBits(usage)),
    extension(SET_EXTENSION.certificateType, true, namedBits([CERTIFICATE_TYPES.indexOf(plan.role)])),
  ];
  if (plan.role === 'rca')
    extensions.push(
      extension(
        SET_EXTENSION.hashedRootKey,
        true,
        sequence(
          detachedDigest(SET_CONTENT.panData, plan.nextRoot ?? createHash('sha1').update(spki).digest(), 'sha1'),
        ),
      ),
    );
  const body = sequence(
    tlv(0xa0, integer(2)),
    integer(serial),
    algorithm(SHA1_RSA),
    distinguishedNameDer(plan.issuer?.subject ?? subject),
    sequence(time(plan.notBefore), time(plan.notAfter)),
    distinguishedNameDer(subject),
    spki,
    tlv(0xa3, sequence(...extensions)),
  );
  const certificate = sequence(
    body,
    algorithm(SHA1_RSA),
    bitString(sign('sha1', body, plan.issuer?.privateKey ?? privateKey)),
  );
  return {
    role: plan.role,
    subject,
    serial,
    certificate,
    privateKey,
    notBefore: plan.notBefore,
    notAfter: plan.notAfter,
  };
}

export const certificatePem = (party: SetParty): string => pemText('CERTIFICATE', party.certificate);

export interface SetWorld {
  root: SetParty;
  brand: SetParty;
  cardholderCa: SetParty;
  merchantCa: SetParty;
  gatewayCa: SetParty;
  cardholder: SetParty;
  merchant: SetParty;
  /** Key-exchange pair of the payment gateway. */
  gateway: SetParty;
}

const YEAR = 365 * 24 * 3_600_000;

/**
 * A whole hierarchy, valid around `at`.
 * @param at ms UTC
 * @param bits RSA modulus; SET prescribed 1024
 */
export function makeSetWorld(at: number, bits = 1024): SetWorld {
  const make = (role: SetRole, name: string, years: number, issuer?: SetParty, more: Partial<SetPlan> = {}): SetParty =>
    issueSetCertificate({
      role,
      name,
      notBefore: at - years * YEAR,
      notAfter: at + years * YEAR,
      bits,
      ...(issuer ? { issuer } : {}),
      ...more,
    });
  const root = make('rca', 'Example SET Root', 6);
  const brand = make('bca', 'Example Brand CA', 5, root);
  const cardholderCa = make('cca', 'Example Cardholder CA', 4, brand);
  const merchantCa = make('mca', 'Example Merchant CA', 4, brand);
  const gatewayCa = make('pca', 'Example Gateway CA', 4, brand);
  return {
    root,
    brand,
    cardholderCa,
    merchantCa,
    gatewayCa,
    cardholder: make('card', 'c7a1f0d2', 1, cardholderCa),
    merchant: make('mer', 'Example Shop', 1, merchantCa),
    gateway: make('pgwy', 'Example Gateway', 1, gatewayCa, { exchange: true }),
  };
}
