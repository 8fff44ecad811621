/** Puts records together from lines, matches the lexicon on the whole record, and hands it to the stores. */
import type { AttackCounter } from './attacks/matcher.ts';
import type { CardScanner } from './card-numbers.ts';
import { type EventGatherer, peerName } from './events.ts';
import { clientAddress } from './formats/access-json.ts';
import { type Fields, readFields } from './formats/fields.ts';
import { levelOf } from './formats/levels.ts';
import { type CompiledLexicon, type LexiconMatch, verify } from './lexicon/compile.ts';
import type { RecordStore } from './records.ts';
import type { RequestTableBuilder } from './request-table.ts';
import type { Looks } from './sweep.ts';
import type { TemplateCounter } from './templates.ts';
import type { Traffic } from './traffic/traffic.ts';
import type { Level, LogEvent, LogSource } from './types.ts';

/** What is counted of a log: with traffic and attack signatures, operations of applications alone, or neither. */
export type Counting = 'everything' | 'operations' | 'nothing';

/** Where everything that is read ends up. */
export interface Collector {
  lexicon: CompiledLexicon;
  requests: RequestTableBuilder;
  records: RecordStore;
  templates: TemplateCounter;
  events: EventGatherer;
  cards: CardScanner;
  traffic: Traffic;
  /** Operations that application logs tell of. */
  operations: Traffic;
  attacks: AttackCounter;
  looks: Looks;
  counting: Counting;
  /** Whether the fast lanes may be used; they say the same as the general readers. */
  lanes: boolean;
  /** ms UTC; what lies outside is counted as read but not kept. */
  since: number;
  until: number;
}

/** What a line's format says about the record that begins on it. */
export interface RecordHead {
  level?: Level | undefined;
  node?: string | undefined;
  logger?: string | undefined;
  message: string;
  /** Members known from the format; undefined: the pairs in the message, read when someone needs them. */
  fields?: Fields | undefined;
  /** A java.util.logging header whose message comes on the next line. */
  awaitsMessage?: boolean;
}

interface Pending extends RecordHead {
  line: number;
  time: number;
  /** What the lexicon is verified on; undefined: the values of `fields`. */
  text: string | undefined;
  /** Literals seen in its lines, if any. */
  found: number[] | undefined;
  frames: number;
}

export const MESSAGE_CAP = 8192;
/** How much of a message is kept with a hit. */
export const HIT_TEXT = 2048;
/** Frames of one stack trace section that are kept; the causes below them matter more. */
const FRAMES_KEPT = 8;
const FRAME = /^\s+(?:at |\.\.\. \d)|^\s+File "|^#\d/;

export class RecordAssembler {
  readonly #source: LogSource;
  readonly #to: Collector;
  #pending: Pending | undefined;

  constructor(source: LogSource, to: Collector) {
    this.#source = source;
    this.#to = to;
  }

  get open(): boolean {
    return this.#pending !== undefined;
  }

  /** What is known of the open record from its first line. */
  get head(): RecordHead | undefined {
    return this.#pending;
  }

  /** What the lexicon knows of the open record as it stands, and whom that is about. */
  sightings(): { match: LexiconMatch; sighted: Sighted }[] {
    const pending = this.#pending;
    if (!pending?.found || pending.text === undefined) return [];
    return verify(this.#to.lexicon, pending.found, pending.text, this.#source.software).map((match) => ({
      match,
      sighted: sightedBy(match, pending, this.#source),
    }));
  }

  /**
   * Begins a record.
   * @param text what the lexicon is verified on; undefined when that is the values of `head.fields`.
   * @param found literals of the lexicon on the line; copied.
   */
  begin(line: number, time: number, head: RecordHead, text: string | undefined, found: number[]): void {
    this.flush();
    const pending: Pending = {
      line,
      time,
      level: head.level,
      node: head.node,
      logger: head.logger,
      message: head.message.length > MESSAGE_CAP ? head.message.slice(0, MESSAGE_CAP) : head.message,
      fields: head.fields,
      awaitsMessage: head.awaitsMessage ?? false,
      text,
      found: found.length === 0 ? undefined : found.slice(),
      frames: 0,
    };
    this.#pending = pending;
  }

  /** Adds a line that has no stamp of its own to the open record. */
  extend(text: string, found: number[]): void {
    const pending = this.#pending!;
    if (found.length > 0) pending.found = pending.found ? pending.found.concat(found) : found.slice();
    if (pending.awaitsMessage) {
      pending.awaitsMessage = false;
      const colon = text.indexOf(': ');
      pending.level = colon > 0 && colon < 24 ? levelOf(text.slice(0, colon)) : undefined;
      pending.message = pending.level ? text.slice(colon + 2) : text;
      pending.text = `${pending.text}\n${text}`;
      return;
    }
    const frame = FRAME.test(text);
    pending.frames = frame ? pending.frames + 1 : 0;
    if (frame && pending.frames > FRAMES_KEPT) return;
    if (pending.message.length < MESSAGE_CAP) pending.message = `${pending.message}\n${text}`.slice(0, MESSAGE_CAP);
    if (pending.text !== undefined && pending.text.length < MESSAGE_CAP * 2) pending.text = `${pending.text}\n${text}`;
  }

  /** Closes the open record, if there is one. */
  flush(): void {
    const pending = this.#pending;
    if (!pending) return;
    this.#pending = undefined;
    const source = this.#source;
    const { time, level } = pending;
    source.parsed++;
    widen(source, time);
    const levelName = level ?? 'none';
    source.levels[levelName] = (source.levels[levelName] ?? 0) + 1;
    const { since, until, lexicon, templates, records } = this.#to;
    if (time < since || time >= until) return;
    let matches: LexiconMatch[] = [];
    if (pending.found) {
      pending.text ??= Object.values(pending.fields ?? {}).join('\n');
      matches = verify(lexicon, pending.found, pending.text, source.software);
      for (const match of matches) this.#hit(match, pending);
    }
    const seen = templates.count(source.index, pending.line, time, level, pending.message);
    const severe = level === 'warn' || level === 'error' || level === 'critical';
    if (!records.wants(seen, severe || matches.length > 0)) return;
    records.add(source.index, pending.line, time, pending, pending.node ?? source.node);
  }

  #hit(match: LexiconMatch, pending: Pending): void {
    const { values, entry } = match;
    const source = this.#source;
    const { role, node, peer, client, test } = sightedBy(match, pending, source);
    this.#to.events.add(entry, role, source, {
      node,
      peer,
      client: client === undefined ? undefined : addressOf(client),
      test,
      hit: {
        time: pending.time,
        source: source.index,
        line: pending.line,
        text: pending.message.slice(0, HIT_TEXT),
        values,
      },
    });
  }
}

