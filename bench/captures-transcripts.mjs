// Real TLS conversations for the generated captures: Node's TLS client and server joined in memory, with many distinct
// hellos and certificates. A transcript is a list of { fromClient, bytes } in the order of the wire.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import tls from 'node:tls';

const CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
];

/** Leaf certificates of an RSA intermediate that is sent along, freshly made. */
export function makeCertificates(count) {
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-bench-certs-'));
  const path = (name) => join(folder, name);
  const openssl = (...args) => execFileSync('openssl', args, { stdio: 'ignore' });
  try {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      path('ca.key'),
      '-out',
      path('ca.pem'),
      '-days',
      '365',
      '-subj',
      '/O=Bench Authority of Reproducible Measurements/CN=Bench Intermediate 1',
    );
    const intermediate = readFileSync(path('ca.pem'), 'utf8');
    const made = [];
    for (let index = 0; index < count; index++) {
      writeFileSync(
        path('ext'),
        `subjectAltName=DNS:shop-${index}.example,DNS:www.shop-${index}.example\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:false\ncrlDistributionPoints=URI:http://crl.authority.example/intermediate-1.crl\nauthorityInfoAccess=OCSP;URI:http://ocsp.authority.example\n`,
      );
      openssl(
        'req',
        '-new',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-keyout',
        path('k.pem'),
        '-out',
        path('r.pem'),
        '-subj',
        `/C=GB/O=Bench Merchant ${index}/CN=shop-${index}.example`,
      );
      openssl(
        'x509',
        '-req',
        '-in',
        path('r.pem'),
        '-CA',
        path('ca.pem'),
        '-CAkey',
        path('ca.key'),
        '-set_serial',
        String(1000 + index),
        '-days',
        '90',
        '-extfile',
        path('ext'),
        '-out',
        path('c.pem'),
      );
      made.push({
        name: `shop-${index}.example`,
        key: readFileSync(path('k.pem')),
        cert: readFileSync(path('c.pem'), 'utf8') + intermediate,
      });
    }
    return made;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class Wire extends Duplex {
  constructor(record) {
    super();
    this.record = record;
  }
  _write(chunk, _encoding, done) {
    this.record(Buffer.from(chunk));
    setImmediate(() => this.other.push(chunk));
    done();
  }
  _final(done) {
    setImmediate(() => this.other.push(null));
    done();
  }
  _read() {}
}

function converse(serverOptions, clientOptions) {
  return new Promise((resolve) => {
    const messages = [];
    const clientWire = new Wire((bytes) => messages.push({ fromClient: true, bytes }));
    const serverWire = new Wire((bytes) => messages.push({ fromClient: false, bytes }));
    clientWire.other = serverWire;
    serverWire.other = clientWire;
    const server = new tls.TLSSocket(serverWire, { isServer: true, ...serverOptions });
    server.on('error', () => {});
    server.on('data', () => server.end(`HTTP/1.1 200 OK\r\ncontent-length: 8000\r\n\r\n${'x'.repeat(8000)}`));
    const client = tls.connect({ socket: clientWire, rejectUnauthorized: false, ...clientOptions });
    client.on('error', () => {});
    client.on('secureConnect', () => client.write('GET / HTTP/1.1\r\nhost: shop\r\n\r\n'));
    client.on('data', () => {});
    const finish = () => {
      client.destroy();
      server.destroy();
      resolve(messages);
    };
    client.on('end', finish);
    setTimeout(finish, 60);
  });
}

/** `count` transcripts: three in four complete, the others end in an alert of the server or the client. */
export async function makeTranscripts(count, certificates) {
  const transcripts = [];
  for (let index = 0; index < count; index++) {
    const own = certificates[index % certificates.length];
    const version = index % 2 === 0 ? 'TLSv1.3' : 'TLSv1.2';
    const failing = index % 4 === 3;
    const offered = CIPHERS.filter((_cipher, bit) => ((index >>> 1) & (1 << bit)) === 0 || bit < 2);
    const ciphers = [...offered.slice(index % offered.length), ...offered.slice(0, index % offered.length)].join(':');
    const server = {
      key: own.key,
      cert: own.cert,
      ...(failing
        ? index % 8 === 3
          ? { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-SHA' }
          : { minVersion: 'TLSv1.3' }
        : {}),
    };
    const client = {
      servername: own.name,
      minVersion: 'TLSv1.2',
      maxVersion: failing ? 'TLSv1.2' : version,
      ciphers,
      ALPNProtocols: index % 3 === 0 ? ['h2', 'http/1.1'] : index % 3 === 1 ? ['http/1.1'] : [`x-${index}`],
      ecdhCurve: ['X25519:P-256', 'P-256:P-384', 'P-384:P-521:X25519'][index % 3],
    };
    transcripts.push(await converse(server, client));
  }
  return transcripts;
}

/** What a reader must find in a transcript, counted from the records themselves: hellos, certificates, alerts in clear text. */
export function tlsEvents(messages) {
  const events = { hellos: 0, serverHellos: 0, certificates: 0, alerts: 0 };
  for (const fromClient of [true, false]) {
    const bytes = Buffer.concat(messages.filter((one) => one.fromClient === fromClient).map((one) => one.bytes));
    let encrypted = false;
    for (let at = 0; at + 5 <= bytes.length && !encrypted; ) {
      const type = bytes[at];
      const end = at + 5 + bytes.readUInt16BE(at + 3);
      if (type === 20 || type === 23) encrypted = true;
      else if (type === 21) events.alerts++;
      else
        for (let message = at + 5; message + 4 <= end; message += 4 + bytes.readUIntBE(message + 1, 3)) {
          if (bytes[message] === 1) events.hellos ||= 1;
          else if (bytes[message] === 2 && !isHelloRetry(bytes, message)) events.serverHellos++;
          else if (bytes[message] === 11 && !fromClient) events.certificates++;
        }
      at = end;
    }
    // A HelloRetryRequest and its ServerHello stand on both sides of a dummy ChangeCipherSpec.
    if (!fromClient && events.serverHellos === 0 && bytes.includes(HELLO_RETRY)) events.serverHellos = 1;
  }
  return events;
}

const HELLO_RETRY = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');
const isHelloRetry = (bytes, message) => bytes.compare(HELLO_RETRY, 0, 32, message + 6, message + 38) === 0;
