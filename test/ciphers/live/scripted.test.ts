import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { enumerateEndpoint, type Gentleness, probeEndpoint } from '../../../src/ciphers/index.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** A server that answers every connection with what `answer` makes of the first bytes; null hangs, 'reset' resets. */
function scripted(answer: (hello: Buffer, connection: number) => Buffer | 'close' | 'reset' | null): Promise<number> {
  let count = 0;
  server = createServer((socket: Socket) => {
    const connection = ++count;
    socket.on('error', () => {});
    socket.once('data', (hello: Buffer) => {
      const bytes = answer(hello, connection);
      if (bytes === null) return;
      if (bytes === 'reset') socket.resetAndDestroy();
      else if (bytes === 'close') socket.end();
      else socket.end(bytes);
    });
  });
  return new Promise((resolve) =>
    server!.listen(0, '127.0.0.1', () => resolve((server!.address() as { port: number }).port)),
  );
}

const alert = (description: number) => Buffer.from([21, 3, 3, 0, 2, 2, description]);
const record = (type: number, body: Buffer) =>
  Buffer.concat([Buffer.from([type, 3, 3, body.length >> 8, body.length & 255]), body]);
const message = (type: number, body: Buffer) =>
  Buffer.concat([Buffer.from([type, 0, body.length >> 8, body.length & 255]), body]);
function serverHello(version: number, suite: number): Buffer {
  const hello = Buffer.concat([
    Buffer.from([version >> 8, version & 255]),
    Buffer.alloc(32, 7),
    Buffer.from([0, suite >> 8, suite & 255, 0]),
  ]);
  return record(22, Buffer.concat([message(2, hello), message(14, Buffer.alloc(0))]));
}
const versionOf = (hello: Buffer) => (hello[0] === 22 ? hello.readUInt16BE(9) : 2);
const hasSupportedVersions = (hello: Buffer) => hello.includes(Buffer.from([0, 43, 0, 3, 2, 3, 4]));
function offered(hello: Buffer): number[] {
  const at = 44 + hello[43]!;
  return Array.from({ length: hello.readUInt16BE(at) / 2 }, (_u, i) => hello.readUInt16BE(at + 2 + 2 * i));
}
/** A well-behaved TLS 1.2 server with a fixed list. */
const tls12 = (suites: number[]) => (hello: Buffer) => {
  if (versionOf(hello) !== 0x0303 || hasSupportedVersions(hello)) return alert(70);
  const suite = suites.find((s) => offered(hello).includes(s));
  return suite === undefined ? alert(40) : serverHello(0x0303, suite);
};
const quick: Partial<Gentleness> = { timeoutMs: 400 };
const scan = (port: number, gentleness: Partial<Gentleness> = quick) =>
  enumerateEndpoint({ host: '127.0.0.1', port }, { gentleness });
const codes = (s: { suites: { code: number }[] }) => s.suites.map((x) => x.code).sort((a, b) => a - b);

