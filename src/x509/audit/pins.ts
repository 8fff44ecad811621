/** Known identities for an audit: pins, inventories and reports of earlier runs, as parsed documents or tables. */
import { append } from '../../lists.ts';
import { type IdentityField, identityField, identityOf } from '../known-identities.ts';

export interface Pin {
  /** Host name, or any name by which the certificate is known. */
  name: string;
  issuer?: string;
  spkiSha256?: string[];
  serial?: string;
}

const MOST = 100_000;

/** Where a document keeps its records. */
function recordsOf(document: unknown): unknown[] | undefined {
  if (Array.isArray(document)) return document;
  if (typeof document !== 'object' || document === null) return undefined;
  const { pins, certificates, identities, inventory } = document as { [key: string]: unknown };
  for (const list of [pins, certificates, identities]) if (Array.isArray(list)) return list;
  return inventory === undefined ? undefined : recordsOf(inventory);
}

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((v) =>
    typeof v === 'string'
      ? [v]
      : typeof v === 'number' || typeof v === 'boolean'
        ? [String(v)]
        : v instanceof Date
          ? [v.toISOString()]
          : [],
  );

/**
 * Reads pins from a parsed document: a list, or an object with a list under `pins`, `certificates` or `identities`, also
 * inside the `inventory` of a JSON report.
 * @returns the pins and a sentence for every entry that is not one; certificates of authorities and entries that only say a
 *   name are passed over
 */
export function readPins(document: unknown): { pins: Pin[]; problems: string[] } {
  const list = recordsOf(document);
  if (!list) return { pins: [], problems: ['it holds no list of pins'] };
  const problems: string[] = [];
  const pins: Pin[] = [];
  list.slice(0, MOST).forEach((entry: unknown, i) => {
    const record = (typeof entry === 'object' && entry !== null ? entry : {}) as { [key: string]: unknown };
    const fields = Object.entries(record).map(([key, value]) => [key, texts(value)] as [string, string[]]);
    if (!fields.some(([key, values]) => ['name', 'subject'].includes(identityField(key) ?? '') && values.length))
      problems.push(`entry ${i + 1} has no name`);
    else append(pins, pinsOf(fields));
  });
  return { pins, problems };
}

/** Reads pins from a table, such as the CSV of `paymedic inventory`. */
export function readPinTable(header: readonly string[], rows: Iterable<readonly string[]>): Pin[] {
  const pins: Pin[] = [];
  for (const cells of rows) {
    if (pins.length >= MOST) break;
    append(pins, pinsOf(header.map((h, i) => [h, cells[i]?.trim() ? [cells[i]] : []])));
  }
  return pins;
}

function pinsOf(fields: readonly [string, string[]][]): Pin[] {
  const values: Partial<Record<IdentityField, string[]>> = {};
  let named: string | undefined;
  for (const [key, texts] of fields) {
    const field = identityField(key);
    if (!field || texts.length === 0) continue;
    if (field === 'name' && texts.length === 1) named ??= texts[0];
    values[field] = [...(values[field] ?? []), ...texts];
  }
  // A certificate may be known by a name that is no host name, such as the number of a merchant.
  const identity = identityOf(values) ?? (named ? withName(values, named) : undefined);
  if (!identity) return [];
  return identity.names.map((name) => ({
    name,
    ...(identity.issuer === undefined ? {} : { issuer: identity.issuer }),
    ...(identity.keys.length ? { spkiSha256: identity.keys } : {}),
    ...(identity.serial === undefined ? {} : { serial: identity.serial }),
  }));
}

function withName(values: Partial<Record<IdentityField, string[]>>, name: string): ReturnType<typeof identityOf> {
  const placeholder = identityOf({ ...values, name: ['name.invalid'] });
  return placeholder && { ...placeholder, names: [name.toLowerCase()] };
}
