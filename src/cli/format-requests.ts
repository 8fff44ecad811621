/** `--format F[=FILE]`: one run, several documents. stdout gets at most one of them. */
import { resolve } from 'node:path';
import { FORMATS } from '../report/formats/registry.gen.ts';
import { UserError } from './exit.ts';

const FORMAT_IDS = Object.keys(FORMATS);

export interface FormatRequest {
  format: string;
  /** Absent: standard output. */
  file?: string;
}

function nearest(id: string): string | undefined {
  const distance = (a: string, b: string): number => {
    let previous = Array.from({ length: b.length + 1 }, (_u, i) => i);
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      for (let j = 1; j <= b.length; j++)
        row[j] = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      previous = row;
    }
    return previous[b.length]!;
  };
  const ranked = FORMAT_IDS.map((known) => ({
    known,
    far: known.startsWith(id) ? 0 : distance(id.slice(0, 40), known),
  })).sort((a, b) => a.far - b.far);
  return ranked[0] && ranked[0].far <= 3 ? ranked[0].known : undefined;
}

/**
 * Reads the values of `--format`. `F=-` and `F` mean standard output; nothing at all means `terminal`.
 * @throws UserError for an unknown format, two documents for standard output, or two for one file.
 */
export function parseFormatRequests(values: readonly string[] = []): FormatRequest[] {
  const requests = (values.length ? values : ['terminal']).map((value): FormatRequest => {
    const at = value.indexOf('=');
    const format = at < 0 ? value : value.slice(0, at);
    const file = at < 0 ? undefined : value.slice(at + 1);
    if (!Object.hasOwn(FORMATS, format)) {
      const near = nearest(format);
      throw new UserError(`--format ${value}: there is no format "${format}"${near ? `; did you mean ${near}?` : ''}`, {
        next: `formats: ${FORMAT_IDS.join(', ')}`,
      });
    }
    if (file === '') throw new UserError(`--format ${value}: a file name must follow the "="`);
    return file === undefined || file === '-' ? { format } : { format, file };
  });
  const toStdout = requests.filter((r) => r.file === undefined);
  if (toStdout.length > 1) {
    throw new UserError(`--format ${toStdout[1]!.format}: standard output already takes ${toStdout[0]!.format}`, {
      next: `give one of them a file, as in --format ${toStdout[1]!.format}=FILE`,
    });
  }
  const files = new Set<string>();
  for (const { file } of requests) {
    if (file === undefined) continue;
    const path = resolve(file);
    if (files.has(path))
      throw new UserError(`--format: ${file} is named twice`, { next: 'give each format a file of its own' });
    files.add(path);
  }
  return requests;
}
