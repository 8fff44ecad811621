import { append } from '../../lists.ts';
import { isNotice } from '../identify-text.ts';
import type { ChangeFact, SmallFacts, TextFact } from '../small-facts.ts';
import { sniffTable, tableRows } from '../tabular.ts';
import { decodeText } from '../text.ts';
import { type EvidenceKind, type EvidenceSource, EvidenceTooLarge } from '../types.ts';
import { readCalendar } from './calendars.ts';
import { changesOfData, maintenancesOfData, readChanges, readNotice, readTickets, ticketsOfData } from './changes.ts';
import { readClocks } from './clocks.ts';
import { mayHoldClusterEvents, readClusterEvents } from './cluster-events.ts';
import { type FactContext, type FactText, factText, LONGEST_FACT_FILE } from './context.ts';
import { mayHoldCsp, readCsp } from './csp.ts';
import { readDiff } from './diffs.ts';
import { dnsOfData, readDns } from './dns.ts';
import { dotTopology, drawioTopology, isDrawio } from './drawings.ts';
import { isFeed, readFeed } from './feeds.ts';
import { readFlows } from './flows.ts';
import { readConnections, readDisks, readKernelSettings, readProcesses, readTasks } from './host.ts';
import { readHostState } from './host-state.ts';
import { inventoryOf } from './inventory.ts';
import { filesOfData, readHashes, readListing } from './listings.ts';
import { wordsOfMail } from './mail.ts';
import { wordsOfPage } from './markup-text.ts';
import { mermaidTopology } from './mermaid.ts';
import { mayBePackageLog, rowsOfPackageLog } from './package-logs.ts';
import {
  containersOfData,
  endedContainersOfData,
  mayBeAnsibleLog,
  mayHoldServiceState,
  readAnsibleLog,
  readContainers,
  readDescribedPods,
  readServiceState,
} from './services.ts';
import { nested, readData, readIni } from './settings.ts';
import { readSockets } from './sockets.ts';
import type { TimedRow } from './timed-rows.ts';
import { linksOf, readTopology, servicesOf, topologyOfTable } from './topology.ts';
import { readArchiveListing, readPackageTree, readProcessTree, readTree } from './trees.ts';
import { readVersions, versionsOfData, versionsOfMarkup, versionsOfTable } from './versions.ts';

export type { FactContext } from './context.ts';

/** Kinds whose content other rooms read. */
const ELSEWHERE = new Set<EvidenceKind>([
  'log',
  'capture',
  'certificate',
  'key',
  'crl',
  'csr',
  'ocsp',
  'keystore',
  'server-config',
  'transactions',
  'clock',
  'empty',
  'binary',
  'endpoint',
  'archive',
  'message',
]);

/** Network flow tables may be large; everything else that is a small fact is small. */
const LONGEST_FLOW_TABLE = 256 * 2 ** 20;
const LONGEST_TEXT_FACT = 2 ** 20;
const MOST_TEXT_BYTES = 32 * 2 ** 20;
const MOST_TABLE_ROWS = 5000;

const emptyFacts = (): Required<SmallFacts> => ({
  changes: [],
  notices: [],
  files: [],
  clocks: [],
  dns: [],
  versions: [],
  topology: [],
  flows: [],
  texts: [],
  tables: [],
  settings: [],
  processes: [],
  connections: [],
  disks: [],
  gauges: [],
  hashes: [],
  csp: [],
  kernel: [],
  problems: [],
});

/** Logs of what was done to a host are changes, too. @param beginning whole lines of its head, the last one perhaps cut. */
const mayHoldChanges = (beginning: string): boolean =>
  mayHoldClusterEvents(beginning) ||
  mayHoldServiceState(beginning) ||
  mayBeAnsibleLog(beginning) ||
  mayBePackageLog(beginning.includes('\n') ? beginning.replace(/\n[^\n]*$/, '') : beginning);

const joinedChanges = (rows: readonly TimedRow[], file: string): ChangeFact[] => rows.map((row) => ({ file, ...row }));

