import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CrsData, CrsEngine } from '../../../src/logs/crs/index.ts';
import { scanRequests } from '../../../src/logs/crs/scan.ts';
import { readLogs } from '../../../src/logs/index.ts';
import { intrusionSheet } from '../../../src/logs/intrusion/sheet.ts';
import { input, lexicon, NOW } from '../read.ts';

const engine = new CrsEngine(
  JSON.parse(readFileSync(new URL('../../../knowledge/crs/rules.json', import.meta.url), 'utf8')) as CrsData,
  1,
);
const two = (n: number): string => String(n).padStart(2, '0');
const row = (minute: number, client: string, request: string, status = 200, bytes = 1000): string =>
  `${client} - - [12/Sep/2026:08:${two(minute)}:00 +0000] "${request} HTTP/1.1" ${status} ${bytes} "-" "Mozilla/5.0"`;

const sheetOf = async (lines: string[]) => {
  const logs = await readLogs([input('access.log', `${lines.join('\n')}\n`)], { lexicon, now: NOW });
  return intrusionSheet(logs, [], { attacks: scanRequests(logs, engine, 1) });
};
const ordinary = Array.from({ length: 40 }, (_, i) => row(i % 60, `10.0.0.${i}`, 'GET /item?id=7', 200, 1000 + i));

describe('attack rules in the answer sheet', () => {
  it('name the attacker, what it tried, the answer that was unlike the usual one, and the time', async () => {
    const { attackers, webAttacks, timeline } = await sheetOf([
      ...ordinary,
      row(41, '198.51.100.7', 'GET /item?id=7%27%20and%20sleep(5)--%20-', 500),
      row(42, '198.51.100.7', 'GET /item?id=..%2f..%2f..%2f..%2fetc%2fpasswd', 404),
      row(43, '198.51.100.7', 'GET /item?id=7%27%20union%20select%20user,pass%20from%20users--%20-', 200, 90_000),
    ]);
    expect(attackers.map(({ address }) => address)).toEqual(['198.51.100.7']);
    expect(attackers[0]!.deeds).toEqual(expect.arrayContaining(['got an answer unlike the usual one to an attack']));
    expect(webAttacks).toMatchObject({ requests: 43, attacks: 3, notJudged: 0 });
    expect(webAttacks!.clients[0]).toMatchObject({
      client: '198.51.100.7',
      kind: 'answered',
      passed: 1,
      refused: 1,
      failed: 1,
      answered: { line: 43, time: Date.UTC(2026, 8, 12, 8, 43) },
    });
    expect(timeline.map(({ what }) => what)).toEqual([
      '198.51.100.7 begins to attack the web server (3 requests)',
      '198.51.100.7 gets an answer unlike the usual one to an attack',
    ]);
  });

  it('give a single odd request little weight', async () => {
    const { attackers } = await sheetOf([...ordinary, row(41, '203.0.113.9', 'GET /search?name[$regex]=chair')]);
    expect(attackers).toMatchObject([{ address: '203.0.113.9', score: 1, requests: 0 }]);
  });

  it('call statements run in a database console what they are', async () => {
    const statement = (table: string): string =>
      `GET /phpmyadmin/sql.php?db=shop&table=${table}&sql_query=SELECT%20user,pass%20FROM%20${table}%20WHERE%201%3D1%20UNION%20ALL%20SELECT%20user,pass%20FROM%20staff`;
    const { attackers, timeline } = await sheetOf([
      ...ordinary,
      row(41, '10.0.9.9', statement('orders')),
      row(42, '10.0.9.9', statement('refunds')),
      row(43, '198.51.100.7', 'GET /item?id=7%27%20union%20select%20user,pass%20from%20users--%20-'),
    ]);
    const admin = attackers.find(({ address }) => address === '10.0.9.9');
    expect(admin?.deeds.join('; ')).toContain('ran 2 statements in a database console');
    expect(admin?.deeds.join('; ')).not.toMatch(/attack|injection/);
    expect(attackers[0]).toMatchObject({ address: '198.51.100.7' });
    expect(timeline.map(({ what }) => what)).toContain(
      '10.0.9.9 begins to run statements in a database console (2 requests)',
    );
  });

  it('say nothing of logs without attacks', async () => {
    const { attackers, webAttacks } = await sheetOf(ordinary);
    expect(attackers).toEqual([]);
    expect(webAttacks).toMatchObject({ attacks: 0, clients: [] });
  });
});
