/** Reads rule files of the Core Rule Set (ModSecurity's SecLang) as far as a line of an access log can answer them. */
import type { CrsData, CrsRule, Link, Severity, Target } from './types.ts';

/** Rule files whose questions an access line cannot answer: protocol details, bodies, responses, policy, house-keeping. */
const UNANSWERABLE = /^(?:REQUEST-(?:90|911|920|922|949|999)|RESPONSE-)/;
/** Collections that an access line fills. Others that a rule lists beside them stay empty. */
const COLLECTIONS: ReadonlySet<string> = new Set([
  'ARGS',
  'ARGS_NAMES',
  'ARGS_GET',
  'ARGS_GET_NAMES',
  'QUERY_STRING',
  'REQUEST_URI',
  'REQUEST_URI_RAW',
  'REQUEST_FILENAME',
  'REQUEST_BASENAME',
  'REQUEST_LINE',
  'REQUEST_METHOD',
  'REQUEST_PROTOCOL',
  'REQUEST_HEADERS',
  'MATCHED_VAR',
  'MATCHED_VARS',
  'MATCHED_VAR_NAME',
  'MATCHED_VARS_NAMES',
]);
const MAX_RULES = 20_000;

/** Directives with their continuation lines joined; comments left out. */
function directives(text: string): string[] {
  const found: string[] = [];
  let open = '';
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\r$/, '');
    if (open === '' && /^\s*(?:#|$)/.test(line)) continue;
    if (line.endsWith('\\')) open += line.slice(0, -1);
    else {
      found.push(`${open}${line}`.trim());
      open = '';
    }
  }
  return found;
}

/** Words of a directive; a quoted one may hold blanks, and `\"` in it is a quote. */
function words(directive: string): string[] {
  const found: string[] = [];
  let at = 0;
  while (at < directive.length) {
    while (directive[at] === ' ' || directive[at] === '\t') at++;
    if (at >= directive.length) break;
    const quoted = directive[at] === '"';
    if (quoted) at++;
    let word = '';
    for (; at < directive.length; at++) {
      const c = directive[at]!;
      if (c === '\\' && quoted && directive[at + 1] === '"') {
        word += '"';
        at++;
      } else if (quoted ? c === '"' : c === ' ' || c === '\t') break;
      else word += c;
    }
    at++;
    found.push(word);
  }
  return found;
}

