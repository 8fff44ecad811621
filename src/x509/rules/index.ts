/** The rule set: every rule on one certificate. */
import type { ParsedCertificate } from '../parsed.ts';
import { Facts } from './facts.ts';
import { RULES } from './registry.gen.ts';
import { judge, type Rule, type Scope, type Severity } from './rule.ts';
import { answerForShape, shapeOf } from './shape.ts';

export { Facts } from './facts.ts';
export { RULES } from './registry.gen.ts';
export { judge, type Rule, type Scope, type Severity, type Verdict } from './rule.ts';

export interface RuleBreach {
  rule: Rule;
  severity: Severity;
  says: string;
  offset?: number;
}

interface Questions {
  /** Breaches that every certificate of the shape has, while the rule is in force. */
  settled: readonly RuleBreach[];
  /** Rules whose answer depends on more than the shape. */
  open: readonly Rule[];
}

interface Plan {
  /** Rules that concern every certificate. */
  general: Rule[];
  /** Rules that an extension or a kind of certificate or key calls for. */
  called: Map<string, Rule[]>;
  /** By shape; undefined after the first certificate of it. */
  shapes: Map<string, Questions | undefined>;
}

const plans = new Map<string, Plan>();
const plansBySet = new WeakMap<ReadonlySet<Scope>, Plan>();

/** The rules of the wanted scopes, sorted once by what calls for them. */
function planFor(scopes: ReadonlySet<Scope>): Plan {
  const before = plansBySet.get(scopes);
  if (before) return before;
  const key = [...scopes].sort().join();
  let plan = plans.get(key);
  if (!plan) {
    plan = { general: [], called: new Map(), shapes: new Map() };
    for (const rule of RULES) {
      if (!scopes.has(rule.scope)) continue;
      const call = rule.needs ?? rule.concerns;
      const list = call === undefined ? plan.general : plan.called.get(call);
      if (list) list.push(rule);
      else plan.called.set(call!, [rule]);
    }
    plans.set(key, plan);
  }
  plansBySet.set(scopes, plan);
  return plan;
}

/** The rules of a plan that can concern this certificate. */
function rulesFor(facts: Facts, plan: Plan): Rule[] {
  const rules = [...plan.general];
  const call = (what: string): void => {
    const called = plan.called.get(what);
    if (called) rules.push(...called);
  };
  call(facts.ca ? 'ca' : 'leaf');
  if (facts.rsa) call('rsa');
  else if (facts.ec) call('ec');
  else if (facts.dsa) call('dsa');
  for (const oid of facts.form.byOid.keys()) call(oid);
  return rules;
}

/** Shapes that are remembered at most; a scan of a fleet meets a few dozen. */
const MAX_SHAPES = 2000;

/**
 * Every breach of the rules whose scope is wanted. A rule that fails on a hostile certificate is reported as such,
 * never swallowed.
 */
export function lint(form: ParsedCertificate, scopes: ReadonlySet<Scope>): RuleBreach[] {
  const facts = new Facts(form);
  const { notBefore } = facts;
  const { settled, open } = questions(facts, planFor(scopes));
  const found: RuleBreach[] = [];
  for (const breach of settled) if (inForce(breach.rule, notBefore)) found.push(breach);
  for (const rule of open) {
    // The dates are the cheapest test; a rule that does not bind yet, or no longer, needs no look at the content.
    if (inForce(rule, notBefore)) apply(rule, facts, found);
  }
  return found;
}

const inForce = (rule: Rule, notBefore: number): boolean =>
  !(rule.effective !== undefined && notBefore < rule.effective) && !(rule.ends !== undefined && notBefore >= rule.ends);

/** What is left to ask about a certificate of this shape, and what is known already. */
function questions(facts: Facts, plan: Plan): Questions {
  const shape = shapeOf(facts);
  if (shape === undefined) return { settled: [], open: rulesFor(facts, plan) };
  const known = plan.shapes.get(shape);
  if (known) return known;
  if (plan.shapes.size >= MAX_SHAPES) plan.shapes.clear();
  // A shape met for the first time may be the only one of its kind: the second certificate pays for the look.
  const again = plan.shapes.has(shape);
  const left = again ? settle(rulesFor(facts, plan), facts) : undefined;
  plan.shapes.set(shape, left);
  return left ?? { settled: [], open: rulesFor(facts, plan) };
}

function settle(rules: readonly Rule[], facts: Facts): Questions {
  const settled: RuleBreach[] = [];
  const open: Rule[] = [];
  for (const rule of rules) {
    const answer = answerForShape(rule, facts);
    if (answer === false) continue;
    if (typeof answer === 'string') settled.push({ rule, severity: rule.severity, says: answer });
    // A breach with an offset differs from certificate to certificate.
    else open.push(rule);
  }
  return { settled, open };
}

function apply(rule: Rule, facts: Facts, found: RuleBreach[]): void {
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
