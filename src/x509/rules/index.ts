/** The rule set: every rule on one certificate. */
import type { ParsedCertificate } from '../parsed.ts';
import { Facts } from './facts.ts';
import { RULES } from './registry.gen.ts';
import { judge, type Rule, type Scope, type Severity } from './rule.ts';

export { Facts } from './facts.ts';
export { RULES } from './registry.gen.ts';
export { judge, type Rule, type Scope, type Severity, type Verdict } from './rule.ts';

export interface RuleBreach {
  rule: Rule;
  severity: Severity;
  says: string;
  offset?: number;
}

/**
 * Every breach of the rules whose scope is wanted. A rule that fails on a hostile certificate is reported as such,
 * never swallowed.
 */
export function lint(form: ParsedCertificate, scopes: ReadonlySet<Scope>): RuleBreach[] {
  const facts = new Facts(form);
  const found: RuleBreach[] = [];
  for (const rule of RULES) {
    if (!scopes.has(rule.scope)) continue;
    try {
      const verdict = judge(rule, facts);
      if (verdict.state === 'breach') {
        found.push({
          rule,
          severity: verdict.severity,
          says: verdict.says,
          ...(verdict.offset === undefined ? {} : { offset: verdict.offset }),
        });
      }
    } catch (error) {
      found.push({
        rule,
        severity: 'notice',
        says: `the rule could not be applied: ${error instanceof Error ? error.message : 'unknown error'}`,
      });
    }
  }
  return found;
}
