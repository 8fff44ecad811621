/** Secrets whose name ends one line and whose value is the next: prompts, settings over two lines, pairs of name and value. */
import type { SecretKind } from './kinds.ts';
import { isGiven, SECRET_NAME, TO_QUOTE } from './password-kinds.ts';
import type { SecretSpan } from './scan.ts';

/** A longer line does more than name something. */
const LONGEST_NAMING = 160;
const LONGEST_VALUE = 600;

const START = String.raw`^\s{0,80}(?:[-*>#]\s{1,4})?`;
/** `password:`, `"api_key" =`, `secret: |`. */
const NAMED = new RegExp(String.raw`${START}["']?${SECRET_NAME}["']?\s{0,4}[:=]\s{0,4}(?:[|>][+-]?)?\s{0,4}$`, 'i');
/** `- name: DB_PASSWORD`, `"key": "password",`, `<key>password</key>`. */
const NAMED_IN_PAIR = new RegExp(
  String.raw`${START}(?:["']?(?:name|key)["']?\s{0,4}[:=]\s{0,4}["']?|<(?:name|key)>)${SECRET_NAME}(?:["']?,?|</(?:name|key)>)\s{0,4}$`,
  'i',
);
const VALUE_ALONE = new RegExp(String.raw`^\s{0,80}["']?${TO_QUOTE}["']?,?\s{0,4}$`);
const VALUE_OF_PAIR = new RegExp(
  String.raw`^\s{0,80}(?:["']?value["']?\s{0,4}[:=]\s{0,4}["']?|<(?:value|string)>)${TO_QUOTE}(?:["']?,?|</(?:value|string)>)\s{0,4}$`,
  'i',
);

const KIND: SecretKind = { id: 'password', literals: [], pattern: VALUE_ALONE, confidence: 0.7 };

/** Another name in the place of the value: `valueFrom:`, `user=x`. */
const isName = (text: string): boolean => /^[\w.-]{1,60}(?:[:=]$|=[^=]|:[^/])/.test(text);

/** Remembers over the lines of one file what the line before has named. */
export class NextLine {
  #value: RegExp | undefined;

  /** @returns the secret in the line bytes[start, end) that the line before names. */
  span(b: Buffer, start: number, end: number): SecretSpan | undefined {
    const length = end - start;
    const wanted = this.#value;
    if (length > (wanted ? LONGEST_VALUE : LONGEST_NAMING)) {
      this.#value = undefined;
      return undefined;
    }
    const text = b.toString('latin1', start, end);
    this.#value = length > LONGEST_NAMING ? undefined : this.#named(text);
    const match = wanted?.exec(text);
    const secret = match?.groups?.secret;
    if (!match || !secret || !isGiven(secret) || (wanted === VALUE_ALONE && isName(secret))) return undefined;
    const from = start + match[0].lastIndexOf(secret);
    return { from, to: from + secret.length, kind: KIND };
  }

  #named(text: string): RegExp | undefined {
    if (NAMED.test(text)) return VALUE_ALONE;
    return NAMED_IN_PAIR.test(text) ? VALUE_OF_PAIR : undefined;
  }
}
