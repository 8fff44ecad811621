/** Reads captures to the end and collects what was observed; judging comes afterwards, over all of them together. */

import { append, least, most } from '../lists.ts';
import { ClientHelloParser } from '../tls/client-hello.ts';
import { KeyLog } from '../tls/key-log.ts';
import type { HandshakeObservation, TargetObservation } from '../tls/types.ts';
import { counted } from '../wording.ts';
import { CaptureStream, decompressed } from './file/capture-stream.ts';
import type { PacketSink } from './file/packet-sink.ts';
import { asObservations, type CapturedHandshake } from './handshake.ts';
import { HandshakePage } from './handshake-page.ts';
import { observeFlow } from './observe.ts';
import { AddressTable } from './packet/addresses.ts';
import { PacketDecoder, type TransportSink } from './packet/decoder.ts';
import { readIcmpError } from './packet/icmp.ts';
import { CertificateStore } from './stream/certificate-store.ts';
import type { SessionTools } from './stream/tls-session.ts';
import { type TargetOutcome, TargetTable } from './targets.ts';
import type { Flow } from './tcp/flow.ts';
import { FIELD, FLAG, type FlowTable } from './tcp/flow-table.ts';
import { TcpTracker } from './tcp/tracker.ts';
import { DatagramTracker } from './udp/datagrams.ts';
import type { FlowCase } from './verdict/case.ts';
import { judgeFlow } from './verdict/judge.ts';
import { hearNeighbours } from './verdict/neighbours.ts';

export interface CaptureOptions {
  /** Connections followed at once; more make the oldest leave. Default 500,000 (64 bytes each while half-open). */
  maxFlows?: number;
  /** Handshakes reported one by one; the rest is only counted. Default 250,000. */
  maxHandshakes?: number;
  /** Texts of key log files (SSLKEYLOGFILE) that open encrypted handshake records. */
  keyLogs?: readonly string[];
}

export interface CaptureInput {
  /** Evidence path, as it appears in observations. */
  file: string;
  source: AsyncIterable<Buffer>;
}

export interface CaptureCounts {
  [name: string]: number;
}

export interface CaptureFileResult {
  file: string;
  /** `pcap`, `pcapng` or `unknown`. */
  format: string;
  counts: CaptureCounts;
  notes: string[];
  span?: { from: number; to: number };
}

export interface CapturesResult {
  handshakes: HandshakeObservation[];
  targets: TargetObservation[];
  counts: CaptureCounts;
  notes: string[];
  /** ms UTC of the first and last packet. */
  span?: { from: number; to: number };
  files: CaptureFileResult[];
}

const DEFAULT_MAX_FLOWS = 500_000;
const DEFAULT_MAX_HANDSHAKES = 250_000;
/** Half-open connections reported one by one per file; a flood is told by its target. */
const MAX_HALF_OPEN_LISTED = 5000;
const MAX_NOTES = 50;

/** Reads several captures as one input, so that they explain each other. Never throws on bad content. */
export async function readCaptures(
  inputs: readonly CaptureInput[],
  options: CaptureOptions = {},
): Promise<CapturesResult> {
  const tools: SessionTools = {
    hellos: new ClientHelloParser(),
    certificates: new CertificateStore(),
    keyLog: new KeyLog(),
  };
  for (const text of options.keyLogs ?? []) tools.keyLog.add(text);
  const addresses = new AddressTable();
  const cases: CapturedHandshake[] = [];
  const targets: TargetObservation[] = [];
  const files: CaptureFileResult[] = [];
  for (const input of inputs) {
    const run = new CaptureRun(
      input.file,
      tools,
      addresses,
      options,
      (options.maxHandshakes ?? DEFAULT_MAX_HANDSHAKES) - cases.length,
    );
    const result = await run.read(input.source);
    files.push(result);
    for (const item of run.cases) cases.push(item);
    append(targets, run.targetObservations());
  }
  hearNeighbours(cases, targets);
  const counts: CaptureCounts = {};
  for (const file of files)
    for (const [name, count] of Object.entries(file.counts)) counts[name] = (counts[name] ?? 0) + count;
  const spans = files.flatMap((file) => (file.span ? [file.span] : []));
  return {
    handshakes: asObservations(cases),
    targets,
    counts,
    notes: files.flatMap((file) => (files.length > 1 ? file.notes.map((note) => `${file.file}: ${note}`) : file.notes)),
    ...(spans.length > 0
      ? { span: { from: least(spans.map((span) => span.from)), to: most(spans.map((span) => span.to)) } }
      : {}),
    files,
  };
}

