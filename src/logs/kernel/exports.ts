/** What the WebAssembly module gives; see the `.as` files of this folder. */

interface Global {
  readonly value: number;
}
/** Places of the memory. */
type Layout =
  | 'BLOCK'
  | 'BLOCK_ROOM'
  | 'OUT'
  | 'OUT_ROOM'
  | 'OUT_REQUESTS'
  | 'LITERALS'
  | 'LITERAL_TABLE'
  | 'WORD_BITS'
  | 'WORD_BITS_TABLE'
  | 'INNER'
  | 'INNER_NEXT'
  | 'MOST_INNER'
  | 'NEIGHBOURS'
  | 'NEIGHBOURS_TABLE'
  | 'SHORTS'
  | 'SHORTS_TABLE'
  | 'MOST_SHORTS'
  | 'STAMP'
  | 'KINDS'
  | 'ODD_ESCAPES'
  | 'ISSUERS'
  | 'BREAKS'
  | 'RECORD'
  | 'SHAPES'
  | 'TOUCHED'
  | 'LEVEL_COUNTS'
  | 'TEXT_RESULT'
  | 'HITS'
  | 'MOST_HITS'
  | 'EVENTS'
  | 'EVENT_BYTES'
  | 'MOST_EVENTS'
  | 'STEPS'
  | 'STEPS_ROOM'
  | 'PREFIXES'
  | 'PREFIX_ROOM'
  | 'MOST_PREFIXES';

export interface KernelExports extends Readonly<Record<Layout, Global>> {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly stoppedAt: Global;
  readonly stampWanted: Global;
  literals(bits: number, tags: number, neighbours: number, from: number, end: number): number;
  literalsAndBetween(tags: number, between: number, from: number, end: number): number;
  shorts(table: number, from: number, end: number): number;
  cards(from: number, end: number): number;
  access(from: number, end: number): number;
  readonly rowsFrom: Global;
  readonly rowsTo: Global;
  knowStamp(midnight: number): void;
  readonly merchantFrom: Global;
  readonly merchantTo: Global;
  lookForSignatures(bits: number, tags: number, neighbours: number): void;
  readonly nameStart: Global;
  readonly nameEnd: Global;
  readonly nameParent: Global;
  readonly nameHigh: Global;
  readonly nameLow: Global;
  json(from: number, end: number, quiet: number): number;
  logfmt(from: number, end: number, quiet: number): number;
  beginTable(separator: number, columns: number): void;
  setColumn(index: number, slot: number, other: number, bits: number): void;
  table(from: number, end: number, quiet: number): number;
  readonly innerEnd: Global;
  unwrap(from: number, end: number, quiet: number, kind: number): number;
  readonly verdict: Global;
  readonly operations: Global;
  readonly failures: Global;
  readonly requests: Global;
  readonly failedRequests: Global;
  readonly owned: Global;
  readonly minute: Global;
  readonly earliest: Global;
  readonly latest: Global;
  readonly lastTime: Global;
  readonly touched: Global;
  setCounting(mode: number, since: number, until: number): void;
  forgetCounts(): void;
  fileShape(): number;
  rememberEndpoint(value: number): void;
  resetJson(): void;
  fileKey(
    id: number,
    high: number,
    low: number,
    meaning: number,
    bits: number,
    matters: number,
    behindHigh: number,
    behindLow: number,
    unit: number,
  ): void;
  remember(slot: number, from: number, to: number, value: number): void;
  knowStampOf(from: number, clock: number, zone: number, zoneLength: number, base: number, own: number): void;
  forgetStamp(): void;
  columns(from: number, end: number, second: number, apart: number): number;
  readonly strangeAt: Global;
  readonly strange: Global;
  knowColumnStamp(
    which: number,
    from: number,
    hour: number,
    compared: number,
    suffix: number,
    length: number,
    base: number,
  ): void;
  text(from: number, end: number, quiet: number): number;
  resetText(): void;
  beginHits(limit: number): void;
  rememberEvent(value: number): void;
  forgetEvents(): void;
  readonly pairCount: Global;
  rememberPairs(level: number, message: number): void;
  rememberPairLevel(seed: number): void;
  unknownLevelFrom(): number;
  unknownLevelEnd(): number;
  knowTextStamp(
    lead: number,
    from: number,
    hour: number,
    seconds: number,
    suffix: number,
    length: number,
    own: number,
    layout: number,
    base: number,
    wholeDay: number,
  ): void;
  fileHead(
    line: number,
    stamp: number,
    core: number,
    end: number,
    envelope: number,
    message: number,
    reach: number,
    level: number,
    suffix: number,
    bits: number,
  ): number;
}
