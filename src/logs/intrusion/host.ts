/** Accounts, persistence and outbound indicators in the files of a host. */
import { isIP } from 'node:net';
import { isPrivate } from '../../address.ts';
import { append } from '../../lists.ts';
import type { Account, HostFile, IntrusionSheet, Persistence, Proof } from './types.ts';

type Indicator = IntrusionSheet['indicators'][number];

const proofOf = (file: HostFile, line: number, text: string): Proof => ({
  file: file.file,
  line,
  text: text.trim().slice(0, 400),
  time: file.modified ?? Number.NaN,
});

function* linesOf(file: HostFile): Generator<[number, string]> {
  let number = 0;
  for (const line of file.text.slice(0, 1 << 20).split('\n')) yield [++number, line.replace(/\r$/, '')];
}

const FETCHES = 'fetches a script and runs it';
const CREATES = 'creates a way in';
const HARD_TO_REMOVE = 'makes itself hard to remove';
const HIDES = 'hides its traces';
/** Files that say who logged in and what was done, without those that rotation names. */
const RECORDS = String.raw`/var/(?:log|run)/(?:wtmp|btmp|utmp|lastlog|faillog|auth\.log|secure|syslog|messages|audit/audit\.log)(?:\.1)?(?![\w.-])`;

/** Commands that fetch and run, open a way back in, or mine. */
const TELLING: [RegExp, string][] = [
  [/(?:curl|wget|fetch)\b[^|;\n]{1,300}\|\s*(?:sudo\s+)?(?:(?:ba|da|z|k|a)?sh|perl|python[\d.]*)\b/i, FETCHES],
  [/(?:\bsh\s+-c|\beval)\s+["']?\s*(?:\$\(|`)\s*(?:curl|wget)\b/i, FETCHES],
  [/\bexec\s*\([^\n]{0,120}(?:urlopen|requests\.get)\s*\(/i, FETCHES],
  [
    /\b(?:curl|wget)\b[^|;\n]{0,300}\s-[a-z]*o\s*\S*(?:\/dev\/shm\/|\/\.[\w])|\b(?:curl|wget)\b[^|;\n]{0,300}\s-[a-z]*o\s[^|;\n]{0,300}\bhttps?:\/\/\d{1,3}\./i,
    'fetches a file from a bare address or to where it is hidden',
  ],
  [
    /\/dev\/tcp\/|\bnc(?:at)?\b[^\n]{0,80}\s-e\s|bash\s+-i\s+>&|socat\b[^\n]{0,80}exec:|python[\d.]*\s+-c\s+['"]import socket|perl\b[^\n]{0,200}\bIO::Socket|php\s+-r[^\n]{0,80}fsockopen|ruby\s+-rsocket|openssl\s+s_client[^\n]{0,120}\|\s*(?:\/bin\/)?(?:ba)?sh\b/i,
    'opens a shell to another host',
  ],
  [
    /\b(?:xmrig|minerd|cpuminer|kdevtmpfsi|kinsing|stratum\+(?:tcp|ssl))\b|\s-o\s+[\w.-]+\.[a-z]{2,24}:\d{2,5}\s+-u\s+\S/i,
    'mines',
  ],
  [/base64\s+(?:-d|--decode)\s*\|\s*(?:ba)?sh/i, 'runs decoded text'],
  [/\bfrpc?\b[^\n]{0,60}(?:-c\s|\.ini|\.toml)|\bngrok\b|\bchisel\s+client\b|\bfrps\b/i, 'tunnels out'],
  [/chattr\s+\+i|ld\.so\.preload|LD_PRELOAD=/i, HARD_TO_REMOVE],
  [/\b(?:unset\s+HISTFILE|HISTSIZE=0|HISTFILE=\/dev\/null|history\s+-c)\b/i, HIDES],
  // Emptied, removed or edited; a journal that keeps seconds or minutes. Rotation and vacuuming by days are housekeeping.
  [new RegExp(String.raw`(?:^|[^>\d])>\s{0,4}${RECORDS}`), HIDES],
  [new RegExp(String.raw`\b(?:truncate|shred|srm|wipe|rm|unlink|dd|sed\s+-i\S*)\s[^|;&\n]{0,200}${RECORDS}`), HIDES],
  [
    /\bjournalctl\b[^|;\n]{0,100}--vacuum-time[= ]\d{1,4}(?:s|sec|seconds?|m|min|minutes?)\b|\butmpdump\s+(?:-r|--reverse)\b/,
    HIDES,
  ],
  [/\bchmod\s+(?:\+s|[0-7]*4[0-7]{3}|u\+s)\s/i, 'sets a set-user-id bit'],
  [/\b(?:useradd|adduser)\b[^\n]{1,120}|echo\b[^\n]{1,200}>>\s*\S*(?:passwd|shadow|sudoers|authorized_keys)/i, CREATES],
];

const ORDINARY_UID0 = new Set(['root', 'toor']);

/** Extra roots, accounts without a password, system accounts with a shell, names that hide. */
function accountsIn(file: HostFile): Account[] {
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
        !['postgres', 'mysql', 'git', 'oracle', 'jenkins', 'www-data', 'sync'].includes(name)
      )
        why.push('a system account with a login shell');
      if (why.length > 0)
        accounts.push({ name, uid, why, time: file.modified ?? Number.NaN, proof: proofOf(file, number, line) });
    }
  }
  return accounts;
}

function persistenceKind(file: HostFile): Persistence['kind'] | undefined {
  const { file: path } = file;
  if (/(?:^|\/)authorized_keys2?$/.test(path)) return 'authorized-key';
  if (
    // SUSE keeps those of users in tabs, BusyBox in /etc/crontabs.
    /(?:^|\/)(?:(?:ana)?crontab|cron\.(?:d|hourly|daily|weekly|monthly)\/[^/]+|spool\/cron\/(?:(?:crontabs|tabs)\/)?[^/]+|etc\/crontabs\/[^/]+)$/.test(
      path,
    )
  )
    return 'cron';
  // OpenRC runs local.d, SUSE the scripts *.local beside those of services.
  if (/(?:^|\/)(?:rc\.local|local\.d\/[^/]+\.st(?:art|op)|init\.d\/(?:after|before|boot|halt)\.local)$/.test(path))
    return 'rc-local';
  // Jobs of at(1): Debian's atjobs, Red Hat's spool/at.
  if (/(?:^|\/)spool\/(?:cron\/)?at(?:jobs|spool)?\/[^/.][^/]*$/.test(path)) return 'cron';
  if (/\.(?:service|timer|socket|path)(?:\.d\/[^/]+\.conf)?$|(?:^|\/)udev\/rules\.d\/[^/]+\.rules$/.test(path))
    return 'unit';
  // Environments of services.
  if (/(?:^|\/)etc\/(?:default|sysconfig|conf\.d|environment\.d)\/[^/]+$/.test(path)) return 'shell-profile';
  if (
    /(?:^|\/)(?:\.bashrc|\.bash_profile|\.profile|\.zshrc|profile|bash\.bashrc|environment|profile\.d\/[^/]+)$/.test(
      path,
    )
  )
    return 'shell-profile';
  if (/(?:^|\/)ld\.so\.preload$/.test(path)) return 'preload';
  if (/(?:^|\/)pam\.d\/[^/]+$/.test(path)) return 'pam';
  if (/(?:^|\/)(?:\.htaccess|\.user\.ini)$/.test(path)) return 'web-config';
  if (/(?:^|\/)sudoers(?:\.d\/[^/]+)?$/.test(path)) return 'sudoers';
  if (/(?:^|\/)\.?(?:bash|zsh|ash|ksh|fish|sh|mysql|redis(?:cli)?)_history$|(?:^|\/)history\.txt$/.test(path))
    return 'history';
  return undefined;
}

/** Where installers put tools below a home; what is run from there is usual. */
const TOOL_HOMES =
  /\/\.(?:acme\.sh|nvm|local\/bin|cargo|pyenv|rbenv|rvm|asdf|composer|npm-global|deno|bun|volta|sdkman|venv|virtualenvs|dotnet|nix-profile)(?=[/"'\s]|$)/g;

/** Libraries that operators preload: allocators, clocks, sanitizers and agents, from where packages put libraries. */
const USUAL_PRELOAD =
  /\bLD_PRELOAD=["']?(?:\/usr|\/opt)\/(?:[\w.+-]+\/){0,6}(?:lib(?:jemalloc|tcmalloc\w*|mimalloc|hoard|faketime\w*|asan|tsan|eatmydata|oneagentproc|stdbuf|gomp|dl)|liboneagent\w*|launcher\.preload)[\w.-]*\.so[\d.]*["']?$/;

/** Scripts of a package that run when it is installed (npm, package.json). */
function packageScripts(file: HostFile): Persistence[] {
  if (!/(?:^|\/)package\.json$/.test(file.file) || file.text.length > 1 << 18) return [];
  let scripts: unknown;
  let name: unknown;
  try {
    ({ scripts, name } = JSON.parse(file.text) as { scripts?: unknown; name?: unknown });
  } catch {
    return [];
  }
  if (typeof scripts !== 'object' || scripts === null) return [];
  return ['preinstall', 'install', 'postinstall', 'prepare'].flatMap((stage): Persistence[] => {
    const command = (scripts as { [stage: string]: unknown })[stage];
    if (typeof command !== 'string') return [];
    const telling = TELLING.find(([pattern]) => pattern.test(command.slice(0, 2000)));
    if (!telling) return [];
    const line = file.text.slice(0, Math.max(0, file.text.indexOf(`"${stage}"`))).split('\n').length;
    const why = `the ${stage} script of the package ${String(name ?? '').slice(0, 100)} ${telling[1]}`;
    return [{ kind: 'package-script', why, proof: proofOf(file, line, command) }];
  });
}

/** Lines of a PAM stack (pam.conf(5)) that take passwords down or ask for none. */
function pamSays(line: string): string | undefined {
  if (/\bpam_exec\.so\b[^\n]*\bexpose_authtok\b/.test(line)) return 'hands every password to a program';
  if (/\bpam_exec\.so\b[^\n]*(?:\/\.|\/tmp\/|\/dev\/shm\/)/.test(line)) return 'runs a hidden program at each login';
  if (/^-?auth\s+sufficient\s+pam_permit\.so\b/.test(line)) return 'lets everybody in';
  return undefined;
}

const UPLOADS = /(?:^|\/)(?:uploads?|images?|img|avatars?|cache|tmp|temp|attachments?|files?|media)\//i;

/** Settings of a folder of a web root that run what is no script, or run one before every page. */
function webConfigSays(line: string, path: string): string | undefined {
  if (
    /^(?:AddType|AddHandler|SetHandler)\s+\S*php\S*/i.test(line) &&
    (/\.(?:jpe?g|png|gif|ico|txt|css|webp|bmp|svg)\b/i.test(line) || UPLOADS.test(path))
  )
    return 'lets files that are no scripts run as PHP';
  const before = /\bauto_(?:prepend|append)_file\b\s*[= ]\s*["']?(\S+)/i.exec(line)?.[1];
  if (before === undefined || /^none$/i.test(before)) return undefined;
  return UPLOADS.test(path) ||
    /^\/(?:tmp|var\/tmp|dev\/shm)\/|\/\.[^./]|\.(?:jpe?g|png|gif|ico|txt|log)["']?$/i.test(before) ||
    /^(?:data|php|https?):/i.test(before)
    ? 'runs a hidden file before every page'
    : undefined;
}

function persistenceIn(file: HostFile, kind: Persistence['kind']): Persistence[] {
  const found: Persistence[] = [];
  for (const [number, line] of linesOf(file)) {
    const plain = line.trim();
    if (plain === '' || plain.startsWith('#')) continue;
    const proof = proofOf(file, number, plain);
    // at(1) writes down the environment and the folder of who ordered the job.
    if (kind === 'cron' && /^(?:\w+=.*; export \w+|cd \S+ \|\| \{)$/.test(plain)) continue;
    const telling = TELLING.find(([pattern]) => pattern.test(plain.slice(0, 2000)));
    if (telling?.[1] === HARD_TO_REMOVE && USUAL_PRELOAD.test(plain)) continue;
    if (telling) found.push({ kind, why: telling[1], proof });
    else if (kind === 'pam' || kind === 'web-config') {
      const why = kind === 'pam' ? pamSays(plain) : webConfigSays(plain, file.file);
      if (why !== undefined) found.push({ kind, why, proof });
    } else if (kind === 'preload') found.push({ kind, why: 'loads a library into every program', proof });
    else if (kind === 'authorized-key') {
      const comment = plain.split(/\s+/).slice(2).join(' ');
      if (/^(?:.*\s)?(?:ssh-|ecdsa-|sk-)/.test(plain))
        found.push({
          kind,
          why: comment === '' ? 'a key without a comment may log in' : `the key "${comment.slice(0, 80)}" may log in`,
          proof: { ...proof, text: `${plain.slice(0, 40)}... ${comment.slice(0, 80)}` },
        });
    } else if (
      (kind === 'cron' || kind === 'rc-local' || kind === 'unit') &&
      /(?:\/tmp\/|\/dev\/shm\/|\/var\/tmp\/|\/\.[a-z])[^\s]{1,200}/i.test(plain.replace(TOOL_HOMES, ''))
    ) {
      found.push({ kind, why: 'runs a file from a folder that anybody may write or that is hidden', proof });
    } else if (kind === 'sudoers' && /NOPASSWD:\s*ALL/.test(plain))
      found.push({ kind, why: 'may become root without a password', proof });
  }
  return found.filter(({ why, proof }) => kind !== 'history' || !isRoutine(why, proof.text)).slice(0, 200);
}

/** What administrators type on ordinary days: a vendor's installer over TLS by its name, an account with nothing special. */
function isRoutine(why: string, command: string): boolean {
  if (why === FETCHES)
    return !/http:\/\/|\/\/[\d.]+[:/]|\/\/[^\s/]*(?:pastebin|paste\.|transfer\.sh|ngrok|raw\.)|base64/i.test(command);
  if (why !== CREATES || !/\b(?:useradd|adduser)\b/.test(command)) return false;
  return !/\s-o\b|(?:-u|--uid)[ =]?0\b|-o?u\s*0\b|\b(?:wheel|sudo|root)\b(?!@)|\s-p\s|\$(?:\s|$)|\/(?:tmp|dev\/shm|var\/tmp)\//.test(
    command.replace(/^\s*sudo\s+/, ''),
  );
}

/** Masks of networks, and no network at all. */
const NOBODY = /^(?:0|255)\./;

/** Base64 of text, which commands decode before they run it. */
const ENCODED = /(?:^|[\s"'])([A-Za-z0-9+/]{20,2000}={0,2})(?=$|[\s"'|<])/g;

/** Where telling commands point to. */
export function indicatorsIn(text: string, proof: Proof, depth = 0): Indicator[] {
  const found: Indicator[] = [];
  if (depth === 0 && /base64|-enc/i.test(text))
    for (const [, encoded] of text.matchAll(ENCODED)) {
      const bytes = Buffer.from(encoded!, 'base64');
      // PowerShell encodes UTF-16.
      const decoded = bytes.includes(0) ? bytes.toString('utf16le') : bytes.toString('latin1');
      if (/^[\t\n\r\x20-\x7e]{8,}$/.test(decoded)) append(found, indicatorsIn(decoded, proof, 1));
    }
  for (const [, pool] of text.matchAll(/\s-o\s+([\w.-]+\.[a-z]{2,24}:\d{2,5})\s+-u\s/g))
    found.push({ kind: 'pool', value: pool!, proof });
  for (const [url] of text.matchAll(/\b(?:https?|ftp|stratum\+tcp|stratum\+ssl):\/\/[^\s"'<>|;)]{4,200}/gi)) {
    found.push({ kind: url.startsWith('stratum') ? 'pool' : 'url', value: url, proof });
  }
  for (const [address] of text.matchAll(/\b(?:\d{1,3}\.){3}\d{1,3}\b/g))
    if (isIP(address) !== 0 && !NOBODY.test(address) && !isPrivate(address))
      found.push({ kind: 'address', value: address, proof });
  for (const [, host] of text.matchAll(/\/dev\/tcp\/([\w.-]{3,100})\//g))
    if (!/^[\d.]+$/.test(host!)) found.push({ kind: 'host', value: host!, proof });
  for (const [wallet] of text.matchAll(/\b4[0-9AB][1-9A-HJ-NP-Za-km-z]{93}\b/g))
    found.push({ kind: 'wallet', value: wallet, proof });
  return found;
}

/** Configurations of tunnels and miners, and scripts, wherever they lie. */
const TOOL_FILE =
  /(?:^|\/)(?:frp[cs]?\w*\.(?:ini|toml|ya?ml|json)|config\.json|pools\.txt|[^/]+\.(?:sh|bash|bat|cmd|ps1|vbs|py))$/i;

/** Where tools call home, and the strings that training ranges hide. */
function toolsIn(file: HostFile): Indicator[] {
  const text = file.text.slice(0, 256 * 1024);
  const found: Indicator[] = [];
  const proofAt = (at: number): Proof =>
    proofOf(file, text.slice(0, at).split('\n').length, text.slice(at, at + 200).split('\n')[0]!);
  if (TOOL_FILE.test(file.file)) {
    const server = /\bserver_?addr\s*[=:]\s*["']?([\w.:-]{3,100})/i.exec(text);
    if (server) {
      const port = /\bserver_?port\s*[=:]\s*["']?(\d{1,5})/i.exec(text)?.[1];
      found.push({
        kind: 'tunnel',
        value: port === undefined ? server[1]! : `${server[1]}:${port}`,
        proof: proofAt(server.index),
      });
    }
    if (/"pools"\s*:|stratum\+|--donate-level|xmrig/i.test(text)) {
      for (const match of text.matchAll(
        /(?:"url"\s*:\s*"|-o\s+|--url[= ])((?:stratum\+\w{3}:\/\/)?[\w.-]{4,100}:\d{2,5})/g,
      ))
        found.push({ kind: 'pool', value: match[1]!, proof: proofAt(match.index) });
      for (const match of text.matchAll(/(?:"user"\s*:\s*"|-u\s+|--user[= ])([A-Za-z0-9]{25,110})/g))
        found.push({ kind: 'wallet', value: match[1]!, proof: proofAt(match.index) });
    }
    for (const line of text.split('\n').slice(0, 2000)) {
      if (TELLING.some(([pattern]) => pattern.test(line.slice(0, 2000))))
        append(found, indicatorsIn(line.slice(0, 2000), proofAt(text.indexOf(line))));
    }
  }
  for (const match of text.matchAll(/\bflag\{[^{}\s]{1,80}\}/gi))
    found.push({ kind: 'flag', value: match[0], proof: proofAt(match.index) });
  return found;
}

/** `docker inspect`: a container that holds the host's whole file system for writing and works in it. */
const HOST_MOUNTED = /"Binds"\s*:\s*\[[^\]]{0,400}"\/:\/[^":]{0,200}(?::(?:rw|z|Z)[^"]{0,40})?"/;

function containersIn(file: HostFile): Persistence[] {
  const text = file.text.slice(0, 1 << 20);
  const mounted = HOST_MOUNTED.exec(text);
  if (!mounted || !(/"chroot"/.test(text) || TELLING.some(([pattern]) => pattern.test(text)))) return [];
  const line = text.slice(0, mounted.index).split('\n').length;
  return [
    {
      kind: 'service',
      why: 'a container holds the whole file system of the host and runs commands in it',
      proof: proofOf(file, line, text.split('\n')[line - 1]!),
    },
  ];
}

/** Reads the host files that are no scripts of the web. */
export function readHost(files: readonly HostFile[]): {
  accounts: Account[];
  persistence: Persistence[];
  indicators: Indicator[];
} {
  const accounts: Account[] = [];
  const persistence: Persistence[] = [];
  for (const file of files) {
    append(accounts, accountsIn(file));
    const kind = persistenceKind(file);
    append(persistence, kind ? persistenceIn(file, kind) : [...containersIn(file), ...packageScripts(file)]);
  }
  const seen = new Set<string>();
  const indicators = persistence
    .filter(({ kind }) => kind !== 'authorized-key')
    .flatMap(({ proof }) => indicatorsIn(proof.text, proof))
    .concat(files.flatMap(toolsIn).slice(0, 1000))
    .filter(({ kind, value }) => !seen.has(`${kind} ${value}`) && seen.add(`${kind} ${value}`));
  return { accounts, persistence, indicators };
}