describe('enumeration of servers that behave badly', () => {
  it('finds exactly the suites of a scripted TLS 1.2 server', async () => {
    const result = await scan(await scripted(tls12([0xc02f, 0x009c, 0x000a])));
    expect(codes(result)).toEqual([0x000a, 0x009c, 0xc02f]);
    expect(result.complete).toBe(true);
  });

  it('loses nothing on a server that resets a tenth of its connections, and says so', async () => {
    const good = tls12([0xc02f, 0xc030, 0x009c, 0x009d, 0x002f, 0x0035, 0x000a]);
    const result = await scan(await scripted((hello, n) => (n % 10 === 7 ? 'reset' : good(hello))));
    expect(codes(result)).toEqual([0x000a, 0x002f, 0x0035, 0x009c, 0x009d, 0xc02f, 0xc030]);
    expect(result.protocols.every((p) => p.offered !== 'unknown')).toBe(true);
    expect(result.notes.join()).toContain('dropped');
  });

  it('finds everything behind a limit of connections per second, by slowing down', async () => {
    const good = tls12([0xc02f, 0xc030, 0x009c, 0x009d, 0x002f, 0x0035, 0x000a, 0xc013, 0xc014]);
    for (const drop of ['reset', 'close'] as const) {
      const started = Date.now();
      const perSecond = new Map<number, number>();
      const result = await scan(
        await scripted((hello) => {
          const second = Math.floor((Date.now() - started) / 1000);
          perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
          return perSecond.get(second)! > 14 ? drop : good(hello);
        }),
      );
      server!.close();
      expect(codes(result).length).toBe(9);
      expect(result.complete).toBe(true);
    }
  }, 30_000);

  it.each(['reset', 'close'] as const)('takes a %s for a refusal where other hellos are answered', async (drop) => {
    const good = tls12([0xc02f, 0x009c]);
    const result = await scan(
      await scripted((hello) => {
        const answer = good(hello);
        return answer[0] === 21 ? drop : answer;
      }),
    );
    expect(codes(result)).toEqual([0x009c, 0xc02f]);
    expect(result.complete).toBe(true);
    expect(result.protocols.filter((p) => p.offered === 'no').length).toBe(5);
  });

  it.each(['reset', 'close'] as const)(
    'does not take a %s for a refusal once the server has had enough',
    async (drop) => {
      const good = tls12([0xc02f, 0xc030, 0x009c, 0x009d, 0x002f]);
      const result = await scan(await scripted((hello, n) => (n > 9 ? drop : good(hello))));
      expect(result.complete).toBe(false);
      expect(result.incomplete.join()).toContain('began to drop');
    },
    30_000,
  );

  it('does not call SSL 2.0 unknown for being ignored where every other hello is answered', async () => {
    const good = tls12([0xc02f]);
    const result = await scan(await scripted((hello) => (hello[0] === 22 ? good(hello) : null)));
    expect(result.protocols[0]).toMatchObject({ protocol: 'SSLv2', offered: 'no' });
    expect(result.complete).toBe(true);
  });

  it('says incomplete, not "not offered", when the server goes silent half-way', async () => {
    const good = tls12([0xc02f, 0xc030, 0x009c]);
    let refused = 0;
    const result = await scan(
      await scripted((hello, n) => {
        if (n > 2) return null;
        const answer = good(hello);
        if (answer[0] === 21) refused++;
        return answer;
      }),
    );
    expect(result.complete).toBe(false);
    expect(result.protocols.filter((p) => p.offered === 'no').length).toBe(refused);
    expect(codes(result)).toContain(0xc02f);
  }, 60_000);

  it('stops at its budget of connections and calls the result incomplete', async () => {
    let connections = 0;
    const good = tls12([0xc02f, 0xc030, 0x009c, 0x009d]);
    const result = await scan(
      await scripted((hello) => {
        connections++;
        return good(hello);
      }),
      { ...quick, budget: 3 },
    );
    expect(connections).toBeLessThanOrEqual(3);
    expect(result.connections).toBe(connections);
    expect(result.complete).toBe(false);
  });

  it('asks a size-intolerant server with small hellos', async () => {
    const good = tls12([0xc02f, 0x002f]);
    const result = await scan(await scripted((hello) => (hello.length > 255 ? null : good(hello))));
    expect(codes(result)).toEqual([0x002f, 0xc02f]);
    expect(result.notes.join()).toContain('large ClientHello');
  }, 60_000);

  it('takes a suite that was not offered as a refusal', async () => {
    const result = await scan(
      await scripted((hello) =>
        versionOf(hello) === 0x0303 && !hasSupportedVersions(hello) ? serverHello(0x0303, 0xffff) : alert(40),
      ),
    );
    expect(result.suites).toEqual([]);
    expect(result.notes.join()).toContain('not offered');
  });

  it('survives a warning alert before the ServerHello', async () => {
    const good = tls12([0xc02f]);
    const result = await scan(
      await scripted((hello) => Buffer.concat([Buffer.from([21, 3, 3, 0, 2, 1, 112]), good(hello)])),
    );
    expect(codes(result)).toEqual([0xc02f]);
  });

  it.each([
    ['plain text', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['noise', Buffer.from('ffffffffffffffffffffffffffff', 'hex')],
    ['a giant record', Buffer.from([22, 3, 3, 255, 255, 1])],
    ['a truncated ServerHello', record(22, Buffer.from([2, 0, 0, 10, 3, 3]))],
  ])('ends without a protocol on %s', async (_name, bytes) => {
    const result = await scan(await scripted(() => bytes));
    expect(result.protocols.filter((p) => p.offered === 'yes')).toEqual([]);
    expect(result.suites).toEqual([]);
  });

  it('names an endpoint that nobody answers', async () => {
    const port = await scripted(() => null);
    server!.close();
    const result = await scan(port);
    expect(result.error).toContain('ECONNREFUSED');
    expect(result.complete).toBe(false);
  });
});

describe('vulnerability probes', () => {
  /** A TLS 1.2 server with the heartbeat extension that answers the probe's bytes as the two functions say. */
  const start = (onHeartbeat: Buffer | 'close', onChangeCipherSpec: Buffer | 'close'): Promise<number> => {
    server = createServer((socket: Socket) => {
      let greeted = false;
      socket.on('error', () => {});
      socket.on('data', (bytes: Buffer) => {
        const answer = greeted ? (bytes[0] === 24 ? onHeartbeat : onChangeCipherSpec) : tls12Heartbeat(bytes);
        greeted = true;
        if (answer === 'close') socket.end();
        else socket.write(answer);
      });
    });
    return new Promise((resolve) =>
      server!.listen(0, '127.0.0.1', () => resolve((server!.address() as { port: number }).port)),
    );
  };
  const tls12Heartbeat = (hello: Buffer): Buffer => {
    if (versionOf(hello) !== 0x0303 || hasSupportedVersions(hello) || !offered(hello).includes(0x009c))
      return alert(40);
    const body = Buffer.concat([
      Buffer.from([3, 3]),
      Buffer.alloc(32, 7),
      Buffer.from([0, 0, 0x9c, 0, 0, 5, 0, 15, 0, 1, 1]),
    ]);
    return record(22, Buffer.concat([message(2, body), message(14, Buffer.alloc(0))]));
  };
  const deep = async (port: number) =>
    (await enumerateEndpoint({ host: '127.0.0.1', port }, { deep: true, gentleness: quick })).features;

  it('call a server vulnerable only on bytes that prove it', async () => {
    const leak = record(24, Buffer.concat([Buffer.from([2, 0x40, 0]), Buffer.alloc(2000, 65)]));
    expect(await deep(await start(leak, alert(20)))).toMatchObject({
      heartbleed: 'vulnerable',
      ccsInjection: 'vulnerable',
    });
  });
  it('call it not vulnerable on a refusal, and unknown when it just closes after the ChangeCipherSpec', async () => {
    expect(await deep(await start(alert(47), alert(10)))).toMatchObject({
      heartbleed: 'not vulnerable',
      ccsInjection: 'not vulnerable',
    });
    server!.close();
    expect(await deep(await start('close', 'close'))).toMatchObject({
      heartbleed: 'not vulnerable',
      ccsInjection: 'unknown',
    });
  });
});

describe('the probe', () => {
  const probe = (port: number) => probeEndpoint('127.0.0.1', port, { timeoutMs: 400 });
  it.each([
    ['an alert', () => alert(40), { kind: 'alert', alert: 40 }],
    ['plain text', () => Buffer.from('220 mail ready\r\n'), { kind: 'plaintext' }],
    ['silence', () => null, { kind: 'timeout-answer' }],
    ['a reset', () => 'reset' as const, { kind: 'reset' }],
    ['a close', () => 'close' as const, { kind: 'closed' }],
  ])('classifies %s, with at most two connections', async (_name, answer, error) => {
    const result = await probe(await scripted(answer));
    expect(result.ok).toBe(false);
    expect(result.error).toMatchObject(error);
    expect(result.connections).toBeLessThanOrEqual(2);
  });
});
