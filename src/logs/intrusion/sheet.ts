/** Puts the answer sheet together from the logs and the files of the host. */

import { append } from '../../lists.ts';
import { counted } from '../../wording.ts';
import { isConsoleStatement } from '../attacks/database-console.ts';
import type { AttackScan } from '../crs/scan.ts';
import type { LogObservations } from '../types.ts';
import { accountsLeftOut, createdAccounts } from './accounts.ts';
import { Attackers } from './attackers.ts';
import { auditDeeds } from './audit.ts';
import { brokerEntries } from './brokers.ts';
import { cloudDeeds } from './cloud.ts';
import { copiesToIntruders, largeAnswers } from './exfiltration.ts';
import { readHost } from './host.ts';
import { indicatorsIn } from './indicators.ts';
import { clusterDeeds } from './kubernetes.ts';
import { isGuessing, type Login, logins } from './logins.ts';
import { skimmersIn } from './page-scripts.ts';
import { type ProgramFile, tamperedPrograms } from './programs.ts';
import { monitoredRedis, redisEntries } from './redis.ts';
import { peopleOf } from './shared-address.ts';
import { isWebProgram, isWebScript, judgeScript } from './shells.ts';
import type { BruteForce, HostFile, IntrusionSheet, Proof, WebShell } from './types.ts';
import { installedBefore, uploadedScripts } from './uploads.ts';
import { consoleEntries, deserialised, fulfilledRequests, jndiLookups, strangeLogins, sudoDeeds } from './ways-in.ts';
import { noteWebAttacks } from './web-attacks.ts';
import { alteredWebFiles } from './web-files.ts';
import { webLogins } from './web-logins.ts';
import type { WindowsEvent } from './windows.ts';
import { windowsAccounts, windowsEvents, windowsIndicators, windowsLogins, windowsPersistence } from './windows.ts';

/** Score of an address that did what only somebody does who is inside. */
const INTRUDER = 8;
/** Distinct paths that do not exist, asked for by one address: a scanner. */
const SCANNED_PATHS = 20;

const PROBES =
  /\/(?:\.git|\.env|\.svn|\.aws|wp-login|wp-admin|phpmyadmin|phpunit|actuator|solr|struts|manager\/html|cgi-bin|vendor\/|shell|cmd|eval-stdin|boaform|HNAP1)\b/i;
