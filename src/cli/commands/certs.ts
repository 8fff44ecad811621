import type { Command } from 'commander';
import type { CertsOptions } from '../certs/run.ts';
import type { ColorChoice } from '../terminal.ts';

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** `paymedic certs`: audits certificates, keys and revocation data in files and on live hosts. */
export function register(program: Command): void {
  program
    .command('certs')
    .argument('[input...]', 'files, folders, host:port')
    .description(
      'Audit certificates, keys and revocation data: expiry, chains, rules, weak and exposed keys, swapped identities.',
    )
    .option(
      '-f, --format <format[=file]>',
      'output format, repeatable: terminal, json, csv, prometheus, nagios, ics, ...',
      collect,
    )
    .option('--fail-on <priority>', 'exit 1 at or above: urgent, important, routine, never', 'important')
    .option('--now <time>', 'time at which validity is judged (ISO-8601 or epoch seconds)')
    .option(
      '--trust <system|mozilla|file>',
      'trusted certificates, repeatable; without them no path is judged (mozilla: the store that the runtime carries)',
      collect,
    )
    .option('--role <role>', 'what the certificates are used as: server, client or any', 'any')
    .option('--profile <profile>', 'rules: auto, web (public web servers), private or client (mutual TLS)', 'auto')
    .option('--warnings', 'also what the rules only recommend')
    .option(
      '--targets <file>',
      'live targets: one host:port per line, or YAML with target, owner, role, link, backends, file',
    )
    .option('--starttls <protocol>', 'smtp, imap, pop3, ftp, ldap, postgres, mysql, xmpp')
    .option('--servername <name>', 'name sent to live targets (SNI) and expected in the certificate')
    .option('--cert <file>', 'client certificate for servers that ask for one')
    .option('--key <file>', 'its key')
    .option('--online', 'also fetch revocation lists, OCSP answers and issuer certificates from the hosts of --allow')
    .option('--allow <host>', 'a host that --online may ask, repeatable; *.example.com for all below', collect)
    .option('--timeout <seconds>', 'for each endpoint', '10')
    .option('--concurrency <number>', 'endpoints at once', '256')
    .option('--password-file <file>', 'passwords for PKCS#12 stores, one per line')
    .option('--blocklist <file>', 'known keys in the format of badkeys')
    .option('--ct-logs <file>', 'log list of certificate transparency (version 3), to check timestamps with')
    .option('--pins <file>', 'known identities (JSON, YAML or the CSV of an inventory)')
    .option('--write-pins <file>', 'record the identities of this run for later --pins')
    .option('--waivers <file>', 'accepted findings (default: paymedic.waivers.yaml when it exists)')
    .option('--baseline <file>', 'an earlier --format json report')
    .option('--only-new', 'with --baseline: only what the baseline does not know counts')
    .option('--state <file>', 'remember between scheduled runs: each finding is reported once')
    .option('--lang <language>', 'en or zh (default: the locale)')
    .option('-v, --verbose', 'everything')
    .option('-q, --quiet', 'no notices on standard error')
    .addHelpText(
      'after',
      `
Examples
  $ paymedic certs /etc/ssl /srv/gateway/tls
  $ paymedic certs pay.example.com:443 --trust system
  $ paymedic certs --targets links.yaml --state /var/lib/paymedic/certs.json --format prometheus=/var/lib/node_exporter/certs.prom
  $ paymedic certs client.pem --role client --now 2026-05-30T10:48:38Z
`,
    )
    .action(async (inputs: string[], options: CertsOptions, self: Command) => {
      const { runCerts } = await import('../certs/run.ts');
      process.exitCode = await runCerts(
        inputs,
        options,
        (self.optsWithGlobals() as { color?: ColorChoice }).color ?? 'auto',
      );
    });
}
