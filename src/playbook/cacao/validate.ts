/** Validates a CACAO v2 playbook: structure, and what the standard demands beyond a schema. */
import { entriesOf, entryOf, itemsOf, memberOf, textOf } from '../lint/model.ts';
import { type Located, type LocatedEntry, plain, readYaml } from '../located.ts';
import { didYouMean, type Problem, type Range, SourceText } from '../problem.ts';
import type { Shape } from '../shape.ts';
import { Validator } from '../validate.ts';
import {
  AGENT_SHAPES,
  AUTHENTICATION_SHAPES,
  COMMAND_SHAPES,
  cacaoShape,
  extensionDefinitionShape,
  STEP_SHAPES,
} from './shapes.ts';

/** Members of a step that name other steps. */
const NEXT = ['on_completion', 'on_success', 'on_failure', 'on_true', 'on_false'] as const;

/**
 * @param text JSON (or YAML) of one CACAO playbook
 * @returns the value when it could be read, and every problem with its place
 */
export function validateCacao(text: string, file: string): { value?: { [key: string]: unknown }; problems: Problem[] } {
  const source = new SourceText(file, text.replace(/^\uFEFF/, ''));
  const { root, problems } = readYaml(source);
  if (!root || problems.some((problem) => problem.severity === 'error')) return { problems };
  const run = new Validation(source, root);
  run.all();
  problems.push(...run.problems);
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  const value = plain(root);
  return { problems, ...(value !== null && typeof value === 'object' && !Array.isArray(value) ? { value } : {}) };
}

class Validation {
  readonly problems: Problem[];
  private readonly source: SourceText;
  private readonly root: Located;
  private readonly validator: Validator;
  private readonly steps: Map<string, LocatedEntry>;

  constructor(source: SourceText, root: Located) {
    this.source = source;
    this.root = root;
    this.validator = new Validator(source);
    this.problems = this.validator.problems;
    this.steps = new Map(entriesOf(memberOf(root, 'workflow')).map((entry) => [entry.key, entry]));
  }

  private report(range: Range, rule: string, severity: Problem['severity'], message: string, suggestion: string): void {
    this.problems.push(this.source.problem(range, rule, severity, message, suggestion));
  }

  all(): void {
    this.validator.check(cacaoShape, this.root, 'the playbook');
    for (const entry of this.steps.values()) this.step(entry);
    this.typed('agent_definitions', AGENT_SHAPES);
    this.typed('target_definitions', AGENT_SHAPES);
    this.typed('authentication_info_definitions', AUTHENTICATION_SHAPES);
    for (const entry of entriesOf(memberOf(this.root, 'extension_definitions')))
      this.validator.check(extensionDefinitionShape, entry.value, `extension_definitions.${entry.key}`);
    this.ends();
    this.reach();
    this.metadata();
    this.definitions();
    this.variables();
  }

  /** Definitions whose shape depends on their type, which the key repeats. */
  private typed(member: string, shapes: { readonly [type: string]: Shape }): void {
    for (const entry of entriesOf(memberOf(this.root, member)))
      this.byType(entry, shapes, `${member}.${entry.key}`, 'warning');
  }

  private byType(
    entry: LocatedEntry,
    shapes: { readonly [type: string]: Shape },
    where: string,
    unknown: Problem['severity'],
  ): string | undefined {
    const node = memberOf(entry.value, 'type');
    const type = textOf(node);
    if (!node || !type) {
      this.report(
        entry.keyRange,
        'missing-key',
        'error',
        `${where} has no "type"`,
        `add "type": ${JSON.stringify(entry.key.split('--', 1)[0])}`,
      );
      return undefined;
    }
    const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
    if (shape) this.validator.check(shape, entry.value, where);
    else {
      const near = didYouMean(type, Object.keys(shapes));
      this.report(
        node.range,
        'unknown-type',
        unknown,
        `the standard has no type "${type}" here`,
        near ? `did you mean "${near}"?` : `types: ${Object.keys(shapes).join(', ')}`,
      );
    }
    if (!entry.key.startsWith(`${type}--`))
      this.report(
        entry.keyRange,
        'wrong-id',
        'error',
        `the id ${entry.key} does not begin with its type "${type}"`,
        `write ${type}--${entry.key.split('--')[1] ?? '<uuid>'}`,
      );
    return type;
  }

