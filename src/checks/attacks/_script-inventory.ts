/** Inventories of the scripts of payment pages (PCI DSS 4.0.1 requirement 6.4.3), as settings or tables in any column order. */
import { createHash } from 'node:crypto';
import type { TextFact } from '../../evidence/small-facts.ts';
import type { CheckContext } from '../types.ts';

export interface ScriptInventory {
  /** Sums in hexadecimal of everything that is authorised. */
  sums: Set<string>;
  /** Sums by the last part of the script's path, for entries that name both. */
  byName: Map<string, Set<string>>;
  /** Everything the entries say, for the hosts in it. */
  texts: string[];
}

const SUM_NAME = /sha-?(?:256|384|512)|hash|integrity|checksum|prüfsumme|huella|empreinte|resumo|校验|哈希|ハッシュ/i;
const SCRIPT = /(?:^|\/)([\w.@-]{1,100}\.m?js)(?:[?#].*)?$/i;
/** Lengths of SHA-256, SHA-384 and SHA-512 in bytes. */
const LENGTHS = [32, 48, 64];

/** `sha384-` and base64 (Subresource Integrity), bare base64 or hexadecimal, as hexadecimal. */
function sumOf(text: string): string | undefined {
  const bare = text.trim().replace(/^sha-?(?:256|384|512)[-:/]/i, '');
  if (/^[0-9a-f]+$/i.test(bare) && LENGTHS.includes(bare.length / 2)) return bare.toLowerCase();
  if (!/^[A-Za-z0-9+/_-]{42,88}={0,2}$/.test(bare)) return undefined;
  const bytes = Buffer.from(bare, 'base64');
  return LENGTHS.includes(bytes.length) ? bytes.toString('hex') : undefined;
}

export function scriptInventory({ observations: { facts } }: CheckContext): ScriptInventory {
  const inventory: ScriptInventory = { sums: new Set(), byName: new Map(), texts: [] };
  const take = (cells: { name: string; value: string }[]): void => {
    const sums = cells.flatMap(({ name, value }) => (SUM_NAME.test(name) ? (sumOf(value) ?? []) : []));
    if (sums.length === 0) return;
    for (const { value } of cells) {
      inventory.texts.push(value);
      const script = SCRIPT.exec(value.trim())?.[1];
      if (script === undefined) continue;
      const known = inventory.byName.get(script) ?? new Set();
      inventory.byName.set(script, known);
      for (const sum of sums) known.add(sum);
    }
    for (const sum of sums) inventory.sums.add(sum);
  };
  for (const { header, rows } of facts.tables)
    for (const { cells } of rows) take(header.map((name, at) => ({ name, value: cells[at] ?? '' })));
  // Settings of one entry share everything of their key but its last part.
  const entries = new Map<string, { name: string; value: string }[]>();
  for (const { file, key, value } of facts.settings) {
    const dot = key.lastIndexOf('.');
    const entry = `${file}\0${key.slice(0, Math.max(dot, 0))}`;
    const cells = entries.get(entry) ?? [];
    entries.set(entry, cells);
    cells.push({ name: key.slice(dot + 1), value }, { name: '', value: key });
  }
  for (const cells of entries.values()) take(cells);
  return inventory;
}

/** Whether the inventory has one of the sums of a file. */
export const isListed = ({ sums }: { sums: Set<string> }, file: TextFact): boolean =>
  sums.has(file.sha256.toLowerCase()) || hasSum({ sums }, file.text, ['sha384', 'sha512']);

/** Whether the inventory has a sum of a text, as a policy has it for a script within a page (CSP Level 3, section 2.3.1). */
export const hasSum = (
  { sums }: { sums: Set<string> },
  text: string,
  algorithms: readonly string[] = ['sha256', 'sha384', 'sha512'],
): boolean => algorithms.some((algorithm) => sums.has(createHash(algorithm).update(text).digest('hex')));
