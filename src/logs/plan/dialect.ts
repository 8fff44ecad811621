/** What DuckDB and ClickHouse write differently. Everything else of the plans is SQL that both read alike. */
import type { Network } from '../sigma/cidr.ts';

export const DIALECTS = ['duckdb', 'clickhouse'] as const;
export type DialectName = (typeof DIALECTS)[number];

export interface Dialect {
  name: DialectName;
  /** A string constant. */
  text(value: string): string;
  lower(expression: string): string;
  contains(expression: string, value: string): string;
  /** RE2 in both, unanchored. `flags` of `i`, `m` and `s`. */
  matches(expression: string, pattern: string, flags: string): string;
  /** Exact nearest rank: the value at place ceil(share × count) of the sorted ones. */
  nearestRank(expression: string, share: number): string;
  distinct(expression: string, where?: string): string;
  countIf(condition: string): string;
  /** The same over a window, of values that are never null. */
  nearestRankOver(expression: string, share: number, window: string): string;
  /** A character that no value holds, between the parts of a group. */
  separator: string;
  /** Milliseconds to their minute. */
  minute(expression: string): string;
  /** `/order/17` to `/order/*`, as the built-in engine sees endpoints. */
  endpoint(path: string): string;
  /** Whether an address, as text, lies in a network; undefined where the engine cannot tell without an extension. */
  inNetwork(expression: string, network: Network, written: string): string | undefined;
  /** A view over the lines of files in the combined format. */
  combinedView(view: string, files: readonly string[]): string;
  /** A view over the JSON lines that `paymedic logs export` wrote. */
  exportedView(view: string, files: readonly string[], columns: Columns): string;
}

export type Columns = readonly (readonly [name: string, type: 'BIGINT' | 'DOUBLE' | 'VARCHAR'])[];

const DIGIT_PART = '[0-9]';
const VERSION_PART = '^v[0-9]{1,2}$';
/** Groups: address, stamp, request, status, bytes, and what follows; quotes inside the quoted are escaped by the server. */
const COMBINED =
  '^(\\S+) \\S+ \\S+ \\[([^\\]]+)\\] "((?:[^"\\\\]|\\\\.)*)" (\\d{3}) (\\d+|-)(?: "((?:[^"\\\\]|\\\\.)*)" "((?:[^"\\\\]|\\\\.)*)")?';
/** Groups: method and target; the protocol is the last word. What does not fit is no HTTP: method and path are empty then. */
const REQUEST = '^([A-Z]{3,16}) (.+?)(?: HT[^ ]*)?$';
/** Before the path of an absolute target; the group is the host. */
const ABSOLUTE = '^[^/].{0,4}://([^/]*)';
const MONTHS = "'JanFebMarAprMayJunJulAugSepOctNovDec'";

const duckText = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const houseText = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Columns of requests from the groups of COMBINED; `part(n)` is group n, `piece(n)` group n of REQUEST. */
function combinedColumns(
  part: (group: number) => string,
  piece: (word: number) => string,
  number: (text: string) => string,
  stamp: string,
  /** `without(text, pattern)`, and the first group of a pattern. */
  regex: { without(text: string, pattern: string): string; group(text: string, pattern: string): string },
): string {
  const target = regex.without(piece(2), ABSOLUTE);
  const question = `strpos(${target}, '?')`;
  return [
    `${stamp} AS time`,
    `${part(1)} AS client`,
    `${piece(1)} AS method`,
    `CASE WHEN ${question} = 0 THEN ${target} ELSE substr(${target}, 1, ${question} - 1) END AS path`,
    `CASE WHEN ${question} = 0 OR substr(${target}, ${question} + 1) = '' THEN NULL ELSE substr(${target}, ${question} + 1) END AS query`,
    `${number(part(4))} AS status`,
    `${number(`nullif(${part(5)}, '-')`)} AS bytes`,
    `nullif(nullif(${part(6)}, '-'), '') AS referer`,
    `nullif(nullif(${part(7)}, '-'), '') AS user_agent`,
    `nullif(${regex.group(piece(2), ABSOLUTE)}, '') AS host`,
    `CAST(NULL AS DOUBLE) AS request_time`,
    `CAST(NULL AS VARCHAR) AS upstream`,
    `CAST(NULL AS VARCHAR) AS termination`,
  ].join(',\n    ');
}

const OCTET = '(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]?[0-9])';
const IPV4 = `${OCTET}[.]${OCTET}[.]${OCTET}[.]${OCTET}`;
/** Before an IPv4 address in the spelling of IPv6. */
const MAPPED = '(?:::[fF][fF][fF][fF]:)?';

/** An address as a number between the first and the last of its network. */
function inNetwork4({ base, bits }: Network, isAddress: string, octet: (place: number) => string): string {
  const value = [1, 2, 3, 4].map((place) => `${octet(place)} * ${256 ** (4 - place)}`).join(' + ');
  return `CASE WHEN ${isAddress} THEN ${value} BETWEEN ${base} AND ${base + (1n << BigInt(32 - bits)) - 1n} ELSE FALSE END`;
}

