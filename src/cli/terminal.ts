/** The only file that knows colour, width and whether a stream is a terminal. */
import type { RenderOptions } from '../report/types.ts';
import { UserError } from './exit.ts';

export type ColorChoice = 'auto' | 'always' | 'never';
export type Language = 'en' | 'zh';

export interface Environment {
  [name: string]: string | undefined;
}

/** What is asked of a stream; process.stdout and process.stderr have it. */
export interface TerminalStream {
  isTTY?: boolean;
  columns?: number;
}

export interface TerminalTraits {
  color: boolean;
  width: number;
  unicode: boolean;
  isTTY: boolean;
}

const DEFAULT_WIDTH = 80;

/**
 * Whether to colour this stream: --color, then NO_COLOR (set and not empty, whatever its value; no-color.org),
 * then FORCE_COLOR (`0` and `false` switch off), then TERM=dumb, then whether this very stream is a terminal.
 */
export function wantsColor(choice: ColorChoice, env: Environment, stream: TerminalStream): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env.NO_COLOR) return false;
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (env.TERM === 'dumb') return false;
  return stream.isTTY === true;
}

const localeOf = (env: Environment): string => env.LC_ALL || env.LC_CTYPE || env.LANG || '';

/** Whether box drawing and other signs outside ASCII may be written. No locale at all counts as UTF-8, as in containers. */
export function speaksUnicode(env: Environment, stream: TerminalStream): boolean {
  const locale = localeOf(env);
  if (locale) return /utf-?8/i.test(locale);
  return !(stream.isTTY && (env.TERM === 'dumb' || env.TERM === 'linux'));
}

/** Language of the report: the option, else the locale (`zh_*`), else English. */
export function languageOf(option: string | undefined, env: Environment): Language {
  if (option !== undefined) {
    const named = /^(zh|en)(?:[-_.]|$)/i.exec(option)?.[1]?.toLowerCase();
    if (named === undefined) throw new UserError(`--lang ${option}: there is no such language`, { next: 'en or zh' });
    return named as Language;
  }
  return /^zh/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ? 'zh' : 'en';
}

/** Colour, width and character set of one stream. A terminal of unknown width, and every pipe, counts 80 columns unless COLUMNS says otherwise. */
export function traitsOf(stream: TerminalStream, env: Environment, choice: ColorChoice = 'auto'): TerminalTraits {
  const named = Number(env.COLUMNS);
  const width =
    stream.isTTY && stream.columns ? stream.columns : Number.isInteger(named) && named > 0 ? named : DEFAULT_WIDTH;
  return {
    color: wantsColor(choice, env, stream),
    width,
    unicode: speaksUnicode(env, stream),
    isTTY: stream.isTTY === true,
  };
}

/** Options with which a format renders for this stream. */
export function renderOptions(traits: TerminalTraits, language: Language, verbose = false): RenderOptions {
  return { width: traits.width, color: traits.color, unicode: traits.unicode, language, verbose };
}

/** Progress on a terminal only: one line that replaces itself. `done` clears it. */
export interface Progress {
  say(text: string): void;
  done(): void;
}

const PROGRESS_AFTER_MS = 1000;

/** Shows nothing during the first second, nothing at all when the stream is no terminal or this is a CI run. */
export function progressOn(
  stream: TerminalStream & { write(text: string): unknown },
  env: Environment,
  now: () => number = Date.now,
): Progress {
  if (!stream.isTTY || env.CI || env.TERM === 'dumb') return { say: () => {}, done: () => {} };
  const started = now();
  let shown = false;
  let last = 0;
  return {
    say(text) {
      const time = now();
      if (time - started < PROGRESS_AFTER_MS || time - last < 100) return;
      last = time;
      shown = true;
      stream.write(`\r\x1b[2K${text.replace(/[\p{Cc}\p{Cf}]/gu, '?').slice(0, (stream.columns ?? DEFAULT_WIDTH) - 1)}`);
    },
    done() {
      if (shown) stream.write('\r\x1b[2K');
      shown = false;
    },
  };
}
