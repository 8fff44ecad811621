/** Inputs of `paymedic ciphers` from the command line and the disk: targets, policies, configurations with their includes. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import type { DialerTarget } from '../../ciphers/live/line.ts';
import { STARTTLS_PROTOCOLS, type StartTlsProtocol } from '../../ciphers/live/starttls.ts';
import { readPolicy } from '../../ciphers/policy/read.ts';
import type { Policy } from '../../ciphers/policy/types.ts';
import type { Listener, ServerConfigObservation } from '../../ciphers/types.ts';
import type { EvidenceRef } from '../../finding.ts';
import { UserError } from '../exit.ts';
import { filesMatching } from './glob.ts';

const CONFIGURATION_SOFTWARE = new Set(['nginx', 'httpd', 'haproxy', 'stunnel', 'tomcat', 'envoy']);

export interface LiveTarget {
  target: DialerTarget;
  anchor: EvidenceRef;
  software?: string;
}

/** `host:port`, `[v6]:port`, `host` (port 443). Undefined when it is none. */
export function parseTarget(text: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.%]{2,64})\]|([^\s:/[\]]{1,253}))(?::(\d{1,5}))?$/.exec(text);
  if (!match) return undefined;
  const port = match[3] === undefined ? 443 : Number(match[3]);
  if (port < 1 || port > 65535) return undefined;
  return { host: match[1] ?? match[2]!, port };
}

/** One target of the command line or of a targets file, with the words behind it. */
export function liveTarget(
  text: string,
  words: readonly string[],
  anchor: EvidenceRef,
  defaults: { serverName?: string; starttls?: string },
): LiveTarget {
  const parsed = parseTarget(text);
  const place = anchor.line === undefined ? '' : `${anchor.file}:${anchor.line}: `;
  if (!parsed)
    throw new UserError(`${place}"${text}" is neither a file nor host:port`, {
      next: 'write pay.example.com:443 or [2001:db8::1]:443',
    });
  let serverName = defaults.serverName;
  let starttls = defaults.starttls;
  let software: string | undefined;
  for (const word of words) {
    const [name, value = ''] = word.split('=', 2);
    if (name === 'sni') serverName = value;
    else if (name === 'starttls') starttls = value;
    else if (name === 'software') software = value;
    else
      throw new UserError(`${place}"${word}" is not known`, {
        next: 'sni=NAME, starttls=PROTOCOL or software=NAME/VERSION',
      });
  }
  if (starttls !== undefined && !(STARTTLS_PROTOCOLS as readonly string[]).includes(starttls)) {
    throw new UserError(`${place}starttls "${starttls}" is not known`, { next: STARTTLS_PROTOCOLS.join(', ') });
  }
  const sni = serverName ?? (/^[\d.]+$|:/.test(parsed.host) ? undefined : parsed.host);
  return {
    target: {
      ...parsed,
      ...(sni === undefined || sni === '' ? {} : { serverName: sni }),
      ...(starttls === undefined ? {} : { starttls: starttls as StartTlsProtocol }),
    },
    anchor,
    ...(software === undefined ? {} : { software }),
  };
}

