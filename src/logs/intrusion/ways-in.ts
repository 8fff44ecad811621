/** Ways in that logs tell of themselves: lookups of JNDI, consoles that run scripts, logins from where nobody came before, sudo. */
import { isPrivate } from '../../address.ts';
import type { LogObservations } from '../types.ts';
import type { Attackers } from './attackers.ts';
import type { Login } from './logins.ts';
import { CREATES, isRoutine, tellingOf } from './telling.ts';
import type { Account, IntrusionSheet, Persistence, Proof } from './types.ts';

type Entry = NonNullable<IntrusionSheet['entry']>;

/** log4j 2 says what it looked up and could not use (CVE-2021-44228); `jndi:` before an address is what somebody asked for, and no lookup. */
const LOOKED_UP = /\bJNDI\b(?!:).{0,80}?\b((?:ldaps?|rmi|dns|iiop):\/\/[\w.:[\]-]{3,100})/i;

/** @returns the first lookup of each address that a log of the application tells of. */
export function jndiLookups(logs: LogObservations): Entry[] {
  const found = new Map<string, Entry>();
  for (const record of logs.records) {
    const target = LOOKED_UP.exec(record.message)?.[1];
    if (target === undefined || found.has(target) || found.size >= 100) continue;
    found.set(target, {
      how: `the application looked up ${target} by JNDI`,
      time: record.time,
      proof: proofOf(logs, record),
    });
  }
  return [...found.values()];
}

export function proofOf(logs: LogObservations, record: LogObservations['records'][number]): Proof {
  return {
    file: logs.sources[record.source]!.file,
    line: record.line,
    text: record.message.slice(0, 300),
    time: record.time,
  };
}

/** Classes that run what they are told while an object is read (the chains of ysoserial); no program reads them from a request. */
const GADGETS =
  /\b(?:collections4?\.functors\.(?:Invoker|Chained|Instantiate)Transformer|xsltc\.trax\.TemplatesImpl|rowset\.JdbcRowSetImpl|runtime\.MethodClosure|reflect\.annotation\.AnnotationInvocationHandler)\b/;
const READS_OBJECT =
  /\b(?:ObjectInputStream\.readObject|HessianInput\.readObject|XStream\.unmarshal|XMLDecoder\.readObject)/;

/** @returns the first stack of an application in which such a class ran while an object was read. */
export function deserialised(logs: LogObservations): Entry[] {
  const record = logs.records.find(({ message }) => READS_OBJECT.test(message) && GADGETS.test(message));
  if (!record) return [];
  const gadget = GADGETS.exec(record.message)![0].split('.').at(-1)!;
  const proof = proofOf(logs, record);
  return [{ how: `an object that runs commands was read from a request (${gadget})`, time: record.time, proof }];
}

/** What runs a script or deploys a program by itself: Jenkins, Tomcat. */
const CONSOLES: [RegExp, string][] = [
  [/^(?:\/jenkins)?\/(?:computer\/[^/]{1,80}\/)?script(?:Text)?$/, 'the script console of Jenkins'],
  [/^\/manager\/(?:html\/upload|text\/deploy|deploy)$/, 'the deployment of the Tomcat manager'],
];
/** Who works with a server asks for its pages, too. */
const MOST_PATHS_OF_STRANGER = 4;

/** @returns uses of such a console by an address of the internet that asked for hardly anything else. */
export function consoleEntries(logs: LogObservations, attackers: Attackers): Entry[] {
  const { requests } = logs;
  const uses = new Map<number, { row: number; what: string }>();
  for (let row = 0; row < requests.length && uses.size < 1000; row++) {
    const client = requests.client[row]!;
    if (!/^(?:POST|PUT)$/.test(requests.strings[requests.method[row]!]!) || requests.status[row]! !== 200) continue;
    if (uses.has(client) || isPrivate(requests.strings[client]!)) continue;
    const path = requests.strings[requests.path[row]!]!;
    const console = CONSOLES.find(([pattern]) => pattern.test(path));
    if (console) uses.set(client, { row, what: console[1] });
  }
  if (uses.size === 0) return [];
  const paths = new Map<number, Set<number>>();
  for (let row = 0; row < requests.length; row++) {
    const client = requests.client[row]!;
    if (!uses.has(client)) continue;
    const known = paths.get(client) ?? new Set();
    if (known.size <= MOST_PATHS_OF_STRANGER) paths.set(client, known.add(requests.path[row]!));
  }
  return [...uses].flatMap(([client, { row, what }]) => {
    if (paths.get(client)!.size > MOST_PATHS_OF_STRANGER) return [];
    const address = requests.strings[client]!;
    const time = requests.time[row]!;
    const path = requests.strings[requests.path[row]!]!;
    const proof = {
      file: logs.sources[requests.source[row]!]!.file,
      line: requests.line[row]!,
      text: `${requests.strings[requests.method[row]!]} ${path} ${requests.status[row]}`.slice(0, 300),
      time,
    };
    attackers.note(address, `used ${what}`, 6, time, proof).requests++;
    return [{ how: `${what} was used by ${address}`, time, proof }];
  });
}

