/** `paymedic pcap slice`: reads the capture twice, first to judge, then to cut. */
import { closeSync, createReadStream, openSync, realpathSync, statSync, writeSync } from 'node:fs';
import { EXIT, UserError } from './exit.ts';

const CHUNK = 4 * 1024 * 1024;
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
    for (const note of read.notes) process.stderr.write(`paymedic: ${note}\n`);
    process.stderr.write(
      flows.length > 0
        ? 'paymedic: no such connection in this capture\n'
        : 'paymedic: no failed handshake in this capture; nothing was written\n',
    );
    return flows.length > 0 ? EXIT.usage : EXIT.ok;
  }
  const selections = chosen.map((one) => ({
    clientAddress: one.client.address,
    clientPort: one.client.port,
    serverAddress: one.server.address,
    serverPort: one.server.port,
    from: one.time,
    to: one.end ?? one.time,
    // A handshake that never finished holds nothing but handshake.
    payloadUntil: one.completed
      ? (one.clientHello?.time ?? one.time) + (one.timing?.handshakeMs ?? 0)
      : (one.end ?? one.time),
  }));
  const handle = openSync(output, 'w', 0o600);
  try {
    const result = await sliceCapture(open(), selections, (bytes) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    });
    process.stderr.write(
      `wrote ${result.packets} of ${result.packetsRead} packets (${result.bytes} of ${stats.size} bytes) to ${output}\n`,
    );
    for (const note of result.notes) process.stderr.write(`paymedic: ${note}\n`);
  } finally {
    closeSync(handle);
  }
  return EXIT.ok;
}
