/** Which log_format or LogFormat of a configuration the lines of a file are written in. */
import { clearRow, emptyRow, RequestTableBuilder } from '../request-table.ts';
import type { LogFormat } from './detect.ts';
import { isMerchantVariable } from './merchant-members.ts';
import { compileNginxFormat, type NginxFormat, readNginxFormat } from './nginx-format.ts';

/** A format as a configuration or the user writes it. */
export interface ConfiguredFormat {
  name: string;
  format: string;
  /** The user gave it for these very logs. */
  asked?: boolean;
  software?: 'nginx' | 'httpd';
}

/** Members of Apache's LogFormat (mod_log_config) by the variable of nginx that holds the same. */
const APACHE: { readonly [directive: string]: string } = {
  h: 'remote_addr',
  a: 'remote_addr',
  t: '[$time_local]',
  r: 'request',
  s: 'status',
  b: 'body_bytes_sent',
  B: 'body_bytes_sent',
  O: 'bytes_sent',
  D: 'request_time_us',
  T: 'request_time',
  m: 'request_method',
  U: 'uri',
  q: 'args',
  v: 'server_name',
  V: 'host',
};
const APACHE_NAMED: { readonly [member: string]: string } = {
  '{c}a': 'peer_addr',
  '{ms}T': 'request_time_ms',
  '{us}T': 'request_time_us',
  '{s}T': 'request_time',
  '{Referer}i': 'http_referer',
  '{User-Agent}i': 'http_user_agent',
  '{Host}i': 'http_host',
  '{X-Forwarded-For}i': 'http_x_forwarded_for',
};
/** Seconds or milliseconds with nothing else are no stamp that a line can be dated by here. */
const OWN_STAMP = /^\{(?!begin|end|sec|msec|usec|msec_frac|usec_frac).*\}t$/;

const variable = (name: string): string => `\${${name}}`;

/**
 * A LogFormat of Apache httpd as the log_format of nginx that writes the same line.
 * @see https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats
 */
export function apacheAsNginx(format: string): string {
  return format
    .replaceAll('%U%q', variable('request_uri'))
    .replace(
      /%(?:%|(?:!?\d{1,3}(?:,\d{1,3}){0,20})?[<>]?(\{[^}]{0,200}\})?(\^[A-Za-z]{2}|[A-Za-z]))/g,
      (_whole, braces: string | undefined, letter: string | undefined) => {
        if (letter === undefined) return '%';
        const named = `${braces ?? ''}${letter}`;
        const own = braces === undefined ? APACHE[letter] : APACHE_NAMED[named];
        if (own !== undefined) return own.includes('$') ? own : variable(own);
        const header = letter === 'i' ? `http_${braces?.slice(1, -1).toLowerCase().replaceAll('-', '_')}` : '';
        if (isMerchantVariable(header)) return variable(header);
        return variable(OWN_STAMP.test(named) ? 'time_iso8601' : 'other');
      },
    );
}

/** Formats that hold a request, compiled; those of Apache httpd are told by what they are made of. */
export function compileFormats(formats: readonly ConfiguredFormat[]): Map<NginxFormat, ConfiguredFormat> {
  const compiled = new Map<NginxFormat, ConfiguredFormat>();
  for (const given of formats) {
    const told: ConfiguredFormat = /\$[{A-Za-z]/.test(given.format)
      ? { ...given, software: 'nginx' }
      : { ...given, format: apacheAsNginx(given.format), software: 'httpd' };
    const format = compileNginxFormat(told.name, told.format);
    if (format) compiled.set(format, told);
  }
  return compiled;
}

/** Lines of the head that are compared with a format. */
const LINES = 40;
const FITS = 0.9;

/** @returns the share of the first lines that fit, and of these that are dated. */
function howWell(format: NginxFormat, head: Buffer): { fits: number; dated: number } {
  const scratch = new RequestTableBuilder(1);
  const row = emptyRow();
  let fits = 0;
  let dated = 0;
  let lines = 0;
  for (let at = 0; lines < LINES; lines++) {
    const newline = head.indexOf(10, at);
    if (newline === -1) break;
    const read = readNginxFormat(format, head, at, newline, clearRow(row), scratch);
    if (read && row.status >= 100 && row.status <= 599) {
      fits++;
      if (format.hasTime) dated++;
    }
    at = newline + 1;
  }
  return lines === 0 ? { fits: 0, dated: 0 } : { fits: fits / lines, dated: fits === 0 ? 0 : dated / fits };
}

/** What the combined layout tells anyway, and the address behind it that is found without being told. */
const COMBINED: ReadonlySet<string> = new Set([
  'remote_addr',
  'remote_user',
  'time_local',
  'request',
  'status',
  'body_bytes_sent',
  'http_referer',
  'http_user_agent',
  'http_x_forwarded_for',
  'other',
]);

/** Whether a format may speak for a file that was told from its content to be something. */
function mayBe({ json, variables }: NginxFormat, { asked }: ConfiguredFormat, detected: LogFormat): boolean {
  // Names that everybody uses need no template, and their other members are read, too.
  if (json) return detected.format === 'json-lines' || detected.format === 'plain-text';
  if (asked === true) return true;
  if (/^access-co/.test(detected.format) && variables.every((name) => COMBINED.has(name))) return false;
  return !/json/.test(detected.format);
}

/**
 * The configured format that fits nearly all of the first lines; of several the one that tells most.
 * What is no access log by its looks has to be dated as well.
 */
export function configuredFormat(
  head: Buffer,
  detected: LogFormat,
  formats: ReadonlyMap<NginxFormat, ConfiguredFormat>,
): { format: NginxFormat; given: ConfiguredFormat } | undefined {
  let best: { format: NginxFormat; given: ConfiguredFormat } | undefined;
  for (const [format, given] of formats) {
    if (!mayBe(format, given, detected)) continue;
    if (best && format.variables.length <= best.format.variables.length) continue;
    const { fits, dated } = howWell(format, head);
    const looksLikeOne = detected.role === 'access' || detected.format === 'plain-text' || given.asked === true;
    if (fits >= FITS && (looksLikeOne || dated >= FITS)) best = { format, given };
  }
  return best;
}

/** Whether lines that nothing else knows are written in one of these formats. */
export function fitsConfigured(head: Buffer, formats: readonly ConfiguredFormat[]): boolean {
  const unknown: LogFormat = { format: 'plain-text', role: 'other', confidence: 0 };
  return configuredFormat(head, unknown, compileFormats(formats)) !== undefined;
}
