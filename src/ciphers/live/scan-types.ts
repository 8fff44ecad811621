/** What a live enumeration found. Plain and serialisable. */
import type { KeyExchangeFacts } from './server-answer.ts';

export interface OfferedSuite {
  code: number;
  name: string;
  protocol: string;
}

export interface OfferedGroup {
  code: number;
  name: string;
  protocol: string;
}

export interface ProtocolResult {
  protocol: string;
  version: number;
  /** `unknown` when the server dropped or did not answer, so that "not offered" cannot be said. */
  offered: 'yes' | 'no' | 'unknown';
  /** How it said no, or why it is unknown. */
  because: string;
  /** False when suites may be missing. */
  complete: boolean;
  preference?: 'server' | 'client';
  /** Its suites stand in the order of the server's own preference. */
  inServerOrder?: boolean;
}

export interface ServerFeatures {
  /** Undefined: could not be told from the handshakes made. */
  extendedMasterSecret?: boolean;
  encryptThenMac?: boolean;
  secureRenegotiation?: boolean;
  sessionTickets?: boolean;
  stapling?: boolean;
  heartbeat?: boolean;
  compression?: boolean;
  fallbackScsv?: boolean;
  /** Application protocols: the one chosen among h2 and http/1.1, or with `--deep` all that are known here. */
  alpn?: string[];
  /** Groups reused over handshakes: the same ephemeral public value was sent twice. */
  keyReuse?: ('DH' | 'ECDH')[];
  dh?: { bits: number; prime: string }[];
  exportRsaBits?: number;
  downgradeProtection?: boolean;
  /** A second handshake that the client asked for was finished. */
  clientInitiatedRenegotiation?: boolean;
  /** Tickets that came after one TLS 1.3 handshake. */
  tls13Tickets?: number;
  /** max_early_data_size of TLS 1.3 tickets, bytes; 0: early data is not accepted. */
  earlyData?: number;
  heartbleed?: 'vulnerable' | 'not vulnerable' | 'unknown';
  ccsInjection?: 'vulnerable' | 'not vulnerable' | 'unknown';
}

export interface ServedCertificate {
  /** DER, base64, as served. */
  chain: string[];
  /** `RSA`, `ECDSA`, ... as the suites that served it need. */
  authentication: string;
}

export interface EndpointScan {
  target: string;
  host: string;
  port: number;
  serverName?: string;
  starttls?: string;
  protocols: ProtocolResult[];
  suites: OfferedSuite[];
  groups: OfferedGroup[];
  signatureAlgorithms: { code: number; name: string; protocol: string }[];
  certificates: ServedCertificate[];
  features: ServerFeatures;
  clientCertificate: { requested: boolean; acceptableCas: string[] };
  connections: number;
  complete: boolean;
  /** Why it is incomplete; empty when complete. */
  incomplete: string[];
  /** Odd behaviour worth telling (size intolerance, wrong answers, recovered drops). */
  notes: string[];
  milliseconds: number;
  /** Set when nothing could be asked at all. */
  error?: string;
}

/** By-products gathered while suites are enumerated. */
export interface Gathered {
  certificates: Map<string, ServedCertificate>;
  /** Suites below TLS 1.3 that some version was seen to accept. */
  accepted: Set<number>;
  /** The client's order of suites counts, as far as it was asked for. */
  followsClient?: boolean;
  keyExchanges: { suite: number; facts: KeyExchangeFacts }[];
  clientCertificate: { requested: boolean; acceptableCas: Set<string> };
  features: ServerFeatures;
}
