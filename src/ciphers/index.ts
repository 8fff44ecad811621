/** TLS configurations and live servers: what they are set to, what they really do, and whether a policy allows it. */

export { type AuditResult, auditScan } from './audit.ts';
export { auditConfiguration } from './audit-configuration.ts';
export {
  type DisabledAlgorithm,
  detectServerConfig,
  parseDisabledAlgorithms,
  type ReadHint,
  readServerConfig,
} from './config/index.ts';
export { type EffectiveListener, type EffectiveOptions, effectiveMatrix } from './effective.ts';
export { describeKey } from './facts.ts';
export { fixLines } from './fix.ts';
export { type EnumerateOptions, enumerateEndpoint } from './live/enumerate.ts';
export { DEFAULT_GENTLENESS, type DialerTarget, type Gentleness, SLOW_GENTLENESS } from './live/line.ts';
export { type ProbeOptions, type ProbeResult, probeEndpoint } from './live/probe.ts';
export type { EndpointScan, ServerFeatures } from './live/scan-types.ts';
export { STARTTLS_PROTOCOLS, type StartTlsProtocol } from './live/starttls.ts';
export { answeringListener, compareStaticAndLive } from './live-difference.ts';
export { type CipherList, OPENSSL_VERSIONS, type OpensslVersion, parseCipherList } from './openssl/cipher-string.ts';
export { opensslCode, opensslName } from './openssl/names.ts';
export { readPolicy } from './policy/read.ts';
export type { Policy } from './policy/types.ts';
export type * from './types.ts';
