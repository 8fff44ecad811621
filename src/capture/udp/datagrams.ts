/** DTLS and QUIC conversations over UDP, found by what they say and not by their port. Bounded. */
import { isQuicVersion } from '../../tls/quic-initial.ts';
import type { PacketDecoder } from '../packet/decoder.ts';
import { type SessionTools, TlsSession } from '../stream/tls-session.ts';
import { Flow } from '../tcp/flow.ts';
import { DtlsHalf, looksLikeDtls, opensDtls } from './dtls.ts';
import { QuicConnection } from './quic.ts';

const MAX_CONVERSATIONS = 20_000;

interface Conversation {
  flow: Flow;
  dtls?: { client: DtlsHalf; server: DtlsHalf };
  quic?: QuicConnection;
}

export class DatagramTracker {
  private readonly conversations = new Map<string, Conversation>();
  private readonly tools: SessionTools;
  /** Conversations that found no room. */
  dropped = 0;

  constructor(tools: SessionTools) {
    this.tools = tools;
  }

  datagram(bytes: Buffer, start: number, end: number, packet: PacketDecoder, nextNumber: () => number): void {
    const at = start + 8;
    const limit = Math.min(end, start + ((bytes[start + 4]! << 8) | bytes[start + 5]! || end - start));
    if (limit - at < 13) return;
    const quicHello = (bytes[at]! & 0xc0) === 0xc0 && limit - at >= 1000 && isQuicVersion(bytes.readUInt32BE(at + 1));
    const dtlsHello = !quicHello && opensDtls(bytes, at, limit);
    if (!quicHello && !dtlsHello && this.conversations.size === 0) return;
    const sourcePort = (bytes[start]! << 8) | bytes[start + 1]!;
    const destinationPort = (bytes[start + 2]! << 8) | bytes[start + 3]!;
    const forward = `${packet.source} ${sourcePort} ${packet.destination} ${destinationPort}`;
    let conversation = this.conversations.get(forward);
    let fromClient = true;
    if (!conversation) {
      conversation = this.conversations.get(`${packet.destination} ${destinationPort} ${packet.source} ${sourcePort}`);
      fromClient = conversation === undefined;
    }
    if (!conversation) {
      if (!quicHello && !dtlsHello) return;
      if (this.conversations.size >= MAX_CONVERSATIONS) {
        this.dropped++;
        return;
      }
      conversation = this.begin(packet, sourcePort, destinationPort, quicHello, nextNumber());
      this.conversations.set(forward, conversation);
    }
    const { flow } = conversation;
    const side = fromClient ? flow.client : flow.server;
    flow.lastTime = packet.time;
    side.packets++;
    side.bytes += limit - at;
    side.started = true;
    side.dataSegments++;
    side.firstDataFrame ||= packet.frame;
    side.firstDataTime ||= packet.time;
    side.lastDataFrame = packet.frame;
    side.lastDataTime = packet.time;
    if (side.ttl < 0) side.ttl = packet.ttl;
    if (conversation.quic) conversation.quic.datagram(bytes, at, limit, fromClient, packet.frame, packet.time);
    else if (looksLikeDtls(bytes, at, limit))
      conversation.dtls![fromClient ? 'client' : 'server'].datagram(bytes, at, limit, packet.frame, packet.time);
  }

  /** Conversations in the order they began; those without a readable ClientHello are left out. */
  finish(): Flow[] {
    const flows: Flow[] = [];
    for (const { flow, quic } of this.conversations.values()) {
      const session = flow.session!;
      if (!session.clientHello) continue;
      if (quic) {
        session.clientApplicationBytes = quic.shortHeaders.client;
        session.serverApplicationBytes = quic.shortHeaders.server;
      }
      flows.push(flow);
    }
    this.conversations.clear();
    return flows;
  }

  private begin(
    packet: PacketDecoder,
    sourcePort: number,
    destinationPort: number,
    quic: boolean,
    number: number,
  ): Conversation {
    const flow = new Flow(number, packet.source, sourcePort, packet.destination, destinationPort, packet.v6);
    flow.openerKnown = true;
    flow.firstFrame = packet.frame;
    flow.firstTime = packet.time;
    flow.datagram = quic ? 'quic' : 'dtls';
    const session = new TlsSession(this.tools, quic ? 'quic' : 'dtls');
    flow.session = session;
    if (quic) return { flow, quic: new QuicConnection(session) };
    return {
      flow,
      dtls: { client: new DtlsHalf(session, session.client), server: new DtlsHalf(session, session.server) },
    };
  }
}
