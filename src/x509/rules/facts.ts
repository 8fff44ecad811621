/** What the rules ask about a certificate, computed once and only when asked. */
import { toBigInt } from '../big-integers.ts';
import type { Extension } from '../extensions.ts';
import { ipOctets, type ParsedGeneralName } from '../general-name.ts';
import { type NameAttribute, sameName } from '../name.ts';
import { EXT, SIGNATURES } from '../oids.ts';
import type { ParsedCertificate } from '../parsed.ts';
import { checkSignature } from '../signature.ts';
import type { DerTime } from '../time.ts';
import { nesting } from './nesting.ts';
import { isPlainHost, isPlainText } from './plain.ts';

export const OID = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
  anyPurpose: '2.5.29.37.0',
  precertificateSigning: '1.3.6.1.4.1.11129.2.4.4',
  anyPolicy: '2.5.29.32.0',
  domainValidated: '2.23.140.1.2.1',
  organizationValidated: '2.23.140.1.2.2',
  individualValidated: '2.23.140.1.2.3',
  extendedValidation: '2.23.140.1.1',
  cps: '1.3.6.1.5.5.7.2.1',
  userNotice: '1.3.6.1.5.5.7.2.2',
  qcType: '0.4.0.1862.1.6',
  psd2Statement: '0.4.0.19495.2',
  psd2WebPolicy: '0.4.0.19495.3.1',
} as const;

/** Bits of keyUsage. */
export const KU = {
  digitalSignature: 1,
  nonRepudiation: 2,
  keyEncipherment: 4,
  dataEncipherment: 8,
  keyAgreement: 16,
  keyCertSign: 32,
  cRLSign: 64,
  encipherOnly: 128,
  decipherOnly: 256,
} as const;

/** Attribute types in subjects. */
export const AT = {
  commonName: '2.5.4.3',
  surname: '2.5.4.4',
  serialNumber: '2.5.4.5',
  country: '2.5.4.6',
  locality: '2.5.4.7',
  state: '2.5.4.8',
  street: '2.5.4.9',
  organization: '2.5.4.10',
  unit: '2.5.4.11',
  businessCategory: '2.5.4.15',
  postalCode: '2.5.4.17',
  givenName: '2.5.4.42',
  pseudonym: '2.5.4.65',
  organizationIdentifier: '2.5.4.97',
  email: '1.2.840.113549.1.9.1',
  domainComponent: '0.9.2342.19200300.100.1.25',
} as const;

/** Policies that a root program knows as extended validation; CAs used their own before 2.23.140.1.1 was common. */
const EV_POLICIES: ReadonlySet<string> = new Set([
  OID.extendedValidation,
  '0.4.0.2042.1.4',
  '0.4.0.2042.1.5',
  '1.3.6.1.4.1.6449.1.2.1.5.1',
  '2.16.840.1.114412.2.1',
  '2.16.840.1.114028.10.1.2',
  '1.3.6.1.4.1.4146.1.1',
  '2.16.840.1.114413.1.7.23.3',
  '2.16.840.1.114414.1.7.23.3',
  '2.16.840.1.113733.1.7.23.6',
  '2.16.840.1.113733.1.7.48.1',
  '2.16.840.1.114404.1.1.2.4.1',
  '1.3.6.1.4.1.8024.0.2.100.1.2',
  '1.3.6.1.4.1.34697.2.1',
  '2.16.756.1.89.1.2.1.1',
  '1.3.6.1.4.1.14370.1.6',
  '2.16.578.1.26.1.3.3',
  '1.3.6.1.4.1.17326.10.14.2.1.2',
  '1.3.6.1.4.1.782.1.2.1.8.1',
  '1.3.6.1.4.1.6334.1.100.1',
  '1.3.159.1.17.1',
  '1.3.6.1.4.1.34697.2.2',
  '1.3.6.1.4.1.34697.2.3',
  '1.3.6.1.4.1.34697.2.4',
  '1.2.40.0.17.1.22',
  '1.3.6.1.4.1.17326.10.8.2.1.2',
  '2.16.840.1.114412.1.3.0.2',
  '2.16.528.1.1001.1.1.1.12.6.1.1.1',
  '2.16.792.3.0.4.1.1.4',
  '1.3.6.1.4.1.13177.10.1.3.10',
  '1.3.6.1.4.1.14777.6.1.1',
  '2.16.792.1.2.1.1.5.7.1.9',
  '1.3.6.1.4.1.22234.2.5.2.3.1',
  '1.2.392.200091.100.721.1',
  '1.3.6.1.4.1.23223.2',
  '1.3.6.1.4.1.23223.1.1.1',
  '2.16.756.1.83.21.0',
  '1.3.6.1.4.1.7879.13.24.1',
  '2.16.840.1.114171.500.9',
  '1.3.6.1.4.1.36305.2',
]);

