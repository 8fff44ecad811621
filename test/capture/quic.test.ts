import { createCipheriv, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCapture } from '../../src/capture/index.ts';
import { type InitialKeys, initialKeys } from '../../src/tls/quic-initial.ts';
import { chunked, ethernet, ipv4, type Packet, pcap, realClientHello, udp } from './packets.ts';

const V1 = 1;
const V2 = 0x6b3343cf;
const DRAFT_29 = 0xff00001d;

const variable = (value: number) => Buffer.from([0x40 | (value >>> 8), value & 255]);
const crypto = (offset: number, bytes: Buffer) =>
  Buffer.concat([Buffer.from([6]), variable(offset), variable(bytes.length), bytes]);

/** A protected Initial packet (RFC 9001 section 5), padded to `size` bytes of payload. */
function initial(version: number, keys: InitialKeys, to: Buffer, number: number, frames: Buffer, size = 1100): Buffer {
  const payload = Buffer.concat([frames, Buffer.alloc(Math.max(0, size - frames.length))]);
  const header = Buffer.concat([
    Buffer.from([version === V2 ? 0xd3 : 0xc3]),
    Buffer.from([version >>> 24, (version >>> 16) & 255, (version >>> 8) & 255, version & 255]),
    Buffer.from([to.length]),
    to,
    Buffer.from([0, 0]),
    variable(4 + payload.length + 16),
    Buffer.from([0, 0, 0, number]),
  ]);
  const nonce = Buffer.from(keys.iv);
  nonce[11]! ^= number;
  const cipher = createCipheriv('aes-128-gcm', keys.key, nonce);
  cipher.setAAD(header);
  const sealed = Buffer.concat([cipher.update(payload), cipher.final(), cipher.getAuthTag()]);
  const mask = createCipheriv('aes-128-ecb', keys.headerProtection, null).update(sealed.subarray(0, 16));
  header[0]! ^= mask[0]! & 0x0f;
  for (let index = 0; index < 4; index++) header[header.length - 4 + index]! ^= mask[1 + index]!;
  return Buffer.concat([header, sealed]);
}

const datagrams = (list: readonly { fromClient?: boolean; bytes: Buffer }[]): Packet[] =>
  list.map(({ fromClient = true, bytes }, index) => {
    const [client, server] = ['10.0.0.1', '10.0.0.2'];
    const payload = fromClient ? udp(bytes, 50_000, 443) : udp(bytes, 443, 50_000);
    const ends = fromClient ? { source: client, destination: server } : { source: server, destination: client };
    return { time: 1_780_000_000_000 + index, bytes: ethernet(ipv4(17, payload, ends)) };
  });

const read = async (list: Parameters<typeof datagrams>[0]) =>
  (await readCapture(chunked(pcap(datagrams(list))), 'x')).handshakes;

/** Handshake message without its record header. */
let hello: Buffer;
beforeAll(async () => {
  hello = (await realClientHello({ minVersion: 'TLSv1.3', servername: 'shop.example' })).subarray(5);
});

describe('QUIC', () => {
  const id = Buffer.from('8394c8f03e515708', 'hex');

  it('derives the keys of RFC 9001 appendix A.1 and RFC 9369 appendix A.1', () => {
    expect(initialKeys(V1, id)?.client.key.toString('hex')).toBe('1f369613dd76d5467730efcbe3b1a22d');
    expect(initialKeys(V1, id)?.client.headerProtection.toString('hex')).toBe('9f50449e04a0e810283a1e9933adedd2');
    expect(initialKeys(V2, id)?.client.key.toString('hex')).toBe('8b1a0bc121284290a29e0971b5cd045d');
  });

  it.each([
    ['version 1', V1],
    ['version 2', V2],
    ['draft 29', DRAFT_29],
  ])('joins a hello of %s from frames out of order in several packets and datagrams', async (_name, version) => {
    const { client } = initialKeys(version, id)!;
    const third = Math.floor(hello.length / 3);
    const piece = (from: number, to?: number) => crypto(from, hello.subarray(from, to));
    const [one] = await read([
      { bytes: initial(version, client, id, 0, Buffer.concat([piece(2 * third), piece(0, 10)])) },
      {
        // Two packets in one datagram, with a frame that comes again.
        bytes: Buffer.concat([
          initial(version, client, id, 1, piece(third, 2 * third), 300),
          initial(version, client, id, 2, Buffer.concat([piece(0, 10), piece(10, third)]), 700),
        ]),
      },
    ]);
    expect(one).toMatchObject({ protocol: 'quic', clientHello: { sni: 'shop.example' } });
    expect(one?.clientHello?.ja4).toMatch(/^q13d/);
  });

  it('reads the answer of a server that goes on in a compatible version (RFC 9368)', async () => {
    const answer = Buffer.concat([
      Buffer.from([2, 0, 0, 46, 3, 3]),
      randomBytes(32),
      Buffer.from([0, 0x13, 0x01, 0, 0, 6, 0, 43, 0, 2, 3, 4]),
    ]);
    const [one] = await read([
      { bytes: initial(V1, initialKeys(V1, id)!.client, id, 0, crypto(0, hello)) },
      {
        fromClient: false,
        bytes: initial(V2, initialKeys(V2, id)!.server, Buffer.alloc(0), 0, crypto(0, answer)),
      },
    ]);
    expect(one?.serverHello).toMatchObject({ version: 0x0304, suite: 0x1301 });
  });

  it('leaves reserved versions and noise alone', async () => {
    const reserved = initial(V1, initialKeys(V1, id)!.client, id, 0, crypto(0, hello));
    reserved.writeUInt32BE(0x1a2a3a4a, 1);
    expect(await read([{ bytes: reserved }, { bytes: Buffer.alloc(1200, 0xc3) }])).toEqual([]);
  });
});
