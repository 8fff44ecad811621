import { headerMeanings, headerZone } from '../columns.ts';
import type { NetworkFlowFact } from '../small-facts.ts';
import { sniffTable, tableRows } from '../tabular.ts';
import { VPC_FLOW, VPC_FLOW_FIELDS } from '../vpc-flow.ts';
import { type FactContext, type FactText, factTime } from './context.ts';

/** Rows kept of one table. */
const MOST_FLOWS = 500_000;

/** `host:port` and `host.port` (tcpdump) endpoints beside plain addresses. */
function endpoint(cell: string): { host: string; port?: number } {
  const match = /^\[?([0-9a-f:.]+?)\]?:(\d{1,5})$/i.exec(cell);
  return match && (match[1]!.includes('.') || cell.startsWith('['))
    ? { host: match[1]!, port: Number(match[2]) }
    : { host: cell };
}

/** Firewall, NetFlow and egress tables. */
export function readFlows(file: FactText, context: FactContext): { flows: NetworkFlowFact[]; skipped: number } {
  const first = file.text.slice(0, Math.max(0, file.text.indexOf('\n')));
  if (!VPC_FLOW.test(first)) return readTable(file, context);
  const { flows, skipped } = readTable({ ...file, text: `${VPC_FLOW_FIELDS}\n${file.text}` }, context);
  return { flows: flows.map((flow) => ({ ...flow, line: flow.line - 1 })), skipped };
}

function readTable(file: FactText, context: FactContext): { flows: NetworkFlowFact[]; skipped: number } {
  const shape = sniffTable(file.text);
  if (!shape) return { flows: [], skipped: 0 };
  const column = (...meanings: string[]): number => {
    for (const meaning of meanings) {
      const at = shape.header.findIndex((cell) => headerMeanings(cell)[0] === meaning);
      if (at !== -1) return at;
    }
    for (const meaning of meanings) {
      const at = shape.header.findIndex((cell) => headerMeanings(cell).includes(meaning));
      if (at !== -1) return at;
    }
    return -1;
  };
  const [time, source, destination, port, bytesOut, bytesIn, action, protocol, duration] = [
    'time',
    'source',
    'destination',
    'port',
    'bytesOut',
    'bytesIn',
    'action',
    'protocol',
    'latencyMs',
  ].map((meaning) => column(meaning)) as number[];
  const zone = headerZone(shape.header[time!] ?? '');
  const flows: NetworkFlowFact[] = [];
  let skipped = 0;
  for (const { line, cells } of tableRows(file.text, shape.separator, shape.bodyOffset, shape.headerLine + 1)) {
    const cell = (at: number | undefined): string => (at === undefined || at === -1 ? '' : (cells[at] ?? '').trim());
    const to = endpoint(cell(destination));
    const from = endpoint(cell(source));
    if (!to.host || flows.length >= MOST_FLOWS) {
      skipped++;
      continue;
    }
    flows.push({
      file: file.file,
      line,
      time: factTime(cell(time), context, zone)?.time ?? Number.NaN,
      source: from.host,
      destination: to.host,
      port: Number(cell(port) || (to.port ?? Number.NaN)),
      bytesOut: Number(cell(bytesOut) || Number.NaN),
      bytesIn: Number(cell(bytesIn) || Number.NaN),
      action: cell(action),
      ...(protocol === -1 ? {} : { protocol: cell(protocol) }),
      ...(duration === -1 || cell(duration) === '' ? {} : { duration: Number(cell(duration)) }),
    });
  }
  return { flows, skipped };
}
