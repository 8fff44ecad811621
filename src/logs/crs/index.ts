/** Attack patterns of the OWASP Core Rule Set on requests that an access log tells of. */
export { CrsEngine } from './engine.ts';
export { readRuleSet } from './seclang.ts';
export type * from './types.ts';
