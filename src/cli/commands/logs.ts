/** `paymedic logs`: one pass over any log files, and a cleaned copy of them. */

import type { Command } from 'commander';
import { counted } from '../../wording.ts';
import { EXIT, UserError } from '../exit.ts';
import type { NamedLogOptions } from '../logs/named-options.ts';
import { failsOnWindows } from '../logs/window-words.ts';
import { say } from '../say.ts';
import { ownOptions } from '../shared-options.ts';
import { tell } from '../tell.ts';

interface LogsOptions extends Omit<NamedLogOptions, 'keep'> {
  format: string;
  failOn: string;
  follow?: boolean;
  fromStart?: boolean;
  interval: string;
  engine?: string;
  url?: string;
  table?: string;
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

export function register(program: Command): void {
  const command = program
    .command('logs')
    .description(
      'Sources, error classes with onset and end, interruptions, slow spells, new messages, card numbers, attacks.',
    )
    .argument('[evidence...]', 'log files, folders, archives, or - for standard input')
    .option('--since <time>', 'ignore what is older (ISO-8601 or epoch seconds)')
    .option('--until <time>', 'ignore what is newer')
    .option('--zone <iana-zone>', 'time zone of lines that carry none')
    .option('--now <time>', 'the time the logs were taken; gives dates without a year theirs')
    .option(
      '--log-format <format>',
      'log_format (nginx) or LogFormat (Apache) of access logs of your own layout, repeatable',
      collect,
    )
    .option(
      '--log-pattern <regex>',
      'lines of your own layout: RE2 syntax with groups such as (?P<time>...), (?P<message>...)',
    )
    .option('--follow', 'read what is appended and tell at once what it means, until interrupted')
    .option('--from-start', 'with --follow: begin with what the files hold already')
    .option('--interval <seconds>', 'with --follow: seconds between looks', '1')
    .option('--partial <file>', 'write what was counted, for "paymedic logs merge" on another machine')
    .option('--minutes <file>', 'write counts, success rate, p50, p95 and p99 by minute and leg as CSV')
    .option('--sigma <path>', 'Sigma rules to run: a file, a folder, or "shipped"; repeatable', collect)
    .option('--placeholders <file>', 'YAML with values for placeholders of Sigma rules such as %admins%')
    .option('--secrets', 'look for keys, tokens, passwords and verification values too')
    .option('--crs <rules>', 'attack patterns of the OWASP Core Rule Set: "shipped", or the folder of a release')
    .option('--paranoia <level>', 'highest paranoia level of these rules, 1 to 4', '1')
    .option('--engine <engine>', 'judge windows and rules in duckdb or clickhouse instead of here')
    .option('--url <where>', 'of the engine: a DuckDB file or :memory:, or the HTTP address of a ClickHouse')
    .option('--table <name>', 'table of requests in the engine, when no files are named', 'requests')
    .option('-f, --format <format>', 'text or json', 'text')
    .option('--budget <MiB>', 'memory for single records before frequent ones are sampled')
    .option('--jobs <threads>', 'most threads for large files; the result is that of one')
    .option(
      '--fail-on <what>',
      'exit 1 on: never, cards (card numbers found), windows (interruption, failures, customers turned away), attacks (with --crs), secrets (with --secrets)',
      'never',
    )
    .addHelpText(
      'after',
      `
Examples
  $ paymedic logs /var/log/nginx
  $ paymedic logs app.log gateway.log.1.gz --zone Asia/Shanghai --since 2026-09-12T08:00:00Z
  $ zcat app.log.gz | paymedic logs - --format json
  $ paymedic logs access.log --log-format '$remote_addr $host [$time_local] "$request" $status'
  $ paymedic logs access.log --sigma ./sigma/rules/web --sigma shipped
  $ paymedic logs why rule.yml access.log --line 17
  $ paymedic logs access.log --crs shipped
  $ paymedic logs app.log --secrets --fail-on secrets
  $ paymedic logs access.log --crs ./coreruleset --format json
  $ paymedic logs app.log --log-pattern '(?P<time>\\S+) <(?P<level>\\w+)> (?P<message>.*)'
  $ paymedic logs access.log --follow --sigma shipped
  $ paymedic logs /var/log/nginx --partial node1.json; paymedic logs merge node1.json node2.json
  $ paymedic logs access.log --minutes minutes.csv
  $ paymedic logs export app.log access.log --output ./tables
  $ paymedic logs plan ./tables --emit clickhouse > plan.sql
  $ paymedic logs ./tables --engine duckdb --url :memory:
  $ paymedic logs --engine clickhouse --url http://127.0.0.1:8123 --table requests
  $ paymedic logs redact app.log --output app.clean.log
`,
    )
    .action(async (inputs: string[], options: LogsOptions) => {
      if (options.engine !== undefined) {
        const { judgeElsewhere } = await import('../logs/engine.ts');
        const { text, failed, incomplete } = await judgeElsewhere(inputs, { ...options, engine: options.engine });
        const { finished } = await import('../finished.ts');
        process.stdout.write(finished(text, 'summary'));
        process.exitCode =
          failed && options.failOn === 'windows' ? EXIT.gateFailed : incomplete ? EXIT.incomplete : EXIT.ok;
        return;
      }
      if (inputs.length === 0) throw new UserError('no log was named', { next: 'paymedic logs FILE...' });
      if (!['text', 'json'].includes(options.format)) {
        throw new UserError(`--format ${options.format}: there is no such format`, { next: 'text or json' });
      }
      if (!['never', 'cards', 'windows', 'attacks', 'secrets'].includes(options.failOn)) {
        throw new UserError(`--fail-on ${options.failOn}: not known`, {
          next: 'never, cards, windows, attacks or secrets',
        });
      }
      if (options.follow) {
        const interval = Number(options.interval) * 1000;
        if (!(interval >= 100 && interval <= 3_600_000))
          throw new UserError(`--interval ${options.interval}: 0.1 to 3600 is wanted`, {
            next: 'for example --interval 5',
          });
        const { followLogs } = await import('../logs/follow.ts');
        const stop = new AbortController();
        process.once('SIGINT', () => stop.abort());
        process.once('SIGTERM', () => stop.abort());
        await followLogs(
          inputs,
          { ...options, interval, fromStart: options.fromStart ?? false },
          (line) => say(`${line}\n`, options.format === 'json'),
          stop.signal,
        );
        return;
      }
      const { readNamedLogs } = await import('../logs/read-named.ts');
      const { summary, problems } = await readNamedLogs(inputs, options);
      const { renderJson, renderText } = await import('../logs/render.ts');
      const json = options.format === 'json';
      const { finished } = await import('../finished.ts');
      process.stdout.write(finished(json ? renderJson(summary) : renderText(summary), 'summary', json));
      for (const { input, what, next } of problems) tell(`${input}: ${what}\n  next: ${next}\n`);
      const failed =
        (options.failOn === 'cards' && summary.cards.total > 0) ||
        (options.failOn === 'attacks' && (summary.attacks?.attacks ?? 0) > 0) ||
        (options.failOn === 'secrets' && (summary.secrets?.total ?? 0) > 0) ||
        (options.failOn === 'windows' && failsOnWindows(summary));
      process.exitCode = failed ? EXIT.gateFailed : problems.some(({ named }) => named) ? EXIT.incomplete : EXIT.ok;
    });

  command
    .command('redact')
    .description(
      'Writes a copy with card numbers masked (first six, last four), track data, keys, tokens and passwords removed. A file is read twice, so that a card number is masked everywhere; standard input once, from its first place as a card on.',
    )
    .argument('<file>', 'a text file, gzipped or not, or - for standard input')
    .option('-o, --output <file>', 'where to write; standard output otherwise')
    .action(async (file: string, options: { output?: string }) => {
      const { redactFile } = await import('../logs/redact-file.ts');
      const counts = await redactFile(file, options.output);
      tell(
        `${counted(counts.lines, 'line')}, ${counted(counts.masked, 'number')} masked, ${counted(counts.secrets, 'secret')} removed\n`,
      );
      // A copy of a part is no clean copy of the file.
      for (const note of counts.notes) tell(`${file}: ${note}\n`);
      if (counts.notes.length > 0) process.exitCode = EXIT.incomplete;
    });

  command
    .command('why')
    .description('Why a Sigma rule matches or does not: part by part, for one line or over all of them.')
    .argument('<rule>', 'a rule file')
    .argument('<evidence...>', 'log files, folders or archives')
    .option('--line <number>', 'a line of the first file; all lines otherwise')
    .option('--zone <iana-zone>', 'time zone of lines that carry none')
    .option('--placeholders <file>', 'YAML with values for placeholders of Sigma rules such as %admins%')
    .action(async (rule: string, inputs: string[], _own: unknown, self: Command) => {
      const options = ownOptions<{ line?: string; zone?: string; placeholders?: string }>(self);
      const { explainRule } = await import('../logs/why.ts');
      const { finished } = await import('../finished.ts');
      process.stdout.write(finished(await explainRule(rule, inputs, options), 'explanation'));
    });

  command
    .command('merge')
    .description('Adds up what several machines wrote with --partial, as if one had read everything.')
    .argument('<partial...>', 'files written by "paymedic logs --partial"')
    .option('-f, --format <format>', 'text or json', 'text')
    .action(async (files: string[], _own: unknown, self: Command) => {
      const options = ownOptions<{ format: string }>(self);
      const { mergeFiles } = await import('../logs/merge.ts');
      const { renderJson, renderText } = await import('../logs/render.ts');
      const summary = mergeFiles(files);
      const json = options.format === 'json';
      const { finished } = await import('../finished.ts');
      process.stdout.write(finished(json ? renderJson(summary) : renderText(summary), 'summary', json));
    });

  command
    .command('plan')
    .description('The windows and rules as SQL for DuckDB or ClickHouse.')
    .argument(
      '[files...]',
      'access logs in the combined format, or what "paymedic logs export" wrote; tables otherwise',
    )
    .requiredOption('--emit <engine>', 'duckdb or clickhouse')
    .option('--sigma <path>', 'Sigma rules: a file, a folder, or "shipped" (default); repeatable', collect)
    .option('--table <name>', 'table of requests, when no files are named', 'requests')
    .action(async (files: string[], _own: unknown, self: Command) => {
      const options = ownOptions<{ emit: string; sigma?: string[]; table: string }>(self);
      const { planFor } = await import('../logs/engine.ts');
      const { planText } = await import('../../logs/plan/index.ts');
      say(planText(planFor(files, { ...options, engine: options.emit })));
    });

  command
    .command('export')
    .description('Writes requests and records as JSON lines for DuckDB, ClickHouse and whatever else reads them.')
    .argument('<evidence...>', 'log files, folders or archives')
    .requiredOption('-o, --output <folder>', 'new folder for requests.jsonl and records.jsonl')
    .option('--zone <iana-zone>', 'time zone of lines that carry none')
    .option('--now <time>', 'the time the logs were taken; gives dates without a year theirs')
    .option('--since <time>', 'ignore what is older (ISO-8601 or epoch seconds)')
    .option('--until <time>', 'ignore what is newer')
    .option('--budget <MiB>', 'memory for records', '1024')
    .action(async (inputs: string[], _own: unknown, self: Command) => {
      const options = ownOptions<{ output: string; zone?: string; now?: string; budget: string }>(self);
      const { exportLogs } = await import('../logs/export.ts');
      const { requests, records, notes } = await exportLogs(inputs, options);
      tell(`${counted(requests, 'request')}, ${counted(records, 'record')} in ${options.output}\n`);
      for (const note of notes) tell(`${note}\n`);
      process.exitCode = notes.length > 0 ? EXIT.incomplete : EXIT.ok;
    });
}