function signedByOwnKey(form: ParsedCertificate): boolean {
  const data = form.bytes.subarray(form.tbs.start, form.tbs.end);
  const { result } = checkSignature(data, form.innerAlgorithm, form.reader, form.signature, form.key);
  if (result !== 'unsupported') return result === 'ok';
  const { authorityKeyId, subjectKeyId } = form;
  return authorityKeyId?.keyId === undefined || subjectKeyId === undefined || authorityKeyId.keyId.equals(subjectKeyId);
}

/** No defined extension goes deeper than a dozen levels. */
const DEEP = 32;

const noAttributes: readonly NameAttribute[] = [];
const emptyNames: readonly ParsedGeneralName[] = [];
const noTexts: readonly string[] = [];
const noTimes: readonly DerTime[] = [];

export class Facts {
  readonly form: ParsedCertificate;
  /** basicConstraints says CA. */
  readonly ca: boolean;
  /** keyUsage as bits of `KU`; 0 without the extension. */
  readonly usage: number;
  /** Purposes, object identifiers. */
  readonly purposes: readonly string[];
  private policiesCache: readonly string[] | undefined;
  private extendedValidationCache: boolean | undefined;
  private commonNameCache: string | undefined;
  private commonNameIsAddressCache: boolean | undefined;
  private issuerDnsCache: readonly string[] | undefined;
  private oddDnsCache: readonly string[] | undefined;
  private oddNamesCache: readonly string[] | undefined;
  private deepExtensionCache: Extension | null | undefined;
  private oddAttributesCache: readonly NameAttribute[] | undefined;
  private ocspUrlsCache: readonly string[] | undefined;
  private issuerUrlsCache: readonly string[] | undefined;
  private crlUrlsCache: readonly string[] | undefined;
  private exponentCache: bigint | undefined;
  private attributeCache: Map<string, NameAttribute[]> | undefined;
  private selfSignedCache: boolean | undefined;
  private dnsCache: readonly string[] | undefined;
  private serverAuthCache: boolean | undefined;
  private modulusCache: bigint | undefined;

  constructor(form: ParsedCertificate) {
    this.form = form;
    this.ca = form.basicConstraints?.ca === true;
    let usage = 0;
    for (const bit of form.keyUsage?.bits ?? []) usage |= 1 << bit;
    this.usage = usage;
    this.purposes = form.extendedKeyUsage ?? [];
  }

  get notBefore(): number {
    return this.form.notBefore.value;
  }

  get notAfter(): number {
    return this.form.notAfter.value;
  }

  /** Issuer and subject are the same and its own key signed it; when that cannot be checked, the key identifiers decide. */
  get selfSigned(): boolean {
    if (this.selfSignedCache === undefined) {
      const { subject, issuer, bytes } = this.form;
      this.selfSignedCache = sameName(subject, bytes, issuer, bytes) && signedByOwnKey(this.form);
    }
    return this.selfSignedCache;
  }

  get root(): boolean {
    return this.ca && this.selfSigned;
  }

  get subordinate(): boolean {
    return this.ca && !this.selfSigned;
  }

  get subscriber(): boolean {
    return !this.ca && !this.selfSigned;
  }

  /** In the purview of the Baseline Requirements: no purposes at all, serverAuth or any, or one of their policies. */
  get serverAuth(): boolean {
    this.serverAuthCache ??=
      this.purposes.length === 0 ||
      this.purposes.includes(OID.serverAuth) ||
      this.purposes.includes(OID.anyPurpose) ||
      this.policies.some(
        (p) =>
          p === OID.domainValidated ||
          p === OID.organizationValidated ||
          p === OID.individualValidated ||
          p === OID.extendedValidation,
      );
    return this.serverAuthCache;
  }

  has(oid: string): boolean {
    return this.form.byOid.has(oid);
  }

  critical(oid: string): boolean {
    return this.form.byOid.get(oid)?.critical === true;
  }

  uses(bits: number): boolean {
    return (this.usage & bits) !== 0;
  }

  get policies(): readonly string[] {
    this.policiesCache ??= this.form.policies?.map((p) => p.oid) ?? [];
    return this.policiesCache;
  }