const duckdb: Dialect = {
  name: 'duckdb',
  text: duckText,
  // The one letter that becomes two.
  lower: (expression) => `lower(replace(${expression}, '\u0130', 'i\u0307'))`,
  contains: (expression, value) => `contains(${expression}, ${duckText(value)})`,
  matches: (expression, pattern, flags) =>
    `regexp_matches(${expression}, ${duckText(flags === '' ? pattern : `(?${flags})${pattern}`)})`,
  nearestRank: (expression, share) =>
    `list_sort(list(${expression}) FILTER (WHERE ${expression} IS NOT NULL))[CAST(greatest(1, ceil(CAST(${share} AS DOUBLE) * count(${expression}))) AS BIGINT)]`,
  nearestRankOver: (expression, share, window) =>
    `list_sort(list(${expression}) ${window})[CAST(greatest(1, ceil(CAST(${share} AS DOUBLE) * count(*) ${window})) AS BIGINT)]`,
  separator: 'chr(31)',
  distinct: (expression, where) =>
    `count(DISTINCT ${expression})${where === undefined ? '' : ` FILTER (WHERE ${where})`}`,
  countIf: (condition) => `count(*) FILTER (WHERE ${condition})`,
  minute: (expression) => `(${expression} - ${expression} % 60000)`,
  endpoint: (path) =>
    `coalesce(nullif(array_to_string(list_transform(string_split(${path}, '/')[1:12], lambda part: CASE WHEN (regexp_matches(part, '${DIGIT_PART}') AND NOT regexp_matches(part, '${VERSION_PART}')) OR length(part) > 40 THEN '*' ELSE part END), '/'), ''), '/')`,
  // `INET` is an extension that DuckDB would fetch from the network.
  inNetwork: (expression, network) =>
    network.v4
      ? inNetwork4(
          network,
          `regexp_full_match(${expression}, '${MAPPED}${IPV4}')`,
          (octet) => `TRY_CAST(split_part(regexp_replace(${expression}, '^${MAPPED}', ''), '.', ${octet}) AS BIGINT)`,
        )
      : undefined,
  combinedView(view, files) {
    const part = (group: number): string => `g.g${group}`;
    const piece = (word: number): string => `coalesce(r.r${word}, '')`;
    const digits = (from: number, length: number): string => `CAST(substr(g.g2, ${from}, ${length}) AS BIGINT)`;
    const stamp = `epoch_ms(make_timestamp(${digits(8, 4)}, (strpos(${MONTHS}, substr(g.g2, 4, 3)) + 2) // 3, ${digits(1, 2)}, ${digits(13, 2)}, ${digits(16, 2)}, CAST(substr(g.g2, 19, 2) AS DOUBLE))) - (CASE substr(g.g2, 22, 1) WHEN '-' THEN -1 ELSE 1 END) * (${digits(23, 2)} * 60 + ${digits(25, 2)}) * 60000`;
    const columns = combinedColumns(part, piece, (text) => `CAST(${text} AS BIGINT)`, stamp, {
      without: (text, pattern) => `regexp_replace(${text}, ${duckText(pattern)}, '')`,
      group: (text, pattern) => `regexp_extract(${text}, ${duckText(pattern)}, 1)`,
    });
    const list = `[${files.map(duckText).join(', ')}]`;
    const groups = [1, 2, 3, 4, 5, 6, 7].map((group) => `'g${group}'`).join(', ');
    // One column per line: a separator and quotes that no text log holds.
    return `CREATE OR REPLACE TEMP VIEW ${view} AS
  SELECT
    ${columns}
  FROM (
    SELECT g, regexp_extract(g.g3, ${duckText(REQUEST)}, ['r1', 'r2']) AS r
    FROM (SELECT regexp_extract(line, ${duckText(COMBINED)}, [${groups}]) AS g FROM read_csv(${list}, columns = {'line': 'VARCHAR'}, delim = e'\\x01', quote = '', escape = '', header = false, auto_detect = false, max_line_size = 10000000, null_padding = true, strict_mode = false, ignore_errors = true))
  ) WHERE g.g2 <> ''`;
  },
  exportedView(view, files, columns) {
    const types = columns.map(([name, type]) => `${duckText(name)}: '${type}'`).join(', ');
    return `CREATE OR REPLACE TEMP VIEW ${view} AS SELECT * FROM read_json([${files.map(duckText).join(', ')}], format = 'newline_delimited', columns = {${types}})`;
  },
};

const HOUSE_TYPES = { BIGINT: 'Nullable(Int64)', DOUBLE: 'Nullable(Float64)', VARCHAR: 'Nullable(String)' };

