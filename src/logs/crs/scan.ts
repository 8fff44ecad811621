/** The rules over all requests of the logs: each distinct URL, agent and referrer judged once, then counted by rule and client. */
import { isConsoleStatement } from '../attacks/database-console.ts';
import type { LogObservations, RequestTable } from '../types.ts';
import type { CrsEngine } from './engine.ts';
import { type CrsMatch, type CrsRequest, POINTS } from './types.ts';
import { UsualMatches } from './usual.ts';

/** Points from which a request counts as an attack, as the rule set's own setup has it. */
const ATTACK_SCORE = 5;
/** Distinct attack URLs of one address from which it is a scanner: nobody types that many by hand. */
const SCANNER_URLS = 20;
const MAX_SAMPLES = 5;
const MAX_CLIENTS = 10_000;
/** Distinct URLs of all addresses together that are counted one by one, besides the first of each. */
const MAX_URLS = 200_000;
const MAX_JUDGED = 100_000;
/** Characters of distinct values that are judged: a linear engine takes some microseconds for each. */
const MAX_CHARACTERS = 12e6;
/** Families that no site's own page sends. */
const NEVER_USUAL: ReadonlySet<string> = new Set(['lfi', 'reputation-scanner']);

export interface AttackRule {
  id: number;
  message: string;
  family: string;
  severity: string;
  paranoia: number;
  count: number;
  clients: number;
  first: number;
  last: number;
  sample: { file: string; line: number; where: string };
}

export interface AttackClient {
  client: string;
  /**
   * `scanner`: works a list through, hit or miss. `attacker`: few and aimed. `answered`: at least one attack got an
   * answer unlike those that the same path usually gives, which is what a success looks like from outside.
   */
  kind: 'scanner' | 'attacker' | 'answered';
  families: string[];
  requests: number;
  /** Requests among them that ran a statement in a database console, which is no injection. */
  consoleStatements: number;
  urls: number;
  /** How the server answered: 2xx and 3xx, 4xx, 5xx. */
  passed: number;
  refused: number;
  failed: number;
  score: number;
  first: number;
  last: number;
  samples: { file: string; line: number; text: string; rules: number[]; unusual: boolean }[];
  /** When the first attack was answered unlike usual; NaN when none was. */
  answeredAt: number;
}

export interface AttackScan {
  ruleSet: string;
  /** Requests looked at, and those whose points reach the threshold. */
  requests: number;
  attacks: number;
  rules: AttackRule[];
  clients: AttackClient[];
  /** Attacks per family. */
  families: { [family: string]: number };
  /** Requests of which a match was left out, because many ordinary visitors send the same. */
  asUsual: number;
  /** Distinct values beyond the bound, which were not judged. */
  notJudged: number;
}

