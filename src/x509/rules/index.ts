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

interface Plan {
  /** Rules that concern every certificate. */
  general: Rule[];
  /** Rules that an extension or a kind of certificate or key calls for. */
  called: Map<string, Rule[]>;
}

const plans = new Map<string, Plan>();

/** The rules of the wanted scopes, sorted once by what calls for them. */
function planFor(scopes: ReadonlySet<Scope>): Plan {
  const key = [...scopes].sort().join();
  let plan = plans.get(key);
  if (!plan) {
    plan = { general: [], called: new Map() };
    for (const rule of RULES) {
      if (!scopes.has(rule.scope)) continue;
      const call = rule.needs ?? rule.concerns;
      const list = call === undefined ? plan.general : plan.called.get(call);
      if (list) list.push(rule);
      else plan.called.set(call!, [rule]);
    }
    plans.set(key, plan);
  }
  return plan;
}

/**
 * Every breach of the rules whose scope is wanted. A rule that fails on a hostile certificate is reported as such,
 * never swallowed.
 */
export function lint(form: ParsedCertificate, scopes: ReadonlySet<Scope>): RuleBreach[] {
  const facts = new Facts(form);
  const found: RuleBreach[] = [];
  const plan = planFor(scopes);
  const call = (what: string): void => {
    const rules = plan.called.get(what);
    if (rules) apply(rules, facts, found);
  };
  apply(plan.general, facts, found);
  call(facts.ca ? 'ca' : 'leaf');
  if (facts.rsa) call('rsa');
  else if (facts.ec) call('ec');
  else if (facts.dsa) call('dsa');
  for (const oid of form.byOid.keys()) call(oid);
  return found;
}

function apply(rules: readonly Rule[], facts: Facts, found: RuleBreach[]): void {
  const { notBefore } = facts;
  for (const rule of rules) {
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
