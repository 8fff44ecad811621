/** Requests and records of logs as JSON lines in a new folder. */

import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { exportedRecords, exportedRequests } from '../../logs/plan/export.ts';
import { counted } from '../../wording.ts';
import { UserError } from '../exit.ts';
import type { NamedLogOptions } from './named-options.ts';
import { readNamed } from './read-named.ts';

async function write(file: string, lines: Iterable<string>): Promise<number> {
  const target = createWriteStream(file, { mode: 0o600, flags: 'wx' });
  let count = 0;
  let block = '';
  for (const line of lines) {
    block += `${line}\n`;
    count++;
    if (block.length > 1 << 20) {
      if (!target.write(block)) await once(target, 'drain');
      block = '';
    }
  }
  target.end(block);
  await once(target, 'finish');
  return count;
}

/** @throws UserError when the folder exists or cannot be written. */
export async function exportLogs(
  inputs: string[],
  options: NamedLogOptions & { output: string },
): Promise<{ requests: number; records: number; notes: string[] }> {
  const { output } = options;
  if (existsSync(output)) throw new UserError(`${output} exists already`, { next: 'name a new folder with --output' });
  const { logs, problems } = await readNamed(inputs, { ...options, keep: 'all' });
  try {
    mkdirSync(output, { recursive: true });
    const requests = await write(join(output, 'requests.jsonl'), exportedRequests(logs));
    const records = await write(join(output, 'records.jsonl'), exportedRecords(logs));
    const notes = problems.filter(({ named }) => named).map(({ input, what }) => `${input}: ${what}`);
    if (logs.sampledOut > 0)
      notes.push(
        `${counted(logs.sampledOut, 'record')} ${logs.sampledOut === 1 ? 'was' : 'were'} beyond --budget and are not in it`,
      );
    if (logs.requests.dropped > 0)
      notes.push(
        `${counted(logs.requests.dropped, 'request')} ${logs.requests.dropped === 1 ? 'was' : 'were'} beyond the table and are not in it`,
      );
    return { requests, records, notes };
  } catch (error) {
    throw new UserError(`${output}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`, {
      next: 'check that the folder can be written',
    });
  }
}
