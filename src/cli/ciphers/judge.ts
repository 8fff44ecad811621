/** Judges what `paymedic ciphers` scanned and read: policies, waivers, baseline, and the report over all of it. */
import { type AuditResult, auditScan } from '../../ciphers/audit.ts';
import type { EndpointScan } from '../../ciphers/live/scan-types.ts';
import type { Priority } from '../../finding.ts';
import { applyWaivers, compareWithBaseline, gateFails } from '../../policy/apply.ts';
import type { Report } from '../../report/types.ts';
import { dhInBundleOf, keyTypesOf, type LiveTarget, readConfiguration, softwareHint } from './inputs.ts';
import { buildReport } from './report.ts';
import type { CiphersOptions, Plan, ScannedTarget } from './run.ts';

export interface Judgement {
  report: Report;
  /** A finding that is neither waived nor known stands at or above `--fail-on`. */
  gateFailed: boolean;
  /** Something named by the user could not be judged in full. */
  incomplete: boolean;
}

/** The report of a run. `named` are the words of the command line, for the record. */
export async function judge(
  named: readonly string[],
  scans: readonly ScannedTarget[],
  plan: Plan,
  options: CiphersOptions,
): Promise<Judgement> {
  const results: AuditResult[] = scans.map(({ target, scan }) => judgeScan(target, scan, plan, options));
  for (const file of plan.files)
    results.push(
      ...(await judgeFile(
        file,
        plan,
        options,
        scans.map((s) => s.scan),
      )),
    );
  const applied = applyWaivers(
    results.flatMap((r) => r.findings),
    plan.waivers,
    plan.clock,
    'ciphers',
  );
  const compared = plan.baseline && compareWithBaseline(applied.findings, plan.baseline);
  const fresh = new Set(compared?.fresh);
  const gating = options.onlyNew ? applied.gating.filter((f) => fresh.has(f)) : applied.gating;
  const incomplete = results.some((r) => r.incomplete);
  const report = buildReport({
    clock: plan.clock,
    clockSource: options.now === undefined ? 'system clock' : '--now',
    inputs: [...named, ...(options.targets ? [options.targets] : [])],
    findings: options.onlyNew ? applied.findings.filter((f) => fresh.has(f)) : applied.findings,
    waivers: applied.waivers,
    gating,
    notChecked: [
      ...results.flatMap((r) => r.notChecked),
      ...plan.unchanged.map((f) => ({
        what: f,
        why: `unchanged since ${options.onlyChangedSince}`,
        wouldShow: 'a run without --only-changed-since',
      })),
    ],
    endpoints: results.flatMap((r) => r.endpoints),
    known: compared?.known.length ?? 0,
    incomplete,
    policies: plan.policies.map((p) => p.id),
  });
  return { report, gateFailed: gateFails(gating, options.failOn as Priority | 'never'), incomplete };
}

function judgeScan(target: LiveTarget, scan: EndpointScan, plan: Plan, options: CiphersOptions): AuditResult {
  const [name, version] = (target.software ?? options.software ?? '').split('/');
  return auditScan(scan, plan.policies, plan.clock, {
    evidence: target.anchor,
    ...(name ? { software: name } : {}),
    ...(version ? { version } : {}),
  });
}

async function judgeFile(
  file: string,
  plan: Plan,
  options: CiphersOptions,
  scans: readonly EndpointScan[],
): Promise<AuditResult[]> {
  const version = options.software?.split('/')[1];
  const observation = await readConfiguration(file, options.root, softwareHint(options.software));
  if (!observation) {
    const why = 'no server configuration that is known here';
    return [
      {
        findings: [],
        notChecked: [{ what: file, why, wouldShow: 'the main configuration file of the server, or --software NAME' }],
        endpoints: [],
        incomplete: true,
      },
    ];
  }
  const [{ auditConfiguration }, { effectiveMatrix }, { checkAgainstLibrary }, difference] = await Promise.all([
    import('../../ciphers/audit-configuration.ts'),
    import('../../ciphers/effective.ts'),
    import('../../ciphers/live/library-check.ts'),
    import('../../ciphers/live-difference.ts'),
  ]);
  const keyTypes = keyTypesOf(options.root, file);
  const listeners = effectiveMatrix(observation, {
    openssl: plan.openssl,
    debian: options.upstreamOpenssl !== true,
    ...(version ? { softwareVersion: version } : {}),
    keyTypes,
    hasDhInBundle: dhInBundleOf(options.root, file),
  });
  const checks = await checkAgainstLibrary(listeners, plan.openssl, ({ listener }) => keyTypes(listener));
  const differences = scans
    .filter((scan) => scan.error === undefined)
    .flatMap((scan) => {
      const listener = difference.answeringListener(listeners, scan);
      return listener ? difference.compareStaticAndLive(listener, scan) : [];
    });
  return [
    auditConfiguration(observation, listeners, plan.policies, plan.clock, version, checks),
    { findings: differences, notChecked: [], endpoints: [], incomplete: false },
  ];
}
