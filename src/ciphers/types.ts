/** A server's or client's TLS configuration as written, with file and line of every value. */

export interface Located<T> {
  value: T;
  file: string;
  line: number;
}

export interface TlsSettings {
  certificates?: Located<string>[];
  keys?: Located<string>[];
  protocols?: Located<string[]>;
  ciphers?: Located<string>;
  suites13?: Located<string>;
  groups?: Located<string>;
  /** File with parameters for DHE. */
  dhParameters?: Located<string>;
  /** Client certificates: `on`, `optional`, `off`. On an upstream: whether the peer is verified. */
  verify?: Located<string>;
  verifyDepth?: Located<number>;
  /** Trust anchors: file or directory. */
  trusted?: Located<string>;
  crl?: Located<string>;
  clientCertificate?: Located<string>;
  clientKey?: Located<string>;
  /** SNI sent to an upstream: on/off and the name. */
  sendSni?: Located<boolean>;
  sniName?: Located<string>;
  verifyName?: Located<string>;
  alpn?: Located<string>;
  stapling?: Located<boolean>;
}

export interface Listener {
  software: string;
  address: string;
  port: number;
  names: string[];
  tls: boolean;
  /** Answers connections without SNI on this socket (nginx `default_server`). */
  isDefault?: boolean;
  /** Over UDP, where TLS 1.3 is the only version (RFC 9001 section 4.2). */
  quic?: boolean;
  /** TLS is OpenSSL's where the software could use another (Tomcat). */
  onOpenssl?: boolean;
  /** Begins in clear and becomes TLS on request, in this protocol. */
  starttls?: string;
  /** Refuses every handshake for its names (nginx `ssl_reject_handshake`). */
  refuses?: boolean;
  settings: TlsSettings;
  file: string;
  line: number;
}

export interface Upstream {
  software: string;
  /** Name used by the configuration, e.g. the nginx `upstream` block or HAProxy backend. */
  name: string;
  targets: Located<string>[];
  tls: boolean;
  settings: TlsSettings;
  timeouts: { connect?: Located<string>; read?: Located<string>; send?: Located<string> };
  keepalive?: Located<number>;
  healthCheck?: Located<string>;
  file: string;
  line: number;
}

export interface ServerConfigObservation {
  file: string;
  /** `nginx`, `haproxy`, `httpd`, `stunnel`, `java-security`, `openssl-cnf`, `tomcat`, `yaml`, `ini`, ... */
  software: string;
  listeners: Listener[];
  upstreams: Upstream[];
  /** Every directive or key, for checks that need one more: dotted name to values. */
  directives: { name: string; value: string; line: number; context?: string }[];
  logFormats: { name: string; format: string; line: number }[];
  errorLogLevel?: Located<string>;
  problems: { line: number; column?: number; says: string }[];
}
