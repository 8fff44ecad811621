/**
 * Certificates of one authority and profile differ in little: names, dates, serial number, key. Everything else is the
 * shape of a certificate. A rule that looks at nothing outside the shape comes to the same answer for every certificate
 * of that shape, so one that passed once need not be asked again. Whether it looks outside is not declared but watched.
 */
import { EXT } from '../oids.ts';
import type { ParsedCertificate } from '../parsed.ts';
import { AT, Facts } from './facts.ts';
import type { Breach, Rule } from './rule.ts';

/** Extensions whose value differs from certificate to certificate: only their presence belongs to the shape. */
const individual: ReadonlySet<string> = new Set([EXT.subjectAltName, EXT.subjectKeyIdentifier, EXT.sctList]);

/** Attributes whose text differs from certificate to certificate; of all others it belongs to the shape. */
const personal: ReadonlySet<string> = new Set([
  AT.commonName,
  AT.serialNumber,
  AT.email,
  AT.givenName,
  AT.surname,
  AT.unit,
  '0.9.2342.19200300.100.1.1',
]);

/** A certificate with more octets than this in its shape is too unusual to have one. */
const scratch = Buffer.alloc(4096);
let filled = 0;

function add(bytes: Buffer, start: number, end: number): void {
  const length = end - start;
  let at = filled;
  if (at + length + 2 > scratch.length) {
    filled = scratch.length;
    return;
  }
  const into = scratch;
  into[at++] = length >> 8;
  into[at++] = length & 0xff;
  for (let i = start; i < end; i++) into[at++] = bytes[i]!;
  filled = at;
}

function addNumber(value: number): void {
  if (filled + 2 > scratch.length) return;
  scratch[filled++] = value >> 8;
  scratch[filled++] = value & 0xff;
}

/**
 * The shape as a text: equal texts mean that two certificates are equal in everything that `Watched` hands out without
 * a note. Undefined when the certificate is too unusual to have one.
 */
export function shapeOf(c: Facts): string | undefined {
  const { form } = c;
  const { bytes, key, subject } = form;
  if (!form.readable || form.defects.length > 0 || form.undecodable.size > 0) return undefined;
  filled = 0;
  let tags = c.hasEmptyName ? 512 : 0;
  for (const name of c.names) tags |= 1 << name.tag;
  const flags =
    (c.selfSigned ? 1 : 0) |
    (c.hasCommonName ? 2 : 0) |
    (c.oddNames.length > 0 ? 4 : 0) |
    (c.oddAttributes.length > 0 ? 8 : 0) |
    (form.hasIssuerUniqueId ? 16 : 0) |
    (form.hasSubjectUniqueId ? 32 : 0) |
    (c.oddDns.length > 0 ? 64 : 0) |
    (c.oddTimes.length > 0 ? 128 : 0) |
    (c.oddSerial ? 256 : 0) |
    (c.usesTime('utc') ? 512 : 0) |
    (c.usesTime('generalized') ? 1024 : 0) |
    (c.sameAlgorithms ? 2048 : 0) |
    (c.evenModulus ? 4096 : 0) |
    (c.negativeModulus ? 8192 : 0) |
    (c.deepExtension ? 16384 : 0) |
    (c.commonNameIsAddress ? 32768 : 0);
  addNumber(form.version);
  addNumber(flags);
  addNumber(tags);
  addNumber(key.bits ?? 0);
  addNumber(c.ecdsaSize);
  addNumber(subject.rdnCount);
  addNumber(subject.attributes.length);
  for (const a of subject.attributes) {
    addNumber(a.rdn);
    // From the type to the end of the value, or to its beginning.
    add(bytes, a.typeOffset, personal.has(a.oid) ? a.offset + 1 : a.end);
  }
  add(key.algorithmDer, 0, key.algorithmDer.length);
  if (key.exponent) add(key.exponent, 0, key.exponent.length);
  add(bytes, form.innerAlgorithm.start, form.innerAlgorithm.end);
  add(bytes, form.outerAlgorithm.start, form.outerAlgorithm.end);
  add(bytes, form.issuer.start, form.issuer.end);
  addExtensions(form);
  return filled + 2 > scratch.length ? undefined : scratch.toString('latin1', 0, filled);
}

/** Extensions that belong to the shape are copied in runs; of the others only what they are. */
function addExtensions({ bytes, extensions }: ParsedCertificate): void {
  let start = 0;
  let end = -1;
  for (const e of extensions) {
    const alone = individual.has(e.oid);
    if (end >= 0 && (alone || e.offset !== end)) {
      add(bytes, start, end);
      end = -1;
    }
    if (alone) {
      addNumber((e.critical ? 1 : 0) | (e.criticalFalseWritten ? 2 : 0));
      add(bytes, e.oidOffset, e.oidEnd);
    } else {
      if (end < 0) start = e.offset;
      end = e.end;
    }
  }
  if (end >= 0) add(bytes, start, end);
}

/** Fields of the encoded form that the shape determines. */
const formFields: ReadonlySet<string | symbol> = new Set<keyof ParsedCertificate>([
  'version',
  'innerAlgorithm',
  'outerAlgorithm',
  'issuer',
  'hasIssuerUniqueId',
  'hasSubjectUniqueId',
  'basicConstraints',
  'keyUsage',
  'extendedKeyUsage',
  'issuerAltName',
  'authorityKeyId',
  'nameConstraints',
  'authorityInfoAccess',
  'subjectInfoAccess',
  'distributionPoints',
  'policies',
  'policyConstraints',
  'tlsFeatures',
  'undecodable',
  'defects',
]);
const keyFields: ReadonlySet<string | symbol> = new Set([
  'oid',
  'algorithm',
  'bits',
  'curve',
  'curveOid',
  'explicitCurve',
  'label',
  'exponent',
  'algorithmDer',
]);
const attributeFields: ReadonlySet<string | symbol> = new Set(['oid', 'tag', 'rdn']);
const sharedAttributeFields: ReadonlySet<string | symbol> = new Set([...attributeFields, 'text']);
const extensionFields: ReadonlySet<string | symbol> = new Set(['oid', 'critical', 'criticalFalseWritten']);

