/** Small evidence bundles written for a test: logs, payments and facts of one incident around a known onset. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEvidence } from '../../src/evidence/index.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { runPlaybook } from '../../src/playbook/index.ts';
import { parsePlaybook } from '../../src/playbook/parse.ts';
import type { Report } from '../../src/report/types.ts';
import { finishReport } from '../../src/triage/finish.ts';
import { markNamedLayouts, type NamedLayouts } from '../../src/triage/named-layouts.ts';
import { detectors, openSession } from '../../src/triage/session.ts';
import { triageSteps } from '../../src/triage/steps.ts';
import { type Files, writeBundle } from '../files.ts';

export { type Files, writeBundle } from '../files.ts';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));
const playbookFile = join(ROOT, 'playbooks/triage.yaml');

/** Runs the shipped triage playbook in this process. */
export async function triage(
  inputs: string | string[],
  options: { now?: string; layouts?: NamedLayouts } = {},
): Promise<Report> {
  const { playbook } = parsePlaybook(readFileSync(playbookFile, 'utf8'), playbookFile);
  const list = Array.isArray(inputs) ? inputs : [inputs];
  const opened = await openEvidence(list, { detectors: await detectors() });
  if (options.layouts) markNamedLayouts(opened.sources, options.layouts);
  const session = openSession(opened, loadKnowledge(), {
    system: Date.UTC(2026, 0, 1),
    ...(options.now ? { nowOption: options.now } : {}),
    ...(options.layouts ? { layouts: options.layouts } : {}),
  });
  const result = await runPlaybook(playbook!, {
    implementations: triageSteps(session),
    clock: { now: () => session.observations.clock.now },
  });
  return finishReport(session, {
    version: 'test',
    inputs: list,
    playbook: { id: playbook!.id, title: playbook!.title, steps: result.steps },
  });
}

/** Triage of a bundle given as files. */
export async function triageFiles(
  files: Files,
  options: { now?: string; layouts?: NamedLayouts } = {},
): Promise<Report> {
  const folder = writeBundle(files);
  try {
    return await triage(folder, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Claims of a report: what it says, not what it merely considers. */
export const claims = (report: Report): string[] =>
  report.diagnosis.filter((d) => d.confidence >= 0.5 && d.priority !== 'routine').map((d) => d.cause);

export interface Day {
  /** ms UTC. */
  onset: number;
  now: number;
  start: number;
}

/** A stretch of two hours with an onset after 80 minutes. */
export function day(at = Date.UTC(2026, 4, 12, 9, 20)): Day {
  return { onset: at, start: at - 80 * 60_000, now: at + 40 * 60_000 };
}

export const iso = (t: number): string => new Date(t).toISOString();

/** One payment every ten seconds; `fails` decides which of those since the onset fail technically. */
export function payments(
  d: Day,
  options: {
    fails?: (i: number, route: string, node: string) => boolean;
    routes?: string[];
    nodes?: string[];
    code?: string;
  } = {},
): string {
  const routes = options.routes ?? ['gateway'];
  const nodes = options.nodes ?? ['pay1', 'pay2'];
  const rows = ['time_utc,order_id,merchant_id,node,route,bin,last4,amount,currency,resp_code,http_status,status'];
  let i = 0;
  for (let t = d.start; t < d.now; t += 10_000) {
    i++;
    const route = routes[i % routes.length]!;
    const node = nodes[(i >> 1) % nodes.length]!;
    const failed = t >= d.onset && (options.fails?.(i, route, node) ?? false);
    const declined = i % 14 === 0;
    rows.push(
      [
        iso(t),
        `P${700_000 + i}`,
        `M${1001 + (i % 4)}`,
        node,
        route,
        ['400000', '424242', '510510', '555555'][i % 4],
        1000 + (i % 9000),
        (5 + (i % 300) / 3).toFixed(2),
        'EUR',
        failed ? (options.code ?? '') : declined ? '51' : '00',
        failed ? '' : '200',
        failed ? 'ERROR' : declined ? 'DECLINED' : 'APPROVED',
      ].join(),
    );
  }
  return `${rows.join('\n')}\n`;
}

/** An application log: an ordinary line for every payment, and `text` for the failed ones. */
export function appLog(
  d: Day,
  text: (t: number, i: number) => string,
  options: { node?: string; every?: number } = {},
): string {
  const lines: string[] = [];
  let i = 0;
  for (let t = d.start; t < d.now; t += options.every ?? 20_000) {
    i++;
    const stamp = iso(t);
    lines.push(
      t >= d.onset
        ? `${stamp} ERROR [${options.node ?? 'pay1'}] ${text(t, i)}`
        : `${stamp} INFO [${options.node ?? 'pay1'}] order=P${700_000 + i} http=200 respCode=00`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** nginx error log with a text a dozen seconds apart since the onset. */
export function nginxError(d: Day, text: string, level = 'error'): string {
  const lines: string[] = [];
  let i = 100;
  for (let t = d.onset; t < d.now; t += 12_000) {
    const s = iso(t);
    lines.push(`${s.slice(0, 10).replaceAll('-', '/')} ${s.slice(11, 19)} [${level}] 31#31: *${i++} ${text}`);
  }
  return `${lines.join('\n')}\n`;
}

export const base = (d: Day): Files => ({
  'meta/now': `${iso(d.now)}\n`,
  'meta/topology.yaml':
    'site: shop.orchard.example\ntimezone: UTC\nnodes:\n  - {name: pay1, role: app, ip: 10.9.1.11}\n  - {name: pay2, role: app, ip: 10.9.1.12}\nlegs:\n  - {name: app-to-gateway, to: gw.bank.example, ip: 198.51.100.7, port: 443, tls: yes}\n',
});
