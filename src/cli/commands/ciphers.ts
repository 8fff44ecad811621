/** `paymedic ciphers`: what servers and configurations negotiate, judged by a policy. */
import type { Command } from 'commander';
import type { CiphersOptions } from '../ciphers/run.ts';
import type { ColorChoice } from '../terminal.ts';

const collect = (value: string, before: string[] = []): string[] => [...before, value];

export function register(program: Command): void {
  const ciphers = program
    .command('ciphers')
    .argument(
      '[target...]',
      'host:port of a live server, or configuration files (nginx, Apache, HAProxy, stunnel, Tomcat, Envoy, java.security, ...)',
    )
    .description('Enumerate live servers, compute what configurations really do, and gate on cited policies.')
    .option('-p, --policy <id|file>', 'policy to judge by, repeatable (default: bcp195)', collect)
    .option('--list-policies', 'print the shipped policies')
    .option(
      '--targets <file>',
      'file with one "host:port [sni=NAME] [starttls=PROTOCOL] [software=NAME/VERSION]" per line',
    )
    .option(
      '-f, --format <format[=file]>',
      'output format, repeatable: terminal, json, sarif, junit, gitlab, github, markdown, ...',
      collect,
    )
    .option('--fail-on <priority>', 'exit 1 at or above: urgent, important, routine, never', 'important')
    .option('--waivers <file>', 'accepted findings (default: paymedic.waivers.yaml when it exists)')
    .option('--baseline <file>', 'an earlier --format json report')
    .option('--only-new', 'with --baseline: only what the baseline does not know counts')
    .option('--only-changed-since <revision>', 'only configuration files that git says changed since then')
    .option('--sni <name>', 'server name to send (default: the host)')
    .option('--starttls <protocol>', 'upgrade first: smtp, imap, pop3, ftp, ldap, postgres, mysql, xmpp, ...')
    .option('--openssl <version>', 'OpenSSL behind a configuration: 1.0.2, 1.1.1, 3.0 or 3.5', '3.0')
    .option('--upstream-openssl', 'the OpenSSL is built as upstream does, not as Debian does (security level 1, not 2)')
    .option('--software <name/version>', 'server software, for defaults and fix lines, e.g. nginx/1.22.1')
    .option('--root <folder>', 'where the absolute paths of a configuration begin')
    .option(
      '--deep',
      'also signature algorithms, ALPN, TLS_FALLBACK_SCSV, renegotiation, Heartbleed and early ChangeCipherSpec',
    )
    .option('--slow', 'four connections per second, one at a time, for links in trouble')
    .option('--budget <connections>', 'connections per endpoint at most')
    .option('--rate <per-second>', 'new connections per second at most')
    .option('--concurrency <connections>', 'connections open at the same time')
    .option('--timeout <milliseconds>', 'patience with one connection')
    .option('--now <time>', 'time at which dates of policies and waivers are judged')
    .option('--lang <language>', 'en or zh (default: the locale)')
    .option('-v, --verbose', 'everything')
    .addHelpText(
      'after',
      `
Examples
  $ paymedic ciphers pay.example.com:443
  $ paymedic ciphers nginx.conf --policy tlsref-6.0-intermediate --openssl 3.0
  $ paymedic ciphers --targets endpoints.txt --policy pci-dss-4.0.1 --format sarif=tls.sarif --format terminal
  $ paymedic ciphers gw.example:8443 nginx.conf        what the file says against what the port offers
  $ paymedic ciphers plan --policy tlsref-6.0-modern --server nginx.conf --clients`,
    )
    .action(async (targets: string[], options: CiphersOptions, self: Command) => {
      const { runCiphers } = await import('../ciphers/run.ts');
      process.exitCode = await runCiphers(
        targets,
        options,
        (self.optsWithGlobals() as { color?: ColorChoice }).color ?? 'auto',
      );
    });
  registerPlan(ciphers);
}

function registerPlan(ciphers: Command): void {
  ciphers
    .command('plan')
    .description('What breaks if: which clients would fail against a server after a change.')
    .option('-p, --policy <id|file>', 'the server after the change: what this policy leaves')
    .option('--server <target|file>', 'a live server or a configuration, as it is now or after the change')
    .option('--capture <file>', 'ClientHellos really seen, from a capture, repeatable', collect)
    .option('--clients', 'client profiles that ship with paymedic')
    .option('--key <type>', 'certificate key of the server: RSA, ECDSA or both', 'both')
    .option('--openssl <version>', 'OpenSSL behind a configuration', '3.0')
    .option('-f, --format <format>', 'terminal or json', 'terminal')
    .action(async (_own: unknown, self: Command) => {
      const { runPlan } = await import('../ciphers/plan.ts');
      process.exitCode = await runPlan(self.optsWithGlobals());
    });
}
