// Writes the three benchmark captures: bulk (long downloads), dense (handshake after handshake) and flood (half-open).
// expected.json beside them says what a reader must find.
// Usage: node bench/captures-generate.mjs DIR [scale] [distinct]; scale 1 gives 1 GB, 0.8 GB and 1.2 million half-open
// flows, distinct (240) that many certificates and twice as many conversations.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificates, makeTranscripts, tlsEvents } from './captures-transcripts.mjs';

const MSS = 1448;

class PcapWriter {
  constructor(file) {
    this.handle = openSync(file, 'w');
    this.buffer = Buffer.alloc(8 << 20);
    this.at = 0;
    this.total = 0;
    this.packets = 0;
    this.time = 1_780_000_000_000_000;
    const header = Buffer.alloc(24);
    header.writeUInt32LE(0xa1b2c3d4, 0);
    header.writeUInt16LE(2, 4);
    header.writeUInt16LE(4, 6);
    header.writeUInt32LE(262_144, 16);
    header.writeUInt32LE(1, 20);
    header.copy(this.buffer);
    this.at = 24;
  }
  /** One Ethernet frame with a TCP segment; checksums are left zero, as capture hosts with offloading show them. */
  segment(flow, fromClient, flags, payload) {
    const length = payload ? payload.length : 0;
    const ip = flow.v6 ? 40 : 20;
    const options = flags & 2 ? 20 : 12;
    const captured = 14 + ip + 20 + options + length;
    if (this.at + captured + 16 > this.buffer.length) this.flush();
    const { buffer } = this;
    let at = this.at;
    this.time += 3;
    buffer.writeUInt32LE(Math.floor(this.time / 1e6), at);
    buffer.writeUInt32LE(this.time % 1e6, at + 4);
    buffer.writeUInt32LE(captured, at + 8);
    buffer.writeUInt32LE(captured, at + 12);
    at += 16;
    buffer.fill(2, at, at + 12);
    buffer.writeUInt16BE(flow.v6 ? 0x86dd : 0x0800, at + 12);
    at += 14;
    if (flow.v6) {
      buffer.fill(0, at, at + 40);
      buffer[at] = 0x60;
      buffer.writeUInt16BE(20 + options + length, at + 4);
      buffer[at + 6] = 6;
      buffer[at + 7] = 64;
      for (const [offset, address] of [
        [8, fromClient ? flow.client : flow.server],
        [24, fromClient ? flow.server : flow.client],
      ]) {
        buffer.writeUInt32BE(0x20010db8, at + offset);
        buffer.writeUInt32BE(address, at + offset + 12);
      }
    } else {
      buffer.fill(0, at, at + 20);
      buffer[at] = 0x45;
      buffer.writeUInt16BE(40 + options + length, at + 2);
      buffer[at + 6] = 0x40;
      buffer[at + 8] = 64;
      buffer[at + 9] = 6;
      buffer.writeUInt32BE(fromClient ? flow.client : flow.server, at + 12);
      buffer.writeUInt32BE(fromClient ? flow.server : flow.client, at + 16);
    }
    at += ip;
    buffer.writeUInt16BE(fromClient ? flow.port : 443, at);
    buffer.writeUInt16BE(fromClient ? 443 : flow.port, at + 2);
    const mine = fromClient ? 'clientSequence' : 'serverSequence';
    const other = fromClient ? 'serverSequence' : 'clientSequence';
    buffer.writeUInt32BE(flow[mine] >>> 0, at + 4);
    buffer.writeUInt32BE(flags & 16 ? flow[other] >>> 0 : 0, at + 8);
    buffer[at + 12] = ((20 + options) / 4) << 4;
    buffer[at + 13] = flags;
    buffer.writeUInt16BE(64_240, at + 14);
    buffer.writeUInt32BE(0, at + 16);
    const timestamps = Buffer.from([1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1]);
    if (flags & 2) {
      Buffer.from([2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7]).copy(buffer, at + 20);
    } else timestamps.copy(buffer, at + 20);
    at += 20 + options;
    if (payload) payload.copy(buffer, at);
    flow[mine] += length + (flags & 3 ? 1 : 0);
    this.at = at + length;
    this.packets++;
  }
  send(flow, fromClient, bytes) {
    for (let at = 0; at < bytes.length; at += MSS) this.segment(flow, fromClient, 24, bytes.subarray(at, at + MSS));
    this.segment(flow, !fromClient, 16);
  }
  flush() {
    writeSync(this.handle, this.buffer, 0, this.at);
    this.total += this.at;
    this.at = 0;
  }
  get size() {
    return this.total + this.at;
  }
  close() {
    this.flush();
    closeSync(this.handle);
  }
}

const noEvents = () => ({ hellos: 0, serverHellos: 0, certificates: 0, alerts: 0 });
/** Adds what one more use of a transcript brings. */
function count(total, messages) {
  messages.events ??= tlsEvents(messages);
  for (const name of Object.keys(total)) total[name] += messages.events[name];
}

