/** The rows that `paymedic pcap --format json` lists under `handshakes`; the published schemas are made from these types. */

export interface CertificateRow {
  /** Of the DER bytes, hexadecimal. */
  sha256: string;
  subject: string;
  issuer: string;
  /** UTC as in ISO 8601. */
  notBefore: string;
  notAfter: string;
}

export interface AlertRow {
  from: 'client' | 'server';
  level: number;
  /** RFC 8446 section 6; -1 when encrypted. */
  code: number;
  name: string;
  /** Read from record lengths. */
  inferred?: boolean;
  frame?: number;
}

/** ms; null where the capture does not hold both ends. */
export interface TimingRow {
  /** SYN to SYN-ACK. */
  connectMs: number | null;
  /** ClientHello to ServerHello. */
  helloMs: number | null;
  /** ClientHello to the last Finished. */
  handshakeMs: number | null;
}

export interface VerdictRow {
  /** docs/capture-verdicts.md lists them. */
  id: string;
  /** Who is at fault as far as the wire shows. */
  side: 'client' | 'server' | 'between' | 'none' | 'unknown';
  layer: 'tcp' | 'tls' | 'application' | 'path';
  /** 0 to 1; 0.5 and above is a claim. */
  confidence: number;
  /** Read from record lengths or from who closed, without seeing the content. */
  inferred: boolean;
  frames: number[];
  says: string;
}

/** One connection with its TLS handshake, as `paymedic pcap --format json` lists it under handshakes. */
export interface HandshakeRow {
  /** Evidence path. */
  file: string;
  /** Number of the connection in its capture, from 1. */
  flow: number;
  /** First packet, UTC as in ISO 8601. */
  time: string;
  protocol: 'tls' | 'dtls' | 'quic' | 'tcp' | 'plaintext';
  /** What was spoken before TLS: smtp, imap, http-connect, socks5, proxy-v1, ... */
  starttls?: string;
  clientAddress: string;
  clientPort: number;
  serverAddress: string;
  serverPort: number;
  sni: string | null;
  /** Chosen by the server; null in TLS 1.3 without keys. */
  alpn: string | null;
  offeredAlpn: string[];
  /** Negotiated version, e.g. TLSv1.3. */
  version: string | null;
  /** IANA name. */
  suite: string | null;
  /** IANA name. */
  group: string | null;
  ja3: string | null;
  ja3s: string | null;
  ja4: string | null;
  /** version|suite|extensions|SHA-256 of the public key of the certificate; docs/capture-verdicts.md. */
  serverProfile: string | null;
  alerts: AlertRow[];
  certificates: CertificateRow[];
  clientCertificates: CertificateRow[];
  completed: boolean;
  resumed: boolean;
  /** Data before the handshake was complete (RFC 8446 section 4.2.10): offered, sent, or accepted where keys show it. */
  earlyData?: 'offered' | 'sent' | 'accepted';
  timing: TimingRow;
  verdict: VerdictRow;
}
