/** Live targets: `host:port` on the command line, or a file with one per line or a YAML list. */
import { isIP } from 'node:net';
import { parse } from 'yaml';
import { refuseHostileYaml } from '../../yaml-bounds.ts';
import { UserError } from '../exit.ts';

export interface Target {
  host: string;
  port: number;
  /** SNI and the name that the certificate must bear. */
  serverName?: string;
  starttls?: string;
  owner?: string;
  link?: string;
  role?: 'server' | 'client' | 'any';
  /** Addresses to connect to instead of those behind the name. */
  backends?: string[];
  /** File whose first certificate should be the one served. */
  file?: string;
}

/** `host:port`, `[::1]:443`, `https://host/`; undefined when the text is no endpoint. */
export function parseTarget(text: string): Target | undefined {
  const url = /^https:\/\/([^/]{1,300})/i.exec(text)?.[1];
  const value = url ?? text;
  const match = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9_.-]{1,253}))(?::(\d{1,5}))?$/.exec(value);
  const port = match?.[3] === undefined ? (url ? 443 : Number.NaN) : Number(match[3]);
  if (!match || !(port >= 1 && port <= 65_535)) return undefined;
  const host = (match[1] ?? match[2])!;
  return { host, port, ...(isIP(host) ? {} : { serverName: host }) };
}

const MAX_TARGETS = 100_000;

/**
 * Reads a targets file. Fields of a YAML entry: target (or host and port), servername, starttls, owner, role, link,
 * backends, file.
 * @throws UserError with the entry that is wrong
 */
export function readTargets(content: string, file: string): Target[] {
  const text = content.replace(/^\ufeff/, '');
  const listed = /^[ \t]*(?:-|targets:)/m.test(text);
  const entries: unknown[] = listed
    ? yamlList(text, file)
    : text
        .split(/\r?\n/)
        .map((l) => l.replace(/#.*$/, '').trim())
        .filter(Boolean);
  if (entries.length > MAX_TARGETS)
    throw new UserError(`${file} names ${entries.length} targets, more than ${MAX_TARGETS}`, {
      next: 'divide the file and scan its parts one after the other',
    });
  return entries.map((entry, i) => {
    const fields = typeof entry === 'string' ? { target: entry } : ((entry ?? {}) as { [key: string]: unknown });
    const word = (name: string): string | undefined =>
      typeof fields[name] === 'string' || typeof fields[name] === 'number' ? String(fields[name]) : undefined;
    const written = word('target') ?? (word('host') ? `${word('host')}:${word('port') ?? 443}` : undefined);
    const target = written === undefined ? undefined : (parseTarget(written) ?? parseTarget(`${written}:443`));
    if (!target)
      throw new UserError(`${file}: entry ${i + 1} is not a target`, {
        next: 'write host:port, or a YAML list with target, owner, role and link',
      });
    const role = word('role');
    if (role !== undefined && role !== 'server' && role !== 'client' && role !== 'any')
      throw new UserError(`${file}: entry ${i + 1}: role "${role}" is none of server, client and any`);
    const serverName = word('servername');
    const starttls = word('starttls');
    const owner = word('owner');
    const link = word('link');
    const path = word('file');
    const backends = Array.isArray(fields.backends)
      ? fields.backends.map(String).filter((b) => isIP(b) !== 0)
      : undefined;
    return {
      ...target,
      ...(serverName ? { serverName } : {}),
      ...(starttls ? { starttls } : {}),
      ...(owner ? { owner } : {}),
      ...(link ? { link } : {}),
      ...(role ? { role } : {}),
      ...(path ? { file: path } : {}),
      ...(backends?.length ? { backends } : {}),
    };
  });
}

function yamlList(text: string, file: string): unknown[] {
  let document: unknown;
  try {
    refuseHostileYaml(text);
    document = parse(text, { maxAliasCount: 20 });
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message.split('\n')[0]}`);
  }
  const list = Array.isArray(document) ? document : (document as { targets?: unknown } | null)?.targets;
  if (!Array.isArray(list)) throw new UserError(`${file}: no list of targets in it`);
  return list;
}
