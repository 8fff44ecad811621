export { audit } from './audit.ts';
export { judgeExpiry } from './expiry.ts';
export { type Pin, readPins, readPinTable } from './pins.ts';
export type { AuditOptions, AuditResult, LinkRole, Sighting } from './types.ts';
