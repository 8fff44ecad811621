/** What RFC 5280 and the CA/Browser Forum Baseline Requirements add to the rules that every TLS library applies. */
import { parsedForm } from '../certificate.ts';
import { ipOctets, ipText, type ParsedGeneralName } from '../general-name.ts';
import { EXT } from '../oids.ts';
import type { ParsedCertificate } from '../parsed.ts';
import type { Certificate } from '../types.ts';
import type { Breach } from './checks.ts';
import type { PathOptions } from './types.ts';

const breach = (rule: string, says: string): Breach => ({ rule: `path/strict/${rule}`, says });
type Check = (form: ParsedCertificate, certificate: Certificate) => Breach | undefined;

const critical = (form: ParsedCertificate, oid: string): boolean => form.byOid.get(oid)?.critical === true;
const present = (form: ParsedCertificate, oid: string): boolean => form.byOid.has(oid);

const first = (checks: Check[], certificate: Certificate): Breach | undefined => {
  const form = parsedForm(certificate);
  for (const check of checks) {
    const found = check(form, certificate);
    if (found) return found;
  }
  return undefined;
};

const criticalKeyIdentifiers: Check = (form) => {
  if (critical(form, EXT.authorityKeyIdentifier))
    return breach('authority-key-id', 'its authority key identifier is critical (RFC 5280 4.2.1.1)');
  if (critical(form, EXT.subjectKeyIdentifier))
    return breach('subject-key-id', 'its subject key identifier is critical (RFC 5280 4.2.1.2)');
  return undefined;
};

const keyIdentifiers: Check = (form, certificate) => {
  if (!certificate.selfIssued && !form.authorityKeyId?.keyId) {
    return breach('authority-key-id', 'it has no authority key identifier (RFC 5280 4.2.1.1)');
  }
  return criticalKeyIdentifiers(form, certificate);
};

const serial: Check = (form) => {
  const { length } = form.serial;
  if (length > 20) return breach('serial', `its serial number has ${length} octets, more than 20 (RFC 5280 4.1.2.2)`);
  if (length > 0 && form.serial[0]! >= 0x80)
    return breach('serial', 'its serial number is negative (RFC 5280 4.1.2.2)');
  if (form.serial.every((octet) => octet === 0))
    return breach('serial', 'its serial number is zero (RFC 5280 4.1.2.2)');
  return undefined;
};

/** Baseline Requirements 6.1.5 and 6.1.6. */
const key: Check = ({ key: k }) => {
  if (k.explicitCurve) return breach('key', 'its EC key spells its curve out instead of naming it (RFC 5480 2.1.1)');
  switch (k.algorithm) {
    case 'RSA':
      if ((k.bits ?? 0) < 2048) return breach('key', `its RSA key has ${k.bits} bits, fewer than 2048`);
      return k.bits! % 8 === 0 ? undefined : breach('key', `its RSA key of ${k.bits} bits is not a multiple of 8 bits`);
    case 'EC':
      return /^P-(?:256|384|521)$/.test(k.curve ?? '')
        ? undefined
        : breach('key', `its curve ${k.curve} is not one of P-256, P-384 and P-521`);
    case 'DSA':
      return breach('key', 'it has a DSA key');
    default:
      return undefined;
  }
};

const undecodable: Check = (form) => {
  for (const oid of form.undecodable) return breach('extension', `its extension ${oid} cannot be read`);
  const broken = form.defects.find((d) => d.rule.startsWith('extension/') && d.rule !== 'extension/default-written');
  return broken ? breach('extension', broken.says) : undefined;
};

const access: Check = (form) =>
  critical(form, EXT.authorityInfoAccess)
    ? breach('access', 'its authority information access is critical (RFC 5280 4.2.2.1)')
    : undefined;

const hostLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Preferred name syntax (RFC 1034 3.5), a wildcard allowed as the whole leftmost label. */
export function isHostName(value: string): boolean {
  const labels = value.split('.');
  if (value.length > 253 || labels.length < 1) return false;
  return labels.every((label, i) => hostLabel.test(label) || (i === 0 && label === '*' && labels.length > 2));
}

const nameSyntax = (name: ParsedGeneralName): boolean => {
  if (name.kind === 'dns') return isHostName(name.value);
  if (name.kind === 'email') return /^[^@\s]{1,64}@[A-Za-z0-9.-]{1,253}$/.test(name.value) && !name.value.endsWith('.');
  return name.kind !== 'ip' || name.octets.length === 4 || name.octets.length === 16;
};

