/** A log whose columns nobody named shows neither health nor fault, until a configuration beside it names them. */
import { expect, it } from 'vitest';
import { triageFiles } from './bundle.ts';

const START = Date.UTC(2026, 10, 22, 6);
const lines = Array.from(
  { length: 7200 },
  (_, i) =>
    `${((START + i * 1000) / 1000).toFixed(3)}|10.0.0.${i % 200}|shop.example|POST|/api/pay|${i >= 5400 && i < 6000 && i % 2 ? 502 : 200}|0.0${10 + (i % 50)}|pay-1:8080`,
).join('\n');

it('is not judged alone, and judged with its layout', async () => {
  const alone = await triageFiles({ 'access.log': `${lines}\n` });
  expect(alone.summary.judged).toBe(false);
  expect(JSON.stringify(alone.notChecked)).toContain('columns have no names');
  const named = await triageFiles({
    'access.log': `${lines}\n`,
    'nginx.conf':
      "http {\n  log_format pay '$msec|$remote_addr|$host|$request_method|$uri|$status|$request_time|$upstream_addr';\n  server { listen 80; access_log access.log pay; }\n}\n",
  });
  expect(named.summary.verdict).toContain('502');
});
