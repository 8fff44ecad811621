// Writes generated lines to a file in blocks, so that a gigabyte needs no gigabyte of memory.
import { closeSync, openSync, writeSync } from 'node:fs';

const BLOCK = 1 << 20;

/** @param lines with their ends; taken one by one, so that a generator can stop by the count of what it gave. @returns the path */
export function writeLines(path, lines) {
  const file = openSync(path, 'w');
  let block = '';
  for (const line of lines) {
    block += line;
    if (block.length > BLOCK) {
      writeSync(file, block);
      block = '';
    }
  }
  writeSync(file, block);
  closeSync(file);
  return path;
}

/** Lines until they make so many megabytes; each gets a moment up to 40 ms after the one before. @param int numbers below its argument */
export function* megabytesOf(megabytes, int, line) {
  let time = Date.UTC(2026, 8, 12);
  for (let written = 0; written < megabytes * 1e6; ) {
    time += int(40);
    const text = `${line(new Date(time))}\n`;
    written += text.length;
    yield text;
  }
}
