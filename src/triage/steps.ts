/** The steps that a playbook can use, each wiring one room to the shared session. Rooms are loaded when a step runs. */

import { keepHeapClose } from '../evidence/heap.ts';
import type { EvidenceItem, EvidenceKind, EvidenceSource } from '../evidence/types.ts';
import { EvidenceTooLarge } from '../evidence/types.ts';
import type { Json } from '../finding.ts';
import { isoTime } from '../instant.ts';
import { append } from '../lists.ts';
import { STEP_CATALOGUE } from '../playbook/catalogue.ts';
import type { StepContext, StepImplementation, StepResult } from '../playbook/steps.ts';
import { counted } from '../wording.ts';
import { findingsOf } from './adopt.ts';
import { emptyLogs } from './empty.ts';
import { explain, judge } from './judge.ts';
import { type Session, sourcesOf, wildcard, withinTime } from './session.ts';

const CONFIG_BYTES = 4 * 2 ** 20;
const CERTIFICATE_BYTES = 32 * 2 ** 20;
/** Text of log records kept whole; beyond it frequent ordinary shapes are sampled and counted. */
const RECORD_BYTES = 8 * 2 ** 20;

const strings = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
const note = (item: EvidenceItem, text: string): void => {
  item.notes = [...(item.notes ?? []), text];
};
const span = (item: EvidenceItem, from: number | undefined, to: number | undefined): void => {
  if (from !== undefined && to !== undefined && Number.isFinite(from) && Number.isFinite(to))
    item.span = { from: isoTime(from), to: isoTime(to) };
};

