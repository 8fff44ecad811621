/** Writes what `--format` asked for: one run, several documents. */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { loadFormat, renderReport, safeText } from '../report/index.ts';
import { lastScan } from '../report/last-scan.ts';
import type { PhraseBook } from '../report/phrases.ts';
import type { Report } from '../report/types.ts';
import { EXIT, UserError } from './exit.ts';
import { scanNotice } from './finished.ts';
import type { FormatRequest } from './format-requests.ts';
import { configFiles } from './project/files.ts';
import {
  type ColorChoice,
  type Environment,
  type Language,
  renderOptions,
  type TerminalStream,
  traitsOf,
} from './terminal.ts';
import { writeTarget } from './write-target.ts';

export { type FormatRequest, parseFormatRequests } from './format-requests.ts';

export interface OutputStream extends TerminalStream {
  write(text: string): unknown;
}

export interface OutputStreams {
  stdout: OutputStream;
  stderr: OutputStream;
}

export interface OutputChoices {
  color?: ColorChoice;
  language?: Language;
  verbose?: boolean;
  env?: Environment;
  /** Says which files were written; off for `--quiet`. */
  announce?: boolean;
}

/**
 * Writes a file so that a reader sees the old content or the whole new one: temporary file beside it, flushed, renamed. Devices and
 * pipes are written into.
 * @throws UserError when the place cannot be written.
 */
export function writeFileAtomically(file: string, content: string | Uint8Array, mode = 0o644): void {
  let temporary: string | undefined;
  try {
    const { path, replace } = writeTarget(file);
    if (replace) temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
    const handle = temporary === undefined ? openSync(path, 'w') : openSync(temporary, 'wx', mode);
    try {
      const data = typeof content === 'string' ? Buffer.from(content) : content;
      for (let at = 0; at < data.length; ) at += writeSync(handle, data, at);
      if (replace) fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    if (temporary !== undefined) renameSync(temporary, path);
  } catch (error) {
    if (temporary !== undefined) rmSync(temporary, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`cannot write ${file}: ${code ?? message}`, {
      exitCode: EXIT.usage,
      next: 'check that the folder exists and may be written',
    });
  }
}

/** The report with the contacts of the project file in the working folder. A faulty file was named when the command began. */
async function withContacts(report: Report, env: Environment): Promise<Report> {
  if (report.contacts || !configFiles('.', env).some((file) => existsSync(file))) return report;
  const { projectInForce } = await import('./project/defaults.ts');
  const { contacts } = projectInForce(env);
  return contacts.length ? { ...report, contacts } : report;
}

/** The sentences of reports in the language of the reader. */
async function phrasesOf(language: string): Promise<PhraseBook | undefined> {
  const [{ loadKnowledge }, { phraseBook }] = await Promise.all([
    import('../knowledge/load.ts'),
    import('./phrases.ts'),
  ]);
  return phraseBook(loadKnowledge(), language);
}

/** The exit code of a run: with `--format nagios` on standard output the codes of the Monitoring Plugins, else the one given. */
export async function exitCodeFor(report: Report, requests: readonly FormatRequest[], code: number): Promise<number> {
  if (!requests.some((r) => r.format === 'nagios' && r.file === undefined)) return code;
  const { nagiosCode } = await import('../report/formats/nagios.ts');
  return nagiosCode(report) || (code === EXIT.incomplete ? 3 : 0);
}

/** Renders every request and writes it. Files first, standard output last, so that a pipe that closes early costs no file. */
export async function writeReports(
  report: Report,
  requests: readonly FormatRequest[],
  streams: OutputStreams = process,
  choices: OutputChoices = {},
): Promise<void> {
  const env = choices.env ?? process.env;
  const language = choices.language ?? 'en';
  const forFiles = { width: 100, color: false, unicode: true, language, verbose: true };
  const whole = await withContacts(report, env);
  const phrases = language === 'en' ? undefined : await phrasesOf(language);
  const ordered = [...requests].sort((a, b) => Number(a.file === undefined) - Number(b.file === undefined));
  const scanned = async (text: string, format: string): Promise<string> => {
    const result = lastScan(text, /json|sarif/.test((await loadFormat(format))!.extension));
    const notice = scanNotice(result, `report (${format})`);
    if (notice !== '') streams.stderr.write(notice);
    return result.text;
  };
  for (const { format, file } of ordered) {
    if (file === undefined) {
      const traits = traitsOf(streams.stdout, env, choices.color);
      const text = await renderReport(whole, format, {
        ...renderOptions(traits, language, choices.verbose),
        ...(phrases ? { phrases } : {}),
      });
      streams.stdout.write(await scanned(text, format));
      continue;
    }
    const text = await renderReport(whole, format, { ...forFiles, ...(phrases ? { phrases } : {}) });
    writeFileAtomically(file, await scanned(text, format));
    if (choices.announce !== false) streams.stderr.write(`wrote ${format} to ${safeText(file)}\n`);
  }
}
