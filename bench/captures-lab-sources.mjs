// Programs of the capture lab that are started from their source: servers and clients of stacks that have no command of
// their own, and servers that speak a protocol up to the point where it switches to TLS.

/** Options: port, protocol, cert, key, version, hang (the switch is agreed and nothing follows). */
export const PREFACE_SERVER = `const o = JSON.parse(process.argv[1]); const fs = require('fs'), net = require('net'), tls = require('tls');
process.on('uncaughtException', () => {});
const secure = tls.createSecureContext({ cert: fs.readFileSync(o.cert), key: fs.readFileSync(o.key), ...(o.version ? { minVersion: o.version, maxVersion: o.version } : {}) });
const LINES = {
  smtp: ['220 mail.lab.example ESMTP\\r\\n', [[/^EHLO/i, '250-mail.lab.example\\r\\n250-8BITMIME\\r\\n250 STARTTLS\\r\\n'], [/^STARTTLS/i, '220 go ahead\\r\\n', true]]],
  'smtp-refused': ['220 mail.lab.example ESMTP\\r\\n', [[/^EHLO/i, '250 mail.lab.example\\r\\n'], [/^STARTTLS/i, '454 TLS not available due to temporary reason\\r\\n']]],
  lmtp: ['220 mail.lab.example LMTP\\r\\n', [[/^LHLO/i, '250-mail.lab.example\\r\\n250 STARTTLS\\r\\n'], [/^STARTTLS/i, '220 go ahead\\r\\n', true]]],
  imap: ['* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\\r\\n', [[/^(\\S+) CAPABILITY/i, '* CAPABILITY IMAP4rev1 STARTTLS\\r\\n$1 OK done\\r\\n'], [/^(\\S+) STARTTLS/i, '$1 OK begin\\r\\n', true]]],
  pop3: ['+OK ready\\r\\n', [[/^CAPA/i, '+OK\\r\\nSTLS\\r\\n.\\r\\n'], [/^STLS/i, '+OK begin\\r\\n', true]]],
  ftp: ['220 FTP ready\\r\\n', [[/^AUTH TLS/i, '234 go\\r\\n', true], [/^FEAT/i, '211-\\r\\n AUTH TLS\\r\\n211 End\\r\\n']]],
  nntp: ['200 news\\r\\n', [[/^CAPABILITIES/i, '101 list\\r\\nVERSION 2\\r\\nSTARTTLS\\r\\n.\\r\\n'], [/^STARTTLS/i, '382 go\\r\\n', true]]],
  sieve: ['"IMPLEMENTATION" "lab"\\r\\n"SASL" ""\\r\\n"STARTTLS"\\r\\nOK\\r\\n', [[/^STARTTLS/i, 'OK\\r\\n', true]]],
  irc: ['', [[/STARTTLS/i, ':irc.lab.example 670 * :STARTTLS successful, go ahead with TLS handshake\\r\\n', true]]],
  xmpp: ['', [[/<starttls/, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", true], [/<stream:stream/, "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' id='1' version='1.0'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>"]]],
};
const BINARY = {
  postgres: ['', Buffer.from('S')],
  ldap: ['', null],
  mysql: [Buffer.from('4a000000' + '0a382e302e333000' + '0a000000' + '0102030405060708' + '00' + 'ffffff0200ffdf15' + '00'.repeat(10) + '0102030405060708090a0b0c00' + '6d7973716c5f6e61746976655f70617373776f726400', 'hex'), Buffer.alloc(0)],
};
function begin(s) {
  if (o.hang) { s.on('data', () => {}); return; }
  const t = new tls.TLSSocket(s, { isServer: true, secureContext: secure });
  t.on('error', () => s.destroy());
  t.on('data', (d) => { if (o.protocol === 'tls') t.end('HTTP/1.1 200 OK\\r\\ncontent-length: 5\\r\\n\\r\\nhello'); else t.write('250 OK\\r\\n'); });
}
net.createServer((s) => {
  s.on('error', () => {});
  if (o.protocol === 'tls') { begin(s); return; }
  const binary = BINARY[o.protocol];
  if (binary) {
    if (binary[0].length) s.write(binary[0]);
    s.once('data', (d) => {
      // LDAP ExtendedResponse: success, with the message's own number.
      if (o.protocol === 'ldap') s.write(Buffer.from('300c02010' + (d[4] & 15).toString(16) + '78070a010004000400', 'hex'));
      else if (binary[1].length) s.write(binary[1]);
      s.removeAllListeners('data'); s.pause();
      // The hello may have come with the request.
      const rest = d.subarray({ mysql: 36, postgres: 8 }[o.protocol] || d.length);
      if (rest.length) s.unshift(rest);
      begin(s);
    });
    return;
  }
  const [greeting, answers] = LINES[o.protocol];
  if (greeting) s.write(greeting);
  const hear = (d) => {
    const line = d.toString('latin1');
    for (const [pattern, answer, last] of answers) {
      const match = pattern.exec(line);
      if (!match) continue;
      s.write(answer.replace(/\\$1/g, match[1] || ''));
      if (last) { s.removeListener('data', hear); begin(s); }
      return;
    }
    s.write('500 what\\r\\n');
  };
  s.on('data', hear);
}).listen(o.port, '127.0.0.1');`;

