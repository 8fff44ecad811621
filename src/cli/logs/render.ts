/** The summary of a log pass as text or JSON; everything from evidence goes through safe-text. */

import { isInstant, isoTime, plainTime } from '../../instant.ts';
import type { LogSummary } from '../../logs/summary.ts';
import { safeText } from '../../report/safe-text.ts';
import { counted } from '../../wording.ts';
import { legName, percent, refusedAs, standingLine } from './window-words.ts';

const iso = (time: number | undefined): string => plainTime(time, '-');
const quote = (text: string): string => safeText(text.replaceAll('\n', ' ⏎ ')).slice(0, 160);

function heading(title: string): string {
  return `\n${title}\n${'-'.repeat(title.length)}\n`;
}

/** Sources that are told one by one; a folder may hold twenty thousand. */
const MOST_SOURCES = 1000;

function sources(summary: LogSummary): string {
  let out = heading('Sources');
  for (const source of summary.sources.slice(0, MOST_SOURCES)) {
    const levels = Object.entries(source.levels)
      .map(([level, count]) => `${level} ${count}`)
      .join(', ');
    out += `${safeText(source.file)}\n  ${source.format}${source.software ? ` (${source.software})` : ''}, ${counted(source.lines, 'line')}, ${iso(source.first)} to ${iso(source.last)}, zone ${source.zone.name} (${source.zone.source})\n`;
    if (levels !== '') out += `  levels: ${levels}\n`;
    if (source.unparsed > 0) {
      out += `  not parsed: ${counted(source.unparsed, 'line')}, e.g. line ${source.unparsedSamples[0]!.line}: ${quote(source.unparsedSamples[0]!.text)}\n`;
    }
  }
  const more = summary.sources.length - MOST_SOURCES;
  if (more > 0) out += `and ${counted(more, 'more source')}: --format json lists them all\n`;
  return out;
}

function events(summary: LogSummary): string {
  if (summary.events.length === 0) return '';
  let out = heading('What the software said');
  for (const event of summary.events.slice(0, 40)) {
    const side =
      event.complaint === 'remote'
        ? 'told by its peer'
        : event.complaint === 'self'
          ? 'about itself'
          : 'about its peer';
    const spread = event.burstShare < 0.5;
    const span = spread
      ? `spread from ${iso(event.first)} to ${iso(event.last)}`
      : `${iso(event.onset)} to ${iso(event.end)}${event.burstShare < 0.9 ? ` (${percent(event.burstShare)} of the hits)` : ''}`;
    out += `${event.event}  ${event.count}×  ${span}${event.test ? '  (test traffic)' : ''}\n`;
    out += `  ${side}${event.role === 'none' || event.role === 'unknown' ? '' : `, writer is the ${event.role}`}${
      event.peers.length > 0
        ? `, peers: ${event.peers
            .slice(0, 4)
            .map((peer) => safeText(peer))
            .join(', ')}`
        : ''
    }\n`;
    out += `  ${safeText(event.sample.file)}:${event.sample.line}  ${quote(event.sample.text)}\n`;
  }
  return out;
}

/** Statuses that a window consists of, in brackets. */
const mostly = (statuses: readonly number[] | undefined): string =>
  statuses && statuses.length > 0 ? ` (mostly ${statuses.join(', ')})` : '';

type Asked = Pick<LogSummary, 'within' | 'span'>;

/** Where a time ends. What is open at `--until` may end soon after it, which nobody looked at. */
function ending(open: boolean | undefined, to: number, { within, span }: Asked): string {
  if (!open) return iso(to);
  return within?.to !== undefined && span !== undefined && within.to <= span.to
    ? 'the end of what was read'
    : 'the end of the log';
}

/** Where a time begins. What goes on at `--since` may have begun before it. */
const beginning = (from: number, { within, span }: Asked): string =>
  `${iso(from)}${within?.from !== undefined && from <= within.from && span !== undefined && span.from < within.from ? ' or before' : ''}`;

