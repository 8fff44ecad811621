/** Entry of the report room: formats by id, loaded on demand. */
import { FORMATS } from './formats/registry.gen.ts';
import { sanitizeReport } from './sanitize.ts';
import { READERS, translateReport } from './translate.ts';
import type { RenderOptions, Report, ReportFormat } from './types.ts';

/** Ids of the formats, in alphabetical order. */
export const formatIds = (): string[] => Object.keys(FORMATS);

const isFormat = (id: string): boolean => Object.hasOwn(FORMATS, id);

/** Loads one format; undefined when there is none of that id. */
export async function loadFormat(id: string): Promise<ReportFormat | undefined> {
  return isFormat(id) ? (await FORMATS[id]!()).default : undefined;
}

/** What a pipe gets: 80 columns, no colour, English. */
export const PLAIN: RenderOptions = { width: 80, color: false, language: 'en', unicode: true };

/**
 * Renders a report. Every text in it is made safe first, so no format can let evidence out unmasked.
 * @throws RangeError for an unknown format id.
 */
export async function renderReport(
  report: Report,
  formatId: string,
  options: Partial<RenderOptions> = {},
): Promise<string> {
  const format = await loadFormat(formatId);
  if (!format) throw new RangeError(`no report format "${formatId}"; there are: ${formatIds().join(', ')}`);
  const safe = sanitizeReport(report);
  // What programs read is the same in every language.
  if (!READERS.has(formatId)) return format.render(safe, { ...PLAIN, ...options, language: 'en' });
  return format.render(options.phrases ? translateReport(safe, options.phrases) : safe, { ...PLAIN, ...options });
}

export { safeText } from './safe-text.ts';
export { sanitized, sanitizeReport } from './sanitize.ts';
export type * from './types.ts';
