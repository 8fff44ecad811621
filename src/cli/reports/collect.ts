/** A bundle from this host: listed read-only commands and copies, bounded, hashed, without private keys. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, readSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { counted } from '../../wording.ts';

export interface CollectOptions {
  out: string;
  /** Files and folders of logs; the newest `maxBytes` of each file are copied. */
  logs: string[];
  /** Files and folders of configurations and certificates. */
  configurations: string[];
  /** Only logs written to at or after this time, ms UTC. */
  since: number;
  now: number;
  maxBytes: number;
  /** Names whose addresses are asked of the resolvers of this host. */
  names: string[];
  /** Seconds of capture; none when undefined. */
  capture?: { seconds: number; interface: string; port: number };
}

export interface CollectedItem {
  path: string;
  from: string;
  bytes: number;
  sha256: string;
}

export interface Plan {
  commands: { name: string; argv: string[] }[];
  copies: { from: string; to: string; limit: number }[];
}

const COMMAND_TIMEOUT_MS = 15_000;
const MAX_OUTPUT = 16 * 2 ** 20;
const MAX_FILES = 2000;
const MAX_NAMES = 100;
const MAX_DEPTH = 6;
const CONFIG_BYTES = 4 * 2 ** 20;
const CONFIG_NAMES = /\.(conf|cfg|cnf|ya?ml|properties|ini|xml|pem|crt|cer|der|crl|p7b)$/i;

/** Commands that only read. None takes a word from outside. */
const COMMANDS: readonly (readonly [name: string, argv: readonly string[]])[] = [
  ['meta/uname.txt', ['uname', '-a']],
  ['meta/clock-timedatectl.txt', ['timedatectl']],
  ['meta/clock-chrony.txt', ['chronyc', '-n', 'tracking']],
  ['meta/sockets.txt', ['ss', '-tan']],
  ['meta/addresses.txt', ['ip', '-brief', 'address']],
  ['meta/routes.txt', ['ip', 'route']],
  ['meta/versions-openssl.txt', ['openssl', 'version', '-a']],
  ['meta/versions-nginx.txt', ['nginx', '-v']],
  ['meta/versions-haproxy.txt', ['haproxy', '-v']],
  ['meta/versions-java.txt', ['java', '-version']],
  ['meta/versions-node.txt', ['node', '--version']],
];

function* filesUnder(path: string, depth = 0): Generator<string> {
  let info: ReturnType<typeof lstatSync>;
  try {
    info = depth === 0 ? statSync(path) : lstatSync(path);
  } catch {
    return;
  }
  if (info.isFile()) yield path;
  else if (info.isDirectory() && depth < MAX_DEPTH) {
    let names: string[] = [];
    try {
      names = readdirSync(path).sort();
    } catch {
      return;
    }
    for (const name of names) yield* filesUnder(join(path, name), depth + 1);
  }
}

const flat = (path: string): string => path.replace(/^\/+/, '').replaceAll('/', '__');

/** A log that a rotation took away between listing and looking is simply not there. */
function writtenSince(file: string, since: number): boolean {
  try {
    return statSync(file).mtimeMs >= since;
  } catch {
    return false;
  }
}

/** What would be run and copied; nothing is done yet. */
export function planCollection(options: CollectOptions): Plan {
  const copies: Plan['copies'] = [];
  for (const root of options.configurations) {
    for (const file of filesUnder(root))
      if (file === root || CONFIG_NAMES.test(file))
        copies.push({ from: file, to: join('configuration', flat(file)), limit: CONFIG_BYTES });
  }
  for (const root of options.logs) {
    for (const file of filesUnder(root))
      if (writtenSince(file, options.since))
        copies.push({ from: file, to: join('logs', flat(file)), limit: options.maxBytes });
  }
  for (const file of ['/etc/hosts', '/etc/resolv.conf', '/etc/os-release'])
    copies.push({ from: file, to: join('meta', basename(file)), limit: CONFIG_BYTES });
  const commands = COMMANDS.map(([name, argv]) => ({ name, argv: [...argv] }));
  if (options.capture) {
    const { seconds, interface: device, port } = options.capture;
    commands.push({
      name: 'captures/traffic.pcap',
      argv: [
        'timeout',
        String(seconds),
        'tcpdump',
        '-i',
        device,
        '-s',
        '2048',
        '-c',
        '200000',
        '-U',
        '-w',
        join(options.out, 'captures/traffic.pcap'),
        'tcp',
        'port',
        String(port),
      ],
    });
  }
  return { commands, copies: copies.slice(0, MAX_FILES) };
}