/** Undoes what a server's log writer escaped: `\x22` of nginx and httpd, `\"` and `\\` of httpd. */
function unescapeLog(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|(["\\])|([nrtvbf]))/g, (_, hex?: string, plain?: string, c?: string) =>
    hex !== undefined
      ? String.fromCharCode(Number.parseInt(hex, 16))
      : (plain ?? { n: '\n', r: '\r', t: '\t', v: '\v', b: '\b', f: '\f' }[c!] ?? ''),
  );
}

/** Bytes as Latin-1 characters, which is what the patterns are written for. */
const bytesOf = (text: string): string => {
  const plain = unescapeLog(text);
  return /[^\x00-\xff]/.test(plain) ? Buffer.from(plain, 'utf8').toString('latin1') : plain;
};

/** A row as the rules see it. */
export function crsRequest(requests: RequestTable, row: number): CrsRequest {
  const text = (column: Uint32Array): string => bytesOf(requests.strings[column[row]!]!);
  const query = text(requests.query);
  return {
    method: text(requests.method),
    uri: query === '' ? text(requests.path) : `${text(requests.path)}?${query}`,
    userAgent: text(requests.userAgent),
    referer: text(requests.referer),
    host: text(requests.host),
  };
}

/** A match without what stood there: the same one for all requests. */
type Match = Omit<CrsMatch, 'value'>;
const NONE: readonly Match[] = [];

/** Judges every distinct value once; the parts of a request are judged apart, since no shipped chain joins them. */
class Judge {
  readonly #engine: CrsEngine;
  readonly #urls = new Map<string, readonly Match[]>();
  readonly #headers = new Map<string, readonly Match[]>();
  readonly #matches = new Map<string, Match>();
  /** Matches that come together, by what they are: attackers repeat themselves on a hundred thousand URLs. */
  readonly #lists = new Map<string, readonly Match[]>();
  #characters = 0;
  notJudged = 0;

  constructor(engine: CrsEngine) {
    this.#engine = engine;
  }

  row(requests: RequestTable, row: number): readonly Match[] {
    const { strings, method, path, query, userAgent, referer, host } = requests;
    const url = `${method[row]} ${path[row]} ${query[row]}`;
    let matches = this.#urls.get(url);
    if (!matches) {
      const { method: verb, uri } = crsRequest(requests, row);
      matches = this.#judge(this.#urls, url, { method: verb, uri }, strings[path[row]!]!);
    }
    for (const [name, id] of [
      ['userAgent', userAgent[row]!],
      ['referer', referer[row]!],
      ['host', host[row]!],
    ] as const) {
      if (id === 0 || strings[id] === '-') continue;
      const key = `${name} ${id}`;
      const known =
        this.#headers.get(key) ??
        this.#judge(this.#headers, key, { method: '', uri: '', [name]: bytesOf(strings[id]!) }, '');
      if (known.length > 0) matches = matches.length === 0 ? known : [...matches, ...known];
    }
    return matches;
  }

  #judge(known: Map<string, readonly Match[]>, key: string, request: CrsRequest, path: string): readonly Match[] {
    if (known.size >= MAX_JUDGED || this.#characters > MAX_CHARACTERS) {
      this.notJudged++;
      return NONE;
    }
    const { uri, userAgent = '', referer = '', host = '' } = request;
    this.#characters += uri.length + userAgent.length + referer.length + host.length;
    const matches = this.#engine.match(request).filter((match) => !isPlainPath(match, path) && !isProse(match));
    const list = this.#shared(matches);
    known.set(key, list);
    return list;
  }

  #shared(matches: readonly CrsMatch[]): readonly Match[] {
    if (matches.length === 0) return NONE;
    const names = matches.map(({ rule, where }) => `${rule.id} ${where}`);
    const joined = names.join('\n');
    let list = this.#lists.get(joined);
    if (!list) {
      list = matches.map(({ rule, where }, i) => {
        const match = this.#matches.get(names[i]!) ?? { rule, where };
        this.#matches.set(names[i]!, match);
        return match;
      });
      this.#lists.set(joined, list);
    }
    return list;
  }
}

/** Families that need marks to do harm; plain words of a site's own path (`/docs/page.xhtml`) carry none of them. */
const NEEDS_MARKS = new Set(['xss', 'sqli', 'injection-php']);

/** What a git client asks of a repository that has a name (gitprotocol-http); `/.git/config` is somebody looking for leaks. */
const GIT_OVER_HTTP = /^\/[\w./~-]*\w\.git\/(?:info\/refs|info\/lfs\/[\w/]+|git-upload-pack|git-receive-pack)$/;

/** Whether a match is a plain path that merely holds a word of the rule. */
function isPlainPath({ rule, where }: Match, path: string): boolean {
  if (!/^REQUEST_(?:FILENAME|BASENAME)$/.test(where)) return false;
  return NEEDS_MARKS.has(rule.family) ? /^[\w./~-]*$/.test(path) : rule.family === 'lfi' && GIT_OVER_HTTP.test(path);
}

/** Several words and nothing else, bytes of any language among them: `perl necklace`. */
const PROSE = /^[\w\x80-\xff]+(?:[ -][\w\x80-\xff]+)+$/;
/** Parameters that a program may well run. */
const RUNS = /cmd|exec|command|shell|run|proc|ping|host|ip$|code|call|func|system|eval|payload/i;

/**
 * Whether a match is a phrase of plain words that begins as a command does (`wget up and go`). A command that does harm names
 * a path, an address, an option or another command, which takes marks.
 */