/** Hosts that indicators name, at most so many of them looked for in requests. */
const MOST_HOSTS = 200;

/**
 * @param indicators where files of the host point to.
 * @returns the first request of each address of the internet that names such a host: what it asked the program to fetch is there now.
 */
export function fulfilledRequests(
  logs: LogObservations,
  indicators: IntrusionSheet['indicators'],
  attackers: Attackers,
): Entry[] {
  const hosts = [
    ...new Set(
      indicators.flatMap(({ kind, value }) =>
        kind === 'flag' || kind === 'wallet' ? [] : (/^(?:[a-z+]{2,12}:\/\/)?([\w.-]{4,253})/i.exec(value)?.[1] ?? []),
      ),
    ),
  ].slice(0, MOST_HOSTS);
  if (hosts.length === 0) return [];
  const { requests } = logs;
  const named = new Map<number, { host: string; plain: string } | undefined>();
  const nameIn = (id: number): { host: string; plain: string } | undefined => {
    if (!named.has(id)) {
      const text = requests.strings[id]!.slice(0, 4096);
      const plain = /%[0-9a-f]{2}/i.test(text)
        ? text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
        : text;
      const host = hosts.find((one) => {
        const at = plain.indexOf(one);
        // No part of a longer name or number, and beside a command: pages link to other hosts, too.
        return (
          at > 0 && !/[\w.-]/.test(plain[at - 1]!) && !/[\w-]/.test(plain[at + one.length] ?? '') && RUNS.test(plain)
        );
      });
      named.set(id, host === undefined ? undefined : { host, plain });
    }
    return named.get(id);
  };
  const entries = new Map<string, Entry>();
  for (let row = 0; row < requests.length && entries.size < 100; row++) {
    const found = nameIn(requests.path[row]!) ?? nameIn(requests.query[row]!);
    const address = requests.strings[requests.client[row]!]!;
    if (found === undefined || address === '' || isPrivate(address) || entries.has(address)) continue;
    const time = requests.time[row]!;
    const said = `${requests.strings[requests.method[row]!]} ${requests.strings[requests.path[row]!]}`;
    const proof = {
      file: logs.sources[requests.source[row]!]!.file,
      line: requests.line[row]!,
      text: said.slice(0, 300),
      time,
    };
    const { host, plain } = found;
    attackers.note(address, `had the web server fetch from ${host}, which files of the host name`, 8, time, proof)
      .requests++;
    const how = `a request of ${address} made the web server fetch from ${host}, which files of the host name: ${plain.slice(0, 160)}`;
    entries.set(address, { how, time, proof });
  }
  return [...entries.values()];
}

/** Words of a request that is to run something. */
const RUNS =
  /\b(?:curl|wget|fetch|exec|system|popen|passthru|eval|certutil|powershell|Runtime|ProcessBuilder|xp_cmdshell|jndi|bash|sh)\b/i;

/** Logins of an account that show where its owner comes from. */
const LEAST_USUAL = 5;
/** What is done in that time after a login is done by whoever logged in, as far as nobody else did. */
const SESSION = 3_600_000;

/**
 * @param sudo what {@link sudoDeeds} found.
 * @returns logins by accounts that always came from elsewhere, with a new root made soon after (from an address of the internet), or
 * with a deed of sudo by the same account (also from the own network, where a stolen key comes from the next host).
 */
