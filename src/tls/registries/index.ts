/** Names of everything that TLS puts on the wire as a number. */
export { ALERTS, alertName, isKnownAlert } from './alerts.ts';
export { EXTENSION, EXTENSIONS, extensionName } from './extensions.ts';
export { isGrease } from './grease.ts';
export { GROUPS, groupCode, groupName, isFiniteFieldGroup, isPostQuantumGroup } from './groups.ts';
export { SIGNATURE_SCHEMES, signatureSchemeName } from './signature-schemes.ts';
export { SUITES } from './suite-codes.ts';
export type { SuiteParts } from './suites.ts';
export {
  EMPTY_RENEGOTIATION_INFO_SCSV,
  FALLBACK_SCSV,
  isKnownSuite,
  parseSuite,
  suiteCode,
  suiteName,
} from './suites.ts';
export * from './versions.ts';
