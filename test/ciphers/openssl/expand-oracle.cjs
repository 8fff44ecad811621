// Prints, for every cipher string on standard input (one per line), the suite codes that this Node's OpenSSL sends for it.
// Works from Node 0.12 on; used with several Node releases to record what OpenSSL 1.0.2, 1.1.1, 3.0 and 3.5 make of a string.
const tls = require('node:tls');
const net = require('node:net');
const strings = require('node:fs').readFileSync(0, 'utf8').split('\n').filter(Boolean);
const out = { openssl: process.versions.openssl, strings: {} };

function codesOf(hello) {
  let at = 5 + 4 + 2 + 32;
  at += 1 + hello[at];
  const length = hello.readUInt16BE(at);
  const codes = [];
  for (let i = at + 2; i < at + 2 + length; i += 2) codes.push(hello.readUInt16BE(i));
  return codes.filter((c) => c !== 0x00ff && c !== 0x5600 && c >> 8 !== 0x13);
}

function next() {
  const string = strings.shift();
  if (string === undefined) {
    console.log(JSON.stringify(out));
    process.exit(0);
  }
  const server = net.createServer((socket) => {
    let bytes = Buffer.alloc ? Buffer.alloc(0) : new Buffer(0);
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length < 5 || bytes.length < 5 + bytes.readUInt16BE(3)) return;
      out.strings[string] = codesOf(bytes);
      socket.destroy();
    });
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1', () => {
    const done = (error) => {
      if (!(string in out.strings)) out.strings[string] = { error: String(error ? error.message : '').slice(0, 80) };
      server.close();
      setImmediate(next);
    };
    try {
      const options = { port: server.address().port, host: '127.0.0.1', ciphers: string, rejectUnauthorized: false };
      if (tls.DEFAULT_MIN_VERSION) options.minVersion = 'TLSv1';
      const client = tls.connect(options);
      let once = false;
      client.on('error', (e) => {
        if (!once) {
          once = true;
          done(e);
        }
      });
      client.on('close', () => {
        if (!once) {
          once = true;
          done();
        }
      });
    } catch (e) {
      done(e);
    }
  });
}
next();