/** The last `limit` bytes, from the start of a line where something was left out. */
function tail(path: string, limit: number): { data: Buffer; skipped: number } {
  const handle = openSync(path, 'r');
  try {
    const size = statSync(path).size;
    const start = Math.max(0, size - limit);
    const data = Buffer.alloc(Math.min(size, limit));
    const length = readSync(handle, data, 0, data.length, start);
    const from = start ? data.indexOf(10) + 1 : 0;
    return { data: data.subarray(from, length), skipped: start + from };
  } finally {
    closeSync(handle);
  }
}

/** Answers in the form of a zone file (RFC 1035 section 5.1), as dig prints them; failures as comments. */
async function answers(names: readonly string[], now: number): Promise<string> {
  const resolver = new Resolver({ timeout: 3000, tries: 2 });
  const lines = [`; asked ${resolver.getServers().join(' ')} at ${new Date(now).toISOString()}`];
  for (const name of names.slice(0, MAX_NAMES)) {
    const failed = (type: string) => (error: NodeJS.ErrnoException) => {
      lines.push(`; ${name} ${type}: ${error.code ?? 'failed'}`);
      return [];
    };
    for (const alias of await resolver.resolveCname(name).catch(() => [])) lines.push(`${name}. 0 IN CNAME ${alias}.`);
    for (const { address, ttl } of await resolver.resolve4(name, { ttl: true }).catch(failed('A')))
      lines.push(`${name}. ${ttl} IN A ${address}`);
    for (const { address, ttl } of await resolver.resolve6(name, { ttl: true }).catch(failed('AAAA')))
      lines.push(`${name}. ${ttl} IN AAAA ${address}`);
  }
  return `${lines.join('\n')}\n`;
}

export interface Collection {
  items: CollectedItem[];
  problems: { what: string; why: string }[];
}

/** Carries the plan out. The folder must not exist yet. */
export async function collect(
  plan: Plan,
  options: CollectOptions,
  progress: (text: string) => void,
): Promise<Collection> {
  const result: Collection = { items: [], problems: [] };
  mkdirSync(options.out, { mode: 0o700 });
  for (const folder of ['meta', 'logs', 'configuration', 'captures'])
    mkdirSync(join(options.out, folder), { mode: 0o700 });
  const keep = (path: string, from: string, data: Buffer): void => {
    writeFileSync(join(options.out, path), data, { flag: 'wx', mode: 0o600 });
    result.items.push({ path, from, bytes: data.length, sha256: createHash('sha256').update(data).digest('hex') });
  };
  keep('meta/now', 'clock', Buffer.from(`${new Date(options.now).toISOString()}\n`));
  for (const { from, to, limit } of plan.copies) {
    progress(from);
    try {
      const { data, skipped } = tail(from, limit);
      if (data.includes('PRIVATE KEY-----'))
        result.problems.push({ what: from, why: 'holds a private key; not copied' });
      else keep(to, from, data);
      if (skipped)
        result.problems.push({
          what: from,
          why: `the first ${counted(skipped, 'byte')} ${skipped === 1 ? 'was' : 'were'} left out (limit ${limit})`,
        });
    } catch (error) {
      result.problems.push({ what: from, why: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})` });
    }
  }
  if (options.names.length) {
    progress('names');
    keep('meta/dns.txt', 'resolvers of this host', Buffer.from(await answers(options.names, options.now)));
  }
  for (const { name, argv } of plan.commands) {
    progress(argv.join(' '));
    const [program = '', ...args] = argv;
    const limit = options.capture && name.endsWith('.pcap') ? (options.capture.seconds + 5) * 1000 : COMMAND_TIMEOUT_MS;
    await new Promise<void>((resolve) => {
      execFile(
        program,
        args,
        { timeout: limit, maxBuffer: MAX_OUTPUT, encoding: 'buffer' },
        (error, stdout, stderr) => {
          const code = (error as NodeJS.ErrnoException | null)?.code;
          if (name.endsWith('.pcap')) {
            try {
              const data = tail(join(options.out, name), Number.MAX_SAFE_INTEGER).data;
              result.items.push({
                path: name,
                from: argv.join(' '),
                bytes: data.length,
                sha256: createHash('sha256').update(data).digest('hex'),
              });
            } catch {
              result.problems.push({
                what: argv.join(' '),
                why: code === 'ENOENT' ? 'not installed' : `no capture: ${stderr.toString().split('\n')[0]}`,
              });
            }
          } else if (code === 'ENOENT') result.problems.push({ what: program, why: 'not installed' });
          else keep(name, argv.join(' '), Buffer.concat([stdout, stderr]));
          resolve();
        },
      );
    });
  }
  const manifest = { schemaVersion: 1, collected: new Date(options.now).toISOString(), ...result };
  writeFileSync(join(options.out, 'meta/manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, {
    flag: 'wx',
    mode: 0o600,
  });
  return result;
}
