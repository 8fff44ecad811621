/** `paymedic playbook ...`: the shipped library and the tools for writing one's own. */
import type { Command } from 'commander';
import { EXIT, UserError } from '../exit.ts';

const out = (text: string): void => {
  process.stdout.write(text);
};

export function register(program: Command): void {
  const playbook = program
    .command('playbook')
    .description('List, show, check, test and write playbooks.')
    .addHelpText(
      'after',
      `
Examples
  $ paymedic playbook list
  $ paymedic playbook list --cause server-cert-expired
  $ paymedic playbook show triage
  $ paymedic playbook show triage --mermaid
  $ paymedic playbook new card-terminal-down
  $ paymedic playbook lint card-terminal-down.yaml
`,
    );

  playbook
    .command('list')
    .description('The shipped playbooks.')
    .option('--cause <slug>', 'only those that answer this cause')
    .option('--format <format>', 'text or json', 'text')
    .action(async (options: { cause?: string; format: string }) => {
      const { shippedPlaybooks } = await import('../../case/playbook-files.ts');
      const all = shippedPlaybooks().filter((one) => !options.cause || one.causes.includes(options.cause));
      if (checkFormat(options.format, ['text', 'json']) === 'json') {
        out(`${JSON.stringify(all, null, 2)}\n`);
        return;
      }
      const width = Math.max(0, ...all.map((one) => one.id.length));
      for (const one of all) out(`${one.id.padEnd(width)}  ${one.owner.padEnd(4)}  ${one.title}\n`);
      if (all.length === 0)
        throw new UserError(`no shipped playbook answers the cause "${options.cause}"`, {
          next: 'paymedic explain lists the causes',
        });
    });

  playbook
    .command('show')
    .argument('<playbook>', 'id of a shipped playbook, or a file')
    .description('Draws the steps of a playbook.')
    .option('--mermaid', 'as a Mermaid flow chart')
    .option('--json', 'the playbook itself as JSON')
    .action(async (name: string, options: { mermaid?: boolean; json?: boolean }) => {
      const found = await load(name);
      if (options.json) {
        out(`${JSON.stringify(found, null, 2)}\n`);
        return;
      }
      const { drawMermaid, drawTree } = await import('../../playbook/graph.ts');
      if (options.mermaid) {
        out(drawMermaid(found));
        return;
      }
      const { safeText } = await import('../../report/safe-text.ts');
      const { traitsOf } = await import('../terminal.ts');
      const head = [`${found.id} ${found.version}: ${found.title}`, `kept by ${found.owner}`];
      if (found['applies-to']?.length) head.push(`answers ${found['applies-to'].join(', ')}`);
      for (const [input, { type, description, default: preset, required }] of Object.entries(found.inputs ?? {})) {
        head.push(
          `--input ${input}=... (${type}${required ? ', required' : preset === undefined ? '' : `, default ${JSON.stringify(preset)}`}): ${description}`,
        );
      }
      const tree = drawTree(found, traitsOf(process.stdout, process.env).unicode);
      out(`${[...head, '', ...tree.trimEnd().split('\n')].map((line) => safeText(line)).join('\n')}\n`);
    });

  playbook
    .command('lint')
    .argument('<files...>', 'playbook files; ids of shipped playbooks are looked up in playbooks/')
    .description('Checks playbooks: structure and meaning, each problem with file, line, column and the next step.')
    .option('--format <format>', 'text, json or sarif', 'text')
    .option('--strict', 'warnings fail as well')
    .action(async (files: string[], options: { format: string; strict?: boolean }) => {
      const format = checkFormat(options.format, ['text', 'json', 'sarif']);
      const { lintFiles } = await import('../playbook-lint.ts');
      const problems = await lintFiles(files);
      const errors = problems.filter((problem) => problem.severity === 'error').length;
      const warnings = problems.length - errors;
      if (format === 'json') out(`${JSON.stringify(problems, null, 2)}\n`);
      else if (format === 'sarif') {
        const { problemsAsSarif } = await import('../playbook-problems.ts');
        const { VERSION } = await import('../version.ts');
        out(`${JSON.stringify(problemsAsSarif(problems, VERSION), null, 2)}\n`);
      } else {
        const { problemsAsText } = await import('../playbook-problems.ts');
        out(problemsAsText(problems));
        out(
          `${problems.length ? '\n' : ''}${files.length} ${files.length === 1 ? 'playbook' : 'playbooks'}: ${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}\n`,
        );
      }
      process.exitCode = errors || (options.strict && warnings) ? EXIT.usage : EXIT.ok;
    });
}

/** One of the formats, or a usage error that names them. */
export function checkFormat(format: string, allowed: readonly string[]): string {
  if (allowed.includes(format)) return format;
  throw new UserError(`--format ${format}: there is no such format here`, { next: `formats: ${allowed.join(', ')}` });
}

async function load(name: string) {
  const { loadForUser } = await import('../playbook-lint.ts');
  return (await loadForUser(name)).playbook;
}
