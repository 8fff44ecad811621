/** The project file takes effect: options, people, merchants, waivers. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { PROJECT } from '../../src/cli/project/config.ts';
import type { Report } from '../../src/report/types.ts';

const program = fileURLToPath(new URL('../../bin/paymedic.js', import.meta.url));
const built = existsSync(fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url)));
const bundle = fileURLToPath(new URL('../../fixtures/bundles/expired-gateway-certificate', import.meta.url));
const page = readFileSync(fileURLToPath(new URL('../../docs/configuration.md', import.meta.url)), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'paymedic-project-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(join(folder, 'paymedic.waivers.yaml'), { force: true }));

const paymedic = (args: string[], env: { [name: string]: string } = {}) =>
  spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', XDG_CONFIG_HOME: folder, LANG: 'C.UTF-8', LC_ALL: '', ...env },
  });
const project = (text: string): void => writeFileSync(join(folder, 'paymedic.yaml'), text);
const report = (...args: string[]): Report =>
  JSON.parse(paymedic(['triage', bundle, '--format', 'json', ...args]).stdout);

describe.skipIf(!built)('paymedic.yaml (needs npm run build)', () => {
  it('sets the gate, the language and the zone, below the environment and the command line', () => {
    project('fail-on: urgent\nlanguage: zh\nzone: Asia/Shanghai\n');
    const run = paymedic(['triage', bundle]);
    expect(run.status).toBe(1);
    expect(run.stdout).toContain('紧急');
    expect(paymedic(['triage', bundle], { PAYMEDIC_FAIL_ON: 'never' }).status).toBe(0);
    const flags = paymedic(['triage', bundle, '--fail-on', 'never', '--lang', 'en']);
    expect(flags.status).toBe(0);
    expect(flags.stdout).toContain('URGENT');
  });

  it('names people and merchants, and thresholds change the priority rule', () => {
    project(
      'owners:\n  ops: { name: Night desk, phone: "+41 44 000 00 00" }\nmerchants: { M1001: Bakery on the bridge }\nlegs:\n  - { name: to-bank, host: bank.example, port: 443, tls: true }\n',
    );
    const { stdout } = paymedic(['triage', bundle]);
    expect(stdout).toContain('Night desk');
    expect(stdout).toContain('M1001 (Bakery');
    expect(report().incident.legs.map((leg) => leg.name)).toContain('to-bank');
  });

  it('a faulty file is named and left out; config show refuses it', () => {
    project('fail-on: urgent\nmerchant: { a: b }\n');
    const run = paymedic(['triage', bundle]);
    expect(run.status).toBe(0);
    expect(run.stderr).toMatch(/paymedic\.yaml:2:1: merchant: no such key; did you mean merchants\?/);
    expect(paymedic(['config', 'show']).status).toBe(2);
  });

  it('a waiver keeps a finding in the report and out of the gate, and only while it is valid', () => {
    project('fail-on: important\n');
    const finding = report('--fail-on', 'never').findings[0]!;
    const waiver = (expires: string) =>
      writeFileSync(
        join(folder, 'paymedic.waivers.yaml'),
        `waivers:\n  - finding: ${finding.id}\n    subject: ${finding.subject.id}\n    owner: ops\n    approved_by: Head of operations\n    reason: The link is being retired.\n    expires: ${expires}\n  - finding: ciphers/suites\n    subject: x\n    owner: ops\n    approved_by: y\n    reason: z\n    expires: ${expires}\n`,
      );
    waiver('2090-01-01');
    const waived = report();
    expect(waived.waivers).toEqual([expect.objectContaining({ fingerprint: finding.fingerprint, owner: 'ops' })]);
    expect(waived.findings.map((f) => f.id)).toContain(finding.id);
    // The waiver of another audit is none of this command's business.
    expect(waived.findings.map((f) => f.id)).not.toContain('policy/waiver-unused');
    expect(paymedic(['triage', bundle]).status).toBe(0);
    waiver('2020-01-01');
    expect(paymedic(['triage', bundle]).status).toBe(1);
    expect(report().findings.map((f) => f.id)).toContain('policy/waiver-expired');
  });

  it('is documented key by key, and the example is sound', () => {
    expect(Object.keys(PROJECT).filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
    project(/```yaml\n(.*?)```/s.exec(page)![1]!);
    const show = paymedic(['config', 'show', '--origin']);
    expect(show).toMatchObject({ status: 0, stderr: '' });
    expect(show.stdout).toMatch(/paymedic\.yaml:\d+:1/);
  });
});
