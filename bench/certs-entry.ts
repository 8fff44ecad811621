export { toBigInt } from '../src/x509/big-integers.ts';
export { parseCertificate, parsedForm } from '../src/x509/certificate.ts';
export { parseRevocationList } from '../src/x509/crl.ts';
export { readCertificates } from '../src/x509/observe.ts';
export { readCertificate } from '../src/x509/parsed.ts';
export { findPem } from '../src/x509/pem.ts';
export { lint } from '../src/x509/rules/index.ts';
export { checkListSignature, verifySignature } from '../src/x509/signature.ts';
export { sharedPrimes, weaknesses } from '../src/x509/weak-keys.ts';
