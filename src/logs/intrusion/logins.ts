/**
 * Logins that services write about, refused or let in, with the address they came from. OpenSSH and vsftpd say both in
 * one form each; the others (mail, databases, web servers, control panels, remote desktops) share the words only.
 */
import { isPrivate } from '../../address.ts';
import type { LogObservations, LogRecord } from '../types.ts';
import type { Proof } from './types.ts';

export interface Login {
  address: string;
  /** Empty where the line names none. */
  user: string;
  ok: boolean;
  method: string;
  service: string;
  proof: Proof;
  /** Refused often for innocent reasons, such as an old password that a program keeps: more tries are asked for. */
  lenient?: true;
}

const ADDRESS =
  '(?:::ffff:)?((?:\\d{1,3}\\.){3}\\d{1,3}(?!\\d|\\.\\d)|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\\w:]|\\.\\d))';
/** A name may itself read like an address and port: these are followed by the end, or by a key or the name of a client. */
const SSH = new RegExp(
  `\\b(Failed|Accepted) (\\S{1,40}) for (?:invalid user )?(.{0,200}?) from ${ADDRESS} port \\d{1,5}(?: ssh\\d)?(?:$|: )`,
  'i',
);
const FTP = new RegExp(`\\b(FAIL|OK) LOGIN: Client "${ADDRESS}"`);

/** What is asked for. Certificates, signatures and the keys of an interface are other faults, and their clients no guessers. */
const LOGIN_WORDS =
  /\b(?:log[ -]?(?:in|on)s?|logged|auth|authenticat\w{1,8}|authorizat\w{1,5}|passw(?:or)?d|user ?names?|users?|accounts?|credentials?|sasl|pam|htaccess)\b|_auth_|auth_/i;
const OTHER_FAULTS =
  /\b(?:certificate|handshake|signature|(?:tls|ssl)(?: error| alert| routines|_\w{2,30})|api[ _-]?key|token|upstream|merchant|acquirer|issuer|cardholder|3-?ds\w?)\b|\bconnect\(\)/i;
