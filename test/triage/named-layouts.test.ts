/** Logs of a layout of one's own, which the user names with --log-format or --log-pattern. */
import { describe, expect, it } from 'vitest';
import { compileLinePattern } from '../../src/logs/pattern.ts';
import { claims, triageFiles } from './bundle.ts';

const START = Date.UTC(2026, 8, 12, 8);
const SECONDS = Array.from({ length: 3600 }, (_, i) => i);
const at = (i: number): string => new Date(START + i * 1000).toISOString().slice(0, 19);
const failing = (i: number): boolean => i >= 1200 && i < 2400 && i % 3 === 0;
/** The stamp stands where no log has one. */
const own = SECONDS.map(
  (i) =>
    `#${i} @${at(i)}Z <${failing(i) ? 'ERROR' : 'INFO'}> pay.Gate :: ${failing(i) ? 'bank: connect ECONNREFUSED 203.0.113.77:8443' : 'payment done'}`,
).join('\n');
const access = SECONDS.map(
  (i) =>
    `198.51.100.${i % 200} ~ ${at(i)}+00:00 ~ POST /pay HTTP/1.1 ~ ${failing(i) ? 502 : 200} ~ 0.${100 + (i % 100)}`,
).join('\n');
/** Nothing that the pattern or the format below fits. */
const other = SECONDS.slice(0, 100)
  .map((i) => `${at(i)}Z INFO worker-1 job ${i} done`)
  .join('\n');

describe('a layout that the user names', () => {
  const pattern = compileLinePattern('^#\\d+ @(?P<time>\\S+) <(?P<level>\\w+)> (?P<logger>\\S+) :: (?P<message>.*)$');

  it('gives the records of a log their times in triage, and leaves the other logs as they are', async () => {
    const report = await triageFiles(
      { 'own.txt': `${own}\n`, 'worker.log': `${other}\n` },
      { layouts: { formats: [], pattern } },
    );
    expect(claims(report)).toEqual(['connection-refused']);
    expect(report.diagnosis[0]!.onset).toBe('2026-09-12T08:20:00.000Z');
    expect(report.evidence.map(({ path, kind, format, counts }) => [path, kind, format, counts?.parsed])).toEqual([
      ['own.txt', 'log', 'log-pattern', 3600],
      ['worker.log', 'log', 'text-leveled', 100],
    ]);
  });

  it('makes requests of lines that no one else reads', async () => {
    const files = { 'access.txt': `${access}\n`, 'worker.log': `${other}\n` };
    const format = '$remote_addr ~ $time_iso8601 ~ $request ~ $status ~ $request_time';
    const without = await triageFiles(files);
    expect(without.summary.verdict).not.toContain('502');
    const report = await triageFiles(files, { layouts: { formats: [{ name: 'option 1', format, asked: true }] } });
    expect(report.summary.verdict).toContain('400 of 1200 requests were answered with a server error (502)');
  });
});