/** The time that was asked for, so that nobody takes a part for the whole. */
function asked({ within }: Asked): string {
  if (!within) return '';
  const parts = [
    ...(within.from === undefined ? [] : [`from ${iso(within.from)} on (--since)`]),
    ...(within.to === undefined ? [] : [`before ${iso(within.to)} (--until)`]),
  ];
  return `\nof these times only what lies ${parts.join(' and ')} was counted`;
}

const KINDS = { interruption: 'interruption', failures: 'failures', slow: 'slow' };

const nothingCounted = ({ within, requests, records, operations }: LogSummary): boolean =>
  within !== undefined && requests.total + records + operations.total === 0;

function windows(summary: LogSummary): string {
  let out = heading('Windows');
  if (summary.span === undefined)
    return summary.requests.total > 0 ? `${out}cannot tell   the lines carry no time\n` : '';
  const { windows, standing, refusals: refused, thin } = summary;
  if (windows.length + standing.length + refused.length + thin.length === 0)
    out += nothingCounted(summary)
      ? 'cannot tell   nothing was counted in the time that was asked for\n'
      : 'none found\n';
  for (const one of standing) out += standingLine(one);
  for (const window of windows) {
    const what =
      window.kind === 'slow'
        ? `p95 ${window.value.toFixed(2)} s, usually ${window.baseline.toFixed(2)} s`
        : window.kind === 'failures'
          ? `${percent(window.value)} failed${mostly(window.statuses)}, usually ${percent(window.baseline)}${window.oneClient ? ', of one client while others were served' : ''}`
          : `${percent(window.value)} of ${window.baseline.toFixed(0)} requests a minute missing`;
    out += `${KINDS[window.kind].padEnd(13)} ${beginning(window.from, summary)} to ${ending(window.open, window.to, summary)}  ${legName(window.dimension, window.key)}: ${what}${window.parts ? `, in ${window.parts.length} parts` : ''}${window.place ? `; it is ${legName(window.place.dimension, window.place.key)}, the others are as usual` : ''}\n`;
  }
  out += refusals(summary);
  for (const { dimension, why } of thin) out += `cannot tell   ${legName(dimension, '')}: ${why}\n`;
  return out;
}

function refusals(summary: LogSummary): string {
  let out = '';
  for (const {
    who,
    from,
    to,
    open,
    dimension,
    key,
    value,
    baseline,
    failures,
    statuses,
    client,
    parts,
  } of summary.refusals) {
    const what =
      who === 'customers'
        ? `${percent(value)} of clients were refused${mostly(statuses)}, usually ${percent(baseline)}, and fewer than usual were served`
        : `${counted(failures, 'request')} refused${mostly(statuses)}, ${percent(value)} of all, while as many as usual were served`;
    out += `${refusedAs(who)} ${beginning(from, summary)} to ${ending(open, to, summary)}  ${legName(dimension, key)}: ${what}${client === undefined ? '' : `; nearly all from ${safeText(client)}`}${parts ? `, in ${parts.length} parts` : ''}\n`;
  }
  return out;
}

const seconds = (value: number | undefined): string =>
  (value === undefined ? '-' : `${value.toFixed(3)} s`).padStart(10);

function legs(summary: LogSummary): string {
  if (summary.legs.length === 0) return '';
  let out = heading('Legs');
  out += `${'requests'.padStart(10)}${'failed'.padStart(9)}${'success'.padStart(10)}${'p50'.padStart(10)}${'p95'.padStart(10)}${'p99'.padStart(10)}  (percentiles of the middle minute; --minutes counts those of merchants)\n`;
  for (const { dimension, key, requests, failures, success, p50, p95, p99 } of summary.legs)
    out += `${String(requests).padStart(10)}${String(failures).padStart(9)}${`${(success * 100).toFixed(2)} %`.padStart(10)}${seconds(p50)}${seconds(p95)}${seconds(p99)}  ${legName(dimension, key)}\n`;
  return out;
}

/** Error answers that are told one by one, and windows of each. */
const MOST_ANSWERS = 10;
const MOST_TIMES = 5;