/** Whom a match in a record is about. */
export interface Sighted {
  role: LogEvent['role'];
  node: string | undefined;
  peer: string | undefined;
  /** As the record writes it. */
  client: string | undefined;
  test: boolean;
}

export const addressOf = (client: string): string => clientAddress(client) || client;

function sightedBy({ values, entry }: LexiconMatch, pending: Pending, source: LogSource): Sighted {
  const fields = fieldsOf(pending);
  const text = pending.text!;
  const node = pending.node ?? source.node;
  let role = entry.role === 'unknown' ? roleOf(text, fields) : entry.role;
  let peer: string | undefined;
  if (role !== 'server' && role !== 'none') {
    const named =
      values.peer ?? fields.upstream ?? urlOf(text) ?? values.host ?? fields.peer ?? fields.endpoint ?? fields.host;
    if (named !== undefined && named !== '') peer = peerName(named);
    // A field `host` is as often the machine that wrote the record.
    if (peer === node) peer = undefined;
    if (role === 'unknown' && peer !== undefined) role = 'client';
  }
  const client = values.client ?? fields.client ?? fields.rhost ?? fields.src;
  return { role, node, peer, client, test: isTestTraffic(pending, fields) };
}

/** Extends the time span of a source. */
export function widen(source: LogSource, time: number): void {
  if (Number.isNaN(time)) return;
  if (source.first === undefined || time < source.first) source.first = time;
  if (source.last === undefined || time > source.last) source.last = time;
}

function fieldsOf(pending: Pending): Fields {
  if (pending.fields === undefined) {
    pending.fields = {};
    readFields(pending.message, pending.fields);
  }
  return pending.fields;
}

/** The first URL or `host:port` that a client's error names. */
function urlOf(text: string): string | undefined {
  const url = /\b(?:https?|wss?|ldaps?|amqps?|tcp):\/\/[^\s"'<>\\)]{3,255}/i.exec(text);
  if (url) return url[0];
  const connect =
    /(?:connect(?:ing|ion)? to|dial tcp|lookup|host[:=]|for host|Host:|(?<!-)->)\s*'?([A-Za-z0-9][\w.-]{2,250})(?:'?(?: port |:)(\d{2,5}))?/.exec(
      text,
    );
  if (connect && /[.\d]/.test(connect[1]!)) return connect[2] ? `${connect[1]}:${connect[2]}` : connect[1];
  return undefined;
}

/** Which end of the connection the writer was, where the text alone (OpenSSL's reason) does not say. */
function roleOf(text: string, fields: Fields): 'client' | 'server' | 'unknown' {
  if (/(?:to|from|reading) upstream|SSL_connect|remote server|Proxy/.test(text)) return 'client';
  if (
    /while SSL handshaking(?:,|$)|SSL_accept|TLS handshake error from|while (?:reading|waiting for) (?:client )?request/m.test(
      text,
    )
  ) {
    return 'server';
  }
  if (fields.client !== undefined && fields.upstream === undefined) return 'server';
  return 'unknown';
}

/** Sandbox and test traffic says nothing about production. */
function isTestTraffic(pending: Pending, fields: Fields): boolean {
  const environment = fields.env ?? fields.environment ?? fields['service.environment'] ?? '';
  return /^(?:sandbox|test|staging|uat|dev)/i.test(environment) || /\bsandbox\b/i.test(pending.logger ?? '');
}
