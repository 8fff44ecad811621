/**
 * SQL as kinds of tokens, a letter each, and what expressions fold to: `1 or (2+3)=5` is `1&1`-like whatever its numbers
 * are. After the idea of K. Galbreath, "libinjection" (Black Hat 2012): what is an attack shows in the kinds of tokens.
 */

/** How much of a text is looked at, and how many tokens of it. */
const MAX_LENGTH = 2048;
const MAX_TOKENS = 64;
/** Parentheses within parentheses that are folded. */
const MAX_FOLDS = 12;

const WORDS: { readonly [word: string]: string } = {};
const file = (kind: string, words: string): void => {
  for (const word of words.split(' ')) (WORDS as { [word: string]: string })[word] = kind;
};
// & logic, o comparison, U union, E statement, T definition, F from, B grouping, W waiting, k keyword, f telling function
file('&', 'or and xor');
file('o', 'like rlike regexp div mod is not in between sounds binary');
file('U', 'union intersect except');
file('E', 'select insert update delete replace merge exec execute call declare');
file('T', 'drop create alter truncate grant revoke shutdown');
file('F', 'from into');
file('B', 'order group having limit');
file('W', 'waitfor');
file('k', 'all distinct by where as set values delay null true false asc desc case when then else end top');
file(
  'f',
  'sleep benchmark pg_sleep extractvalue updatexml load_file char chr ascii substring substr concat concat_ws ' +
    'group_concat version user database schema current_user system_user session_user count hex unhex md5 sha1 if ' +
    'ifnull exp floor rand cast convert xp_cmdshell sp_executesql dbms_pipe utl_http utl_inaddr ord mid length ' +
    'elt make_set row_count found_rows last_insert_id randomblob sqlite_version xmltype name_const ' +
    'geometrycollection lower upper left right pi sin cos json_keys json_extract coalesce iif replace',
);

/** What stands before a text that is taken to begin inside a string. */
export type Quote = '' | "'" | '"';

/**
 * The kinds of a text's first tokens: `1` number, `s` string, `v` variable, `n` name, `f` function, `&` logic,
 * `o` comparison, `a` arithmetic, `c` comment that reaches the end, `(` `)` `,` `;`, and those of words above.
 * @param quote the text is taken to stand inside this, so that its beginning is a string
 */
export function sqlTokens(whole: string, quote: Quote): string {
  const text = whole.slice(0, MAX_LENGTH);
  let found = '';
  let at = 0;
  let executed = false;
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
    } else if (c === '#' || (c === '-' && text[at + 1] === '-' && /^(?:$|[\s+-])/.test(text.slice(at + 2, at + 3)))) {
      // A comment ends with its line; what follows belongs to the statement.
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end + 1;
      if (text.slice(at).trim() === '') found += 'c';
    } else if (text.startsWith('/*', at)) {
      // MySQL runs what stands in /*! */, from the version that its digits name; a closed comment is a blank.
      const end = text.indexOf('*/', at + 2);
      if (text[at + 2] === '!') {
        executed = true;
        at += 3 + /^\d{0,6}/.exec(text.slice(at + 3, at + 9))![0].length;
      } else if (end === -1) {
        found += 'c';
        at = text.length;
      } else at = end + 2;
    } else if (executed && text.startsWith('*/', at)) {
      executed = false;
      at += 2;
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
      if (operator) found += /[=<>]/.test(operator) ? 'o' : 'a';
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

/**
 * Kinds with their expressions folded: `q` a query in parentheses, `x` the result of a function or of what holds one,
 * `p` values in parentheses. Signs before values are dropped. A query is `select` with a literal, a function or a star, or
 * `from` a table and no further words: "(select one from the list)" is none.
 */
export function folded(kinds: string): string {
  let text = kinds;
  for (let round = 0; round < MAX_FOLDS; round++) {
    const next = text
      .replace(/(^|[&oaU,(kFBW;])[ao]+(?=[1svxpqfn(])/g, '$1')
      .replace(/[fn]?\(Ek*(?:[1svxqpaof][^()]*|n[^()]*F(?:n(?:[^n()][^()]*)?|q[^()]*))\)/g, 'q')
      .replace(/[fn]?\([^()E]{0,32}\)/g, parenthesised);
    if (next === text) break;
    text = next;
  }
  return text;
}

/** What a call or a list folds to; words in parentheses stay as they are. */
function parenthesised(whole: string): string {
  if (whole[0] === 'f') return 'x';
  const values = whole.slice(whole.indexOf('('));
  if (!/^\([1svxpqn](?:[oa&,]+[1svxpqn])*\)$/.test(values)) return whole[0] === 'n' ? 'p' : whole;
  return /[qx]/.test(values) ? 'x' : 'p';
}
