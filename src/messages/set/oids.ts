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

/** Card brands (arc 2.23.42.8). */
export const SET_BRANDS: { readonly [oid: string]: string } = {
  '2.23.42.8.4': 'Visa',
  '2.23.42.8.5': 'MasterCard',
  '2.23.42.8.30': 'Diners',
  '2.23.42.8.34': 'American Express',
  '2.23.42.8.35': 'JCB',
};
