/** Data as JSON and YAML have it. */
export type Plain = { [key: string]: unknown };

/** Whether a value is an object with members, neither a list nor null. */
export const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