function answers(summary: LogSummary): string {
  if (summary.answers.length === 0) return '';
  let out = heading('Error answers');
  for (const { status, count, first, last, windows: times } of summary.answers.slice(0, MOST_ANSWERS)) {
    const when = times
      .slice(0, MOST_TIMES)
      .map(
        ({ from, to, open, share, usually }) =>
          `${beginning(from, summary)} to ${ending(open, to, summary)} ${percent(share)} of all, usually ${percent(usually)}`,
      );
    const more = times.length > MOST_TIMES ? `; and ${times.length - MOST_TIMES} more times` : '';
    out += `${status} ${String(count).padStart(8)}×  ${when.length > 0 ? when.join('; ') + more : `${2 * count > summary.requests.total ? 'of most requests' : 'here and there'} from ${iso(first)} to ${iso(last)}`}\n`;
  }
  return out;
}

function gaps(summary: LogSummary): string {
  if (summary.gaps.length === 0) return '';
  let out = heading('Gaps of the log, not of the service');
  for (const { from, to, why } of summary.gaps) out += `${iso(from)} to ${iso(to)}  ${safeText(why)}\n`;
  return out;
}

function unclear(summary: LogSummary): string {
  const { count, why, first } = summary.unclear;
  if (count === 0) return '';
  let out = heading('Stops or nights: nobody can tell');
  for (const { dimension, key, from, to, open } of first)
    out += `${beginning(from, summary)} to ${ending(open, to, summary)}  ${legName(dimension, key)}\n`;
  if (count > first.length) out += `and ${counted(count - first.length, 'more such silence')}\n`;
  return `${out}(${why})\n`;
}

function messages(summary: LogSummary): string {
  if (summary.messages.length === 0) return '';
  let out = heading('Warnings and errors by shape');
  for (const message of summary.messages.slice(0, 20)) {
    out += `${String(message.count).padStart(7)}×  ${message.level.padEnd(8)}  since ${iso(message.first)}  ${quote(message.template)}\n`;
  }
  return out;
}

function cards(summary: LogSummary): string {
  if (summary.cards.total === 0) return '';
  let out = heading('Card numbers in the clear');
  const distinct = new Set(summary.cards.hits.map((hit) => hit.digest)).size;
  out += `${summary.cards.total} occurrences, ${distinct} distinct numbers among those listed\n`;
  for (const hit of summary.cards.hits.slice(0, 20)) {
    out += `  ${safeText(hit.file)}:${hit.line}:${hit.column}  ${hit.masked}  ${hit.brand}, ${hit.kind}\n`;
  }
  return out;
}

function secrets(summary: LogSummary): string {
  if (!summary.secrets) return '';
  let out = heading('Secrets in the clear');
  const { total, kinds, hits } = summary.secrets;
  const named = Object.entries(kinds).map(([kind, count]) => `${kind} ${count}`);
  out +=
    total === 0
      ? 'none\n'
      : `${total} occurrences, ${new Set(hits.map(({ digest }) => digest)).size} distinct among those listed: ${named.join(', ')}\n`;
  for (const hit of hits.slice(0, 20))
    out += `  ${safeText(hit.file)}:${hit.line}:${hit.column}  ${hit.kind}  ${safeText(hit.masked)}\n`;
  return out;
}

function signatures(summary: LogSummary): string {
  if (summary.signatures.length === 0) return '';
  let out = heading('Traces of attacks in requests');
  for (const hit of summary.signatures.slice(0, 30)) {
    const answered = hit.answered > 0 ? `, ${hit.answered} answered with success` : '';
    out += `${hit.signature.padEnd(24)} ${hit.count}× from ${counted(hit.clients, 'address', 'addresses')}${answered}  ${iso(hit.first)} to ${iso(hit.last)}\n`;
    out += `  ${safeText(hit.sample.file)}:${hit.sample.line}  ${quote(hit.sample.text)}\n`;
  }
  return out;
}

function addresses(summary: LogSummary): string {
  if (summary.addresses.length === 0) return '';
  let out = heading('Busiest addresses');
  for (const { address, requests, errors, first, last } of summary.addresses.slice(0, 10)) {
    out += `${safeText(address).padEnd(16)} ${String(requests).padStart(8)} requests, ${errors} answered 4xx or 5xx  ${iso(first)} to ${iso(last)}\n`;
  }
  return out;
}

