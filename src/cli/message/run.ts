/** Runs `paymedic message verify`: reads keys and messages, verifies, writes the reports. */
import type { Priority } from '../../finding.ts';
import type { Scheme } from '../../messages/scheme.ts';
import { SCHEMES } from '../../messages/schemes/registry.gen.ts';
import type { Direction } from '../../messages/stored-message.ts';
import { schemeById, schemeIds } from '../../messages/verify.ts';
import { verifyMessages } from '../../messages/verify-all.ts';
import { gateFails } from '../../policy/apply.ts';
import { EXIT, UserError } from '../exit.ts';
import { parseFormatRequests, writeReports } from '../output.ts';
import { say } from '../say.ts';
import { type ColorChoice, languageOf } from '../terminal.ts';
import { namedBytes, parameters, parametersAmong, readKeyFiles, readMessageFiles } from './inputs.ts';
import { buildReport } from './report.ts';

export interface MessageOptions {
  scheme?: string;
  key?: string[];
  secretFile?: string[];
  /** Caught only to be refused without being shown. */
  secret?: string;
  passphraseFile?: string;
  at?: string;
  direction?: string;
  set?: string[];
  listSchemes?: boolean;
  format?: string[];
  failOn: string;
  lang?: string;
  verbose?: boolean;
  quiet?: boolean;
}

/** Returns the exit code. Throws UserError for anything wrong with the arguments. */
export async function runVerify(files: string[], options: MessageOptions, color: ColorChoice): Promise<number> {
  if (options.listSchemes) {
    for (const { meta } of SCHEMES) say(`${meta.id.padEnd(20)} ${meta.title}: ${meta.description}\n`);
    return EXIT.ok;
  }
  const requests = parseFormatRequests(options.format);
  if (!['never', 'routine', 'important', 'urgent'].includes(options.failOn))
    throw new UserError(`--fail-on ${options.failOn}: there is no such priority`, {
      next: 'urgent, important, routine or never',
    });
  if (options.secret !== undefined)
    throw new UserError(
      '--secret: a secret on the command line is seen by every user of the machine and kept in histories',
      {
        next: 'put it into a file and give --secret-file FILE, or --secret-file - for standard input',
      },
    );
  if (files.length === 0) throw new UserError('nothing to verify', { next: 'name the files that hold the messages' });
  const scheme = await schemeOf(options.scheme);
  const direction = directionOf(options.direction);
  const at = options.at === undefined ? Number.NaN : instant(options.at);
  const passphrase =
    options.passphraseFile === undefined
      ? undefined
      : namedBytes('--passphrase-file', options.passphraseFile)
          .toString('utf8')
          .replace(/\r?\n$/, '');
  const keys = readKeyFiles(options.key ?? [], options.secretFile ?? [], passphrase);
  const context = {
    parameters: { ...parametersAmong(keys), ...parameters(options.set ?? []) },
    ...(direction ? { direction } : {}),
  };
  const read = readMessageFiles(files);
  const verdicts = await verifyMessages(read.messages, keys, {
    at,
    keysAreThose: true,
    context,
    ...(scheme ? { scheme } : {}),
  });
  // Without --at, the newest time that a message carries is the clock of the report; the machine's only when none does.
  const newest = Math.max(
    ...verdicts.flatMap((m) => [m.time, ...m.verdicts.map((v) => v.time ?? Number.NaN)]).filter(Number.isFinite),
  );
  const clock = Number.isFinite(at) ? at : Number.isFinite(newest) ? newest : Date.now();
  const { report, incomplete } = buildReport({
    clock,
    clockSource: Number.isFinite(at) ? '--at' : Number.isFinite(newest) ? 'newest message' : 'system clock',
    inputs: files,
    verdicts,
    evidence: read.evidence,
    notChecked: read.notChecked,
    verbose: options.verbose === true,
  });
  await writeReports(report, requests, process, {
    color,
    language: languageOf(options.lang, process.env),
    ...(options.verbose ? { verbose: true } : {}),
    ...(options.quiet ? { announce: false } : {}),
  });
  if (gateFails(report.findings, options.failOn as Priority | 'never')) return EXIT.gateFailed;
  return incomplete ? EXIT.incomplete : EXIT.ok;
}

async function schemeOf(named: string | undefined): Promise<Scheme | undefined> {
  if (named === undefined) return undefined;
  const known = schemeById(named.toLowerCase());
  if (known) return known;
  if (!/\.ya?ml$/i.test(named))
    throw new UserError(`--scheme ${named}: there is no such scheme`, {
      next: `${schemeIds().join(', ')}, or a .yaml file that describes one (docs/messages.md)`,
    });
  const { readOwnScheme } = await import('../../messages/own-scheme.ts');
  const read = readOwnScheme(namedBytes('--scheme', named).toString('utf8'), named);
  if ('problem' in read)
    throw new UserError(`${named}:${read.problem.line}: ${read.problem.says}`, { next: 'see docs/messages.md' });
  return read.scheme;
}

function directionOf(text: string | undefined): Direction | undefined {
  if (text === undefined || text === 'request' || text === 'response' || text === 'callback') return text;
  throw new UserError(`--direction ${text}: there is no such direction`, { next: 'request, response or callback' });
}

function instant(text: string): number {
  const time = /^\d{9,13}$/.test(text) ? Number(text) * (text.length > 11 ? 1 : 1000) : Date.parse(text);
  if (Number.isNaN(time))
    throw new UserError(`--at "${text}" is not a time`, { next: 'write 2026-11-21T09:30:00Z or epoch seconds' });
  return time;
}
