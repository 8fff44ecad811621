/** Messages of text logs that are JSON or pairs themselves. */
import type { RecordHead } from '../record-assembler.ts';
import type { Level } from '../types.ts';
import { type Fields, readFields } from './fields.ts';
import type { JsonShape } from './json-record.ts';

/** Pairs as Go programs write them, behind the stamp of a container runtime. */
const LOGFMT = /^\s?(?:time|ts|timestamp|level|lvl)="?[^\s"]+"? +[\w.@-]+=/;

interface Envelope {
  node?: string | undefined;
  logger?: string | undefined;
}

/** @returns undefined where the message is text. */
export function readPayload(
  message: string,
  envelope: Envelope,
  level: Level | undefined,
  shape: JsonShape,
): { head: RecordHead; pairs: boolean } | undefined {
  if (message.startsWith('{') && message.endsWith('}')) {
    try {
      const record = shape.read(JSON.parse(message) as object);
      return { head: headOf(record, record.fields, message, envelope, level), pairs: false };
    } catch {
      // Not JSON; perhaps pairs.
    }
  }
  if (!LOGFMT.test(message)) return undefined;
  const fields: Fields = {};
  readFields(message, fields);
  return { head: headOf(shape.interpret(fields), fields, message, envelope, level), pairs: true };
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
