/** `paymedic pcap`: what captures say about every TLS handshake, and why the failed ones failed. */

import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { clientGroups, ladder as Ladder, serverSummaries, timeline } from '../../capture/index.ts';
import type { Priority } from '../../finding.ts';
import type { HandshakeObservation } from '../../tls/types.ts';
import { EXIT, UserError } from '../exit.ts';
import { exitCodeOf, type InvestigationOptions, investigationOptions, shippedPlaybook } from '../investigate.ts';
import { optimizeLater } from '../optimizer.ts';
import { ownOptions } from '../shared-options.ts';
import { tell } from '../tell.ts';
import { type ColorChoice, languageOf, progressOn } from '../terminal.ts';
import { VERSION } from '../version.ts';

const VIEWS = ['flows', 'clients', 'servers', 'timeline', 'report'] as const;
type View = (typeof VIEWS)[number];

interface PcapOptions extends InvestigationOptions {
  flow?: string[];
  view?: string[];
  all?: boolean;
  limit?: string;
  keylog?: string[];
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];
const DEFAULT_LIMIT = 50;

export function register(program: Command): void {
  const command = program
    .command('pcap')
    .argument('<captures...>', 'pcap or pcapng files (gz, zst or plain), folders, or - for standard input')
    .description('One verdict per TLS handshake: who failed, at which layer, why, and the frames that show it.');
  investigationOptions(command)
    .option('--flow <number>', 'the ladder of one connection', collect)
    .option('--view <view>', `what the terminal shows, repeatable: ${VIEWS.join(', ')}`, collect)
    .option('--all', 'list connections that are fine or not judged, too')
    .option('--limit <count>', `rows of a table (default ${DEFAULT_LIMIT})`)
    .option('--keylog <file>', 'key log (SSLKEYLOGFILE) that opens encrypted handshake records, repeatable', collect)
    .addHelpText(
      'after',
      `
Examples
  $ paymedic pcap edge.pcap
  $ paymedic pcap client.pcapng server.pcapng --view servers
  $ paymedic pcap edge.pcap --flow 17
  $ paymedic pcap edge.pcap --format json
  $ tcpdump -r big.pcap -w - port 443 | paymedic pcap -
  $ paymedic pcap slice edge.pcap -o guilty.pcap     only the packets of failed handshakes
`,
    )
    .action(async (captures: string[], options: PcapOptions, self: Command) => {
      process.exitCode = await analyse(
        captures,
        options,
        (self.optsWithGlobals() as { color?: ColorChoice }).color ?? 'auto',
      );
    });
  command
    .command('slice')
    .argument('<capture>', 'the capture to cut')
    .requiredOption('-o, --output <file>', 'where the smaller capture goes (pcap)')
    .option('--flow <number>', 'this connection instead of all failed ones, repeatable', collect)
    .description('Write only the packets of failed handshakes; payload after the handshake is removed.')
    .action(async (capture: string, _own: unknown, self: Command) => {
      const options = ownOptions<{ output: string; flow?: string[] }>(self);
      const { sliceFile } = await import('../slice-file.ts');
      process.exitCode = await sliceFile(
        capture,
        options.output,
        (options.flow ?? []).map((flow) => wholeNumber('--flow', flow)),
      );
    });
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UserError(`${option} ${text}: expected a whole number`);
  return Number(text);
}

function chosenViews(values: string[] | undefined): View[] {
  if (!values) return ['flows', 'servers'];
  return values.map((value) => {
    const view = VIEWS.find((known) => known === value);
    if (!view) throw new UserError(`--view ${value}: there is no such view`, { next: `views: ${VIEWS.join(', ')}` });
    return view;
  });
}

