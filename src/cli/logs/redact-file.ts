/** Streams a file through the redactor. */
import { once } from 'node:events';
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import { compressionOf, expand } from '../../evidence/decompress.ts';
import { DEFAULT_LIMITS } from '../../evidence/index.ts';
import { passingChunks } from '../../evidence/stored.ts';
import { type RedactionCounts, Redactor } from '../../logs/redact.ts';
import { numbersIn, redactStream } from '../../logs/redact-stream.ts';
import { UserError } from '../exit.ts';
import { mustBePlainFile } from '../plain-file.ts';
import { writeTarget } from '../write-target.ts';

/** Bytes that tell how a file is packed. */
const HEAD = 64;

/** The content of a file or of standard input, unpacked where it is packed; what stopped that early goes to `note`. */
async function* unpacked(file: string, note: (text: string) => void): AsyncGenerator<Buffer> {
  if (file !== '-') {
    const { size } = await stat(file);
    const head = Buffer.alloc(HEAD);
    const handle = await open(file, 'r');
    const { bytesRead } = await handle.read(head, 0, HEAD, 0).finally(() => handle.close());
    const compression = compressionOf(head.subarray(0, bytesRead));
    if (typeof compression === 'object') throw new Error(unsupported(compression));
    // Each chunk lies in the same buffer, so that nothing piles up behind a slow disk.
    if (compression === undefined) yield* passingChunks(file);
    else yield* expand(compression, createReadStream(file), size, DEFAULT_LIMITS, note);
    return;
  }
  const chunks = process.stdin[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  if (first.done) return;
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield first.value;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  };
  const compression = compressionOf(first.value);
  if (typeof compression === 'object') throw new Error(unsupported(compression));
  yield* compression === undefined
    ? whole()
    : expand(compression, whole(), Number.POSITIVE_INFINITY, DEFAULT_LIMITS, note);
}

const unsupported = ({ unsupported: format }: { unsupported: string }): string =>
  `${format} is not read here; unpack it first`;

/** The same, as gzip; blocks are copied, since they are used again before they are packed. */
const packed = (blocks: AsyncIterable<Buffer>): AsyncIterable<Buffer> =>
  pipeline(
    async function* () {
      for await (const block of blocks) yield Buffer.from(block);
    },
    createGzip(),
    // Errors reach whoever reads the packed bytes.
    () => {},
  );

/**
 * A file is read twice, standard input once: there a number is masked as something else only behind its first place as a card.
 * @param output file to write, packed where its name ends in .gz; standard output when absent. It appears whole or not at all.
 * @throws UserError when the input cannot be read or the output not written.
 */
export async function redactFile(
  file: string,
  output: string | undefined,
): Promise<RedactionCounts & { notes: string[] }> {
  const notes: string[] = [];
  const target = output === undefined ? undefined : writeTarget(output);
  const temporary = target?.replace ? `${target.path}.part` : undefined;
  let descriptor: number | undefined;
  try {
    if (file !== '-') mustBePlainFile(file, 'copy its content into a file, or pipe it in as `-`');
    // What can be read again is read twice: a number may stand as an order before it stands as a card.
    const redactor = new Redactor(file === '-' ? undefined : await numbersIn(unpacked(file, () => {})));
    if (target) descriptor = openSync(temporary ?? target.path, 'w', 0o600);
    const clean = redactStream(
      unpacked(file, (text) => notes.push(text)),
      redactor,
    );
    for await (const block of output?.endsWith('.gz') ? packed(clean) : clean) {
      // The block is used again for the next.
      if (descriptor !== undefined) for (let at = 0; at < block.length; ) at += writeSync(descriptor, block, at);
      else if (!process.stdout.write(Buffer.from(block))) await once(process.stdout, 'drain');
    }
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
    if (temporary !== undefined) await rename(temporary, target!.path);
    return { ...redactor.counts, notes };
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    if (temporary !== undefined) await rm(temporary, { force: true });
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`${file}: ${code ?? message}`, {
      next: 'check that the file can be read and the output folder written',
    });
  }
}