const clickhouse: Dialect = {
  name: 'clickhouse',
  text: houseText,
  lower: (expression) => `lowerUTF8(${expression})`,
  contains: (expression, value) => `position(${expression}, ${houseText(value)}) > 0`,
  matches: (expression, pattern, flags) =>
    `match(${expression}, ${houseText(flags.includes('s') ? (flags === '' ? pattern : `(?${flags})${pattern}`) : `(?${flags}-s)${pattern}`)})`,
  nearestRank: (expression, share) =>
    `if(count(${expression}) = 0, NULL, arraySort(groupArray(${expression}))[toUInt64(greatest(1, ceil(toFloat64(${share}) * count(${expression}))))])`,
  nearestRankOver: (expression, share, window) =>
    `arraySort(groupArray(${expression}) ${window})[toUInt64(greatest(1, ceil(toFloat64(${share}) * count(*) ${window})))]`,
  separator: 'char(31)',
  distinct: (expression, where) =>
    where === undefined ? `uniqExact(${expression})` : `uniqExactIf(${expression}, ${where})`,
  countIf: (condition) => `countIf(${condition})`,
  minute: (expression) => `intDiv(${expression}, 60000) * 60000`,
  endpoint: (path) =>
    `coalesce(nullIf(arrayStringConcat(arrayMap(part -> if((match(part, '${DIGIT_PART}') AND NOT match(part, '${VERSION_PART}')) OR lengthUTF8(part) > 40, '*', part), arraySlice(splitByChar('/', coalesce(${path}, '')), 1, 12)), '/'), ''), '/')`,
  inNetwork: (expression, network, written) =>
    network.v4
      ? inNetwork4(
          network,
          `match(${expression}, '^${MAPPED}${IPV4}$')`,
          (octet) =>
            `toInt64OrZero(splitByChar('.', replaceRegexpOne(coalesce(${expression}, ''), '^${MAPPED}', ''))[${octet}])`,
        )
      : `isIPv6String(${expression}) AND isIPAddressInRange(if(isIPv6String(${expression}), ${expression}, '::'), ${houseText(written.includes('/') ? written : `${written}/128`)})`,
  combinedView(view, files) {
    const part = (group: number): string => `m[1][${group}]`;
    const piece = (word: number): string => `r[1][${word}]`;
    const columns = combinedColumns(
      part,
      piece,
      (text) => `toInt64OrNull(${text.startsWith('nullif') ? `coalesce(${text}, '')` : text})`,
      `(toInt64(toUnixTimestamp(makeDateTime(toUInt16(substr(m[1][2], 8, 4)), intDiv(position(${MONTHS}, substr(m[1][2], 4, 3)) + 2, 3), toUInt8(substr(m[1][2], 1, 2)), toUInt8(substr(m[1][2], 13, 2)), toUInt8(substr(m[1][2], 16, 2)), toUInt8(substr(m[1][2], 19, 2)), 'UTC'))) - (if(substr(m[1][2], 22, 1) = '-', -1, 1)) * (toInt64(substr(m[1][2], 23, 2)) * 60 + toInt64(substr(m[1][2], 25, 2))) * 60) * 1000`,
      {
        without: (text, pattern) => `replaceRegexpOne(${text}, ${houseText(pattern)}, '')`,
        group: (text, pattern) => `extract(${text}, ${houseText(pattern)})`,
      },
    )
      .replaceAll('strpos(', 'position(')
      .replaceAll('AS VARCHAR)', 'AS Nullable(String))')
      .replaceAll('AS DOUBLE)', 'AS Nullable(Float64))');
    const source = files.map((file) => `SELECT line FROM file(${houseText(file)}, 'LineAsString', 'line String')`);
    return `CREATE OR REPLACE VIEW ${view} AS
  SELECT
    ${columns}
  FROM (
    SELECT m, extractAllGroupsVertical(m[1][3], ${houseText(REQUEST)}) AS r
    FROM (SELECT extractAllGroupsVertical(line, ${houseText(COMBINED)}) AS m FROM (${source.join(' UNION ALL ')}))
  ) WHERE length(m) > 0`;
  },
  exportedView(view, files, columns) {
    const types = columns.map(([name, type]) => `${name} ${HOUSE_TYPES[type]}`).join(', ');
    const source = files.map((file) => `SELECT * FROM file(${houseText(file)}, 'JSONEachRow', ${houseText(types)})`);
    return `CREATE OR REPLACE VIEW ${view} AS ${source.join(' UNION ALL ')}`;
  },
};

/** Columns of an exported record. */
export const RECORD_COLUMNS: Columns = [
  ['time', 'BIGINT'],
  ...['category', 'product', 'service', 'level', 'host', 'logger', 'client', 'user', 'message'].map(
    (name) => [name, 'VARCHAR'] as const,
  ),
];

/** Columns of an exported request. */
export const REQUEST_COLUMNS: Columns = [
  ['time', 'BIGINT'],
  ['client', 'VARCHAR'],
  ['method', 'VARCHAR'],
  ['path', 'VARCHAR'],
  ['query', 'VARCHAR'],
  ['status', 'BIGINT'],
  ['bytes', 'BIGINT'],
  ['referer', 'VARCHAR'],
  ['user_agent', 'VARCHAR'],
  ['host', 'VARCHAR'],
  ['request_time', 'DOUBLE'],
  ['upstream', 'VARCHAR'],
  ['termination', 'VARCHAR'],
];

const ALL: { readonly [name in DialectName]: Dialect } = { duckdb, clickhouse };

export const dialectOf = (name: DialectName): Dialect => ALL[name];
