/** Name constraints (RFC 5280 4.2.1.10): which names a CA certificate lets the certificates below it carry. */
import type { NameConstraints } from '../extensions.ts';
import { ipOctets, type ParsedGeneralName } from '../general-name.ts';
import { comparableRdns, nameText } from '../name.ts';
import type { ParsedCertificate } from '../parsed.ts';

export class ConstraintBudget {
  left: number;
  constructor(left: number) {
    this.left = left;
  }
}

export class BudgetExhausted extends Error {}

/** Why the names of `below` break the constraints, or undefined when they hold. Throws BudgetExhausted. */
export function constraintViolation(
  constraints: NameConstraints,
  below: ParsedCertificate,
  budget: ConstraintBudget,
  strict = false,
): string | undefined {
  if (constraints.unreadable) return 'its name constraints cannot be read';
  for (const constraint of [...constraints.permitted, ...constraints.excluded]) {
    const malformed = malformedConstraint(constraint, strict);
    if (malformed) return malformed;
  }
  for (const name of namesOf(below)) {
    const say = (what: string): string => `${what} ${kindText[name.kind]} ${name.value || '(empty)'}`;
    const excluded = find(constraints.excluded, name, budget, true);
    if (excluded) return `${say('it excludes the')} (by ${excluded.value || 'an empty name'})`;
    const sameKind = constraints.permitted.some((c) => c.kind === name.kind && c.tag === name.tag);
    if (sameKind && !find(constraints.permitted, name, budget, false)) return say('it does not permit the');
    // A form that is constrained but not understood must refuse (RFC 5280 4.2.1.10).
    if (name.kind === 'other' && [...constraints.permitted, ...constraints.excluded].some((c) => c.tag === name.tag)) {
      return 'it constrains a form of name that is not understood';
    }
  }
  return undefined;
}

const kindText: { readonly [kind: string]: string } = {
  dns: 'host name',
  ip: 'address',
  email: 'mail address',
  uri: 'URI',
  directory: 'distinguished name',
  other: 'name',
};

/** Names that constraints apply to: the alternative names, the subject, and mail addresses in the subject. */
function* namesOf(certificate: ParsedCertificate): Generator<ParsedGeneralName> {
  const names = certificate.subjectAltName ?? [];
  yield* names;
  const { subject } = certificate;
  if (subject.rdnCount > 0) {
    yield {
      tag: 4,
      kind: 'directory',
      value: nameText(subject),
      octets: Buffer.alloc(0),
      offset: subject.start,
      rdns: comparableRdns(subject),
    };
  }
  if (names.some((n) => n.kind === 'email')) return;
  for (const attribute of subject.attributes) {
    if (attribute.oid === '1.2.840.113549.1.9.1') {
      yield {
        tag: 1,
        kind: 'email',
        value: attribute.text,
        octets: Buffer.from(attribute.text, 'latin1'),
        offset: attribute.offset,
      };
    }
  }
}

function find(
  constraints: ParsedGeneralName[],
  name: ParsedGeneralName,
  budget: ConstraintBudget,
  excluding: boolean,
): ParsedGeneralName | undefined {
  for (const constraint of constraints) {
    if (constraint.tag !== name.tag) continue;
    if (budget.left-- <= 0) throw new BudgetExhausted();
    if (within(name, constraint, excluding)) return constraint;
  }
  return undefined;
}

/**
 * A constraint that breaks its own grammar cannot be applied safely. A period before a host name is against RFC 5280 too,
 * but wide-spread, and every library takes it for "at least one label more", as it is defined for URIs.
 */
function malformedConstraint(constraint: ParsedGeneralName, strict: boolean): string | undefined {
  const { kind, value, octets } = constraint;
  if (kind === 'dns' && (value.includes('*') || (strict && value.startsWith('.'))))
    return `its name constraint ${value} is not a host name`;
  if (kind === 'ip') {
    if (octets.length !== 8 && octets.length !== 32) return 'its name constraint on addresses has the wrong length';
    if (!value.includes('/') || !/\/\d+$/.test(value))
      return `its name constraint ${value} has a mask that is not a prefix`;
  }
  if (kind === 'email' && value.split('@').length > 2)
    return `its name constraint ${value} is not a mail address or domain`;
  return undefined;
}

function within(name: ParsedGeneralName, constraint: ParsedGeneralName, excluding: boolean): boolean {
  switch (name.kind) {
    case 'dns':
      return dnsWithin(name.value.toLowerCase(), constraint.value.toLowerCase(), excluding);
    case 'ip':
      return ipWithin(name.octets, constraint.octets);
    case 'email':
      return emailWithin(name.value, constraint.value);
    case 'uri':
      return uriWithin(name.value, constraint.value.toLowerCase(), excluding);
    case 'directory':
      return constraint.rdns!.length <= name.rdns!.length && constraint.rdns!.every((rdn, i) => rdn === name.rdns![i]);
    default:
      return false;
  }
}

const subdomain = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

/**
 * A wildcard name stands for many hosts: an exclusion that hits any of them hits the wildcard; a permission must
 * cover all of them.
 */
function dnsWithin(name: string, constraint: string, excluding: boolean): boolean {
  if (constraint === '') return true;
  if (constraint.startsWith('.')) return (name.startsWith('*.') ? name.slice(1) : name).endsWith(constraint);
  if (!name.startsWith('*.')) return subdomain(name, constraint);
  const parent = name.slice(2);
  if (subdomain(parent, constraint)) return true;
  // `*.example.com` against `bar.example.com`: one host that the wildcard stands for is excluded.
  return excluding && constraint.slice(constraint.indexOf('.') + 1) === parent && constraint.includes('.');
}

function ipWithin(address: Buffer, constraint: Buffer): boolean {
  const half = constraint.length / 2;
  if (address.length !== half) return false;
  for (let i = 0; i < half; i++)
    if ((address[i]! & constraint[half + i]!) !== (constraint[i]! & constraint[half + i]!)) return false;
  return true;
}

/** RFC 5280 4.2.1.10: a mailbox, all mailboxes of a host, or (leading period) all of a domain. */
function emailWithin(mail: string, constraint: string): boolean {
  const at = mail.lastIndexOf('@');
  const host = mail.slice(at + 1).toLowerCase();
  if (constraint === '') return true;
  if (constraint.includes('@')) {
    const other = constraint.lastIndexOf('@');
    return mail.slice(0, at) === constraint.slice(0, other) && host === constraint.slice(other + 1).toLowerCase();
  }
  const wanted = constraint.toLowerCase();
  return wanted.startsWith('.') ? host.endsWith(wanted) && host.length > wanted.length : host === wanted;
}

/** A URI that names no host, or an address instead of one, must be refused by any constraint (RFC 5280 4.2.1.10). */
function uriWithin(uri: string, constraint: string, excluding: boolean): boolean {
  const match = /^[A-Za-z][A-Za-z0-9+.-]{0,30}:\/\/(?:[^/@?#]{0,200}@)?([^/:?#[\]]{1,253})(?:[/:?#]|$)/.exec(uri);
  const host = match?.[1]?.toLowerCase();
  if (host === undefined || ipOctets(host) !== undefined) return excluding;
  if (constraint === '') return true;
  return constraint.startsWith('.')
    ? host.endsWith(constraint) && host.length > constraint.length
    : host === constraint;
}
