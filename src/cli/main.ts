/** Entry of the bundled CLI: picks the one command file that is needed and loads nothing else. */

import { existsSync } from 'node:fs';
import { loadKnowledge } from '../knowledge/load.ts';
import type { LiteralSearch } from '../logs/lexicon/literal-search.ts';
import { useSecretSearch } from '../logs/secrets/scan.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, EXIT_HELP, EXIT_HELP_ZH, UserError } from './exit.ts';
import { CONFIG_VARIABLES, configFiles } from './project/files.ts';
import { tell } from './tell.ts';
import { languageOf } from './terminal.ts';
import { VERSION } from './version.ts';

const INTRODUCTION = `First responder for payment channels. Point it at the evidence an incident left (logs, certificates, server configurations, packet captures, transaction tables, or a live host:port) and read: what is wrong, since when, how bad, whose job it is, how to fix it, and how to prove that it is fixed.`;

const EXAMPLES = `
Examples
  $ paymedic triage ./evidence                     the whole story of one incident
  $ paymedic triage app.log gateway.pem trace.pcap  any mix of files
  $ paymedic triage ./evidence --format json        one JSON document on stdout
  $ paymedic explain "unable to get local issuer certificate"
`;

/** Whether help is wanted in Chinese: --lang, PAYMEDIC_LANGUAGE, the locale. */
function speaksChinese(args: readonly string[]): boolean {
  const at = args.indexOf('--lang');
  const named = at >= 0 ? args[at + 1] : args.find((a) => a.startsWith('--lang='))?.slice('--lang='.length);
  return languageOf(named ?? /^(?:zh|en)/i.exec(process.env.PAYMEDIC_LANGUAGE ?? '')?.[0], process.env) === 'zh';
}

async function main(argv: string[]): Promise<number> {
  useSecretSearch(() => loadKnowledge().secretSearch as LiteralSearch | undefined);
  const args = argv.slice(2);
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    process.stdout.write(`${VERSION}\n`);
    return EXIT.ok;
  }
  const { Command, CommanderError } = await import('commander');
  const named = args.find((a) => !a.startsWith('-'));
  const chinese = speaksChinese(args);
  const program = new Command('paymedic');
  program
    .description(INTRODUCTION)
    .version(VERSION, '-V, --version', 'print the version')
    .option('--color <when>', 'auto, always or never (NO_COLOR and FORCE_COLOR are honoured)', 'auto')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `${EXAMPLES}\n${chinese ? EXIT_HELP_ZH : EXIT_HELP}`)
    .showSuggestionAfterError(true)
    .showHelpAfterError('(paymedic --help lists the commands)')
    // A command line that is refused is repeated there.
    .configureOutput({ writeErr: tell })
    .exitOverride();
  program.hook('preAction', async (_program, action) => {
    if (
      !configFiles('.', process.env).some((file) => existsSync(file)) &&
      !CONFIG_VARIABLES.some((name) => process.env[name])
    )
      return;
    const { applyProject, projectInForce } = await import('./project/defaults.ts');
    const project = projectInForce();
    // `config` judges the file itself; everywhere else a faulty file is named and the command goes on without it.
    if (action.parent?.name() !== 'config') for (const line of project.faults) tell(`${line}\n`);
    applyProject(action, project);
  });
  const wanted = COMMANDS.filter((c) => c.name === named);
  for (const command of wanted.length ? wanted : COMMANDS) {
    if (wanted.length === 0)
      program.command(command.name).description(command.summary).allowUnknownOption().allowExcessArguments();
    else {
      const { register } = await command.load();
      register(program);
      for (const sub of program.commands) sub.exitOverride().copyInheritedSettings(program);
    }
  }
  if (chinese) (await import('./help-zh.ts')).speakChinese(program);
  if (args.length === 0) {
    process.stdout.write(program.helpInformation());
    process.stdout.write(`${EXAMPLES}\n`);
    return EXIT.ok;
  }
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw error;
  }
  return typeof process.exitCode === 'number' ? process.exitCode : EXIT.ok;
}

// A closed pipe (paymedic ... | head) ends the output, not the program with a stack trace. A full disk is said, and passes no gate.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit(typeof process.exitCode === 'number' ? process.exitCode : EXIT.ok);
    if (stream === process.stdout) tell(`paymedic: cannot write standard output: ${code ?? message}\n`);
    process.exit(EXIT.usage);
  });
}

main(process.argv)
  .then((code) => {
    process.exitCode = code;
  })
  .catch((error: unknown) => {
    if (error instanceof UserError) {
      tell(`paymedic: ${error.message}\n`);
      if (error.next) tell(`  next: ${error.next}\n`);
      process.exitCode = error.exitCode;
      return;
    }
    const shown = error instanceof Error ? error : new Error(String(error));
    tell(`paymedic: internal error: ${shown.message}\n`);
    if (process.env.PAYMEDIC_DEBUG) tell(`${shown.stack}\n`);
    else tell('  next: run again with PAYMEDIC_DEBUG=1 and report the trace\n');
    process.exitCode = EXIT.internal;
  });
