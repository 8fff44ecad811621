import type { ChangeFact, NoticeFact } from '../evidence/small-facts.ts';
import type { EvidenceRef } from '../finding.ts';
import type { EventClass } from '../logs/event-classes.ts';
import type { LogEvent } from '../logs/types.ts';
import type { HandshakeObservation } from '../tls/types.ts';
import type { Certificate, RevocationList } from '../x509/types.ts';
import type { EndpointBook } from './endpoints.ts';
import type { RecordedIdentity } from './known-identities.ts';
import type { PaymentRates } from './payments.ts';

/**
 * The same complaint, wherever it was written: one event class, made by one role (client or server) in one direction.
 * Times are those of the main burst; isolated lines outside it are counted but do not move the onset.
 */
export interface Symptom {
  event: EventClass;
  complaint: LogEvent['complaint'];
  role: LogEvent['role'];
  events: LogEvent[];
  /** Names of the hosts, services or files that wrote it. */
  nodes: string[];
  /** Canonical names of the peers that were named. */
  peers: string[];
  software: string[];
  count: number;
  /** Hits within the burst. */
  burstCount: number;
  onset: number;
  end: number;
  /** Share (0..1) of what the writers logged in the burst that was this complaint. */
  share: number;
  /** A burst that stands out from the isolated lines of any ordinary day. */
  significant: boolean;
  ongoing: boolean;
  clients: Set<string>;
}

/** What is wrong with a chain at a given time. Order of the array is order of weight. */
export type ChainFault =
  | 'leaf-expired'
  | 'leaf-not-yet-valid'
  | 'intermediate-expired'
  | 'cross-expired'
  | 'root-expired'
  | 'incomplete'
  | 'root-untrusted'
  | 'self-signed'
  | 'name-mismatch'
  | 'san-missing'
  | 'purpose-wrong'
  | 'signature-weak'
  | 'key-weak'
  | 'ca-constraint'
  | 'revoked'
  | 'staple-required';

export interface ChainFaultAt {
  fault: ChainFault;
  /** The guilty certificate. */
  certificate: Certificate;
  /** When the fault began, ms UTC, where a date tells. */
  since?: number;
  says: string;
  /** More certificates that show it, e.g. the issuer that could complete the chain. */
  other?: Certificate;
}

/** A chain as some server (or client) presented it. */
export interface ServedChain {
  /** Canonical name of the endpoint, when known. */
  host?: string;
  /** Who presents it. */
  role: 'server' | 'client' | 'unknown';
  certificates: Certificate[];
  leaf: Certificate;
  /** handshake: seen on the wire. file: stands where a configuration or the file name says it is served. */
  source: 'handshake' | 'configured' | 'file';
  evidence: EvidenceRef[];
  /** ms UTC, for handshakes. */
  firstServed?: number;
  lastServed?: number;
  handshakes: HandshakeObservation[];
  /** Marked as replaced or former by its file name. */
  former: boolean;
  faults: ChainFaultAt[];
}

/** Trust anchors somebody uses: a bundle file, a truststore listing. */
export interface TrustStore {
  file: string;
  certificates: Certificate[];
  /** Whose it is, when file name or configuration tells. */
  owner?: string;
  purpose: 'server-trust' | 'client-trust' | 'unknown';
}

export interface EvidenceGraph {
  /** ms UTC. */
  now: number;
  endpoints: EndpointBook;
  symptoms: Symptom[];
  chains: ServedChain[];
  stores: TrustStore[];
  /** Every certificate seen anywhere, once. */
  pool: Certificate[];
  revocationLists: { file: string; list: RevocationList }[];
  payments: PaymentRates;
  changes: ChangeFact[];
  notices: NoticeFact[];
  /** Which key and issuer belong to a host, as pin files and inventories in the evidence record it. */
  identities: RecordedIdentity[];
  /** Earliest and latest time in the evidence. */
  span: { from: number; to: number };
}