/** Why only the beginning of a file was read, and what would help. */
function unreadWhole({ item, head }: EvidenceSource, cause: unknown, limit: number): string {
  const beginning = `only its first ${head.length} bytes were read`;
  if (!(cause instanceof EvidenceTooLarge))
    return `could not be read to its end (${cause instanceof Error ? cause.message : String(cause)}); ${beginning}`;
  if (item.kind === 'text')
    return `text of ${item.size} bytes in which no layout of a log, table or list is recognised; ${beginning}; if it is a log, name its layout with --log-format or --log-pattern`;
  return `larger than the ${limit} bytes that are read of a ${item.kind.replaceAll('-', ' ')}; ${beginning}`;
}

async function loadText(source: EvidenceSource, facts: Required<SmallFacts>): Promise<FactText | undefined> {
  const limit = source.item.kind === 'network-flows' ? LONGEST_FLOW_TABLE : LONGEST_FACT_FILE;
  let bytes: Buffer;
  try {
    bytes = await source.bytes(limit);
  } catch (cause) {
    bytes = source.head;
    facts.problems.push({ file: source.item.path, line: 1, what: unreadWhole(source, cause, limit) });
  }
  return factText(source.item.path, source.item.format ?? '', decodeText(bytes).text);
}

const TEXT_KINDS: { [format: string]: TextFact['kind'] } = { diff: 'diff', yaml: 'yaml', ini: 'ini' };

function keepText(facts: Required<SmallFacts>, source: EvidenceSource, file: FactText): void {
  if (file.text.length > LONGEST_TEXT_FACT) return;
  const used = facts.texts.reduce((sum, { text }) => sum + text.length, 0);
  if (used + file.text.length > MOST_TEXT_BYTES) {
    facts.problems.push({ file: file.file, line: 1, what: 'not kept for comparison: too many text files' });
    return;
  }
  const kind =
    source.item.kind === 'script'
      ? 'script'
      : source.item.kind === 'web-page'
        ? 'web-page'
        : (TEXT_KINDS[file.format] ?? 'text');
  facts.texts.push({ file: file.file, kind, text: file.text, sha256: source.item.sha256 });
}

function readTable(facts: Required<SmallFacts>, file: FactText): void {
  const shape = sniffTable(file.text);
  if (!shape) return;
  const rows: { line: number; cells: string[] }[] = [];
  for (const row of tableRows(file.text, shape.separator, shape.bodyOffset, shape.headerLine + 1)) {
    if (rows.length >= MOST_TABLE_ROWS) {
      facts.problems.push({
        file: file.file,
        line: row.line,
        what: `table longer than ${MOST_TABLE_ROWS} rows; the rest was not read`,
      });
      break;
    }
    rows.push(row);
  }
  facts.tables.push({ file: file.file, header: shape.header, rows });
}

function readStructured(facts: Required<SmallFacts>, file: FactText, context: FactContext): void {
  if (file.format === 'ini') {
    const settings = readIni(file);
    append(facts.settings, settings);
    const topology = /^(?:nodes|hosts|legs|links|hops|topology)\b/m.test(settings.map(({ key }) => key).join('\n'))
      ? readTopology(file.file, nested(settings))
      : undefined;
    if (topology && (topology.nodes.length || topology.legs.length)) facts.topology.push(topology);
    const inventory = inventoryOf(file, settings);
    if (inventory) facts.topology.push(inventory);
    return;
  }
  if (file.format === 'xml') return;
  const { settings, data, problems, lineAt } = readData(file);
  append(facts.settings, settings);
  append(
    facts.problems,
    problems.map((problem) => ({ file: file.file, ...problem })),
  );
  const inventory = inventoryOf(file, settings);
  if (inventory) facts.topology.push(inventory);
  const lineOf = (index: number, key?: string): number => lineAt(key === undefined ? [index] : [key, index]);
  for (const value of data) {
    append(facts.dns, dnsOfData(file.file, value));
    append(facts.files, filesOfData(file.file, value, context, lineOf));
    append(facts.changes, changesOfData(file.file, value, context, lineOf));
    append(facts.changes, maintenancesOfData(file.file, value, context));
    append(facts.changes, containersOfData(file.file, value, context, lineOf));
    append(facts.gauges, endedContainersOfData(file.file, value, context));
    append(facts.notices, ticketsOfData(file.file, value, context, lineOf));
    append(facts.versions, versionsOfData(file.file, value));
    const links = linksOf(file.file, value);
    if (links) facts.topology.push(links);
    const services = servicesOf(file.file, value);
    if (services) facts.topology.push(services);
  }
}

