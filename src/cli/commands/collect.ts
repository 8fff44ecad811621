import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT, UserError } from '../exit.ts';
import { say } from '../say.ts';
import { tell } from '../tell.ts';
import { progressOn } from '../terminal.ts';

const LOGS = [
  '/var/log/nginx',
  '/var/log/haproxy.log',
  '/var/log/apache2',
  '/var/log/httpd',
  '/var/log/stunnel4',
  '/var/log/syslog',
  '/var/log/messages',
];
const CONFIGURATIONS = [
  '/etc/nginx',
  '/etc/haproxy',
  '/etc/apache2',
  '/etc/httpd',
  '/etc/stunnel',
  '/etc/ssl/openssl.cnf',
];

interface Options {
  output: string;
  log?: string[];
  config?: string[];
  dns?: string[];
  hours: string;
  maxMb: string;
  capture?: string;
  interface: string;
  port: string;
  list?: boolean;
}

function positive(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || value > most)
    throw new UserError(`${option} ${text}: expected a number above 0 and at most ${most}`);
  return value;
}

/** Names that the project file calls its own or its partners'. */
async function hostsOfProject(): Promise<string[]> {
  const { projectInForce } = await import('../project/defaults.ts');
  const { topology } = projectInForce();
  const names = [...(topology?.ownDomains ?? []), ...(topology?.legs.flatMap((leg) => leg.to ?? []) ?? [])];
  return [...new Set(names)].filter((name) => /^(?=.*[a-z])[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name));
}

/** `paymedic collect`: a bundle from this host. Reads only; `--list` shows what would be done. */
export function register(program: Command): void {
  const append = (value: string, before: string[] = []) => [...before, value];
  program
    .command('collect')
    .description(
      'Make a bundle on this host with listed read-only commands and copies: logs, configurations, certificates without keys, clocks, names, versions.',
    )
    .requiredOption('-o, --output <folder>', 'new folder for the bundle')
    .option('--log <path>', 'log file or folder, repeatable (default: the usual places)', append)
    .option(
      '--config <path>',
      'configuration or certificate file or folder, repeatable (default: the usual places)',
      append,
    )
    .option('--dns <name>', 'record what this name resolves to, repeatable (default: hosts of paymedic.yaml)', append)
    .option('--hours <n>', 'logs written to within this many hours', '24')
    .option('--max-mb <n>', 'at most this much of each log, from its end', '200')
    .option('--capture <seconds>', 'also capture packets for so long (needs tcpdump and the right to)')
    .option('--interface <name>', 'interface of the capture', 'any')
    .option('--port <n>', 'TCP port of the capture', '443')
    .option('--list', 'only show what would be run and copied')
    .addHelpText(
      'after',
      '\nFiles with private keys are never copied. Share the bundle only after: paymedic redact FOLDER\n\nExamples\n  $ paymedic collect --output incident-42 --list\n  $ sudo paymedic collect --output incident-42 --hours 6\n  $ sudo paymedic collect --output incident-42 --capture 30 --port 8443\n',
    )
    .action(async (options: Options) => {
      const out = resolve(options.output);
      if (existsSync(out)) throw new UserError(`${out} exists already`, { next: 'name a new folder' });
      if (!/^[A-Za-z0-9._:-]{1,32}$/.test(options.interface))
        throw new UserError(`--interface ${options.interface}: not a name of an interface`);
      const { collect, planCollection } = await import('../reports/collect.ts');
      const now = Date.now();
      const settings = {
        out,
        logs: options.log ?? LOGS,
        configurations: options.config ?? CONFIGURATIONS,
        names: options.dns ?? (await hostsOfProject()),
        since: now - positive('--hours', options.hours, 24 * 366) * 3_600_000,
        now,
        maxBytes: positive('--max-mb', options.maxMb, 4096) * 2 ** 20,
        ...(options.capture
          ? {
              capture: {
                seconds: positive('--capture', options.capture, 3600),
                interface: options.interface,
                port: positive('--port', options.port, 65535),
              },
            }
          : {}),
      };
      const plan = planCollection(settings);
      if (options.list) {
        for (const { argv } of plan.commands) say(`run   ${argv.join(' ')}\n`);
        for (const name of settings.names) say(`ask   ${name}\n`);
        for (const { from } of plan.copies) say(`copy  ${from}\n`);
        process.exitCode = EXIT.ok;
        return;
      }
      const progress = progressOn(process.stderr, process.env);
      const { items, problems } = await collect(plan, settings, progress.say);
      progress.done();
      say(`${out}: ${items.length} items\n`);
      for (const { what, why } of problems) tell(`${what}: ${why}\n`);
      process.exitCode = EXIT.ok;
    });
}
