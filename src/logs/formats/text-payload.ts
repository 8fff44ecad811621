/** Messages of text logs that are JSON or pairs themselves. */
import type { RecordHead } from '../record-assembler.ts';
import type { Level } from '../types.ts';
import { type Fields, flatten, readFields } from './fields.ts';
import type { JsonShape } from './json-record.ts';

/** Pairs as Go programs write them, behind the stamp of a container runtime. */
const LOGFMT = /^\s?(?:time|ts|timestamp|level|lvl)="?[^\s"]+"? +[\w.@-]+=/;

interface Envelope {
  node?: string | undefined;
  logger?: string | undefined;
}

/** Where an object begins that a message ends with. */
const OBJECT = /[ \t]\{"/;

/** Whether a message, or one of its shape, may end with an object. @param text the message or its shape. */
export const mayEndWithObject = (text: string): boolean => OBJECT.test(text);

/**
 * The members of the object that a message ends with, as zap, Caddy, Monolog and syslog with `@cee:` write them behind words.
 * Monolog adds a second one, often empty.
 */
export function objectBehind(message: string): Fields | undefined {
  const at = message.search(OBJECT);
  if (at === -1) return undefined;
  const [, text] = /^(\{.*\})(?: (?:\[\]|\{[^{}]*\}))?$/s.exec(message.slice(at + 1).trimEnd()) ?? [];
  for (const candidate of [text, text?.replace(/ (?:\[\]|\{[^{}]*\})$/, '')]) {
    if (candidate === undefined) return undefined;
    try {
      const fields: Fields = {};
      flatten(JSON.parse(candidate) as object, '', fields);
      return fields;
    } catch {
      // Something else stands between the braces.
    }
  }
  return undefined;
}

/** @returns undefined where the message is text. */
export function readPayload(
  message: string,
  envelope: Envelope,
  level: Level | undefined,
  shape: JsonShape,
): { head: RecordHead; fields: Fields; pairs: boolean } | undefined {
  if (message.startsWith('{') && message.endsWith('}')) {
    try {
      const record = shape.read(JSON.parse(message) as object);
      return { head: headOf(record, record.fields, message, envelope, level), fields: record.fields, pairs: false };
    } catch {
      // Not JSON; perhaps pairs.
    }
  }
  if (!LOGFMT.test(message)) return undefined;
  const fields: Fields = {};
  readFields(message, fields);
  return { head: headOf(shape.interpret(fields), fields, message, envelope, level), fields, pairs: true };
}

/** What the message says of itself comes before what its envelope says. */
const headOf = (
  record: ReturnType<JsonShape['interpret']>,
  fields: Fields,
  message: string,
  envelope: Envelope,
  level: Level | undefined,
): RecordHead => ({
  level: record.level ?? level,
  node: record.node ?? envelope.node,
  logger: record.logger ?? envelope.logger,
  message: record.message || message,
  fields,
});
