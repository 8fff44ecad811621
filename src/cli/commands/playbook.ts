/** `paymedic playbook ...`: the shipped library and the tools for writing one's own. */

import type { Command } from 'commander';
import { counted } from '../../wording.ts';
import { EXIT, UserError } from '../exit.ts';
import { say } from '../say.ts';
import { tell } from '../tell.ts';
import { languageOf } from '../terminal.ts';

const out = (text: string): void => {
  say(text);
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
    .option('--lang <language>', 'en or zh (default: the locale)')
    .action(async (options: { cause?: string; format: string; lang?: string }) => {
      const { shippedPlaybooks } = await import('../../case/playbook-files.ts');
      const all = shippedPlaybooks().filter((one) => !options.cause || one.causes.includes(options.cause));
      if (checkFormat(options.format, ['text', 'json']) === 'json') {
        out(`${JSON.stringify(all, null, 2)}\n`);
        return;
      }
      const width = Math.max(0, ...all.map((one) => one.id.length));
      const language = languageOf(options.lang, process.env);
      for (const one of all)
        out(`${one.id.padEnd(width)}  ${one.owner.padEnd(4)}  ${one.titles?.[language] ?? one.title}\n`);
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

  playbook
    .command('test')
    .argument(
      '[names...]',
      'test files, playbook files or ids of shipped playbooks; all shipped ones when none is given',
    )
    .description('Runs playbooks over the evidence of their *.test.yaml and compares what they find.')
    .option('--format <format>', 'text or json', 'text')
    .action(async (names: string[], options: { format: string }) => {
      const format = checkFormat(options.format, ['text', 'json']);
      const { runTestFile, testFiles } = await import('../playbook-test.ts');
      const results = [];
      for (const file of await testFiles(names)) {
        for (const result of await runTestFile(file)) {
          results.push(result);
          if (format === 'text') {
            out(`${result.differences.length ? 'FAILED' : 'passed'}  ${result.playbook}: ${result.name}\n`);
            for (const difference of result.differences) out(`        ${difference}\n`);
          }
        }
      }
      const failed = results.filter((result) => result.differences.length).length;
      if (format === 'json') out(`${JSON.stringify(results, null, 2)}\n`);
      else out(`${results.length - failed} passed, ${failed} failed\n`);
      process.exitCode = failed ? EXIT.gateFailed : EXIT.ok;
    });

  playbook
    .command('new')
    .argument('<id>', 'name of the new playbook; its file is <id>.yaml')
    .description('Writes a playbook to start from, and a test beside it.')
    .option('--title <title>', 'what it is for')
    .option('--owner <role>', 'who keeps it right', 'ops')
    .option('--cause <slug>', 'the cause that it answers')
    .action(async (id: string, options: { title?: string; owner: string; cause?: string }) => {
      const { scaffold } = await import('../../playbook/scaffold.ts');
      const { parsePlaybook } = await import('../../playbook/parse.ts');
      const { existsSync, writeFileSync } = await import('node:fs');
      const files = scaffold(id, options);
      const { problems } = parsePlaybook(files.playbook, `${id}.yaml`);
      if (problems[0]) throw new UserError(problems[0].message, { next: problems[0].suggestion });
      for (const [file, text] of [
        [`${id}.yaml`, files.playbook],
        [`${id}.test.yaml`, files.test],
      ] as const) {
        if (existsSync(file))
          throw new UserError(`${file} is there already`, { next: 'choose another name, or remove the file' });
        writeFileSync(file, text);
        out(`wrote ${file}\n`);
      }
      out(`next: edit ${id}.yaml, then paymedic playbook lint ${id}.yaml\n`);
    });

  playbook
    .command('export')
    .argument('<playbook>', 'id of a shipped playbook, or a file')
    .description('Prints a playbook as a CACAO v2 document (JSON).')
    .option('--created-by <identity>', 'STIX identity that made it')
    .option('--time <time>', 'created and modified, ISO-8601 (default: now)')
    .action(async (name: string, options: { createdBy?: string; time?: string }) => {
      const { exportCacao } = await import('../../playbook/cacao/export.ts');
      const time = options.time === undefined ? Date.now() : Date.parse(options.time);
      if (Number.isNaN(time))
        throw new UserError(`--time ${options.time}: not a time`, { next: 'write 2026-11-21T09:30:00.000Z' });
      const stamp = new Date(time).toISOString();
      const document = exportCacao(await load(name), {
        created: stamp,
        modified: stamp,
        ...(options.createdBy ? { createdBy: options.createdBy } : {}),
      });
      out(`${JSON.stringify(document, null, 2)}\n`);
    });

  playbook
    .command('import')
    .argument('<file>', 'a CACAO v2 document (JSON)')
    .description(
      'Prints a CACAO v2 document as a playbook (YAML); the document travels along, so that nothing is lost.',
    )
    .action(async (file: string) => {
      const { value, problems } = await cacaoOf(file);
      const { problemsAsText } = await import('../playbook-problems.ts');
      if (problems.length) tell(`${problemsAsText(problems)}\n`);
      if (!value) throw new UserError(`${file} cannot be read`, { next: 'give a CACAO v2 playbook as JSON' });
      const [{ importCacao }, { playbookAsYaml }] = await Promise.all([
        import('../../playbook/cacao/import.ts'),
        import('../../playbook/as-yaml.ts'),
      ]);
      out(playbookAsYaml(importCacao(value as never)));
    });

  playbook
    .command('validate')
    .argument('<files...>', 'CACAO v2 documents (JSON)')
    .description('Checks CACAO v2 documents against the standard: structure, references, variables, reachability.')
    .option('--format <format>', 'text or json', 'text')
    .action(async (files: string[], options: { format: string }) => {
      const format = checkFormat(options.format, ['text', 'json']);
      const problems = [];
      for (const file of files) problems.push(...(await cacaoOf(file)).problems);
      const errors = problems.filter((problem) => problem.severity === 'error').length;
      if (format === 'json') out(`${JSON.stringify(problems, null, 2)}\n`);
      else {
        const { problemsAsText } = await import('../playbook-problems.ts');
        out(
          `${problemsAsText(problems)}${problems.length ? '\n' : ''}${files.length} ${files.length === 1 ? 'document' : 'documents'}: ${counted(errors, 'error')}, ${problems.length - errors} warnings\n`,
        );
      }
      process.exitCode = errors ? EXIT.usage : EXIT.ok;
    });
}

async function cacaoOf(file: string) {
  const [{ validateCacao }, { readPlaybookFile, PlaybookUnusable }] = await Promise.all([
    import('../../playbook/cacao/validate.ts'),
    import('../../case/playbook-files.ts'),
  ]);
  try {
    return validateCacao(readPlaybookFile(file), file);
  } catch (error) {
    if (error instanceof PlaybookUnusable)
      throw new UserError(error.message, { next: 'give a CACAO v2 playbook as JSON' });
    throw error;
  }
}

/** One of the formats, or a usage error that names them. */
function checkFormat(format: string, allowed: readonly string[]): string {
  if (allowed.includes(format)) return format;
  throw new UserError(`--format ${format}: there is no such format here`, { next: `formats: ${allowed.join(', ')}` });
}

async function load(name: string) {
  const { loadForUser } = await import('../playbook-lint.ts');
  return (await loadForUser(name)).playbook;
}
