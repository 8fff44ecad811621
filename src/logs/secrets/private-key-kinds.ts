/** Private keys: in PEM however its lines are joined, as bare base64 of their DER, and as base64 of a whole PEM file. */
import type { SecretKind } from './kinds.ts';

/** What stands for the end of a line where a file became one text: JSON, URLs, syslog (RFC 5424 relays write `#012`), XML. */
const LINE_END = String.raw`(?:\\{1,4}[nr]|\\{1,4}u000[aAdD]|%0[aAdD]|#01[25]|&#(?:1[03]|x0?[aAdD]);)`;
/** A character of base64 as JSON and URLs may write it. */
const BASE64 = String.raw`(?:[A-Za-z0-9+/=]|\\{1,3}/|%2[bBfF]|%3[dD])`;
const START = '(?<![A-Za-z0-9+/])';

/**
 * How base64 begins where DER begins with a key. SEQUENCE with its length in one to three bytes, then the version: INTEGER 0 and
 * the algorithm's SEQUENCE (PKCS#8, RFC 5958), INTEGER 0 and a modulus (PKCS#1, RFC 8017), INTEGER 1 and an OCTET STRING (SEC 1,
 * RFC 5915). A certificate's or public key's next byte begins another SEQUENCE.
 */
const DER_HEADS = [
  'MII[A-Za-z0-9+/]{3}IBA(?:D[A-D]|AK[BC]|QSC)',
  'MI[GH][A-Za-z0-9+/]AgE(?:AM|BB|AA)',
  'M[A-H][A-Za-z0-9+/]CAQ(?:AwBQ|AwEA|AwEw|AwGA|AwFA|EEI|EwBQ|EEM|EEQ)',
];

export const PRIVATE_KEY_KINDS: readonly SecretKind[] = [
  {
    id: 'private-key',
    literals: ['PRIVATE KEY'],
    // Headers such as `Proc-Type: 4,ENCRYPTED` may stand before the body (RFC 1421).
    pattern: new RegExp(
      String.raw`-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?<secret>(?:${LINE_END}|${BASE64}|[\s:,.]|-(?!-)){0,8000})`,
      'g',
    ),
    confidence: 0.98,
    accepts: () => true,
  },
  {
    // Without their armour, as payment providers' configurations hold them.
    id: 'private-key',
    literals: ['IBADA', 'IBAAK', 'IBAQSC', 'AgEAM', 'AgEBB', 'AgEAA', 'CAQAw', 'CAQEE', 'CAQEw'],
    pattern: new RegExp(`${START}(?<secret>(?:${DER_HEADS.join('|')})(?:${BASE64}|${LINE_END}){46,8000})`, 'g'),
    confidence: 0.95,
  },
  {
    // Encrypted with a password (RFC 8018): the OID of PBES1 or PBES2 leads.
    id: 'private-key',
    literals: ['BgkqhkiG9w0BBQ', 'CSqGSIb3DQEF', 'YJKoZIhvcNAQU'],
    pattern: new RegExp(
      `${START}(?<secret>M[A-Za-z0-9+/]{3,8}(?:BgkqhkiG9w0BBQ|CSqGSIb3DQEF|YJKoZIhvcNAQU)(?:${BASE64}|${LINE_END}){100,8000})`,
      'g',
    ),
    confidence: 0.95,
  },
  {
    // openssh-key-v1, without its armour.
    id: 'private-key',
    literals: ['b3BlbnNzaC1rZXktdjE'],
    pattern: /(?<secret>b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=]{60,8000})/g,
    confidence: 0.97,
  },
  {
    // A whole PEM file in base64, as Kubernetes secrets hold it: `-----BEGIN `.
    id: 'private-key',
    literals: ['LS0tLS1CRUdJTi'],
    pattern: new RegExp(`${START}(?<secret>LS0tLS1CRUdJTi${BASE64}{60,12000})`, 'g'),
    confidence: 0.97,
    accepts: (secret) => Buffer.from(secret.slice(0, 100), 'base64').toString('latin1').includes('PRIVATE KEY'),
  },
];
