/** Streams a file through the redactor. */
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { compressionOf, expand } from '../../evidence/decompress.ts';
import { DEFAULT_LIMITS } from '../../evidence/index.ts';
import { type RedactionCounts, Redactor } from '../../logs/redact.ts';
import { redactStream } from '../../logs/redact-stream.ts';
import { UserError } from '../exit.ts';

const FLUSH = 1 << 20;

/** The content of a file or of standard input, unpacked where it is packed; what stopped that early goes to `note`. */
async function* unpacked(file: string, note: (text: string) => void): AsyncGenerator<Buffer> {
  const stored = file === '-' ? Number.POSITIVE_INFINITY : (await stat(file)).size;
  const stream: AsyncIterable<Buffer> = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: FLUSH });
  const chunks = stream[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) return;
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield first.value;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  };
  const compression = compressionOf(first.value);
  if (typeof compression === 'object') throw new Error(`${compression.unsupported} is not read here; unpack it first`);
  yield* compression === undefined ? whole() : expand(compression, whole(), stored, DEFAULT_LIMITS, note);
}

/**
 * @param output file to write; standard output when absent. It appears whole or not at all.
 * @throws UserError when the input cannot be read or the output not written.
 */
export async function redactFile(
  file: string,
  output: string | undefined,
): Promise<RedactionCounts & { notes: string[] }> {
  const redactor = new Redactor();
  const notes: string[] = [];
  const temporary = output === undefined ? undefined : `${output}.part`;
  try {
    const source = unpacked(file, (text) => notes.push(text));
    const target = temporary === undefined ? process.stdout : createWriteStream(temporary, { mode: 0o600 });
    for await (const block of redactStream(source, redactor)) if (!target.write(block)) await once(target, 'drain');
    if (temporary !== undefined) {
      target.end();
      await once(target, 'finish');
      await rename(temporary, output!);
    }
    return { ...redactor.counts, notes };
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`${file}: ${code ?? message}`, {
      next: 'check that the file can be read and the output folder written',
    });
  }
}
