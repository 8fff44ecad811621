import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = join(root, 'src');

/** What a room may load at run time (docs/architecture.md). Types may come from anywhere: they leave no arrow. */
const ALLOWED: { [room: string]: string[] } = {
  finding: [],
  wording: [],
  lists: [],
  'text-hash': [],
  plain: [],
  address: [],
  tls: ['finding'],
  knowledge: ['finding'],
  evidence: ['finding', 'knowledge'],
  x509: ['finding', 'evidence', 'tls', 'knowledge'],
  ciphers: ['finding', 'evidence', 'tls', 'knowledge', 'x509'],
  capture: ['finding', 'evidence', 'tls', 'knowledge', 'x509'],
  logs: ['finding', 'evidence', 'knowledge'],
  transactions: ['finding', 'evidence', 'knowledge', 'logs'],
  messages: ['finding', 'evidence', 'knowledge', 'x509'],
  graph: ['finding', 'evidence', 'tls', 'x509', 'logs', 'transactions', 'ciphers', 'messages'],
  checks: [
    'finding',
    'graph',
    'evidence',
    'tls',
    'x509',
    'logs',
    'transactions',
    'ciphers',
    'capture',
    'messages',
    'knowledge',
  ],
  diagnosis: ['finding', 'checks', 'graph', 'knowledge', 'transactions', 'ciphers', 'tls', 'x509', 'report'],
  report: ['finding', 'logs'],
  policy: ['finding', 'report', 'knowledge', 'evidence'],
  playbook: ['finding', 'report'],
  case: ['finding', 'playbook', 'report', 'evidence'],
  drill: ['finding', 'evidence', 'tls', 'x509', 'knowledge', 'messages', 'case', 'report'],
  triage: [
    'finding',
    'knowledge',
    'evidence',
    'tls',
    'x509',
    'ciphers',
    'capture',
    'logs',
    'transactions',
    'messages',
    'graph',
    'checks',
    'diagnosis',
    'report',
    'playbook',
    'policy',
  ],
};

function files(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? files(join(dir, e.name)) : e.name.endsWith('.ts') ? [join(dir, e.name)] : [],
  );
}

const roomOf = (file: string): string => relative(src, file).split(/[/\\]/)[0]!.replace(/\.ts$/, '');

/** Modules that a file loads at run time: static, dynamic and re-exports, without `import type`. */
function loads(text: string): string[] {
  const out: string[] = [];
  for (const m of text.matchAll(/^(?:import|export)\s+(?!type\b)([^;]*?)from\s+'(\.[^']+)'/gms)) {
    const names = /\{([^}]*)\}/s.exec(m[1]!)?.[1];
    const onlyTypes =
      names !== undefined &&
      !/^\s*\w+\s*,/.test(m[1]!) &&
      names.split(',').every((n) => n.trim() === '' || n.trim().startsWith('type '));
    if (!onlyTypes) out.push(m[2]!);
  }
  for (const m of text.matchAll(/(?<!typeof )import\(\s*'(\.[^']+)'\s*\)(?!\.)/g)) out.push(m[1]!);
  for (const m of text.matchAll(/^import\s+'(\.[^']+)'/gm)) out.push(m[1]!);
  return out;
}

describe('the rooms', () => {
  it('import downward only', () => {
    const wrong: string[] = [];
    for (const file of files(src)) {
      const room = roomOf(file);
      if (room === 'cli') continue;
      const allowed = ALLOWED[room];
      for (const spec of loads(readFileSync(file, 'utf8'))) {
        const target = roomOf(resolve(dirname(file), spec));
        // The published schema is data beside src; how instants, numbers, lists, texts, addresses are treated, and what parsers can bear, serves every room.
        if (
          target === room ||
          target === '..' ||
          ['address', 'instant', 'lists', 'nesting', 'plain', 'text-hash', 'wording', 'yaml-bounds'].includes(target)
        )
          continue;
        if (!allowed?.includes(target)) wrong.push(`${relative(root, file)} loads ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('keep files, sockets and processes to the edge', () => {
    const edge = new Set(['cli', 'evidence', 'knowledge', 'case', 'drill', 'ciphers', 'triage', 'policy', 'playbook']);
    const wrong = files(src)
      .filter((f) => !edge.has(roomOf(f)))
      .filter((f) =>
        /from 'node:(fs|net|tls|dgram|child_process|http|https|dns)(\/promises)?'/.test(
          readFileSync(f, 'utf8')
            .replace(/^import type.*$/gm, '')
            .replace(/^import \{ (rootCertificates|isIP|BlockList, isIP) \} from 'node:(tls|net)';$/gm, ''),
        ),
      )
      .map((f) => relative(root, f));
    expect(wrong).toEqual([]);
  });

  it('say everything through the masks', () => {
    // Standard output: `say`, `writeReports` and `finished`; standard error: `tell`. A log's clean copy is what redaction writes.
    const writers = /cli[\\/](?:say|tell|output|main|logs[\\/]redact-file)\.ts$/;
    const wrong = files(src)
      .filter((file) => !writers.test(file))
      .filter((file) =>
        /std(?:out|err)\.write\((?!finished\()|\bconsole\.\w+\(/.test(
          readFileSync(file, 'utf8').replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, ''),
        ),
      )
      .map((file) => relative(src, file));
    expect(wrong).toEqual([]);
  });

  it('load packages synchronously only where the build bundles them', () => {
    // tools/build.mjs turns these loads into bundled ones; elsewhere the program would need node_modules beside it.
    const wrong = files(src)
      .filter((file) => readFileSync(file, 'utf8').includes('createRequire(import.meta.url)'))
      .map((file) => relative(src, file))
      .filter((file) => !/^x509[\\/][a-z0-9-]+\.ts$/.test(file));
    expect(wrong).toEqual([]);
  });
});
