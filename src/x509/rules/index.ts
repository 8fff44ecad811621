/** The rule set: every rule on one certificate. */
import { append } from '../../lists.ts';
import type { ParsedCertificate } from '../parsed.ts';
import { Facts } from './facts.ts';
import { RULES } from './registry.gen.ts';
import { breachOf, type Rule, type RuleBreach, type Scope } from './rule.ts';
import { answerForShape, shapeOf } from './shape.ts';

export { Facts } from './facts.ts';
export { RULES } from './registry.gen.ts';
export { judge, type Rule, type RuleBreach, type Scope, type Severity, type Verdict } from './rule.ts';

/** A rule with what a scan asks of it at every certificate, all of one layout, which the runtime reads faster. */
class Question {
  readonly rule: Rule;
  /** Binds certificates with notBefore from here on. */
  readonly from: number;
  /** And before here. */
  readonly until: number;
  /** Concerns certificates of servers only. */
  readonly serversOnly: boolean;
  readonly applies: Rule['applies'];
  readonly breach: Rule['breach'];

  constructor(rule: Rule) {
    this.rule = rule;
    this.from = rule.effective ?? Number.NEGATIVE_INFINITY;
    this.until = rule.ends ?? Number.POSITIVE_INFINITY;
    this.serversOnly = rule.scope === 'web' && !rule.allPurposes;
    this.applies = rule.applies;
    this.breach = rule.breach;
  }

  /** A date that cannot be read frees from no rule. */
  inForce(notBefore: number): boolean {
    return !(notBefore < this.from) && !(notBefore >= this.until);
  }
}

interface Questions {
  /** Breaches that every certificate of the shape has, while the rule is in force. */
  settled: readonly { question: Question; breach: RuleBreach }[];
  /** Rules whose answer depends on more than the shape. */
  open: readonly Question[];
}

interface Plan {
  /** Rules that concern every certificate. */
  general: Question[];
  /** Rules that an extension or a kind of certificate or key calls for. */
  called: Map<string, Question[]>;
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
      if (list) list.push(new Question(rule));
      else plan.called.set(call!, [new Question(rule)]);
    }
    plans.set(key, plan);
  }
  plansBySet.set(scopes, plan);
  return plan;
}

/** The rules of a plan that can concern this certificate. */
function questionsFor(facts: Facts, plan: Plan): Question[] {
  const list = [...plan.general];
  const call = (what: string): void => {
    const called = plan.called.get(what);
    if (called) append(list, called);
  };
  call(facts.ca ? 'ca' : 'leaf');
  if (facts.rsa) call('rsa');
  else if (facts.ec) call('ec');
  else if (facts.dsa) call('dsa');
  for (const oid of facts.form.byOid.keys()) call(oid);
  return list;
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
  for (const { question, breach } of settled) if (question.inForce(notBefore)) found.push(breach);
  for (const question of open) {
    // The dates are the cheapest test; a rule that does not bind yet, or no longer, needs no look at the content.
    if (question.inForce(notBefore)) ask(question, facts, found);
  }
  return found;
}

/** What is left to ask about a certificate of this shape, and what is known already. */
function questions(facts: Facts, plan: Plan): Questions {
  const shape = shapeOf(facts);
  if (shape === undefined) return { settled: [], open: questionsFor(facts, plan) };
  const known = plan.shapes.get(shape);
  if (known) return known;
  if (plan.shapes.size >= MAX_SHAPES) plan.shapes.clear();
  // A shape met for the first time may be the only one of its kind: the second certificate pays for the look.
  const again = plan.shapes.has(shape);
  const left = again ? settle(questionsFor(facts, plan), facts) : undefined;
  plan.shapes.set(shape, left);
  return left ?? { settled: [], open: questionsFor(facts, plan) };
}

function settle(questions: readonly Question[], facts: Facts): Questions {
  const settled: { question: Question; breach: RuleBreach }[] = [];
  const open: Question[] = [];
  for (const question of questions) {
    const { rule } = question;
    const answer = answerForShape(rule, facts);
    if (answer === false) continue;
    if (typeof answer === 'string') settled.push({ question, breach: { rule, severity: rule.severity, says: answer } });
    // A breach with an offset differs from certificate to certificate.
    else open.push(question);
  }
  return { settled, open };
}

/** The same as `judge`, less what `lint` knows already. */
function ask(question: Question, facts: Facts, found: RuleBreach[]): void {
  try {
    if ((question.serversOnly && !facts.serverAuth) || !question.applies(facts)) return;
    const breach = question.breach(facts);
    if (breach) found.push(breachOf(question.rule, breach));
  } catch (error) {
    found.push({
      rule: question.rule,
      severity: 'notice',
      says: `the rule could not be applied: ${error instanceof Error ? error.message : 'unknown error'}`,
    });
  }
}