let serial = 0;
function newFlow() {
  serial++;
  return {
    client: (0x0a000000 + (serial % 60_000)) >>> 0,
    server: (0xc6336400 + (serial % 40)) >>> 0,
    port: 1024 + ((Math.floor(serial / 60_000) * 7 + serial) % 60_000),
    v6: serial % 5 === 0,
    clientSequence: (serial * 7919) >>> 0,
    serverSequence: (serial * 104_729) >>> 0,
  };
}

function open(writer, flow) {
  writer.segment(flow, true, 2);
  writer.segment(flow, false, 18);
  writer.segment(flow, true, 16);
}
function close(writer, flow) {
  writer.segment(flow, true, 17);
  writer.segment(flow, false, 17);
  writer.segment(flow, true, 16);
}

function dense(file, transcripts, limit) {
  const writer = new PcapWriter(file);
  const events = noEvents();
  let flows = 0;
  while (writer.size < limit) {
    // Sixteen conversations at a time, message by message in turn.
    const batch = Array.from({ length: 16 }, () => ({
      flow: newFlow(),
      messages: transcripts[flows++ % transcripts.length],
      at: 0,
    }));
    for (const one of batch) {
      open(writer, one.flow);
      count(events, one.messages);
    }
    for (let busy = true; busy; ) {
      busy = false;
      for (const one of batch) {
        const message = one.messages[one.at++];
        if (!message) continue;
        busy = true;
        writer.send(one.flow, message.fromClient, message.bytes);
      }
    }
    for (const one of batch) close(writer, one.flow);
  }
  writer.close();
  return { flows, packets: writer.packets, bytes: writer.total, events };
}

function bulk(file, transcripts, limit) {
  const writer = new PcapWriter(file);
  const record = Buffer.alloc(5 + 16_384 + 17, 0x5a);
  record.writeUInt32BE(0x17030340, 0);
  record.writeUInt16BE(record.length - 5, 3);
  const completing = transcripts.filter((_one, index) => index % 4 !== 3);
  const events = noEvents();
  let flows = 0;
  while (writer.size < limit) {
    const batch = Array.from({ length: 24 }, () => ({
      flow: newFlow(),
      messages: completing[flows++ % completing.length],
    }));
    for (const { flow, messages } of batch) {
      open(writer, flow);
      count(events, messages);
      for (const message of messages) writer.send(flow, message.fromClient, message.bytes);
    }
    for (let records = 0; records < 24 && writer.size < limit; records++)
      for (const { flow } of batch) writer.send(flow, false, record);
    for (const { flow } of batch) close(writer, flow);
  }
  writer.close();
  return { flows, packets: writer.packets, bytes: writer.total, events };
}

function flood(file, transcripts, openings) {
  const writer = new PcapWriter(file);
  const events = noEvents();
  let hellos = 0;
  for (let index = 0; index < openings; index++) {
    const flow = {
      client: (Math.imul(index + 1, 2_654_435_761) ^ 0x55aa55aa) >>> 0,
      server: 0xc6336401,
      port: 1024 + ((Math.imul(index, 40_503) >>> 8) % 64_000),
      v6: index % 5 === 0,
      clientSequence: Math.imul(index, 69_069) >>> 0,
      serverSequence: Math.imul(index, 1_664_525) >>> 0,
    };
    writer.segment(flow, true, 2);
    if (index % 10 === 0) writer.segment(flow, false, 18);
    if (index % 2000 === 0) {
      const real = newFlow();
      open(writer, real);
      const messages = transcripts[hellos++ % transcripts.length];
      count(events, messages);
      for (const message of messages) writer.send(real, message.fromClient, message.bytes);
      close(writer, real);
    }
  }
  writer.close();
  return { flows: openings + hellos, packets: writer.packets, bytes: writer.total, events };
}

const directory = process.argv[2];
const scale = Number(process.argv[3] ?? 1);
const distinct = Number(process.argv[4] ?? 240);
if (!directory || !(scale > 0) || !(distinct > 0)) {
  console.error('usage: node bench/captures-generate.mjs DIR [scale] [distinct]');
  process.exit(2);
}
mkdirSync(directory, { recursive: true });
const transcripts = await makeTranscripts(distinct * 2, makeCertificates(distinct));
console.log(`transcripts ${transcripts.length}, certificates ${distinct}`);
const expected = {
  bulk: bulk(join(directory, 'bulk.pcap'), transcripts, scale * 1_050_000_000),
  dense: dense(join(directory, 'dense.pcap'), transcripts, scale * 820_000_000),
  flood: flood(join(directory, 'flood.pcap'), transcripts, Math.round(scale * 1_200_000)),
};
writeFileSync(join(directory, 'expected.json'), `${JSON.stringify(expected, undefined, 2)}\n`);
console.log(JSON.stringify(expected, undefined, 2));
process.exit(0);
