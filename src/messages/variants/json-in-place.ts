/** Changes that leave the layout of a JSON text alone: escapes in its strings, forms of its numbers. */

/** Numbers whose forms are varied together; each further one doubles the work. */
const MAXIMUM_NUMBERS = 7;
const LARGE = 256 * 1024;
/** A string or a number of JSON text. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

const inStrings = (text: string, change: (quoted: string) => string): string =>
  text.replace(TOKEN, (token) => (token.startsWith('"') ? change(token) : token));

const escapeOf = (c: string, upper: boolean): string => {
  const hex = c.charCodeAt(0).toString(16).padStart(4, '0');
  return `\\u${upper ? hex.toUpperCase() : hex}`;
};

const CHANGES: readonly { says: string; apply(quoted: string): string }[] = [
  { says: 'with the slashes not escaped', apply: (q) => q.replaceAll('\\/', '/') },
  { says: 'with the slashes escaped', apply: (q) => q.replace(/(?<!\\)\//g, '\\/') },
  {
    says: 'with non-ASCII characters as they are, not escaped',
    apply: (q) =>
      q.replace(/\\u([0-9a-fA-F]{4})/g, (all, hex: string) => {
        const code = Number.parseInt(hex, 16);
        return code >= 0x80 ? String.fromCharCode(code) : all;
      }),
  },
  { says: 'with non-ASCII characters escaped', apply: (q) => q.replace(/[\u0080-\uffff]/g, (c) => escapeOf(c, false)) },
  {
    says: 'with non-ASCII characters escaped in upper case',
    apply: (q) => q.replace(/[\u0080-\uffff]/g, (c) => escapeOf(c, true)),
  },
  { says: 'with <, > and & escaped', apply: (q) => q.replace(/[<>&]/g, (c) => escapeOf(c, false)) },
  {
    says: 'with <, > and & not escaped',
    apply: (q) => q.replace(/\\u00(3c|3e|26)/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  },
  { says: 'with quotes escaped as \\u0022', apply: (q) => `"${q.slice(1, -1).replaceAll('\\"', '\\u0022')}"` },
];

/** Every such spelling that differs from the text. */
export function* inPlaceSpellings(text: string): Iterable<{ text: string; says: string }> {
  if (text.length > LARGE) return;
  for (const c of CHANGES) {
    const changed = inStrings(text, c.apply);
    if (changed !== text) yield { text: changed, says: c.says };
  }
  yield* numberForms(text);
}

const FORMS: readonly { says: string; apply(n: string): string }[] = [
  { says: 'one decimal', apply: (n) => (/^-?\d+$/.test(n) ? `${n}.0` : n) },
  { says: 'two decimals', apply: (n) => (/^-?\d+(?:\.\d{1,2})?$/.test(n) ? withDecimals(n) : n) },
  { says: 'no idle decimals', apply: (n) => (/\.\d*0$/.test(n) ? n.replace(/\.?0+$/, '') : n) },
];

const withDecimals = (n: string): string => {
  const [whole, rest = ''] = n.split('.');
  return `${whole}.${rest.padEnd(2, '0')}`;
};

/** Any of the first numbers in another form: which of them a library rewrote is not known beforehand. */
function* numberForms(text: string): Iterable<{ text: string; says: string }> {
  const places: { from: number; to: number; text: string }[] = [];
  for (const m of text.matchAll(TOKEN)) {
    if (!m[0].startsWith('"')) places.push({ from: m.index, to: m.index + m[0].length, text: m[0] });
    if (places.length > 200) break;
  }
  for (const form of FORMS) {
    const able = places.filter((p) => form.apply(p.text) !== p.text).slice(0, MAXIMUM_NUMBERS);
    for (let chosen = 1; chosen < 1 << able.length; chosen++) {
      let out = '';
      let at = 0;
      for (const [i, p] of able.entries()) {
        if (!(chosen & (1 << i))) continue;
        out += text.slice(at, p.from) + form.apply(p.text);
        at = p.to;
      }
      yield { text: out + text.slice(at), says: `with numbers written with ${form.says}` };
    }
  }
}
