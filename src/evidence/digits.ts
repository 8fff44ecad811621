/**
 * Decimal digits of other scripts (Unicode general category Nd): Arabic, Persian and Urdu, Devanagari, Bengali, Thai and the full
 * width of East Asia, with the decimal and thousands separators of Arabic (U+066B, U+066C). Each is one UTF-16 unit, as is what it
 * becomes.
 */
const OTHER_DIGITS = /[\u0660-\u0669\u066b\u066c\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59\uff10-\uff19]/g;
/** The zeros of those scripts; nine more digits follow each. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10];

const ascii = (digit: string): string => {
  if (digit === '\u066b') return '.';
  if (digit === '\u066c') return ',';
  const code = digit.charCodeAt(0);
  return String(code - ZEROS.find((zero) => code >= zero && code < zero + 10)!);
};

/**
 * Writes the digits of any script as 0 to 9, so that times, amounts and codes of tables are read whoever wrote them.
 * @returns text of the same length; the same text where it holds none.
 */
export const asciiDigits = (text: string): string =>
  text.search(OTHER_DIGITS) === -1 ? text : text.replace(OTHER_DIGITS, ascii);
