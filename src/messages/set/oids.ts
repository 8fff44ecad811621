/** Object identifiers of SET (joint-iso-itu-t 23 42; SET Book 3, Formal Protocol Definition; RFC 3538). */

const content = (n: number): string => `2.23.42.0.${n}`;

/** Content types of the parts that are digested, signed or encrypted. */
export const SET_CONTENT = {
  panData: content(0),
  oiData: content(3),
  pi: content(4),
  piData: content(5),
  hodInput: content(7),
  pInitResData: content(12),
  piTbs: content(13),
  pResData: content(14),
  authReqTbs: content(16),
  authResTbs: content(17),
  capReqTbs: content(26),
  capResData: content(28),
  errorTbs: content(49),
  piDualSignedTbe: content(50),
  piUnsignedTbe: content(51),
  authReqTbe: content(52),
  authResTbe: content(53),
  capReqTbe: content(62),
  capResTbe: content(64),
} as const;

/** Private certificate extensions. */
export const SET_EXTENSION = {
  hashedRootKey: '2.23.42.7.0',
  certificateType: '2.23.42.7.1',
  merchantData: '2.23.42.7.2',
  cardCertRequired: '2.23.42.7.3',
  tunneling: '2.23.42.7.4',
  setExtensions: '2.23.42.7.5',
  setQualifier: '2.23.42.7.6',
} as const;

/** Card brands (arc 2.23.42.8). */
export const SET_BRANDS: { readonly [oid: string]: string } = {
  '2.23.42.8.4': 'Visa',
  '2.23.42.8.5': 'MasterCard',
  '2.23.42.8.30': 'Diners',
  '2.23.42.8.34': 'American Express',
  '2.23.42.8.35': 'JCB',
};

/** Bits of certificateType, first bit first. */
export const CERTIFICATE_TYPES = ['card', 'mer', 'pgwy', 'cca', 'mca', 'pca', 'gca', 'bca', 'rca'] as const;
export type SetRole = (typeof CERTIFICATE_TYPES)[number];

export const ROLE_NAMES: { readonly [role in SetRole]: string } = {
  card: 'cardholder',
  mer: 'merchant',
  pgwy: 'payment gateway',
  cca: 'cardholder CA',
  mca: 'merchant CA',
  pca: 'payment gateway CA',
  gca: 'geopolitical CA',
  bca: 'brand CA',
  rca: 'root CA',
};
