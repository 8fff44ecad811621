/** Spellings so ordinary that no rule about spelling can find fault with them: most names of most certificates. */

const letter = (code: number): boolean => (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
const digit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/**
 * A host name of two labels or more, at most 253 characters long, each label 1 to 63 letters, digits and inner hyphens
 * (none of them reserved, as `xn--` is), the last one letters only and neither `arpa` nor `onion`.
 */
export function isPlainHost(name: string): boolean {
  const { length } = name;
  if (length < 3 || length > 253) return false;
  let start = 0;
  let labels = 0;
  for (let i = 0; i <= length; i++) {
    const code = i < length ? name.charCodeAt(i) : 0x2e;
    if (code === 0x2e) {
      if (i === start || i - start > 63 || name.charCodeAt(i - 1) === 0x2d) return false;
      labels++;
      if (i === length) break;
      start = i + 1;
    } else if (code === 0x2d) {
      if (i === start || (i === start + 3 && name.charCodeAt(i - 1) === 0x2d)) return false;
    } else if (!letter(code) && !digit(code)) return false;
  }
  if (labels < 2) return false;
  for (let i = start; i < length; i++) if (!letter(name.charCodeAt(i))) return false;
  return !(length - start === 4 || length - start === 5) || !/^(?:arpa|onion)$/i.test(name.slice(start));
}

/** One to 64 characters of the alphabet of PrintableString (X.680 table 10), neither the first nor the last a space. */
export function isPlainText(text: string): boolean {
  const { length } = text;
  if (length === 0 || length > 64 || text.charCodeAt(0) === 0x20 || text.charCodeAt(length - 1) === 0x20) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    const allowed =
      letter(code) ||
      (code >= 0x27 && code <= 0x3a && code !== 0x2a) ||
      code === 0x20 ||
      code === 0x3d ||
      code === 0x3f;
    if (!allowed) return false;
  }
  return true;
}