function detections(summary: LogSummary): string {
  if (!summary.detections) return '';
  let out = heading('Sigma rules that fired');
  if (summary.detections.length === 0) out += 'none\n';
  for (const hit of summary.detections) {
    out += `${hit.level.padEnd(13)} ${hit.count}×  ${safeText(hit.title)}  ${iso(hit.first)} to ${iso(hit.last)}\n`;
    out += `  ${safeText(hit.sample.file)}:${hit.sample.line}  ${quote(hit.sample.text)}\n`;
    out += `  rule ${safeText(hit.id)} by ${safeText(hit.author)}${hit.license === '' ? '' : `, ${safeText(hit.license)}`}\n`;
  }
  return out;
}

const CLIENT_KINDS = {
  answered: 'an attack was answered unlike usual: look here first',
  scanner: 'scanner: works a list through',
  attacker: 'few, aimed attempts',
};

function attacks(summary: LogSummary): string {
  const scan = summary.attacks;
  if (!scan) return '';
  let out = heading('Attacks in requests');
  out += `${scan.attacks} of ${counted(scan.requests, 'request')}, by ${safeText(scan.ruleSet)}`;
  const families = Object.entries(scan.families).sort((a, b) => b[1] - a[1]);
  out +=
    families.length === 0
      ? '\n'
      : `: ${families.map(([family, count]) => `${safeText(family)} ${count}`).join(', ')}\n`;
  if (scan.asUsual > 0)
    out += `${counted(scan.asUsual, 'request')} like those that many ordinary visitors send: not counted\n`;
  for (const client of scan.clients.slice(0, 20)) {
    out += `${safeText(client.client).padEnd(15)} ${CLIENT_KINDS[client.kind]}\n`;
    out += `  ${counted(client.requests, 'attack')} on ${counted(client.urls, 'URL')}, ${client.passed} passed, ${client.refused} refused, ${client.failed} failed, ${iso(client.first)} to ${iso(client.last)}, ${safeText(client.families.join(', '))}\n`;
    for (const sample of client.samples.slice(0, 2))
      out += `  ${safeText(sample.file)}:${sample.line}  ${quote(sample.text)}  [${sample.rules.join(', ')}]\n`;
  }
  for (const rule of scan.rules.slice(0, 15))
    out += `${String(rule.count).padStart(7)}×  ${rule.id}  ${safeText(rule.message)} (${rule.severity.toLowerCase()}, level ${rule.paranoia})\n`;
  return out;
}

export function renderText(summary: LogSummary): string {
  const { requests } = summary;
  let out = `${summary.sources.length} ${summary.sources.length === 1 ? 'log' : 'logs'}, ${summary.span ? `${iso(summary.span.from)} to ${iso(summary.span.to)}` : 'no times'}, ${counted(requests.total, 'request')} (${requests.failures} answered 5xx), ${counted(summary.records, 'record')}`;
  if (summary.operations.total > 0)
    out += `, ${summary.operations.total} operations (${summary.operations.failures} failed for technical reasons)`;
  if (summary.sampledOut > 0) out += `, ${summary.sampledOut} frequent ones counted but not kept`;
  out += asked(summary);
  for (const sentence of summary.approximated) out += `\n${sentence}`;
  return `${out}\n${windows(summary)}${gaps(summary)}${unclear(summary)}${answers(summary)}${legs(summary)}${events(summary)}${attacks(summary)}${detections(summary)}${messages(summary)}${cards(summary)}${secrets(summary)}${signatures(summary)}${addresses(summary)}${sources(summary)}`;
}

/** Times become ISO-8601 UTC, texts safe ones; keys keep their order. */
export function renderJson(summary: LogSummary): string {
  const times = new Set(['from', 'to', 'first', 'last', 'onset', 'end', 'time']);
  const replacer = (key: string, value: unknown): unknown => {
    if (typeof value === 'number' && times.has(key)) return isInstant(value) ? isoTime(value) : null;
    if (typeof value === 'string') return safeText(value);
    return value;
  };
  return `${JSON.stringify({ schemaVersion: 1, ...summary }, replacer, 2)}\n`;
}
