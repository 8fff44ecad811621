/** Reads what is appended to log files and says at once what it means. */
import { open, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { isInstant, isoTime } from '../../instant.ts';
import { loadKnowledge } from '../../knowledge/load.ts';
import { compileLexicon, type LogInput, readLogs } from '../../logs/index.ts';
import { patternInput } from '../../logs/pattern.ts';
import { SigmaEngine, type SigmaHit, sigmaEvents } from '../../logs/sigma/index.ts';
import { safeText } from '../../report/safe-text.ts';
import { UserError } from '../exit.ts';
import { linePattern, type NamedLogOptions } from './read-named.ts';
import { sigmaDocuments } from './sigma.ts';

/** Bytes taken at once from one file; a flood is read in several rounds. */
const MOST = 8 * 2 ** 20;
const HEAD = 64 * 1024;
/** A line longer than this is let go. */
const LONGEST = 2 ** 20;

interface Followed {
  path: string;
  inode: number;
  offset: number;
  /** Bytes of a line whose end has not been written yet. */
  rest: Buffer;
}

export interface FollowOptions extends NamedLogOptions {
  format: string;
  /** Milliseconds between looks. */
  interval: number;
  /** Begin with what the files hold already. */
  fromStart: boolean;
}

async function readAt(path: string, position: number, length: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await handle.read(buffer, 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Whole lines that were appended; a file that was rotated or cut begins again. */
async function appended(file: Followed): Promise<Buffer | undefined> {
  const stats = await stat(file.path).catch(() => undefined);
  if (!stats) return undefined;
  if (stats.ino !== file.inode || stats.size < file.offset) {
    file.inode = stats.ino;
    file.offset = 0;
    file.rest = Buffer.alloc(0);
  }
  if (stats.size <= file.offset) return undefined;
  const bytes = await readAt(file.path, file.offset, Math.min(MOST, stats.size - file.offset));
  file.offset += bytes.length;
  const all = Buffer.concat([file.rest, bytes]);
  const end = all.lastIndexOf(10) + 1;
  file.rest = all.length - end > LONGEST ? Buffer.alloc(0) : Buffer.from(all.subarray(end));
  return end === 0 ? undefined : all.subarray(0, end);
}

const iso = (time: number): string | null => (isInstant(time) ? isoTime(time) : null);

/**
 * Follows until the signal fires.
 * @param write gets one line per thing worth telling: an error class, a rule that fired, failed requests, a card number.
 * @throws UserError for a path that is no file.
 */
export async function followLogs(
  paths: readonly string[],
  options: FollowOptions,
  write: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const files: Followed[] = [];
  for (const path of paths) {
    const stats = await stat(path).catch(() => undefined);
    if (!stats?.isFile())
      throw new UserError(`${path}: is no file that can be followed`, { next: 'name plain log files' });
    files.push({ path, inode: stats.ino, offset: options.fromStart ? 0 : stats.size, rest: Buffer.alloc(0) });
  }
  const lexicon = compileLexicon([...loadKnowledge().lexicon]);
  const pattern = options.logPattern === undefined ? undefined : linePattern(options.logPattern);
  const rules = options.sigma ? new SigmaEngine(sigmaDocuments(options.sigma).documents) : undefined;
  const tell = (time: number, kind: string, what: string, more: { [name: string]: string | number }): void =>
    write(
      options.format === 'json'
        ? JSON.stringify({ time: iso(time), kind, what, ...more })
        : `${iso(time) ?? '-'}  ${kind}  ${what}${Object.entries(more)
            .map(([name, value]) => `  ${name}=${value}`)
            .join('')}`,
    );
  while (!signal.aborted) {
    const inputs: LogInput[] = [];
    for (const file of files) {
      const bytes = await appended(file);
      if (!bytes) continue;
      const head = await readAt(file.path, 0, HEAD).catch(() => bytes.subarray(0, HEAD));
      const input: LogInput = {
        file: file.path,
        head,
        async *chunks() {
          yield bytes;
        },
      };
      inputs.push(pattern ? patternInput(input, pattern) : input);
    }
    if (inputs.length > 0) {
      const logs = await readLogs(inputs, {
        lexicon,
        now: Date.now(),
        keep: rules ? 'all' : 'counts',
        ...(options.zone === undefined ? {} : { zone: options.zone, zoneSource: 'option' as const }),
        logFormats: (options.logFormat ?? []).map((format, i) => ({ name: `option ${i + 1}`, format })),
      });
      for (const event of logs.events) {
        const hit = event.hits[0]!;
        tell(event.first, 'error', event.event, {
          count: event.count,
          file: safeText(logs.sources[event.source]!.file),
          text: safeText(hit.text.replaceAll('\n', ' ')).slice(0, 160),
        });
      }
      if (logs.traffic.failures > 0)
        tell(Date.now(), 'failures', 'requests answered 5xx or cut', {
          count: logs.traffic.failures,
          of: logs.traffic.total,
        });
      for (const card of logs.cards.hits.slice(0, 5))
        tell(card.time, 'card-number', card.masked, { file: safeText(card.file) });
      if (rules) {
        const fired = (hits: readonly SigmaHit[]): void => {
          for (const { rule, event } of hits)
            tell(event.time, 'rule', safeText(rule.title), {
              level: rule.level ?? 'medium',
              author: safeText(rule.author ?? 'unknown'),
            });
        };
        for (const { event, offered } of sigmaEvents(logs)) fired(rules.feed(event, offered));
        fired(rules.settle());
      }
    }
    await wait(options.interval, undefined, { signal }).catch(() => undefined);
  }
}
