/** What a candidate for a card number is, and what its digits alone say. */
import type { Context } from './context.ts';
import { brandOf } from './ranges.ts';

/** A candidate that has a card's layout, issuer range and boundary. */
export interface CardSpan {
  /** Byte indices; `to` is exclusive. Of the whole token where the number stands encoded in it. */
  from: number;
  to: number;
  digits: string;
  brand: string;
  luhn: boolean;
  context: Context;
  track: 0 | 1 | 2;
  /** The bytes are not the number itself but an encoding of a text that holds it. */
  encoded?: 'base64' | 'hex' | 'escapes';
}

const DOUBLED = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
export function luhn(digits: string): boolean {
  let sum = 0;
  const { length } = digits;
  for (let i = 0; i < length; i++) {
    const digit = digits.charCodeAt(i) - 48;
    sum += (length - i) % 2 === 0 ? DOUBLED[digit]! : digit;
  }
  return sum % 10 === 0;
}

export function oneDigit(digits: string): boolean {
  for (let i = 1; i < digits.length; i++) if (digits.charCodeAt(i) !== digits.charCodeAt(0)) return false;
  return true;
}

/** Whether digits are a number by issuer range, length and check digit. */
export const isNumber = (digits: string): boolean =>
  brandOf(Number(digits.slice(0, 4)), digits.length) !== undefined && luhn(digits) && !oneDigit(digits);