const INJECTIONS =
  /(?:union(?:\s|%20|\+|\/\*\*\/)+(?:all(?:\s|%20|\+)+)?select|(?:'|%27)(?:\s|%20|\+)*or(?:\s|%20|\+)+(?:'|%27|1)|<script|%3cscript|\.\.(?:\/|%2f){1,2}\.\.(?:\/|%2f)|\/etc\/passwd|\$\{jndi:|sleep\(\d|benchmark\(|xp_cmdshell|php:\/\/(?:input|filter))/i;
const TOOLS =
  /sqlmap|nikto|nmap|masscan|zgrab|nuclei|dirbuster|gobuster|feroxbuster|wpscan|acunetix|nessus|openvas|hydra|fuff|ffuf|arachni|burp|python-requests|antsword|behinder/i;

function bruteForces(all: readonly Login[], attackers: Attackers): BruteForce[] {
  const byAddress = new Map<string, Login[]>();
  for (const login of all) {
    // With network level authentication remote desktop refuses as a network logon and lets in as its own.
    const door = /^(?:Windows logon|remote desktop)$/.test(login.service) ? 'Windows' : login.service;
    const list = byAddress.get(`${door} ${login.address}`);
    if (list) list.push(login);
    else byAddress.set(`${door} ${login.address}`, [login]);
  }
  const found: BruteForce[] = [];
  for (const list of byAddress.values()) {
    const failures = list.filter(({ ok }) => !ok);
    if (!isGuessing(failures)) continue;
    const { address, service, proof } = failures[0]!;
    const people = peopleOf(list);
    const attacker = attackers.note(
      address,
      people > 0 ? '' : `guessed passwords of ${service}`,
      people > 0 ? 0 : 3,
      proof.time,
      proof,
    );
    attacker.loginFailures += failures.length;
    attackers.note(address, '', 0, failures.at(-1)!.proof.time);
    const users = new Map<string, number>();
    for (const { user } of failures) users.set(user, (users.get(user) ?? 0) + 1);
    const success =
      people > 0
        ? undefined
        : list.find(({ ok, method, proof: at }) => ok && method !== 'publickey' && at.time >= proof.time);
    if (success) {
      attacker.loginSuccesses++;
      attackers.note(
        address,
        `got in by guessing (${service}${success.user === '' ? '' : `, ${success.user}`})`,
        10,
        success.proof.time,
        success.proof,
      );
    }
    found.push({
      address,
      service,
      tries: failures.length,
      dictionary: [...users]
        .map(([user, tries]) => ({ user, tries }))
        .sort((a, b) => b.tries - a.tries || (a.user < b.user ? -1 : 1)),
      first: proof.time,
      last: failures.at(-1)!.proof.time,
      ...(people > 0 ? { people } : {}),
      ...(success ? { success: { user: success.user, method: success.method, proof: success.proof } } : {}),
    });
  }
  return found.sort((a, b) => Number(b.success !== undefined) - Number(a.success !== undefined) || b.tries - a.tries);
}

/** Whether a server of Java unpacked the application below its name: `_WL_internal/pay/9j4dqk/war/x.jsp` and `pay.war/x.jsp` are `/pay/x.jsp`. */
function isUnpacked(file: string, path: string): boolean {
  const [, application, page] = /^\/([^/]{1,100})\/((?:[^/]{1,100}\/){0,8}[^/]{1,100}\.jspx?)$/i.exec(path) ?? [];
  if (application === undefined) return false;
  return (
    `/${file}`.endsWith(`/${application}.war/${page}`) ||
    (`/${file}`.includes(`/${application}/`) && file.endsWith(`/war/${page}`))
  );
}

/** Web requests that give an attacker away, and the use of the shells. */
function readRequests(logs: LogObservations, shells: WebShell[], attackers: Attackers): void {
  const { requests } = logs;
  const missing = new Map<string, Set<number>>();
  const shellOf = new Map<number, WebShell | undefined>();
  const clientsOf = new Map<WebShell, Set<string>>();
  // What a site answers is its own, whatever scanners make of such names elsewhere.
  const own = new Set<number>();
  for (let row = 0; row < requests.length; row++) if (requests.status[row]! < 400) own.add(requests.path[row]!);
  for (let row = 0; row < requests.length; row++) {
    const path = requests.strings[requests.path[row]!]!;
    const client = requests.strings[requests.client[row]!]!;
    if (client === '') continue;
    const time = requests.time[row]!;
    let shell = shellOf.get(requests.path[row]!);
    if (!shellOf.has(requests.path[row]!)) {
      shell = shells.find(({ file, route }) =>
        route === undefined
          ? /\/[^/]+\.\w+$/.test(path) && (`/${file}`.endsWith(path) || isUnpacked(file, path))
          : path === route,
      );
      shellOf.set(requests.path[row]!, shell);
    }
    const query = requests.strings[requests.query[row]!]!;
    const agent = requests.strings[requests.userAgent[row]!]!;
    const status = requests.status[row]!;
    const proof = (): Proof => ({
      file: logs.sources[requests.source[row]!]!.file,
      line: requests.line[row]!,
      text: `${requests.strings[requests.method[row]!]} ${path}${query === '' ? '' : `?${query}`} ${status}`.slice(
        0,
        300,
      ),
      time,
    });
    if (shell && status < 400) {
      shell.uses++;
      if (!(time >= shell.firstUse)) shell.firstUse = time;
      const clients = clientsOf.get(shell) ?? new Set();
      clientsOf.set(shell, clients.add(client));
      attackers.note(client, `used the web shell ${shell.file}`, 10, time, proof()).requests++;
      continue;
    }
    const injected = (INJECTIONS.test(query) && !isConsoleStatement(path, query)) || INJECTIONS.test(path);
    if (injected) attackers.note(client, 'sent injections', 4, time, proof()).requests++;
    else if (!own.has(requests.path[row]!) && PROBES.test(path))
      attackers.note(client, 'asked for files that only scanners want', 1, time, proof()).requests++;
    else if (TOOLS.test(agent) && !/python-requests/i.test(agent))
      attackers.note(client, 'called itself by the name of an attack tool', 2, time, proof()).requests++;
    if (status === 404) {
      const paths = missing.get(client) ?? new Set();
      if (paths.size <= SCANNED_PATHS) missing.set(client, paths.add(requests.path[row]!));
      if (paths.size === SCANNED_PATHS) attackers.note(client, 'scanned for paths', 2, time, proof());
    }
  }
  for (const [shell, clients] of clientsOf) shell.clients = [...clients].sort();
}

/** What was typed, where it is known; elsewhere the reason tells enough. */
const quoted = ({ kind, proof }: IntrusionSheet['persistence'][number]): string =>
  kind === 'history' && !/^event /.test(proof.text) ? `: ${proof.text.slice(0, 120)}` : '';

export interface MoreEvidence {
  /** Files that stand where programs stand, with their hashes. */
  programs?: readonly ProgramFile[];
  /** What the rule set says of the requests of the same logs. */
  attacks?: AttackScan;
  /** Events of Windows logs in their binary form. */
  events?: readonly WindowsEvent[];
}

export function intrusionSheet(
  logs: LogObservations,
  files: readonly HostFile[],
  { programs = [], attacks, events: recorded = [] }: MoreEvidence = {},
): IntrusionSheet {
  const attackers = new Attackers();
  const webShells = files.flatMap((file): WebShell[] => {
    if (!isWebScript(file.file) && !isWebProgram(file.file, file.text) && !/<\?php|<%/.test(file.text.slice(0, 4096)))
      return [];
    const verdict = judgeScript(file.file, file.text);
    if (!verdict) return [];
    const { line, text, ...rest } = verdict;
    return [
      {
        file: file.file,
        ...rest,
        clients: [],
        uses: 0,
        firstUse: Number.NaN,
        proof: { file: file.file, line, text, time: file.modified ?? Number.NaN },
      },
    ];
  });
  const events = windowsEvents(files, logs, recorded);
  const audit = auditDeeds(logs);
  const ofSshd = logins(logs);
  // The audit notes each login that sshd has told of, too.
  if (!ofSshd.some(({ service }) => service === 'ssh')) append(ofSshd, audit.logins);
  const all = [...ofSshd, ...webLogins(logs), ...windowsLogins(events)].sort((a, b) => a.proof.time - b.proof.time);
  const bruteForce = bruteForces(all, attackers);
  readRequests(logs, webShells, attackers);
  const redis = [...redisEntries(logs, attackers), ...monitoredRedis(files, attackers)];
  const uploads = uploadedScripts(logs);
  for (const { path, client, time, proof } of uploads)
    attackers.note(client, `uploaded the script ${path} by PUT and called it`, 8, time, proof).requests++;
  const webAttacks = attacks && noteWebAttacks(attacks, attackers);
  const host = readHost(files.filter((file) => !isWebScript(file.file)));
  const created = [...createdAccounts(logs), ...audit.accounts];
  const cloud = cloudDeeds(files, logs, attackers);
  const cluster = clusterDeeds(logs, attackers);
  const pages = files.map(skimmersIn);
  const accounts = [
    ...created,
    ...host.accounts,
    ...accountsLeftOut(files),
    ...windowsAccounts(events, files),
    ...cloud.accounts,
  ];
  const installed = windowsPersistence(events, files);
  const recordedProofs = new Set(events.map(({ proof }) => proof));
  const sudo = sudoDeeds(logs);
  const persistence = [
    ...host.persistence,
    ...installed,
    ...sudo,
    ...audit.persistence,
    ...cloud.persistence,
    ...cluster.persistence,
    ...pages.flatMap(({ persistence: scripts }) => scripts),
  ];
  const waysIn = [
    ...redis,
    ...brokerEntries(logs, attackers),
    ...cloud.entries,
    ...cluster.entries,
    ...host.entries,
    ...consoleEntries(logs, attackers),
    ...jndiLookups(logs),
    ...deserialised(logs),
    ...fulfilledRequests(logs, host.indicators, attackers),
    ...strangeLogins(all, created, sudo, attackers),
  ];
  const gotIn = new Set([
    ...bruteForce.flatMap(({ address, success }) => (success ? [address] : [])),
    ...webShells.flatMap(({ clients }) => clients),
    ...uploads.map(({ client }) => client),
  ]);
  const taken = largeAnswers(logs, gotIn, attackers);
  persistence.push(...copiesToIntruders(logs, new Set(attackers.atLeast(INTRUDER))));
  const altered = alteredWebFiles(files);
  const tampered = [...tamperedPrograms(files, programs), ...altered];

  const timeline: IntrusionSheet['timeline'] = [];
  const note = (time: number, what: string, proof: Proof): void => {
    if (!Number.isNaN(time)) timeline.push({ time, what, proof });
  };
  for (const brute of bruteForce.slice(0, 20)) {
    const begin = all.find(({ address, service }) => address === brute.address && service === brute.service)!;
    note(
      brute.first,
      brute.people
        ? `${brute.address}, where ${counted(brute.people, 'account logs', 'accounts log')} in from, has its first refusal by ${brute.service} (${counted(brute.tries, 'refusal')})`
        : `${brute.address} begins to guess passwords of ${brute.service} (${counted(brute.tries, 'try', 'tries')})`,
      begin.proof,
    );
    if (brute.success)
      note(
        brute.success.proof.time,
        `${brute.address} logs in${brute.success.user === '' ? '' : ` as ${brute.success.user}`}`,
        brute.success.proof,
      );
  }
  for (const { client, first, last, requests, consoleStatements, answered, proof } of webAttacks?.clients.slice(
    0,
    20,
  ) ?? []) {
    if (consoleStatements === requests) {
      note(first, `${client} begins to run statements in a database console (${counted(requests, 'request')})`, proof);
      continue;
    }
    note(first, `${client} begins to attack the web server (${counted(requests, 'request')})`, proof);
    if (answered) note(answered.time, `${client} gets an answer unlike the usual one to an attack`, answered);
    else if (last > first) note(last, `${client} sends its last attack on the web server`, proof);
  }
  for (const { time, what, proof } of taken) note(time, what, proof);
  for (const { path, client, time, proof } of uploads) note(time, `${client} uploads ${path} by PUT`, proof);
  for (const { path, client, time, proof } of installedBefore(logs, webShells))
    note(time, `${client} installs a plugin or theme by ${path}`, proof);
  for (const shell of webShells) {
    note(shell.proof.time, `${shell.file} is written`, shell.proof);
    note(shell.firstUse, `${shell.file} is used for the first time`, shell.proof);
  }
  for (const account of accounts)
    note(
      account.time,
      `account ${account.name}${account.uid === '' ? '' : ` (user id ${account.uid})`}`,
      account.proof,
    );
  // What is named and not judged is no event of the break-in.
  for (const item of persistence)
    if (!item.unjudged) note(item.proof.time, `${item.kind}: ${item.why}${quoted(item)}`, item.proof);
  for (const { path, proof } of tampered) note(proof.time, `${path} is changed`, proof);

  const entries: NonNullable<IntrusionSheet['entry']>[] = [];
  for (const { success, service, address } of bruteForce) {
    if (success)
      entries.push({
        how: `guessed password${success.user === '' ? '' : ` of ${success.user}`} over ${service} from ${address}`,
        time: success.proof.time,
        proof: success.proof,
      });
  }
  for (const { path, client, time, proof } of uploads)
    entries.push({ how: `script ${path} uploaded by PUT from ${client}`, time, proof });
  for (const shell of webShells) {
    if (shell.uses > 0) entries.push({ how: `web shell ${shell.file}`, time: shell.firstUse, proof: shell.proof });
  }
  for (const entry of waysIn) {
    entries.push(entry);
    note(entry.time, entry.how, entry.proof);
  }
  timeline.sort((a, b) => a.time - b.time);
  entries.sort((a, b) => a.time - b.time);

  const unanswered: IntrusionSheet['unanswered'] = [];
  if (attackers.forgotten > 0)
    unanswered.push({
      question: `what each of ${attackers.forgotten} more addresses did that did little`,
      wouldShow: 'the same logs in parts, cut by time',
    });
  for (const file of cloud.unread.slice(0, 20))
    unanswered.push({
      question: `what CloudTrail noted in ${file}, which is cut or damaged`,
      wouldShow: 'the file in parts of at most 2 MiB, or as one call a line',
    });
  if (all.length === 0)
    unanswered.push({
      question: 'who tried to log in',
      wouldShow: 'auth.log or secure, the Security event log of Windows, or the log of the FTP or database server',
    });
  if (logs.requests.length === 0)
    unanswered.push({ question: 'who used the web server', wouldShow: 'its access logs' });
  if (!files.some(({ file }) => isWebScript(file)))
    unanswered.push({ question: 'whether web shells were left', wouldShow: 'a copy of the web root' });
  if (!files.some(({ file }) => /(?:^|\/)passwd$/.test(file)))
    unanswered.push({ question: 'which accounts exist', wouldShow: '/etc/passwd and /etc/shadow' });
  if (programs.length === 0 && !files.some(({ text }) => /^[0-9a-f]{32,64}\s/m.test(text)))
    unanswered.push({
      question: 'whether programs were replaced',
      wouldShow:
        'the programs themselves with the package lists (dpkg/info/*.md5sums), or the output of debsums or rpm -Va',
    });
  return {
    attackers: attackers.ranked(),
    bruteForce,
    ...(webAttacks ? { webAttacks } : {}),
    webShells: webShells.sort((a, b) => b.uses - a.uses),
    accounts,
    persistence,
    tampered,
    indicators: [
      ...host.indicators,
      ...pages.flatMap(({ indicators }) => indicators),
      ...windowsIndicators(events),
      ...cluster.indicators,
      ...[
        ...audit.persistence,
        ...sudo,
        ...installed.filter(({ proof }) => !recordedProofs.has(proof)),
        ...altered,
        ...jndiLookups(logs),
      ].flatMap(({ proof }) => indicatorsIn(proof.text, proof)),
    ],
    ...(entries[0] ? { entry: entries[0] } : {}),
    timeline,
    unanswered,
  };
}
