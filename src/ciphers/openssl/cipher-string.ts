/**
 * The rule language of OpenSSL cipher strings (openssl-ciphers(1)), evaluated for a stated OpenSSL version without that
 * version at hand. The list operations follow ssl_cipher_apply_rule in ssl/ssl_ciph.c; the starting order is data.
 */
import { parseSuite, type SuiteParts } from '../../tls/registries/index.ts';
import { matcherOf } from './aliases.ts';
import { opensslCode } from './names.ts';
import { OPENSSL_ORDERS } from './orders.ts';
import { strengthBits, suiteAllowedAtLevel } from './security-level.ts';

export const OPENSSL_VERSIONS = ['1.0.2', '1.1.1', '3.0', '3.5'] as const;
export type OpensslVersion = (typeof OPENSSL_VERSIONS)[number];

export interface CipherList {
  /** Suite codes in order of preference, TLS 1.2 and below. */
  suites: number[];
  /** `@SECLEVEL=n`, when the string sets it. */
  securityLevel?: number;
  /** Words that name nothing this version knows; OpenSSL skips them silently. */
  unknown: string[];
  /** Nothing is left: OpenSSL answers "no cipher match" and the server does not start. */
  empty: boolean;
}

interface Entry {
  code: number;
  parts: SuiteParts;
  active: boolean;
}

const MAX_RULES = 2000;

/**
 * Expands a cipher string.
 * @param text as written in the configuration
 * @param version the OpenSSL whose tables to use; default 3.0
 * @param defaultLevel security level in force when the string sets none; suites below the level are removed
 */
export function parseCipherList(text: string, version: OpensslVersion = '3.0', defaultLevel = 0): CipherList {
  const list = tableOf(version).map((entry) => ({ ...entry }));
  const state: State = { list, version, unknown: [] };
  let rules = text.trim();
  if (/^DEFAULT(?![A-Za-z0-9_-])/.test(rules)) {
    applyRules(state, DEFAULTS[version]);
    rules = rules.slice('DEFAULT'.length).replace(/^[:, ;]/, '');
  }
  applyRules(state, rules);
  const level = state.level ?? defaultLevel;
  const suites = state.list.filter((e) => e.active && suiteAllowedAtLevel(e.parts, version, level)).map((e) => e.code);
  return {
    suites,
    ...(state.level === undefined ? {} : { securityLevel: state.level }),
    unknown: state.unknown,
    empty: !state.list.some((e) => e.active),
  };
}

const DEFAULTS: Readonly<Record<OpensslVersion, string>> = {
  '1.0.2': 'ALL:!EXPORT:!LOW:!aNULL:!eNULL:!SSLv2',
  '1.1.1': 'ALL:!COMPLEMENTOFDEFAULT:!eNULL',
  '3.0': 'ALL:!COMPLEMENTOFDEFAULT:!eNULL',
  '3.5': 'ALL:!COMPLEMENTOFDEFAULT:!eNULL',
};

const tables = new Map<OpensslVersion, Entry[]>();

function tableOf(version: OpensslVersion): Entry[] {
  const known = tables.get(version);
  if (known) return known;
  const hex = OPENSSL_ORDERS[version] ?? '';
  const table: Entry[] = [];
  for (let i = 0; i + 4 <= hex.length; i += 4) {
    const code = Number.parseInt(hex.slice(i, i + 4), 16);
    const parts = parseSuite(code);
    if (parts) table.push({ code, parts, active: false });
  }
  tables.set(version, table);
  return table;
}

interface State {
  list: Entry[];
  version: OpensslVersion;
  unknown: string[];
  level?: number;
}

function applyRules(state: State, text: string): void {
  // "!" and "@" start a new rule even without a separator: DEFAULT@SECLEVEL=1, HIGH!aNULL.
  const rules = text
    .split(/[:, ;]+|(?=[!@])/)
    .filter((r) => r !== '')
    .slice(0, MAX_RULES);
  for (const rule of rules) {
    if (rule.startsWith('@')) applyCommand(state, rule);
    else {
      const prefix = /^[-+!]/.test(rule) ? rule[0]! : '';
      applyWords(state, prefix, prefix ? rule.slice(1) : rule);
    }
  }
}

function applyCommand(state: State, rule: string): void {
  const level = /^@SECLEVEL=([0-5])$/.exec(rule)?.[1];
  if (rule === '@STRENGTH') sortByStrength(state);
  else if (level !== undefined && state.version !== '1.0.2') state.level = Number(level);
  else state.unknown.push(rule);
}

/** `A+B` is a logical and; a single unknown word voids the whole rule. */
function applyWords(state: State, prefix: string, words: string): void {
  const tests: ((suite: SuiteParts) => boolean)[] = [];
  for (const word of words.split('+')) {
    const code = opensslCode(word);
    const test = state.list.some((e) => e.code === code)
      ? (s: SuiteParts) => s.code === code
      : matcherOf(word, state.version);
    if (!test) {
      state.unknown.push(word);
      return;
    }
    tests.push(test);
  }
  const matches = (e: Entry): boolean => tests.every((t) => t(e.parts));
  if (prefix === '!') state.list = state.list.filter((e) => !matches(e));
  else if (prefix === '-') {
    // Removed suites go to the head in reverse, so that adding them again restores their order.
    const removed = state.list.filter((e) => e.active && matches(e));
    const rest = state.list.filter((e) => !(e.active && matches(e)));
    for (const e of removed) e.active = false;
    state.list = [...removed, ...rest];
  } else {
    const wanted = prefix === '+';
    const moved = state.list.filter((e) => e.active === wanted && matches(e));
    const rest = state.list.filter((e) => !(e.active === wanted && matches(e)));
    for (const e of moved) e.active = true;
    state.list = [...rest, ...moved];
  }
}

function sortByStrength(state: State): void {
  const strengths = [
    ...new Set(state.list.filter((e) => e.active).map((e) => strengthBits(e.parts, state.version))),
  ].sort((a, b) => b - a);
  for (const bits of strengths) {
    const moved = state.list.filter((e) => e.active && strengthBits(e.parts, state.version) === bits);
    state.list = [...state.list.filter((e) => !moved.includes(e)), ...moved];
  }
}
