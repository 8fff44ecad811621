/** Every story that a drill can tell. */
import {
  cardDataInLogs,
  cardTesting,
  credentialStuffing,
  healthyShop,
  malwareBeacon,
  phishingClone,
  requestFlood,
  webShell,
} from './attacks.ts';
import { capacityScenarios } from './capacity.ts';
import {
  certificateRevoked,
  forgedCertificate,
  hostnameMismatch,
  intermediateMissing,
  serverCertificateExpired,
  staleRevocationList,
} from './certificates.ts';
import { messageScenarios } from './messages.ts';
import {
  clockSkew,
  connectionDropped,
  connectionRefused,
  handshakeCut,
  noCommonCipher,
  peerTlsTooOld,
  upstreamUnavailable,
} from './network.ts';
import type { Scenario } from './types.ts';

export const SCENARIOS: readonly Scenario[] = [
  serverCertificateExpired,
  intermediateMissing,
  certificateRevoked,
  hostnameMismatch,
  staleRevocationList,
  peerTlsTooOld,
  noCommonCipher,
  clockSkew,
  connectionRefused,
  connectionDropped,
  handshakeCut,
  upstreamUnavailable,
  ...capacityScenarios,
  ...messageScenarios,
  cardTesting,
  requestFlood,
  credentialStuffing,
  cardDataInLogs,
  phishingClone,
  forgedCertificate,
  webShell,
  malwareBeacon,
  healthyShop,
];
