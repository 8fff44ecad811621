/** The certificate room: reading, path validation, names and keys. */
export { parseCertificate, validityAt } from './certificate.ts';
export type * from './types.ts';