/** A targets file: one `host:port [sni=..] [starttls=..] [software=..]` per line, `#` starts a comment. */
export function readTargets(file: string, defaults: { serverName?: string; starttls?: string }): LiveTarget[] {
  const out: LiveTarget[] = [];
  for (const [index, raw] of readText(file, 'targets file').split(/\r?\n/).entries()) {
    const words = raw
      .replace(/#.*$/, '')
      .trim()
      .split(/\s+/)
      .filter((w) => w !== '');
    if (words.length === 0) continue;
    out.push(
      liveTarget(words[0]!, words.slice(1), { file, line: index + 1, text: raw.trim().slice(0, 200) }, defaults),
    );
  }
  if (out.length === 0) throw new UserError(`${file} names no target`);
  return out;
}

/** Text of a file the user named. */
export function readText(file: string, what: string): string {
  try {
    if (statSync(file).size > 16 * 1024 * 1024) throw new UserError(`${file} is too large for a ${what}`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`cannot read the ${what} ${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}

/**
 * Shipped policies by id, or the user's own file.
 * @throws UserError for an unknown id or a file that is no valid policy
 */
export async function loadPolicies(names: readonly string[], shipped: { [id: string]: unknown }): Promise<Policy[]> {
  const load = async (name: string): Promise<Policy> => {
    const own = name.includes('/') || /\.ya?ml$/.test(name);
    const document = own
      ? (await import('./own-policy.ts')).policyDocument(name, readText(name, 'policy'))
      : shipped[name];
    if (document === undefined)
      throw new UserError(`there is no policy "${name}"`, {
        next: `policies: ${Object.keys(shipped).sort().join(', ')}, or a YAML file of your own`,
      });
    const read = readPolicy(document);
    if ('complaints' in read)
      throw new UserError(`the policy ${name} is not valid: ${read.complaints.slice(0, 5).join('; ')}`);
    return read.policy;
  };
  return Promise.all(names.map(load));
}

/** Reads a configuration with the files it includes, as the server would find them below `root`. */
export async function readConfiguration(
  file: string,
  root: string | undefined,
  software: string | undefined,
  onInclude: (file: string) => void = () => {},
): Promise<ServerConfigObservation | undefined> {
  const { readServerConfig } = await import('../../ciphers/config/index.ts');
  const base = dirname(file);
  const include = (pattern: string, from: string): { file: string; text: string }[] | undefined => {
    const candidates = isAbsolute(pattern)
      ? [join(root ?? '/', pattern)]
      : [join(base, pattern), join(dirname(from), pattern)];
    let looked = false;
    for (const candidate of candidates) {
      const found = filesMatching(candidate);
      looked ||= found !== undefined;
      if (found && found.length > 0)
        return found.map((path) => {
          onInclude(path);
          return { file: relative('.', path) || path, text: readText(path, 'included file') };
        });
    }
    return looked ? [] : undefined;
  };
  return readServerConfig(readText(file, 'configuration'), file, { include, ...(software ? { software } : {}) });
}

/** A configuration and every file it includes. */
export async function filesOf(file: string, root: string | undefined, software: string | undefined): Promise<string[]> {
  const files = [file];
  await readConfiguration(file, root, software, (included) => files.push(included));
  return files;
}

/** Key types of a listener's certificates, when the files can be read. */
export function keyTypesOf(
  root: string | undefined,
  configuration: string,
): (listener: Listener) => ('RSA' | 'EC')[] | undefined {
  const cache = new Map<string, 'RSA' | 'EC' | undefined>();
  return (listener) => {
    const types = (listener.settings.certificates ?? []).map(({ value }) => {
      if (!cache.has(value)) cache.set(value, keyType(placed(value, root, configuration)));
      return cache.get(value);
    });
    return types.length > 0 && types.every((t) => t !== undefined) ? types : undefined;
  };
}

/** Tells of a listener whether parameters for DHE stand in the file of a certificate; undefined when one cannot be read. */
export function dhInBundleOf(
  root: string | undefined,
  configuration: string,
): (listener: Listener) => boolean | undefined {
  return (listener) => {
    const texts = (listener.settings.certificates ?? []).map(({ value }) => {
      try {
        return readFileSync(placed(value, root, configuration), 'utf8');
      } catch {
        return undefined;
      }
    });
    if (texts.some((text) => text?.includes('BEGIN DH PARAMETERS'))) return true;
    return texts.length === 0 || texts.includes(undefined) ? undefined : false;
  };
}

function placed(path: string, root: string | undefined, configuration: string): string {
  return isAbsolute(path) ? join(root ?? '/', path) : join(dirname(configuration), path);
}

function keyType(path: string): 'RSA' | 'EC' | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    const kind = text.includes('BEGIN CERTIFICATE')
      ? new X509Certificate(text).publicKey.asymmetricKeyType
      : createPrivateKey(text).asymmetricKeyType;
    return kind === 'ec' ? 'EC' : kind === 'rsa' ? 'RSA' : undefined;
  } catch {
    return undefined;
  }
}

/** Software whose configuration syntax is to be assumed, from `--software NAME/VERSION`. */
export function softwareHint(option: string | undefined): string | undefined {
  const name = option?.split('/')[0];
  return name && CONFIGURATION_SOFTWARE.has(name) ? name : undefined;
}
