// Records the ClientHello of a client program as a profile of knowledge/clients/.
// Usage: node record-client.mjs ID "NAME" "SOURCE" COMMAND ARGS...   ({port} in an argument becomes the port of the listener)
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

const [id, name, source, command, ...args] = process.argv.slice(2);
const hex = (n) => `0x${n.toString(16).padStart(4, '0')}`;

function parse(record) {
  let at = 5 + 4;
  const u16 = () => {
    at += 2;
    return record.readUInt16BE(at - 2);
  };
  const legacyVersion = u16();
  at += 32;
  at += 1 + record[at];
  const suites = [];
  for (let n = u16() / 2; n > 0; n--) suites.push(u16());
  at += 1 + record[at];
  const out = {
    legacyVersion,
    versions: [],
    suites,
    groups: [],
    signatureAlgorithms: [],
    keyShares: [],
    extensions: [],
  };
  if (at >= record.length) return out;
  const end = u16() + at;
  while (at < end) {
    const type = u16();
    const length = u16();
    const body = record.subarray(at, at + length);
    at += length;
    out.extensions.push(type);
    const list = (from) => Array.from({ length: (body.length - from) >> 1 }, (_, i) => body.readUInt16BE(from + 2 * i));
    if (type === 10) out.groups = list(2);
    if (type === 13) out.signatureAlgorithms = list(2);
    if (type === 43) out.versions = list(1);
    if (type === 51)
      for (let i = 2; i < body.length; i += 4 + body.readUInt16BE(i + 2)) out.keyShares.push(body.readUInt16BE(i));
  }
  return out;
}

const server = createServer((socket) => {
  let bytes = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length < 5 || bytes.length < 5 + bytes.readUInt16BE(3)) return;
    const hello = parse(bytes);
    // GREASE values are random from one hello to the next.
    const grease = (n) => (n & 0x0f0f) === 0x0a0a && n >> 8 === (n & 0xff);
    console.log(`id: ${id}\nname: ${name}\nsource: ${source}\nhello:`);
    console.log(`  legacyVersion: ${hex(hello.legacyVersion)}`);
    for (const key of ['versions', 'suites', 'groups', 'signatureAlgorithms', 'keyShares', 'extensions'])
      console.log(
        `  ${key}: [${hello[key]
          .filter((n) => !grease(n))
          .map(hex)
          .join(', ')}]`,
      );
    socket.destroy();
    process.exit(0);
  });
});
server.listen(0, '127.0.0.1', () => {
  const child = spawn(
    command,
    args.map((a) => a.replace('{port}', String(server.address().port))),
    { stdio: 'ignore' },
  );
  child.on('error', (e) => {
    console.error(e.message);
    process.exit(1);
  });
  setTimeout(() => process.exit(1), 15_000);
});
