/** Payment summaries as text or JSON; everything from evidence goes through safe-text. */

import { isInstant, isoTime, plainTime } from '../../instant.ts';
import { safeText } from '../../report/safe-text.ts';
import type { LineReference } from '../../transactions/analytics/view.ts';
import type { PaymentSummary } from '../../transactions/summary.ts';
import { counted } from '../../wording.ts';

const iso = (time: number): string => plainTime(time, '-');
const percent = (share: number): string => (Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : '-');
const list = (values: { value: string; count: number }[]): string =>
  values
    .slice(0, 4)
    .map(({ value, count }) => `${safeText(value)} ${count}`)
    .join(', ');

function section(title: string, lines: string[]): string {
  return lines.length === 0 ? '' : `\n${title}\n${'-'.repeat(title.length)}\n${lines.slice(0, 30).join('\n')}\n`;
}

/** Lines to look at, by file. */
const at = (lines: LineReference[]): string =>
  [...new Set(lines.map(({ file }) => file))]
    .map((name) => {
      const own = lines.filter(({ file }) => file === name);
      return `\n    ${safeText(name)}:${own.map(({ line }) => line).join(', ')}`;
    })
    .join('');

/** Files beyond these are only counted. */
const MOST_FILES = 6;
/** What a table is made of: one file, or the parts of one export. */
const nameOf = ({ file, files = [file] }: PaymentSummary): string =>
  `${files
    .slice(0, MOST_FILES)
    .map((name) => safeText(name))
    .join(', ')}${files.length > MOST_FILES ? ` and ${files.length - MOST_FILES} more` : ''}`;

const NOT_UNDERSTOOD =
  'The outcome of most attempts is not understood, so that failures cannot be told from this table.';
/** A table whose answers nobody here can read is no clean one. */
const isUnderstood = ({ rates: { all } }: PaymentSummary): boolean =>
  all.every(
    ({ attempts, approved, declined, error, pending }) => approved + declined + error + pending >= attempts / 2,
  );
const NOTHING_FOUND = 'No failures, silence, abuse, duplicates, refund bursts or open outcomes were found.';

/** Attempts whose outcome nothing here understands; said only where there are any. */
const unknown = (count: number, attempts: number): string =>
  count > 0 ? `, ${percent(count / attempts)} of unknown outcome` : '';

/** What became of the attempts, by one dimension after the other. */
function rates(summary: PaymentSummary, dimensions: readonly (keyof PaymentSummary['rates'])[]): string {
  let out = '';
  for (const dimension of dimensions) {
    const keys = summary.rates[dimension];
    if (keys.length === 0 || (dimension !== 'all' && keys.length < 2)) continue;
    out += section(
      dimension === 'all' ? 'Outcomes' : `Outcomes by ${dimension}`,
      keys
        .slice(0, 10)
        .map(
          ({ key, attempts, approved, declined, error, pending }) =>
            `${(safeText(key) || '(none)').padEnd(24)} ${counted(attempts, 'attempt')}, ${percent(approved / attempts)} approved, ${percent(declined / attempts)} declined, ${percent(error / attempts)} errors, ${percent(pending / attempts)} pending${unknown(attempts - approved - declined - error - pending, attempts)}`,
        ),
    );
  }
  return out;
}

/** What Visa's monitoring program (VAMP) counts by month. */
function monitored({ disputed, enumerated }: PaymentSummary): string {
  const beyond = (excessive: boolean): string => (excessive ? '; beyond both limits of Visa (VAMP)' : '');
  return (
    section(
      'Disputes and fraud reports by month',
      disputed.map(
        ({ month, merchant, disputes, fraudReports, sales, ratio, visaOnly, excessive, lines }) =>
          `${month}  ${safeText(merchant) || '(no merchant named)'}: ${counted(disputes, 'dispute')}, ${counted(fraudReports, 'fraud report')} to ${counted(sales, `${visaOnly ? 'Visa ' : ''}payment`)}${Number.isNaN(ratio) ? '' : ` (${percent(ratio)})`}${beyond(excessive)}${at(lines)}`,
      ),
    ) +
    section(
      'Tries that look like enumeration, by month',
      enumerated.map(
        ({ month, tries, attempts, share, excessive }) =>
          `${month}  ${counted(tries, 'try', 'tries')} of ${counted(attempts, 'attempt')} (${percent(share)})${beyond(excessive)}`,
      ),
    )
  );
}

