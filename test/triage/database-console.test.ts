/** SQL in requests: an attack on a shop's page, the daily use of a database console. */
import { expect, it } from 'vitest';
import { triageFiles } from './bundle.ts';

const row = (second: number, client: string, url: string, bytes: number): string =>
  `${client} - - [22/Nov/2026:08:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} +0000] "GET ${url} HTTP/1.1" 200 ${bytes} "-" "Mozilla/5.0"`;
const log = (path: string, parameter: string): string =>
  [
    ...Array.from({ length: 60 }, (_, i) => row(i, `10.0.0.${i % 20}`, `${path}?db=shop`, 1000 + i)),
    ...Array.from({ length: 6 }, (_, i) =>
      row(100 + i, '198.51.100.7', `${path}?${parameter}=1%20UNION%20SELECT%20user,pass%20FROM%20staff${i}`, 90_000),
    ),
  ].join('\n');

it.each([
  ['/item', 'id', true],
  ['/item', 'sql_query', true],
  ['/phpmyadmin/sql.php', 'sql_query', false],
  ['/adminer.php', 'sql', false],
])('%s with %s: attack %s', async (path, parameter, attack) => {
  const report = await triageFiles({ 'access.log': `${log(path, parameter)}\n` });
  expect(report.findings.some(({ id }) => id === 'attacks/injection')).toBe(attack);
});
