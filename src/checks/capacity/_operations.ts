/** Records that show a window of operations, as evidence. */
import type { EvidenceRef } from '../../finding.ts';
import { textOperation } from '../../logs/formats/text-operation.ts';
import { type Operation, operationOf } from '../../logs/traffic/operations.ts';
import type { LogRecord } from '../../logs/types.ts';
import type { LogWindow } from '../../logs/windows/log-windows.ts';
import { line } from '../support.ts';
import type { CheckContext } from '../types.ts';

/** Whether a window, or a standing failure, is about operations of application logs. */
export const isOfOperations = ({ dimension }: Pick<LogWindow, 'dimension'>): boolean =>
  dimension.startsWith('operation');

const PART: { [dimension: string]: 'endpoint' | 'partner' | 'merchant' } = {
  'operation endpoint': 'endpoint',
  'operation partner': 'partner',
  'operation merchant': 'merchant',
};

/** `/v1/authorise through acq-b: 91, 4.2 s` */
function inWords({ endpoint, partner, outcome, took }: Operation): string {
  const where = [endpoint, partner === undefined ? undefined : `through ${partner}`].filter((one) => one !== undefined);
  const how = [outcome, Number.isNaN(took) ? undefined : `${took} s`].filter((one) => one !== undefined);
  return `${where.join(' ')}: ${how.join(', ')}`;
}

/** An operation that a message tells of in words. */
function inText({ message, level }: LogRecord): Operation | undefined {
  const fields = textOperation(message);
  return fields && operationOf(fields, level);
}

/**
 * The first records of a window that show it.
 * @param shows whether an operation of its part does, such as one that failed.
 */
export function operationLines(
  context: CheckContext,
  { dimension, key, from, to }: Pick<LogWindow, 'dimension' | 'key' | 'from' | 'to'>,
  shows: (operation: Operation) => boolean,
  most = 5,
): EvidenceRef[] {
  const part = PART[dimension];
  const found: { record: LogRecord; operation: Operation }[] = [];
  for (const record of context.observations.logs.records) {
    if (!(record.time >= from && record.time < to)) continue;
    const operation = operationOf(record.fields, record.level) ?? inText(record);
    if (operation && (part === undefined || operation[part] === key) && shows(operation))
      found.push({ record, operation });
  }
  return found
    .sort((a, b) => a.record.time - b.record.time)
    .slice(0, most)
    .map(({ record, operation }) =>
      line(context, record.source, record.line, `${record.message.slice(0, 200)} (${inWords(operation)})`, record.time),
    );
}
