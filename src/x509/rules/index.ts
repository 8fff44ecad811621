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

/** Rules that concern every certificate, and those that an extension calls for. */
const general = RULES.filter((r) => r.needs === undefined);
const byExtension = new Map<string, Rule[]>();
for (const rule of RULES) {
  if (rule.needs === undefined) continue;
  const list = byExtension.get(rule.needs);
  if (list) list.push(rule);
  else byExtension.set(rule.needs, [rule]);
}

/**
 * Every breach of the rules whose scope is wanted. A rule that fails on a hostile certificate is reported as such,
 * never swallowed.
 */
export function lint(form: ParsedCertificate, scopes: ReadonlySet<Scope>): RuleBreach[] {
  const facts = new Facts(form);
  const found: RuleBreach[] = [];
  apply(general, facts, scopes, found);
  for (const oid of form.byOid.keys()) {
    const rules = byExtension.get(oid);
    if (rules) apply(rules, facts, scopes, found);
  }
  return found;
}

function apply(rules: readonly Rule[], facts: Facts, scopes: ReadonlySet<Scope>, found: RuleBreach[]): void {
  const { notBefore } = facts;
  const web = scopes.has('web');
  for (const rule of rules) {
    if (rule.scope === 'web' ? !web : !scopes.has(rule.scope)) continue;
    // The dates are the cheapest test; a rule that does not bind yet, or no longer, needs no look at the content.
    if (
      (rule.effective !== undefined && notBefore < rule.effective) ||
      (rule.ends !== undefined && notBefore >= rule.ends)
    )
      continue;
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
}
