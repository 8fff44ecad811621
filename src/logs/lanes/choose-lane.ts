/** Which fast reader the lines of a source get, and which literals the sweep over its blocks looks for. */

import { mayBeHaproxyTraffic } from '../formats/haproxy.ts';
import { writesPairs } from '../formats/json-pairs.ts';
import type { TableLayout } from '../formats/line-kinds.ts';
import type { NginxFormat } from '../formats/nginx-format.ts';
import type { LiteralSearch } from '../lexicon/literal-search.ts';
import type { Collector, RecordAssembler } from '../record-assembler.ts';
import type { RequestRow } from '../request-table.ts';
import { Sweep } from '../sweep.ts';
import type { SourceClock } from '../time/clock.ts';
import { parseTimestamp, stamp } from '../time/timestamp.ts';
import type { LogSource } from '../types.ts';
import { AccessLane } from './access-lane.ts';
import { ColumnLane } from './column-lane.ts';
import { albColumns, type Columns, haproxyColumns, nginxColumns, w3cColumns } from './column-steps.ts';
import { DockerLane } from './docker-lane.ts';
import { EitherLane } from './either-lane.ts';
import { JsonLane } from './json-lane.ts';
import type { Lane } from './lane.ts';
import { pairColumns } from './pair-columns.ts';
import { TableLane } from './table-lane.ts';
import { TextLane } from './text-lane.ts';

export interface LaneNeeds {
  source: LogSource;
  to: Collector;
  clock: SourceClock;
  records: RecordAssembler;
  /** The general reader of the lines. */
  kind: 'access' | 'json' | 'logfmt' | 'text' | 'other';
  /** Nothing is to be taken off the lines first: no colours, no names. */
  plain: boolean;
  table: TableLayout | undefined;
  nginx: NginxFormat | undefined;
  addRow: (row: RequestRow, line: number, time: number) => void;
  /** The columns that the last `#Fields` line named. */
  w3cFields: () => readonly string[] | undefined;
  /** The column of a table that holds the whole time; -1 while unknown and where two columns hold it. */
  timeColumn: () => number;
}

export function chooseLane(needs: LaneNeeds): { swept: LiteralSearch | undefined; lane: Lane | undefined } {
  const { source, to, clock, records, kind, addRow, table } = needs;
  const docker = source.format === 'docker-json';
  // The lane for access logs looks for its literals by itself; what stands in a container's file is taken out first.
  const swept = kind === 'access' || docker ? undefined : to.lexicon.search;
  // The two records of a request are joined by the general reader.
  if (!needs.plain || !to.lanes || writesPairs(source)) return { swept, lane: undefined };
  if (kind === 'access') {
    const access = new AccessLane(source, to, clock, records);
    return { swept, lane: new EitherLane(access, new ColumnLane(source, to, clock, records, pairColumns, false)) };
  }
  if (kind === 'json') {
    const json = new JsonLane(source, to, clock, records, addRow);
    if (!docker) return { swept, lane: json };
    const inner = new Sweep(to.cards, source.file, { ...to.looks, cards: false });
    const access = new AccessLane(source, to, clock, records);
    const text = new TextLane(source, to, clock, records);
    return { swept, lane: new DockerLane(json, access, text, inner, to.lexicon.search) };
  }
  if (kind === 'logfmt') return { swept, lane: new JsonLane(source, to, clock, records, addRow, true) };
  const columns = columnsOf(needs);
  // Requests do not speak; where records do, they are few.
  if (columns)
    return { swept: undefined, lane: new ColumnLane(source, to, clock, records, columns, source.format === 'iis-w3c') };
  if (table && source.role !== 'access')
    return { swept, lane: new TableLane(source, to, clock, records, table, needs.timeColumn) };
  return {
    swept,
    lane: kind === 'text' && source.format !== 'access-words' ? new TextLane(source, to, clock, records) : undefined,
  };
}

/** What tells the columns of a line, where the format has any. */
function columnsOf({
  source: { format },
  nginx,
  w3cFields,
}: LaneNeeds): ((line: Buffer) => Columns | undefined) | undefined {
  let known: Columns | undefined;
  if (nginx) {
    known = nginxColumns(nginx);
    return known && (() => known);
  }
  if (format === 'aws-alb') {
    known = albColumns();
    return () => known;
  }
  if (format === 'iis-w3c') {
    let fields: readonly string[] | undefined;
    return (line) => {
      if (fields !== w3cFields() || !known) {
        fields = w3cFields();
        known = fields && w3cColumns(fields, line.includes(9) ? '\t' : ' ');
      }
      return known;
    };
  }
  if (format !== 'haproxy') return undefined;
  let kind: string | undefined;
  return (line) => {
    const lead = /^(?:<\d{1,3}>)?/.exec(line.toString('latin1', 0, 8))![0];
    const stamped = parseTimestamp(line, lead.length, line.length);
    const traffic = stamped || mayBeHaproxyTraffic(line.toString('latin1', 0, 80));
    if (!traffic) return known;
    const own = stamped && !stamp.yearless && !Number.isNaN(stamp.offset);
    const kindNow = `${stamped} ${lead} ${own}`;
    if (kindNow !== kind) {
      kind = kindNow;
      known = haproxyColumns(stamped ? lead : undefined, own);
    }
    return known;
  };
}