  get extendedValidation(): boolean {
    this.extendedValidationCache ??= this.policies.some((p) => EV_POLICIES.has(p));
    return this.extendedValidationCache;
  }

  attributes(oid: string): readonly NameAttribute[] {
    if (!this.attributeCache) {
      this.attributeCache = new Map();
      for (const attribute of this.form.subject.attributes) {
        const list = this.attributeCache.get(attribute.oid);
        if (list) list.push(attribute);
        else this.attributeCache.set(attribute.oid, [attribute]);
      }
    }
    return this.attributeCache.get(oid) ?? noAttributes;
  }

  hasAttribute(oid: string): boolean {
    return this.attributes(oid).length > 0;
  }

  get commonName(): string {
    this.commonNameCache ??= this.attributes(AT.commonName).at(-1)?.text ?? '';
    return this.commonNameCache;
  }

  get commonNameIsAddress(): boolean {
    // No address is a plain host name.
    this.commonNameIsAddressCache ??= this.oddNames.length > 0 && ipOctets(this.commonName) !== undefined;
    return this.commonNameIsAddressCache;
  }

  /** A person or organisation is named in the subject. */
  get namesSomeone(): boolean {
    return this.hasAttribute(AT.organization) || this.hasAttribute(AT.givenName) || this.hasAttribute(AT.surname);
  }

  get names(): readonly ParsedGeneralName[] {
    return this.form.subjectAltName ?? emptyNames;
  }

  /** Whether there is an alternative name of any kind. */
  get hasAnyName(): boolean {
    return this.names.length > 0;
  }

  get issuerNames(): readonly ParsedGeneralName[] {
    return this.form.issuerAltName ?? emptyNames;
  }

  /** Alternative names of one kind, by their context tag. */
  namesOf(tag: number): readonly ParsedGeneralName[] {
    return this.names.filter((n) => n.tag === tag);
  }

  get dns(): readonly string[] {
    if (this.dnsCache === undefined) {
      const list: string[] = [];
      for (const name of this.names) if (name.tag === 2) list.push(name.value);
      this.dnsCache = list;
    }
    return this.dnsCache;
  }

  /** Alternative host names that are not plain (`isPlainHost`): the only ones that a rule about spelling can find fault with. */
  get oddDns(): readonly string[] {
    this.oddDnsCache ??= this.dns.every(isPlainHost) ? noTexts : this.dns.filter((d) => !isPlainHost(d));
    return this.oddDnsCache;
  }

  /** The common name and the alternative host names that are not plain. */
  get oddNames(): readonly string[] {
    if (this.oddNamesCache === undefined) {
      const { commonName } = this;
      // Most often the common name is repeated as the first alternative name, which is looked at already.
      const plain = commonName === '' || isPlainHost(commonName);
      this.oddNamesCache = plain ? this.oddDns : [commonName, ...this.oddDns];
    }
    return this.oddNamesCache;
  }

  /** Attributes of the subject whose text is not plain (`isPlainText`). */
  get oddAttributes(): readonly NameAttribute[] {
    this.oddAttributesCache ??= this.form.subject.attributes.filter((a) => !isPlainText(a.text));
    return this.oddAttributesCache;
  }

  /** The common name and the alternative host names, without one that repeats the common name. */
  get hosts(): readonly string[] {
    const { commonName, dns } = this;
    return commonName === '' || commonName === dns[0] ? dns : [commonName, ...dns];
  }

  get issuerDns(): readonly string[] {
    this.issuerDnsCache ??= this.issuerNames.filter((n) => n.tag === 2).map((n) => n.value);
    return this.issuerDnsCache;
  }

  get hasCommonName(): boolean {
    return this.commonName !== '';
  }

  get hasHostNames(): boolean {
    return this.hasCommonName || this.hasNames(2);
  }

  /** Whether one of the alternative names has no octets. */
  get hasEmptyName(): boolean {
    return this.names.some((n) => n.octets.length === 0);
  }

  /** Whether alternative names of a kind are there, by their context tag. */
  hasNames(tag: number): boolean {
    return this.names.some((n) => n.tag === tag);
  }

  /** Whether one of the dates is written as UTCTime or as GeneralizedTime. */
  usesTime(form: DerTime['form']): boolean {
    return this.form.notBefore.form === form || this.form.notAfter.form === form;
  }

