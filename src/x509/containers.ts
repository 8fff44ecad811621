/** Stores whose certificates can be listed without a secret: PKCS#7 bundles and Java keystores. */
import { type Der, DerReader, TAG } from './der.ts';

export interface Listing {
  certificates: { der: Buffer; alias?: string }[];
  revocationLists: Buffer[];
  /** Private keys, always encrypted here; `leaf` is the first certificate of their chain. */
  privateKeys: { alias: string; leaf?: Buffer; sealed?: Buffer }[];
  /** Names of symmetric keys. */
  secretKeys: string[];
  problems: string[];
}

const emptyListing = (): Listing => ({
  certificates: [],
  revocationLists: [],
  privateKeys: [],
  secretKeys: [],
  problems: [],
});
const MAX_ENTRIES = 20_000;

/** Certificates and lists of a PKCS#7 SignedData (RFC 2315 9.1, RFC 5652 5.1). Signatures over content are not judged here. */
export function listPkcs7(der: Buffer): Listing {
  const listing = emptyListing();
  const reader = new DerReader(der);
  const outer = reader.read(0, der.length);
  const [, wrapper] = outer ? reader.children(outer, 4) : [];
  const signed = wrapper?.id === 0xa0 ? reader.read(wrapper.content, wrapper.end) : undefined;
  if (signed?.id !== TAG.sequence) {
    listing.problems.push('the PKCS#7 container holds no signed data');
    return listing;
  }
  const add = (field: Der, into: (bytes: Buffer) => void): void => {
    for (const node of reader.children(field, MAX_ENTRIES))
      if (node.id === TAG.sequence) into(Buffer.from(reader.slice(node)));
  };
  for (const field of reader.children(signed, 16)) {
    if (field.id === 0xa0) add(field, (bytes) => listing.certificates.push({ der: bytes }));
    else if (field.id === 0xa1) add(field, (bytes) => listing.revocationLists.push(bytes));
  }
  for (const defect of reader.defects.filter((d) => d.rule !== 'der/indefinite-length').slice(0, 4)) {
    listing.problems.push(`PKCS#7, byte ${defect.offset}: ${defect.says}`);
  }
  return listing;
}

export const JKS_MAGIC = 0xfeedfeed;
export const JCEKS_MAGIC = 0xcececece;

/** Entries of a JKS or JCEKS keystore. Certificates in it are not encrypted, so no password is needed to list them. */
export function listJavaKeystore(bytes: Buffer): Listing {
  const listing = emptyListing();
  let at = 12;
  const need = (count: number): boolean => at + count <= bytes.length;
  const version = bytes.length >= 12 ? bytes.readUInt32BE(4) : 0;
  if (version !== 1 && version !== 2) {
    listing.problems.push(`keystore version ${version} is not known`);
    return listing;
  }
  const count = bytes.readUInt32BE(8);
  const text = (): string | undefined => {
    if (!need(2)) return undefined;
    const length = bytes.readUInt16BE(at);
    if (!need(2 + length)) return undefined;
    at += 2 + length;
    return bytes.toString('utf8', at - length, at);
  };
  const blob = (): Buffer | undefined => {
    if (!need(4)) return undefined;
    const length = bytes.readUInt32BE(at);
    if (!need(4 + length)) return undefined;
    at += 4 + length;
    return bytes.subarray(at - length, at);
  };
  const certificate = (): Buffer | undefined => {
    if (version === 2 && text() === undefined) return undefined;
    return blob();
  };
  for (let i = 0; i < Math.min(count, MAX_ENTRIES); i++) {
    if (!need(4)) return truncated(listing, at);
    const tag = bytes.readUInt32BE(at);
    at += 4;
    const alias = text();
    if (alias === undefined || !need(8)) return truncated(listing, at);
    at += 8;
    if (tag === 2) {
      const der = certificate();
      if (!der) return truncated(listing, at);
      listing.certificates.push({ der: Buffer.from(der), alias });
    } else if (tag === 1) {
      const key = blob();
      if (!key || !need(4)) return truncated(listing, at);
      const chain = bytes.readUInt32BE(at);
      at += 4;
      let leaf: Buffer | undefined;
      for (let j = 0; j < Math.min(chain, 100); j++) {
        const der = certificate();
        if (!der) return truncated(listing, at);
        leaf ??= Buffer.from(der);
        listing.certificates.push({ der: Buffer.from(der), alias });
      }
      listing.privateKeys.push({ alias, sealed: Buffer.from(key), ...(leaf ? { leaf } : {}) });
    } else {
      // A secret key is a serialised Java object whose length is not written down.
      listing.secretKeys.push(alias);
      if (i + 1 === count) return listing;
      const next = nextEntry(bytes, at);
      if (next === undefined) {
        listing.problems.push(
          `entry ${i + 1} of ${count} (${JSON.stringify(alias.slice(0, 60))}) is a secret key; the entries after it cannot be found`,
        );
        return listing;
      }
      at = next;
    }
  }
  return listing;
}

const CERTIFICATE_TYPE = Buffer.from('\0\x05X.509', 'latin1');
const JAVA_STREAM = 0xaced0005;
/** Entries are dated in ms since 1970; from 1990 to 2100. */
const [EARLIEST, LATEST] = [631_152_000_000, 4_102_444_800_000];

/** Where the next entry of a keystore starts at or after `from`: its tag, name and date, and what must follow them. */
function nextEntry(bytes: Buffer, from: number): number | undefined {
  for (let at = from; at + 26 < bytes.length; at++) {
    const tag = bytes.readUInt32BE(at);
    if (tag < 1 || tag > 3) continue;
    const body = at + 14 + bytes.readUInt16BE(at + 4);
    if (body + 12 > bytes.length) continue;
    const date = bytes.readUIntBE(body - 6, 6);
    if (bytes.readUInt16BE(body - 8) !== 0 || date < EARLIEST || date > LATEST) continue;
    const fits =
      tag === 1
        ? bytes[body + 4] === TAG.sequence && bytes.readUInt32BE(body) < bytes.length - body
        : tag === 2
          ? bytes.subarray(body, body + 7).equals(CERTIFICATE_TYPE) || bytes[body + 4] === TAG.sequence
          : bytes.readUInt32BE(body) === JAVA_STREAM;
    if (fits) return at;
  }
  return undefined;
}

function truncated(listing: Listing, at: number): Listing {
  listing.problems.push(`the keystore is cut off at byte ${at}`);
  return listing;
}
