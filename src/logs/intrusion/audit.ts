/** What the audit of Linux wrote down (auditd(8), audit.log): programs that ran, accounts that were made, logins. */
import type { LogObservations } from '../types.ts';
import type { Login } from './logins.ts';
import { isRoutine, tellingOf } from './telling.ts';
import type { Account, Persistence, Proof } from './types.ts';

type Record = LogObservations['records'][number];

const TYPE = /^(?:node=\S{1,200} )?type=([A-Z_]{3,30}) msg=audit\(/;
/** A value of a field: in quotes, or as hexadecimal digits where it holds blanks or quotes (auparse(3)). */
const value = (message: string, name: string): string | undefined => {
  const match = new RegExp(
    String.raw`(?:^|[\s'])${name}=(?:"([^"]{0,4000})"|([0-9A-Fa-f]{2,8000})(?=\s|'|$)|(\S{1,200}))`,
  ).exec(message);
  if (!match) return undefined;
  if (match[1] !== undefined) return match[1];
  if (match[2] !== undefined && match[2].length % 2 === 0) {
    const text = Buffer.from(match[2], 'hex').toString('latin1');
    return /^[\t\n\r\x20-\x7e]+$/.test(text) ? text : match[2];
  }
  return (match[2] ?? match[3])!.replace(/'$/, '');
};

const succeeded = (message: string): boolean => /\bres=(?:success|1)\b/.test(message);

const MOST_ARGUMENTS = 64;

/** `argc=3 a0="sh" a1="-c" a2=6964` as one command line. */
function commandLine(message: string): string {
  const words: string[] = [];
  // Arguments of digits only look like hexadecimal ones and are numbers.
  for (const [, , quoted, encoded] of message.matchAll(
    /\s(a\d{1,3})=(?:"([^"]{0,4000})"|([0-9A-Fa-f]{2,8000})(?=\s|$))/g,
  )) {
    if (words.length >= MOST_ARGUMENTS) break;
    words.push(
      quoted ??
        Buffer.from(encoded!, 'hex')
          .toString('latin1')
          .replace(/[^\x20-\x7e]+/g, ' '),
    );
  }
  return words.join(' ').slice(0, 4000);
}

export interface AuditDeeds {
  accounts: Account[];
  persistence: Persistence[];
  logins: Login[];
}

const proofOf = (logs: LogObservations, record: Record, text: string): Proof => ({
  file: logs.sources[record.source]!.file,
  line: record.line,
  text: text.slice(0, 400),
  time: record.time,
});

export function auditDeeds(logs: LogObservations): AuditDeeds {
  const found: AuditDeeds = { accounts: [], persistence: [], logins: [] };
  const known = new Set<string>();
  for (const record of logs.records) {
    const type = TYPE.exec(record.message.slice(0, 300))?.[1];
    if (type === undefined) continue;
    const { message } = record;
    if (type === 'EXECVE') {
      const command = commandLine(message);
      const why = tellingOf(command);
      if (why === undefined || isRoutine(why, command) || known.has(command) || known.size >= 1000) continue;
      known.add(command);
      found.persistence.push({ kind: 'history', why, proof: proofOf(logs, record, command) });
    } else if (type === 'ADD_USER' && succeeded(message)) {
      const name = value(message, 'acct');
      // The first of two records of one account names it, the other its number.
      if (name === undefined || found.accounts.some((account) => account.name === name)) continue;
      const uid = value(message, 'id') ?? '';
      const why = ['it was created while the logs ran'];
      if (uid === '0') why.push('a second root: user id 0');
      found.accounts.push({
        name: name.slice(0, 64),
        uid,
        why,
        time: record.time,
        proof: proofOf(logs, record, message),
      });
    } else if (type === 'USER_LOGIN') {
      const address = value(message, 'addr');
      if (address === undefined || !/^[0-9a-fA-F.:]{3,45}$/.test(address)) continue;
      found.logins.push({
        address,
        user: (value(message, 'acct') ?? '').slice(0, 64),
        ok: succeeded(message),
        // It does not say by what somebody logged in.
        method: 'login',
        service: 'ssh',
        proof: proofOf(logs, record, message),
      });
    }
  }
  return found;
}
