/** HAProxy configurations: `bind` and `server` lines with the global and default-server TLS options behind them. */
import type { ServerConfigObservation } from '../types.ts';
import { readBinds } from './haproxy-bind.ts';
import { readServers } from './haproxy-server.ts';
import { type Section, splitSections, type Word } from './haproxy-syntax.ts';
import type { ConfigReader, ReadHint } from './source.ts';
import { ObservationBuilder } from './source.ts';

const FIRST_WORDS = new Set([
  'bind',
  'server',
  'mode',
  'log',
  'option',
  'timeout',
  'maxconn',
  'stats',
  'default_backend',
  'user',
  'group',
  'chroot',
  'daemon',
  'balance',
  'default-server',
  'ssl-server-verify',
  'acl',
  'source',
  'nbthread',
  'http-request',
  'tcp-request',
  'use_backend',
  'ca-base',
  'crt-base',
  'setenv',
  'pidfile',
  'retries',
  'hash-type',
  'errorfile',
  'http-response',
  'redirect',
  'cookie',
  'compression',
  'nbproc',
  'tune.ssl.default-dh-param',
]);

export const haproxyReader: ConfigReader = {
  software: 'haproxy',
  detect: detectHaproxy,
  read: readHaproxy,
};

/** A section name at the margin, alone or with one plain word, and below it an indented or known keyword of HAProxy. */
function detectHaproxy(head: string): boolean {
  let inSection = false;
  for (const line of head.split('\n', 2000)) {
    const words = line
      .slice(0, 300)
      .trim()
      .split(/[ \t]+/, 3);
    const first = words[0] ?? '';
    if (first === '' || first.startsWith('#')) continue;
    if (
      /^(?:global|defaults)$/.test(line.slice(0, 300).trim()) ||
      (/^(?:frontend|backend|listen|defaults)$/.test(first) &&
        /^[\w.:-]{1,200}$/.test(words[1] ?? '') &&
        !/[;{]/.test(line))
    )
      inSection = true;
    else if (
      inSection &&
      (FIRST_WORDS.has(first) || first.startsWith('ssl-default-')) &&
      !/[;{]\s{0,20}$/.test(line.slice(0, 300))
    )
      return true;
    else inSection = false;
  }
  return false;
}

function readHaproxy(text: string, file: string, hint: ReadHint): ServerConfigObservation {
  const out = new ObservationBuilder(file, 'haproxy');
  const sections = splitSections(text, out);
  const global = sections.find((s) => s.kind === 'global');
  let defaults: Section | undefined;
  for (const section of sections) {
    const context = section.name ? `${section.kind} ${section.name}` : section.kind;
    for (const words of section.lines) {
      out.directive(
        words[0]!.text,
        words
          .slice(1)
          .map((w) => w.text)
          .join(' '),
        words[0]!.line,
        context,
      );
      noteLogging(words, out);
    }
    if (section.kind === 'defaults') defaults = section;
    if (section.kind === 'frontend' || section.kind === 'listen') readBinds(section, global, file, hint, out);
    if (section.kind === 'backend' || section.kind === 'listen') readServers(section, defaults, global, file, out);
  }
  return out.finish();
}

function noteLogging(words: Word[], out: ObservationBuilder): void {
  const name = words[0]!.text;
  if (name === 'log-format' || name === 'error-log-format' || name === 'log-format-sd') {
    out.observation.logFormats.push({
      name,
      format: words
        .slice(1)
        .map((w) => w.text)
        .join(' '),
      line: words[0]!.line,
    });
  }
}
