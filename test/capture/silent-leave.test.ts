import { beforeAll, describe, expect, it } from 'vitest';
import { readCapture } from '../../src/capture/index.ts';
import { issue } from '../../src/drill/certificates.ts';
import { ACK, Conversation, chunked, FIN, type Packet, pcap, RST, realClientHello } from './packets.ts';

const DAY = 86_400_000;
const AT = 1_780_000_000_000;
const record = (type: number, body: Buffer | number) => {
  const content = typeof body === 'number' ? Buffer.alloc(body, 0xee) : body;
  return Buffer.concat([Buffer.from([type, 3, 3, content.length >>> 8, content.length & 255]), content]);
};
const message = (type: number, body: Buffer) =>
  record(22, Buffer.concat([Buffer.from([type, 0, body.length >>> 8, body.length & 255]), body]));
const serverHello = (tls13: boolean) =>
  message(
    2,
    Buffer.concat([
      Buffer.from([3, 3]),
      Buffer.alloc(32, 9),
      Buffer.from(tls13 ? [0, 0x13, 1, 0, 0, 6, 0, 43, 0, 2, 3, 4] : [0, 0xc0, 0x2f, 0, 0, 5, 255, 1, 0, 1, 0]),
    ]),
  );
const certificates = (...pems: string[]) => {
  const ders = pems.map((pem) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'));
  const length = (n: number) => Buffer.from([n >>> 16, (n >>> 8) & 255, n & 255]);
  const list = Buffer.concat(ders.flatMap((der) => [length(der.length), der]));
  return message(11, Buffer.concat([length(list.length), list]));
};

const authority = (name: string) =>
  issue({ subject: { O: 'Test', CN: name }, ca: true, notBefore: AT - 90 * DAY, notAfter: AT + 90 * DAY });
const leaf = (issuer: ReturnType<typeof authority> | undefined, names = ['shop.example'], to = AT + DAY) =>
  issue({ subject: { CN: names[0]! }, names, ...(issuer ? { issuer } : {}), notBefore: AT - DAY, notAfter: to }).cert;

let named: Buffer;
let forHttp: Buffer;
let nameless: Buffer;
beforeAll(async () => {
  named = await realClientHello({ servername: 'shop.example' });
  forHttp = await realClientHello({ servername: 'shop.example', ALPNProtocols: ['h2', 'http/1.1'] });
  nameless = await realClientHello({ servername: '' });
});

interface Plan {
  hello?: Buffer;
  chain?: string[];
  polite?: boolean;
  request?: boolean;
  waits?: number;
  port?: number;
  client?: string;
  time?: number;
}
/** A completed handshake of TLS 1.2 (with a chain) or 1.3 (without), and how the client goes on. */
function completed({ hello = named, chain, polite, request, waits = 5, port, client, time = AT }: Plan): Packet[] {
  const talk = new Conversation({
    time,
    ...(port ? { clientPort: port } : {}),
    ...(client ? { clientAddress: client } : {}),
  })
    .open()
    .put('client', ACK, hello);
  const changed = record(20, Buffer.from([1]));
  if (chain)
    talk
      .put('server', ACK, Buffer.concat([serverHello(false), certificates(...chain), message(14, Buffer.alloc(0))]))
      .put('client', ACK, Buffer.concat([message(16, Buffer.alloc(33)), changed, record(22, 40)]))
      .put('server', ACK, Buffer.concat([changed, record(22, 40)]));
  else
    talk
      .put('server', ACK, Buffer.concat([serverHello(true), record(23, 900), record(23, 53)]))
      .put('client', ACK, Buffer.concat([changed, record(23, 53)]))
      .put('server', ACK, record(23, 255));
  if (request) talk.put('client', ACK, record(23, 90)).put('server', ACK, record(23, 400));
  if (polite) talk.put('client', ACK, chain ? record(21, 26) : record(23, 19), { after: waits });
  return talk.put('client', FIN | ACK, undefined, { after: waits }).put('server', FIN | ACK).packets;
}

async function judged(...conversations: Packet[][]) {
  const packets = conversations.flat().sort((a, b) => a.time - b.time);
  const { handshakes } = await readCapture(chunked(pcap(packets)), 'x');
  return handshakes.map((one) => one.verdict);
}
const ids = async (...conversations: Packet[][]) => (await judged(...conversations)).map((one) => one.id);

describe('a client that completes the handshake and leaves without a request', () => {
  const issuer = authority('Private CA');

  it('dislikes a certificate with a visible defect, and the verdict says that it is inferred', async () => {
    const [expired] = await judged(completed({ chain: [leaf(issuer, ['shop.example'], AT - 1000)] }));
    expect(expired).toMatchObject({ id: 'server_cert_expired', inferred: true });
    expect(await ids(completed({ chain: [leaf(issuer, ['other.example'])] }))).toEqual(['server_cert_name_mismatch']);
  });

  it('most likely does not trust a chain without one, when it leaves abruptly or came for HTTP', async () => {
    const chain = [leaf(issuer)];
    const [abrupt] = await judged(completed({ chain }));
    expect(abrupt).toMatchObject({ id: 'server_cert_untrusted', inferred: true });
    expect(abrupt!.confidence).toBeLessThan(0.6);
    expect(await ids(completed({ chain: [leaf(undefined)], hello: forHttp, polite: true }))).toEqual([
      'server_cert_untrusted',
    ]);
  });

  it('rejects the certificate for a reason that TLS 1.3 hides', async () => {
    expect(await ids(completed({ hello: forHttp, polite: true }))).toEqual(['server_cert_rejected']);
    expect(await ids(completed({}))).toEqual(['server_cert_rejected']);
  });

  it('accuses nobody when it is as likely a health check, a spare connection or work done', async () => {
    expect(await ids(completed({ polite: true }))).toEqual(['ok']);
    expect(await ids(completed({ hello: nameless }))).toEqual(['ok']);
    expect(await ids(completed({ hello: forHttp, waits: 20_000 }))).toEqual(['ok']);
    expect(await ids(completed({ hello: forHttp, request: true }))).toEqual(['ok']);
    expect(await ids(completed({ chain: [leaf(issuer)], request: true }))).toEqual(['ok']);
    // Finished and request in one segment.
    const together = new Conversation()
      .open()
      .put('client', ACK, forHttp)
      .put('server', ACK, Buffer.concat([serverHello(true), record(23, 900), record(23, 53)]))
      .put('client', ACK, Buffer.concat([record(20, Buffer.from([1])), record(23, 53), record(23, 90)]))
      .put('server', ACK, record(23, 255))
      .put('client', FIN | ACK)
      .put('server', FIN | ACK).packets;
    expect(await ids(together)).toEqual(['ok']);
    // A browser opens more connections than it uses.
    expect(
      await ids(
        completed({ hello: forHttp, request: true }),
        completed({ hello: forHttp, port: 41_000, time: AT + 50 }),
      ),
    ).toEqual(['ok', 'ok']);
  });

  it('changed its mind when it leaves in the middle and works with the same server otherwise', async () => {
    const left = (client: string) =>
      new Conversation({ clientPort: 43_000, clientAddress: client, time: AT + 300 })
        .open()
        .put('client', ACK, named)
        .put('server', ACK, Buffer.concat([serverHello(true), record(23, 900), record(23, 53)]))
        .put('client', FIN | ACK)
        .put('server', FIN | ACK).packets;
    expect(await ids(left('10.0.0.1'))).toEqual(['server_cert_rejected']);
    expect(await ids(completed({ request: true }), left('10.0.0.1'))).toEqual(['ok', 'client_aborted_handshake']);
    // Another machine may trust other issuers.
    expect(await ids(completed({ request: true }), left('10.0.0.7'))).toEqual(['ok', 'server_cert_rejected']);
  });

  it('is explained by another client that says why', async () => {
    const refused = new Conversation({ clientPort: 42_000, clientAddress: '10.0.0.9', time: AT + 100 })
      .open()
      .put('client', ACK, named)
      .put('server', ACK, Buffer.concat([serverHello(true), record(23, 900), record(23, 53)]))
      .put('client', ACK, record(21, Buffer.from([2, 48])))
      .close().packets;
    expect(await ids(completed({}), refused)).toEqual(['server_cert_untrusted', 'server_cert_untrusted']);
  });
});

describe('a certificate that only some clients get', () => {
  it('is substituted on the way when others accept another one before and after', async () => {
    const good = [leaf(authority('Real CA'))];
    const forged = [leaf(authority('Inspection CA'))];
    const refusal = new Conversation({ clientPort: 42_000, clientAddress: '10.0.0.9', time: AT + 1000 })
      .open()
      .put('client', ACK, named)
      .put('server', ACK, Buffer.concat([serverHello(false), certificates(...forged), message(14, Buffer.alloc(0))]))
      .put('client', ACK, record(21, Buffer.from([2, 48])))
      .close().packets;
    const works = (port: number, time: number) => completed({ chain: good, request: true, port, time });
    const [before, middle, after] = await judged(works(40_001, AT), refusal, works(40_002, AT + 5000));
    expect([before!.id, after!.id]).toEqual(['ok', 'ok']);
    expect(middle).toMatchObject({ id: 'server_cert_substituted', side: 'between' });
    expect(middle!.says).toContain('Real CA');
    // The server may as well have changed its certificate when nobody got the other one afterwards.
    expect(await ids(works(40_001, AT), refusal)).toEqual(['ok', 'server_cert_untrusted']);
  });
});

describe('numbers of TCP', () => {
  it('counts the FIN of a server that closes without a word, and calls nothing lost', async () => {
    const closed = new Conversation()
      .open()
      .put('client', ACK, named)
      .put('server', ACK)
      .put('server', FIN | ACK)
      .put('client', FIN | ACK)
      .put('server', ACK).packets;
    expect(await ids(closed)).toEqual(['server_closed_after_clienthello']);
  });

  it('sees a reset of a middlebox behind the client’s Finished', async () => {
    const cut = new Conversation()
      .open()
      .put('client', ACK, named)
      .put('server', ACK, Buffer.concat([serverHello(true), record(23, 900), record(23, 53)]), { ttl: 57 })
      .put('client', ACK, record(23, 53))
      .put('server', RST, undefined, { ttl: 250, options: Buffer.alloc(0) }).packets;
    expect(await ids(cut)).toEqual(['middlebox_reset']);
  });
});