/** HTTP CONNECT and SOCKS 4 and 5, all leading to one port; options: port, inner, mode. */
export const RELAY = `const o = JSON.parse(process.argv[1]); const net = require('net'); process.on('uncaughtException', () => {});
const join = (s, first) => { const up = net.connect(o.inner, '127.0.0.1', () => { s.write(first); s.pipe(up); up.pipe(s); }); up.on('error', () => s.destroy()); s.on('close', () => up.destroy()); };
net.createServer((s) => {
  s.on('error', () => {});
  if (o.mode.startsWith('connect')) {
    s.on('data', function hear(d) {
      const text = d.toString('latin1');
      if (o.mode === 'connect-refused') { s.end('HTTP/1.1 403 Forbidden\\r\\nContent-Length: 0\\r\\n\\r\\n'); return; }
      if (o.mode === 'connect-auth' && !/Proxy-Authorization/i.test(text)) { s.write('HTTP/1.1 407 Proxy Authentication Required\\r\\nProxy-Authenticate: Basic realm="gate"\\r\\nContent-Length: 3\\r\\n\\r\\nno\\n'); return; }
      s.removeListener('data', hear); join(s, 'HTTP/1.1 200 Connection established\\r\\n\\r\\n');
    });
    return;
  }
  let step = 0;
  s.on('data', function hear(d) {
    if (d[0] === 4) { s.removeListener('data', hear); join(s, Buffer.from('005a000000000000', 'hex')); return; }
    if (step === 0) { step = d.subarray(2).includes(2) ? 1 : 2; s.write(Buffer.from(step === 1 ? '0502' : '0500', 'hex')); return; }
    if (step === 1) { step = 2; s.write(Buffer.from('0100', 'hex')); return; }
    s.removeListener('data', hear); join(s, Buffer.from('0500000100000000 0000'.replace(' ', ''), 'hex'));
  });
}).listen(o.port, '127.0.0.1');`;

/** Arguments: kind, port, trusted root, name. */
export const PYTHON_MAIL = `import ssl, sys, smtplib, imaplib, poplib, ftplib, socket
kind, port, root, host = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
c = ssl.create_default_context(cafile=root)
socket.setdefaulttimeout(4)
if kind == 'smtp': s = smtplib.SMTP(host, port); s.starttls(context=c); s.ehlo()
if kind == 'imap': s = imaplib.IMAP4(host, port); s.starttls(c)
if kind == 'pop3': s = poplib.POP3(host, port); s.stls(c); s.sock.sendall(b'CAPA\\r\\n')
if kind == 'ftp':
    s = ftplib.FTP_TLS(context=c); s.connect(host, port); s.auth(); s.sendcmd('NOOP')`;