function isProse({ rule, where, value }: CrsMatch): boolean {
  return rule.family === 'rce' && where.startsWith('ARGS:') && !RUNS.test(where.slice(5)) && PROSE.test(value);
}

interface ClientDraft extends Omit<AttackClient, 'kind' | 'families' | 'urls'> {
  families: Set<string>;
  urls: Set<number>;
  unusual: number;
}

/** Sizes of good answers per path, from requests that were no attacks. */
function usualSizes(
  requests: RequestTable,
  attack: Uint8Array,
): Map<number, { least: number; most: number; count: number }> {
  const sizes = new Map<number, { least: number; most: number; count: number }>();
  for (let row = 0; row < requests.length; row++) {
    const status = requests.status[row]!;
    const bytes = requests.bytes[row]!;
    if (attack[row] === 1 || status < 200 || status >= 300 || Number.isNaN(bytes)) continue;
    const known = sizes.get(requests.path[row]!);
    if (!known) sizes.set(requests.path[row]!, { least: bytes, most: bytes, count: 1 });
    else {
      known.count++;
      if (bytes < known.least) known.least = bytes;
      if (bytes > known.most) known.most = bytes;
    }
  }
  return sizes;
}

/** @param paranoia rules above this level are listed but add no points. */
export function scanRequests(
  logs: Pick<LogObservations, 'requests' | 'sources'>,
  engine: CrsEngine,
  paranoia = 1,
): AttackScan {
  const { requests } = logs;
  const judge = new Judge(engine);
  const attack = new Uint8Array(requests.length);
  const rules = new Map<number, AttackRule & { seen: Set<number> }>();
  /** Of attacks, in the order of their rows. */
  const matchesOf: (readonly Match[])[] = [];
  const families: AttackScan['families'] = {};
  let attacks = 0;
  const found = (row: number): readonly Match[] => judge.row(requests, row);
  const counted = new UsualMatches();
  const placesOf = (row: number, match: Match): string => `${match.rule.id} ${requests.path[row]} ${match.where}`;
  for (let row = 0; row < requests.length; row++) {
    const client = requests.client[row]!;
    const places = found(row).flatMap((match) =>
      match.rule.paranoia > paranoia || NEVER_USUAL.has(match.rule.family) ? [] : [placesOf(row, match)],
    );
    counted.note(client, places);
  }
  const usual = counted.usual();
  let asUsual = 0;
  for (let row = 0; row < requests.length; row++) {
    const all = found(row);
    const matches = usual.size === 0 ? all : all.filter((match) => !usual.has(placesOf(row, match)));
    if (matches.length < all.length) asUsual++;
    if (matches.length === 0) continue;
    const time = requests.time[row]!;
    let score = 0;
    for (const { rule, where } of matches) {
      if (rule.paranoia <= paranoia) score += POINTS[rule.severity] ?? 0;
      let known = rules.get(rule.id);
      if (!known) {
        const { id, message, family, severity, paranoia: level } = rule;
        const sample = { file: logs.sources[requests.source[row]!]!.file, line: requests.line[row]!, where };
        known = {
          id,
          message,
          family,
          severity,
          paranoia: level,
          count: 0,
          clients: 0,
          first: time,
          last: time,
          sample,
          seen: new Set(),
        };
        rules.set(id, known);
      }
      known.count++;
      if (!(time >= known.first)) known.first = time;
      if (!(time <= known.last)) known.last = time;
      if (known.seen.size < MAX_CLIENTS) known.seen.add(requests.client[row]!);
    }
    if (score < ATTACK_SCORE) continue;
    attacks++;
    attack[row] = 1;
    matchesOf.push(matches);
    for (const family of new Set(
      matches.filter(({ rule }) => rule.paranoia <= paranoia).map(({ rule }) => rule.family),
    ))
      families[family] = (families[family] ?? 0) + 1;
  }
  const ruleSetRules = [...rules.values()]
    .map(({ seen, ...rule }): AttackRule => ({ ...rule, clients: seen.size }))
    .sort((a, b) => b.count - a.count || a.id - b.id);
  return {
    ruleSet: engine.version,
    requests: requests.length,
    attacks,
    rules: ruleSetRules,
    clients: clientsOf(logs, attack, matchesOf, usualSizes(requests, attack), paranoia),
    families,
    asUsual,
    notJudged: judge.notJudged,
  };
}

