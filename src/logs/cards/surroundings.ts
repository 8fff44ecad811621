/** What a line says about a number in it: the name before it, the column it stands in, and what stands behind it. */
import { insertColumn } from './columns.ts';
import { type Context, contextOf, listsCards, nameSays } from './context.ts';
import { aboutTests, isPublishedTest } from './published-tests.ts';
import { onlyWhereNamed } from './ranges.ts';
import { ACCOUNT_NAME, BANK_CODES } from './words.ts';

const CONTEXT_BYTES = 64;
/** A clause and the list behind it. */
const LIST_BYTES = 256;
/** Of a statement, up to where its values are matched to its columns. */
const MAX_STATEMENT = 16_384;

/** @param valid whether its check digit is right. */
export function surroundings(
  b: Buffer,
  from: number,
  to: number,
  digits: string,
  brand: string,
  valid: boolean,
  lineStart: number,
  lineEnd: number,
): Context {
  const before = textBefore(b, lineStart, from);
  let context = contextOf(before);
  if (context === 'none' && valid) context = columnSays(b, lineStart, from);
  if (context === 'none' && valid) context = indexSays(b, to, lineEnd);
  if (context === 'other' && valid && listsCards(textBefore(b, lineStart, from, LIST_BYTES))) context = 'card';
  // Accounts at banks have twelve digits more often than cards have.
  if (context === 'card' && ACCOUNT_NAME.test(before) && (digits.length === 12 || atBank(b, before, to, lineEnd)))
    return 'other';
  if (context !== 'card' && isIdentityNumber(digits)) return 'other';
  if (context !== 'other' && isPublishedTest(digits) && aboutTests(b, lineStart, from, to, lineEnd)) return 'other';
  // An expiry date beside it is what a card has and an order has not.
  const wanting =
    context === 'none'
      ? onlyWhereNamed(brand, digits.length)
      : context === 'other' && valid && BARE_MEMBER.test(before);
  if (wanting && EXPIRY_NEXT.test(b.toString('latin1', to, Math.min(lineEnd, to + 40)))) context = 'card';
  return context;
}

/** Decoded as UTF-8 only where there is something to decode. */
export function textBefore(b: Buffer, lineStart: number, to: number, most = CONTEXT_BYTES): string {
  const from = Math.max(lineStart, to - most);
  for (let i = from; i < to; i++) if (b[i]! >= 128) return b.toString('utf8', from, to);
  return b.toString('latin1', from, to);
}

/** A resident identity number of China (GB 11643): six digits of a region that begin as UnionPay's do, then a birthday. */
function isIdentityNumber(digits: string): boolean {
  if (digits.length !== 18) return false;
  const year = Number(digits.slice(6, 10));
  const month = Number(digits.slice(10, 12));
  const day = Number(digits.slice(12, 14));
  return year >= 1900 && year <= 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/** The account is one at a bank, whose codes stand beside it. */
const atBank = (b: Buffer, before: string, to: number, lineEnd: number): boolean =>
  BANK_CODES.test(before) || BANK_CODES.test(b.toString('latin1', to, Math.min(lineEnd, to + CONTEXT_BYTES)));

/** What the column list of a statement calls a value. */
function columnSays(b: Buffer, lineStart: number, from: number): Context {
  const byte = b[from - 1];
  if (byte !== 39 && byte !== 34 && byte !== 44 && byte !== 40 && byte !== 32) return 'none';
  const column = insertColumn(b.toString('utf8', lineStart, Math.min(from, lineStart + MAX_STATEMENT)));
  return column === undefined ? 'none' : nameSays(column);
}

/** What the name of a unique index calls a value that MySQL refused for it (ER_DUP_ENTRY). A primary key has no name of its own. */
function indexSays(b: Buffer, to: number, lineEnd: number): Context {
  if (b[to] !== 39) return 'none';
  const name = /^' for key '([\w.]{1,64})'/.exec(b.toString('latin1', to, Math.min(lineEnd, to + 80)))?.[1];
  return name === undefined || /(?:^|\.)primary$/i.test(name) ? 'none' : nameSays(name);
}

/** `"payment":{"number":"`: a name that says nothing, in an object of another name. */
const BARE_MEMBER = /["']?\b(?:number|num|no|nr|value)["']?\s?[:=]\s?["']?$/i;
/**
 * `', '03/28'`, `;01/32`, `|01|2032`, `</b> (12/30)`, `</td><td>12/33`: month and year of a card, in the next column. `&exp_month=`, `", "cvc": "`: what else
 * belongs to a card.
 */
const EXPIRY_NEXT =
  /^(?:["'\\]{0,3}\s?[;,|\t ]\s?["'\\]{0,3}|\s?<\/td>\s?<td>\s?|(?:<\/\w{1,8}>){0,3}\s?\()(?:0[1-9]|1[0-2])[/-](?:20)?[2-4]\d(?!\d|[/-]\d)|^([|:;])(?:0[1-9]|1[0-2])\1(?:20)?[2-4]\d\1|^["'\\]{0,4}[\s,;&|]{1,3}["'\\]{0,4}(?:card_?)?(?:exp(?:iry|ires|iration)?(?:[_ ]?(?:month|date|year|m|y))?|cvv2?|cvc2?)["'\\]{0,4}\s?[=:]/i;
