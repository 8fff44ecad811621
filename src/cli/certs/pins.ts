/** The file of `--pins`: JSON or YAML, the CSV of `paymedic inventory`, or a JSON report. */

import { parse } from 'yaml';
import { sniffTable, tableRows } from '../../evidence/tabular.ts';
import { decodeText } from '../../evidence/text.ts';
import { type Pin, readPins, readPinTable } from '../../x509/audit/index.ts';
import { identityField } from '../../x509/index.ts';
import { refuseHostileYaml } from '../../yaml-bounds.ts';
import { UserError } from '../exit.ts';

const FORMS = 'JSON or YAML as --write-pins writes it, the CSV of `paymedic inventory`, or a report in JSON';

/**
 * Reads known identities.
 * @param file as the user named it, for messages
 * @throws UserError when the file is in none of the forms, or an entry has no name
 */
export function readPinFile(file: string, bytes: Buffer): Pin[] {
  const { text } = decodeText(bytes);
  const shape = /^\s*[[{]/.test(text) ? undefined : sniffTable(text);
  if (shape?.header.some((h) => ['key', 'issuer', 'certificate'].includes(identityField(h) ?? '')))
    return readPinTable(shape.header, cellsOf(text, shape));
  let document: unknown;
  try {
    refuseHostileYaml(text);
    document = /^\s*[[{]/.test(text) ? JSON.parse(text) : parse(text, { logLevel: 'silent', maxAliasCount: 100 });
  } catch (error) {
    throw new UserError(`--pins ${file}: not readable (${(error as Error).message.split('\n')[0]})`, { next: FORMS });
  }
  const { pins, problems } = readPins(document);
  if (problems.length > 0) throw new UserError(`--pins ${file}: ${problems[0]}`, { next: FORMS });
  return pins;
}

function* cellsOf(text: string, shape: NonNullable<ReturnType<typeof sniffTable>>): Iterable<string[]> {
  for (const row of tableRows(text, shape.separator, shape.bodyOffset, shape.headerLine + 1)) yield row.cells;
}
