/** What the certificate room observes. Judging is done by checks and by path validation. */

export interface DistinguishedName {
  /** RFC 4514 text, most specific first. */
  text: string;
  /** DER of the Name, base64, for exact comparison. */
  der: string;
  commonName?: string;
  organization?: string;
}

export interface GeneralName {
  kind: 'dns' | 'ip' | 'email' | 'uri' | 'directory' | 'other';
  value: string;
}

export interface Certificate {
  /** DER, base64. */
  der: string;
  sha256: string;
  /** SHA-256 of the SubjectPublicKeyInfo, hex: the identity that survives a renewal with the same key. */
  spkiSha256: string;
  /** Uppercase hex without leading zero bytes. */
  serial: string;
  subject: DistinguishedName;
  issuer: DistinguishedName;
  /** ms UTC. */
  notBefore: number;
  notAfter: number;
  names: GeneralName[];
  /** `RSA 2048`, `EC P-256`, `Ed25519`, `SM2`, ... */
  key: { algorithm: string; bits?: number; curve?: string; label: string };
  /** `sha256WithRSAEncryption`, ... */
  signatureAlgorithm: string;
  /** undefined: extension absent. */
  basicConstraints?: { ca: boolean; pathLength?: number };
  keyUsage?: string[];
  /** Names where known (`serverAuth`, `clientAuth`), else OIDs. */
  extendedKeyUsage?: string[];
  subjectKeyId?: string;
  authorityKeyId?: string;
  nameConstraints?: { permitted: GeneralName[]; excluded: GeneralName[] };
  crlUrls: string[];
  ocspUrls: string[];
  caIssuerUrls: string[];
  policies: string[];
  /** RFC 7633 TLS feature status_request. */
  mustStaple: boolean;
  scts: number;
  selfIssued: boolean;
  /** Critical extensions nothing here understands, OIDs. */
  unknownCritical: string[];
  /** Encoding defects met while reading, with the byte offset in the DER. */
  defects: { offset: number; rule: string; says: string }[];
}

export interface RevokedEntry {
  /** ms UTC; NaN when it cannot be read. */
  time: number;
  reason?: string;
}

/** Serial numbers (uppercase hex without leading zero bytes) and when and why they were revoked. */
export interface RevokedSerials {
  /** Number of entries. */
  readonly size: number;
  /** Entries whose serial number another entry has too. */
  readonly duplicates: number;
  has(serial: string): boolean;
  get(serial: string): RevokedEntry | undefined;
  keys(): Iterable<string>;
}

export interface RevocationList {
  der: string;
  issuer: DistinguishedName;
  thisUpdate: number;
  nextUpdate?: number;
  number?: string;
  delta: boolean;
  revoked: RevokedSerials;
  signatureAlgorithm: string;
  defects: { offset: number; rule: string; says: string }[];
}

export interface KeyInfo {
  kind: 'private' | 'public';
  encrypted: boolean;
  algorithm?: string;
  bits?: number;
  spkiSha256?: string;
  format: string;
  /** SubjectPublicKeyInfo, base64, when the public half is known. */
  spki?: string;
  /** 1-based line of the file where it starts. */
  line?: number;
}

/** One file (or handshake, or table cell) in which certificates, keys or lists were found. */
export interface CertificateObservation {
  file: string;
  /** Where in the file. */
  at?: { line?: number; offset?: number; index: number };
  source: 'file' | 'handshake' | 'text' | 'configuration' | 'live';
  certificates: Certificate[];
  revocationLists: RevocationList[];
  keys: KeyInfo[];
  /** Certificate signing requests, keystores and others that were recognised: one sentence each. */
  others: string[];
  /** What could not be read and where. */
  problems: string[];
  /** Where each certificate starts, parallel to `certificates`; holes where it is unknown. */
  positions?: { line?: number; offset?: number; alias?: string }[];
  /** OCSP responses, DER in base64. */
  ocspResponses?: string[];
  /** File mode (octal) when the source is a file of this machine. */
  mode?: number;
}
