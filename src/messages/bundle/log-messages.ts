/** Signed messages in logs: one more pass over the bytes, which parses only the lines that can hold one. */
import type { EvidenceSource } from '../../evidence/types.ts';
import { mentionsSignature, readLogLine } from '../read/log-line.ts';
import type { StoredMessage } from '../stored-message.ts';

/** Expanded bytes of logs looked through; more logs than this are told, not read again. */
const MAXIMUM_BYTES = 192 * 2 ** 20;
const MAXIMUM_LINE = 512 * 1024;
const MAXIMUM_MESSAGES = 500;
/**
 * Parts of "signature" and "paypal-transmission", in the two cases that headers and members are written in. Node looks for
 * seven bytes or fewer by their first byte, fifteen times faster when that is a seldom one.
 */
const NEEDLES = ['gnature', 'GNATURE', 'ypal-tr', 'YPAL-TR'].map((n) => Buffer.from(n));
const STAMP = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)/;

export interface LoggedMessages {
  messages: StoredMessage[];
  /** Logs that were left out because the bound was met. */
  left: string[];
}

/** Reads the messages that logs hold. */
export async function readLoggedMessages(sources: readonly EvidenceSource[]): Promise<LoggedMessages> {
  const out: LoggedMessages = { messages: [], left: [] };
  let budget = MAXIMUM_BYTES;
  for (const source of sources) {
    if (budget <= 0 || out.messages.length >= MAXIMUM_MESSAGES) {
      out.left.push(source.item.path);
      continue;
    }
    let rest: Buffer = Buffer.alloc(0);
    let line = 1;
    for await (const chunk of source.chunks()) {
      budget -= chunk.length;
      const data: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      const end = data.lastIndexOf(0x0a);
      const whole = end < 0 ? data.subarray(0, 0) : data.subarray(0, end + 1);
      line = scan(whole, line, source.item.path, out.messages);
      rest = data.subarray(whole.length);
      // A line without end is no message; what comes after its bound is looked at again from there.
      if (rest.length > MAXIMUM_LINE) rest = Buffer.alloc(0);
      if (budget <= 0 || out.messages.length >= MAXIMUM_MESSAGES) break;
    }
    scan(rest, line, source.item.path, out.messages);
  }
  return out;
}

/** Lines of a block that mention a signature; returns the number of the line after the block. */
function scan(block: Buffer, firstLine: number, file: string, into: StoredMessage[]): number {
  let line = firstLine;
  let counted = 0;
  const hits = new Hits(block);
  for (let at = hits.from(0); at >= 0; ) {
    const from = block.lastIndexOf(0x0a, at) + 1;
    const newline = block.indexOf(0x0a, at);
    const to = newline < 0 ? block.length : newline;
    line += newlines(block, counted, from);
    counted = from;
    if (to - from <= MAXIMUM_LINE && into.length < MAXIMUM_MESSAGES) {
      const text = block.toString('utf8', from, to).replace(/\r$/, '');
      if (mentionsSignature(text)) {
        const stamp = STAMP.exec(text.slice(0, 200))?.[0].replace(',', '.').replace(' ', 'T');
        const message = readLogLine(text, file, line, stamp ? Date.parse(stamp) : Number.NaN);
        if (message) into.push(message);
      }
    }
    if (newline < 0) break;
    at = hits.from(newline + 1);
  }
  return line + newlines(block, counted, block.length);
}

/** Finds the next hit of any needle; each needle is searched on only after it was passed, so that a block is read once. */
class Hits {
  private readonly block: Buffer;
  private readonly next: number[];

  constructor(block: Buffer) {
    this.block = block;
    this.next = NEEDLES.map((n) => block.indexOf(n));
  }

  /** Offset of the first hit at or after `from`; -1 when there is none. */
  from(from: number): number {
    let nearest = -1;
    for (const [i, needle] of NEEDLES.entries()) {
      let at = this.next[i]!;
      if (at >= 0 && at < from) {
        at = this.block.indexOf(needle, from);
        this.next[i] = at;
      }
      if (at >= 0 && (nearest < 0 || at < nearest)) nearest = at;
    }
    return nearest;
  }
}

function newlines(block: Buffer, from: number, to: number): number {
  let n = 0;
  for (let at = block.indexOf(0x0a, from); at >= 0 && at < to; at = block.indexOf(0x0a, at + 1)) n++;
  return n;
}
