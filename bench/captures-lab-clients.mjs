// Clients of the capture lab: each makes one request as ordinary software does, trusting the lab's root only.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOST } from './captures-lab-servers.mjs';

const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

const NODE_CLIENT = `const o = JSON.parse(process.argv[1]); const fs = require('fs');
const q = require('https').get({ host: o.host, port: o.port, ca: fs.readFileSync(o.ca), minVersion: o.version, maxVersion: o.version,
  agent: false, ...(o.alpn ? { ALPNProtocols: ['http/1.1'] } : {}) }, (r) => r.resume()); q.on('error', () => {});`;
const PYTHON_CLIENT = `import socket, ssl, sys
c = ssl.create_default_context(cafile=sys.argv[3])
v = ssl.TLSVersion.TLSv1_2 if sys.argv[2] == '1.2' else ssl.TLSVersion.TLSv1_3
c.minimum_version = c.maximum_version = v
if len(sys.argv) > 4: c.load_cert_chain(sys.argv[4], sys.argv[5])
s = c.wrap_socket(socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5), server_hostname='${HOST}')
s.sendall(b'GET / HTTP/1.0\\r\\nHost: ${HOST}\\r\\n\\r\\n')
while s.recv(4096): pass
s.close()`;
const JAVA_CLIENT = `import java.net.*; import javax.net.ssl.*;
public class LabClient { public static void main(String[] a) throws Exception {
  HttpURLConnection c = (HttpURLConnection) new URL("https://${HOST}:" + a[0] + "/").openConnection();
  c.setConnectTimeout(5000); c.setReadTimeout(5000); try { c.getResponseCode(); } catch (Exception e) { } } }`;
const PERL_CLIENT = `use IO::Socket::SSL; my $s = IO::Socket::SSL->new(PeerHost => '${HOST}', PeerPort => $ARGV[0], SSL_ca_file => $ARGV[1],
  SSL_verify_mode => 1, SSL_verifycn_scheme => 'http', SSL_version => $ARGV[2]) or exit 1; print $s "GET / HTTP/1.0\\r\\n\\r\\n"; local $/; <$s>;`;

const url = (port) => `https://${HOST}:${port}/`;

/** By name: takes { run, port, version, certificate } and resolves when the client has ended. */
export const CLIENTS = {
  curl:
    (_work, certs) =>
    ({ run, port, version, certificate }) =>
      run('curl', [
        '-s',
        '--http1.1',
        '-m',
        '6',
        '--cacert',
        certs.root,
        `--tlsv${version}`,
        '--tls-max',
        version,
        ...(certificate ? ['--cert', certs[certificate].chain, '--key', certs[certificate].key] : []),
        url(port),
      ]),
  curlH2:
    (_work, certs) =>
    ({ run, port, version }) =>
      run('curl', [
        '-s',
        '--http2',
        '-m',
        '6',
        '--cacert',
        certs.root,
        `--tlsv${version}`,
        '--tls-max',
        version,
        url(port),
      ]),
  node:
    (_work, certs) =>
    ({ run, port, version }) =>
      run(process.execPath, [
        '-e',
        NODE_CLIENT,
        JSON.stringify({ host: HOST, port, ca: certs.root, version: `TLSv${version}` }),
      ]),
  python:
    (_work, certs) =>
    ({ run, port, version, certificate }) =>
      run('python3', [
        '-c',
        PYTHON_CLIENT,
        String(port),
        version,
        certs.root,
        ...(certificate ? [certs[certificate].chain, certs[certificate].key] : []),
      ]),
  openssl:
    (_work, certs) =>
    ({ run, port, version }) =>
      run(
        'openssl',
        [
          's_client',
          '-connect',
          `127.0.0.1:${port}`,
          '-servername',
          HOST,
          '-CAfile',
          certs.root,
          '-verify_return_error',
          '-verify_hostname',
          HOST,
          version === '1.2' ? '-tls1_2' : '-tls1_3',
          '-ign_eof',
        ],
        { input: 'GET / HTTP/1.0\r\n\r\n', seconds: 4 },
      ),
  gnutls:
    (_work, certs) =>
    ({ run, port, version }) =>
      run(
        'gnutls-cli',
        ['-p', String(port), `--x509cafile=${certs.root}`, `--priority=NORMAL:-VERS-ALL:+VERS-TLS${version}`, HOST],
        { input: 'GET / HTTP/1.0\r\n\r\n', seconds: 4 },
      ),
  wget:
    (_work, certs) =>
    ({ run, port, version }) =>
      run('wget', [
        '-q',
        '-t',
        '1',
        '-T',
        '5',
        '-O',
        '/dev/null',
        `--ca-certificate=${certs.root}`,
        `--ciphers=NORMAL:-VERS-ALL:+VERS-TLS${version}`,
        url(port),
      ]),
  perl:
    (_work, certs) =>
    ({ run, port, version }) =>
      run('perl', ['-e', PERL_CLIENT, String(port), certs.root, version === '1.2' ? 'TLSv1_2' : 'TLSv1_3']),
  java17:
    (work) =>
    ({ run, port, version }) =>
      java('/usr/lib/jvm/java-17-openjdk-amd64/bin/java', work, run, port, version),
  java25:
    (work) =>
    ({ run, port, version }) =>
      java('/usr/lib/jvm/temurin-25-jdk-amd64/bin/java', work, run, port, version),
};

function java(program, work, run, port, version) {
  return run(program, [
    '-cp',
    work,
    `-Djavax.net.ssl.trustStore=${join(work, 'trust.p12')}`,
    '-Djavax.net.ssl.trustStorePassword=changeit',
    `-Djdk.tls.client.protocols=TLSv${version}`,
    'LabClient',
    String(port),
  ]);
}

/** The clients that this machine has, ready to be called. */
export function prepareClients(work, certs) {
  const programs = {
    curl: 'curl',
    curlH2: 'curl',
    python: 'python3',
    openssl: 'openssl',
    gnutls: 'gnutls-cli',
    wget: 'wget',
  };
  const ready = {};
  let javaReady = false;
  if (has('javac') && has('keytool')) {
    writeFileSync(join(work, 'LabClient.java'), JAVA_CLIENT);
    spawnSync('javac', ['--release', '17', 'LabClient.java'], { cwd: work });
    spawnSync(
      'keytool',
      [
        '-importcert',
        '-noprompt',
        '-alias',
        'root',
        '-file',
        certs.root,
        '-keystore',
        'trust.p12',
        '-storetype',
        'PKCS12',
        '-storepass',
        'changeit',
      ],
      { cwd: work },
    );
    javaReady = existsSync(join(work, 'LabClient.class')) && existsSync(join(work, 'trust.p12'));
  }
  for (const [name, make] of Object.entries(CLIENTS)) {
    const javaPath = {
      java17: '/usr/lib/jvm/java-17-openjdk-amd64/bin/java',
      java25: '/usr/lib/jvm/temurin-25-jdk-amd64/bin/java',
    }[name];
    if (javaPath ? !(javaReady && existsSync(javaPath)) : programs[name] && !has(programs[name])) continue;
    if (name === 'perl' && spawnSync('perl', ['-MIO::Socket::SSL', '-e', '1']).status !== 0) continue;
    ready[name] = make(work, certs);
  }
  return ready;
}
