import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCertificate } from '../../src/x509/parsed.ts';
import { findPem } from '../../src/x509/pem.ts';
import { Facts, judge, lint, RULES } from '../../src/x509/rules/index.ts';
import { corpus } from './shared.ts';

const folder = corpus('zlint');
const words = { error: 'Error', warning: 'Warn', notice: 'Notice' } as const;

describe('the rule set', () => {
  it('has at least 150 rules, each with its file as id, a title and a source', () => {
    expect(RULES.length).toBeGreaterThanOrEqual(150);
    expect(new Set(RULES.map((r) => r.id)).size).toBe(RULES.length);
    for (const rule of RULES) {
      expect(rule.id).toMatch(/^[a-z0-9]+\/[a-z0-9-]+$/);
      expect(rule.title.length, rule.id).toBeGreaterThan(10);
      expect(rule.source.length, rule.id).toBeGreaterThan(3);
      if (rule.effective !== undefined && rule.ends !== undefined) expect(rule.ends).toBeGreaterThan(rule.effective);
    }
  });

  it('survives a certificate of which nothing can be read', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('3000', 'hex'), Buffer.from('300a3008a0030201023000', 'hex')]) {
      const facts = new Facts(readCertificate(bytes));
      for (const rule of RULES) expect(() => judge(rule, facts), rule.id).not.toThrow();
    }
  });
});

describe.skipIf(!folder)('agreement with zlint (skipped without the shared corpora)', () => {
  it('finds the same breaches when it skips rules by extension, kind and date', () => {
    const scopes = new Set(['any', 'web', 'psd2', 'set', 'client'] as const);
    for (const file of readdirSync(join(folder!, 'certs')).slice(0, 300)) {
      if (!file.endsWith('.pem')) continue;
      const form = readCertificate(
        findPem(readFileSync(join(folder!, 'certs', file), 'latin1'))[0]?.der ?? Buffer.alloc(0),
      );
      const facts = new Facts(form);
      const all = RULES.filter((r) => judge(r, facts).state === 'breach').map((r) => r.id);
      expect(
        lint(form, scopes)
          .map((b) => b.rule.id)
          .sort(),
        file,
      ).toEqual(all.sort());
    }
  });

  it('judges as zlint expects, or says why not', () => {
    const triples = JSON.parse(readFileSync(join(folder!, 'expected.json'), 'utf8')) as {
      lint: string;
      file: string;
      expected: string;
    }[];
    const byLint = new Map(RULES.flatMap((r) => (r.zlint ? [[r.zlint, r] as const] : [])));
    const facts = new Map<string, Facts>();
    const differ: string[] = [];
    let compared = 0;
    for (const { lint, file, expected } of triples) {
      const rule = byLint.get(lint);
      if (!rule || rule.deviates || !/^(?:Error|Warn|Notice|Pass|NA|NE)$/.test(expected)) continue;
      if (!facts.has(file))
        facts.set(
          file,
          new Facts(
            readCertificate(findPem(readFileSync(join(folder!, 'certs', file), 'latin1'))[0]?.der ?? Buffer.alloc(0)),
          ),
        );
      const verdict = judge(rule, facts.get(file)!);
      const found =
        verdict.state === 'breach'
          ? words[verdict.severity]
          : { 'not-applicable': 'NA', 'not-in-effect': 'NE', pass: 'Pass' }[verdict.state];
      compared++;
      if (found !== expected) differ.push(`${lint} ${file}: ${expected}, ${found}`);
    }
    expect(differ).toEqual([]);
    expect(compared).toBeGreaterThan(900);
  });
});
