import type { ServerConfigObservation } from '../ciphers/types.ts';
import type { SmallFacts } from '../evidence/small-facts.ts';
import type { EvidenceItem, IncidentClock } from '../evidence/types.ts';
import type { LogObservations } from '../logs/types.ts';
import type { MessageObservation } from '../messages/types.ts';
import type { HandshakeObservation, TargetObservation } from '../tls/types.ts';
import type { TransactionObservations } from '../transactions/types.ts';
import type { CertificateObservation } from '../x509/types.ts';

/** Everything the readers saw. Plain and serialisable. */
export interface Observations {
  clock: IncidentClock;
  evidence: EvidenceItem[];
  logs: LogObservations;
  transactions: TransactionObservations;
  certificates: CertificateObservation[];
  configurations: ServerConfigObservation[];
  handshakes: HandshakeObservation[];
  targets: TargetObservation[];
  messages: MessageObservation[];
  facts: SmallFacts;
}
