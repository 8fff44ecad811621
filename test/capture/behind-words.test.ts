import { describe, expect, it } from 'vitest';
import { readCapture } from '../../src/capture/index.ts';
import { ACK, Conversation, chunked, FIN, pcap, realClientHello } from './packets.ts';

const text = (words: string) => Buffer.from(words, 'latin1');

/** What is said before the handshake, by protocol name. */
const WORDS: Record<string, [from: 'client' | 'server', bytes: Buffer][]> = {
  'proxy-v1': [['client', text('PROXY TCP4 203.0.113.9 198.51.100.4 40112 443\r\n')]],
  'http-connect': [
    ['client', text('CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example:443\r\n\r\n')],
    ['server', text('HTTP/1.1 200 Connection established\r\n\r\n')],
  ],
  socks5: [
    ['client', Buffer.from('050100', 'hex')],
    ['server', Buffer.from('0500', 'hex')],
    ['client', Buffer.from('050100010a00000201bb', 'hex')],
    ['server', Buffer.from('050000010a0000029c40', 'hex')],
  ],
  smtp: [
    ['server', text('220 mail.example ESMTP\r\n')],
    ['client', text('EHLO till.example\r\n')],
    ['server', text('250-mail.example\r\n250 STARTTLS\r\n')],
    ['client', text('STARTTLS\r\n')],
    ['server', text('220 2.0.0 Ready to start TLS\r\n')],
  ],
};

function spoken(protocol: string): Conversation {
  const flow = new Conversation().open();
  for (const [from, bytes] of WORDS[protocol]!)
    flow.put(from, ACK, bytes).put(from === 'client' ? 'server' : 'client', ACK);
  return flow;
}

async function verdictOf(flow: Conversation) {
  const { handshakes } = await readCapture(chunked(pcap(flow.packets)), 'x');
  expect(handshakes).toHaveLength(1);
  return handshakes[0]!;
}

describe.each(Object.keys(WORDS))('a handshake behind %s', (protocol) => {
  it('is judged from its first byte on when the hello is dropped', async () => {
    const hello = await realClientHello();
    const flow = spoken(protocol).put('client', ACK, hello);
    for (const after of [200, 400, 800])
      flow.put('client', ACK, hello, { after, sequence: flow.clientSequence - hello.length, advance: false });
    const one = await verdictOf(flow);
    expect(one.verdict.id).toBe('drop_after_clienthello');
    expect(one.starttls).toBe(protocol);
  });

  it('is judged from its first byte on when the server says nothing', async () => {
    const flow = spoken(protocol)
      .put('client', ACK, await realClientHello())
      .put('server', ACK);
    expect((await verdictOf(flow.put('client', FIN | ACK, undefined, { after: 9000 }))).verdict.id).toBe(
      'server_accepts_but_no_reply',
    );
  });

  it('shows that the answer was lost', async () => {
    const flow = spoken(protocol)
      .put('client', ACK, await realClientHello())
      .put('server', ACK);
    flow.serverSequence += 2511;
    flow.put('client', FIN | ACK, undefined, { after: 5000, acknowledgement: flow.serverSequence - 2511 });
    expect((await verdictOf(flow.put('server', ACK))).verdict.id).toBe('reply_lost_on_path');
  });

  it('shows a plain answer', async () => {
    const flow = spoken(protocol).put('client', ACK, await realClientHello());
    flow.put('server', ACK, text('HTTP/1.1 400 Bad Request\r\n\r\n')).put('server', FIN | ACK);
    const one = await verdictOf(flow);
    expect(one.verdict.id).toBe('plaintext_server_on_tls_port');
    expect(one.starttls ?? protocol).toBe(protocol);
  });
});