  private step(entry: LocatedEntry): void {
    const where = `workflow.${entry.key}`;
    const type = this.byType(entry, STEP_SHAPES, where, 'error');
    for (const key of NEXT) this.target(memberOf(entry.value, key), key);
    for (const item of itemsOf(memberOf(entry.value, 'next_steps'))) this.target(item, 'next_steps');
    for (const one of entriesOf(memberOf(entry.value, 'cases'))) this.target(one.value, 'cases');
    const completion = entryOf(entry.value, 'on_completion');
    const success = entryOf(entry.value, 'on_success') ?? entryOf(entry.value, 'on_failure');
    if (completion && success)
      this.report(
        success.keyRange,
        'conflicting-keys',
        'error',
        `${where} has on_completion and ${success.key}`,
        'keep on_completion alone, or on_success with on_failure',
      );
    if (type === 'end' && (completion || success))
      this.report(
        (completion ?? success)!.keyRange,
        'conflicting-keys',
        'error',
        'an end step leads nowhere',
        'remove it',
      );
    if (type && type !== 'end' && !completion && !success && !(type.endsWith('-condition') || type === 'parallel')) {
      this.report(
        entry.keyRange,
        'dead-end',
        'error',
        `${where} names no next step`,
        'add on_completion, at last with an end step',
      );
    }
    if (type === 'while-condition')
      this.report(
        entry.keyRange,
        'unbounded-loop',
        'warning',
        'the standard has no bound for loops',
        'make sure that the condition becomes false; a timeout of the step helps',
      );
    for (const command of itemsOf(memberOf(entry.value, 'commands'))) this.command(command, where);
  }

  private command(node: Located, where: string): void {
    const typeNode = memberOf(node, 'type');
    const type = textOf(typeNode);
    if (!typeNode || !type) {
      this.report(node.range, 'missing-key', 'error', `a command of ${where} has no "type"`, 'add "type"');
      return;
    }
    const shape = Object.hasOwn(COMMAND_SHAPES, type) ? COMMAND_SHAPES[type] : undefined;
    if (!shape) {
      const near = didYouMean(type, Object.keys(COMMAND_SHAPES));
      this.report(
        typeNode.range,
        'unknown-type',
        'warning',
        `the command type "${type}" is not among those of the standard`,
        near ? `did you mean "${near}"?` : `types: ${Object.keys(COMMAND_SHAPES).join(', ')}`,
      );
      return;
    }
    this.validator.check(shape, node, `a command of ${where}`);
    if (!entryOf(node, 'command') && !entryOf(node, 'command_b64'))
      this.report(
        typeNode.range,
        'missing-key',
        'error',
        `a command of ${where} says nothing to do`,
        'add "command" or "command_b64"',
      );
  }

  private target(node: Located | undefined, key: string): void {
    const id = textOf(node);
    if (!node || !id || this.steps.has(id)) return;
    const near = didYouMean(id, this.steps.keys());
    this.report(
      node.range,
      'dangling-step',
      'error',
      `${key} names ${id}, which is not in the workflow`,
      near ? `did you mean "${near}"?` : 'add the step, or name another',
    );
  }

  private ends(): void {
    const workflow = entryOf(this.root, 'workflow');
    if (!workflow) return;
    const types = [...this.steps.values()].map((entry) => textOf(memberOf(entry.value, 'type')));
    for (const [type, says] of [
      ['start', 'no start step'],
      ['end', 'no end step'],
    ] as const) {
      if (!types.includes(type))
        this.report(
          workflow.keyRange,
          'missing-key',
          'error',
          `the workflow has ${says}`,
          `add a step of type ${type}`,
        );
    }
    if (!types.includes('action') && !types.includes('playbook-action'))
      this.report(
        workflow.keyRange,
        'no-steps',
        'error',
        'the workflow has no action',
        'add a step of type action or playbook-action',
      );
    for (const key of ['workflow_start', 'workflow_exception']) this.target(memberOf(this.root, key), key);
    const start = memberOf(this.root, 'workflow_start');
    const startId = textOf(start);
    if (
      start &&
      startId &&
      this.steps.has(startId) &&
      textOf(memberOf(this.steps.get(startId)?.value, 'type')) !== 'start'
    )
      this.report(
        start.range,
        'wrong-value',
        'error',
        'workflow_start does not name a start step',
        'name the step of type start',
      );
  }