/** The file with other words, such as those that a mail shows to its reader. */
const inWords = (file: FactText, words: string | undefined): FactText =>
  words === undefined ? file : factText(file.file, file.format, words);

function readOne(facts: Required<SmallFacts>, source: EvidenceSource, file: FactText, context: FactContext): void {
  switch (source.item.kind) {
    case 'changes':
      append(facts.changes, file.format === 'calendar' ? readCalendar(file, context) : readChanges(file, context));
      return;
    case 'log':
      if (mayHoldClusterEvents(file.text.slice(0, 16_384))) append(facts.changes, readClusterEvents(file, context));
      append(facts.changes, readServiceState(file, context));
      if (mayBeAnsibleLog(file.text.slice(0, 16_384))) append(facts.changes, readAnsibleLog(file, context));
      if (mayBePackageLog(file.text.slice(0, 16_384).replace(/\n[^\n]*$/, '')))
        append(facts.changes, joinedChanges(rowsOfPackageLog(file, context), file.file));
      return;
    case 'tickets':
      append(facts.notices, readTickets(file, context));
      return;
    case 'notice':
      append(facts.notices, readNotice(inWords(file, wordsOfMail(file.text)), context));
      return;
    case 'file-listing':
      if (file.format === 'hashes') append(facts.hashes, readHashes(file));
      else if (file.format === 'tree') append(facts.files, readTree(file, context));
      else if (file.format === 'archive') append(facts.files, readArchiveListing(file, context));
      else append(facts.files, readListing(file, context));
      return;
    case 'time-sync':
      append(facts.clocks, readClocks(file));
      return;
    case 'dns':
      append(facts.dns, readDns(file));
      return;
    case 'versions':
      append(facts.versions, file.format === 'package-tree' ? readPackageTree(file) : readVersions(file));
      return;
    case 'network-flows': {
      const { flows, skipped } = readFlows(file, context);
      for (const flow of flows) facts.flows.push(flow);
      source.item.counts = { ...source.item.counts, rows: flows.length, skipped };
      return;
    }
    case 'table':
      readTable(facts, file);
      append(facts.topology, topologyOfTable(file));
      append(facts.versions, versionsOfTable(file));
      return;
    case 'structured':
      if (file.format === 'xml') {
        if (isFeed(file.text)) append(facts.notices, readFeed(file, context));
        append(facts.versions, versionsOfMarkup(file));
        append(facts.topology, isDrawio(file.text) ? [drawioTopology(file) ?? []].flat() : []);
      }
      readStructured(facts, file, context);
      if (mayHoldClusterEvents(file.text.slice(0, 16_384))) append(facts.changes, readClusterEvents(file, context));
      append(facts.kernel, readKernelSettings(file));
      keepText(facts, source, file);
      return;
    default:
      // A mail that was saved as a page; what runs scripts or asks for something is a page of a site.
      if (source.item.kind === 'web-page' && !/<(?:script|form|input|iframe)\b/i.test(file.text)) {
        const page = inWords(file, wordsOfPage(file.text));
        if (isNotice(page.text)) append(facts.notices, readNotice(page, context));
      }
      if (/^[ \t]{0,40}```{1,8} ?mermaid\b/m.test(file.text))
        append(facts.topology, [mermaidTopology(file) ?? []].flat());
      append(facts.changes, file.format === 'diff' ? readDiff(file, context) : []);
      append(facts.changes, file.format === 'docker-ps' ? readContainers(file, context) : []);
      append(facts.changes, file.format === 'service-state' ? readServiceState(file, context) : []);
      if (file.format === 'pod-description') {
        const { changes, gauges } = readDescribedPods(file, context);
        append(facts.changes, [...changes, ...readClusterEvents(file, context)]);
        append(facts.gauges, gauges);
      }
      append(facts.processes, file.format === 'process-list' ? readProcesses(file) : []);
      append(facts.processes, file.format === 'process-tree' ? readProcessTree(file) : []);
      append(facts.processes, file.format === 'task-list' ? readTasks(file) : []);
      append(facts.connections, file.format === 'connection-list' ? readConnections(file) : []);
      append(facts.connections, file.format === 'socket-list' ? readSockets(file) : []);
      append(facts.disks, file.format === 'disk-usage' ? readDisks(file) : []);
      append(facts.gauges, source.item.kind === 'text' ? readHostState(file) : []);
      append(facts.kernel, readKernelSettings(file));
      keepText(facts, source, file);
  }
}

/**
 * Reads the small facts of a bundle: changes, notices, tickets, listings, clocks, DNS answers, versions, topology, flows,
 * web files, settings, tables.
 * @param context.now incident clock, ms UTC; context.zone: zone of times without one (default: the topology's zone).
 * @returns every fact with its file and line; `problems` holds what could not be read. Never throws on bad content.
 */
export async function readSmallFacts(sources: EvidenceSource[], context: FactContext): Promise<SmallFacts> {
  const facts = emptyFacts();
  const wanted = sources.filter(
    ({ item, head }) =>
      !ELSEWHERE.has(item.kind) ||
      (item.kind === 'log' && item.size <= LONGEST_FACT_FILE && mayHoldChanges(head.toString('utf8', 0, 16_384))),
  );
  // The topology's zone is needed to read everything else.
  for (const source of wanted.filter(({ item }) => item.kind === 'topology')) {
    const file = await loadText(source, facts);
    if (!file) continue;
    if (source.item.format === 'mermaid' || source.item.format === 'dot') {
      const drawn = source.item.format === 'dot' ? dotTopology(file) : mermaidTopology(file);
      if (drawn) facts.topology.push(drawn);
      continue;
    }
    const { data, settings, problems } = readData(file);
    append(
      facts.problems,
      problems.map((problem) => ({ file: file.file, ...problem })),
    );
    append(facts.settings, settings);
    for (const value of data) {
      const fact = readTopology(file.file, value);
      if (fact) facts.topology.push(fact);
    }
  }
  // Settings come next: a topology kept as INI or TOML may state the zone too.
  const rest = wanted.filter(({ item }) => item.kind !== 'topology');
  rest.sort((a, b) => Number(b.item.format === 'ini') - Number(a.item.format === 'ini'));
  for (const source of rest) {
    const zone = context.zone ?? facts.topology.find((fact) => fact.zone)?.zone;
    const file = await loadText(source, facts);
    if (!file) continue;
    const known = { now: context.now, ...(zone ? { zone } : {}) };
    readOne(facts, source, file, known);
    if (mayHoldCsp(file.text)) append(facts.csp, readCsp(file, known));
  }
  noteProblems(wanted, facts.problems);
  facts.changes.sort((a, b) => (a.time || 0) - (b.time || 0));
  return facts;
}

/** Problems stand in the manifest too, beside the file they are about. */
function noteProblems(sources: EvidenceSource[], problems: Required<SmallFacts>['problems']): void {
  for (const { file, line, what } of problems) {
    const item = sources.find((source) => source.item.path === file)?.item;
    const note = `line ${line}: ${what}`;
    if (item && !item.notes?.includes(note)) item.notes = [...(item.notes ?? []), note];
  }
}
