/** Reads a policy file and refuses anything it does not understand: a rule that is misspelt must not silently pass everything. */

import { PRIORITIES, type Priority } from '../../finding.ts';
import { GROUPS, groupCode, parseSuite, suiteCode } from '../../tls/registries/index.ts';
import type { Policy, PolicyRule, SuiteCondition } from './types.ts';

export const PROTOCOLS = ['SSLv2', 'SSLv3', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
const FEATURES = [
  'secureRenegotiation',
  'extendedMasterSecret',
  'encryptThenMac',
  'compression',
  'fallbackScsv',
  'stapling',
  'heartbeat',
  'keyReuse',
  'sessionTickets',
  'earlyData',
  'clientInitiatedRenegotiation',
] as const;

const RULE_KEYS = new Set([
  'id',
  'title',
  'priority',
  'refs',
  'effective',
  'until',
  'allowed_until',
  'deny_protocols',
  'require_protocols',
  'deny_suites',
  'allow_suites',
  'deny_groups',
  'allow_groups',
  'require_any_group',
  'minimum',
  'features',
  'tag',
  'remedy',
]);
const CONDITION_KEYS: Readonly<Record<string, keyof SuiteCondition>> = {
  protocol: 'protocol',
  suite: 'suite',
  kx: 'kx',
  auth: 'auth',
  cipher: 'cipher',
  mode: 'mode',
  mac: 'mac',
  aead: 'aead',
  forward_secret: 'forwardSecret',
  export: 'exportGrade',
  strength_below: 'strengthBelow',
};

type Raw = { [key: string]: unknown };

/**
 * Turns a parsed YAML document into a policy.
 * @returns the policy, or every complaint about the document
 */
export function readPolicy(value: unknown): { policy: Policy } | { complaints: string[] } {
  const complaints: string[] = [];
  const raw = isGroup(value) ? value : {};
  for (const key of ['id', 'title', 'source', 'rules']) if (!(key in raw)) complaints.push(`"${key}" is missing`);
  const source = isGroup(raw.source) ? raw.source : {};
  for (const key of ['name', 'url', 'published'])
    if (typeof source[key] !== 'string') complaints.push(`source.${key} is missing`);
  const rules: PolicyRule[] = [];
  const seen = new Set<string>();
  for (const [i, entry] of (Array.isArray(raw.rules) ? raw.rules : []).slice(0, 500).entries()) {
    const rule = readRule(isGroup(entry) ? entry : {}, `rule ${i + 1}`, complaints);
    if (seen.has(rule.id)) complaints.push(`rule id "${rule.id}" is used twice`);
    seen.add(rule.id);
    rules.push(rule);
  }
  if (complaints.length > 0) return { complaints };
  return {
    policy: {
      id: String(raw.id),
      title: String(raw.title),
      source: {
        name: String(source.name),
        url: String(source.url),
        published: String(source.published),
        ...(typeof source.note === 'string' ? { note: source.note } : {}),
      },
      rules,
    },
  };
}

function readRule(raw: Raw, place: string, complaints: string[]): PolicyRule {
  const id = typeof raw.id === 'string' ? raw.id : '';
  const where = id || place;
  const say = (text: string): void => void complaints.push(`${where}: ${text}`);
  if (!/^[a-z0-9][a-z0-9.-]{0,63}$/.test(id)) say('needs an id of small letters, digits and hyphens');
  for (const key of Object.keys(raw)) if (!RULE_KEYS.has(key)) say(`"${key}" is not known`);
  const priority = raw.priority as Priority;
  if (!PRIORITIES.includes(priority)) say('priority must be urgent, important or routine');
  const rule: PolicyRule = { id, title: String(raw.title ?? ''), priority, refs: strings(raw.refs, 'refs', say) };
  if (rule.title === '') say('title is missing');
  if (rule.refs.length === 0) say('refs must name at least one source');
  for (const [key, field] of [
    ['effective', 'effective'],
    ['until', 'until'],
    ['allowed_until', 'allowedUntil'],
  ] as const) {
    if (raw[key] === undefined) continue;
    const date = raw[key] instanceof Date ? (raw[key] as Date).toISOString().slice(0, 10) : String(raw[key]);
    if (Number.isNaN(Date.parse(date))) say(`${key} is not a date`);
    rule[field] = date;
  }
  if (raw.deny_protocols !== undefined)
    rule.denyProtocols = known(raw.deny_protocols, PROTOCOLS, 'deny_protocols', say);
  if (raw.require_protocols !== undefined)
    rule.requireProtocols = known(raw.require_protocols, PROTOCOLS, 'require_protocols', say);
  if (raw.deny_suites !== undefined)
    rule.denySuites = readCondition(isGroup(raw.deny_suites) ? raw.deny_suites : {}, say);
  if (raw.allow_suites !== undefined) {
    const allow = isGroup(raw.allow_suites) ? raw.allow_suites : {};
    rule.allowSuites = {
      protocol: known(allow.protocol, PROTOCOLS, 'allow_suites.protocol', say),
      suites: suiteNames(allow.suites, say),
    };
  }
  for (const [key, field] of [
    ['deny_groups', 'denyGroups'],
    ['allow_groups', 'allowGroups'],
    ['require_any_group', 'requireAnyGroup'],
  ] as const) {
    if (raw[key] !== undefined) rule[field] = groupNames(raw[key], key, say);
  }
  if (isGroup(raw.minimum)) {
    rule.minimum = {};
    for (const [name, bits] of Object.entries(raw.minimum)) {
      if ((name === 'dh' || name === 'rsa' || name === 'ec') && typeof bits === 'number') rule.minimum[name] = bits;
      else say(`minimum.${name} is not known`);
    }
  }
  if (isGroup(raw.features)) {
    rule.features = {};
    for (const [name, wanted] of Object.entries(raw.features)) {
      if ((FEATURES as readonly string[]).includes(name) && typeof wanted === 'boolean') rule.features[name] = wanted;
      else say(`features.${name} is not known`);
    }
  }
  if (typeof raw.tag === 'string') rule.tag = raw.tag;
  if (typeof raw.remedy === 'string') rule.remedy = raw.remedy;
  return rule;
}

function readCondition(raw: Raw, say: (text: string) => void): SuiteCondition {
  const condition: { [key: string]: unknown } = {};
  for (const [key, value] of Object.entries(raw)) {
    const field = CONDITION_KEYS[key];
    if (!field) {
      say(`deny_suites.${key} is not known`);
      continue;
    }
    if (typeof value === 'boolean' || typeof value === 'number') condition[field] = value;
    else if (field === 'suite') condition[field] = suiteNames(value, say);
    else if (field === 'protocol') condition[field] = known(value, PROTOCOLS, 'deny_suites.protocol', say);
    else condition[field] = strings(value, `deny_suites.${key}`, say);
  }
  return condition as SuiteCondition;
}

function isGroup(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function strings(value: unknown, name: string, say: (text: string) => void): string[] {
  if (Array.isArray(value) && value.every((v) => typeof v === 'string')) return value;
  say(`${name} must be a list of words`);
  return [];
}

function known(value: unknown, allowed: readonly string[], name: string, say: (text: string) => void): string[] {
  const list = strings(value, name, say);
  for (const word of list)
    if (!allowed.includes(word)) say(`${name}: "${word}" is not known; there are ${allowed.join(', ')}`);
  return list;
}

function suiteNames(value: unknown, say: (text: string) => void): string[] {
  const list = strings(value, 'suites', say);
  for (const name of list) {
    const code = suiteCode(name);
    if (code === undefined || parseSuite(code) === undefined) say(`"${name}" is no IANA cipher suite name`);
  }
  return list;
}

function groupNames(value: unknown, name: string, say: (text: string) => void): string[] {
  const list = strings(value, name, say);
  return list.map((word) => {
    const code = groupCode(word);
    const official = GROUPS.find(([c]) => c === code)?.[1];
    if (official === undefined) say(`${name}: "${word}" is no registered group`);
    return official ?? word;
  });
}
