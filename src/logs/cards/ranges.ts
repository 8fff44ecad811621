/** Issuer ranges: which first digits and lengths a card number can have, as the schemes publish them (ISO/IEC 7812). */

export const MIN_DIGITS = 12;
export const MAX_DIGITS = 19;

/** First digits (inclusive, as written) and allowed lengths, from ISO/IEC 7812 registrations as published by the schemes. */
const RANGES: [string, string, string, number[]][] = [
  ['visa', '4', '4', [13, 16, 19]],
  ['mastercard', '51', '55', [16]],
  ['mastercard', '2221', '2720', [16]],
  ['amex', '34', '34', [15]],
  ['amex', '37', '37', [15]],
  ['discover', '6011', '6011', [16, 19]],
  ['discover', '644', '649', [16, 19]],
  ['discover', '65', '65', [16, 19]],
  ['unionpay', '62', '62', [16, 17, 18, 19]],
  ['unionpay', '81', '81', [16, 17, 18, 19]],
  ['jcb', '3528', '3589', [16, 17, 18, 19]],
  ['diners', '300', '305', [14, 16]],
  ['diners', '36', '36', [14, 16, 19]],
  ['diners', '38', '39', [14, 16]],
  ['diners', '3095', '3095', [14, 16]],
  ['verve', '5060', '5061', [16, 18, 19]],
  ['verve', '6500', '6500', [18]],
  ['maestro', '50', '50', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['maestro', '56', '58', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['maestro', '6304', '6304', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['maestro', '6390', '6390', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['maestro', '67', '67', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['uatp', '1', '1', [15]],
  ['elo', '6362', '6363', [16]],
  ['instapayment', '637', '639', [16]],
  ['mir', '2200', '2204', [16, 17, 18, 19]],
  ['rupay', '60', '60', [16]],
  ['rupay', '82', '82', [16]],
  ['humo', '9860', '9860', [16]],
  ['uzcard', '8600', '8600', [16]],
  ['troy', '9792', '9792', [16]],
];
const BRANDS = [...new Set(RANGES.map(([brand]) => brand))];
/** Four leading digits to brand index + 1, per length. */
const BY_PREFIX: Uint8Array[] = Array.from({ length: MAX_DIGITS + 1 }, () => new Uint8Array(10_000));
/** For the first four digits of a number: bit n says that some scheme issues numbers of n digits that begin so. */
export const LENGTHS: Uint32Array = new Uint32Array(10_000);
for (const [brand, low, high, lengths] of RANGES) {
  const from = Number(low.padEnd(4, '0'));
  const to = Number(high.padEnd(4, '9'));
  const index = BRANDS.indexOf(brand) + 1;
  for (const length of lengths) {
    const brands = BY_PREFIX[length]!;
    for (let prefix = from; prefix <= to; prefix++) {
      // Listed order is precedence: Discover before RuPay's 60.
      if (brands[prefix] === 0) brands[prefix] = index;
      if (length >= MIN_DIGITS) LENGTHS[prefix]! |= 1 << length;
    }
  }
}

/** Rare as cards and common as something else: reported only where a name says card. */
export const onlyWhereNamed = (brand: string, length: number): boolean =>
  length < 15 || brand === 'uatp' || (brand === 'maestro' && (length === 15 || length === 17));

/** Brand of a number by its first four digits and its length; undefined when no scheme issues such numbers. */
export function brandOf(prefix: number, length: number): string | undefined {
  const brand = BY_PREFIX[length]?.[prefix] ?? 0;
  return brand === 0 ? undefined : BRANDS[brand - 1];
}
