/** `paymedic pcap slice`: reads the capture twice, first to judge, then to cut. */

import { closeSync, createReadStream, openSync, realpathSync, statSync, writeSync } from 'node:fs';
import type { HandshakeObservation } from '../tls/types.ts';
import { EXIT, UserError } from './exit.ts';
import { tell } from './tell.ts';

const CHUNK = 4 * 1024 * 1024;
/** Durations are whole microseconds: the last packet of the handshake must not fall behind its end. */
const ROUNDING_MS = 0.002;
const CALM: ReadonlySet<string> = new Set(['ok', 'no_tls', 'no_data', 'not_visible', 'incomplete_capture']);

/** Writes the packets of the named flows, or of all failed handshakes. Returns the exit code. */
export async function sliceFile(input: string, output: string, flows: readonly number[]): Promise<number> {
  const [{ readCapture, sliceCapture }] = await Promise.all([import('../capture/index.ts')]);
  const stats = statSync(input, { throwIfNoEntry: false });
  if (!stats?.isFile())
    throw new UserError(`${input}: not a file`, { exitCode: EXIT.incomplete, next: 'name a pcap or pcapng file' });
  if (statSync(output, { throwIfNoEntry: false }) && realpathSync(input) === realpathSync(output))
    throw new UserError(`${output} is the capture itself`, { next: 'give the slice a name of its own' });
  const open = () => createReadStream(input, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>;
  const read = await readCapture(open(), input);
  const chosen = read.handshakes.filter((one) =>
    flows.length > 0 ? flows.includes(one.flow) : !CALM.has(one.verdict.id),
  );
  if (chosen.length === 0) {
    for (const note of read.notes) tell(`paymedic: ${note}\n`);
    tell(
      flows.length > 0
        ? 'paymedic: no such connection in this capture\n'
        : 'paymedic: no failed handshake in this capture; nothing was written\n',
    );
    return flows.length > 0 ? EXIT.usage : EXIT.ok;
  }
  const selections = [...chosen, ...(flows.length > 0 ? [] : witnesses(chosen, read.handshakes))].map((one) => ({
    clientAddress: one.client.address,
    clientPort: one.client.port,
    serverAddress: one.server.address,
    serverPort: one.server.port,
    from: one.time,
    to: one.end ?? one.time,
    // A handshake that never finished holds nothing but handshake.
    payloadUntil: one.completed
      ? (one.clientHello?.time ?? one.time) + (one.timing?.handshakeMs ?? 0) + ROUNDING_MS
      : (one.end ?? one.time),
  }));
  const handle = openSync(output, 'w', 0o600);
  try {
    const result = await sliceCapture(open(), selections, (bytes) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    });
    tell(
      `wrote ${result.packets} of ${result.packetsRead} packets (${result.bytes} of ${stats.size} bytes) to ${output}\n`,
    );
    for (const note of result.notes) tell(`paymedic: ${note}\n`);
  } finally {
    closeSync(handle);
  }
  return EXIT.ok;
}

/** Verdicts that rest on other connections with the same server. */
const WITNESSED: ReadonlySet<string> = new Set([
  'large_clienthello_intolerance',
  'tls13_intolerant_peer',
  'server_cert_substituted',
  'accept_queue_full',
]);
const MAX_WITNESSES = 4;

/** The connections nearest in time that the same server answered: without them the slice would not show why. */
function witnesses(
  chosen: readonly HandshakeObservation[],
  all: readonly HandshakeObservation[],
): HandshakeObservation[] {
  const server = (one: HandshakeObservation) => `${one.server.address} ${one.server.port}`;
  const taken = new Set(chosen);
  const asked = new Map<string, { from: number; to: number }>();
  for (const one of chosen)
    if (WITNESSED.has(one.verdict.id))
      asked.set(server(one), { from: asked.get(server(one))?.from ?? one.time, to: one.time });
  const answered = new Map<string, HandshakeObservation[]>();
  for (const one of all) {
    const key = server(one);
    if (!asked.has(key) || taken.has(one) || !one.tcp.synAckSeen) continue;
    const list = answered.get(key);
    if (list) list.push(one);
    else answered.set(key, [one]);
  }
  const found = new Set<HandshakeObservation>();
  for (const [key, list] of answered) {
    const { from, to } = asked.get(key)!;
    const distance = (one: HandshakeObservation) => Math.max(from - one.time, one.time - to, 0);
    for (const one of list.sort((a, b) => distance(a) - distance(b)).slice(0, MAX_WITNESSES)) found.add(one);
  }
  return [...found];
}