const alternativeNames: Check = (form) => {
  if (!form.subjectAltName) return breach('alternative-name', 'it has no subject alternative name');
  const emptySubject = form.subject.rdnCount === 0;
  if (emptySubject !== critical(form, EXT.subjectAltName)) {
    return breach(
      'alternative-name',
      emptySubject
        ? 'its subject is empty but the subject alternative name is not critical (RFC 5280 4.2.1.6)'
        : 'its subject alternative name is critical although it has a subject (BR 7.1.2.7.12)',
    );
  }
  return undefined;
};

const nameForms: Check = (form) => {
  const wrong = form.subjectAltName?.find((n) => !nameSyntax(n));
  return wrong ? breach('alternative-name', `its alternative name ${wrong.value} is not well-formed`) : undefined;
};

/**
 * Baseline Requirements 7.1.4.3: the form of a host or address in the common name. A common name that is merely absent
 * from the alternative names is left to the rules: clients ignore it, and private hierarchies do it all the time.
 */
const commonName: Check = (form) => {
  const names = form.subjectAltName ?? [];
  for (const { oid, text } of form.subject.attributes) {
    if (oid !== '2.5.4.3') continue;
    const looseAddress =
      /^\d{1,12}(?:\.\d{1,12}){3}$/.test(text) ||
      /^0x[0-9a-f]{8}$/i.test(text) ||
      /^[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}$/i.test(text);
    const address = ipOctets(text);
    if (looseAddress && (!address || ipText(address) !== text))
      return breach('common-name', `its common name ${text} is an address in an unusual notation`);
    const twin = names.find(
      (n) => n.kind === 'dns' && n.value !== text && n.value.toLowerCase() === text.toLowerCase(),
    );
    if (twin)
      return breach(
        'common-name',
        `its common name ${text} is written otherwise than the alternative name ${twin.value}`,
      );
    if (/^[^\s@,]{1,253}\.[a-z]{2,63}$/i.test(text) && /[^\x00-\x7f]/.test(text)) {
      return breach('common-name', `its common name ${text} is a host name that is not in ASCII form`);
    }
  }
  return undefined;
};

const leafUse: Check = (form, certificate) => {
  const usage = certificate.keyUsage;
  if (form.nameConstraints)
    return breach('name-constraints', 'it has name constraints without being a CA (RFC 5280 4.2.1.10)');
  const ca = certificate.basicConstraints?.ca === true;
  if (!ca && usage?.includes('keyCertSign'))
    return breach('key-usage', 'it may sign certificates without being a CA (RFC 5280 4.2.1.9)');
  if (ca && usage && !usage.includes('keyCertSign'))
    return breach('key-usage', 'it is a CA that may not sign certificates');
  const purposes = certificate.extendedKeyUsage;
  if (purposes?.length === 0) return breach('purpose', 'its extended key usage is empty (RFC 5280 4.2.1.12)');
  if (purposes?.includes('anyExtendedKeyUsage'))
    return breach('purpose', 'its extended key usage allows anything (BR 7.1.2.7.10)');
  if (critical(form, EXT.extendedKeyUsage))
    return breach('purpose', 'its extended key usage is critical (BR 7.1.2.7.6)');
  return undefined;
};

/** Baseline Requirements 7.1.2.7.11: a key usage that allows nothing is none. */
const serverUsage: Check = (_form, certificate) =>
  certificate.keyUsage?.length === 0 ? breach('key-usage', 'its key usage allows nothing (BR 7.1.2.7.11)') : undefined;

/** Baseline Requirements 7.1.2.11.2. */
const distributionPoints: Check = (form) => {
  for (const point of form.distributionPoints ?? []) {
    if (point.hasReasons || point.hasIssuer || point.relativeName || point.names.some((n) => n.kind !== 'uri'))
      return breach('distribution-point', 'a distribution point holds more than URIs (BR 7.1.2.11.2)');
  }
  return undefined;
};

type Use = Pick<PathOptions, 'role' | 'purposes'>;
const forMail = (options: Use): boolean => options.purposes?.includes('emailProtection') === true;

/** S/MIME Baseline Requirements 7.1.2.2 g and 7.1.2.3 f; a CA that may do anything needs no list of its own. */
const mailPurposes: Check = (_form, certificate) => {
  const listed = certificate.extendedKeyUsage;
  if (!listed)
    return certificate.basicConstraints?.ca
      ? undefined
      : breach('purpose', 'it has no extended key usage (S/MIME BR 7.1.2.3 f)');
  const barred = listed.find((u) => ['serverAuth', 'codeSigning', 'timeStamping', 'anyExtendedKeyUsage'].includes(u));
  return barred === undefined
    ? undefined
    : breach('purpose', `its extended key usage lists ${barred} beside mail (S/MIME BR 7.1.2)`);
};

