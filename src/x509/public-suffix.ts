/** Names under which anybody may register (publicsuffix.org): nobody may speak for all of them. */
import { createRequire } from 'node:module';

interface SuffixLibrary {
  parse(
    name: string,
    options: { allowPrivateDomains: boolean; validateHostname: boolean },
  ): {
    publicSuffix: string | null;
    domain: string | null;
    domainWithoutSuffix: string | null;
    subdomain: string | null;
    isIcann: boolean | null;
    isPrivate: boolean | null;
  };
  getPublicSuffix(
    name: string,
    options: { allowPrivateDomains: boolean; validateHostname: boolean; extractHostname: boolean; detectIp: boolean },
  ): string | null;
}

let library: SuffixLibrary | null | undefined;

/** Loaded with the first question only: the list is larger than the rest of this room. */
function load(): SuffixLibrary | null {
  if (library === undefined) {
    try {
      library = createRequire(import.meta.url)('tldts') as SuffixLibrary;
    } catch {
      library = null;
    }
  }
  return library;
}

export interface HostParts {
  /** `co.uk` */
  suffix: string;
  /** `example` in `www.example.co.uk`; empty when the name is a suffix itself. */
  registered: string;
  /** `www` in `www.example.co.uk`. */
  below: string;
  /** `example.co.uk`, the name that its owner registered. */
  domain: string | undefined;
  /** The suffix is on the list; else it is merely the last label. */
  listed: boolean;
}

/**
 * Takes a host name apart; undefined when the list is not installed or the name is no host name.
 * @param privateToo whether suffixes count that companies run (`github.io`), not only those of registries
 */
export function hostParts(name: string, privateToo = false): HostParts | undefined {
  // Several rules ask about the same few names of one certificate in turn.
  const memory = privateToo ? withPrivate : registriesOnly;
  if (memory.has(name)) return memory.get(name);
  if (memory.size >= MAX_REMEMBERED) memory.clear();
  const parts = takenApart(name, privateToo);
  memory.set(name, parts);
  return parts;
}

const namesOnly = { allowPrivateDomains: false, validateHostname: false, extractHostname: false, detectIp: false };

/**
 * Whether a name is as a whole a suffix of a registry.
 * @param name a plain host name in lower case: labels of letters, digits and inner hyphens, no address, no URL
 */
export const isSuffix = (name: string): boolean => load()?.getPublicSuffix(name, namesOnly) === name;

const MAX_REMEMBERED = 256;
const withPrivate = new Map<string, HostParts | undefined>();
const registriesOnly = new Map<string, HostParts | undefined>();

function takenApart(name: string, privateToo: boolean): HostParts | undefined {
  const found = load()?.parse(name.toLowerCase(), { allowPrivateDomains: privateToo, validateHostname: false });
  if (!found?.publicSuffix) return undefined;
  return {
    suffix: found.publicSuffix,
    registered: found.domainWithoutSuffix ?? '',
    below: found.subdomain ?? '',
    domain: found.domain ?? undefined,
    listed: found.isIcann === true || found.isPrivate === true,
  };
}

/** Whether a wildcard such as `*.co.uk` stands for names of many owners. */
export function isWildcardOnSuffix(name: string): boolean {
  if (!name.startsWith('*.')) return false;
  const base = name.slice(2).toLowerCase();
  const parts = hostParts(base, true);
  return parts?.listed === true && parts.suffix === base;
}