/** One capture: a decoder, a tracker and what came out of them. */
class CaptureRun implements PacketSink, TransportSink {
  readonly cases: CapturedHandshake[] = [];
  /** Flows that were still open at the end of the capture: judged when its end is known. */
  private readonly open: FlowCase[] = [];
  private ending = false;
  /** Handshakes of which the key log opened records. */
  private decrypted = 0;
  private readonly file: string;
  private readonly tools: SessionTools;
  private readonly decoder: PacketDecoder;
  private readonly tracker: TcpTracker;
  private readonly datagrams: DatagramTracker;
  private page: HandshakePage;
  private readonly nextNumber = () => ++this.tracker.flowCount;
  private readonly targets = new TargetTable();
  private readonly room: number;
  private readonly notes: string[] = [];
  private notesDropped = 0;
  private halfOpenListed = 0;
  private notListed = 0;
  private firstTime = 0;
  private lastTime = 0;
  private packets = 0;

  constructor(file: string, tools: SessionTools, addresses: AddressTable, options: CaptureOptions, room: number) {
    this.file = file;
    this.decoder = new PacketDecoder(this, addresses);
    this.page = new HandshakePage(file, addresses);
    this.room = room;
    this.tools = tools;
    this.datagrams = new DatagramTracker(tools);
    this.tracker = new TcpTracker(options.maxFlows ?? DEFAULT_MAX_FLOWS, tools, {
      flowEnded: (flow) => this.flowEnded(flow),
      recordEnded: (table, slot) => this.recordEnded(table, slot),
    });
  }

  async read(source: AsyncIterable<Buffer>): Promise<CaptureFileResult> {
    const stream = new CaptureStream(this);
    try {
      for await (const chunk of decompressed(source, (says) => this.problem(says))) {
        stream.push(chunk);
        if (stream.stopped) break;
      }
    } catch (error) {
      this.problem(`reading stopped: ${(error as Error).message}`);
    }
    stream.end();
    this.ending = true;
    this.tracker.finish();
    for (const flow of this.datagrams.finish()) this.list(flow);
    for (const { flow, observation } of this.open)
      this.cases.push(judgeFlow({ flow, observation, captureEnd: this.lastTime }));
    this.open.length = 0;
    this.cases.sort((a, b) => a.flow - b.flow);
    const { decoder, tracker } = this;
    const counts: CaptureCounts = {
      packets: this.packets,
      bytes: stream.bytesRead,
      flows: tracker.flowCount,
      tcpSegments: tracker.segments,
    };
    if (decoder.packetsNotIp > 0) counts.notIp = decoder.packetsNotIp;
    if (decoder.packetsMalformed > 0) counts.malformed = decoder.packetsMalformed;
    if (decoder.packetsCut > 0) counts.cutBySnapLength = decoder.packetsCut;
    for (const [linkType, count] of decoder.unknownLinkTypes)
      this.problem(`link type ${linkType} is not understood: ${counted(count, 'packet')} skipped`);
    if (tracker.evicted > 0)
      this.problem(
        `${tracker.evicted} of ${tracker.flowCount} connections had to leave the flow table before the end of the capture`,
      );
    if (this.notListed > 0)
      this.problem(
        `${counted(this.notListed, 'connection')} ${this.notListed === 1 ? 'is' : 'are'} counted per target but not listed one by one`,
      );
    if (this.tools.keyLog.size > 0) {
      counts.decryptedHandshakes = this.decrypted;
      if (this.decrypted === 0)
        this.problem('the key log opens no handshake of this capture: it belongs to other connections');
    }
    if (this.notesDropped > 0) this.notes.push(`${this.notesDropped} more problems of the same kind`);
    return {
      file: this.file,
      format: stream.format,
      counts,
      notes: this.notes,
      ...(this.lastTime > 0 ? { span: { from: this.firstTime, to: this.lastTime } } : {}),
    };
  }

  targetObservations(): TargetObservation[] {
    return this.targets.observations(this.decoder.addresses);
  }

