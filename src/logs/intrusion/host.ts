/** Accounts, persistence and outbound indicators in the files of a host. */
import { append } from '../../lists.ts';
import { accountsIn, lockedAccounts } from './accounts.ts';
import { containersIn } from './containers.ts';
import { historyEntries } from './histories.ts';
import { linesOf, proofOf } from './host-lines.ts';
import { indicatorsIn, toolsIn } from './indicators.ts';
import { packageScripts } from './packages.ts';
import { pamSays } from './pam.ts';
import { persistenceKind, SSH_FILES, TOOL_HOMES } from './places.ts';
import { oddProcesses } from './processes.ts';
import { oddServerModules } from './server-modules.ts';
import { setUserIdPrograms } from './set-user-id.ts';
import { HARD_TO_REMOVE, isRoutine, letsKeyIn, tellingOf } from './telling.ts';
import type { Account, HostFile, IntrusionSheet, Persistence } from './types.ts';

type Indicator = IntrusionSheet['indicators'][number];

/** Libraries that operators preload: allocators, clocks, sanitizers and agents, from where packages put libraries. */
const USUAL_PRELOAD =
  /(?:^|\bLD_PRELOAD=["']?)(?:\/usr|\/opt)\/(?:[\w.+-]+\/){0,6}(?:lib(?:jemalloc|tcmalloc\w*|mimalloc|hoard|faketime\w*|asan|tsan|eatmydata|oneagentproc|stdbuf|gomp|dl)|liboneagent\w*|launcher\.preload)[\w.-]*\.so[\d.]*["']?$/;

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

/** A hidden file of the system, or one that anybody may write, that a login starts and leaves running. */
const LEFT_RUNNING = /(?:\b(?:nohup|setsid|exec)\s+|[^&]&\s*(?:$|;;|[)'"])|^\()[^\n]{0,400}/;
const PUBLIC_OR_HIDDEN =
  /(?:^|[\s"'=;(])\/(?!home\/|root\/)(?:(?:tmp|dev\/shm|var\/tmp)\/|(?:[\w.+-]+\/){0,8}\.[a-z])[^\s]{1,200}/i;
/** `PATH=/usr/lib64/.d:$PATH`: what stands there goes before the programs of the system. */
const HIDDEN_FIRST = /\bPATH=["']?\/(?!home\/|root\/)(?:[\w.+-]+\/){0,8}\.[\w-][^:\s]{0,200}:/;
/** Modules of published rootkits by the names that they are built with. */
const ROOTKITS = /^(?:diamorphine|reptile|suterusu|adore(?:-ng)?|kbeast|rkduck|nuk3gh0st|enyelkm|khook|pinkit)$/i;

/** Accounts that servers run as: what gets into the server has their rights. */
const OF_SERVERS =
  /^(?:www-data|apache|httpd|nginx|nobody|wwwrun|http|www|tomcat\d{0,2}|mysql|mariadb|postgres|redis|memcache|ftp|php-fpm)\s/;

/** What a line of a file says in the place where it stands, when no command in it tells. */
function placeSays(
  kind: Persistence['kind'],
  line: string,
  path: string,
): Omit<Persistence, 'kind' | 'proof'> | undefined {
  switch (kind) {
    case 'pam':
      return pamSays(line);
    case 'web-config': {
      const why = webConfigSays(line, path);
      return why === undefined ? undefined : { why };
    }
    case 'preload':
      return USUAL_PRELOAD.test(line) ? undefined : { why: 'loads a library into every program' };
    case 'cron':
    case 'rc-local':
    case 'unit':
    case 'hook':
      // Only these lines of a unit or rule run something.
      if (kind === 'unit' && !/^Exec\w{2,20}\s*=|\b(?:RUN|PROGRAM|IMPORT)\b/.test(line)) return undefined;
      return /(?:\/tmp\/|\/dev\/shm\/|\/var\/tmp\/|\/\.[a-z])[^\s]{1,200}/i.test(
        line.replace(TOOL_HOMES, '').replace(SSH_FILES, ''),
      ) &&
        (kind !== 'hook' || (LEFT_RUNNING.test(line) && PUBLIC_OR_HIDDEN.test(line)))
        ? { why: 'runs a file from a folder that anybody may write or that is hidden' }
        : undefined;
    case 'shell-profile':
      if (HIDDEN_FIRST.test(line)) return { why: 'puts a hidden folder before the programs of the system' };
      return LEFT_RUNNING.test(line) && PUBLIC_OR_HIDDEN.test(line)
        ? { why: 'starts a file from a folder that anybody may write or that is hidden at each login' }
        : undefined;
    case 'sudoers':
      if (/NOPASSWD:\s*(?:ALL\b|(?:\S+,\s*)*(?:\/usr)?\/bin\/(?:ba|da|z|k|tc|c)?sh\s*(?:,|$))/.test(line))
        return {
          why: 'may become root without a password',
          // Images of clouds and tools of administration come with such accounts; servers need no such right.
          ...(/NOPASSWD:\s*ALL\b/.test(line) && !OF_SERVERS.test(line) ? { unjudged: true } : {}),
        };
      return undefined;
    case 'kernel-module':
      return ROOTKITS.test(line) ? { why: `loads the rootkit ${line} into the kernel` } : undefined;
    case 'python-path':
      if (!/^import\s/.test(line) || !/\b(?:exec|eval)\s*\(|b64decode|urlopen|os\.system|\bsubprocess\b/.test(line))
        return undefined;
      // Debuggers and company settings do so in plain words.
      return {
        why: 'runs code whenever Python starts',
        ...(/b64decode|decompress|urlopen|os\.system|\bsubprocess\b/.test(line) ? {} : { unjudged: true }),
      };
    default:
      return undefined;
  }
}

/** A line of authorized_keys (sshd(8)): options, kind, key, comment. */
const KEY = /^(?:(.{0,1000}?)\s)?((?:ssh-|ecdsa-|sk-)[\w@.-]{3,60})\s+(\S+)\s*(.*)$/;

function persistenceIn(file: HostFile, kind: Persistence['kind']): Persistence[] {
  const found: Persistence[] = [];
  for (const [number, line] of linesOf(file)) {
    const plain = line.trim();
    if (plain === '' || plain.startsWith('#')) continue;
    const proof = proofOf(file, number, plain);
    // at(1) writes down the environment and the folder of who ordered the job.
    if (kind === 'cron' && /^(?:\w+=.*; export \w+|cd \S+ \|\| \{)$/.test(plain)) continue;
    const telling = tellingOf(plain);
    if (telling === HARD_TO_REMOVE && USUAL_PRELOAD.test(plain)) continue;
    const key = kind === 'authorized-key' ? KEY.exec(plain.slice(0, 8192)) : undefined;
    if (telling !== undefined) found.push({ kind, why: telling, proof });
    else if (key)
      found.push({
        kind,
        why: key[4] === '' ? 'a key without a comment may log in' : `the key "${key[4]!.slice(0, 80)}" may log in`,
        proof: { ...proof, text: `${plain.slice(0, 40)}... ${key[4]!.slice(0, 80)}` },
        unjudged: true,
      });
    else {
      const said = placeSays(kind, plain, file.file);
      if (said) found.push({ kind, ...said, proof });
    }
  }
  return found.slice(0, 200);
}

/** Commands of a history that tell, each with its own time; the file's time is that of the last one. */
function historyIn(file: HostFile): Persistence[] {
  const found: Persistence[] = [];
  for (const { line, command, time } of historyEntries(file)) {
    const why = tellingOf(command);
    if (why === undefined || isRoutine(why, command)) continue;
    found.push({
      kind: 'history',
      why,
      proof: { ...proofOf(file, line, command), time },
      ...(letsKeyIn(command) ? { unjudged: true } : {}),
    });
    if (found.length === 200) break;
  }
  return found;
}

/** Reads the host files that are no scripts of the web. */
export function readHost(files: readonly HostFile[]): {
  accounts: Account[];
  persistence: Persistence[];
  indicators: Indicator[];
  /** Ways in that files tell of. */
  entries: NonNullable<IntrusionSheet['entry']>[];
} {
  const accounts: Account[] = [];
  const persistence: Persistence[] = [];
  const locked = lockedAccounts(files);
  for (const file of files) {
    append(accounts, accountsIn(file, locked));
    const kind = persistenceKind(file);
    if (kind === 'history') append(persistence, historyIn(file));
    else if (kind) append(persistence, persistenceIn(file, kind));
    else
      append(persistence, [
        ...containersIn(file),
        ...setUserIdPrograms(file),
        ...oddProcesses(file),
        ...oddServerModules(file),
      ]);
  }
  const packages = packageScripts(files);
  append(persistence, packages.persistence);
  const seen = new Set<string>();
  const indicators = persistence
    .filter(({ kind, unjudged }) => kind !== 'authorized-key' || !unjudged)
    .flatMap(({ proof }) => indicatorsIn(proof.text, proof))
    .concat(packages.indicators, files.flatMap(toolsIn).slice(0, 1000))
    .filter(({ kind, value }) => !seen.has(`${kind} ${value}`) && seen.add(`${kind} ${value}`));
  return { accounts, persistence, indicators, entries: packages.entries };
}
