import { execFile } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { accessSync, constants, existsSync } from 'node:fs';
import { connect, isIP } from 'node:net';
import { rootCertificates, connect as tlsConnect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { EXIT } from '../exit.ts';
import { say } from '../say.ts';
import { speaksUnicode } from '../terminal.ts';

interface Answer {
  state: 'OK' | 'WARN' | 'FAIL';
  area: string;
  says: string;
  fix?: string;
}

const run = promisify(execFile);
const TIMEOUT_MS = 5000;
const SYSTEM_STORES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

async function program(name: string, args: string[], why: string): Promise<Answer> {
  try {
    const { stdout, stderr } = await run(name, args, { timeout: TIMEOUT_MS });
    return { state: 'OK', area: name, says: (stdout || stderr).split('\n')[0]!.slice(0, 100) };
  } catch {
    return {
      state: 'WARN',
      area: name,
      says: `not found; ${why}`,
      fix: `install it when you want that (for example apt-get install ${name})`,
    };
  }
}

function node(): Answer {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const good = major > 20 || (major === 20 && minor >= 19);
  return good
    ? { state: 'OK', area: 'node', says: process.version }
    : { state: 'FAIL', area: 'node', says: `${process.version} is too old`, fix: 'install Node 20.19 or newer' };
}

function data(): Answer[] {
  return (['knowledge/causes.json', 'knowledge/lexicon.json', 'playbooks/triage.json'] as const).map((file) => {
    const found = existsSync(fileURLToPath(new URL(`../${file}`, import.meta.url)));
    return found
      ? { state: 'OK', area: file, says: 'present' }
      : { state: 'FAIL', area: file, says: 'missing', fix: 'install again, or run: npm run build' };
  });
}

function writable(folder: string): Answer {
  try {
    accessSync(folder, constants.W_OK);
    return { state: 'OK', area: 'folder', says: 'the working folder may be written' };
  } catch {
    return {
      state: 'WARN',
      area: 'folder',
      says: 'the working folder cannot be written; reports with =FILE need another place',
      fix: 'change the folder, or name a file elsewhere',
    };
  }
}

async function clock(): Promise<Answer> {
  try {
    const { stdout } = await run('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], { timeout: TIMEOUT_MS });
    return stdout.trim() === 'yes'
      ? { state: 'OK', area: 'clock', says: 'synchronised' }
      : {
          state: 'WARN',
          area: 'clock',
          says: 'not synchronised, as the system says',
          fix: 'chronyc tracking, or timedatectl set-ntp true',
        };
  } catch {
    return {
      state: 'WARN',
      area: 'clock',
      says: 'cannot tell whether it is synchronised',
      fix: 'compare with: date -u',
    };
  }
}

/** Live commands connect by themselves; a proxy that the environment names is not used, and where only it leads out they fail. */
function proxy(): Answer {
  const named = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'].filter((name) => process.env[name]);
  return named.length
    ? {
        state: 'WARN',
        area: 'proxy',
        says: `${named.join(', ')} is set; live checks connect directly, not through it`,
        fix: 'where only the proxy leads out, run live checks from a host with a direct route',
      }
    : { state: 'OK', area: 'proxy', says: 'none set' };
}

/** The roots that certificates are held against. */
function trust(): Answer {
  const extra = process.env.NODE_EXTRA_CA_CERTS;
  if (extra && !existsSync(extra))
    return {
      state: 'WARN',
      area: 'trust',
      says: 'NODE_EXTRA_CA_CERTS names a file that is not there',
      fix: 'correct the variable, or name the roots with certs --trust FILE',
    };
  const store = SYSTEM_STORES.find((file) => existsSync(file));
  return {
    state: 'OK',
    area: 'trust',
    says: `${rootCertificates.length} roots of Node${store ? `, and ${store}` : '; no system store'}`,
  };
}

/** Seconds by which the clock of the target is ahead, from the Date of its answer over TLS (RFC 9110 section 6.6.1). */
function aheadBy(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = tlsConnect({
      host,
      port,
      ...(isIP(host) ? {} : { servername: host }),
      // Only the time is read; whether the certificate is good is the business of certs and triage.
      rejectUnauthorized: false,
      timeout: TIMEOUT_MS,
    });
    let text = '';
    const end = (): void => {
      socket.destroy();
      const date = Date.parse(/^date: ([^\r\n]{1,60})/im.exec(text)?.[1] ?? '');
      resolve(Number.isNaN(date) ? undefined : Math.round((date - Date.now()) / 1000));
    };
    socket.once('secureConnect', () => socket.write(`HEAD / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.length > 8192 || text.includes('\r\n\r\n')) end();
    });
    for (const event of ['timeout', 'error', 'end'] as const) socket.once(event, end);
  });
}

async function targetClock(text: string, host: string, port: number): Promise<Answer> {
  const ahead = await aheadBy(host, port);
  if (ahead === undefined) return { state: 'OK', area: text, says: 'gives no time to compare the clock with' };
  return Math.abs(ahead) <= 5
    ? { state: 'OK', area: text, says: 'its clock agrees with this one within 5 s' }
    : {
        state: 'WARN',
        area: text,
        says: `its clock is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} this one`,
        fix: 'find out which is wrong: chronyc tracking on both; signatures and certificates fail by wrong clocks',
      };
}

async function target(text: string): Promise<Answer[]> {
  const at = text.lastIndexOf(':');
  const [host, port] = at > 0 ? [text.slice(0, at), Number(text.slice(at + 1))] : [text, 443];
  try {
    const addresses = await lookup(host, { all: true });
    const dns: Answer = {
      state: 'OK',
      area: host,
      says: `resolves to ${addresses
        .map((a) => a.address)
        .slice(0, 4)
        .join(', ')}`,
    };
    const reached = await new Promise<string>((resolve) => {
      const socket = connect({ host, port, timeout: TIMEOUT_MS });
      const end = (result: string) => {
        socket.destroy();
        resolve(result);
      };
      socket.once('connect', () => end(''));
      socket.once('timeout', () => end('no answer'));
      socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'failed'));
    });
    return [
      dns,
      reached
        ? { state: 'FAIL', area: text, says: `port ${port}: ${reached}`, fix: 'check firewall, proxy and route' }
        : { state: 'OK', area: text, says: `port ${port} accepts connections` },
      ...(reached ? [] : [await targetClock(text, host, port)]),
    ];
  } catch (error) {
    return [
      {
        state: 'FAIL',
        area: host,
        says: `does not resolve (${(error as NodeJS.ErrnoException).code})`,
        fix: `dig ${host}`,
      },
    ];
  }
}

/** `paymedic doctor`: whether this machine is ready. Contacts nothing except the targets that are named. */
export function register(program_: Command): void {
  program_
    .command('doctor')
    .argument('[target...]', 'host:port to resolve, connect to and compare the clock with')
    .description('Check this machine and installation; every line says OK, WARN or FAIL, and how to fix it.')
    .addHelpText('after', '\nExamples\n  $ paymedic doctor\n  $ paymedic doctor pay.example.com:443\n')
    .action(async (targets: string[]) => {
      const answers: Answer[] = [
        node(),
        ...data(),
        writable(process.cwd()),
        trust(),
        proxy(),
        speaksUnicode(process.env, process.stdout)
          ? { state: 'OK', area: 'terminal', says: 'UTF-8' }
          : {
              state: 'WARN',
              area: 'terminal',
              says: 'no UTF-8 locale; reports fall back to ASCII',
              fix: 'export LC_ALL=C.UTF-8',
            },
        ...(await Promise.all([
          clock(),
          program('openssl', ['version'], 'needed only for the verify commands in reports'),
          program('tcpdump', ['--version'], 'needed only for a capture by paymedic collect'),
        ])),
        ...(await Promise.all(targets.map(target))).flat(),
      ];
      for (const { state, area, says, fix } of answers)
        say(
          `${state.padEnd(5)} ${area}: ${says.replace(/[\p{Cc}\p{Cf}]/gu, '?')}${fix ? `\n      fix: ${fix}` : ''}\n`,
        );
      process.exitCode = answers.some((a) => a.state === 'FAIL') ? EXIT.incomplete : EXIT.ok;
    });
}
