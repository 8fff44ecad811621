/** Layouts that a configuration describes: nginx log_format and Apache's LogFormat, as text and as JSON. */
import { describe, expect, it } from 'vitest';
import { type ConfiguredFormat, fitsConfigured } from '../../src/logs/formats/configured.ts';
import { bothWays } from './both-ways.ts';
import { read } from './read.ts';

/** Fifty lines, by the fast lanes and by the general readers: what was read, or nothing where these disagree. */
async function readOne(line: (minute: number) => string, logFormats: ConfiguredFormat[]) {
  const text = `${Array.from({ length: 50 }, (_, i) => line(i)).join('\n')}\n`;
  await bothWays(Buffer.from(text), 'own.log', { logFormats });
  const { sources, requests } = await read(text, { logFormats });
  const names = (column: Uint32Array) =>
    [...new Set(column.subarray(0, requests.length))].map((id) => requests.strings[id]);
  return {
    format: sources[0]!.format,
    software: sources[0]!.software,
    requests: requests.length,
    statuses: [...new Set(requests.status.subarray(0, requests.length))],
    seconds: [...new Set(requests.requestTime.subarray(0, requests.length))].map((n) => Math.round(n * 1e3) / 1e3),
    paths: names(requests.path),
    hosts: names(requests.host),
    merchants: names(requests.merchant),
  };
}
const two = (n: number): string => String(n).padStart(2, '0');

describe('layouts that a configuration describes', () => {
  it('reads columns that look like a table', async () => {
    const format = '$time_iso8601|$remote_addr|$request_method|$uri|$status|$body_bytes_sent|$request_time';
    const line = (m: number) => `2026-09-12T08:${two(m)}:00+00:00|198.51.100.7|POST|/pay|502|17|0.250`;
    const logs = await readOne(line, [{ name: 'pay', format }]);
    expect(logs).toMatchObject({ format: 'nginx-access', software: 'nginx', requests: 50, statuses: [502] });
  });

  it('reads JSON whose members have names of their own', async () => {
    const format =
      '{"w":"$time_iso8601","c":"$remote_addr","q":"$request","r":$status,"d":$request_time,"a":"$http_user_agent"}';
    const line = (m: number) =>
      `{"w":"2026-09-12T08:${two(m)}:00+00:00","c":"198.51.100.7","q":"GET /pay HTTP/1.1","r":503,"d":0.100,"a":"say \\"hi\\""}`;
    const logs = await readOne(line, [{ name: 'js', format }]);
    expect(logs).toMatchObject({ format: 'nginx-access', requests: 50, statuses: [503] });
  });

  it('tells host and target apart where nothing stands between them', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable as nginx writes it.
    const format = '$remote_addr [$time_local] $scheme://$host$request_uri $status ${request_time}s';
    const line = (m: number) => `198.51.100.7 [12/Sep/2026:08:${two(m)}:00 +0000] https://pay.test/a/b?x=1 200 0.1s`;
    const logs = await readOne(line, [{ name: 'url', format }]);
    expect(logs).toMatchObject({ requests: 50, paths: ['/a/b'], hosts: ['pay.test'] });
  });

  it("reads Apache's LogFormat and its units of time", async () => {
    const format = '%h %l %u %t "%r" %>s %b %D';
    const line = (m: number) =>
      `198.51.100.7 - - [12/Sep/2026:08:${two(m)}:00 +0000] "GET /pay?id=1 HTTP/1.1" 200 236 130000`;
    const logs = await readOne(line, [{ name: 'timed', format }]);
    expect(logs).toMatchObject({ software: 'httpd', requests: 50, seconds: [0.13] });
    expect(fitsConfigured(Buffer.from(`${line(1)}\n`), [{ name: 'timed', format }])).toBe(true);
  });

  it.each([
    ['nginx', '$remote_addr - - [$time_local] "$request" $status $body_bytes_sent "$http_x_merchant_id" $request_time'],
    ['nginx', '$remote_addr - - [$time_local] "$request" $status $body_bytes_sent "$arg_mch_id" $request_time'],
    ['httpd', '%h - - %t "%r" %>s %b "%{X-Merchant-Id}i" %{s}T'],
  ])('counts merchants that a header or argument names: %s %s', async (software, format) => {
    const line = (m: number) =>
      `198.51.100.7 - - [12/Sep/2026:08:${two(m)}:00 +0000] "POST /pay HTTP/1.1" 200 17 "${m % 5 === 0 ? '-' : `M10${m % 3}`}" 0.100`;
    const logs = await readOne(line, [{ name: 'shops', format }]);
    expect(logs).toMatchObject({ software, requests: 50, seconds: [0.1], merchants: ['', 'M101', 'M102', 'M100'] });
    const text = `${Array.from({ length: 50 }, (_, i) => line(i)).join('\n')}\n`;
    const { traffic } = await read(text, { logFormats: [{ name: 'shops', format }], keep: 'counts' });
    const named = traffic.merchants.names.names.filter(Boolean);
    expect(named.sort()).toEqual(['M100', 'M101', 'M102']);
  });

  it('takes no application log for requests', async () => {
    const format = '$remote_addr $request_uri $status';
    const line = (m: number) => `2026-09-12T08:${two(m)}:00Z ERROR 404 pay failed`;
    expect(await readOne(line, [{ name: 'loose', format }])).toMatchObject({ requests: 0 });
  });
});
