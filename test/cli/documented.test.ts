/** Every command line that the README, the pages and the help itself show names commands and options that exist. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs')).flatMap((f) => (f.endsWith('.md') ? [`docs/${f}`] : [])),
];

const program = new Command('paymedic').option('--color <when>').option('-V, --version').option('-h, --help');
const helps: [string, string][] = [];
for (const { name, load } of COMMANDS) {
  (await load()).register(program);
  const written: string[] = [];
  program.commands
    .at(-1)!
    .configureOutput({ writeOut: (text) => written.push(text) })
    .outputHelp();
  helps.push([`paymedic ${name} --help`, written.join('')]);
}

/** Command lines in code blocks, indented lines and code spans, up to what a shell would take as the next command. */
const shown = (text: string): string[] =>
  [
    ...text
      .split('```')
      // A sentence may begin with the name of the program.
      .map((part, i) => (i % 2 ? part : part.replace(/^paymedic .*/gm, '')))
      .join('')
      .matchAll(
        /(?:^[ \t]*(?:[-*] )?(?:\$ )?|`|&& |\| )(?:node bin\/paymedic\.js|npx paymedic|paymedic) ([a-z][^\n`]*)/gm,
      ),
  ].map((m) => m[1]!.split(/\s+(?:#|\||&&|;|>|<)|\s{2,}(?=\S)/)[0]!.trim());

/** What is wrong with a line: an unknown command or option. */
function faults(line: string): string[] {
  const words = line.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  let command = program.commands.find((c) => c.name() === words[0]);
  if (!command) return words[0] === 'help' ? [] : [`no command ${words[0]}`];
  const inner = command.commands.find((c) => c.name() === words[1]);
  const parents = [program, command];
  if (inner) {
    command = inner;
    parents.push(inner);
  }
  return words.flatMap((word) => {
    const option = /^(--?[a-zA-Z][\w-]*)/.exec(word)?.[1];
    if (option === undefined || option === '--help' || option === '-h') return [];
    const known = parents.some((c) => c.options.some((o) => o.long === option || o.short === option));
    return known ? [] : [`${command.name()} has no option ${option}`];
  });
}

describe('command lines that are shown', () => {
  const sources: [string, string][] = [
    ...pages.map((page): [string, string] => [page, readFileSync(join(root, page), 'utf8')]),
    ...helps,
  ];
  it('are found', () => {
    expect(sources.flatMap(([, text]) => shown(text)).length).toBeGreaterThan(100);
  });
  it.each(sources)('exist as written: %s', (_name, text) => {
    expect(shown(text).flatMap((line) => faults(line).map((fault) => `${fault}: paymedic ${line}`))).toEqual([]);
  });
});

it('the README shows what its command prints', () => {
  const [command, ...lines] = readFileSync(join(root, 'README.md'), 'utf8')
    .split('```text\n')[1]!
    .split('   ...\n```')[0]!
    .split('\n');
  const [, ...args] = command!.replace(/^\$ /, '').split(' ');
  const env = { ...process.env, COLUMNS: '80', NO_COLOR: '1', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };
  const printed = execFileSync(process.execPath, ['bin/paymedic.js', ...args], { cwd: root, env, encoding: 'utf8' });
  expect(printed.split('\n').slice(0, lines.length - 1)).toEqual(lines.slice(0, -1));
});
