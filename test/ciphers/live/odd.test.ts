import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditScan } from '../../../src/ciphers/audit.ts';
import { enumerateEndpoint } from '../../../src/ciphers/live/enumerate.ts';
import type { EndpointScan } from '../../../src/ciphers/live/scan-types.ts';
import { readPolicy } from '../../../src/ciphers/policy/read.ts';
import { loadKnowledge } from '../../../src/knowledge/load.ts';
import { has, makeCertificates, rsa } from './processes.ts';

const servers: Server[] = [];
const listening = (server: Server): Promise<number> => {
  servers.push(server);
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)));
};
/** A good server of TLS 1.2 and 1.3. */
const good = (): Promise<number> =>
  listening(
    createTlsServer({ key: readFileSync(rsa.key), cert: readFileSync(rsa.certificate) }).on('tlsClientError', () => {}),
  );
/** Something in front of it that meddles with connections. */
const inFront = (meddle: (client: Socket, upstream: () => Socket) => void, port: number): Promise<number> =>
  listening(
    createServer((client) => {
      client.on('error', () => {});
      meddle(client, () => {
        const upstream = connect(port, '127.0.0.1').on('error', () => client.destroy());
        client.on('close', () => upstream.destroy());
        upstream.on('end', () => client.end());
        return upstream;
      });
    }),
  );
const suites = (scan: EndpointScan): string[] => scan.suites.map((s) => `${s.protocol} ${s.name}`).sort();
const scanOf = (port: number): Promise<EndpointScan> =>
  enumerateEndpoint({ host: '127.0.0.1', port, serverName: 'localhost' }, { gentleness: { timeoutMs: 400 } });

describe.skipIf(!has('openssl'))('a good server behind something odd', () => {
  let direct: EndpointScan;
  let port: number;
  beforeAll(async () => {
    makeCertificates();
    port = await good();
    direct = await scanOf(port);
  });
  afterAll(() => {
    for (const server of servers) server.close();
  });

  it.each([
    ['swallows hellos above 255 bytes', 260, (client: Socket) => void client.resume()],
    ['resets on hellos above 255 bytes', 260, (client: Socket) => void client.resetAndDestroy()],
  ])(
    'that %s: TLS 1.3 is found as well, and nothing is accused that a small hello cannot ask',
    async (_name, limit, refuse) => {
      const odd = await inFront((client, upstream) => {
        client.once('data', (hello) => {
          if (hello.length > limit) return refuse(client);
          const to = upstream();
          to.write(hello);
          client.pipe(to).pipe(client);
        });
      }, port);
      const scan = await scanOf(odd);
      expect(suites(scan)).toEqual(suites(direct));
      expect(scan.notes.join()).toMatch(/large ClientHello/);
      const policy = readPolicy((loadKnowledge().other('policies') as { [id: string]: unknown }).bcp195);
      if (!('policy' in policy)) throw new Error('the shipped policy is not valid');
      const judge = (one: EndpointScan): string[] =>
        auditScan(one, [policy.policy], Date.UTC(2026, 10, 22), { evidence: { file: 'x' } }).findings.map((f) => f.id);
      expect(judge(scan)).toEqual(judge(direct));
    },
  );

  it('that hands on one byte at a time: everything is found', async () => {
    const odd = await inFront((client, upstream) => {
      const to = upstream();
      client.pipe(to);
      const bytes: number[] = [];
      const next = (): void => {
        if (client.destroyed || bytes.length === 0) return;
        client.write(Buffer.of(bytes.shift()!));
        setImmediate(next);
      };
      to.on('data', (more) => {
        const idle = bytes.length === 0;
        bytes.push(...more);
        if (idle) next();
      });
    }, port);
    const scan = await scanOf(odd);
    expect(suites(scan)).toEqual(suites(direct));
    expect(scan.complete).toBe(true);
  });
});
