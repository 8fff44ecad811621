/** Accounts that files and logs of a host tell of. */
import type { LogObservations } from '../types.ts';
import { linesOf, proofOf } from './host-lines.ts';
import type { Account, HostFile } from './types.ts';

const ORDINARY_UID0 = new Set(['root', 'toor']);

/** Extra roots, accounts without a password, system accounts with a shell, names that hide. */
/** Names of accounts that no password opens: `*`, `!` and what follows (shadow(5)). */
export function lockedAccounts(files: readonly HostFile[]): Set<string> {
  const locked = new Set<string>();
  for (const file of files) {
    if (!/(?:^|\/)shadow$/.test(file.file)) continue;
    for (const [, line] of linesOf(file)) {
      const parts = line.split(':');
      if (parts.length === 9 && /^[*!]/.test(parts[1]!)) locked.add(parts[0]!);
    }
  }
  return locked;
}

/** @param locked what {@link lockedAccounts} found: old Debian gave each of its system accounts a shell that no password opens. */
export function accountsIn(file: HostFile, locked: ReadonlySet<string>): Account[] {
  const accounts: Account[] = [];
  const base = file.file.slice(file.file.lastIndexOf('/') + 1);
  if (/^passwd-?$/.test(base)) {
    for (const [number, line] of linesOf(file)) {
      const parts = line.split(':');
      if (parts.length !== 7) continue;
      const [name, password, uid, , , , shell] = parts as [string, string, string, string, string, string, string];
      const why: string[] = [];
      if (uid === '0' && !ORDINARY_UID0.has(name)) why.push('a second root: user id 0');
      if (password !== 'x' && password !== '*' && password !== '!' && password !== '')
        why.push('its password hash stands in passwd');
      if (password === '') why.push('it needs no password');
      if (/\$$|^\.|\s/.test(name)) why.push('its name hides it');
      if (
        Number(uid) > 0 &&
        Number(uid) < 1000 &&
        /\/(?:ba|z|da|k|a)?sh$/.test(shell) &&
        !locked.has(name) &&
        !['postgres', 'mysql', 'git', 'oracle', 'jenkins', 'www-data', 'sync'].includes(name)
      )
        why.push('a system account with a login shell');
      if (why.length > 0)
        accounts.push({ name, uid, why, time: file.modified ?? Number.NaN, proof: proofOf(file, number, line) });
    }
  }
  if (/(?:^|\/)\.?(?:mysql|mariadb|psql|sqlite)_history$/.test(file.file)) accounts.push(...databaseAccounts(file));
  return accounts;
}

/** `insert into admin_user (username, ...) values ('x', ...)`; the columns that hold a name to log in with. */
const INSERTED =
  /\binsert\s+into\s+[`"]?((?:\w{1,40}\.)?\w{0,40}(?:user|account|admin|member|operator)\w{0,20})[`"]?\s*\(([^()]{1,400})\)\s*values\s*\(([^()]{1,800})\)/i;
const LOGIN_COLUMN = /^[`"]?(?:user_?name|user_?login|login|account|name|email)[`"]?$/i;
const CREATED = /\bcreate\s+(?:user|role)\s+(?:if\s+not\s+exists\s+)?[`'"]?([\w.$-]{1,64})/i;

/** Accounts that somebody typed into a database: of the program that uses it, or of the database itself. */
function databaseAccounts(file: HostFile): Account[] {
  const accounts: Account[] = [];
  for (const [number, line] of linesOf(file)) {
    if (accounts.length >= 100) break;
    // libedit writes blanks as \040.
    const statement = line.slice(0, 2000).replaceAll('\\040', ' ');
    const inserted = INSERTED.exec(statement);
    const [columns = '', values = ''] = inserted ? [inserted[2], inserted[3]] : [];
    const column = columns.split(',').findIndex((one) => LOGIN_COLUMN.test(one.trim()));
    const value =
      column === -1
        ? undefined
        : values
            .split(',')
            [column]?.trim()
            .replace(/^['"]|['"]$/g, '');
    const name = value ?? CREATED.exec(statement)?.[1];
    if (name === undefined || name === '') continue;
    accounts.push({
      name: name.slice(0, 64),
      uid: '',
      why: [
        inserted ? `it was typed into the table ${inserted[1]} of a database` : 'it was made in a database by hand',
      ],
      time: Number.NaN,
      proof: proofOf(file, number, statement),
    });
  }
  return accounts;
}

/** useradd of shadow-utils, also in the languages it is translated to. */
const NEW_USER =
  /(?:new user|neuer Benutzer|nouvel utilisateur|nuevo usuario|nuovo utente|新用户|新建用户|新しいユーザー?)\s?[:：]\s?(?:name|nom|nombre|nome|名称|名字|名前?)\s?=\s?([^,，、]{1,64})[,，、]\s?(?:UID|uid)\s?=\s?(\d+)/i;

/** Accounts that the logs saw being made. */
export function createdAccounts(logs: LogObservations): Account[] {
  return logs.records.flatMap((record): Account[] => {
    const match = NEW_USER.exec(record.message);
    if (!match) return [];
    const why = ['it was created while the logs ran'];
    if (match[2] === '0') why.push('a second root: user id 0');
    if (/\$$|^\./.test(match[1]!)) why.push('its name hides it');
    return [
      {
        name: match[1]!,
        uid: match[2]!,
        why,
        time: record.time,
        proof: {
          file: logs.sources[record.source]!.file,
          line: record.line,
          text: record.message.slice(0, 300),
          time: record.time,
        },
      },
    ];
  });
}

/** A filter of WordPress that leaves an account out of the lists of users (the action pre_user_query alters their query). */
const LEFT_OUT = /\buser_login\s{0,4}(?:!=|<>|NOT\s+LIKE)\s{0,4}\\?['"]([\w.@-]{1,60})\\?['"]/i;

/** @returns accounts that scripts of WordPress keep from its administrators. */
export function accountsLeftOut(files: readonly HostFile[]): Account[] {
  return files.flatMap((file): Account[] => {
    if (!/\.php$/i.test(file.file) || !file.text.includes('pre_user_query')) return [];
    const found = LEFT_OUT.exec(file.text.slice(0, 1 << 20));
    if (!found) return [];
    const line = file.text.slice(0, found.index).split('\n').length;
    const why = ['a script leaves it out of the lists of users'];
    const proof = proofOf(file, line, file.text.split('\n')[line - 1]!);
    return [{ name: found[1]!, uid: '', why, time: Number.NaN, proof }];
  });
}
