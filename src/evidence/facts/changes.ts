import { isPlain, type Plain } from '../../plain.ts';
import { headerMeanings, headerZone } from '../columns.ts';
import type { ChangeFact, NoticeFact } from '../small-facts.ts';
import { sniffTable, type TableShape, tableRows } from '../tabular.ts';
import { readTime } from '../time.ts';
import { rowsOfCommitList, rowsOfGitLog } from './commits.ts';
import { type FactContext, type FactText, factTime, statedZone } from './context.ts';
import { statusUpdates } from './feeds.ts';
import { rowsOfRpmLast } from './package-logs.ts';
import type { TimedRow } from './timed-rows.ts';

/** First column of each meaning that no earlier column took. */
function columnFor(header: string[], meaning: string, taken: Set<number>): number {
  const index = header.findIndex((cell, at) => !taken.has(at) && headerMeanings(cell).includes(meaning));
  if (index !== -1) taken.add(index);
  return index;
}

/** Portuguese calls a date `data`, which elsewhere is anything: its values decide. */
export const dateColumn = ({ header, sample }: Pick<TableShape, 'header' | 'sample'>): number =>
  header.findIndex(
    (cell, at) =>
      /^data(?: e hora)?$/i.test(cell.trim()) &&
      sample.length > 0 &&
      sample.every((row) => readTime(row[at]?.trim() ?? '') !== undefined),
  );

/** When a change began, as desks export it, before when it was to begin, before when it was written down. */
const BEGUN = [
  /^(?:actual[ _]?start(?:[ _]?(?:date|time))?|work[ _]?start|start[ _]?date)$/i,
  /^(?:planned|scheduled)[ _]?(?:start|for)(?:[ _]?(?:date|time))?$/i,
];
/** @returns the column, -1 where no header says so or none of its cells is a time. */
export function startOfChange({ header, sample }: Pick<TableShape, 'header' | 'sample'>): number {
  for (const name of BEGUN) {
    const at = header.findIndex((cell) => name.test(cell.trim()));
    if (at !== -1 && sample.some((row) => readTime(row[at]?.trim() ?? '') !== undefined)) return at;
  }
  return -1;
}

/** Whether a row of a calendar says that its change was given up: what nobody did explains nothing. */
function givenUp({ header }: TableShape): (cells: readonly string[]) => boolean {
  const state = header.findIndex((cell) =>
    /^(?:state|status|phase|approval|zustand|estado|statut|\u72b6\u6001)$/i.test(cell.trim()),
  );
  return (cells) =>
    /^(?:cancel+ed|rejected|withdrawn|declined|abandoned|not approved|abgelehnt|abgesagt|storniert|cancelado|rechazado|annul\u00e9e?|\u5df2?\u53d6\u6d88)$/i.test(
      cells[state]?.trim() ?? '',
    );
}

function rowsOfTable(
  file: FactText,
  shape: TableShape,
  context: FactContext,
  leaveOut: (cells: readonly string[]) => boolean = () => false,
): TimedRow[] {
  const taken = new Set<number>();
  const begun = startOfChange(shape);
  const named = begun === -1 ? columnFor(shape.header, 'time', taken) : begun;
  const time = named === -1 ? dateColumn(shape) : named;
  taken.add(time);
  const team = columnFor(shape.header, 'team', taken);
  const text = columnFor(shape.header, 'text', taken);
  const zone = headerZone(shape.header[time] ?? '') ?? statedZone(file.text);
  const rows: TimedRow[] = [];
  for (const { line, cells } of tableRows(file.text, shape.separator, shape.bodyOffset, shape.headerLine + 1)) {
    if (leaveOut(cells)) continue;
    const words =
      text === -1
        ? cells.filter((_, at) => at !== time && at !== team).join(' ')
        : text === shape.header.length - 1
          ? cells.slice(text).join(shape.separator)
          : (cells[text] ?? '');
    // Further columns (ids, approvals, hosts) belong to the record too.
    const rest = shape.header.flatMap((name, at) =>
      at !== time && at !== team && at !== text && text !== -1 && cells[at]?.trim()
        ? [`${name}=${cells[at].trim()}`]
        : [],
    );
    rows.push({
      line,
      time: factTime((cells[time] ?? '').trim(), context, zone)?.time ?? Number.NaN,
      text: [words.trim(), ...rest].join(' '),
      ...(team !== -1 && cells[team]?.trim() ? { team: cells[team].trim() } : {}),
    });
  }
  return rows;
}

