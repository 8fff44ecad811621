/** 403: a peer that turns our address away, and our own service that turns scanners away. */
import { describe, expect, it } from 'vitest';
import { draws } from '../draws.ts';
import { iso, triageFiles } from './bundle.ts';

const START = Date.UTC(2026, 7, 30, 12);

/** A gateway's text log of two hours, and requests of others in its second hour. */
function log(status: (path: string, minute: number) => number, others: readonly string[] = []): string {
  const draw = draws(5);
  const lines: string[] = [];
  const say = (minute: number, path: string, method: string, answer: number): void => {
    const stamp = iso(START + (minute + draw()) * 60_000)
      .replace('T', ' ')
      .replace('.', ',')
      .slice(0, 23);
    lines.push(
      `${stamp} [exec-${Math.floor(draw() * 9)}] INFO  c.s.pay.Gateway - ${method} ${path} status=${answer} took 31 ms`,
    );
  };
  for (let minute = 0; minute < 120; minute++) {
    for (let i = 0; i < 8; i++) {
      const path = draw() < 0.7 ? '/v1/payments' : `/v1/payments/${Math.floor(draw() * 1e9)}`;
      say(minute, path, 'POST', status(path, minute));
    }
    if (minute >= 60 && others.length > 0)
      for (let i = 0; i < 12; i++)
        say(minute, others[Math.floor(draw() * others.length)]!, 'GET', draw() < 0.5 ? 403 : 404);
  }
  return `${lines.sort().join('\n')}\n`;
}

describe('403 in text logs', () => {
  it('is no block of our address where scanners ask for what nobody was ever served', async () => {
    const scanned = ['/.env', '/wp-login.php', '/admin', '/.git/config', '/backup.zip'];
    const report = await triageFiles({ 'payment-service.log': log(() => 200, scanned) });
    expect(report.findings.map(({ id }) => id)).not.toContain('network/source-blocked');
  });

  it.each([
    ['what was served before', (_path: string, minute: number) => (minute < 60 ? 200 : 403)],
    ['everything from the beginning', () => 403],
  ])('is one where it answers %s', async (_what, status) => {
    const report = await triageFiles({ 'payment-service.log': log(status, ['/.env', '/admin', '/backup.zip']) });
    expect(report.findings.map(({ id }) => id)).toContain('network/source-blocked');
  });
});
