import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/finding.ts';
import { nagiosCode } from '../../src/report/formats/nagios.ts';
import { renderReport } from '../../src/report/index.ts';
import type { Report } from '../../src/report/types.ts';
import { onPath } from '../programs.ts';
import { compoundReport } from './fixtures/compound.ts';
import { expiredReport } from './fixtures/expired.ts';
import { healthyReport } from './fixtures/healthy.ts';
import { parseCsv, parseNagios, parsePrometheus } from './grammar.ts';

const hex = (n: number, length = 64) => n.toString(16).padStart(length, '0');
const PRIORITIES = ['urgent', 'important', 'routine'] as const;
const OWNERS = ['ops', 'app', 'ca', 'bank', 'psp', 'net', 'sec', 'risk'] as const;

/** 5,000 findings over 40 checks, 300 certificates, 200 protocol entries. */
const large: Report = {
  ...expiredReport,
  findings: Array.from(
    { length: 5000 },
    (_u, i): Finding => ({
      ...expiredReport.findings[0]!,
      id: `room/check-${i % 40}`,
      fingerprint: hex(i, 16),
      priority: PRIORITIES[i % 3]!,
      owner: OWNERS[i % 8]!,
      title: `Finding ${i}`,
      evidence: [{ file: `logs/app-${i % 50}.log`, line: i + 1, text: `line ${i}` }],
    }),
  ),
  inventory: {
    certificates: Array.from({ length: 300 }, (_u, i) => ({
      ...expiredReport.inventory!.certificates[0]!,
      sha256: hex(i + 1),
      serial: hex(i, 4),
      subject: `CN=host-${i}.example`,
    })),
    protocols: Array.from({ length: 200 }, (_u, i) => ({
      ...expiredReport.inventory!.protocols[0]!,
      location: `10.0.${i >> 8}.${i & 255}:443`,
    })),
  },
  waivers: [
    { fingerprint: hex(1, 16), reason: 'known, replaced in June', owner: 'ops', expires: '2026-07-01T00:00:00Z' },
  ],
};
const reports: [string, Report][] = [
  ['empty', healthyReport],
  ['small', expiredReport],
  ['compound', compoundReport],
  ['5,000 findings', large],
];

const require = createRequire(import.meta.url);
const cycloneDx = (name: string) =>
  JSON.parse(
    readFileSync(
      require.resolve('@cyclonedx/cyclonedx-library/package.json').replace('package.json', `res/schema/${name}`),
      'utf8',
    ),
  );