const REFUSAL =
  /\b(?:fail(?:ed|ure|ures|s)?|invalid|incorrect|denied|refused|rejected|bad|wrong|unknown|illegal|mismatch|unauthori[sz]ed|authenticating user|unsuccessful|not (?:allowed|found|exist)|(?:does not|doesn't) (?:exist|match)|no such user|noauth|authenticationfailed|authfail\w{0,3}|loginfail\w{0,4}|login_failed|auth_failed)\b/i;
const SUCCESS =
  /\b(?:logged in|login (?:ok|success\w{0,5}|succeeded|accepted)|success\w{0,5} (?:login|logged|logon|auth\w{0,12})|auth\w{0,12} (?:ok|succe\w{1,7})|accepted (?:login|password))\b/i;

/** Who asks, as nginx and httpd write it before and behind what the client sent. */
const WEB_CLIENT = new RegExp(`(?:, client: |\\[client )${ADDRESS}`, 'i');
/** An address behind a word that names who asks; `lip=` and `to` are the service's own. */
const LABELLED = new RegExp(
  `\\b(?:from|client(?:ip|_ip|addr)?|rhost|rip|remote\\w{0,8}|peer\\w{0,6}|src|source\\w{0,8}|ip(?:_?addr\\w{0,4})?|addr(?:ess)?|origin|attr\\.remote)["']?(?: ip| address| host)?[ =:'"[(<{-]{1,4}(?:[\\w.-]{1,100}[ ]?[[(])?(?:IPV[46]:)?${ADDRESS}`,
  'gi',
);
const ANY_ADDRESS = /(?<![\w.])(?:::ffff:)?(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)/g;
const NO_NAME =
  '(?!(?:from|denied|failed|failure|name|username|unknown|not|is|has|tried|login|and|in|via|the|to|of|on|by|with|was|root at|client|ip)\\b)';
const NAME = `${NO_NAME}([^\\s'"\`<>()[\\],;=]{1,64})`;
const USER = new RegExp(
  [
    `\\b(?:invalid|unknown|illegal|existing) user ['"<]?${NAME}`,
    `\\buser denied: ${NAME}`,
    `\\buser(?:[ _-]?name)?["']?(?: name)?[ =:'"\`<[(]{1,4}${NAME}`,
    `\\b(?:login|account|ruser|uid|set_id|sasl_username|authentication_id|attr\\.principalname)["']?[ ]?[=:'"<[(]{1,3} ?['"]?${NAME}`,
    `\\bfor (?:user )?['"<]?${NAME}`,
  ].join('|'),
  'i',
);

/** Names that grow no longer than a form of a line needs. */
const MOST_TEXT = 1024;
const LIKELY_FIELDS = /addr|ip$|ip_|remote|client|host|user|login|error|reason|result/i;

/** @returns the login that a record tells of, in any of its forms. */
function loginOf(logs: LogObservations, record: LogRecord): Login | undefined {
  const { message } = record;
  const proof = {
    file: logs.sources[record.source]!.file,
    line: record.line,
    text: message.slice(0, 300),
    time: record.time,
  };
  const ssh = SSH.exec(message.slice(0, MOST_TEXT));
  if (ssh)
    return {
      ok: ssh[1]!.toLowerCase() === 'accepted',
      method: ssh[2]!,
      user: ssh[3]!,
      address: ssh[4]!,
      service: 'ssh',
      proof,
    };
  const ftp = FTP.exec(message.slice(0, MOST_TEXT));
  if (ftp)
    return {
      ok: ftp[1] === 'OK',
      method: 'password',
      user: /\[(\S{1,64})\]/.exec(message)?.[1] ?? '',
      address: ftp[2]!,
      service: 'ftp',
      proof,
    };
  return wordedLogin(logs, record, proof);
}

function wordedLogin(logs: LogObservations, record: LogRecord, proof: Proof): Login | undefined {
  const said = record.message.slice(0, MOST_TEXT);
  const fields = Object.entries(record.fields).flatMap(([key, value]) =>
    LIKELY_FIELDS.test(key) && !said.includes(value) ? `${key}=${value.slice(0, 100)}` : [],
  );
  const text = [record.logger ?? '', said, ...fields.slice(0, 20)].join(' ').slice(0, 2 * MOST_TEXT);
  if (!LOGIN_WORDS.test(text) || OTHER_FAULTS.test(text)) return undefined;
  const refused = REFUSAL.test(text);
  if (!refused && !SUCCESS.test(text)) return undefined;
  // Names come from the client and may hold an address: what stands last is the service's own word.
  const address = WEB_CLIENT.exec(text)?.[1] ?? [...text.matchAll(LABELLED)].at(-1)?.[1] ?? unlabelled(text);
  if (address === undefined || /^(?:127\.|0\.|::1$)/.test(address)) return undefined;
  const source = logs.sources[record.source]!;
  return {
    address,
    user:
      USER.exec(text)
        ?.slice(1)
        .find((name) => name !== undefined) ?? '',
    ok: !refused,
    method: 'password',
    service: serviceOf(record.logger ?? source.software ?? source.file.split('/').at(-1)!, said),
    proof,
    lenient: true,
  };
}

const PAM_LINE = /\bpam_(?:unix|sss|ldap|winbind)\b|\(pam_unix\)/;

/** The program that was asked, where PAM writes for it (`pam_unix(sshd:auth)`), else the one that writes. */
function serviceOf(writer: string, text: string): string {
  const name = /\bpam_\w{1,12}\(([\w-]{1,40}):/.exec(text)?.[1] ?? writer;
  // sshd says `error: PAM: Authentication failure for root from ...` (OpenSSH, auth-pam.c).
  return /^sshd\b|^PAM$/.test(name) ? 'ssh' : name.slice(0, 60);
}

/** One try makes one line of PAM and one of the service, in words, a form or both: only one kind of each address counts. */
function onceEach(all: readonly Login[]): Login[] {
  const best = new Map<string, number>();
  const kind = ({ lenient, proof }: Login): number => (!lenient ? 2 : PAM_LINE.test(proof.text) ? 0 : 1);
  const keyOf = (login: Login): string => (login.service === 'ssh' ? `ssh ${login.address}` : login.address);
  for (const login of all) if (!login.ok) best.set(keyOf(login), Math.max(best.get(keyOf(login)) ?? 0, kind(login)));
  return all.filter((login) => login.ok || kind(login) >= (best.get(keyOf(login)) ?? 0));
}

/** The first address of the internet, since names that clients give themselves are often inner ones; else the first. */
function unlabelled(text: string): string | undefined {
  const all = (text.match(ANY_ADDRESS) ?? []).map((address) => address.replace('::ffff:', ''));
  return all.find((address) => !isPrivate(address)) ?? all[0];
}

/** @returns logins in order of time. */
export function logins(logs: LogObservations): Login[] {
  return onceEach(logs.records.flatMap((record) => loginOf(logs, record) ?? [])).sort(
    (a, b) => a.proof.time - b.proof.time,
  );
}

/** Refused logins from one address that count as guessing. */
const GUESSES = 5;
/** Of those that are refused for innocent reasons, too: so many, and on average no further apart. */
const LENIENT_GUESSES = 10;
const APART = 10 * 60_000;

/**
 * @param refused refused logins of one address at one service, in order of time.
 * @returns whether somebody guesses. A program inside that keeps trying its one old password does not.
 */
export function isGuessing(refused: readonly Login[]): boolean {
  // A client offers the keys that it has, one after the other, and is refused for each.
  const failures = refused.filter(({ method }) => method !== 'publickey');
  const first = failures[0];
  if (first === undefined || failures.length < (first.lenient ? LENIENT_GUESSES : GUESSES)) return false;
  if (!first.lenient) return true;
  if (isPrivate(first.address) && new Set(failures.map(({ user }) => user)).size === 1) return false;
  const span = failures.at(-1)!.proof.time - first.proof.time;
  return Number.isNaN(span) || span / failures.length <= APART;
}
