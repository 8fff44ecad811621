/** The answer sheet as text or JSON; everything from evidence goes through safe-text. */

import { isInstant, isoTime, plainTime } from '../../instant.ts';
import type { IntrusionSheet, Proof } from '../../logs/intrusion/types.ts';
import { safeText } from '../../report/safe-text.ts';
import { counted } from '../../wording.ts';

const short = (text: string): string => safeText(text.replaceAll('\n', ' ')).slice(0, 140);
const at = ({ file, line, text }: Proof): string =>
  `    ${safeText(file)}${line === undefined ? '' : `:${line}`}  ${short(text)}\n`;

const KINDS = { scanner: 'a scanner', attacker: 'few, aimed attempts', answered: 'ANSWERED unlike usual' };

function section(title: string, lines: string[], none: string): string {
  return `\n${title}\n${'-'.repeat(title.length)}\n${lines.length === 0 ? `${none}\n` : lines.join('')}`;
}

export function sheetAsText(sheet: IntrusionSheet): string {
  const { entry } = sheet;
  let out = entry ? `Entry: ${safeText(entry.how)}, ${plainTime(entry.time)}\n` : 'Entry: not shown by this evidence\n';
  out += section(
    'Attackers',
    sheet.attackers.slice(0, 20).map((attacker) => {
      const seen = `${plainTime(attacker.first)} to ${plainTime(attacker.last)}`;
      return `${safeText(attacker.address).padEnd(16)} ${seen}  ${safeText(attacker.deeds.join('; '))}\n${[...new Set(attacker.proof.slice(0, 2).map(at))].join('')}`;
    }),
    'none seen',
  );
  out += section(
    'Password guessing',
    sheet.bruteForce.slice(0, 20).map((brute) => {
      const users = brute.dictionary
        .slice(0, 12)
        .map(({ user, tries }) => `${safeText(user)} ${tries}`)
        .join(', ');
      const success = brute.success
        ? `  SUCCEEDED as ${safeText(brute.success.user)} at ${plainTime(brute.success.proof.time)}\n${at(brute.success.proof)}`
        : brute.people
          ? `  ${counted(brute.people, 'account')} ${brute.people === 1 ? 'logs' : 'log'} in from there: people who mistype\n`
          : '  no success seen\n';
      return `${safeText(brute.address)}  ${brute.service}, ${counted(brute.tries, 'try', 'tries')}, ${plainTime(brute.first)} to ${plainTime(brute.last)}\n  users: ${users}\n${success}`;
    }),
    'none seen',
  );
  const web = sheet.webAttacks;
  if (web) {
    out += section(
      'Attacks on the web server',
      web.attacks === 0
        ? []
        : [
            `${web.attacks} of ${counted(web.requests, 'request')}, by ${safeText(web.ruleSet)}\n`,
            ...web.clients.slice(0, 20).map(({ client, kind, families, requests, urls, ...rest }) => {
              const answers = `${rest.passed} passed, ${rest.refused} refused, ${rest.failed} failed`;
              return `${safeText(client).padEnd(16)} ${plainTime(rest.first)} to ${plainTime(rest.last)}  ${rest.consoleStatements === requests ? 'statements in a database console' : KINDS[kind]}: ${counted(requests, 'request')} on ${counted(urls, 'URL')}, ${answers}, ${safeText(families.join(', '))}\n${at(rest.answered ?? rest.proof)}`;
            }),
          ],
      'none among the requests',
    );
  }
  out += section(
    'Web shells',
    sheet.webShells.map((shell) => {
      const key = shell.key === undefined ? '' : `, key ${safeText(shell.key)}`;
      const opener = shell.opensWith === undefined ? '' : `, opens with ${safeText(shell.opensWith)}`;
      const use =
        shell.uses === 0
          ? 'no use in the access logs'
          : `${counted(shell.uses, 'use')} from ${shell.clients
              .slice(0, 5)
              .map((client) => safeText(client))
              .join(', ')}, first ${plainTime(shell.firstUse)}`;
      return `${safeText(shell.file)}  ${shell.family}${key}${opener}\n  ${shell.why.join('; ')}; ${use}\n${at(shell.proof)}`;
    }),
    'none found in the files given',
  );
  out += section(
    'Accounts',
    sheet.accounts.map(
      (account) =>
        `${safeText(account.name)}${account.uid === '' ? '' : ` (user id ${safeText(account.uid)})`}: ${account.why.join('; ')}\n${at(account.proof)}`,
    ),
    'nothing unusual',
  );
  const item = ({ kind, why, proof }: IntrusionSheet['persistence'][number]): string =>
    `${kind}: ${safeText(why)}\n${at(proof)}`;
  out += section(
    'Persistence and traces',
    sheet.persistence.filter(({ unjudged }) => !unjudged).map(item),
    'nothing found',
  );
  const unjudged = sheet.persistence.filter((one) => one.unjudged);
  if (unjudged.length > 0)
    out += section('Also there; who runs the host knows whether it should be', unjudged.map(item), '');
  out += section(
    'Programs',
    sheet.tampered.map(
      ({ path, why, hash, expected, proof }) =>
        `${safeText(path)}: ${safeText(why)}${expected === undefined ? '' : ` (${hash}, not ${expected})`}\n${at(proof)}`,
    ),
    'none known to be changed',
  );
  out += section(
    'Outbound',
    sheet.indicators.map(({ kind, value }) => `${kind}: ${safeText(value)}\n`),
    'nothing named',
  );
  out += section(
    'Timeline',
    sheet.timeline.map(({ time, what }) => `${plainTime(time)}  ${safeText(what)}\n`),
    'empty',
  );
  out += section(
    'Not answered',
    sheet.unanswered.map(({ question, wouldShow }) => `${question}: needs ${wouldShow}\n`),
    'every question had evidence',
  );
  return out;
}

export function sheetAsJson(sheet: IntrusionSheet): string {
  const times = new Set(['first', 'last', 'time', 'firstUse']);
  const replacer = (key: string, value: unknown): unknown => {
    if (typeof value === 'number' && times.has(key)) return isInstant(value) ? isoTime(value) : null;
    return typeof value === 'string' ? safeText(value) : value;
  };
  return `${JSON.stringify({ schemaVersion: 1, ...sheet }, replacer, 2)}\n`;
}