describe.each(reports)('%s', (_name, report) => {
  const fingerprints = report.findings.map((f) => f.fingerprint).sort();

  it('SARIF follows the rules of GitHub code scanning', async () => {
    const log = JSON.parse(await renderReport(report, 'sarif'));
    expect(log.version).toBe('2.1.0');
    expect(log.runs).toHaveLength(1);
    const { driver } = log.runs[0].tool;
    for (const rule of driver.rules) {
      for (const text of [rule.shortDescription.text, rule.fullDescription.text, rule.help.text])
        expect(text.length > 0 && text.length <= 1024).toBe(true);
      expect(Number(rule.properties['security-severity'])).toBeGreaterThan(0);
      expect(rule.properties.tags).toContain('security');
      expect(['very-high', 'high', 'medium', 'low']).toContain(rule.properties.precision);
    }
    expect(new Set(driver.rules.map((r: { id: string }) => r.id)).size).toBe(driver.rules.length);
    for (const result of log.runs[0].results) {
      const { artifactLocation, region } = result.locations[0].physicalLocation;
      expect(artifactLocation.uri).toMatch(/^[^/:][^:]*$/);
      expect(region.startLine).toBeGreaterThanOrEqual(1);
      expect(driver.rules[result.ruleIndex].id).toBe(result.ruleId);
      expect(result.message.text.length).toBeGreaterThan(0);
    }
    expect(
      log.runs[0].results
        .map(
          (r: { partialFingerprints: { primaryLocationLineHash: string } }) =>
            r.partialFingerprints.primaryLocationLineHash,
        )
        .sort(),
    ).toEqual(fingerprints);
  });

  it('SARIF validates against the schema of OASIS', async () => {
    const file = process.env.SARIF_SCHEMA ?? require.resolve('schemastore/schemas/json/sarif-2.1.0.json');
    const { $schema: _draft, $id: _id, id: _oldId, ...schema } = JSON.parse(readFileSync(file, 'utf8'));
    const validate = new Ajv({
      strict: false,
      // One pattern of the schema is no regular expression in Unicode mode.
      unicodeRegExp: false,
      formats: { 'date-time': true, uri: true, 'uri-reference': true },
    }).compile(schema);
    validate(JSON.parse(await renderReport(report, 'sarif')));
    expect(validate.errors).toBeNull();
  });

  it.each([
    ['cbom', 'bom-1.6.SNAPSHOT.schema.json'],
    ['cbom-1.7', 'bom-1.7.SNAPSHOT.schema.json'],
  ])('%s validates against the schema of CycloneDX', async (format, file) => {
    const ajv = new Ajv({
      strict: false,
      formats: {
        'date-time': (t: string) => Number.isFinite(Date.parse(t)),
        'iri-reference': true,
        'idn-email': true,
        email: true,
        uri: true,
        date: true,
      },
    });
    for (const other of [
      'spdx.SNAPSHOT.schema.json',
      'jsf-0.82.SNAPSHOT.schema.json',
      'cryptography-defs.SNAPSHOT.schema.json',
    ])
      ajv.addSchema(cycloneDx(other), `http://cyclonedx.org/schema/${other}`);
    const validate = ajv.compile(cycloneDx(file));
    const bom = JSON.parse(await renderReport(report, format));
    validate(bom);
    expect(validate.errors).toBeNull();
    const refs = bom.components.map((c: { 'bom-ref': string }) => c['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    const shas = (report.inventory?.certificates ?? []).map((c) => `certificate/${c.sha256}`).sort();
    expect(refs.filter((r: string) => r.startsWith('certificate/')).sort()).toEqual(shas);
    const known = new Set(refs);
    for (const d of bom.dependencies) for (const ref of [d.ref, ...d.dependsOn]) expect(known.has(ref), ref).toBe(true);
  });

  it('JUnit counts its cases and is well-formed', async () => {
    const xml = await renderReport(report, 'junit');
    const cases = xml.match(/<testcase /g) ?? [];
    const count = (name: string) => Number(new RegExp(`<testsuites[^>]* ${name}="(\\d+)"`).exec(xml)![1]);
    expect(count('tests')).toBe(cases.length);
    expect(count('failures')).toBe(xml.match(/<failure /g)?.length ?? 0);
    expect(count('errors')).toBe(xml.match(/<error /g)?.length ?? 0);
    expect(cases.length).toBeGreaterThan(0);
    expect([...xml.matchAll(/Fingerprint: ([0-9a-f]+)/g)].map((m) => m[1]).sort()).toEqual(fingerprints);
  });

  it.skipIf(!onPath('xmllint'))(
    'JUnit validates against the schema of the Jenkins xUnit plugin (needs xmllint)',
    async () => {
      const schema = fileURLToPath(new URL('schemas/junit-10.xsd', import.meta.url));
      const checked = spawnSync('xmllint', ['--noout', '--schema', schema, '-'], {
        input: await renderReport(report, 'junit'),
        encoding: 'utf8',
      });
      expect(checked).toMatchObject({ status: 0, stderr: '- validates\n' });
    },
  );

  it.skipIf(!onPath('promtool'))('Prometheus text passes promtool check metrics (needs promtool)', async () => {
    const checked = spawnSync('promtool', ['check', 'metrics'], {
      input: await renderReport(report, 'prometheus'),
      encoding: 'utf8',
    });
    expect(checked).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it('GitLab Code Quality has unique fingerprints and relative paths', async () => {
    const text = await renderReport(report, 'gitlab');
    const issues = JSON.parse(text);
    expect(text.startsWith('[')).toBe(true);
    expect(issues.map((i: { fingerprint: string }) => i.fingerprint).sort()).toEqual(fingerprints);
    for (const issue of issues) {
      expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(issue.severity);
      expect(issue.location.path).toMatch(/^(?!\.?\/)/);
      expect(Number.isInteger(issue.location.lines.begin)).toBe(true);
    }
  });

  it('GitHub annotations, CSV, Markdown and HTML name every finding', async () => {
    const annotations = (await renderReport(report, 'github')).split('\n').filter(Boolean);
    expect(annotations.map((line) => /\[([0-9a-f]+)\]$/.exec(line)![1]).sort()).toEqual(fingerprints);
    expect(
      parseCsv(await renderReport(report, 'csv'))
        .slice(1)
        .map((row) => row[0])
        .sort(),
    ).toEqual(fingerprints);
    const named = (text: string, pattern: RegExp) => new Set([...text.matchAll(pattern)].map((m) => m[1]));
    const markdown = named(await renderReport(report, 'markdown'), /`([0-9a-f]{16})`/g);
    const html = named(await renderReport(report, 'html'), /<code>([0-9a-f]{16})<\/code>/g);
    for (const f of fingerprints) expect(markdown.has(f) && html.has(f), f).toBe(true);
  });

  it('the step summary stays below what GitHub takes', async () => {
    expect(Buffer.byteLength(await renderReport(report, 'github-summary'))).toBeLessThan(1024 * 1024);
  });

  it('iCalendar parses; every expiry, waiver and deadline is one event', async () => {
    const calendar = new ICAL.Component(ICAL.parse(await renderReport(report, 'ics')));
    const events = calendar.getAllSubcomponents('vevent').map((e) => new ICAL.Event(e));
    expect(new Set(events.map((e) => e.uid)).size).toBe(events.length);
    const deadlines = report.diagnosis.filter((d) => d.deadline && d.confidence >= 0.5).length;
    expect(events.length).toBe(
      (report.inventory?.certificates.length ?? 0) + (report.waivers?.length ?? 0) + deadlines + report.clocks.length,
    );
    const leaf = report.inventory?.certificates[0];
    if (leaf) expect(events.some((e) => e.startDate.toJSDate().getTime() === Date.parse(leaf.notAfter))).toBe(true);
  });

  it('Prometheus text and Nagios output follow their grammars', async () => {
    const series = parsePrometheus(await renderReport(report, 'prometheus'));
    expect(series).toContain('paymedic_last_run_timestamp_seconds');
    const { status, perf } = parseNagios(await renderReport(report, 'nagios'));
    expect(status).toBe(['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'][nagiosCode(report)]);
    expect(perf[0]).toBe(`'urgent'=${report.findings.filter((f) => f.priority === 'urgent').length};;0;0`);
  });

  it('PCI inventories hold every certificate and every suite once', async () => {
    const certificates = parseCsv(await renderReport(report, 'pci-certificates'));
    expect(certificates.length - 1).toBe(report.inventory?.certificates.length ?? 0);
    expect(certificates[0]).toEqual(expect.arrayContaining(['purpose', 'owner', 'last_reviewed', 'locations']));
    const suites = parseCsv(await renderReport(report, 'pci-ciphers'));
    expect(suites.length - 1).toBe(report.inventory?.protocols.flatMap((p) => p.suites).length ?? 0);
  });

  it('Timesketch rows have the three columns it asks for, in order of time', async () => {
    const [head, ...rows] = parseCsv(await renderReport(report, 'timesketch'));
    expect(head!.slice(0, 3)).toEqual(['message', 'datetime', 'timestamp_desc']);
    const times = rows.map((row) => Date.parse(row[1]!));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('PagerDuty and Slack payloads keep their limits', async () => {
    const events = JSON.parse(await renderReport(report, 'pagerduty'));
    expect(events).toHaveLength(report.diagnosis.filter((d) => d.confidence >= 0.5).length);
    for (const event of events)
      expect(event).toMatchObject({
        event_action: 'trigger',
        payload: { severity: expect.stringMatching(/^(critical|error|warning|info)$/) },
      });
    expect(JSON.parse(await renderReport(report, 'slack')).blocks.length).toBeLessThanOrEqual(50);
  });

  it('renders byte for byte the same twice', async () => {
    for (const format of ['json', 'sarif', 'html', 'cbom'])
      expect(await renderReport(structuredClone(report), format)).toBe(await renderReport(report, format));
  });
});

describe('monitoring', () => {
  it('is UNKNOWN when nothing is wrong but something could not be read', () => {
    expect(nagiosCode(healthyReport)).toBe(0);
    expect(
      nagiosCode({ ...healthyReport, evidence: [{ ...healthyReport.evidence[0]!, unreadable: 'truncated' }] }),
    ).toBe(3);
    expect(nagiosCode(compoundReport)).toBe(2);
  });

  it('marks waived findings in every CI format instead of hiding them', async () => {
    const fingerprint = hex(1, 16);
    const sarif = JSON.parse(await renderReport(large, 'sarif')).runs[0].results.find(
      (r: { partialFingerprints: { primaryLocationLineHash: string } }) =>
        r.partialFingerprints.primaryLocationLineHash === fingerprint,
    );
    expect(sarif.suppressions[0]).toMatchObject({ kind: 'external', status: 'accepted' });
    expect(
      JSON.parse(await renderReport(large, 'gitlab')).find(
        (i: { fingerprint: string }) => i.fingerprint === fingerprint,
      ).severity,
    ).toBe('info');
    expect(await renderReport(large, 'junit')).toContain('<skipped message="Waived: known, replaced in June');
    expect(await renderReport(large, 'github')).toMatch(new RegExp(`^::notice .*Waived.*\\[${fingerprint}\\]$`, 'm'));
  });
});
