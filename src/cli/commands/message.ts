/** `paymedic message`: verifies signed payment messages and says why a signature does not hold. */
import { type Command, Option } from 'commander';
import type { MessageOptions } from '../message/run.ts';
import type { ColorChoice } from '../terminal.ts';

const collect = (value: string, before: string[] = []): string[] => [...before, value];

export function register(program: Command): void {
  const message = program
    .command('message')
    .description('Verify signed payment messages: webhooks, API requests and responses, JWS, SET, CMS, XML signatures.')
    .helpCommand(false);
  message
    .command('verify')
    .argument('[file...]', 'messages: raw HTTP, JSON, forms, tokens, log lines, headers and body side by side')
    .description(
      'Verify messages; a signature that does not hold is explained by a cause of the catalogue, with proof.',
    )
    .option('--scheme <id|file>', 'scheme, or a YAML file that describes one (default: found from the message)')
    .option(
      '--key <file>',
      'certificate, public or private key, or JWK set, repeatable; - reads standard input',
      collect,
    )
    .option(
      '--secret-file <file>',
      'shared secrets, one per line or name=value, repeatable; - reads standard input',
      collect,
    )
    .addOption(new Option('--secret <value>').hideHelp())
    .option('--passphrase-file <file>', 'passphrase of encrypted private keys')
    .option('--at <time>', 'when the messages were received (ISO-8601 or epoch seconds); default: as each message says')
    .option('--direction <side>', 'request (ours), response or callback, where the message does not tell')
    .option(
      '--set <name=value>',
      'what a message does not carry and is no secret, e.g. webhook-id=WH-1, repeatable',
      collect,
    )
    .option('--list-schemes', 'print the schemes')
    .option(
      '-f, --format <format[=file]>',
      'output format, repeatable: terminal, json, sarif, junit, markdown, ...',
      collect,
    )
    .option('--fail-on <priority>', 'exit 1 at or above: urgent, important, routine, never', 'important')
    .option('--lang <language>', 'en or zh (default: the locale)')
    .option('-v, --verbose', 'everything, the steps of every message included')
    .option('-q, --quiet', 'no notices on standard error')
    .addHelpText(
      'after',
      `
Keys and secrets are read from files or standard input, never from the command line, and are never printed.

Examples
  $ paymedic message verify hook.http --secret-file webhook.secret
  $ paymedic message verify notify.http --key wechatpay_platform.pem --secret-file apiv3.key --at 2026-03-20T02:16:05Z
  $ paymedic message verify order.form --scheme unionpay --key merchant.cer --format json
  $ pass show stripe/webhook | paymedic message verify captures/*.http --secret-file -`,
    )
    .action(async (files: string[], options: MessageOptions, self: Command) => {
      const { runVerify } = await import('../message/run.ts');
      process.exitCode = await runVerify(
        files,
        options,
        (self.optsWithGlobals() as { color?: ColorChoice }).color ?? 'auto',
      );
    });
}
