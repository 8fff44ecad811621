/** Why a Sigma correlation fires or does not: what each group came to within its time, beside what the condition wants. */

import type { GroupRange } from '../../logs/sigma/correlate.ts';
import { runSigma, type SigmaCorrelation, SigmaEngine, sigmaEvents } from '../../logs/sigma/index.ts';
import type { SigmaDocument } from '../../logs/sigma/parse.ts';
import type { Placeholders } from '../../logs/sigma/values.ts';
import type { LogObservations } from '../../logs/types.ts';
import { safeText } from '../../report/safe-text.ts';
import { counted } from '../../wording.ts';

/** Groups that are shown, those that fire and those nearest to it first. */
const MOST_GROUPS = 10;

const SIGNS = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '=', neq: '!=' } as const;

function wanted({ type, rules, conditions, expression }: SigmaCorrelation): string {
  if (expression) return 'the rules that its condition names';
  if (conditions.length === 0)
    return `all ${rules.length} of the rules${type === 'temporal_ordered' ? ', in order' : ''}`;
  return conditions.map(({ operator, value }) => `${SIGNS[operator]} ${value}`).join(' and ');
}

/** Numbers as people write them: whole ones whole. */
const plain = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(3));

function groupLine({ group, least, most, begun }: GroupRange): string {
  const names = Object.entries(group).map(([field, value]) => `${safeText(field)}=${safeText(value).slice(0, 80)}`);
  const range = least === most ? plain(most) : `${plain(least)} to ${plain(most)}`;
  return `  ${begun > 0 ? 'fires' : 'does not fire'}  ${names.length === 0 ? 'all events together' : names.join(', ')}: ${range}${begun > 1 ? `, ${begun} times` : ''}\n`;
}

/** @param documents of one file. @returns '' where there is no correlation among them. @throws Error for what cannot be compiled. */
export function explainCorrelations(
  documents: readonly SigmaDocument[],
  logs: LogObservations,
  placeholders: Placeholders | undefined,
): string {
  if (!documents.some(({ kind }) => kind === 'correlation')) return '';
  const engine = new SigmaEngine(documents, placeholders);
  const [problem] = engine.problems;
  if (problem) throw new Error(`${problem.title}: ${problem.what}`);
  runSigma(engine, sigmaEvents(logs));
  let out = '';
  for (const one of engine.correlations) {
    const { correlation } = one;
    const ranges = [...one.ranges()];
    const { title, author, license, type, rules, groupBy, timespan } = correlation;
    const by = groupBy.length === 0 ? '' : ` by ${safeText(groupBy.join(', '))}`;
    out += `\n${safeText(title)}, by ${safeText(author ?? 'unknown')}${license === undefined ? '' : `, ${safeText(license)}`}\n`;
    out += `correlation: ${type} of ${safeText(rules.join(', '))}${by} within ${plain(timespan / 1000)} s; wanted: ${wanted(correlation)}\n`;
    const firing = ranges.filter(({ begun }) => begun > 0).length;
    out += `${counted(ranges.length, 'group')}, ${firing === 1 ? '1 fires' : `${firing} fire`}\n`;
    if (ranges.length === 0)
      out += `Nothing to count: no rule that it names matched an event with ${groupBy.length === 0 ? 'what it counts' : `the fields that it groups by and counts`}.\n`;
    const nearest = ranges.toSorted((a, b) => b.begun - a.begun || b.most - a.most).slice(0, MOST_GROUPS);
    for (const range of nearest) out += groupLine(range);
    if (ranges.length > nearest.length) out += `  and ${counted(ranges.length - nearest.length, 'more group')}\n`;
  }
  return out;
}
