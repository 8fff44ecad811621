/** Shell completion and the manual page, from the commands themselves. */
import { Command } from 'commander';
import { COMMANDS } from '../commands.ts';

export interface CommandShape {
  name: string;
  summary: string;
  usage: string;
  options: { flags: string[]; text: string; describe: string }[];
}

/** Every command with its options, as registered; sub-commands as `case verify`. */
export async function commandShapes(): Promise<CommandShape[]> {
  const shapes: CommandShape[] = [];
  const add = (command: Command, prefix: string, summary: string): void => {
    const name = `${prefix}${command.name()}`;
    shapes.push({
      name,
      summary: command.description() || summary,
      usage: command.usage(),
      options: command.options.map((o) => ({
        flags: [o.short, o.long].filter((f) => f !== undefined && f !== null) as string[],
        text: o.flags,
        describe: o.description,
      })),
    });
    for (const sub of command.commands) add(sub, `${name} `, '');
  };
  for (const entry of COMMANDS) {
    const root = new Command();
    (await entry.load()).register(root);
    for (const command of root.commands) add(command, '', entry.summary);
  }
  return shapes;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const top = (shapes: readonly CommandShape[]) => shapes.filter((s) => !s.name.includes(' '));
const flagsOf = (shapes: readonly CommandShape[], name: string): string[] => [
  ...new Set(
    shapes
      .filter((s) => s.name === name || s.name.startsWith(`${name} `))
      .flatMap((s) => s.options.flatMap((o) => o.flags)),
  ),
];
const subsOf = (shapes: readonly CommandShape[], name: string): string[] =>
  shapes.filter((s) => s.name.startsWith(`${name} `)).map((s) => s.name.slice(name.length + 1));

export function bash(shapes: readonly CommandShape[]): string {
  const cases = top(shapes).map(
    (s) =>
      `    ${s.name}) words=${quoted([...subsOf(shapes, s.name), ...flagsOf(shapes, s.name), '--help'].join(' '))} ;;`,
  );
  return `# bash completion for paymedic; source it, or put it into /etc/bash_completion.d/
_paymedic() {
  local current words
  current="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    words=${quoted(
      top(shapes)
        .map((s) => s.name)
        .join(' '),
    )}
  else
    case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words='' ;;
    esac
  fi
  # shellcheck disable=SC2207
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then compopt -o default; fi
}
complete -F _paymedic paymedic
`;
}

export function zsh(shapes: readonly CommandShape[]): string {
  const plain = (text: string) => text.replace(/[:\\[\]]/g, ' ');
  const cases = top(shapes).map(
    (s) =>
      `    ${s.name}) compadd -- ${[...subsOf(shapes, s.name), ...flagsOf(shapes, s.name), '--help'].map(quoted).join(' ')}; _files ;;`,
  );
  return `#compdef paymedic
_paymedic() {
  local -a commands
  commands=(${top(shapes)
    .map((s) => quoted(`${s.name}:${plain(s.summary)}`))
    .join(' ')})
  if (( CURRENT == 2 )); then
    _describe command commands
  else
    case "\${words[2]}" in
${cases.join('\n')}
    *) _files ;;
    esac
  fi
}
compdef _paymedic paymedic
`;
}

export function fish(shapes: readonly CommandShape[]): string {
  const lines = top(shapes).flatMap((s) => [
    `complete -c paymedic -n __fish_use_subcommand -f -a ${s.name} -d ${quoted(s.summary)}`,
    ...subsOf(shapes, s.name).map(
      (sub) => `complete -c paymedic -n '__fish_seen_subcommand_from ${s.name}' -f -a ${quoted(sub.split(' ')[0]!)}`,
    ),
    ...s.options.map(
      (o) =>
        `complete -c paymedic -n '__fish_seen_subcommand_from ${s.name}'${o.flags.map((f) => (f.startsWith('--') ? ` -l ${f.slice(2)}` : ` -s ${f.slice(1)}`)).join('')} -d ${quoted(o.describe)}`,
    ),
  ]);
  return `# fish completion for paymedic\n${[...new Set(lines)].join('\n')}\n`;
}

/** Manual page in man(7) macros. */
export function man(shapes: readonly CommandShape[], version: string): string {
  const roff = (text: string) =>
    text
      .replaceAll('\\', '\\e')
      .replaceAll('-', '\\-')
      .replace(/^([.'])/gm, '\\&$1');
  return [
    `.TH PAYMEDIC 1 "" "paymedic ${roff(version)}" "User Commands"`,
    '.SH NAME',
    'paymedic \\- first responder for payment channels',
    '.SH SYNOPSIS',
    '.B paymedic',
    '.I command',
    '[options]',
    '.SH COMMANDS',
    ...shapes.flatMap((s) => [
      '.SS',
      `.B ${roff(s.name)}`,
      roff(s.usage),
      '.RS',
      roff(s.summary),
      '.RE',
      ...s.options.flatMap((o) => ['.TP', `.B ${roff(o.text)}`, roff(o.describe) || '\\&']),
    ]),
    '.SH EXIT STATUS',
    '0 gate passed; 1 gate failed; 2 usage, configuration or playbook invalid; 3 incomplete; 4 internal error; 130 interrupted.',
    '',
  ].join('\n');
}
