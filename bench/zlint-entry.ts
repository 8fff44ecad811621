export { readCertificate } from '../src/x509/parsed.ts';
export { findPem } from '../src/x509/pem.ts';
export { Facts, judge, RULES } from '../src/x509/rules/index.ts';
