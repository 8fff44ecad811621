/** Logs without a time zone beside evidence with one: the zone is found, or UTC is assumed and said. */
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/types.ts';
import { type Files, iso, triageFiles } from './bundle.ts';

const ONSET = Date.UTC(2026, 5, 9, 10, 30);
const MINUTE = 60_000;
const ZONE = 330;
const local = (t: number): string =>
  iso(t + ZONE * MINUTE)
    .slice(0, 19)
    .replace('T', ' ');

/** Payments in UTC; an application that writes local times. `order` links the two. */
function shop(order: (i: number) => string): Files {
  const rows = ['time_utc,order_id,merchant,route,amount,resp_code,status'];
  const lines: string[] = [];
  for (let i = 0; i < 240; i++) {
    const t = ONSET - 40 * MINUTE + i * 20_000;
    const bad = t >= ONSET;
    rows.push([iso(t), `ORD-88${1000 + i}`, 'M1', 'card', '9.90', bad ? '' : '00', bad ? 'ERROR' : 'APPROVED'].join());
    lines.push(
      `${local(t)} ${bad ? 'ERROR' : 'INFO'} [pay1] ${order(i)}${bad ? 'connect failed: java.net.ConnectException: Connection refused (gw.acquirer.example:443)' : 'approved'}`,
    );
  }
  return {
    'meta/now': `${iso(ONSET + 41 * MINUTE)}\n`,
    'txn/payments.csv': `${rows.join('\n')}\n`,
    'logs/app.log': `${lines.join('\n')}\n`,
  };
}
const off = (report: Report): number => Math.abs(Date.parse(report.diagnosis[0]!.onset!) - ONSET) / MINUTE;

describe('a log without a time zone', () => {
  it('is read in the zone that its orders tell', async () => {
    const report = await triageFiles(shop((i) => `order=ORD-88${1000 + i} `));
    expect(off(report)).toBeLessThan(1);
    expect(report.evidence.find((e) => e.path === 'logs/app.log')?.notes?.join()).toContain('+05:30');
  });

  it('is read in the zone in which its trouble begins with that of the payments', async () => {
    const report = await triageFiles(shop(() => ''));
    expect(report.diagnosis[0]?.cause).toBe('connection-refused');
    expect(off(report)).toBeLessThan(1);
  });

  it('says that UTC was assumed where nothing tells', async () => {
    const { 'txn/payments.csv': _payments, ...files } = shop(() => '');
    files['meta/now'] = `${iso(ONSET + 900 * MINUTE)}\n`;
    const report = await triageFiles(files);
    expect(report.evidence.find((e) => e.path === 'logs/app.log')?.notes?.join()).toContain('UTC was assumed');
  });
});

describe('a topology that states a wrong zone', () => {
  const wrong = {
    'meta/topology.yaml':
      'site: shop\ntimezone: America/New_York\nlegs:\n  - {name: out, to: gw.acquirer.example, port: 443}\n',
  };

  it('is corrected where orders of the log have their times elsewhere', async () => {
    const report = await triageFiles({ ...shop((i) => `order=ORD-88${1000 + i} `), ...wrong });
    expect(off(report)).toBeLessThan(1);
    const notes = report.evidence.find((e) => e.path === 'logs/app.log')?.notes?.join();
    expect(notes).toContain('+05:30');
    expect(notes).toContain('America/New_York');
  });

  it('is doubted, and the doubt is said, where only the fault itself tells', async () => {
    const report = await triageFiles({ ...shop(() => ''), ...wrong });
    const said = report.notChecked.find((n) => n.what.includes('logs/app.log'));
    expect(said?.why).toMatch(/as the topology says/);
    expect(said?.wouldShow).toContain('--zone');
  });

  it('is right when it goes with the orders', async () => {
    const report = await triageFiles({
      ...shop((i) => `order=ORD-88${1000 + i} `),
      'meta/topology.yaml':
        'site: shop\ntimezone: Asia/Kolkata\nlegs:\n  - {name: out, to: gw.acquirer.example, port: 443}\n',
    });
    expect(off(report)).toBeLessThan(1);
    expect(JSON.stringify(report.notChecked)).not.toContain('as the topology says');
  });
});