/** Arguments: port, chain, key, CA for client certificates or -, version or -, ALPN or -. */
export const PYTHON_SERVER = `import socket, ssl, sys, threading
port, chain, key, ca, version, alpn = sys.argv[1:7]
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); c.load_cert_chain(chain, key)
if ca != '-': c.verify_mode = ssl.CERT_REQUIRED; c.load_verify_locations(ca)
if version != '-':
    v = ssl.TLSVersion.TLSv1_2 if version == '1.2' else ssl.TLSVersion.TLSv1_3
    c.minimum_version = c.maximum_version = v
if alpn != '-':
    def choose(*a): pass
    c.set_alpn_protocols([alpn])
def serve(s):
    try:
        t = c.wrap_socket(s, server_side=True); t.recv(4096); t.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\nhello'); t.unwrap()
    except Exception: pass
    finally: s.close()
l = socket.socket(); l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); l.bind(('127.0.0.1', int(port))); l.listen(50)
while True: threading.Thread(target=serve, args=(l.accept()[0],), daemon=True).start()`;

/** Arguments: port, key store, trust store for client certificates or -, ALPN or -, accepted name or -. */
export const JAVA_SERVER = `import java.io.*; import java.security.*; import java.util.*; import javax.net.ssl.*;
public class LabServer { public static void main(String[] a) throws Exception {
  char[] p = "changeit".toCharArray();
  KeyStore k = KeyStore.getInstance("PKCS12"); try (InputStream i = new FileInputStream(a[1])) { k.load(i, p); }
  KeyManagerFactory f = KeyManagerFactory.getInstance("PKIX"); f.init(k, p);
  TrustManager[] t = null;
  if (!a[2].equals("-")) { KeyStore r = KeyStore.getInstance("PKCS12"); try (InputStream i = new FileInputStream(a[2])) { r.load(i, p); }
    TrustManagerFactory tf = TrustManagerFactory.getInstance("PKIX"); tf.init(r); t = tf.getTrustManagers(); }
  SSLContext c = SSLContext.getInstance("TLS"); c.init(f.getKeyManagers(), t, null);
  SSLServerSocket l = (SSLServerSocket) c.getServerSocketFactory().createServerSocket(Integer.parseInt(a[0]), 50, java.net.InetAddress.getByName("127.0.0.1"));
  SSLParameters s = l.getSSLParameters(); if (t != null) s.setNeedClientAuth(true);
  if (!a[3].equals("-")) s.setApplicationProtocols(new String[] { a[3] });
  if (!a[4].equals("-")) s.setSNIMatchers(List.of(SNIHostName.createSNIMatcher(a[4].replace(".", "\\\\."))));
  l.setSSLParameters(s);
  while (true) { SSLSocket x = (SSLSocket) l.accept(); new Thread(() -> { try { x.getInputStream().read(new byte[4096]);
    x.getOutputStream().write("HTTP/1.0 200 OK\\r\\n\\r\\nhello".getBytes()); x.close(); } catch (Exception e) { try { x.close(); } catch (Exception q) { } } }).start(); } } }`;

/** Arguments: port, chain, key, CA for client certificates or -, version or -, ALPN or -. */
export const GO_SERVER = `package main
import ("crypto/tls"; "crypto/x509"; "net/http"; "os"; "io/ioutil"; "log")
func main() { a := os.Args
  c := &tls.Config{}
  if a[4] != "-" { pem, _ := ioutil.ReadFile(a[4]); pool := x509.NewCertPool(); pool.AppendCertsFromPEM(pem); c.ClientCAs = pool; c.ClientAuth = tls.RequireAndVerifyClientCert }
  if a[5] == "1.2" { c.MinVersion = tls.VersionTLS12; c.MaxVersion = tls.VersionTLS12 }
  if a[5] == "1.3" { c.MinVersion = tls.VersionTLS13 }
  if a[6] != "-" { c.NextProtos = []string{a[6]} }
  s := &http.Server{Addr: "127.0.0.1:" + a[1], TLSConfig: c, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("hello")) })}
  log.Fatal(s.ListenAndServeTLS(a[2], a[3])) }
`;

/** Arguments: address, trusted root. */
export const GO_CLIENT = `package main
import ("crypto/tls"; "crypto/x509"; "io/ioutil"; "net/http"; "os"; "time")
func main() { pem, _ := ioutil.ReadFile(os.Args[2]); pool := x509.NewCertPool(); pool.AppendCertsFromPEM(pem)
  h := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
  r, e := h.Get(os.Args[1]); if e == nil { ioutil.ReadAll(r.Body); r.Body.Close() } }
`;
