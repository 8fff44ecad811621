/** A playbook as CACAO v2. What CACAO lacks travels whole in an extension, so that nothing is lost on the way back. */
import { createHash } from 'node:crypto';
import type { Json } from '../../finding.ts';
import type { LeafStep, PHASES, Playbook, Step } from '../language.ts';
import { type PlannedGroup, type PlannedStep, type PlannedUnit, plannedSteps, planPlaybook } from '../plan.ts';
import { importCacao } from './import.ts';

export type Cacao = { [key: string]: Json };

/** Namespace of the ids that are made from names (RFC 4122 section 4.3). */
const NAMESPACE = '2f9c6f2e-7d0b-5a41-9b1e-70d6a1c3e5b4';
export const EXTENSION_ID = 'extension-definition--5b0a3f0c-6c1e-5d2f-8a57-9e4c2b7d1f36';
const CREATED_BY = 'identity--0d6a5f4e-3c2b-5a19-8e7d-6f5a4b3c2d1e';

/** Name-based UUID, version 5. */
function uuid5(name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export interface ExportOptions {
  /** ISO-8601 UTC with milliseconds. */
  created: string;
  modified: string;
  createdBy?: string;
}

/** Members equal whatever the order of their keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  const sorted = (_key: string, value: Json): Json =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)))
      : value;
  return JSON.stringify(a, sorted as never) === JSON.stringify(b, sorted as never);
}

/**
 * Exports a playbook. One that was imported and not changed since gives the very document that was imported; one that was
 * changed keeps those members of it that paymedic has no word for.
 */
export function exportCacao(playbook: Playbook, options: ExportOptions): Cacao {
  const original = playbook.extensions?.cacao as Cacao | undefined;
  if (original && sameJson(importCacao(original) as unknown as Json, playbook as unknown as Json)) return original;
  const exported = new Exporter(playbook, options).whole();
  return original ? merge(original, exported) : exported;
}

/** The original's metadata under the new workflow. */
function merge(original: Cacao, exported: Cacao): Cacao {
  const dictionary = (key: string): Cacao => ({
    ...((original[key] as Cacao) ?? {}),
    ...((exported[key] as Cacao) ?? {}),
  });
  const joined: Cacao = {
    ...original,
    ...exported,
    id: original.id!,
    created: original.created!,
    created_by: original.created_by!,
  };
  for (const key of ['agent_definitions', 'extension_definitions', 'playbook_extensions', 'playbook_variables']) {
    const members = dictionary(key);
    if (Object.keys(members).length) joined[key] = members;
  }
  const declared = declareVariables(joined, original);
  if (Object.keys(declared).length) joined.playbook_variables = declared;
  // A signature is over the document as it was.
  delete joined.signatures;
  return joined;
}

/** Variables of the new workflow that only steps of the old one declared become variables of the playbook. */
function declareVariables(joined: Cacao, original: Cacao): Cacao {
  const declared: Cacao = { ...((joined.playbook_variables as Cacao) ?? {}) };
  const own: Cacao = {};
  for (const step of Object.values((original.workflow as Cacao) ?? {})) {
    if (step !== null && typeof step === 'object' && !Array.isArray(step)) Object.assign(own, step.step_variables);
  }
  for (const match of JSON.stringify(joined.workflow).matchAll(/(__[a-zA-Z][a-zA-Z0-9_-]{0,100}?__):value/g)) {
    const name = match[1]!;
    declared[name] ??= own[name] ?? { type: 'string', external: true };
  }
  return declared;
}

class Exporter {
  private readonly playbook: Playbook;
  private readonly options: ExportOptions;
  private readonly workflow: { [id: string]: Json } = {};
  private readonly agents: { [id: string]: Json } = {};
  private readonly end: string;

  constructor(playbook: Playbook, options: ExportOptions) {
    this.playbook = playbook;
    this.options = options;
    this.end = this.id('end', 'end');
  }

  private id(type: string, name: string): string {
    return `${type}--${uuid5(`${this.playbook.id}/${type}/${name}`)}`;
  }

  whole(): Cacao {
    const { playbook, options } = this;
    const defaults: { [name: string]: Json } = {};
    for (const [name, input] of Object.entries(playbook.inputs ?? {}))
      defaults[name] =
        input.default ??
        (input.type === 'number'
          ? 0
          : input.type === 'flag'
            ? false
            : input.type === 'secret'
              ? 'env:SECRET'
              : input.type === 'duration'
                ? '1s'
                : (input.choices?.[0] ?? 'x'));
    const plan = planPlaybook(playbook, defaults);
    const units = plan.phases.flatMap(({ units: all }) => all);
    const recoveries = new Map(
      plannedSteps(plan)
        .filter((step) => step.recovers)
        .map((step) => [step.id, step]),
    );
    const first = this.chain(
      units.filter((unit) => !recoveries.has(unit.id)),
      this.end,
      recoveries,
    );
    const start = this.id('start', 'start');
    const workflow = {
      [start]: { type: 'start', name: 'start', on_completion: first },
      ...this.workflow,
      [this.end]: { type: 'end', name: 'end' },
    };
    const has = (phase: (typeof PHASES)[number]): boolean => (playbook.phases[phase]?.length ?? 0) > 0;
    const variables = Object.fromEntries(
      Object.entries(playbook.inputs ?? {}).map(([name, input]) => [
        `__${name}__`,
        {
          type: 'string',
          description: input.description,
          ...(input.default === undefined || input.default === null
            ? {}
            : { value: typeof input.default === 'string' ? input.default : JSON.stringify(input.default) }),
          external: true,
        },
      ]),
    );
    return {
      type: 'playbook',
      spec_version: 'cacao-2.0',
      id: `playbook--${uuid5(playbook.id)}`,
      name: playbook.title,
      ...(playbook.description ? { description: playbook.description } : {}),
      playbook_types: [
        ...(has('investigate') || has('locate') ? ['investigation'] : []),
        ...(has('resolve') ? ['mitigation', 'remediation'] : []),
        ...(!has('investigate') && !has('locate') && !has('resolve') ? ['detection'] : []),
      ],
      playbook_activities: [
        ...(has('investigate') || has('locate') ? ['analyze-collected-data'] : []),
        ...(has('resolve') ? ['eliminate-risk', 'restore-capabilities'] : []),
        ...(!has('investigate') && !has('locate') && !has('resolve') ? ['analyze-collected-data'] : []),
      ],
      created_by: options.createdBy ?? CREATED_BY,
      created: options.created,
      modified: options.modified,
      industry_sectors: ['financial'],
      ...(playbook.labels?.length ? { labels: playbook.labels } : {}),
      ...(playbook.references?.length ? { external_references: playbook.references.map((name) => ({ name })) } : {}),
      ...(Object.keys(variables).length ? { playbook_variables: variables } : {}),
      workflow_start: start,
      workflow,
      playbook_extensions: { [EXTENSION_ID]: { playbook: playbook as unknown as Json } },
      ...(Object.keys(this.agents).length ? { agent_definitions: this.agents } : {}),
      extension_definitions: {
        [EXTENSION_ID]: {
          type: 'extension-definition',
          name: 'paymedic playbook',
          description: 'The playbook as paymedic reads it; the workflow is a view of it.',
          created_by: CREATED_BY,
          schema: 'https://paymedic.example/schema/playbook.schema.json',
          version: '1.0.0',
        },
      },
    };
  }

  /** Adds units so that the last leads to `next`; returns the id of the first. */
  private chain(units: PlannedUnit[], next: string, recoveries: Map<string, PlannedStep>): string {
    let follow = next;
    for (const unit of [...units].reverse()) follow = this.unit(unit, follow, recoveries);
    return follow;
  }

  private unit(unit: PlannedUnit, next: string, recoveries: Map<string, PlannedStep>): string {
    const own = unit.if === undefined ? next : this.end;
    const id =
      unit.kind === 'group'
        ? this.group(unit, own)
        : this.leaf(unit, own, unit.recovery ? recoveries.get(unit.recovery) : undefined);
    if (unit.if === undefined) return id;
    const condition = this.id('if-condition', unit.id);
    this.workflow[condition] = {
      type: 'if-condition',
      name: `when: ${unit.id}`,
      condition: unit.if.trim(),
      on_true: id,
      on_completion: next,
    };
    return condition;
  }

  private group(group: PlannedGroup, next: string): string {
    const id = this.id('parallel', group.id);
    const members = group.steps.map((step) => this.unit(step, this.end, new Map()));
    this.workflow[id] = { type: 'parallel', name: group.title, next_steps: members, on_completion: next };
    return id;
  }

  private leaf(planned: PlannedStep, next: string, recovery: PlannedStep | undefined): string {
    const { step } = planned;
    const uses = step.uses?.startsWith('playbook/') ? step.uses.slice('playbook/'.length) : undefined;
    const type = uses ? 'playbook-action' : 'action';
    const id = this.id(type, planned.id);
    const then = recovery
      ? { on_success: next, on_failure: this.leaf(recovery, next, undefined) }
      : { on_completion: next };
    const common = {
      name: planned.title,
      ...(step.description ? { description: step.description } : {}),
      timeout: planned.timeoutMs,
      ...then,
    };
    this.workflow[id] = uses
      ? { type, ...common, playbook_id: `playbook--${uuid5(uses)}` }
      : { type, ...common, commands: [this.command(step)], agent: this.agent(step) };
    return id;
  }

  private command(step: LeafStep): Json {
    const variable = (value: string): string =>
      value.replace(/\$\{\{ ?inputs\.([a-z][a-z0-9-]{0,62}) ?\}\}/g, '__$1__:value');
    if (step.manual) {
      const expected = step.manual['expected-evidence'];
      return {
        type: 'manual',
        command: variable(
          `${step.manual.instruction.trim()}${expected ? `\nExpected evidence: ${expected.trim()}` : ''}`,
        ),
      };
    }
    if (step.run)
      return { type: 'bash', command: step.run.argv.map((argument) => quoted(variable(argument))).join(' ') };
    const inputs = step.with && Object.keys(step.with).length ? ` with ${variable(JSON.stringify(step.with))}` : '';
    return { type: 'manual', command: `Let paymedic run the step ${step.uses}${inputs} over the evidence.` };
  }

  private agent(step: LeafStep | Step): string {
    const role = step.manual?.role ?? (step.manual ? 'ops' : 'paymedic');
    const id = `organization--${uuid5(`agent/${role}`)}`;
    this.agents[id] = { type: 'organization', name: role };
    return id;
  }
}

/** An argument for a POSIX shell. A CACAO variable stays open to be filled in. */
function quoted(argument: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]{1,4000}$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
