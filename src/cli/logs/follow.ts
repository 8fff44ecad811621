/** Reads what is appended to log files and says at once what it means. */
import { stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { keepHeapClose } from '../../evidence/heap.ts';
import { most } from '../../lists.ts';
import { type LogInput, readLogs } from '../../logs/index.ts';
import { patternInput } from '../../logs/pattern.ts';
import { SigmaEngine, type SigmaHit, sigmaEvents } from '../../logs/sigma/index.ts';
import { safeText } from '../../report/safe-text.ts';
import { UserError } from '../exit.ts';
import { FollowTeller, STRETCH } from './follow-teller.ts';
import { FollowedFile } from './followed-file.ts';
import { shippedLexicon } from './lexicon.ts';
import { askedFormats, linePattern, type NamedLogOptions } from './named-options.ts';
import { letNurseriesGrow } from './nursery.ts';

import { sigmaDocuments } from './sigma.ts';

export interface FollowOptions extends NamedLogOptions {
  format: string;
  /** Milliseconds between looks. */
  interval: number;
  /** Begin with what the files hold already. */
  fromStart: boolean;
}

/**
 * Follows until the signal fires.
 * @param write gets one line per thing worth telling: an error class, a rule that fired, failed requests, a card number; of a flood, sums.
 * @throws UserError for a path that is no file.
 */
export async function followLogs(
  paths: readonly string[],
  options: FollowOptions,
  write: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const files: FollowedFile[] = [];
  for (const path of paths) {
    const stats = await stat(path).catch(() => undefined);
    if (!stats?.isFile())
      throw new UserError(`${path}: is no file that can be followed`, { next: 'name plain log files' });
    files.push(new FollowedFile(path, options.fromStart ? 0 : stats.size));
  }
  const lexicon = shippedLexicon();
  const pattern = options.logPattern === undefined ? undefined : linePattern(options.logPattern);
  const rules = options.sigma ? new SigmaEngine(sigmaDocuments(options.sigma).documents) : undefined;
  const teller = new FollowTeller(options.format === 'json', write);
  const tell = teller.tell.bind(teller);
  // What a round leaves behind is collected soon, though there may be little of it at a time: this runs for days.
  letNurseriesGrow(false);
  keepHeapClose([Number.POSITIVE_INFINITY]);
  for (let more = false; !signal.aborted; ) {
    const inputs: LogInput[] = [];
    more = false;
    for (const file of files) {
      const bytes = await file.appended((what) => tell(Date.now(), 'file', what, { file: safeText(file.path) }));
      more ||= file.more;
      if (!bytes) continue;
      const { head } = file;
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
        logFormats: askedFormats(options.logFormat),
      });
      for (const event of logs.events) {
        const hit = event.hits[0]!;
        tell(event.first, 'error', event.event, {
          count: event.count,
          file: safeText(logs.sources[event.source]!.file),
          text: safeText(hit.text.replaceAll('\n', ' ')).slice(0, 160),
        });
      }
      // The log's own clock, as for all else that it says; this machine's where its lines carry no time.
      const last = most(logs.sources.flatMap((source) => source.last ?? []));
      const told = Number.isFinite(last) ? last : Date.now();
      if (logs.traffic.failures > 0)
        tell(told, 'failures', 'requests answered 5xx or cut', {
          count: logs.traffic.failures,
          of: logs.traffic.total,
        });
      const shown = logs.cards.hits.slice(0, 5);
      for (const card of shown) tell(card.time, 'card-number', card.masked, { file: safeText(card.file) });
      if (logs.cards.total > shown.length)
        tell(told, 'card-number', 'further card numbers', { count: logs.cards.total - shown.length });
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
      // The next round takes the same memory.
      for (const { minutes } of [logs.traffic, logs.operations]) minutes.releaseRows();
    }
    // Where looks are rare, what was held back does not wait for the next one.
    if (teller.isDue() || (!more && options.interval >= STRETCH)) teller.flush();
    // Much that waits is read in one go; an interrupt is heard in between.
    await wait(more ? 0 : options.interval, undefined, { signal }).catch(() => undefined);
  }
  teller.flush();
  for (const file of files) await file.close();
}