/** Lines that begin with a time; a line without one continues the entry above it. */
function rowsOfText(file: FactText, context: FactContext): TimedRow[] {
  const zone = statedZone(file.text);
  const rows: TimedRow[] = [];
  for (const { line, text } of file.lines) {
    const entry = text.replace(/^[\s>|]*(?:[-*•+]\s+|\d{1,3}[.)]\s+)?\[?/, '');
    if (entry === '' || entry.startsWith('#') || /^[-=_|\s]+$/.test(entry)) continue;
    const read = factTime(entry, context, zone);
    const last = rows.at(-1);
    if (!read) {
      if (last && last.text.length < 4096) last.text += ` ${entry}`;
      continue;
    }
    const rest = entry.slice(read.length).replace(/^[\]\s:,;|–—-]+/, '');
    const team = /^\[([^\]\n]{1,40})\]\s*/.exec(rest) ?? /^\(([^)\n]{1,40})\)\s*/.exec(rest);
    rows.push({
      line,
      time: read.time,
      text: (team ? rest.slice(team[0].length) : rest).trim(),
      ...(team ? { team: team[1]! } : {}),
    });
  }
  return rows;
}

/** `git log --format='%h %ci %s'` and forms like it: a commit, its time, the rest. */
export const GIT_LINE = /^([0-9a-f]{7,40}) +(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?: ?[+-]\d\d:?\d\d|Z)?) +(\S.{0,2000})$/;

function rowsOfGitLines(file: FactText, context: FactContext): TimedRow[] {
  return file.lines.flatMap(({ line, text }) => {
    const match = GIT_LINE.exec(text);
    return match
      ? [{ line, time: factTime(match[2]!, context)?.time ?? Number.NaN, text: `${match[3]!} (${match[1]!})` }]
      : [];
  });
}

/** `/var/log/apt/history.log`: what was installed, upgraded or removed. */
function rowsOfAptHistory(file: FactText, context: FactContext): TimedRow[] {
  const rows: TimedRow[] = [];
  for (const { line, text } of file.lines) {
    const start = /^Start-Date: (\d{4}-\d{2}-\d{2}) +(\d{2}:\d{2}:\d{2})/.exec(text);
    if (start) rows.push({ line, time: factTime(`${start[1]} ${start[2]}`, context)?.time ?? Number.NaN, text: '' });
    const row = rows.at(-1);
    const what = /^(?:Commandline|Install|Upgrade|Remove|Purge|Downgrade): .{1,2000}/.exec(text);
    if (row && what) row.text = `${row.text} ${what[0]}`.trim();
  }
  return rows;
}

/** `helm history`: one change a revision. */
function rowsOfHelm(file: FactText, context: FactContext): TimedRow[] {
  return file.lines.flatMap(({ line, text }) => {
    const row = /^(\d{1,6})\s+(?:\w{3} )(\w{3}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})\s+(.*)$/.exec(text);
    if (!row) return [];
    const time = factTime(`${row[3]} ${row[2]} ${row[5]} ${row[4]}`, context)?.time ?? Number.NaN;
    return [
      {
        line,
        time,
        text: `revision ${row[1]}: ${row[6]!
          .trim()
          .split(/\s{2,}|\t/)
          .map((cell) => cell.trim())
          .join(' ')}`,
      },
    ];
  });
}

/** `argocd app history`: number of the deployment, time as Go prints it, revision. */
export const ARGO_LINE = /^(\d{1,9}) +(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}) [A-Z]{2,5} +(\S.{0,300})$/;

function rowsOfArgo(file: FactText, context: FactContext): TimedRow[] {
  return file.lines.flatMap(({ line, text }) => {
    const row = ARGO_LINE.exec(text);
    return row
      ? [
          {
            line,
            time: factTime(row[2]!, context)?.time ?? Number.NaN,
            text: `deployment ${row[1]} of ${row[3]!.trim()}`,
          },
        ]
      : [];
  });
}

const ROWS: { [format: string]: (file: FactText, context: FactContext) => TimedRow[] } = {
  'git-log': rowsOfGitLog,
  'git-lines': rowsOfGitLines,
  'git-list': rowsOfCommitList,
  'rpm-last': rowsOfRpmLast,
  'apt-history': rowsOfAptHistory,
  'helm-history': rowsOfHelm,
  'argo-history': rowsOfArgo,
};