/** Reads a whole file of a small kind; what cannot be read is noted, never thrown. */
async function wholeFile(source: EvidenceSource, limit: number): Promise<Buffer | undefined> {
  try {
    return await source.bytes(limit);
  } catch (error) {
    note(
      source.item,
      error instanceof EvidenceTooLarge
        ? `larger than ${limit} bytes, not read`
        : `could not be read: ${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  }
}

/** What can lie beside a pasted excerpt without showing a system at work itself. */
const BESIDE_PASTED: ReadonlySet<EvidenceKind> = new Set([
  'text',
  'structured',
  'certificate',
  'key',
  'crl',
  'csr',
  'ocsp',
  'empty',
]);
const PASTED_BYTES = 256 * 1024;

/**
 * What somebody pasted: the output of a client, an answer of a partner, one line of a log. It is read for what software
 * says only where no log, capture or table is there that would say it with a time.
 */
function pasted(session: Session, patterns: readonly string[]): EvidenceSource[] {
  if (session.opened.sources.some((s) => !BESIDE_PASTED.has(s.item.kind))) return [];
  return sourcesOf(session, ['text', 'structured'], patterns).filter((s) => s.item.size <= PASTED_BYTES);
}

type Run = (session: Session, context: StepContext, inputs: Record<string, Json>) => Promise<StepResult>;

const RUN: { [uses: string]: Run } = {
  'read/facts': async (session, _context, inputs) => {
    const { readSmallFacts } = await import('../evidence/facts/index.ts');
    const paths = strings(inputs.paths);
    const tests = paths.map(wildcard);
    const sources = session.opened.sources.filter((s) => tests.length === 0 || tests.some((t) => t(s.item.path)));
    session.observations.facts = await readSmallFacts(sources, {
      now: session.observations.clock.now,
      ...(session.options.zone ? { zone: session.options.zone } : {}),
    });
    const f = session.observations.facts;
    if (session.options.topology) f.topology.push(session.options.topology);
    return {
      outcome: 'passed',
      because: `${counted(f.changes.length, 'change')}, ${counted(f.topology.length, 'topology', 'topologies')}, ${counted(f.clocks.length, 'clock')}, ${counted(f.settings.length, 'setting')}`,
    };
  },

  'read/configurations': async (session, _context, inputs) => {
    const { readServerConfig } = await import('../ciphers/config/index.ts');
    let files = 0;
    for (const source of sourcesOf(session, ['server-config', 'structured', 'text'], strings(inputs.paths))) {
      // Any text may be a configuration, but nothing is missing where a long one was not tried.
      const isOne = source.item.kind === 'server-config';
      const bytes = isOne
        ? await wholeFile(source, CONFIG_BYTES)
        : await source.bytes(CONFIG_BYTES).catch(() => undefined);
      if (!bytes) continue;
      const observed = readServerConfig(bytes.toString('utf8'), source.item.path);
      if (!observed) {
        if (isOne) note(source.item, 'looked like a server configuration, but no reader understood it');
        continue;
      }
      files++;
      session.observations.configurations.push(observed);
      source.item.counts = { directives: observed.directives.length, problems: observed.problems.length };
    }
    return files
      ? { outcome: 'passed', because: counted(files, 'configuration file') }
      : { outcome: 'skipped', because: 'no server configuration in the evidence' };
  },

  'read/certificates': async (session, _context, inputs) => {
    const sources = sourcesOf(session, ['certificate', 'key', 'crl', 'csr', 'ocsp', 'keystore'], strings(inputs.paths));
    if (sources.length === 0) return { outcome: 'skipped', because: 'no certificate, key or list in the evidence' };
    const { readCertificates } = await import('../x509/observe.ts');
    let certificates = 0;
    for (const source of sources) {
      const bytes = await wholeFile(source, CERTIFICATE_BYTES);
      if (!bytes) continue;
      const observed = readCertificates(bytes, source.item.path);
      session.observations.certificates.push(observed);
      certificates += observed.certificates.length;
      source.item.counts = {
        certificates: observed.certificates.length,
        revocationLists: observed.revocationLists.length,
        keys: observed.keys.length,
      };
      for (const problem of observed.problems) note(source.item, problem);
      for (const [i, c] of observed.certificates.entries()) {
        if (c.defects[0])
          note(
            source.item,
            `certificate ${i + 1}: ${c.defects[0].says} (byte ${c.defects[0].offset} of its DER)${c.defects.length > 1 ? `, and ${c.defects.length - 1} more defects` : ''}`,
          );
      }
    }
    return session.observations.certificates.length
      ? { outcome: 'passed', because: counted(certificates, 'certificate') }
      : { outcome: 'skipped', because: 'no certificate, key or list in the evidence' };
  },

  'read/captures': async (session, context, inputs) => {
    const sources = sourcesOf(session, ['capture'], strings(inputs.paths));
    if (sources.length === 0) return { outcome: 'skipped', because: 'no packet capture in the evidence' };
    const { readCaptures } = await import('../capture/read.ts');
    context.progress(`reading ${counted(sources.length, 'capture')}`);
    const read = await readCaptures(
      sources.map((s) => ({ file: s.item.path, source: withinTime(session, s).passing() })),
      session.options.keyLogs ? { keyLogs: session.options.keyLogs } : {},
    );
    append(session.observations.handshakes, read.handshakes);
    append(session.observations.targets, read.targets);
    for (const file of read.files) {
      const item = sources.find((s) => s.item.path === file.file)?.item;
      if (!item) continue;
      item.counts = { ...file.counts };
      item.notes = [...(item.notes ?? []), ...file.notes];
      span(item, file.span?.from, file.span?.to);
    }
    return {
      outcome: 'passed',
      because: `${counted(read.handshakes.length, 'connection')} in ${counted(sources.length, 'capture')}`,
    };
  },

  'read/logs': async (session, context, inputs) => {
    const { approximations, compileLexicon, fitsConfigured, readLogs } = await import('../logs/index.ts');
    const { layouts } = session.options;
    const { inNamedLayout } = layouts ? await import('./named-layouts.ts') : {};
    const configured = session.observations.configurations.flatMap((c) => c.logFormats);
    const logFormats = [...(layouts?.formats ?? []), ...configured];
    // Only the configuration tells that lines of an own layout are requests.
    const logs = sourcesOf(
      session,
      logFormats.length > 0 ? ['log', 'text', 'table'] : ['log'],
      strings(inputs.paths),
    ).filter((s) => s.item.kind === 'log' || fitsConfigured(s.head, logFormats));
    const sources = logs.length > 0 ? logs : pasted(session, strings(inputs.paths));
    if (sources.length === 0) return { outcome: 'skipped', because: 'no log in the evidence' };
    context.progress(`reading ${counted(sources.length, 'log')}`);
    keepHeapClose(sources.map(({ item }) => item.size));
    const zone = session.options.zone ?? session.observations.facts.topology.find((t) => t.zone)?.zone;
    const { since, until } = session.options;
    session.observations.logs = await readLogs(
      sources.map((s) => {
        const input = {
          file: s.item.path,
          head: s.head,
          chunks: () => withinTime(session, s).passing(),
          ...(s.modified !== undefined ? { modified: s.modified } : {}),
          ...(s.layout !== undefined ? { layout: s.layout } : {}),
        };
        return inNamedLayout ? inNamedLayout(input, layouts!) : input;
      }),
      {
        lexicon: compileLexicon(session.knowledge.lexicon as never),
        budgetBytes: RECORD_BYTES,
        counting: 'operations',
        now: session.observations.clock.now,
        logFormats,
        ...(zone ? { zone, zoneSource: session.options.zone ? ('option' as const) : ('topology' as const) } : {}),
        ...(since !== undefined ? { since } : {}),
        ...(until !== undefined ? { until } : {}),
      },
    );
    for (const source of sources) source.noteChange?.();
    // Prose in which no software speaks stays what it was.
    if (logs.length === 0 && session.observations.logs.events.length === 0) {
      session.observations.logs = emptyLogs();
      return { outcome: 'skipped', because: 'no log in the evidence, and no words of software in its texts' };
    }
    for (const s of session.observations.logs.sources) {
      const item = sources.find((x) => x.item.path === s.file)?.item;
      if (!item) continue;
      item.format = s.format;
      item.counts = { lines: s.lines, parsed: s.parsed, unparsed: s.unparsed };
      span(item, s.first, s.last);
      if (s.zone.source === 'assumed-utc' && s.parsed > 0) note(item, 'its lines carry no time zone; UTC was assumed');
    }
    session.observations.logs.approximated = approximations(session.observations.logs);
    const lines = session.observations.logs.sources.reduce((n, s) => n + s.lines, 0);
    return { outcome: 'passed', because: `${counted(lines, 'line')} in ${counted(sources.length, 'log')}` };
  },

  'read/transactions': async (session, _context, inputs) => {
    const { readTransactions } = await import('../transactions/index.ts');
    const sources = sourcesOf(session, ['transactions', 'table', 'log'], strings(inputs.paths));
    const zone = session.options.zone ?? session.observations.facts.topology.find((t) => t.zone)?.zone;
    session.observations.transactions = await readTransactions(
      sources.map((s) => withinTime(session, s)),
      {
        now: session.observations.clock.now,
        ...(zone ? { zone } : {}),
        ...(session.options.codes && { codes: session.options.codes }),
      },
    );
    const { tables } = session.observations.transactions;
    const rows = tables.reduce((n, t) => n + t.length, 0);
    return tables.length
      ? { outcome: 'passed', because: `${counted(rows, 'payment')} in ${counted(tables.length, 'table')}` }
      : { outcome: 'skipped', because: 'no transaction table in the evidence' };
  },

  'read/messages': async (session) => {
    const { readMessages } = await import('../messages/index.ts');
    session.observations.messages = await readMessages(
      session.opened.sources,
      session.observations.certificates,
      session.observations.facts.settings,
    );
    const found = session.observations.messages;
    const valid = found.filter((m) => m.result === 'valid').length;
    return found.length
      ? { outcome: 'passed', because: `${counted(found.length, 'signed message')}, ${valid} valid` }
      : { outcome: 'skipped', because: 'no signed message in the evidence' };
  },

  'probe/endpoints': async (session, context, inputs) => {
    const named = strings(inputs.targets).map((t) => {
      const at = t.lastIndexOf(':');
      const port = Number(t.slice(at + 1));
      if (at < 1 || !Number.isInteger(port) || port < 1 || port > 65_535)
        throw new Error(`"${t}" is no endpoint: write host:port`);
      return { host: t.slice(0, at), port };
    });
    const targets = named.length ? named : session.opened.endpoints;
    if (targets.length === 0) return { outcome: 'skipped', because: 'no endpoint was named' };
    const { probeTargets } = await import('./probe.ts');
    return probeTargets(session, targets, context);
  },

  'judge/checks': async (session, _context, inputs) => {
    await judge(session, strings(inputs.groups));
    return {
      outcome: 'passed',
      because: `${counted(session.checks?.ran.length ?? 0, 'check')}, ${counted(session.checks?.findings.length ?? 0, 'finding')}`,
    };
  },

  'explain/diagnosis': async (session, _context, inputs) => {
    if (!session.graph || !session.checks) return { outcome: 'skipped', because: 'nothing was judged' };
    await explain(session, strings(inputs.causes));
    const lead = session.diagnosis[0];
    return {
      outcome: 'passed',
      because: lead ? `${lead.cause} (${Math.round(lead.confidence * 100)} %)` : 'no cause',
      output: session.diagnosis.map((d) => d.cause),
    };
  },

  'plan/remedy': async (session) => {
    const steps = session.diagnosis.reduce((n, d) => n + d.remedy.length, 0);
    return steps
      ? { outcome: 'passed', because: `${counted(steps, 'step')} for ${counted(session.diagnosis.length, 'cause')}` }
      : { outcome: 'skipped', because: 'no cause to repair' };
  },

  'verify/findings': async (session, _context, inputs) => {
    const findings = findingsOf(session);
    const patterns = strings(inputs.findings).map(wildcard);
    const causes = strings(inputs.causes);
    const rank = { urgent: 3, important: 2, routine: 1 } as const;
    const least = rank[(inputs.priority as keyof typeof rank) ?? 'routine'] ?? 1;
    const left = findings.filter(
      (f) =>
        rank[f.priority] >= least &&
        (patterns.length === 0 || patterns.some((t) => t(f.id))) &&
        (causes.length === 0 || (f.cause !== undefined && causes.includes(f.cause))),
    );
    if (!session.checks && findings.length === 0) return { outcome: 'skipped', because: 'nothing was judged' };
    return left.length === 0
      ? { outcome: 'passed', because: 'nothing that fits is left' }
      : {
          outcome: 'failed',
          because: `${left.length} left: ${[...new Set(left.map((f) => f.id))].slice(0, 4).join(', ')}`,
        };
  },
};

/** The implementations over one session, described by the step catalogue. */
export function triageSteps(session: Session): StepImplementation[] {
  return STEP_CATALOGUE.map((description) => ({
    ...description,
    run: (context, inputs) => {
      const run = RUN[description.uses];
      if (!run) throw new Error(`no implementation of ${description.uses}`);
      return run(session, context, inputs).then((result) => {
        context.state.findings = findingsOf(session) as unknown;
        context.state.diagnosis = session.diagnosis as unknown;
        return result;
      });
    },
    ...(description.uses === 'probe/endpoints'
      ? {
          restore: async (_context: StepContext, output: Json) => {
            const { restoreProbe } = await import('./probe.ts');
            restoreProbe(session, output);
          },
        }
      : {}),
  }));
}
