/** What was seen of one TLS handshake, whoever saw it: a capture, a live probe or an in-memory endpoint. */

export type Endpoint = { address: string; port: number };

export interface TlsAlert {
  from: 'client' | 'server';
  level: 1 | 2 | number;
  /** RFC 8446 section 6; -1 when encrypted and not decrypted. */
  description: number;
  /** True when inferred from record lengths (TLS 1.3 without keys). */
  inferred?: boolean;
  encrypted?: boolean;
  frame?: number;
  time?: number;
}

export interface ClientHelloInfo {
  /** legacy_version, e.g. 0x0303. */
  legacyVersion: number;
  recordVersion: number;
  /** supported_versions without GREASE, empty when the extension is absent. */
  versions: number[];
  suites: number[];
  groups: number[];
  keyShares: number[];
  signatureAlgorithms: number[];
  pointFormats: number[];
  extensions: number[];
  alpn: string[];
  sni?: string;
  compression: number[];
  /** ECH outer hello seen. */
  ech?: boolean;
  /** early_data is among the extensions (RFC 8446 section 4.2.10). */
  earlyData?: boolean;
  /** Size of the handshake message in bytes. */
  size: number;
  frame?: number;
  time?: number;
  ja3?: string;
  ja4?: string;
}

export interface ServerHelloInfo {
  /** Negotiated version (supported_versions wins over legacy_version). */
  version: number;
  suite: number;
  group?: number;
  alpn?: string;
  extensions: number[];
  helloRetryRequest?: boolean;
  /** RFC 8446 section 4.1.3 downgrade sentinel. */
  downgrade?: 'TLS1.2' | 'TLS1.1';
  frame?: number;
  time?: number;
  ja3s?: string;
}

/** Verdict ids are documented in docs/capture-verdicts.md. */
export interface HandshakeVerdict {
  id: string;
  /** Who is at fault as far as the wire shows. */
  side: 'client' | 'server' | 'between' | 'none' | 'unknown';
  layer: 'tcp' | 'tls' | 'application' | 'path';
  confidence: number;
  inferred?: boolean;
  frames: number[];
  says: string;
}

export interface HandshakeObservation {
  /** Evidence path. */
  file: string;
  /** 1-based flow number in that capture. */
  flow: number;
  client: Endpoint;
  server: Endpoint;
  /** ms UTC of the first packet. */
  time: number;
  end?: number;
  /** `tls`, `dtls`, `quic`, `tcp` (no TLS seen), `plaintext`. */
  protocol: 'tls' | 'dtls' | 'quic' | 'tcp' | 'plaintext';
  starttls?: string;
  clientHello?: ClientHelloInfo;
  serverHello?: ServerHelloInfo;
  /** The server asked for another key share first (RFC 8446 section 4.1.4). */
  helloRetryRequest?: boolean;
  /** The second ClientHello after a HelloRetryRequest; fingerprints of `clientHello` are those of the first. */
  retriedHello?: ClientHelloInfo;
  /** DER certificates in the order sent by the server, base64 (TLS 1.2 and below, or decrypted). */
  serverCertificates?: string[];
  clientCertificates?: string[];
  certificateRequested?: boolean;
  /** DER distinguished names, base64, of the CertificateRequest. */
  acceptableCas?: string[];
  /** Client answered the request with an empty certificate list. */
  clientCertificateEmpty?: boolean;
  ocspStapled?: boolean;
  alerts: TlsAlert[];
  /** The handshake completed as far as the wire shows. */
  completed: boolean;
  resumed?: boolean;
  /** RFC 8446 section 4.2.10; `accepted` only where keys open the server's EncryptedExtensions. */
  earlyData?: 'offered' | 'sent' | 'accepted';
  /** Application data went both ways after the handshake. */
  applicationData?: { client: number; server: number };
  tcp: {
    synSeen: boolean;
    synAckSeen: boolean;
    synRetransmits: number;
    reset?: { from: 'client' | 'server'; frame: number; ttl?: number; ttlUsual?: number };
    fin?: { from: 'client' | 'server'; frame: number };
    clientTtl?: number;
    serverTtl?: number;
    /** ICMP error that answered, e.g. `host-unreachable`. */
    icmp?: string;
  };
  timing?: { connectMs?: number; helloMs?: number; handshakeMs?: number };
  verdict: HandshakeVerdict;
  firstFrame: number;
}

/** TCP conversations without TLS that matter to triage (refused, unanswered, floods), aggregated per server endpoint. */
export interface TargetObservation {
  file: string;
  server: Endpoint;
  flows: number;
  refused: number;
  unanswered: number;
  resets: number;
  first: number;
  last: number;
  /** Exact up to 512, estimated above. */
  distinctClients: number;
  firstFrame: number;
  /** SYN-ACK sent, never answered (part of `unanswered`). */
  halfOpen?: number;
  /** Connections that opened. */
  connected?: number;
  /** The openings look like a SYN flood: many, not repeated, never completed. */
  synFlood?: boolean;
}
