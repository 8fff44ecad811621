/** OTLP in its JSON form, as the OpenTelemetry collector's file exporter writes it: one batch of log records a line. */

/** Batches beyond this many records are cut; a line of 64 KiB cannot hold as many. */
const MOST_RECORDS = 10_000;

interface Pair {
  key?: unknown;
  value?: unknown;
}

const list = (value: unknown): object[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];

export const isOtlp = (value: object): value is { resourceLogs: unknown[] } =>
  Array.isArray((value as { resourceLogs?: unknown }).resourceLogs);

/** `{"stringValue": "x"}` to `x`; lists and maps stay as they are. */
function anyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const [only] = Object.values(value);
  return only;
}

/** `[{"key": "a", "value": {"intValue": "1"}}]` to members. */
function attributes(value: unknown): { [key: string]: unknown } {
  const members: { [key: string]: unknown } = {};
  for (const { key, value: inner } of list(value) as Pair[])
    if (typeof key === 'string' && key !== '__proto__') members[key] = anyValue(inner);
  return members;
}

/**
 * The log records of one batch as plain objects with the names that other JSON logs use.
 * Source: opentelemetry-proto, logs/v1/logs.proto, and its JSON mapping (64-bit integers are text).
 */
export function otlpRecords(batch: { resourceLogs: unknown[] }): object[] {
  const records: object[] = [];
  for (const perResource of list(batch.resourceLogs) as {
    resource?: { attributes?: unknown };
    scopeLogs?: unknown;
  }[]) {
    const resource = attributes(perResource.resource?.attributes);
    for (const perScope of list(perResource.scopeLogs) as { scope?: { name?: unknown }; logRecords?: unknown }[]) {
      for (const record of list(perScope.logRecords) as { [name: string]: unknown }[]) {
        if (records.length >= MOST_RECORDS) return records;
        const { timeUnixNano, observedTimeUnixNano, severityText, severityNumber, body } = record;
        records.push({
          ...resource,
          ...attributes(record.attributes),
          // Zero says that the time is not known.
          timestamp: Number(timeUnixNano ?? 0) > 0 ? timeUnixNano : observedTimeUnixNano,
          ...(typeof severityText === 'string' && severityText !== ''
            ? { level: severityText }
            : typeof severityNumber === 'number' && severityNumber > 0
              ? { level: severityOf(severityNumber) }
              : {}),
          message: anyValue(body),
          ...(typeof perScope.scope?.name === 'string' && perScope.scope.name !== ''
            ? { logger: perScope.scope.name }
            : {}),
        });
      }
    }
  }
  return records;
}

/** SeverityNumber comes in ranges of four (OpenTelemetry, Logs Data Model, Severity Fields). */
function severityOf(number: number): string {
  return ['trace', 'debug', 'info', 'warn', 'error', 'fatal'][Math.min(5, Math.floor((number - 1) / 4))]!;
}