/** Tables one after the other: totals, what is wrong, then outcomes by merchant, route, BIN and so on. */
export function paymentsAsText(summaries: readonly PaymentSummary[]): string {
  let out = '';
  for (const summary of summaries) {
    const { windows, volume, reconciliation } = summary;
    out += `${nameOf(summary)}: ${counted(summary.rows, 'row')}, ${iso(summary.from)} to ${iso(summary.to)}${summary.dropped > 0 ? `, ${summary.dropped} not read` : ''}\n`;
    for (const { what, count, firstLine, file } of summary.problems)
      out += `  ${count}× ${safeText(what)}, first in line ${firstLine}${file === undefined ? '' : ` of ${safeText(file)}`}\n`;
    out += rates(summary, ['all']);
    const before = out.length;
    out += section(
      'Windows',
      windows.map(
        ({ outcome, dimension, key, from, to, ongoing, during, before, lines, codes }) =>
          `${outcome.padEnd(9)} ${iso(from)} to ${ongoing ? 'the end' : iso(to)}  ${dimension === 'all' ? 'all payments' : `${dimension} ${safeText(key)}`}: ${percent(during.share)} of ${during.attempts}, usually ${percent(before.share)}; ${list(codes)}${at(lines)}`,
      ),
    );
    out += section(
      'Outage or incomplete export: cannot tell',
      volume
        .filter(({ kind }) => kind === 'unclear')
        .map(
          ({ dimension, route, from, to, attempts, expected, why = '', lines }) =>
            `${iso(from)} to ${iso(to)}  ${dimension === 'all' ? 'all attempts' : `${dimension} ${safeText(route)}`}: ${counted(attempts, 'attempt')} where ${expected.toFixed(0)} were to be expected; ${safeText(why)}${at(lines)}`,
        ),
    );
    out += section(
      'Not judged',
      summary.notJudged.map(({ from, to, why }) => `${iso(from)} to ${iso(to)}: ${safeText(why)}`),
    );
    out += section(
      'Volume',
      volume
        .filter(({ kind }) => kind !== 'unclear')
        .map(
          ({ kind, dimension, route, from, to, parts, toEnd, attempts, expected, successShare, lines }) =>
            `${kind.padEnd(6)} ${iso(from)} to ${toEnd ? 'the end' : iso(to)}  ${dimension === 'all' ? 'all attempts' : `${dimension} ${safeText(route)}`}: ${counted(attempts, 'attempt')} where ${expected.toFixed(0)} were to be expected, ${percent(successShare)} approved${parts ? `, in ${parts.length} parts` : ''}${at(lines)}`,
        ),
    );
    out += section(
      'Slow spells',
      summary.slow.map(
        ({ dimension, key, from, to, toEnd, attempts, p95, usualP95, lines }) =>
          `${iso(from)} to ${toEnd ? 'the end' : iso(to)}  ${dimension === 'all' ? 'all attempts' : `${dimension} ${safeText(key)}`}: p95 ${p95.toFixed(2)} s, usually ${usualP95.toFixed(2)} s, over ${counted(attempts, 'attempt')}${at(lines)}`,
      ),
    );
    out += section(
      'Card testing',
      summary.cardTesting.map(
        ({ by, key, from, to, attempts, distinctCards, declineShare, approved, lines }) =>
          `${by} ${safeText(key)}  ${iso(from)} to ${iso(to)}: ${counted(attempts, 'attempt')}, ${counted(distinctCards, 'card')}, ${percent(declineShare)} declined, ${approved} approved${at(lines)}`,
      ),
    );
    out += section(
      'Enumeration',
      summary.enumeration.map(
        ({ mode, bin, from, to, attempts, distinctCards, approved, lines }) =>
          `${mode} within ${safeText(bin)}  ${iso(from)} to ${iso(to)}: ${counted(attempts, 'attempt')}, ${counted(distinctCards, 'card')}, ${approved} approved${at(lines)}`,
      ),
    );
    out += section(
      'Issuers that answer no longer',
      summary.issuerStorms.map(
        ({ issuer, key, from, to, during, othersSuccessShare, lines }) =>
          `${safeText(issuer ?? key)}  ${iso(from)} to ${iso(to)}: ${percent(during.share)} of ${during.attempts}, others ${percent(othersSuccessShare)} approved${at(lines)}`,
      ),
    );
    out += section(
      'Retries beyond the schemes’ limits',
      summary.retries.map(
        ({ rule, card, merchant, attempts, beyond, lines }) =>
          `${rule}  card ${safeText(card)} at ${safeText(merchant)}: ${counted(attempts, 'attempt')}, ${beyond} too many${at(lines)}`,
      ),
    );
    out += section(
      'Charged twice',
      summary.duplicates.map(
        ({ kind, order, merchant, amount, count, from, lines }) =>
          `${kind}  order ${safeText(order)} at ${safeText(merchant)}, ${amount} × ${count}, ${iso(from)}${at(lines)}`,
      ),
    );
    out += section(
      'Refund bursts',
      summary.refunds.map(
        ({ from, to, refunds, usual, amount, merchants, users, lines }) =>
          `${iso(from)} to ${iso(to)}: ${refunds} refunds, usually ${usual.toFixed(1)} an hour, ${amount.toFixed(2)} in all; ${list([...merchants, ...users])}${at(lines)}`,
      ),
    );
    out += section(
      'Amounts a power of ten apart',
      reconciliation.amountFactors.map(
        ({ currency, factor, count, of, from, lines }) =>
          `${safeText(currency) || '(no currency named)'}  ${count} of ${counted(of, 'payment')} since ${iso(from)}: the statement has ${factor} times our amount${at(lines)}`,
      ),
    );
    for (const [title, mismatches] of [
      ['Paid at the provider, not booked here', reconciliation.paidButNotBooked],
      ['Booked here, not in the statement', reconciliation.bookedButNotPaid],
      ['Other amount in the statement', reconciliation.amountDiffers],
      ['Outcome unknown: ask the provider', reconciliation.unknown],
    ] as const)
      out += section(
        `${title} (${mismatches.length})`,
        mismatches.map(
          ({ order, route, merchant, amount, ours, line }) =>
            `order ${safeText(order)}  ${amount}  ${safeText(route)} ${safeText(merchant)}  ${safeText(ours)}  ${safeText(line.file)}:${line.line}`,
        ),
      );
    if (out.length === before) out += `\n${isUnderstood(summary) ? NOTHING_FOUND : NOT_UNDERSTOOD}\n`;
    out += section(
      'Runs of stored cards, no incident',
      summary.runs.map(
        ({ from, to, known, attempts, declined, merchants, codes, lines }) =>
          `${iso(from)} to ${iso(to)}  ${merchants.length > 0 ? list(merchants) : 'all merchants'}: ${declined} of ${counted(attempts, 'payment')} declined, led by lack of funds; ${list(codes)}; ${known === 'marked' ? 'the table marks them as begun by the merchant' : 'the same happens at this time of other days'}${at(lines)}`,
      ),
    );
    out += monitored(summary);
    out += rates(summary, ['merchant', 'route', 'node', 'terminal', 'bin', 'client']);
    out += '\n';
  }
  return out;
}

export function paymentsAsJson(summaries: readonly PaymentSummary[]): string {
  const times = new Set(['from', 'to', 'time']);
  const replacer = (key: string, value: unknown): unknown => {
    if (typeof value === 'number' && times.has(key)) return isInstant(value) ? isoTime(value) : null;
    return typeof value === 'string' ? safeText(value) : value;
  };
  return `${JSON.stringify({ schemaVersion: 1, tables: summaries }, replacer, 2)}\n`;
}
