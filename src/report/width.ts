/** Columns that text takes on a terminal, and wrapping by columns. Wide characters (East Asian, emoji) take two. */

/** Unicode East Asian Width W and F, and emoji shown wide (UAX #11). */
const WIDE: readonly [number, number][] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x23e9, 0x23ec],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x1fa70, 0x1faff],
  [0x20000, 0x3fffd],
];

function charWidth(char: string): number {
  const code = char.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (/^\p{M}$/u.test(char)) return 0;
  return code >= 0x1100 && WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

/** Columns of a text without control characters or escapes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

/** Cuts to `columns`, the last one an ellipsis when something was cut. */
export function shorten(text: string, columns: number, ellipsis = '…'): string {
  if (displayWidth(text) <= columns) return text;
  const room = columns - ellipsis.length;
  let out = '';
  let width = 0;
  for (const char of text) {
    width += charWidth(char);
    if (width > room) break;
    out += char;
  }
  return `${out.trimEnd()}${ellipsis}`;
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/** Pieces that may not be parted: words with the space after them, single wide characters. */
const CLOSING = '，。；：、？！）】》」』';
const OPENING = '（【《「『';

function pieces(text: string): string[] {
  const out: string[] = [];
  let word = '';
  for (const char of text) {
    if (charWidth(char) === 2) {
      // No line begins with closing punctuation, none ends with an opening one (JIS X 4051, GB/T 15834).
      if (CLOSING.includes(char) && (word || out.length > 0)) {
        if (word) out.push(word + char);
        else out.push(`${out.pop()!}${char}`);
        word = '';
      } else if (OPENING.includes(char)) {
        if (word && !OPENING.includes(word)) {
          out.push(word);
          word = '';
        }
        word += char;
      } else {
        if (word && !OPENING.includes(word.at(-1)!)) {
          out.push(word);
          word = '';
        }
        out.push(word + char);
        word = '';
      }
    } else {
      word += char;
      if (char === ' ') {
        out.push(word);
        word = '';
      }
    }
  }
  if (word) out.push(word);
  return out;
}

/** Lines of at most `columns`; breaks after spaces and between wide characters, inside a word only when it must. */
export function wrap(text: string, columns: number): string[] {
  const width = Math.max(4, columns);
  const lines: string[] = [];
  let line = '';
  let used = 0;
  const flush = () => {
    lines.push(line.trimEnd());
    line = '';
    used = 0;
  };
  for (let piece of pieces(text)) {
    let size = displayWidth(piece.trimEnd());
    if (used && used + size > width) flush();
    while (size > width) {
      let part = '';
      let taken = 0;
      for (const char of piece) {
        if (taken + charWidth(char) > width) break;
        part += char;
        taken += charWidth(char);
      }
      line = part;
      flush();
      piece = piece.slice(part.length);
      size = displayWidth(piece.trimEnd());
    }
    line += piece;
    used += displayWidth(piece);
  }
  if (line.trim() || !lines.length) flush();
  return lines;
}

/**
 * Words of a shell command: parted at spaces outside quotes and outside `$( )`, in which quotes begin anew (POSIX 2.2.3).
 */
function shellWords(command: string): string[] {
  const words: string[] = [];
  /** What is open, innermost last: a quote or a substitution. */
  const open: string[] = [];
  let word = '';
  for (let i = 0; i < command.length; i++) {
    const char = command[i]!;
    const inner = open.at(-1);
    if (inner === undefined && /\s/.test(char)) {
      if (word) words.push(word);
      word = '';
      continue;
    }
    word += char;
    if (inner === "'") {
      if (char === "'") open.pop();
    } else if (char === '\\') word += command[++i] ?? '';
    else if (char === '$' && command[i + 1] === '(') {
      open.push(')');
      word += command[++i]!;
    } else if (char === inner) open.pop();
    else if (char === '"' || (char === "'" && inner !== '"')) open.push(char);
    else if (char === '(' && inner === ')') open.push(')');
  }
  if (word) words.push(word);
  return words;
}

/** Lines of a shell command; a word that is too long overflows rather than break. */
export function commandLines(command: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of shellWords(command)) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(last) + 1 + displayWidth(word) <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
