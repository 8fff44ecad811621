import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enumerateEndpoint } from '../../../src/ciphers/live/enumerate.ts';
import type { EndpointScan } from '../../../src/ciphers/live/scan-types.ts';
import { has, makeCertificates, rsa } from './processes.ts';

const ONE_WAY_MS = 15;
const servers: Server[] = [];
const listening = (server: Server): Promise<number> =>
  new Promise((done) => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)));

/** A TLS server with many suites in TLS 1.0 to 1.2, and the same one behind a long line. */
async function nearAndFar(options: TlsOptions): Promise<{ near: number; far: number }> {
  const server = createTlsServer({
    key: readFileSync(rsa.key),
    cert: readFileSync(rsa.certificate),
    minVersion: 'TLSv1',
    ciphers: 'ALL:@SECLEVEL=0',
    ...options,
  }).on('tlsClientError', () => {});
  const near = await listening(server);
  const late = (from: Socket, to: Socket): void => {
    from.on('data', (bytes) => setTimeout(() => to.destroyed || to.write(bytes), ONE_WAY_MS));
    from.on('end', () => setTimeout(() => to.end(), ONE_WAY_MS));
    from.on('error', () => setTimeout(() => to.destroy(), ONE_WAY_MS));
  };
  const line = createServer((client) => {
    const upstream = connect(near, '127.0.0.1');
    late(client, upstream);
    late(upstream, client);
  });
  const far = await listening(line);
  servers.push(server, line);
  return { near, far };
}

const suitesOf = (scan: EndpointScan, protocol: string): string[] =>
  scan.suites.filter((s) => s.protocol === protocol).map((s) => s.name);
const scan = (port: number, deep = false): Promise<EndpointScan> =>
  enumerateEndpoint({ host: '127.0.0.1', port, serverName: 'localhost' }, { gentleness: { concurrency: 8 }, deep });

describe.skipIf(!has('openssl'))('a server that is far away', () => {
  beforeAll(makeCertificates);
  afterAll(() => {
    for (const server of servers) server.close();
  });

  it('is found to offer what it offers nearby, for a few refusals more', async () => {
    const { near, far } = await nearAndFar({ honorCipherOrder: false });
    const [here, there] = [await scan(near), await scan(far)];
    for (const protocol of ['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'])
      expect(suitesOf(there, protocol).sort()).toEqual(suitesOf(here, protocol).sort());
    expect(there.complete).toBe(true);
    expect(there.connections).toBeLessThanOrEqual(here.connections + 20);
    // One after the other, the suites of TLS 1.2 alone would take as many round trips as there are.
    expect(there.milliseconds).toBeLessThan(suitesOf(here, 'TLSv1.2').length * 4 * ONE_WAY_MS);
  });

  it('keeps its order of preference in a deep scan, and says where the order is known', async () => {
    const order = { honorCipherOrder: true, ciphers: 'AES128-SHA:AES256-SHA:ALL:@SECLEVEL=0' };
    const { near, far } = await nearAndFar(order);
    const here = await scan(near);
    expect(here.protocols.find((p) => p.protocol === 'TLSv1.2')).toMatchObject({
      preference: 'server',
      inServerOrder: true,
    });
    const quick = await scan(far);
    expect(quick.protocols.find((p) => p.protocol === 'TLSv1.2')).not.toHaveProperty('inServerOrder');
    const deep = await scan(far, true);
    expect(deep.protocols.find((p) => p.protocol === 'TLSv1.2')).toMatchObject({ inServerOrder: true });
    expect(suitesOf(deep, 'TLSv1.2')).toEqual(suitesOf(here, 'TLSv1.2'));
  }, 30_000);
});
