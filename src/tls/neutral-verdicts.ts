/** Verdicts on captured connections that count neither as success nor as failure. */
export const NEUTRAL_VERDICTS: ReadonlySet<string> = new Set([
  'no_tls',
  'no_data',
  'not_visible',
  'incomplete_capture',
]);