export function strangeLogins(
  logins: readonly Login[],
  accounts: readonly Account[],
  sudo: readonly Persistence[],
  attackers: Attackers,
): Entry[] {
  const roots = accounts.filter(({ uid, time }) => uid === '0' && !Number.isNaN(time));
  if (roots.length === 0 && sudo.length === 0) return [];
  const seen = new Map<string, { addresses: Set<string>; count: number }>();
  const entries: Entry[] = [];
  for (const { ok, user, address, service, method, proof } of logins) {
    if (!ok || user === '') continue;
    const known = seen.get(user) ?? { addresses: new Set(), count: 0 };
    seen.set(user, known);
    const strange = known.count >= LEAST_USUAL && !known.addresses.has(address);
    known.count++;
    if (known.addresses.size < 1000) known.addresses.add(address);
    if (!strange) continue;
    const soon = (time: number): boolean => time >= proof.time && time - proof.time <= SESSION;
    const made = isPrivate(address) ? undefined : roots.find(({ time }) => soon(time));
    const deed = made ? undefined : sudo.find(({ proof: at }) => soon(at.time) && sudoer(at.text) === user);
    const then = made?.time ?? deed?.proof.time;
    if (then === undefined) continue;
    // Whoever else was logged in may have done it; sudo names the account, so only its own logins count.
    const others = logins.some(
      (login) =>
        login.ok &&
        login.address !== address &&
        (made !== undefined || login.user === user) &&
        login.proof.time <= then &&
        then - login.proof.time <= (made ? SESSION : then - proof.time),
    );
    if (others) continue;
    const after = made ? `${made.name} became a second root` : `sudo ${deed!.why}`;
    const how = `login of ${user} over ${service} by ${method} from ${address}, where it never came from, and ${after}`;
    attackers.note(address, how, 8, proof.time, proof).loginSuccesses++;
    entries.push({ how, time: proof.time, proof });
  }
  return entries;
}

/** `deploy : TTY=pts/0 ; ...`: who asked sudo. */
const sudoer = (message: string): string | undefined => /^\s*([\w.-]{1,64}\$?) : /.exec(message)?.[1];

/** Commands that sudo was asked for (sudo logs them as `COMMAND=`). */
export const SUDO = /\bUSER=root ; (?:.{0,200}; )?COMMAND=(.{1,1000})$/;
const SUDO_DEEDS: [RegExp, string][] = [
  [
    /\/(?:vi|vim|view|less|more|man|find|awk|gawk|perl|python[\d.]*|ruby|tar|zip|git|nmap|ed|env|nano)\b.{0,200}(?::!|-exec\s|system\s*\(|exec\s*\(|checkpoint-action=exec=|!)\s*["'=]?(?:\/\w+)*\/?(?:ba|da|z)?sh\b/,
    'leaves a permitted program for a shell of root',
  ],
  [
    /\/chmod\s+(?:[0-7]*[4-7][0-7]{3}|[ug]*\+s)\s+\S*(?:\/tmp\/|\/dev\/shm\/|\/\.\w)/,
    'gives a file in a folder of everybody, or a hidden one, the rights of root',
  ],
  [
    /\/install\s[^|;\n]{0,200}(?:-m|--mode[= ])\s?0?[4-7][0-7]{3}\s/,
    'copies a program that has the rights of root whoever starts it',
  ],
  [
    /\/(?:usermod|gpasswd|adduser)\s(?=.*\b(?:sudo|wheel|root|adm|admin|docker|lxd)\b).*\s(?:www-data|wwwrun|apache|nginx|http|nobody|tomcat|daemon|games|mail|news|bin|sync|mysql|postgres|redis)(?:\s|$)/,
    'lets the account of a service become root',
  ],
  [/\/useradd\b.*\s(?:-o|-ou|--non-unique)\b.*\s?(?:-u|--uid)?[ =]?0\b/, 'makes a second root'],
];

/** What the command tells, as it would in a history. Accounts that sudo makes are listed with those that the logs name. */
function typedBySudo(command: string): string | undefined {
  const typed = command.replace(/^\/\S{0,200}\//, '');
  const why = tellingOf(typed);
  return why === undefined || why === CREATES || isRoutine(why, typed) ? undefined : why;
}

/** @returns what sudo was used for that no administration is. */
export function sudoDeeds(logs: LogObservations): Persistence[] {
  return logs.records.flatMap((record): Persistence[] => {
    const command = SUDO.exec(record.message)?.[1];
    if (command === undefined) return [];
    const why = SUDO_DEEDS.find(([pattern]) => pattern.test(command))?.[1] ?? typedBySudo(command);
    return why === undefined ? [] : [{ kind: 'history', why, proof: proofOf(logs, record) }];
  });
}
