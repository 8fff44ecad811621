/** Lines of host files, and how a line proves something. */
import type { HostFile, Proof } from './types.ts';

export const proofOf = (file: HostFile, line: number, text: string): Proof => ({
  file: file.file,
  line,
  text: text.trim().slice(0, 400),
  time: file.modified ?? Number.NaN,
});

/** Number from one and text of each line, without its end. */
export function* linesOf(file: HostFile): Generator<[number, string]> {
  let number = 0;
  for (const line of file.text.slice(0, 1 << 20).split('\n')) yield [++number, line.replace(/\r$/, '')];
}