  /** Dates that are not written as RFC 5280 4.1.2.5 asks for. */
  get oddTimes(): readonly DerTime[] {
    const { notBefore, notAfter } = this.form;
    return notBefore.wellFormed && notAfter.wellFormed ? noTimes : [notBefore, notAfter].filter((t) => !t.wellFormed);
  }

  /** Whether the serial number is zero, negative or longer than 20 octets. */
  get oddSerial(): boolean {
    const { serial } = this.form;
    return serial.length > 20 || (serial[0] ?? 0) >= 0x80 || serial.every((o) => o === 0);
  }

  /** The alternative host names that are not plain, and such a common name unless it is an address. */
  get oddHosts(): readonly string[] {
    return this.commonNameIsAddress ? this.oddDns : this.oddNames;
  }

  private accessUris(method: string): readonly string[] {
    const access = this.form.authorityInfoAccess;
    if (!access) return noTexts;
    return access.filter((a) => a.method === method && a.location.tag === 6).map((a) => a.location.value);
  }

  /** The first extension that is nested deeper than any defined one. */
  get deepExtension(): Extension | undefined {
    if (this.deepExtensionCache === undefined) {
      const { bytes, extensions } = this.form;
      this.deepExtensionCache = extensions.find((e) => nesting(bytes, e.content, e.end) > DEEP) ?? null;
    }
    return this.deepExtensionCache ?? undefined;
  }

  /** Size in bits of the NIST curve that makes ECDSA signatures as long as this one (256, 384, 521), 0 above. */
  get ecdsaSize(): 256 | 384 | 521 | 0 {
    const { length } = this.form.signature;
    return length <= 72 ? 256 : length <= 104 ? 384 : length <= 140 ? 521 : 0;
  }

  get ocspUrls(): readonly string[] {
    this.ocspUrlsCache ??= this.accessUris('1.3.6.1.5.5.7.48.1');
    return this.ocspUrlsCache;
  }

  get issuerUrls(): readonly string[] {
    this.issuerUrlsCache ??= this.accessUris('1.3.6.1.5.5.7.48.2');
    return this.issuerUrlsCache;
  }

  get crlUrls(): readonly string[] {
    this.crlUrlsCache ??=
      this.form.distributionPoints?.flatMap((p) => p.names.filter((n) => n.tag === 6).map((n) => n.value)) ?? noTexts;
    return this.crlUrlsCache;
  }

  get rsa(): boolean {
    return this.form.key.oid === '1.2.840.113549.1.1.1' && this.form.key.exponent !== undefined;
  }

  get ec(): boolean {
    return this.form.key.oid === '1.2.840.10045.2.1';
  }

  get dsa(): boolean {
    return this.form.key.oid === '1.2.840.10040.4.1';
  }

  get bits(): number {
    return this.form.key.bits ?? 0;
  }

  get evenModulus(): boolean {
    const { modulus } = this.form.key;
    return modulus !== undefined && modulus.length > 0 && (modulus[modulus.length - 1]! & 1) === 0;
  }

  get negativeModulus(): boolean {
    return this.form.key.modulusNegative === true;
  }

  get modulus(): bigint {
    this.modulusCache ??= toBigInt(this.form.key.modulus ?? Buffer.alloc(0));
    return this.modulusCache;
  }

  get exponent(): bigint {
    this.exponentCache ??= toBigInt(this.form.key.exponent ?? Buffer.alloc(0));
    return this.exponentCache;
  }

  /** Digest of the signature (`sha1`, `sha256`), or undefined. */
  get signatureHash(): string | undefined {
    return SIGNATURES[this.form.outerAlgorithm.oid]?.hash;
  }

  /** The algorithm identifiers inside and outside of the signed part are the same, octet for octet. */
  get sameAlgorithms(): boolean {
    const { bytes, outerAlgorithm } = this.form;
    return this.innerAlgorithm.equals(bytes.subarray(outerAlgorithm.start, outerAlgorithm.end));
  }

  /** Raw algorithm identifier inside the signed part. */
  get innerAlgorithm(): Buffer {
    return this.form.bytes.subarray(this.form.innerAlgorithm.start, this.form.innerAlgorithm.end);
  }

  /** Seconds of validity, both ends included. */
  get seconds(): number {
    return (this.notAfter - this.notBefore) / 1000 + 1;
  }

  get precertificate(): boolean {
    return this.has(EXT.ctPoison);
  }

  /** Contents octets of an extension's value. */
  value(oid: string): Buffer | undefined {
    const extension = this.form.byOid.get(oid);
    return extension && this.form.bytes.subarray(extension.content, extension.end);
  }
}
