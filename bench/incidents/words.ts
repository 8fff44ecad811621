/**
 * What client libraries say of one fault, each in its own words (OpenSSL 1.1 and 3, JSSE, Go crypto/tls, .NET, rustls, libcurl).
 * A stack that is missing does not fail there.
 */
import type { Stack } from './stacks.ts';
import type { Peer, World } from './world.ts';

export interface Fault {
  kind: FaultKind;
  peer: Peer;
  /** Extra values: names, dates, host names of the certificate. */
  names?: string[];
  date?: number;
}
interface Told {
  url: string;
  host: string;
  at: string;
  fault: Fault;
  now: number;
  w: World;
}
type Words = { [stack in Stack]?: string | ((t: Told) => string) };

const jsse = (text: string, cause = ''): string =>
  `javax.net.ssl.SSLHandshakeException: ${text}\n\tat java.base/sun.security.ssl.Alert.createSSLException(Alert.java:131)\n\tat java.base/sun.security.ssl.TransportContext.fatal(TransportContext.java:378)${cause ? `\nCaused by: ${cause}` : ''}`;
const PKIX_BUILD =
  'PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target';
const nodeErr =
  (code: string, text: string) =>
  (t: Told): string =>
    `request to ${t.url} failed, reason: ${text} code=${code}`;
const pyVerify =
  (text: string) =>
  (t: Told): string =>
    `requests.exceptions.SSLError: HTTPSConnectionPool(host='${t.host}', port=${t.fault.peer.port}): Max retries exceeded with url: ${t.fault.peer.path} (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${text} (_ssl.c:1007)')))`;
const pySsl =
  (code: string, text: string) =>
  (t: Told): string =>
    `requests.exceptions.SSLError: HTTPSConnectionPool(host='${t.host}', port=${t.fault.peer.port}): Max retries exceeded with url: ${t.fault.peer.path} (Caused by SSLError(SSLError(1, '[SSL: ${code}] ${text} (_ssl.c:1007)')))`;
const goPost =
  (text: string) =>
  (t: Told): string =>
    `Post "${t.url}": ${text}`;
const goVerify = (text: string) => goPost(`tls: failed to verify certificate: x509: ${text}`);
const net =
  (text: string, inner: string) =>
  (t: Told): string =>
    `System.Net.Http.HttpRequestException: ${text} (${t.host}:${t.fault.peer.port})\n ---> ${inner}`;
const netSsl = (inner: string) => (): string =>
  `System.Net.Http.HttpRequestException: The SSL connection could not be established, see inner exception.\n ---> System.Security.Authentication.AuthenticationException: ${inner}`;
const guzzle =
  (n: number, text: string) =>
  (t: Told): string =>
    `GuzzleHttp\\Exception\\${n === 7 || n === 28 || n === 6 ? 'ConnectException' : 'RequestException'}: cURL error ${n}: ${text} (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for ${t.url}`;
const ruby =
  (text: string) =>
  (t: Told): string =>
    `OpenSSL::SSL::SSLError: SSL_connect returned=1 errno=0 peeraddr=${t.at} state=error: ${text}`;
const rubyVerify = (text: string) => ruby(`certificate verify failed (${text})`);
const rust =
  (text: string) =>
  (t: Told): string =>
    `error sending request for url (${t.url}): error trying to connect: ${text}`;

