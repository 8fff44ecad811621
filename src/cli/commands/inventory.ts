import type { Command } from 'commander';
import { EXIT, UserError } from '../exit.ts';
import { shippedPlaybook } from '../investigate.ts';
import { tell } from '../tell.ts';
import { languageOf } from '../terminal.ts';
import { VERSION } from '../version.ts';

/** Steps of the triage playbook that read what an inventory lists. */
const STEPS = new Set(['read/facts', 'read/configurations', 'read/certificates', 'read/captures', 'probe/endpoints']);

/** `paymedic inventory`: certificates, keys, protocols and suites of files, hosts and captures together. */
export function register(program: Command): void {
  program
    .command('inventory')
    .argument('<evidence...>', 'folders, files, captures, or host:port')
    .description('Inventories for an assessor: CycloneDX CBOM, PCI DSS 4.2.1.1 and 12.3.3, as CSV, JSON or HTML.')
    .option(
      '-f, --format <format[=file]>',
      'cbom, cbom-1.7, pci-certificates, pci-ciphers, html, json, ics, prometheus; repeatable',
      (value: string, before: string[] = []) => [...before, value],
    )
    .option('--now <time>', 'time at which validity is judged')
    .option('--lang <language>', 'en or zh (default: the locale)')
    .option('-q, --quiet', 'no notices on standard error')
    .addHelpText(
      'after',
      '\nExamples\n  $ paymedic inventory /etc/nginx /etc/ssl/certs\n  $ paymedic inventory ./evidence pay.example.com:443 --format cbom=cbom.json --format pci-certificates=keys.csv --format pci-ciphers=suites.csv\n',
    )
    .action(
      async (evidence: string[], options: { format?: string[]; now?: string; lang?: string; quiet?: boolean }) => {
        const [
          { parseFormatRequests, writeReports },
          { openEvidence },
          { detectors, openSession },
          { triageSteps },
          { runPlaybook },
          { loadKnowledge },
          { finishReport },
          { withPictures },
        ] = await Promise.all([
          import('../output.ts'),
          import('../../evidence/index.ts'),
          import('../../triage/session.ts'),
          import('../../triage/steps.ts'),
          import('../../playbook/index.ts'),
          import('../../knowledge/load.ts'),
          import('../../triage/finish.ts'),
          import('../../diagnosis/pictures/index.ts'),
        ]);
        const requests = parseFormatRequests(options.format ?? ['pci-certificates']);
        const playbook = shippedPlaybook('triage');
        if (!playbook)
          throw new UserError('the playbook triage is missing from this installation', {
            exitCode: EXIT.internal,
            next: 'run: npm run build',
          });
        const opened = await openEvidence(evidence, { stdin: process.stdin, detectors: await detectors() });
        const session = openSession(opened, loadKnowledge(), {
          system: Date.now(),
          ...(options.now !== undefined ? { nowOption: options.now } : {}),
        });
        const steps = (playbook.phases.investigate ?? []).filter((s) => s.uses !== undefined && STEPS.has(s.uses));
        const reading = { ...playbook, id: 'inventory', title: 'Inventory', phases: { investigate: steps } };
        const result = await runPlaybook(reading, {
          implementations: triageSteps(session),
          clock: { now: () => session.observations.clock.now },
        });
        const report = await finishReport(session, {
          version: VERSION,
          inputs: evidence,
          playbook: { id: reading.id, title: reading.title, steps: result.steps },
        });
        await writeReports(withPictures(report, session.observations), requests, process, {
          language: languageOf(options.lang, process.env),
          announce: !options.quiet,
        });
        const problems = [
          ...session.incomplete.map((p) => ({ input: p.input, what: p.what, next: p.next })),
          ...opened.problems.filter((p) => p.named && !session.incomplete.some(({ input }) => input === p.input)),
        ];
        const { certificates = [], protocols = [] } = report.inventory ?? {};
        if (problems.length === 0 && certificates.length + protocols.length === 0)
          problems.push({
            input: evidence.join(' '),
            what: 'holds no certificate, key, server configuration or handshake',
            next: 'name certificate files, configurations, captures or host:port',
          });
        for (const p of problems) tell(`paymedic: ${p.input}: ${p.what}\n  next: ${p.next}\n`);
        process.exitCode = problems.length ? EXIT.incomplete : EXIT.ok;
      },
    );
}
