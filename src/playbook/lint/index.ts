/** Lint: what a playbook means, beyond its structure. */
import { basename } from 'node:path';
import type { Playbook } from '../language.ts';
import type { Located } from '../located.ts';
import type { ParsedPlaybook } from '../parse.ts';
import { readInput } from '../plan.ts';
import { didYouMean, type Problem, type Range, type SourceText } from '../problem.ts';
import type { StepDescription } from '../steps.ts';
import { declaredInputs, lintExpressions } from './expressions.ts';
import { lintGraph } from './graph.ts';
import { buildModel, entryOf, itemsOf, type Model, type ModelStep, memberOf, plainOf, textOf } from './model.ts';
import { LINT_RULES } from './rules.ts';
import { lintSecrets } from './secrets.ts';
import { lintSteps } from './steps.ts';

/** What there is to refer to. A list that is not given is not checked against. */
export interface LintKnowledge {
  steps: ReadonlyMap<string, StepDescription>;
  /** Slugs of the catalogue of causes. */
  causes?: readonly string[];
  /** Ids of all checks. */
  checks?: readonly string[];
  /** Ids of findings that come from commands rather than checks. */
  auditFindings?: readonly string[];
  /** Playbooks by id. */
  playbooks?: ReadonlyMap<string, Playbook>;
}

/** Beginnings of the ids of findings that commands/ciphers, certs and the waiver file give. */
const AUDIT_FAMILIES = ['ciphers/', 'key/', 'revocation-list/', 'policy/'];

const SEVERITY = new Map(LINT_RULES.map((rule) => [rule.id, rule.severity]));

/**
 * All problems of a parsed playbook, structure and meaning, in the order of the file.
 * @param parsed what parsePlaybook returned, sound or not
 */
export function lintPlaybook(parsed: ParsedPlaybook, knowledge: LintKnowledge): Problem[] {
  if (!parsed.root) return parsed.problems;
  const run = new LintRun(parsed.source, parsed.root, knowledge);
  lintGraph(run);
  lintSteps(run);
  const used = lintExpressions(run);
  declaredInputs(run, used);
  lintSecrets(run);
  for (const item of itemsOf(memberOf(parsed.root, 'applies-to'))) run.knownCause(textOf(item), item.range);
  lintFileName(run);
  const problems = [...parsed.problems, ...run.problems];
  return problems.sort((a, b) => a.line - b.line || a.column - b.column || (a.rule < b.rule ? -1 : 1));
}

function lintFileName(run: LintRun): void {
  const id = memberOf(run.model.root, 'id');
  const name = basename(run.source.file);
  const named = textOf(id);
  if (
    id &&
    named &&
    /^[a-z][a-z0-9-]*$/.test(named) &&
    /\.ya?ml$/.test(name) &&
    name.replace(/\.ya?ml$/, '') !== named
  ) {
    run.report(
      id.range,
      'file-name',
      `the playbook "${named}" is in the file ${name}`,
      `rename the file to ${named}.yaml`,
    );
  }
}

/** One run of the lint over one playbook. */
export class LintRun {
  readonly model: Model;
  readonly problems: Problem[] = [];
  readonly source: SourceText;
  readonly knowledge: LintKnowledge;

  constructor(source: SourceText, root: Located, knowledge: LintKnowledge) {
    this.source = source;
    this.knowledge = knowledge;
    this.model = buildModel(root);
  }

  report(range: Range, rule: string, message: string, suggestion: string): void {
    this.problems.push(this.source.problem(range, rule, SEVERITY.get(rule) ?? 'error', message, suggestion));
  }

  /** Ids that a step needs, directly or through others. */
  needsOf(step: ModelStep): Set<string> {
    const all = new Set<string>();
    const queue = [step];
    for (let next = queue.pop(); next; next = queue.pop()) {
      for (const item of itemsOf(memberOf(next.node, 'needs'))) {
        const id = textOf(item);
        if (id === undefined || all.has(id)) continue;
        all.add(id);
        const target = this.model.byId.get(id);
        if (target) queue.push(target);
      }
    }
    return all;
  }

  knownCause(slug: string | undefined, range: Range): void {
    const { causes } = this.knowledge;
    if (!causes || slug === undefined || slug.includes('${{') || slug.includes('*') || causes.includes(slug)) return;
    const near = didYouMean(slug, causes);
    this.report(
      range,
      'unknown-cause',
      `the catalogue has no cause "${slug}"`,
      near ? `did you mean "${near}"?` : 'paymedic explain lists the causes',
    );
  }

  /** A check id, a group, or a pattern such as `tls/*`. */
  knownCheck(name: string | undefined, range: Range, what: 'check' | 'finding'): void {
    if (!this.knowledge.checks || name === undefined || name.includes('${{') || name === '*') return;
    // Findings of the audits have families of their own; not every id of them is listed.
    if (what === 'finding' && AUDIT_FAMILIES.some((family) => name.startsWith(family))) return;
    const checks = [...this.knowledge.checks, ...(what === 'finding' ? (this.knowledge.auditFindings ?? []) : [])];
    const groups = new Set(checks.map((id) => id.split('/', 1)[0]!));
    const known = name.includes('*')
      ? checks.some((id) => id.startsWith(name.split('*', 1)[0]!))
      : checks.includes(name) || (what === 'check' && groups.has(name));
    if (known) return;
    const near = didYouMean(name, [...(what === 'check' ? groups : []), ...checks]);
    this.report(
      range,
      'unknown-check',
      `"${name}" fits no check${what === 'check' ? ' and no group of checks' : ''}`,
      near ? `did you mean "${near}"?` : `groups: ${[...groups].sort().join(', ')}`,
    );
  }

  /** The chain of playbooks by which `from` comes to run `to`. */
  pathBetween(from: string, to: string): string[] | undefined {
    const seen = new Set<string>();
    const walk = (id: string): string[] | undefined => {
      if (id === to) return [id];
      if (seen.has(id)) return undefined;
      seen.add(id);
      const playbook = this.knowledge.playbooks?.get(id);
      for (const steps of Object.values(playbook?.phases ?? {})) {
        for (const step of steps ?? []) {
          for (const leaf of step.parallel?.steps ?? [step]) {
            if (!leaf.uses?.startsWith('playbook/')) continue;
            const rest = walk(leaf.uses.slice('playbook/'.length));
            if (rest) return [id, ...rest];
          }
        }
      }
      return undefined;
    };
    return walk(from);
  }

  defaultFits(name: string, node: Located): void {
    const entry = entryOf(node, 'default');
    const type = textOf(memberOf(node, 'type'));
    const types = ['text', 'number', 'flag', 'list', 'host', 'duration', 'secret'] as const;
    const known = types.find((one) => one === type);
    if (!entry || !known) return;
    const value = plainOf(entry.value) ?? null;
    if (value === null) return;
    const { problem, value: read } = readInput(known, value);
    if (problem) {
      this.report(
        entry.value.range,
        'bad-default',
        `the default of "${name}" ${problem}`,
        `write a ${known}, or change the type`,
      );
      return;
    }
    const choices = itemsOf(memberOf(node, 'choices')).map((item) => textOf(item) ?? '');
    if (choices.length && ![read].flat().every((item) => choices.includes(String(item)))) {
      this.report(
        entry.value.range,
        'bad-default',
        `the default of "${name}" is not among its choices`,
        `choices: ${choices.join(', ')}`,
      );
    }
  }
}
