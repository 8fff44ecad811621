/** Flow records of a network that begins to reject what it let through. */
import { describe, expect, it } from 'vitest';
import { claims, triageFiles } from './bundle.ts';

const START = Date.UTC(2026, 8, 12, 8) / 1000;
const SECONDS = Array.from({ length: 7200 }, (_, i) => i);
/** A number that looks like chance, the same in each run. */
const odd = (i: number, n: number): number => Math.floor(Math.abs(Math.sin(i * 12.9898) * 43_758.5453)) % n;
const flow = (i: number, from: string, to: string, port: number, packets: number, action: string): string =>
  `2 123456789010 eni-1235b8ca123456789 ${from} ${to} ${30_000 + odd(i, 30_000)} ${port} 6 ${packets} ${packets * 60 + odd(i, 900)} ${START + i} ${START + i + 20 + odd(i, 30)} ${action} OK`;
const shop = (i: number): string => flow(i, `198.51.100.${odd(i, 250)}`, '10.0.1.5', 443, 12 + odd(i, 20), 'ACCEPT');
const scan = (i: number): string => flow(i, `192.0.2.${odd(i, 250)}`, '10.0.1.5', [22, 23, 3389][i % 3]!, 1, 'REJECT');
const toBank = (i: number, action: string): string =>
  flow(
    i,
    `10.0.${1 + odd(i, 2)}.${5 + odd(i, 3)}`,
    '203.0.113.7',
    8443,
    action === 'ACCEPT' ? 12 + odd(i, 30) : 3,
    action,
  );
const record = (line: (i: number) => string[]): string => `${SECONDS.flatMap(line).join('\n')}\n`;
const during = (i: number): boolean => i >= 3600 && i < 5400;
const now = '2026-09-12T10:05:00Z';

describe('flows that the network rejects', () => {
  it('are told with the time from which on a service in use is rejected', async () => {
    const report = await triageFiles(
      {
        'flow.log': record((i) => [
          ...(odd(i, 2) ? [shop(i)] : []),
          ...(odd(i, 4) === 1 ? [toBank(i, during(i) ? 'REJECT' : 'ACCEPT')] : []),
          ...(i % 53 === 0 ? [scan(i)] : []),
        ]),
      },
      { now },
    );
    expect(claims(report)).toEqual(['connection-dropped']);
    const [first] = report.diagnosis;
    expect(first!.onset).toMatch(/^2026-09-12T09:00:/);
    expect(first!.owner).toBe('net');
    expect(first!.title).toContain('203.0.113.7:8443');
  });

  it.each<[string, (i: number) => string[]]>([
    ['scanners are turned away all day', (i) => [shop(i), ...(i % 3 === 0 ? [scan(i)] : [])]],
    [
      'one address is kept out of a service that others use',
      (i) => [
        ...(i % 5 === 0 ? [shop(i)] : []),
        ...(during(i) ? [1, 2, 3].map(() => flow(i, '192.0.2.9', '10.0.1.5', 443, 1, 'REJECT')) : []),
      ],
    ],
    ['a service was never let through', (i) => [shop(i), ...(i % 4 === 0 ? [toBank(i, 'REJECT')] : [])]],
    ['packets come after the end of connections', (i) => [shop(i), toBank(i, i % 40 ? 'ACCEPT' : 'REJECT')]],
  ])('say nothing where %s', async (_, line) => {
    expect(claims(await triageFiles({ 'flow.log': record(line) }, { now }))).toEqual([]);
  });
});