/** `target`, with `note` called whenever a field outside of `free` is read. */
function watch<T extends object>(target: T, free: ReadonlySet<string | symbol>, note: () => void): T {
  return new Proxy(target, {
    get(object, field) {
      if (!free.has(field)) note();
      return Reflect.get(object, field);
    },
  });
}

/** Facts that note when something outside of the shape is read. */
class Watched extends Facts {
  /** Something was read that another certificate of the same shape may have otherwise. */
  looked = false;
  private readonly plain: Facts;

  constructor(plain: Facts) {
    const { form } = plain;
    const note = (): void => {
      if (this) this.looked = true;
    };
    const subject = watch(
      {
        ...form.subject,
        attributes: form.subject.attributes.map((a) =>
          watch(a, personal.has(a.oid) ? attributeFields : sharedAttributeFields, note),
        ),
      },
      new Set(['rdnCount', 'attributes']),
      note,
    );
    const parts: Partial<ParsedCertificate> = {
      subject,
      key: watch(form.key, keyFields, note),
      extensions: form.extensions.map((e) => watch(e, extensionFields, note)),
    };
    super(
      new Proxy(form, {
        get(object, field) {
          const part = Reflect.get(parts, field);
          if (part !== undefined) return part;
          if (!formFields.has(field)) note();
          return Reflect.get(object, field);
        },
      }),
    );
    this.plain = plain;
  }

  override get selfSigned(): boolean {
    return this.plain.selfSigned;
  }

  override get hasCommonName(): boolean {
    return this.plain.hasCommonName;
  }

  override get hasEmptyName(): boolean {
    return this.plain.hasEmptyName;
  }

  override hasNames(tag: number): boolean {
    return this.plain.hasNames(tag);
  }

  override get hasAnyName(): boolean {
    return this.plain.hasAnyName;
  }

  override get commonNameIsAddress(): boolean {
    return this.plain.commonNameIsAddress;
  }

  override get evenModulus(): boolean {
    return this.plain.evenModulus;
  }

  override get negativeModulus(): boolean {
    return this.plain.negativeModulus;
  }

  override get deepExtension(): Facts['deepExtension'] {
    const deep = this.plain.deepExtension;
    if (deep) this.looked = true;
    return deep;
  }

  override get ecdsaSize(): Facts['ecdsaSize'] {
    return this.plain.ecdsaSize;
  }

  override get names(): Facts['names'] {
    return this.unlessEmpty(this.plain.names);
  }

  override usesTime(form: 'utc' | 'generalized'): boolean {
    return this.plain.usesTime(form);
  }

  override get oddTimes(): Facts['oddTimes'] {
    return this.unlessEmpty(this.plain.oddTimes);
  }

  override get oddSerial(): boolean {
    return this.plain.oddSerial;
  }

  override get sameAlgorithms(): boolean {
    return this.plain.sameAlgorithms;
  }

  override value(oid: string): Buffer | undefined {
    if (individual.has(oid)) this.looked = true;
    return this.plain.value(oid);
  }

  override get oddDns(): readonly string[] {
    return this.unlessEmpty(this.plain.oddDns);
  }

  override get oddNames(): readonly string[] {
    return this.unlessEmpty(this.plain.oddNames);
  }

  override get oddHosts(): readonly string[] {
    return this.plain.oddNames.length === 0 ? [] : this.unlessEmpty(this.plain.oddNames);
  }

  override get oddAttributes(): Facts['oddAttributes'] {
    return this.unlessEmpty(this.plain.oddAttributes);
  }

  override namesOf(tag: number): ReturnType<Facts['namesOf']> {
    return this.unlessEmpty(this.plain.namesOf(tag));
  }

  override get innerAlgorithm(): Buffer {
    return this.plain.innerAlgorithm;
  }

  override has(oid: string): boolean {
    return this.plain.has(oid);
  }

  override critical(oid: string): boolean {
    return this.plain.critical(oid);
  }

  /** Whether a list is empty belongs to the shape, what is in it does not. */
  private unlessEmpty<T>(list: readonly T[]): readonly T[] {
    if (list.length > 0) this.looked = true;
    return list;
  }
}

/**
 * The answer of a rule for every certificate of the shape of this one, false when it holds or does not concern them;
 * undefined when something outside of the shape was read to tell. The dates of the rule are not looked at.
 */
export function answerForShape(rule: Rule, c: Facts): Breach | string | false | undefined {
  const watched = new Watched(c);
  try {
    if (rule.scope === 'web' && !rule.allPurposes && !watched.serverAuth) return watched.looked ? undefined : false;
    const concerned = rule.applies(watched);
    if (watched.looked) return holdsForShape(rule, c) ? false : undefined;
    const broken = concerned && rule.breach(watched);
    return watched.looked ? undefined : broken || false;
  } catch {
    return undefined;
  }
}

/** Whether every certificate of the shape passes the test of a rule, whichever of them the rule concerns. */
function holdsForShape(rule: Rule, c: Facts): boolean {
  const watched = new Watched(c);
  return !rule.breach(watched) && !watched.looked;
}
