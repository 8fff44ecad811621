/**
 * SQL injection by grammar: the text is cut into SQL tokens, once as it stands and once as if it stood inside single or
 * double quotes, and their kinds say whether it changes a statement. Telling shapes only: people write "black or white",
 * "select your size" and "(select one from the list)".
 */
import { folded, type Quote, sqlTokens } from './sql-tokens.ts';

const MAX_LENGTH = 2048;

/** What nobody writes into a form by chance: functions, and names of a database's own tables and procedures. */
const TELLING = new RegExp(
  [
    '(?:^|[^\\w.])(?:sleep|benchmark|pg_sleep|extractvalue|updatexml|load_file|xp_cmdshell|dbms_pipe|utl_http|utl_inaddr|randomblob|name_const|json_keys)\\s*\\(',
    '\\binformation_schema\\s*\\.',
    '\\binto\\s+(?:out|dump)file\\b',
    '\\bprocedure\\s+analyse\\s*\\(',
    '\\bexec(?:ute)?\\s+(?:master\\b|xp_|sp_)',
    '\\bdeclare\\s+@\\w+\\s',
    '@@(?:version|datadir|hostname)',
    '\\b(?:version|database|current_user|session_user|system_user)\\s*\\(\\s*\\)',
    '\\bwaitfor\\s+(?:delay|time)\\s+[\'"]?\\d',
    '\\bcase\\s+when\\b[^;]{1,200}\\bthen\\b[^;]{1,200}\\bend\\b',
  ].join('|'),
  'i',
);

/** Values once expressions are folded: literals, variables, results, lists, queries. */
const V = '[1svxpq]';

/** Shapes of folded kinds, whatever the text stands in. */
const ANYWHERE = [
  // 1 or 1=1, ' and 'a'='a, ') or (1), 1*2 and a function, and (select ...
  `^(?:n|${V}(?:a+${V})*)\\)*&+\\(*(?:${V}[oa]+|no+)\\(*[1svxpqn(]`,
  `^(?:n|${V}(?:a+${V})*)\\)*&+\\(*(?:[xqE]|f\\()`,
  '^[1svxp]\\)*&+\\(*[1svxpn]\\)*[;c]',
  '^[1s]\\)*&+k[c;]',
  // union select
  'U[k(]*E(?:[1svxpqaofk(]|n[,F.c;]|$)',
  `^[ao]{0,4}${V}\\)*U[kc]`,
  // stacked statements
  '^[1snxp]\\)*;+[ETW]',
  // the rest of the statement commented away
  '^s\\)*;?c',
  '^[xq]\\)*c',
  // 10 order by 3--, 1 group by concat(...), 1 group by 1 having ...
  '^[1xpq]\\)*Bk[1n](?:,[1n])*[cB]',
  '^[1xpq]\\)*Bk1$',
  `^${V}[^;]*Bk[xq]`,
  // a query in parentheses, closed or not
  'q',
  '(?:^|[oa&,(])\\(+E[(1svxfoa]',
  // a whole statement: literals or several columns from a table, a condition behind it
  '^\\(*Ek*(?:[1svxpqa]|n,)[^;]*Fn',
  '^\\(*Ek*[xq](?:$|[,c;])',
  '^\\(*En+Fn(?:c|kno)',
  '(?:^|[1s)])\\(*Enkno[1svxpq]',
];

/** Shapes of a text that is taken to stand inside quotes. */
const INSIDE = [
  // ' order by 3, ' having 1=1, ' waitfor delay
  '^s\\)*Bk?[1nfxpq]',
  '^s?\\)*;?Wks',
  // arithmetic with a function, '||(select ..., conditions that end in the statement's own quote
  '^s\\)*[oa&]\\(*[fExq]',
  '^s\\)*[&oa]s?$',
  '^s(?:a[1vxp])*[oa]sc?$',
  '^s\\)*o+[1vsxpk](?:[oa][1vsxp])*&',
];

const anywhere = new RegExp(ANYWHERE.join('|'));
const inside = new RegExp([...ANYWHERE, ...INSIDE].join('|'));

/** @returns the text when it would change a statement. */
export function detectSqli(text: string): string[] | undefined {
  const cut = text.slice(0, MAX_LENGTH);
  // One plain word, number or date is no SQL.
  if (/^[\w.:-]*$/.test(cut)) return undefined;
  if (TELLING.test(cut)) return [cut];
  if (anywhere.test(folded(sqlTokens(cut, '')))) return [cut];
  for (const quote of ["'", '"'] as const satisfies readonly Quote[])
    if (cut.includes(quote) && inside.test(folded(sqlTokens(cut, quote)))) return [cut];
  return undefined;
}