/** `id:1,t:none,msg:'a, b'` to its parts; commas inside single quotes separate nothing. */
function actions(text: string): [string, string][] {
  const found: [string, string][] = [];
  for (const part of text.match(/(?:[^,']|'(?:\\.|[^'\\])*')+/g) ?? []) {
    const colon = part.indexOf(':');
    const name = (colon === -1 ? part : part.slice(0, colon)).trim();
    const value = colon === -1 ? '' : part.slice(colon + 1).trim();
    found.push([name, value.replace(/^'([\s\S]*)'$/, '$1')]);
  }
  return found;
}

function targetsOf(text: string): Target[] | undefined {
  const targets: Target[] = [];
  for (const part of text.match(/(?:[^|/]|\/(?:\\.|[^/\\])*\/|\/(?=\*|@|$))+/g) ?? []) {
    // Counts say how often something was sent, which a log line leaves open.
    if (part.startsWith('&')) return undefined;
    const excluded = part.startsWith('!');
    const [collection, ...rest] = part.replace(/^!/, '').split(':');
    const name = collection!.toUpperCase();
    const member = rest.join(':').replace(/^'([\s\S]*)'$/, '$1');
    const pattern = /^\/[\s\S]*\/$/.test(member);
    const captured = name === 'TX' && /^\d$/.test(member);
    if (!COLLECTIONS.has(name) && !captured) continue;
    targets.push({
      collection: name,
      ...(member === '' ? {} : { member: pattern ? member.slice(1, -1) : member.toLowerCase() }),
      ...(pattern ? { pattern } : {}),
      ...(excluded ? { excluded } : {}),
    });
  }
  return targets;
}

const NOTHING = { targets: [] as Target[], operator: '', argument: '', negated: false, transforms: [] as string[] };

interface Draft {
  rule: Omit<CrsRule, 'links'>;
  links: Link[];
  usable: boolean;
}

function readLink(parts: string[], list: [string, string][]): Link | undefined {
  const targets = targetsOf(parts[1] ?? '');
  const operator = /^(!?)@(\w+)\s*([\s\S]*)$/.exec(parts[2] ?? '');
  if (!targets?.some(({ excluded }) => !excluded)) return undefined;
  const transforms: string[] = [];
  for (const [name, value] of list) {
    if (name !== 't') continue;
    if (value === 'none') transforms.length = 0;
    else transforms.push(value);
  }
  const test = operator
    ? { operator: operator[2]!, argument: operator[3]!, negated: operator[1] === '!' }
    : { operator: 'rx', argument: (parts[2] ?? '').replace(/^!/, ''), negated: (parts[2] ?? '').startsWith('!') };
  // A macro stands for the configuration of a running server.
  if (test.argument.includes('%{')) return undefined;
  const multiMatch = list.some(([name]) => name === 'multiMatch');
  const capture = list.some(([name]) => name === 'capture');
  return {
    targets,
    ...test,
    transforms,
    ...(multiMatch ? { multiMatch } : {}),
    ...(capture ? { capture } : {}),
  };
}

const familyOf = (list: [string, string][], file: string): string => {
  const tag = list.find(([name, value]) => name === 'tag' && value.startsWith('attack-'))?.[1].slice(7);
  return tag ?? (file.includes('-913-') ? 'scanner' : 'other');
};

/** Rules of one file. */
function readRules(file: string, text: string): CrsRule[] {
  const rules: CrsRule[] = [];
  let draft: Draft | undefined;
  for (const directive of directives(text)) {
    if (!directive.startsWith('SecRule ')) continue;
    const parts = words(directive);
    const list = actions(parts[3] ?? '');
    const get = (wanted: string): string | undefined => list.find(([name]) => name === wanted)?.[1];
    if (!draft) {
      const severity = get('severity') as Severity | undefined;
      const paranoia = list.map(([, value]) => /^paranoia-level\/(\d)$/.exec(value)?.[1]).find((level) => level);
      draft = {
        rule: {
          id: Number(get('id')),
          message: get('msg') ?? '',
          severity: severity ?? 'NOTICE',
          paranoia: Number(paranoia ?? 1),
          family: familyOf(list, file),
        },
        links: [],
        // Rules without a severity steer the flow or set variables.
        usable: severity !== undefined && Number.isInteger(Number(get('id'))),
      };
    }
    const link = readLink(parts, list);
    if (link) draft.links.push(link);
    else draft.usable = false;
    if (get('chain') !== undefined || list.some(([name]) => name === 'chain')) {
      draft.links.push(...(link ? [] : [NOTHING]));
      continue;
    }
    if (draft.usable && rules.length < MAX_RULES) rules.push({ ...draft.rule, links: draft.links });
    draft = undefined;
  }
  return rules;
}

/**
 * @param files every file of a `rules` folder: name without folder, and text. @returns rules that an access line can
 * answer, in the order of their files, with the phrase lists that they name.
 */
export function readRuleSet(files: readonly { name: string; text: string }[]): CrsData {
  const rules: CrsRule[] = [];
  let version = '';
  for (const { name, text } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!name.endsWith('.conf') || UNANSWERABLE.test(name)) continue;
    version ||= /ver:'(OWASP_CRS\/[\w.-]{1,30})'/.exec(text)?.[1] ?? '';
    rules.push(...readRules(name, text));
  }
  const wanted = new Set(
    rules.flatMap(({ links }) =>
      links.filter(({ operator }) => /^pmf/i.test(operator)).map(({ argument }) => argument),
    ),
  );
  const phrases: CrsData['phrases'] = {};
  for (const { name, text } of files) {
    if (!wanted.has(name)) continue;
    phrases[name] = text
      .split('\n')
      .map((line) => line.replace(/\r$/, ''))
      .filter((line) => line !== '' && !line.startsWith('#'));
  }
  return { version, license: 'Apache-2.0', rules, phrases };
}
