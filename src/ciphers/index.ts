/** TLS configurations and live servers: what they are set to, what they really do, and whether a policy allows it. */
export {
  type DisabledAlgorithm,
  detectServerConfig,
  parseDisabledAlgorithms,
  type ReadHint,
  readServerConfig,
} from './config/index.ts';
export { type ProbeOptions, type ProbeResult, probeEndpoint } from './live/probe.ts';
export { type CipherList, OPENSSL_VERSIONS, type OpensslVersion, parseCipherList } from './openssl/cipher-string.ts';
export { opensslCode, opensslName } from './openssl/names.ts';
export type * from './types.ts';