/** Change calendars and deployment lists, as text, Markdown or a table. */
export function readChanges(file: FactText, context: FactContext): ChangeFact[] {
  const shape = file.format === 'table' ? sniffTable(file.text) : undefined;
  const rows = shape
    ? rowsOfTable(file, shape, context, givenUp(shape))
    : (ROWS[file.format] ?? rowsOfText)(file, context);
  return rows.map((row) => ({ file: file.file, ...row }));
}

/** Tickets: one fact a row. */
export function readTickets(file: FactText, context: FactContext): NoticeFact[] {
  const shape = sniffTable(file.text);
  const rows = shape ? rowsOfTable(file, shape, context) : rowsOfText(file, context);
  return rows.map(({ line, time, text }) => ({ file: file.file, line, time, kind: 'ticket', text }));
}

/** Mails, provider notices and status pages: one fact per dated line, or one for a whole mail. */
export function readNotice(file: FactText, context: FactContext): NoticeFact[] {
  const kind = /status|monitor/i.test(file.text.slice(0, 300)) && !/^From:/m.test(file.text) ? 'status' : 'notice';
  const updates = statusUpdates(file, context);
  if (updates.length > 0) return updates.map((row) => ({ file: file.file, kind: 'status', ...row }));
  const dated = rowsOfText(file, context);
  const starts = dated.length && file.lines.filter(({ text }) => text.trim() !== '')[0]?.line === dated[0]!.line;
  if (starts) return dated.map(({ line, time, text }) => ({ file: file.file, line, time, kind, text }));
  const header = /^(?:Date|Sent|日期|发送时间|Datum|Fecha)\s*[:：]\s*(.{4,60})$/im.exec(file.text);
  let time = header ? (factTime(header[1]!.trim(), context)?.time ?? Number.NaN) : Number.NaN;
  if (Number.isNaN(time)) {
    const inText = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?/.exec(file.text);
    if (inText) time = factTime(inText[0], context)?.time ?? Number.NaN;
  }
  return [{ file: file.file, line: 1, time, kind, text: file.text.trim().slice(0, 16_384) }];
}

const MOST_TICKETS = 5000;

const asText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : value instanceof Date
      ? value.toISOString()
      : '';

function deployment(entries: [string, unknown][]): [string, string] | undefined {
  const of = (pattern: RegExp): string | undefined => {
    const value = entries.find(([name]) => pattern.test(name))?.[1];
    return value === undefined ? undefined : asText(value);
  };
  const version = of(/^(?:version|revision|tag|image|release|commit|sha|new_?version|to)$/i);
  const what = of(/^(?:service|app|application|component|name|system|project|deployment)$/i);
  if (version === undefined || what === undefined) return undefined;
  const before = of(/^(?:previous_?version|old_?version|from(?:_?version)?|previous)$/i);
  return ['', `${what} deployed: ${before === undefined ? '' : `${before} -> `}${version}`];
}

/** `helm history -o json`: a release's revisions, each with the time at which it was made. */
const isRevision = (record: Plain): boolean =>
  'revision' in record && 'chart' in record && 'updated' in record && 'status' in record;

