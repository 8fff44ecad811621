import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/finding.ts';
import {
  addWaiver,
  applyWaivers,
  compareWithBaseline,
  gateFails,
  readBaseline,
  readWaivers,
} from '../../src/policy/index.ts';

const clock = Date.parse('2026-11-21T12:00:00Z');
const finding = (
  id: string,
  subject: string,
  data: Finding['data'] = {},
  priority: Finding['priority'] = 'urgent',
): Finding => ({
  id,
  fingerprint: `${id}:${subject}`,
  priority,
  class: 'configuration',
  subject: { kind: 'host', id: subject },
  title: id,
  detail: '',
  evidence: [],
  count: 1,
  impact: {},
  proof: 'structural',
  owner: 'ops',
  remedy: '',
  verification: { command: '', expect: '' },
  references: [],
  data,
});
const entry = (extra: string, expires = '2027-03-31') => `waivers:
  - finding: ciphers/protocol-version
    subject: pos.example:8443
    owner: pos-team
    approved_by: ciso
    reason: old terminals
    expires: ${expires}
${extra}`;

describe('waivers', () => {
  const tls10 = finding('ciphers/protocol-version', 'pos.example:8443', { protocol: 'TLSv1.0' });

  it('keep a finding from failing the gate, and list it all the same', () => {
    const applied = applyWaivers([tls10], readWaivers(entry('    match: {protocol: TLSv1.0}\n'), 'w.yaml'), clock);
    expect(applied.findings).toContain(tls10);
    expect(applied.waivers).toEqual([
      {
        fingerprint: tls10.fingerprint,
        reason: 'old terminals',
        owner: 'pos-team',
        expires: '2027-03-31T23:59:59.999Z',
      },
    ]);
    expect(gateFails(applied.gating, 'routine')).toBe(false);
  });

  it('do not cover another subject, another check or other data', () => {
    const file = readWaivers(entry('    match: {protocol: TLSv1.0}\n'), 'w.yaml');
    for (const other of [
      finding('ciphers/protocol-version', 'web.example:443', { protocol: 'TLSv1.0' }),
      finding('ciphers/suite', 'pos.example:8443'),
      finding('ciphers/protocol-version', 'pos.example:8443', { protocol: 'SSLv3' }),
    ]) {
      expect(applyWaivers([other], file, clock).gating).toContain(other);
    }
  });

  it('are findings themselves when expired, expiring or unused', () => {
    const ids = (expires: string, findings: Finding[]) =>
      applyWaivers(findings, readWaivers(entry('', expires), 'w.yaml'), clock).findings.map((f) => f.id);
    expect(ids('2026-11-20', [tls10])).toEqual(['ciphers/protocol-version', 'policy/waiver-expired']);
    expect(
      gateFails(applyWaivers([tls10], readWaivers(entry('', '2026-11-20'), 'w.yaml'), clock).gating, 'important'),
    ).toBe(true);
    expect(ids('2026-12-01', [tls10])).toContain('policy/waiver-expiring');
    expect(ids('2027-12-01', [])).toEqual(['policy/waiver-unused']);
    // The last day counts in full.
    expect(ids('2026-11-21', [tls10])).not.toContain('policy/waiver-expired');
  });

  it('need the five elements of PCI DSS A2.1.2 where the finding says so', () => {
    const early = finding('ciphers/protocol-version', 'pos.example:8443', { protocol: 'TLSv1.0', pciA2: true });
    const poor = applyWaivers([early], readWaivers(entry(''), 'w.yaml'), clock);
    expect(poor.waivers).toEqual([]);
    expect(poor.findings.map((f) => f.id)).toContain('policy/waiver-insufficient');
    const plan = '    pci_a2: {usage: a, risk: b, monitoring: c, change_control: d, migration: e}\n';
    expect(applyWaivers([early], readWaivers(entry(plan), 'w.yaml'), clock).waivers).toHaveLength(1);
    expect(readWaivers(entry('    pci_a2: {usage: a}\n'), 'w.yaml').problems[0]!.says).toContain(
      'lacks risk, monitoring',
    );
  });

  it('are refused with their line when a mandatory field is missing, a date does not exist or a field is unknown', () => {
    const file = readWaivers(
      'waivers:\n  - finding: a\n    subject: b\n    expires: 2027-02-31\n    until: x\n',
      'w.yaml',
    );
    expect(file.entries).toEqual([]);
    expect(file.problems.map((p) => p.says)).toEqual([
      '"owner" is mandatory',
      '"approved_by" is mandatory',
      '"reason" is mandatory',
      '"until" is not a field of a waiver',
      '"expires: 2027-02-31" is not a date such as 2027-03-31',
    ]);
    expect(file.problems.every((p) => p.line === 2)).toBe(true);
    expect(readWaivers('waivers: [', 'w').problems).not.toEqual([]);
  });

  it('are added to a file without losing its comments', () => {
    const waiver = { finding: 'x/y', subject: 's', owner: 'o', approved_by: 'a', reason: 'r', expires: '2027-01-01' };
    const first = addWaiver('', waiver) as { text: string };
    const second = addWaiver(`${first.text}# kept\n`, { ...waiver, subject: 't' }) as { text: string };
    expect(readWaivers(second.text, 'w').entries.map((e) => e.subject)).toEqual(['s', 't']);
    expect(second.text).toContain('# kept');
    expect(addWaiver('waivers: 3\n', waiver)).toHaveProperty('refused');
  });

  it('never throw on any text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void readWaivers(text, 'w')));
  });
});

describe('baselines', () => {
  it('tell new findings from known ones and what is gone', () => {
    const baseline = readBaseline(JSON.stringify({ findings: [{ fingerprint: 'a:1' }, { fingerprint: 'b:2' }] }));
    if (typeof baseline === 'string') throw new Error(baseline);
    const compared = compareWithBaseline([finding('a', '1'), finding('c', '3')], baseline);
    expect(compared.fresh.map((f) => f.id)).toEqual(['c']);
    expect(compared.known.map((f) => f.id)).toEqual(['a']);
    expect(compared.gone).toEqual(['b:2']);
  });
  it('are refused with a sentence when they are no report', () => {
    expect(readBaseline('{')).toContain('not JSON');
    expect(readBaseline('{}')).toContain('findings');
  });
});