  private reach(): void {
    const start = textOf(memberOf(this.root, 'workflow_start'));
    const seen = new Set<string>();
    const queue = [start, textOf(memberOf(this.root, 'workflow_exception'))];
    while (queue.length) {
      const id = queue.pop();
      const entry = id === undefined || seen.has(id) ? undefined : this.steps.get(id);
      if (!entry || id === undefined) continue;
      seen.add(id);
      queue.push(...NEXT.map((key) => textOf(memberOf(entry.value, key))));
      queue.push(...itemsOf(memberOf(entry.value, 'next_steps')).map((item) => textOf(item)));
      queue.push(...entriesOf(memberOf(entry.value, 'cases')).map((one) => textOf(one.value)));
    }
    if (!start || !this.steps.has(start)) return;
    for (const [id, entry] of this.steps)
      if (!seen.has(id))
        this.report(
          entry.keyRange,
          'unreachable-step',
          'warning',
          `no step leads to ${id}`,
          'connect it, or remove it',
        );
  }

  private metadata(): void {
    const created = memberOf(this.root, 'created');
    const modified = memberOf(this.root, 'modified');
    if (modified && Date.parse(textOf(modified) ?? '') < Date.parse(textOf(created) ?? ''))
      this.report(modified.range, 'wrong-value', 'error', 'modified is before created', 'write the later time');
    const types = entryOf(this.root, 'playbook_types');
    if (itemsOf(types?.value).length && !entryOf(this.root, 'playbook_activities'))
      this.report(
        types!.keyRange,
        'missing-key',
        'warning',
        'playbook_types without playbook_activities',
        'add at least one activity (section 3.1)',
      );
    const from = memberOf(this.root, 'valid_from');
    const until = memberOf(this.root, 'valid_until');
    if (until && Date.parse(textOf(until) ?? '') <= Date.parse(textOf(from) ?? ''))
      this.report(until.range, 'wrong-value', 'error', 'valid_until is not after valid_from', 'write a later time');
  }

  private definitions(): void {
    const keys = (member: string): string[] => entriesOf(memberOf(this.root, member)).map((entry) => entry.key);
    const need = (node: Located | undefined, known: string[], member: string): void => {
      const id = textOf(node);
      if (!node || !id || known.includes(id)) return;
      const near = didYouMean(id, known);
      this.report(
        node.range,
        'dangling-definition',
        'error',
        `${id} is not in ${member}`,
        near ? `did you mean "${near}"?` : `add it to ${member}`,
      );
    };
    const agents = keys('agent_definitions');
    const targets = keys('target_definitions');
    for (const entry of this.steps.values()) {
      need(memberOf(entry.value, 'agent'), agents, 'agent_definitions');
      for (const item of itemsOf(memberOf(entry.value, 'targets'))) need(item, targets, 'target_definitions');
    }
    const authentication = keys('authentication_info_definitions');
    for (const member of ['agent_definitions', 'target_definitions'])
      for (const entry of entriesOf(memberOf(this.root, member)))
        need(memberOf(entry.value, 'authentication_info'), authentication, 'authentication_info_definitions');
    for (const item of itemsOf(memberOf(this.root, 'markings')))
      need(item, keys('data_marking_definitions'), 'data_marking_definitions');
    const extensions = keys('extension_definitions');
    for (const entry of entriesOf(memberOf(this.root, 'playbook_extensions'))) {
      if (!extensions.includes(entry.key))
        this.report(
          entry.keyRange,
          'dangling-definition',
          'error',
          `${entry.key} is not in extension_definitions`,
          'add its definition',
        );
    }
  }

  private variables(): void {
    const known = new Set(entriesOf(memberOf(this.root, 'playbook_variables')).map((entry) => entry.key));
    for (const entry of this.steps.values()) {
      const own = new Set(entriesOf(memberOf(entry.value, 'step_variables')).map((one) => one.key));
      for (const command of itemsOf(memberOf(entry.value, 'commands'))) {
        const node = memberOf(command, 'command');
        for (const match of (textOf(node) ?? '').matchAll(/(__[a-zA-Z][a-zA-Z0-9_-]{0,100}?__):value/g)) {
          if (known.has(match[1]!) || own.has(match[1]!)) continue;
          const near = didYouMean(match[1]!, [...known, ...own]);
          this.report(
            node!.range,
            'undefined-variable',
            'error',
            `the variable ${match[1]} is not declared`,
            near ? `did you mean "${near}"?` : 'add it to playbook_variables or step_variables',
          );
        }
      }
    }
  }
}