/** Reads, judges and shows. Returns the exit code. */
async function analyse(captures: string[], options: PcapOptions, color: ColorChoice): Promise<number> {
  if (!['never', 'routine', 'important', 'urgent'].includes(options.failOn as Priority))
    throw new UserError(`--fail-on ${options.failOn}: there is no such priority`, {
      next: 'urgent, important, routine or never',
    });
  const views = chosenViews(options.view);
  const flow = options.flow === undefined ? undefined : wholeNumber('--flow', options.flow.at(-1)!);
  const limit = options.limit === undefined ? DEFAULT_LIMIT : wholeNumber('--limit', options.limit);
  const keyLogs = (options.keylog ?? []).map(readKeyLog);
  const { parseFormatRequests, writeReports } = await import('../output.ts');
  const requests = parseFormatRequests(options.format);
  const progress = progressOn(process.stderr, process.env);
  const [{ openEvidence }, { detectors, openSession }, { triageSteps }, { runPlaybook }, { loadKnowledge }, capture] =
    await Promise.all([
      import('../../evidence/index.ts'),
      import('../../triage/session.ts'),
      import('../../triage/steps.ts'),
      import('../../playbook/index.ts'),
      import('../../knowledge/load.ts'),
      import('../../capture/index.ts'),
    ]);
  optimizeLater();
  progress.say('taking the captures in');
  const opened = await openEvidence(captures, { stdin: process.stdin, detectors: await detectors() });
  const playbook = shippedPlaybook('triage');
  if (!playbook)
    throw new UserError('the playbook triage is missing from this installation', {
      exitCode: EXIT.internal,
      next: 'run: npm run build',
    });
  let session: ReturnType<typeof openSession>;
  try {
    session = openSession(opened, loadKnowledge(), {
      system: Date.now(),
      ...(options.now === undefined ? {} : { nowOption: options.now }),
      ...(keyLogs.length > 0 ? { keyLogs } : {}),
    });
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`--now: ${error.message}`);
    throw error;
  }
  if (!opened.sources.some((source) => source.item.kind === 'capture')) {
    for (const problem of opened.problems)
      tell(`paymedic: ${problem.input}: ${problem.what}\n  next: ${problem.next}\n`);
    if (!opened.problems.some((problem) => problem.named))
      tell('paymedic: no capture among the inputs\n  next: name a pcap or pcapng file\n');
    return EXIT.incomplete;
  }
  const result = await runPlaybook(playbook, {
    implementations: triageSteps(session),
    clock: { now: () => session.observations.clock.now },
    onProgress: (event) => progress.say(`[${event.number}/${event.total}] ${event.title}`),
  });
  const { finishReport } = await import('../../triage/finish.ts');
  const report = await finishReport(session, {
    version: VERSION,
    inputs: captures,
    playbook: { id: playbook.id, title: playbook.title, steps: result.steps },
  });
  const { handshakes } = session.observations;
  progress.done();
  const language = languageOf(options.lang, process.env);
  const choices = { color, language, ...(options.verbose ? { verbose: true } : {}), announce: !options.quiet };
  const toTerminal = requests.some((request) => request.format === 'terminal' && request.file === undefined);
  const others = requests.filter((request) => !(request.format === 'terminal' && request.file === undefined));
  if (others.length > 0) {
    report.handshakes = handshakes.map(capture.handshakeRow);
    await writeReports(report, others, process, choices);
  }
  if (toTerminal) {
    const { renderCaptureViews, renderLadder } = await import('../pcap-text.ts');
    const { finished } = await import('../finished.ts');
    const { traitsOf } = await import('../terminal.ts');
    const { width, unicode } = traitsOf(process.stdout, process.env, color);
    if (flow !== undefined) {
      const chosen = handshakes.filter((one) => one.flow === flow);
      if (chosen.length === 0)
        throw new UserError(`--flow ${flow}: there is no such connection`, {
          next: 'paymedic pcap FILE --all lists the numbers',
        });
      const ladders = chosen.map((one) => renderLadder(one, capture.ladder(one), width)).join('\n');
      process.stdout.write(finished(ladders, 'view'));
    } else {
      const text = renderCaptureViews(
        views.filter((view) => view !== 'report'),
        handshakes,
        session.observations.targets,
        {
          clients: () => capture.clientGroups(handshakes),
          servers: () => capture.serverSummaries(handshakes),
          timeline: () => capture.timeline(handshakes),
        },
        { width, unicode, limit, all: options.all === true },
      );
      process.stdout.write(finished(text, 'views'));
    }
    if (views.includes('report')) await writeReports(report, [{ format: 'terminal' }], process, choices);
  }
  if (!options.quiet) {
    for (const source of opened.sources)
      for (const note of source.item.notes ?? []) tell(`paymedic: ${source.item.path}: ${note}\n`);
    for (const problem of session.incomplete)
      tell(`paymedic: ${problem.input}: ${problem.what}\n  next: ${problem.next}\n`);
  }
  return exitCodeOf(report, options.failOn, session.incomplete.length > 0);
}

function readKeyLog(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    throw new UserError(`--keylog ${file}: ${(error as Error).message}`, {
      next: 'name the file that SSLKEYLOGFILE pointed to',
    });
  }
}

/** Suppliers of the views, so that only what is shown is computed. */
export interface ViewSuppliers {
  clients(): ReturnType<typeof clientGroups>;
  servers(): ReturnType<typeof serverSummaries>;
  timeline(): ReturnType<typeof timeline>;
}
export type LadderSteps = ReturnType<typeof Ladder>;
export type { HandshakeObservation, View };
