/** `paymedic waive`: writes an accepted finding into the waiver file, with everything an auditor will ask for. */
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { UserError } from '../exit.ts';
import { tell } from '../tell.ts';

interface WaiveOptions {
  subject: string;
  reason: string;
  owner: string;
  approvedBy: string;
  expires: string;
  ticket?: string;
  match?: string[];
  file: string;
  pciUsage?: string;
  pciRisk?: string;
  pciMonitoring?: string;
  pciChangeControl?: string;
  pciMigration?: string;
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

export function register(program: Command): void {
  program
    .command('waive')
    .argument('<finding>', 'id of the finding, as the report names it (a * at the end matches the rest)')
    .description('Accept a finding for a time: writes paymedic.waivers.yaml.')
    .requiredOption('--subject <id>', 'what the finding is about: host:port, file, certificate')
    .requiredOption('--reason <text>', 'why it is accepted')
    .requiredOption('--owner <name>', 'who will remove the cause')
    .requiredOption('--approved-by <name>', 'who accepted the risk')
    .requiredOption('--expires <date>', 'last day of the waiver, as 2027-03-31')
    .option('--ticket <id>', 'where it is tracked')
    .option('--match <name=value>', 'only findings whose data has this value, repeatable', collect)
    .option('--file <path>', 'the waiver file', 'paymedic.waivers.yaml')
    .option('--pci-usage <text>', 'PCI DSS A2.1.2: what the early TLS is used for')
    .option('--pci-risk <text>', 'PCI DSS A2.1.2: risk assessment and controls')
    .option('--pci-monitoring <text>', 'PCI DSS A2.1.2: how new vulnerabilities are watched')
    .option('--pci-change-control <text>', 'PCI DSS A2.1.2: how it is kept out of new environments')
    .option('--pci-migration <text>', 'PCI DSS A2.1.2: migration plan and date')
    .addHelpText(
      'after',
      `
Example
  $ paymedic waive ciphers/protocol-version --match protocol=TLSv1.0 --subject pos-gw.example:8443 \\
      --reason "terminals of type X until replacement" --owner pos-team --approved-by ciso --expires 2027-03-31`,
    )
    .action(async (finding: string, options: WaiveOptions) => {
      const { addWaiver, endOfDay } = await import('../../policy/index.ts');
      if (/^\*?$/.test(finding))
        throw new UserError('a waiver for every finding is none', { next: 'name the id of the finding' });
      const expires = endOfDay(options.expires);
      if (Number.isNaN(expires))
        throw new UserError(`--expires ${options.expires}: no such date`, { next: 'write it as 2027-03-31' });
      if (expires < Date.now())
        throw new UserError(`--expires ${options.expires}: that day is past`, { next: 'name a day to come' });
      const a2 = {
        usage: options.pciUsage,
        risk: options.pciRisk,
        monitoring: options.pciMonitoring,
        change_control: options.pciChangeControl,
        migration: options.pciMigration,
      };
      const given = Object.entries(a2).filter((e): e is [string, string] => e[1] !== undefined);
      if (given.length > 0 && given.length < 5) {
        throw new UserError('PCI DSS A2.1.2 asks for all five elements', {
          next: 'give --pci-usage, --pci-risk, --pci-monitoring, --pci-change-control and --pci-migration',
        });
      }
      const before = existsSync(options.file) ? readFileSync(options.file, 'utf8') : '';
      const result = addWaiver(before, {
        finding,
        subject: options.subject,
        ...(options.match ? { match: matchOf(options.match) } : {}),
        owner: options.owner,
        approved_by: options.approvedBy,
        reason: options.reason,
        ...(options.ticket ? { ticket: options.ticket } : {}),
        expires: options.expires,
        ...(given.length === 5 ? { pci_a2: Object.fromEntries(given) } : {}),
      });
      if ('refused' in result)
        throw new UserError(`${options.file}: ${result.refused}`, { next: 'correct the file first' });
      const { writeFileAtomically } = await import('../output.ts');
      writeFileAtomically(options.file, result.text);
      tell(`waived ${finding} on ${options.subject} until ${options.expires} in ${options.file}\n`);
    });
}

function matchOf(pairs: string[]): { [name: string]: string } {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at <= 0) throw new UserError(`--match ${pair}: write it as name=value`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
