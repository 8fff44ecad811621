/** Signed messages in logs: one more pass over all bytes, in bounded memory, which parses only the lines that can hold one. */
import type { EvidenceSource } from '../../evidence/types.ts';
import { mentionsSignature, readLogLine } from '../read/log-line.ts';
import type { StoredMessage } from '../stored-message.ts';

const MAXIMUM_LINE = 512 * 1024;
const MAXIMUM_MESSAGES = 500;
/**
 * Parts of "signature" and "paypal-transmission", in the two cases that headers and members are written in. Node looks for
 * seven bytes or fewer by their first byte, fifteen times faster when that is a seldom one.
 */
const NEEDLES = ['gnature', 'GNATURE', 'ypal-tr', 'YPAL-TR'].map((n) => Buffer.from(n));
const STAMP = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)/;

/**
 * Reads the messages that logs hold. What was left because there are more than can be judged is noted with its log: from
 * which line and byte on.
 */
export async function readLoggedMessages(sources: readonly EvidenceSource[]): Promise<StoredMessage[]> {
  const messages: StoredMessage[] = [];
  for (const source of sources) {
    if (messages.length >= MAXIMUM_MESSAGES) {
      leave(source, 1, 0);
      continue;
    }
    let rest: Buffer = Buffer.alloc(0);
    const position = { line: 1, byte: 0 };
    for await (const chunk of source.passing()) {
      // The chunk is used again by its source.
      const data: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      const end = data.lastIndexOf(0x0a);
      const whole = end < 0 ? data.subarray(0, 0) : data.subarray(0, end + 1);
      const full = scan(whole, position, source.item.path, messages);
      if (full) break;
      rest = Buffer.from(data.subarray(whole.length));
      // A line without end is no message; what comes after its bound is looked at again from there.
      if (rest.length > MAXIMUM_LINE) {
        position.byte += rest.length;
        rest = Buffer.alloc(0);
      }
    }
    if (messages.length < MAXIMUM_MESSAGES) scan(rest, position, source.item.path, messages);
    if (messages.length >= MAXIMUM_MESSAGES) leave(source, position.line, position.byte);
  }
  return messages;
}

function leave({ item }: EvidenceSource, line: number, byte: number): void {
  item.notes = [
    ...(item.notes ?? []),
    `signed messages were looked for up to line ${line} (byte ${byte}) only: ${MAXIMUM_MESSAGES} were found before; put the lines in question into a file of their own`,
  ];
}

/**
 * Lines of a block that mention a signature. Moves `position` behind the block, or behind the message with which there are
 * as many as can be judged. @returns whether there are.
 */
function scan(block: Buffer, position: { line: number; byte: number }, file: string, into: StoredMessage[]): boolean {
  let counted = 0;
  const pass = (to: number): void => {
    position.line += newlines(block, counted, to);
    position.byte += to - counted;
    counted = to;
  };
  const hits = new Hits(block);
  for (let at = hits.from(0); at >= 0; ) {
    const from = block.lastIndexOf(0x0a, at) + 1;
    const newline = block.indexOf(0x0a, at);
    const to = newline < 0 ? block.length : newline;
    pass(from);
    if (to - from <= MAXIMUM_LINE) {
      const text = block.toString('utf8', from, to).replace(/\r$/, '');
      if (mentionsSignature(text)) {
        const stamp = STAMP.exec(text.slice(0, 200))?.[0].replace(',', '.').replace(' ', 'T');
        const message = readLogLine(text, file, position.line, stamp ? Date.parse(stamp) : Number.NaN);
        if (message) into.push(message);
        if (into.length >= MAXIMUM_MESSAGES) {
          pass(newline < 0 ? to : newline + 1);
          return true;
        }
      }
    }
    if (newline < 0) break;
    at = hits.from(newline + 1);
  }
  pass(block.length);
  return false;
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