function clientsOf(
  logs: Pick<LogObservations, 'requests' | 'sources'>,
  attack: Uint8Array,
  matchesOf: readonly (readonly Match[])[],
  sizes: ReturnType<typeof usualSizes>,
  paranoia: number,
): AttackClient[] {
  const { requests } = logs;
  const drafts = new Map<number, ClientDraft>();
  let urls = 0;
  for (let row = 0, next = 0; row < requests.length; row++) {
    if (attack[row] === 0) continue;
    const matches = matchesOf[next++]!;
    const id = requests.client[row]!;
    const time = requests.time[row]!;
    let draft = drafts.get(id);
    if (!draft) {
      if (drafts.size >= MAX_CLIENTS) continue;
      const client = requests.strings[id]!;
      draft = {
        client,
        families: new Set(),
        requests: 0,
        consoleStatements: 0,
        urls: new Set(),
        passed: 0,
        refused: 0,
        failed: 0,
        score: 0,
        first: time,
        last: time,
        samples: [],
        answeredAt: Number.NaN,
        unusual: 0,
      };
      drafts.set(id, draft);
    }
    draft.requests++;
    if (isConsoleStatement(requests.strings[requests.path[row]!]!, requests.strings[requests.query[row]!] ?? ''))
      draft.consoleStatements++;
    const url = `${requests.strings[requests.path[row]!]}${requests.query[row] === 0 ? '' : `?${requests.strings[requests.query[row]!]}`}`;
    if (draft.urls.size < SCANNER_URLS || (draft.urls.size < 1000 && urls < MAX_URLS)) {
      urls -= draft.urls.size;
      // Both ids are far below 2^26.
      draft.urls.add(requests.path[row]! * 2 ** 26 + requests.query[row]!);
      urls += draft.urls.size;
    }
    const status = requests.status[row]!;
    if (status >= 500) draft.failed++;
    else if (status >= 400) draft.refused++;
    else if (status > 0) draft.passed++;
    const counted = matches.filter(({ rule }) => rule.paranoia <= paranoia);
    for (const { rule } of counted) {
      draft.families.add(rule.family);
      draft.score += POINTS[rule.severity] ?? 0;
    }
    if (!(time >= draft.first)) draft.first = time;
    if (!(time <= draft.last)) draft.last = time;
    const usual = sizes.get(requests.path[row]!);
    const bytes = requests.bytes[row]!;
    // Twice the largest or under half the smallest of at least twenty ordinary answers.
    const unusual =
      status >= 200 &&
      status < 300 &&
      usual !== undefined &&
      usual.count >= 20 &&
      bytes > 0 &&
      (bytes > usual.most * 2 || bytes < usual.least / 2);
    if (unusual) {
      draft.unusual++;
      if (!(time >= draft.answeredAt)) draft.answeredAt = time;
    }
    const sample = {
      file: logs.sources[requests.source[row]!]!.file,
      line: requests.line[row]!,
      text: `${requests.strings[requests.method[row]!]} ${url} ${status}`.slice(0, 300),
      rules: counted.map(({ rule }) => rule.id),
      unusual,
    };
    if (draft.samples.length < MAX_SAMPLES) draft.samples.push(sample);
    else if (unusual && !draft.samples.at(-1)!.unusual) draft.samples[MAX_SAMPLES - 1] = sample;
  }
  return [...drafts.values()]
    .map(
      ({ families, urls, unusual, ...draft }): AttackClient => ({
        ...draft,
        kind:
          unusual > 0
            ? 'answered'
            : urls.size >= SCANNER_URLS || families.has('reputation-scanner')
              ? 'scanner'
              : 'attacker',
        families: [...families].sort(),
        urls: urls.size,
      }),
    )
    .sort((a, b) => Number(b.kind === 'answered') - Number(a.kind === 'answered') || b.score - a.score);
}