const TICKET_NUMBER = /^(?:INC|TICKET|CASE|SR|REQ|PRB|SUP|CS)[-_ #]?\d/i;
/** What every tracker calls its number, with a project in front: `PAY-12`. */
const ISSUE_KEY = /^[A-Z][A-Z0-9]{1,9}-\d{1,7}$/;

/** Somebody's complaint or a provider's incident, not something that was changed. */
function isTicket(entries: [string, unknown][]): boolean {
  const names = new Set(entries.map(([name]) => name.toLowerCase().replace(/[^a-z]/g, '')));
  if (
    entries.some(
      ([name, value]) =>
        /^(?:id|key|number|ticket|case|issue|incident)/i.test(name) && TICKET_NUMBER.test(asText(value)),
    )
  )
    return true;
  if (
    names.has('created') &&
    names.has('summary') &&
    entries.some(([name, value]) => name === 'key' && ISSUE_KEY.test(asText(value)))
  )
    return true;
  const complaint = [
    'reporter',
    'requester',
    'customer',
    'severity',
    'priority',
    'impact',
    'assignee',
    'subject',
    'channel',
    'urgency',
    'incidentnumber',
  ];
  return (
    complaint.some((name) => names.has(name)) &&
    !names.has('change') &&
    ['status', 'title', 'subject', 'summary', 'name'].some((name) => names.has(name))
  );
}

/** Tickets and a provider's incidents kept as JSON or YAML: an array of records with a time and a title, at the top or one key below. */
export function ticketsOfData(
  file: string,
  data: unknown,
  context: FactContext,
  lineOf: (index: number, key?: string) => number,
): NoticeFact[] {
  const single = typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Plain) : undefined;
  const holder: Plain = single ?? { '': data };
  const facts: NoticeFact[] = [];
  const lists: [string, unknown][] = Object.entries(holder);
  // One ticket by itself.
  if (single) lists.push(['', [single]]);
  for (const [key, list] of lists) {
    if (!Array.isArray(list) || facts.length > MOST_TICKETS || (single === list[0] && facts.length > 0)) continue;
    for (const [index, record] of list.entries()) {
      if (typeof record !== 'object' || record === null || facts.length > MOST_TICKETS) break;
      // Jira keeps what it knows under `fields`.
      const { fields, ...rest } = record as Plain;
      const all = typeof fields === 'object' && fields !== null ? { ...rest, ...fields } : (record as Plain);
      const entries = Object.entries(all).filter(([, value]) => asText(value) !== '');
      const time =
        entries.find(([name]) => /^(?:created|opened|started|reported|date|time)/i.test(name)) ??
        entries.find(([name]) => headerMeanings(name).includes('time'));
      if (!time || !(isTicket(entries) || (key === 'incidents' && all.incident_updates !== undefined))) break;
      const words = entries.filter(
        ([name]) => headerMeanings(name).includes('text') || /^(?:name|status|impact|body)$/i.test(name),
      );
      facts.push({
        file,
        line: record === single ? 1 : lineOf(index, key || undefined),
        time: factTime(asText(time[1]), context)?.time ?? Number.NaN,
        kind: key === 'incidents' ? 'status' : 'ticket',
        text: words
          .map(([, value]) => asText(value))
          .join(' ')
          .slice(0, 16_384),
      });
    }
  }
  return facts;
}

/**
 * Maintenance that a provider's status page announces (Statuspage API, scheduled_maintenances): what it does at its hour is a change of
 * the provider's, whenever it was announced. What is still to come or was given up is none.
 */
export function maintenancesOfData(file: string, data: unknown, context: FactContext): ChangeFact[] {
  if (!isPlain(data) || !Array.isArray(data.scheduled_maintenances)) return [];
  const page = isPlain(data.page) ? asText(data.page.name) : '';
  return data.scheduled_maintenances.slice(0, MOST_TICKETS).flatMap((one: unknown) => {
    if (!isPlain(one) || !/^(?:in_progress|verifying|completed)$/.test(asText(one.status))) return [];
    const time = factTime(asText(one.started_at) || asText(one.scheduled_for), context)?.time ?? Number.NaN;
    return [
      {
        file,
        line: 1,
        time,
        text: `maintenance of ${page || 'the provider'}: ${asText(one.name).slice(0, 1000)}`,
        ...(page === '' ? {} : { team: page }),
      },
    ];
  });
}

/** Change lists kept as YAML or JSON: an array of records with a time and a text, at the top or one key below. */
export function changesOfData(
  file: string,
  data: unknown,
  context: FactContext,
  lineOf: (index: number, key?: string) => number,
): ChangeFact[] {
  const holder: Plain =
    typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Plain) : { '': data };
  for (const [key, list] of Object.entries(holder)) {
    if (!Array.isArray(list) || list.length === 0) continue;
    const facts: ChangeFact[] = [];
    for (const [index, record] of list.entries()) {
      if (typeof record !== 'object' || record === null) break;
      const entries = Object.entries(record as Plain).filter(([, value]) => asText(value) !== '');
      const find = (meaning: string): [string, unknown] | undefined =>
        entries.find(([name]) => headerMeanings(name).includes(meaning));
      const revision = isRevision(record as Plain);
      const time = revision ? entries.find(([name]) => name === 'updated') : find('time');
      const named = revision
        ? ([
            '',
            `revision ${asText((record as Plain).revision)}: ${asText((record as Plain).chart)}, ${asText((record as Plain).description)}`,
          ] as const)
        : entries.find(([name]) => headerMeanings(name).includes('text') && name !== time?.[0]);
      // A list of deployments says what was deployed where, not that it was.
      const text = named ?? deployment(entries);
      if (!time || !text || isTicket(entries)) break;
      const team = entries.find(([name]) => headerMeanings(name).includes('team') && name !== text[0]);
      facts.push({
        file,
        line: lineOf(index, key || undefined),
        time: factTime(asText(time[1]), context)?.time ?? Number.NaN,
        text: asText(text[1]),
        ...(team ? { team: asText(team[1]) } : {}),
      });
    }
    if (facts.length === list.length) return facts;
  }
  return [];
}