export const FAULTS = {
  expired: {
    java: (t: Told) =>
      jsse(
        'PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed',
        `java.security.cert.CertificateExpiredException: NotAfter: ${new Date(t.fault.date ?? t.now).toUTCString().replace(',', '').replace('GMT', 'UTC')}`,
      ),
    node: nodeErr('CERT_HAS_EXPIRED', 'certificate has expired'),
    python: pyVerify('certificate has expired'),
    go: (t: Told) =>
      goVerify(
        `certificate has expired or is not yet valid: current time ${new Date(t.now).toISOString().slice(0, 19)}Z is after ${new Date(t.fault.date ?? t.now).toISOString().slice(0, 19)}Z`,
      )(t),
    dotnet: netSsl('The remote certificate is invalid because of errors in the certificate chain: NotTimeValid'),
    php: guzzle(60, 'SSL certificate problem: certificate has expired'),
    ruby: rubyVerify('certificate has expired'),
    rust: rust('invalid peer certificate: Expired'),
    curl: 'curl: (60) SSL certificate problem: certificate has expired',
  },
  notYetValid: {
    java: (t: Told) =>
      jsse(
        'PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed',
        `java.security.cert.CertificateNotYetValidException: NotBefore: ${new Date(t.fault.date ?? t.now).toUTCString().replace(',', '').replace('GMT', 'UTC')}`,
      ),
    node: nodeErr('CERT_NOT_YET_VALID', 'certificate is not yet valid'),
    python: pyVerify('certificate is not yet valid'),
    go: (t: Told) =>
      goVerify(
        `certificate has expired or is not yet valid: current time ${new Date(t.now).toISOString().slice(0, 19)}Z is before ${new Date(t.fault.date ?? t.now).toISOString().slice(0, 19)}Z`,
      )(t),
    dotnet: netSsl('The remote certificate is invalid because of errors in the certificate chain: NotTimeValid'),
    php: guzzle(60, 'SSL certificate problem: certificate is not yet valid'),
    ruby: rubyVerify('certificate is not yet valid'),
    rust: rust('invalid peer certificate: NotValidYet'),
    curl: 'curl: (60) SSL certificate problem: certificate is not yet valid',
  },
  issuer: {
    java: jsse(PKIX_BUILD),
    node: nodeErr('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'),
    python: pyVerify('unable to get local issuer certificate'),
    go: goVerify('certificate signed by unknown authority'),
    dotnet: netSsl('The remote certificate is invalid because of errors in the certificate chain: PartialChain'),
    php: guzzle(60, 'SSL certificate problem: unable to get local issuer certificate'),
    ruby: rubyVerify('unable to get local issuer certificate'),
    rust: rust('invalid peer certificate: UnknownIssuer'),
    curl: 'curl: (60) SSL certificate problem: unable to get local issuer certificate',
  },
  selfSignedInChain: {
    java: jsse(PKIX_BUILD),
    node: nodeErr('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'),
    python: pyVerify('self-signed certificate in certificate chain'),
    go: goVerify('certificate signed by unknown authority'),
    dotnet: netSsl('The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot'),
    php: guzzle(60, 'SSL certificate problem: self-signed certificate in certificate chain'),
    ruby: rubyVerify('self-signed certificate in certificate chain'),
    rust: rust('invalid peer certificate: UnknownIssuer'),
    curl: 'curl: (60) SSL certificate problem: self-signed certificate in certificate chain',
  },
  selfSigned: {
    java: jsse(PKIX_BUILD),
    node: nodeErr('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'),
    python: pyVerify('self-signed certificate'),
    go: goVerify('certificate signed by unknown authority'),
    dotnet: netSsl('The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot'),
    php: guzzle(60, 'SSL certificate problem: self-signed certificate'),
    ruby: rubyVerify('self-signed certificate'),
    rust: rust('invalid peer certificate: UnknownIssuer'),
    curl: 'curl: (60) SSL certificate problem: self-signed certificate',
  },
  name: {
    java: (t: Told) => jsse(`No subject alternative DNS name matching ${t.host} found.`),
    node: (t: Told) =>
      nodeErr(
        'ERR_TLS_CERT_ALTNAME_INVALID',
        `Hostname/IP does not match certificate's altnames: Host: ${t.host}. is not in the cert's altnames: ${(t.fault.names ?? []).map((n) => `DNS:${n}`).join(', ')}`,
      )(t),
    python: (t: Told) => pyVerify(`Hostname mismatch, certificate is not valid for '${t.host}'.`)(t),
    go: (t: Told) => goVerify(`certificate is valid for ${(t.fault.names ?? []).join(', ')}, not ${t.host}`)(t),
    dotnet: netSsl(
      'The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch',
    ),
    php: (t: Told) =>
      guzzle(60, `SSL: no alternative certificate subject name matches target host name '${t.host}'`)(t),
    ruby: (t: Told) =>
      `OpenSSL::SSL::SSLError: SSL_connect returned=1 errno=0 peeraddr=${t.at} state=error: certificate verify failed (hostname mismatch)`,
    rust: rust('invalid peer certificate: NotValidForName'),
    curl: (t: Told) => `curl: (60) SSL: no alternative certificate subject name matches target host name '${t.host}'`,
  },
  noSan: { go: goVerify('certificate relies on legacy Common Name field, use SANs instead') },
  purpose: {
    java: jsse('Extended key usage does not permit use for TLS server authentication'),
    node: nodeErr('INVALID_PURPOSE', 'unsuitable certificate purpose'),
    python: pyVerify('unsuitable certificate purpose'),
    go: goVerify('certificate specifies an incompatible key usage'),
    dotnet: netSsl('The remote certificate is invalid because of errors in the certificate chain: NotValidForUsage'),
    php: guzzle(60, 'SSL certificate problem: unsuitable certificate purpose'),
    ruby: rubyVerify('unsuitable certificate purpose'),
    rust: rust('invalid peer certificate: InvalidPurpose'),
  },
  revoked: {
    java: (t: Told) =>
      jsse(
        `PKIX path validation failed: java.security.cert.CertPathValidatorException: Certificate has been revoked, reason: KEY_COMPROMISE, revocation date: ${new Date(t.fault.date ?? t.now).toUTCString().replace(',', '')}, authority: CN=TLS CA`,
      ),
    dotnet: netSsl('The remote certificate is invalid because of errors in the certificate chain: Revoked'),
    python: pyVerify('certificate revoked'),
    rust: rust('invalid peer certificate: Revoked'),
  },
  digest: {
    python: pyVerify('CA signature digest algorithm too weak'),
    php: guzzle(60, 'SSL certificate problem: CA signature digest algorithm too weak'),
    ruby: rubyVerify('CA signature digest algorithm too weak'),
    go: goVerify('cannot verify signature: insecure algorithm SHA1-RSA (temporarily override with GODEBUG=x509sha1=1)'),
    java: jsse(
      'PKIX path validation failed: java.security.cert.CertPathValidatorException: Algorithm constraints check failed on signature algorithm: SHA1withRSA',
    ),
  },
  keySize: {
    python: pyVerify('EE certificate key too weak'),
    php: guzzle(60, 'SSL certificate problem: EE certificate key too weak'),
    ruby: rubyVerify('EE certificate key too weak'),
    java: jsse(
      'PKIX path validation failed: java.security.cert.CertPathValidatorException: Algorithm constraints check failed on keysize limits: RSA 1024 bit key used with certificate: CN=gateway',
    ),
  },
  pathLength: {
    java: jsse(
      'PKIX path validation failed: java.security.cert.CertPathValidatorException: basic constraints check failed: pathLenConstraint violated - this cert must be the last cert in the certification path',
    ),
    node: nodeErr('PATH_LENGTH_EXCEEDED', 'path length constraint exceeded'),
    python: pyVerify('path length constraint exceeded'),
    go: goVerify('too many intermediates for path length constraint'),
    php: guzzle(60, 'SSL certificate problem: path length constraint exceeded'),
    ruby: rubyVerify('path length constraint exceeded'),
  },
  permitted: {
    java: jsse(
      'PKIX path validation failed: java.security.cert.CertPathValidatorException: name constraints check failed',
    ),
    node: nodeErr('PERMITTED_VIOLATION', 'permitted subtree violation'),
    python: pyVerify('permitted subtree violation'),
    go: (t: Told) =>
      goVerify(
        `a root or intermediate certificate is not authorized to sign for this name: DNS name "${t.host}" is not permitted by any constraint`,
      )(t),
    php: guzzle(60, 'SSL certificate problem: permitted subtree violation'),
    ruby: rubyVerify('permitted subtree violation'),
  },
  distrusted: {
    java: jsse(
      'PKIX path validation failed: sun.security.validator.ValidatorException: TLS Server certificate issued after 2024-11-11 and anchored by a distrusted legacy Entrust root CA: CN=Entrust Root Certification Authority - G2, OU="(c) 2009 Entrust, Inc. - for authorized use only", O="Entrust, Inc.", C=US',
    ),
  },
  pinned: {
    java: (t: Told) =>
      `javax.net.ssl.SSLPeerUnverifiedException: Certificate pinning failure!\n  Peer certificate chain:\n    sha256/${(t.fault.names ?? ['x'])[0]}: CN=${t.host}\n  Pinned certificates for ${t.host}:\n    sha256/${(t.fault.names ?? ['x', 'y'])[1]}`,
    php: guzzle(90, 'SSL: public key does not match pinned public key'),
    python: (t: Told) =>
      `requests.exceptions.SSLError: Fingerprints did not match. Expected "${(t.fault.names ?? ['', 'aa'])[1]}", got "${(t.fault.names ?? ['bb'])[0]}".`,
    curl: 'curl: (90) SSL: public key does not match pinned public key',
  },
  alertVersion: {
    java: jsse('Received fatal alert: protocol_version'),
    node: nodeErr(
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      'write EPROTO 00E0A1:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:../deps/openssl/openssl/ssl/record/rec_layer_s3.c:1605:SSL alert number 70',
    ),
    python: pySsl('TLSV1_ALERT_PROTOCOL_VERSION', 'tlsv1 alert protocol version'),
    go: goPost('remote error: tls: protocol version not supported'),
    dotnet: netSsl("Authentication failed because the remote party sent a TLS alert: 'ProtocolVersion'."),
    php: guzzle(35, 'error:0A00042E:SSL routines::tlsv1 alert protocol version'),
    ruby: ruby('tlsv1 alert protocol version (SSL alert number 70)'),
    rust: rust('received fatal alert: ProtocolVersion'),
    curl: 'curl: (35) error:0A00042E:SSL routines::tlsv1 alert protocol version',
  },
  /** The client itself refuses what the server chose. */
  oldServer: {
    java: jsse('The server selected protocol version TLS10 is not accepted by client preferences [TLS13, TLS12]'),
    node: nodeErr('ERR_SSL_UNSUPPORTED_PROTOCOL', 'error:0A000102:SSL routines::unsupported protocol'),
    python: pySsl('UNSUPPORTED_PROTOCOL', 'unsupported protocol'),
    go: goPost('tls: server selected unsupported protocol version 301'),
    php: guzzle(35, 'error:0A000102:SSL routines::unsupported protocol'),
    ruby: ruby('unsupported protocol'),
    rust: rust('peer is incompatible: ServerDoesNotSupportTls12Or13'),
    curl: 'curl: (35) error:0A000172:SSL routines::legacy sigalg disallowed or unsupported',
  },
  alert40: {
    java: jsse('Received fatal alert: handshake_failure'),
    node: nodeErr(
      'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
      'write EPROTO 40E71F:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:../deps/openssl/openssl/ssl/record/rec_layer_s3.c:1605:SSL alert number 40',
    ),
    python: pySsl('SSLV3_ALERT_HANDSHAKE_FAILURE', 'sslv3 alert handshake failure'),
    go: goPost('remote error: tls: handshake failure'),
    dotnet: netSsl("Authentication failed because the remote party sent a TLS alert: 'HandshakeFailure'."),
    php: guzzle(35, 'error:0A000410:SSL routines::sslv3 alert handshake failure'),
    ruby: ruby('sslv3 alert handshake failure (SSL alert number 40)'),
    rust: rust('received fatal alert: HandshakeFailure'),
    curl: 'curl: (35) error:0A000410:SSL routines::sslv3 alert handshake failure',
  },
  dhSmall: {
    python: pySsl('DH_KEY_TOO_SMALL', 'dh key too small'),
    php: guzzle(35, 'error:0A00018A:SSL routines::dh key too small'),
    ruby: ruby('dh key too small'),
    curl: 'curl: (35) error:0A00018A:SSL routines::dh key too small',
  },
  renegotiation: {
    python: pySsl('UNSAFE_LEGACY_RENEGOTIATION_DISABLED', 'unsafe legacy renegotiation disabled'),
    node: nodeErr(
      'ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED',
      'error:0A000152:SSL routines::unsafe legacy renegotiation disabled',
    ),
    php: guzzle(35, 'error:0A000152:SSL routines::unsafe legacy renegotiation disabled'),
    ruby: ruby('unsafe legacy renegotiation disabled'),
    curl: 'curl: (35) error:0A000152:SSL routines::unsafe legacy renegotiation disabled',
  },
  unknownName: {
    java: jsse('Received fatal alert: unrecognized_name'),
    node: nodeErr(
      'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
      'error:0A000458:SSL routines:ssl3_read_bytes:tlsv1 unrecognized name:SSL alert number 112',
    ),
    python: pySsl('TLSV1_UNRECOGNIZED_NAME', 'tlsv1 unrecognized name'),
    go: goPost('remote error: tls: unrecognized name'),
    php: guzzle(35, 'error:0A000458:SSL routines::tlsv1 unrecognized name'),
    ruby: ruby('tlsv1 unrecognized name (SSL alert number 112)'),
    rust: rust('received fatal alert: UnrecognizedName'),
  },
  plaintext: {
    java: `javax.net.ssl.SSLException: Unsupported or unrecognized SSL message`,
    node: nodeErr(
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'write EPROTO C0:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/openssl/ssl/record/ssl3_record.c:354:',
    ),
    python: pySsl('WRONG_VERSION_NUMBER', 'wrong version number'),
    go: goPost('http: server gave HTTP response to HTTPS client'),
    dotnet: netSsl('Cannot determine the frame size or a corrupted frame was received.'),
    php: guzzle(35, 'error:0A00010B:SSL routines::wrong version number'),
    ruby: ruby('wrong version number'),
    rust: rust('received corrupt message of type InvalidContentType'),
  },
  alpn: {
    java: jsse('Received fatal alert: no_application_protocol'),
    node: nodeErr(
      'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
      'error:0A000460:SSL routines:ssl3_read_bytes:tlsv1 alert no application protocol:SSL alert number 120',
    ),
    go: goPost('remote error: tls: no application protocol'),
    python: pySsl('TLSV1_ALERT_NO_APPLICATION_PROTOCOL', 'tlsv1 alert no application protocol'),
    php: guzzle(35, 'error:0A000460:SSL routines::tlsv1 alert no application protocol'),
    rust: rust('received fatal alert: NoApplicationProtocol'),
  },
  cut: {
    java: jsse('Remote host terminated the handshake', 'java.io.EOFException: SSL peer shut down incorrectly'),
    node: nodeErr('ECONNRESET', 'Client network socket disconnected before secure TLS connection was established'),
    python: (t: Told) =>
      `requests.exceptions.ConnectionError: HTTPSConnectionPool(host='${t.host}', port=${t.fault.peer.port}): Max retries exceeded with url: ${t.fault.peer.path} (Caused by SSLError(SSLEOFError(8, '[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c:1007)')))`,
    go: goPost('EOF'),
    dotnet: netSsl('Received an unexpected EOF or 0 bytes from the transport stream.'),
    php: guzzle(35, 'OpenSSL SSL_connect: Connection reset by peer in connection to the host:443'),
    ruby: (t: Told) =>
      `OpenSSL::SSL::SSLError: SSL_connect SYSCALL returned=5 errno=0 peeraddr=${t.at} state=SSLv3/TLS write client hello`,
    rust: rust('tls handshake eof'),
  },
  refused: {
    java: (t: Told) => `java.net.ConnectException: Connection refused (${t.host}:${t.fault.peer.port})`,
    node: (t: Told) => nodeErr('ECONNREFUSED', `connect ECONNREFUSED ${t.at}`)(t),
    python: (t: Told) =>
      `requests.exceptions.ConnectionError: HTTPSConnectionPool(host='${t.host}', port=${t.fault.peer.port}): Max retries exceeded with url: ${t.fault.peer.path} (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f0f>: Failed to establish a new connection: [Errno 111] Connection refused'))`,
    go: (t: Told) => goPost(`dial tcp ${t.at}: connect: connection refused`)(t),
    dotnet: net('Connection refused', 'System.Net.Sockets.SocketException (111): Connection refused'),
    php: (t: Told) =>
      guzzle(7, `Failed to connect to ${t.host} port ${t.fault.peer.port} after 3 ms: Connection refused`)(t),
    ruby: (t: Told) =>
      `Errno::ECONNREFUSED: Failed to open TCP connection to ${t.host}:${t.fault.peer.port} (Connection refused - connect(2) for "${t.host}" port ${t.fault.peer.port})`,
    rust: rust('tcp connect error: Connection refused (os error 111)'),
    curl: (t: Told) =>
      `curl: (7) Failed to connect to ${t.host} port ${t.fault.peer.port} after 1 ms: Couldn't connect to server`,
  },
  connectTimeout: {
    java: (t: Told) => `java.net.SocketTimeoutException: connect timed out (${t.host})`,
    node: (t: Told) => nodeErr('ETIMEDOUT', `connect ETIMEDOUT ${t.at}`)(t),
    python: (t: Told) =>
      `requests.exceptions.ConnectTimeout: HTTPSConnectionPool(host='${t.host}', port=${t.fault.peer.port}): Max retries exceeded with url: ${t.fault.peer.path} (Caused by ConnectTimeoutError(<urllib3.connection.HTTPSConnection object at 0x7f>, 'Connection to ${t.host} timed out. (connect timeout=5)'))`,
    go: (t: Told) => goPost(`dial tcp ${t.at}: i/o timeout`)(t),
    dotnet: net('Connection timed out', 'System.Net.Sockets.SocketException (110): Connection timed out'),
    php: (t: Told) =>
      guzzle(28, `Failed to connect to ${t.host} port ${t.fault.peer.port} after 5001 ms: Timeout was reached`)(t),
    ruby: (t: Told) =>
      `Net::OpenTimeout: execution expired: Failed to open TCP connection to ${t.host}:${t.fault.peer.port}`,
    rust: rust('tcp connect error: Connection timed out (os error 110)'),
    curl: (t: Told) =>
      `curl: (28) Failed to connect to ${t.host} port ${t.fault.peer.port} after 5001 ms: Timeout was reached`,
  },
  noRoute: {
    java: (t: Told) => `java.net.NoRouteToHostException: No route to host (${t.host})`,
    node: (t: Told) => nodeErr('EHOSTUNREACH', `connect EHOSTUNREACH ${t.at}`)(t),
    python: (t: Told) =>
      `requests.exceptions.ConnectionError: HTTPSConnectionPool(host='${t.host}', port=${t.fault.peer.port}): Max retries exceeded with url: ${t.fault.peer.path} (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f0f>: Failed to establish a new connection: [Errno 113] No route to host'))`,
    go: (t: Told) => goPost(`dial tcp ${t.at}: connect: no route to host`)(t),
    dotnet: net('No route to host', 'System.Net.Sockets.SocketException (113): No route to host'),
    php: (t: Told) =>
      guzzle(7, `Failed to connect to ${t.host} port ${t.fault.peer.port} after 3 ms: No route to host`)(t),
    ruby: (t: Told) =>
      `Errno::EHOSTUNREACH: Failed to open TCP connection to ${t.host}:${t.fault.peer.port} (No route to host - connect(2))`,
    rust: rust('tcp connect error: No route to host (os error 113)'),
  },
  unresolved: {
    java: (t: Told) => `java.net.UnknownHostException: ${t.host}: Name or service not known`,
    node: (t: Told) => nodeErr('ENOTFOUND', `getaddrinfo ENOTFOUND ${t.host}`)(t),
    python: (t: Told) =>
      `requests.exceptions.ConnectionError: HTTPSConnectionPool(host='${t.host}', port=${t.fault.peer.port}): Max retries exceeded with url: ${t.fault.peer.path} (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f0f>: Failed to establish a new connection: [Errno -2] Name or service not known'))`,
    go: (t: Told) => goPost(`dial tcp: lookup ${t.host} on 10.0.0.2:53: no such host`)(t),
    dotnet: net(
      'Name or service not known',
      'System.Net.Sockets.SocketException (0xFFFDFFFF): Name or service not known',
    ),
    php: (t: Told) => guzzle(6, `Could not resolve host: ${t.host}`)(t),
    ruby: (t: Told) =>
      `SocketError: Failed to open TCP connection to ${t.host}:${t.fault.peer.port} (getaddrinfo: Name or service not known)`,
  },
  readTimeout: {
    java: (t: Told) => `java.net.SocketTimeoutException: Read timed out calling ${t.url}`,
    node: nodeErr('ECONNABORTED', 'timeout of 20000ms exceeded'),
    python: (t: Told) =>
      `requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='${t.host}', port=${t.fault.peer.port}): Read timed out. (read timeout=20)`,
    go: goPost('context deadline exceeded (Client.Timeout exceeded while awaiting headers)'),
    dotnet: () =>
      'System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 20 seconds elapsing.',
    php: guzzle(28, 'Operation timed out after 20001 milliseconds with 0 bytes received'),
    ruby: () => 'Net::ReadTimeout: Net::ReadTimeout with #<TCPSocket:(closed)>',
    rust: (t: Told) => `error sending request for url (${t.url}): operation timed out`,
    curl: 'curl: (28) Operation timed out after 20001 milliseconds with 0 bytes received',
  },
  handshakeTimeout: {
    java: (t: Told) =>
      `java.net.SocketTimeoutException: Read timed out calling ${t.url}\n\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:288)\n\tat java.base/sun.security.ssl.SSLSocketInputRecord.read(SSLSocketInputRecord.java:489)\n\tat java.base/sun.security.ssl.SSLSocketImpl.readHandshakeRecord(SSLSocketImpl.java:1506)\n\tat java.base/sun.security.ssl.SSLSocketImpl.startHandshake(SSLSocketImpl.java:455)`,
    node: (t: Told) => `request to ${t.url} failed, reason: TLS handshake timeout code=ERR_TLS_HANDSHAKE_TIMEOUT`,
    python: (t: Told) =>
      `requests.exceptions.ConnectTimeout: HTTPSConnectionPool(host='${t.host}', port=${t.fault.peer.port}): Max retries exceeded with url: ${t.fault.peer.path} (Caused by ReadTimeoutError: _ssl.c:980: The handshake operation timed out)`,
    go: goPost('net/http: TLS handshake timeout'),
    php: guzzle(28, 'SSL connection timeout'),
    ruby: () => 'Net::OpenTimeout: SSL_connect: execution expired',
    rust: rust('operation timed out'),
    curl: 'curl: (28) SSL connection timeout',
  },
  hangup: {
    java: (t: Told) => `org.apache.http.NoHttpResponseException: ${t.host}:${t.fault.peer.port} failed to respond`,
    node: nodeErr('ECONNRESET', 'socket hang up'),
    python: () =>
      "requests.exceptions.ConnectionError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
    go: goPost('http: server closed idle connection'),
    dotnet: () =>
      'System.Net.Http.HttpRequestException: An error occurred while sending the request.\n ---> System.IO.IOException: The response ended prematurely.',
    php: guzzle(56, 'OpenSSL SSL_read: Connection reset by peer, errno 104'),
    ruby: () => 'EOFError: end of file reached',
    rust: (t: Told) => `error sending request for url (${t.url}): connection closed before message completed`,
  },
  certificateRequired: {
    java: jsse('Received fatal alert: certificate_required'),
    node: nodeErr(
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:SSL alert number 116',
    ),
    python: pySsl('TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tlsv13 alert certificate required'),
    go: goPost('remote error: tls: certificate required'),
    php: guzzle(56, 'OpenSSL SSL_read: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0'),
    ruby: ruby('tlsv13 alert certificate required (SSL alert number 116)'),
    rust: rust('received fatal alert: CertificateRequired'),
  },
  alertExpired: {
    java: jsse('Received fatal alert: certificate_expired'),
    node: nodeErr(
      'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
      'error:0A000415:SSL routines:ssl3_read_bytes:sslv3 alert certificate expired:SSL alert number 45',
    ),
    python: pySsl('SSLV3_ALERT_CERTIFICATE_EXPIRED', 'sslv3 alert certificate expired'),
    go: goPost('remote error: tls: expired certificate'),
    php: guzzle(56, 'OpenSSL SSL_read: error:0A000415:SSL routines::sslv3 alert certificate expired, errno 0'),
    ruby: ruby('sslv3 alert certificate expired (SSL alert number 45)'),
    rust: rust('received fatal alert: CertificateExpired'),
  },
  alertUnknownCa: {
    java: jsse('Received fatal alert: unknown_ca'),
    node: nodeErr(
      'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      'error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48',
    ),
    python: pySsl('TLSV1_ALERT_UNKNOWN_CA', 'tlsv1 alert unknown ca'),
    go: goPost('remote error: tls: unknown certificate authority'),
    php: guzzle(56, 'OpenSSL SSL_read: error:0A000418:SSL routines::tlsv1 alert unknown ca, errno 0'),
    ruby: ruby('tlsv1 alert unknown ca (SSL alert number 48)'),
    rust: rust('received fatal alert: UnknownCA'),
  },
  alertUnsupported: {
    java: jsse('Received fatal alert: unsupported_certificate'),
    node: nodeErr(
      'ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE',
      'error:0A000413:SSL routines:ssl3_read_bytes:sslv3 alert unsupported certificate:SSL alert number 43',
    ),
    python: pySsl('SSLV3_ALERT_UNSUPPORTED_CERTIFICATE', 'sslv3 alert unsupported certificate'),
    go: goPost('remote error: tls: unsupported certificate'),
    php: guzzle(56, 'OpenSSL SSL_read: error:0A000413:SSL routines::sslv3 alert unsupported certificate, errno 0'),
    ruby: ruby('sslv3 alert unsupported certificate (SSL alert number 43)'),
  },
  noAddress: {
    java: (t: Told) => `java.net.NoRouteToHostException: Cannot assign requested address (${t.host})`,
    node: (t: Told) => nodeErr('EADDRNOTAVAIL', `connect EADDRNOTAVAIL ${t.at}`)(t),
    python: (t: Told) =>
      `requests.exceptions.ConnectionError: HTTPSConnectionPool(host='${t.host}', port=${t.fault.peer.port}): Max retries exceeded with url: ${t.fault.peer.path} (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f0f>: Failed to establish a new connection: [Errno 99] Cannot assign requested address'))`,
    go: (t: Told) => goPost(`dial tcp ${t.at}: connect: cannot assign requested address`)(t),
    dotnet: net(
      'Cannot assign requested address',
      'System.Net.Sockets.SocketException (99): Cannot assign requested address',
    ),
    php: (t: Told) =>
      guzzle(
        7,
        `Failed to connect to ${t.host} port ${t.fault.peer.port} after 0 ms: Cannot assign requested address`,
      )(t),
  },
} satisfies { [kind: string]: Words };
export type FaultKind = keyof typeof FAULTS;

/** The words of a stack for a fault; undefined where that stack does not fail there. */
export function said(fault: Fault, stack: Stack, w: World, now: number): string | undefined {
  const words = (FAULTS as { [kind: string]: Words })[fault.kind]![stack];
  if (words === undefined) return undefined;
  const { peer } = fault;
  const told: Told = {
    fault,
    w,
    now,
    host: peer.host,
    url: `https://${peer.host}${peer.port === 443 ? '' : `:${peer.port}`}${peer.path}`,
    at: `${peer.ip}:${peer.port}`,
  };
  return typeof words === 'string' ? words : words(told);
}
