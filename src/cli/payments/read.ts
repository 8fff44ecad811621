/** Opens payment tables, statements and BIN tables, and sums them up. */
import { keepHeapClose } from '../../evidence/heap.ts';
import { openEvidence, type Problem } from '../../evidence/index.ts';
import { transactionLimits } from '../../transactions/analytics/index.ts';
import { readTransactions } from '../../transactions/index.ts';
import { type PaymentSummary, summarisePayments } from '../../transactions/summary.ts';
import { detectors } from '../../triage/session.ts';
import { counted } from '../../wording.ts';
import { UserError } from '../exit.ts';
import { timeOption } from '../logs/named-options.ts';
import { ownCodes } from './own-codes.ts';

/** @param thresholds `name=number`. @throws UserError for an option that makes no sense. */
export async function readPayments(
  inputs: string[],
  options: { zone?: string; now?: string; threshold?: string[]; codes?: string },
): Promise<{ summaries: PaymentSummary[]; problems: Problem[] }> {
  const overrides: { [name: string]: number } = {};
  for (const text of options.threshold ?? []) {
    const match = /^([\w.]{1,60})=(-?[\d.]{1,20})$/.exec(text);
    if (!match || Number.isNaN(Number(match[2])))
      throw new UserError(`--threshold ${text}: name=number is wanted`, {
        next: 'the names stand in knowledge/thresholds.yaml',
      });
    overrides[match[1]!] = Number(match[2]);
  }
  const codes = options.codes === undefined ? undefined : ownCodes(options.codes);
  const opened = await openEvidence(inputs, { stdin: process.stdin, detectors: await detectors() });
  keepHeapClose(opened.items.map(({ size }) => size));
  const modified = opened.sources.flatMap((source) => (source.modified === undefined ? [] : [source.modified]));
  const now =
    options.now === undefined ? Math.max(0, ...modified) || Date.now() : timeOption('now', options.now, options.zone);
  const observations = await readTransactions(opened.sources, {
    now,
    ...(options.zone === undefined ? {} : { zone: options.zone }),
    ...(codes && { codes }),
  });
  const problems = [...opened.problems];
  if (observations.tables.length === 0 && !problems.some(({ named }) => named))
    problems.push({
      input: inputs.join(' '),
      what: 'holds no payment table',
      next: 'a table with a time, an outcome or response code, and what it is about, in any usual format',
      named: true,
    });
  for (const { file, files, dropped } of observations.statements)
    if (dropped > 0)
      problems.push({
        input: (files ?? [file]).slice(0, 3).join(', '),
        what: `${counted(dropped, 'row')} of the statement beyond those that one run keeps, and not compared; payments that it lacks are not told`,
        next: 'compare a shorter stretch of time at once',
        named: false,
      });
  return { summaries: summarisePayments(observations, now, transactionLimits(overrides)), problems };
}
