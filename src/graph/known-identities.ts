/** Identities on record in the evidence: pin files, inventories and baselines, found by what they hold, not by their names. */
import type { SmallFacts } from '../evidence/small-facts.ts';
import type { EvidenceRef } from '../finding.ts';
import { isoDay } from '../instant.ts';
import {
  type IdentityField,
  identityField,
  identityOf,
  isHostName,
  type KnownIdentity,
  sha256Of,
} from '../x509/known-identities.ts';

/** An identity with the place where it is on record. */
export interface RecordedIdentity extends KnownIdentity {
  evidence: EvidenceRef;
}

type Values = Partial<Record<IdentityField, string[]>>;
const MOST = 20_000;

function add(values: Values, field: IdentityField, value: string): void {
  const list = values[field];
  if (!list) values[field] = [value];
  else if (list.length < 100) list.push(value);
}

/** Keys above a host's record that are no part of its name. */
const CONTAINER =
  /^(?:\d+|pins?|pinning|pinned|pinnedkeys|hosts?|servers?|peers?|partners?|endpoints?|domains?|known|identities|baselines?|certificates?|inventory|tls|ssl|security|spki|trusted)$/i;

/** Host name that a dotted key ends with, once the keys around it are taken off. */
function hostInKey(parts: string[]): string | undefined {
  let from = 0;
  while (from < parts.length - 1 && CONTAINER.test(parts[from]!)) from++;
  const host = parts.slice(from).join('.').toLowerCase();
  return isHostName(host) ? host : undefined;
}

/** Records of YAML, JSON, INI and TOML files: neighbouring keys with one parent. */
function fromSettings(facts: SmallFacts): RecordedIdentity[] {
  const groups = new Map<string, { file: string; line: number; path: string[]; values: Values }>();
  for (const { file, line, key, value } of facts.settings) {
    const parts = key.split('.');
    if (/^\d+$/.test(parts.at(-1)!)) parts.pop();
    const leaf = parts.pop();
    if (leaf === undefined || value === '') continue;
    const field = identityField(leaf);
    // `gw.bank.example: sha256/...`: the whole key is the host.
    const bare = field === undefined && sha256Of(value) !== undefined && /^(?:pin-)?sha-?256/i.test(value.trim());
    if (!field && !bare) continue;
    const path = bare ? [...parts, leaf] : parts;
    const id = `${file}\n${path.join('.')}`;
    let group = groups.get(id);
    if (!group) {
      if (groups.size >= MOST) break;
      group = { file, line, path, values: {} };
      groups.set(id, group);
    }
    add(group.values, bare ? 'key' : field!, value);
  }
  const out: RecordedIdentity[] = [];
  for (const { file, line, path, values } of groups.values()) {
    const host = values.name ? undefined : hostInKey(path);
    const identity = identityOf(host ? { ...values, name: [host] } : values);
    // Application settings name hosts, keys and issuers for other reasons: without a hash an entry is no record.
    if (!identity || identity.keys.length + identity.certificates.length === 0) continue;
    out.push({ ...identity, evidence: { file, line, text: says(identity) } });
  }
  return out;
}

/** Columns that a list of issued certificates (certificate transparency) has, and no record of one's own identities. */
const ISSUANCE_LOG = /^(?:ct|log|logged|logged_?at|log_?id|sct|entry|entry_?id|entry_?timestamp|crt\.?sh.*)$/i;

/** Rows of tables: `paymedic inventory` and others with a name, and a key, certificate or issuer. */
function fromTables(facts: SmallFacts): RecordedIdentity[] {
  const out: RecordedIdentity[] = [];
  for (const table of facts.tables) {
    if (table.header.some((h) => ISSUANCE_LOG.test(h.trim()))) continue;
    const fields = table.header.map((h) => identityField(h));
    const has = (...wanted: IdentityField[]): boolean => fields.some((f) => f !== undefined && wanted.includes(f));
    if (!has('name', 'subject') || !has('key', 'certificate')) continue;
    for (const { line, cells } of table.rows) {
      const values: Values = {};
      fields.forEach((field, i) => {
        const cell = cells[i]?.trim();
        if (field && cell) add(values, field, cell);
      });
      const identity = identityOf(values);
      if (identity) out.push({ ...identity, evidence: { file: table.file, line, text: says(identity) } });
    }
  }
  return out;
}

/** Pins of an Android network security configuration: domains and digests inside one `domain-config`. */
function fromAndroid(facts: SmallFacts): RecordedIdentity[] {
  const out: RecordedIdentity[] = [];
  for (const { file, text } of facts.texts) {
    if (!text.includes('<pin-set') || out.length >= MOST) continue;
    for (const [i, block] of text.split('<domain-config').entries()) {
      if (i === 0 || !block.includes('<pin-set')) continue;
      const inside = block.slice(0, 20_000);
      const identity = identityOf({
        name: [...inside.matchAll(/<domain(?:\s[^>]{0,200})?>([^<]{1,253})(?=<)/g)].map((m) => m[1]!.trim()),
        key: [...inside.matchAll(/<pin(?:\s[^>]{0,200})?>([^<]{1,100})(?=<)/g)].map((m) => m[1]!.trim()),
      });
      const line = text.slice(0, text.indexOf(block)).split('\n').length;
      if (identity) out.push({ ...identity, evidence: { file, line, text: says(identity) } });
    }
  }
  return out;
}

const says = (i: KnownIdentity): string =>
  `on record for ${i.names.slice(0, 3).join(', ')}: ${[
    i.issuer ? `issuer ${i.issuer}` : '',
    i.keys.length
      ? `key ${i.keys
          .map((k) => k.slice(0, 16))
          .slice(0, 3)
          .join(', ')}`
      : '',
    i.serial ? `serial ${i.serial}` : '',
    i.lastSeen === undefined ? '' : `last seen ${isoDay(i.lastSeen)}`,
  ]
    .filter(Boolean)
    .join(', ')}`;

/** Every identity on record. Pure. */
export function recordedIdentities(facts: SmallFacts): RecordedIdentity[] {
  return [...fromTables(facts), ...fromSettings(facts), ...fromAndroid(facts)].slice(0, MOST);
}

/** Those for a host, also by a wildcard for its domain (RFC 9525 section 6.3: one label). */
export function identitiesFor(list: readonly RecordedIdentity[], host: string): RecordedIdentity[] {
  const name = host.toLowerCase().replace(/\.$/, '');
  const wild = `*.${name.split('.').slice(1).join('.')}`;
  return list.filter((i) => i.names.includes(name) || i.names.includes(wild));
}