/** S/MIME Baseline Requirements 7.1.2.3 h. */
const mailNames: Check = (form) =>
  form.subjectAltName?.some((n) => n.kind === 'email' || n.tag === 0)
    ? undefined
    : breach('alternative-name', 'it has no mail address among its alternative names (S/MIME BR 7.1.2.3 h)');

const caFields: Check = (form, certificate) => {
  if (form.subject.rdnCount === 0) return breach('subject', 'it is a CA without a subject (RFC 5280 4.1.2.6)');
  if (!form.subjectKeyId)
    return breach('subject-key-id', 'it is a CA without a subject key identifier (RFC 5280 4.2.1.2)');
  if (!critical(form, EXT.basicConstraints))
    return breach('basic-constraints', 'its basicConstraints are not critical (RFC 5280 4.2.1.9)');
  if (present(form, EXT.policyConstraints) && !critical(form, EXT.policyConstraints)) {
    return breach('policy-constraints', 'its policy constraints are not critical (RFC 5280 4.2.1.11)');
  }
  if (present(form, EXT.inhibitAnyPolicy) && !critical(form, EXT.inhibitAnyPolicy))
    return breach('inhibit-any-policy', 'its inhibitAnyPolicy is not critical (RFC 5280 4.2.1.14)');
  if (
    certificate.basicConstraints?.pathLength !== undefined &&
    certificate.keyUsage &&
    !certificate.keyUsage.includes('keyCertSign')
  ) {
    return breach(
      'basic-constraints',
      'it has a path length without the right to sign certificates (RFC 5280 4.2.1.9)',
    );
  }
  const constraints = form.nameConstraints;
  if (constraints && constraints.permitted.length + constraints.excluded.length === 0) {
    return breach('name-constraints', 'its name constraints name nothing (RFC 5280 4.2.1.10)');
  }
  return undefined;
};

/** What a CA must state that is not trusted by itself. */
const subordinateFields: Check = (form) => {
  if (!form.keyUsage) return breach('key-usage', 'it is a CA without a key usage (RFC 5280 4.2.1.3)');
  if (critical(form, EXT.extendedKeyUsage))
    return breach('purpose', 'it is a CA whose extended key usage is critical (BR 7.1.2.6.1)');
  return undefined;
};

/** Baseline Requirements 7.1.2.1: extensions of a root. */
const rootFields: Check = (form, certificate) => {
  if (present(form, EXT.extendedKeyUsage))
    return breach('purpose', 'it is a root with an extended key usage (BR 7.1.2.1.2)');
  const id = form.authorityKeyId;
  if (!id) return undefined;
  if (!id.keyId)
    return breach('authority-key-id', 'the authority key identifier of the root has no key identifier (BR 7.1.2.1.3)');
  if (id.issuer || id.serial)
    return breach(
      'authority-key-id',
      'the authority key identifier of the root names an issuer or serial (BR 7.1.2.1.3)',
    );
  if (certificate.selfIssued && form.subjectKeyId && !id.keyId.equals(form.subjectKeyId)) {
    return breach(
      'authority-key-id',
      'the authority key identifier of the root is not its own key identifier (BR 7.1.2.1.3)',
    );
  }
  return undefined;
};

/** Rules for the certificate at the end of the path. */
export function strictLeafBreach(certificate: Certificate, options: Use): Breach | undefined {
  const checks: Check[] = [undecodable, serial, key, keyIdentifiers, leafUse, access, nameForms, distributionPoints];
  if (options.role === 'server') checks.push(alternativeNames, commonName, serverUsage);
  if (forMail(options)) checks.push(mailPurposes, mailNames);
  return first(checks, certificate);
}

/** Rules for CA certificates below the anchor. */
export function strictIssuerBreach(certificate: Certificate, options: Use): Breach | undefined {
  const checks: Check[] = [undecodable, serial, key, keyIdentifiers, caFields, subordinateFields];
  if (forMail(options)) checks.push(mailPurposes);
  return first(checks, certificate);
}

/** Rules for the anchor. */
export function strictAnchorBreach(certificate: Certificate): Breach | undefined {
  return first(
    [undecodable, key, criticalKeyIdentifiers, caFields, ...(certificate.selfIssued ? [rootFields] : [])],
    certificate,
  );
}
