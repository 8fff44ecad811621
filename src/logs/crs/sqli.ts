/**
 * SQL injection by grammar: the text is cut into SQL tokens, once as it stands and once as if it stood inside single or
 * double quotes, and the kinds of its first tokens say whether it changes a statement. Telling shapes only.
 */

const MAX_LENGTH = 2048;
const MAX_TOKENS = 16;

const WORDS: { readonly [word: string]: string } = {};
const file = (kind: string, words: string): void => {
  for (const word of words.split(' ')) (WORDS as { [word: string]: string })[word] = kind;
};
// & logic, o operator, U union, E statement, T definition, F from, B grouping, W waiting, k keyword, f telling function
file('&', 'or and xor');
file('o', 'like rlike regexp div mod is not in between sounds');
file('U', 'union intersect except');
file('E', 'select insert update delete replace merge exec execute call declare');
file('T', 'drop create alter truncate grant revoke shutdown');
file('F', 'from into');
file('B', 'order group having limit');
file('W', 'waitfor');
file('k', 'all distinct by where as set values delay null true false asc desc case when then else end');
file(
  'f',
  'sleep benchmark pg_sleep extractvalue updatexml load_file char chr ascii substring substr concat concat_ws ' +
    'group_concat version user database schema current_user system_user session_user count hex unhex md5 sha1 if ' +
    'ifnull exp floor rand cast convert xp_cmdshell sp_executesql dbms_pipe utl_http utl_inaddr ord mid length ' +
    'elt make_set row_count found_rows last_insert_id randomblob sqlite_version xmltype name_const geometrycollection',
);
/** Functions that nobody writes into a form by chance. */
const TELLING =
  /(?:^|[^\w.])(?:sleep|benchmark|pg_sleep|extractvalue|updatexml|load_file|xp_cmdshell|dbms_pipe|utl_http|utl_inaddr|randomblob|name_const)\s*\(/i;

/** The kinds of the first tokens. @param quote the text is taken to stand inside this. */
function kinds(text: string, quote: '' | "'" | '"'): string {
  let found = '';
  let at = 0;
  if (quote !== '') {
    at = closing(text, 0, quote);
    if (at === -1) return 's';
    found = 's';
  }
  while (at < text.length && found.length < MAX_TOKENS) {
    const c = text[at]!;
    if (c <= ' ' || c === '\xa0') at++;
    else if (c === "'" || c === '"' || c === '`') {
      const end = closing(text, at + 1, c);
      found += c === '`' ? 'n' : 's';
      at = end === -1 ? text.length : end;
    } else if (
      c === '#' ||
      (c === '-' &&
        text[at + 1] === '-' &&
        (text[at + 2] === undefined || text[at + 2]! <= ' ' || text[at + 2] === '-' || text[at + 2] === '+'))
    ) {
      const end = text.indexOf('\n', at);
      found += 'c';
      at = end === -1 ? text.length : end;
    } else if (c === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2);
      // MySQL runs what stands in /*! */; a closed comment is a blank.
      if (end === -1) {
        found += 'c';
        at = text.length;
      } else if (text[at + 2] === '!') at += 3;
      else at = end + 2;
    } else if ('(),;'.includes(c)) {
      found += c;
      at++;
    } else if (/[0-9]/.test(c)) {
      const number = /^(?:0x[0-9a-f]+|\d+(?:\.\d*)?(?:e\d+)?)/i.exec(text.slice(at, at + 64))![0];
      at += number.length;
      found += '1';
    } else if (c === '@') {
      at += /^@{1,2}\w*/.exec(text.slice(at, at + 64))![0].length;
      found += 'v';
    } else if (/[a-z_\x80-\xff]/i.test(c)) {
      const word = /^[\w.\x80-\xff$]+/.exec(text.slice(at, at + 256))![0];
      at += word.length;
      found += WORDS[word.toLowerCase()] ?? 'n';
    } else if (text.startsWith('&&', at) || text.startsWith('||', at)) {
      found += '&';
      at += 2;
    } else {
      const operator = /^(?:<=>|<>|!=|<=|>=|:=|[-+*/%=<>!~^|&])/.exec(text.slice(at, at + 3))?.[0];
      if (operator) found += 'o';
      at += operator?.length ?? 1;
    }
  }
  return found;
}

/** Index after the closing quote; doubled and escaped quotes do not close. */
function closing(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) {
      if (text[at + 1] === quote && text[at + 2] !== undefined) at++;
      else return at + 1;
    }
  }
  return -1;
}

const VALUE = '(?:[-o]?[(]*[s1vf](?:\\(\\)|\\([^()]{0,6}\\))?[)]*)';
const BREAKING = [
  // 1 or 1=1, ' and 'a'='a, ') or (1)
  /^[s1vn]\)*&o{0,2}\(*(?:[s1v]o+\(*[s1vn(]|f\(|\(*E|[1]$|[1]c|[1s]\)*[;c])/,
  new RegExp(`^[s1v]\\)*&o{0,2}${VALUE}o`),
  // union select
  /^[^;]{0,6}U[k(]*E/,
  /^o{0,4}[s1]\)*Uk/,
  // stacked statements
  /^[s1n]\)*;+[ETW]/,
  // the rest of the statement commented away
  /^s\)*[;]?c/,
  /^1\)+c/,
  // ' order by 3, ' having 1=1, ' waitfor delay
  /^[s1]\)*Bk?[1nf]/,
  /^[s1]?\)*;?Wks/,
  // arithmetic with a function, '||(select ...
  /^[s1]\)*[o&]\(*[fE]\(?/,
  /^s\)*[&o]s?$/,
  /^sosc?$/,
  // a whole statement
  /^E[o1f(,n]{1,10}Fn/,
  /^T[nk]n/,
];

/** @returns the text when it would change a statement. */
export function detectSqli(text: string): string[] | undefined {
  const cut = text.slice(0, MAX_LENGTH);
  // One plain word, number or date is no SQL.
  if (/^[\w.:-]*$/.test(cut)) return undefined;
  if (TELLING.test(cut)) return [cut];
  const asIs = kinds(cut, '');
  if (
    BREAKING.slice(0, 6).some((shape) => shape.test(asIs)) ||
    BREAKING.slice(12, 13).some((shape) => shape.test(asIs))
  )
    return [cut];
  for (const quote of ["'", '"'] as const) {
    if (!cut.includes(quote)) continue;
    const inside = kinds(cut, quote);
    if (BREAKING.some((shape) => shape.test(inside))) return [cut];
  }
  return undefined;
}
