/** Reads what the user named as logs and sums it up. What reads is loaded while threads that help begin. */

import type { Problem } from '../../evidence/index.ts';
import { append } from '../../lists.ts';
import type { LogSummary } from '../../logs/summary.ts';
import { zoneClock } from '../../logs/time/zone.ts';
import { UserError } from '../exit.ts';
import { Helpers } from './helpers.ts';
import type { NamedLogOptions } from './named-options.ts';
import { letNurseriesGrow } from './nursery.ts';
import type { NamedLogs } from './read-inputs.ts';

/** Opens and reads what was named. @throws UserError for an option that makes no sense. */
export async function readNamed(inputs: string[], options: NamedLogOptions): Promise<NamedLogs> {
  const { zone } = options;
  if (zone !== undefined && !zoneClock(zone)) {
    throw new UserError(`--zone ${zone}: no such time zone`, { next: 'an IANA name such as Asia/Shanghai, or +08:00' });
  }
  const budget = options.budget === undefined ? undefined : Number(options.budget);
  if (budget !== undefined && !(budget >= 1 && budget <= 65_536)) {
    throw new UserError(`--budget ${options.budget}: a number of MiB is wanted`, { next: 'for example --budget 256' });
  }
  const jobs = options.jobs === undefined ? undefined : Number(options.jobs);
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs >= 1))
    throw new UserError(`--jobs ${options.jobs}: a number of threads is wanted`, { next: 'for example --jobs 2' });
  letNurseriesGrow(false);
  const countsOnly =
    options.keep === undefined && !options.sigma && options.crs === undefined && options.logPattern === undefined;
  // Parts of a file that are sought by time are read by one thread. Threads are started before what reads is loaded.
  const helpers = Helpers.forFiles(countsOnly && !options.since && !options.until ? inputs : [], jobs);
  try {
    const { readInputs } = await import('./read-inputs.ts');
    return await readInputs(inputs, options, { budget, jobs, helpers });
  } finally {
    helpers.dismiss();
    letNurseriesGrow(true);
  }
}

export async function readNamedLogs(
  inputs: string[],
  options: NamedLogOptions,
): Promise<{ summary: LogSummary; problems: Problem[] }> {
  const { logs, sources, problems, within } = await readNamed(inputs, options);
  // Before the windows are judged, which takes memory of its own.
  if (options.partial !== undefined) {
    const { writePartial } = await import('./merge.ts');
    writePartial(logs, options.partial);
  }
  const { judgeLogs } = await import('../../logs/windows/log-windows.ts');
  const judged = judgeLogs(logs);
  if (options.minutes !== undefined) {
    const { writeMinutes } = await import('./minutes.ts');
    writeMinutes(judged.series, options.minutes);
  }
  const { summarise } = await import('../../logs/summary.ts');
  const summary = summarise(logs, judged);
  if (within) summary.within = within;
  if (options.secrets) {
    const { findSecrets } = await import('./secrets.ts');
    summary.secrets = await findSecrets(sources);
  }
  if (options.sigma) {
    const { readPlaceholders, sigmaHits } = await import('./sigma.ts');
    const placeholders = options.placeholders === undefined ? undefined : readPlaceholders(options.placeholders);
    const { detections, notes } = await sigmaHits(logs, options.sigma, placeholders);
    summary.detections = detections;
    append(problems, notes);
  }
  if (options.crs !== undefined) {
    const paranoia = Number(options.paranoia ?? 1);
    if (![1, 2, 3, 4].includes(paranoia))
      throw new UserError(`--paranoia ${options.paranoia}: 1 to 4 is wanted`, { next: '1 is meant for production' });
    const { attackScan } = await import('./attacks.ts');
    const { attacks, notes } = attackScan(logs, options.crs, paranoia);
    summary.attacks = attacks;
    append(problems, notes);
  }
  return { summary, problems };
}
