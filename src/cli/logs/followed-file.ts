/** A log file that grows, is cut, or gives its name to another while it is followed. */
import { type FileHandle, open, stat } from 'node:fs/promises';

/** Bytes taken at once; a flood is read in several rounds. */
const MOST = 2 ** 20;
const HEAD = 64 * 1024;
/** A line longer than this is let go. */
const LONGEST = 2 ** 20;
/** Bytes at the beginning and before the place reached that must still be there: a file that was cut and has grown beyond it lacks them. */
const REMEMBERED = 64;

const NOTHING = Buffer.alloc(0);

async function read(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

export class FollowedFile {
  /** Where the file begins: its format is told by it. */
  head: Buffer = NOTHING;
  /** Whether there was more than was taken. */
  more = false;
  readonly path: string;
  #handle: FileHandle | undefined;
  #inode = -1;
  #offset: number;
  /** Bytes of a line whose end has not been written yet. */
  #rest: Buffer = NOTHING;
  /** The last bytes before the place reached. */
  #last: Buffer = NOTHING;
  /** The end of a line of which the beginning was let go. */
  #inLongLine = false;

  /** @param offset where to begin. */
  constructor(path: string, offset: number) {
    this.path = path;
    this.#offset = offset;
  }

  /**
   * Whole lines that were appended since. A file that was renamed is read to its end before the one that has its name now,
   * which is read from its beginning; so is one that was cut. @param note is told what cannot be seen from the lines.
   */
  async appended(note: (what: string) => void): Promise<Buffer | undefined> {
    this.more = false;
    try {
      this.#handle ??= await this.#open();
      if (!this.#handle) return undefined;
      const { size } = await this.#handle.stat();
      if (await this.#wasCut(size)) {
        note('was cut, and is read from its beginning');
        this.#restart();
      }
      if (size > this.#offset) return await this.#take(size, note);
      const named = await stat(this.path).catch(() => undefined);
      if (!named?.isFile() || named.ino === this.#inode) return undefined;
      // What was written last to the file of before has no line end, and gets none any more.
      const rest = this.#rest;
      await this.close();
      this.#restart();
      this.more = true;
      return rest.length > 0 ? Buffer.concat([rest, Buffer.from('\n')]) : undefined;
    } catch (cause) {
      // It went away, or may not be read for now: the next look tells.
      await this.close();
      if ((cause as NodeJS.ErrnoException).code === undefined) throw cause;
      return undefined;
    }
  }

  async #open(): Promise<FileHandle | undefined> {
    const handle = await open(this.path, 'r').catch(() => undefined);
    const stats = await handle?.stat();
    if (!handle || !stats?.isFile()) {
      await handle?.close();
      return undefined;
    }
    if (this.#inode !== -1 && stats.ino !== this.#inode) this.#restart();
    this.#inode = stats.ino;
    const before = Math.min(REMEMBERED, this.#offset);
    if (this.#last.length === 0 && before > 0) this.#last = await read(handle, this.#offset - before, before);
    return handle;
  }

  /** Whether what was read before is no longer there. */
  async #wasCut(size: number): Promise<boolean> {
    if (size < this.#offset) return true;
    // Also where the size says nothing: it may have grown again to just the place reached.
    const first = this.head.subarray(0, REMEMBERED);
    return !(await this.#holds(0, first)) || !(await this.#holds(this.#offset - this.#last.length, this.#last));
  }

  async #holds(position: number, bytes: Buffer): Promise<boolean> {
    return bytes.length === 0 || (await read(this.#handle!, position, bytes.length)).equals(bytes);
  }

  #restart(): void {
    this.#offset = 0;
    this.#rest = NOTHING;
    this.#last = NOTHING;
    this.head = NOTHING;
    this.#inLongLine = false;
  }

  async #take(size: number, note: (what: string) => void): Promise<Buffer | undefined> {
    if (this.head.length < HEAD && this.head.length < size)
      this.head = await read(this.#handle!, 0, Math.min(HEAD, size));
    let bytes = await read(this.#handle!, this.#offset, Math.min(MOST, size - this.#offset));
    if (bytes.length === 0) return undefined;
    this.#offset += bytes.length;
    this.#last = Buffer.from(bytes.subarray(-REMEMBERED));
    this.more = this.#offset < size;
    if (this.#inLongLine) {
      const end = bytes.indexOf(10) + 1;
      if (end === 0) return undefined;
      this.#inLongLine = false;
      bytes = bytes.subarray(end);
    }
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    const end = all.lastIndexOf(10) + 1;
    this.#inLongLine = all.length - end > LONGEST;
    if (this.#inLongLine) note(`a line longer than ${LONGEST} bytes was let go`);
    this.#rest = this.#inLongLine ? NOTHING : Buffer.from(all.subarray(end));
    return end === 0 ? undefined : all.subarray(0, end);
  }

  async close(): Promise<void> {
    await this.#handle?.close().catch(() => undefined);
    this.#handle = undefined;
  }
}
