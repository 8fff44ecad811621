/** What the project file gives to a command: options that the command line did not set, own legs and hosts, names of merchants. */
import type { Command } from 'commander';
import type { TopologyFact, TopologyLeg } from '../../evidence/small-facts.ts';
import { safeText } from '../../report/safe-text.ts';
import type { Contact } from '../../report/types.ts';
import type { Environment } from '../terminal.ts';
import { type ConfigEntry, type ConfigProblem, type ConfigValue, contactsOf, loadConfig } from './config.ts';

/** The project file in the shape that commands use. */
export interface Project {
  options: { lang?: string; failOn?: string; zone?: string; waivers?: string; policy?: string[]; threshold?: string[] };
  contacts: Contact[];
  /** Names by merchant number. */
  merchants: { [id: string]: string };
  topology?: TopologyFact;
  /** Lines that say what is wrong with the file, for standard error. */
  faults: string[];
}

let known: Project | undefined;

/** The configuration in force in the working folder, read once. */
export function projectInForce(env: Environment = process.env): Project {
  known ??= projectOf(loadConfig('.', env));
  return known;
}

/** The configuration as options, contacts, merchants and topology. */
function projectOf(config: { entries: readonly ConfigEntry[]; problems: ConfigProblem[] }): Project {
  const values = new Map(config.entries.map((entry) => [entry.key, entry]));
  const text = (key: string): string | undefined => {
    const value = values.get(key)?.value;
    return typeof value === 'string' ? value : undefined;
  };
  const texts = (key: string): string[] => {
    const value = values.get(key)?.value;
    return Array.isArray(value) ? value.map(String) : [];
  };
  const pairs = (key: string): [string, ConfigValue][] => {
    const value = values.get(key)?.value;
    return typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
  };
  const options: Project['options'] = {};
  const language = text('language');
  const failOn = text('fail-on');
  const zone = text('zone');
  const waivers = text('waivers');
  if (language) options.lang = language;
  if (failOn) options.failOn = failOn;
  if (zone) options.zone = zone;
  if (waivers) options.waivers = waivers;
  const policies = texts('policies');
  if (policies.length) options.policy = policies;
  const thresholds = pairs('thresholds').map(([name, number]) => `${name}=${number}`);
  if (thresholds.length) options.threshold = thresholds;
  const topology = topologyOf(
    values.get('legs')?.value,
    texts('own-hosts'),
    values.get('legs') ?? values.get('own-hosts'),
  );
  return {
    options,
    contacts: contactsOf(config.entries),
    merchants: Object.fromEntries(pairs('merchants').map(([id, name]) => [id, String(name)])),
    ...(topology ? { topology } : {}),
    faults: config.problems.map((p) => `${p.file}:${p.line}:${p.column}: ${safeText(p.says)}`),
  };
}

/**
 * Fills options of a command that neither the command line nor the environment of the option set.
 * `policies` count for the audit of `ciphers` only; `logs --fail-on` speaks of other things than priorities.
 */
export function applyProject(command: Command, project: Project): void {
  for (const [name, value] of Object.entries(project.options)) {
    const option = command.options.find((o) => o.attributeName() === name);
    if (!option || command.getOptionValueSource(name) === 'cli') {
      // Thresholds of the file stay in force beside those of the command line, which come last and win.
      if (option && name === 'threshold')
        command.setOptionValueWithSource(name, [...(value as string[]), ...command.getOptionValue(name)], 'config');
      continue;
    }
    if (name === 'policy' && command.name() !== 'ciphers') continue;
    if (name === 'failOn' && !option.flags.includes('<priority>')) continue;
    command.setOptionValueWithSource(name, value, 'config');
  }
}

function topologyOf(
  legs: ConfigValue | undefined,
  ownHosts: string[],
  from: ConfigEntry | undefined,
): TopologyFact | undefined {
  if (!from) return undefined;
  const list = Array.isArray(legs) ? legs : [];
  return {
    file: from.origin.replace(/:\d+:\d+$/, ''),
    nodes: [],
    legs: list.flatMap((leg): TopologyLeg[] => {
      if (typeof leg !== 'object' || Array.isArray(leg)) return [];
      const { name, to, host, port, tls, mutual } = leg;
      const target = host ?? to;
      return [
        {
          name: String(name ?? target ?? ''),
          ...(target === undefined ? {} : { to: String(target) }),
          ...(typeof port === 'number' ? { port } : {}),
          ...(typeof tls === 'boolean' ? { tls } : {}),
          ...(typeof mutual === 'boolean' ? { mutual } : {}),
          raw: Object.fromEntries(Object.entries(leg).map(([key, value]) => [key, String(value)])),
        },
      ];
    }),
    internalNetworks: [],
    callbackRanges: [],
    ...(ownHosts.length ? { ownDomains: ownHosts, site: ownHosts[0]! } : {}),
    raw: {},
  };
}
