/** Whose server it is that refuses connections of a proxy. */
import { expect, it } from 'vitest';
import { triageFiles } from './bundle.ts';

const log = (client: string, upstream: string): string =>
  Array.from({ length: 400 }, (_, i) => {
    const clock = `${10 + Math.floor(i / 60)}:${String(i % 60).padStart(2, '0')}`;
    const failed = i > 200;
    const request = `${client} - - [12/Sep/2026:09:${clock} +0000] "POST /api/pay HTTP/1.1" ${failed ? 502 : 200} 157 "-" "okhttp/4.9"\n`;
    if (!failed) return request;
    return `${request}2026/09/12 09:${clock} [error] 29#29: *${i} connect() failed (111: Connection refused) while connecting to upstream, client: ${client}, server: pay.example, request: "POST /api/pay HTTP/1.1", upstream: "http://${upstream}:8080/api/pay", host: "pay.example"\n`;
  }).join('');

it.each([
  ['a container beside the one that calls', '172.18.0.1', '172.18.0.5', 'ops'],
  ['a host of the same network', '10.1.2.9', '10.1.2.40', 'ops'],
  ['a partner behind a line of its own', '10.1.2.9', '10.200.7.4', 'bank'],
  ['a partner on the internet', '198.51.100.9', '203.0.113.4', 'bank'],
])('is that of %s', async (_, client, upstream, owner) => {
  const report = await triageFiles({ 'container.log': log(client, upstream) });
  expect(report.diagnosis[0]).toMatchObject({ cause: 'connection-refused', owner, priority: 'urgent' });
});