  packet(bytes: Buffer, start: number, end: number, originalLength: number, time: number, linkType: number): void {
    this.packets++;
    if (time > 0) {
      if (this.firstTime === 0 || time < this.firstTime) this.firstTime = time;
      if (time > this.lastTime) this.lastTime = time;
    }
    this.decoder.packet(bytes, start, end, originalLength, time, linkType);
  }

  problem(says: string): void {
    if (this.notes.length < MAX_NOTES) this.notes.push(says);
    else this.notesDropped++;
  }

  secrets(keyLog: string): void {
    this.tools.keyLog.add(keyLog);
  }

  tcp(bytes: Buffer, start: number, end: number, decoder: PacketDecoder): void {
    if (!this.tracker.segment(bytes, start, end, decoder)) decoder.packetsMalformed++;
  }

  udp(bytes: Buffer, start: number, end: number, decoder: PacketDecoder): void {
    this.datagrams.datagram(bytes, start, end, decoder, this.nextNumber);
  }

  icmp(bytes: Buffer, start: number, end: number, decoder: PacketDecoder): void {
    const from = decoder.addresses.text(decoder.source, decoder.v6);
    const error = readIcmpError(bytes, start, end, decoder.v6, (buffer, at) =>
      decoder.addresses.intern(decoder.viewOf(buffer), at),
    );
    if (!error) return;
    const found = this.tracker.quoted(
      error.source,
      error.destination,
      error.sourcePort,
      error.destinationPort,
      error.v6 ? 1 : 0,
    );
    if (found) found.flow.icmp ??= { what: error.what, frame: decoder.frame, from };
  }

  private flowEnded(flow: Flow): void {
    const { client, server } = flow;
    const clientIndex = flow.opener;
    const serverIndex = clientIndex === 0 ? 1 : 0;
    const opened = server.synFrame > 0 || client.started || server.started;
    const outcome: TargetOutcome = !opened
      ? server.rstFrame
        ? 'refused'
        : 'unanswered'
      : server.rstFrame && !server.started
        ? 'reset'
        : 'connected';
    this.targets.count(
      this.file,
      flow.addresses[serverIndex],
      flow.ports[serverIndex],
      flow.v6,
      flow.addresses[clientIndex],
      outcome,
      client.synCount <= 1,
      flow.firstTime,
      flow.lastTime,
      flow.firstFrame,
    );
    this.list(flow);
  }

  private recordEnded(table: FlowTable<Flow>, slot: number): void {
    const base = table.base(slot);
    const { words } = table;
    const state = words[base + FIELD.flags]!;
    // Bare ACKs of a connection that the capture saw nothing else of.
    if ((state & (FLAG.syn | FLAG.synAck)) === 0) return;
    const openerIsB = (state & FLAG.openerIsB) !== 0;
    const server = words[openerIsB ? base : base + 1]!;
    const client = words[openerIsB ? base + 1 : base]!;
    const ports = words[base + FIELD.ports]!;
    const outcome: TargetOutcome =
      state & FLAG.rstFromServer
        ? 'refused'
        : state & FLAG.finalAck
          ? 'connected'
          : state & FLAG.synAck
            ? 'half-open'
            : 'unanswered';
    const singleSyn = (words[base + FIELD.synCounts]! & 0xffff) <= 1;
    this.targets.count(
      this.file,
      server,
      openerIsB ? ports >>> 16 : ports & 0xffff,
      (state & FLAG.v6) !== 0,
      client,
      outcome,
      singleSyn,
      table.firstTime(slot),
      table.lastTime(slot),
      words[base + FIELD.firstFrame]!,
    );
    if (this.halfOpenListed >= MAX_HALF_OPEN_LISTED) {
      this.notListed++;
      return;
    }
    this.halfOpenListed++;
    this.list(this.tracker.flowOfRecord(slot));
  }

  private list(flow: Flow): void {
    if (this.cases.length + this.open.length >= this.room) {
      this.notListed++;
      this.tracker.recycle(flow);
      return;
    }
    if (flow.session?.decrypted) this.decrypted++;
    if (this.page.full) this.page = new HandshakePage(this.file, this.decoder.addresses);
    const item: FlowCase = {
      flow,
      observation: observeFlow(flow, this.page),
      captureEnd: this.decoder.time,
    };
    if (this.ending) this.open.push(item);
    else {
      this.cases.push(judgeFlow(item));
      this.tracker.recycle(flow);
    }
  }
}
