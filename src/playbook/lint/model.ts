/** A playbook as lint looks at it: whatever could be read, with the place of everything. */
import type { Json } from '../../finding.ts';
import { LIMITS, PHASES, type Phase } from '../language.ts';
import { type Located, type LocatedEntry, plain } from '../located.ts';
import type { Range } from '../problem.ts';

export interface ModelStep {
  id: string;
  idRange: Range;
  phase: Phase;
  /** Position in the order of the playbook. */
  order: number;
  /** Id of the group around it. */
  group?: string;
  isGroup: boolean;
  node: Located;
}

export interface Model {
  root: Located;
  steps: ModelStep[];
  byId: ReadonlyMap<string, ModelStep>;
  inputs: { name: string; nameRange: Range; node: Located }[];
}

/** The entry of a mapping under a key. */
export function entryOf(node: Located | undefined, key: string): LocatedEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

export function memberOf(node: Located | undefined, ...keys: string[]): Located | undefined {
  let current = node;
  for (const key of keys) current = entryOf(current, key)?.value;
  return current;
}

export function textOf(node: Located | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}

export function itemsOf(node: Located | undefined): Located[] {
  return node?.kind === 'list' ? node.items : [];
}

export function entriesOf(node: Located | undefined): LocatedEntry[] {
  return node?.kind === 'map' ? node.entries : [];
}

export function plainOf(node: Located | undefined): Json | undefined {
  return node ? plain(node) : undefined;
}

/** Every text inside a value, with its place. */
export function* textsOf(node: Located | undefined): Iterable<{ text: string; range: Range }> {
  if (!node) return;
  if (node.kind === 'scalar') {
    if (typeof node.value === 'string') yield { text: node.value, range: node.range };
  } else if (node.kind === 'list') {
    for (const item of node.items) yield* textsOf(item);
  } else {
    for (const entry of node.entries) yield* textsOf(entry.value);
  }
}

/** Steps that lint looks at: the most that the language allows. */
const MAX_STEPS = LIMITS.steps * PHASES.length;

export function buildModel(root: Located): Model {
  const steps: ModelStep[] = [];
  const add = (node: Located, phase: Phase, group?: string): void => {
    if (steps.length >= MAX_STEPS) return;
    const idNode = memberOf(node, 'id');
    const id = textOf(idNode) ?? '';
    const members = memberOf(node, 'parallel', 'steps');
    steps.push({
      id,
      idRange: idNode?.range ?? node.range,
      phase,
      order: steps.length,
      isGroup: entryOf(node, 'parallel') !== undefined,
      node,
      ...(group ? { group } : {}),
    });
    for (const member of itemsOf(members)) add(member, phase, id);
  };
  for (const phase of PHASES) for (const node of itemsOf(memberOf(root, 'phases', phase))) add(node, phase);
  const byId = new Map<string, ModelStep>();
  for (const step of steps) if (step.id && !byId.has(step.id)) byId.set(step.id, step);
  const inputs = entriesOf(memberOf(root, 'inputs')).map((entry) => ({
    name: entry.key,
    nameRange: entry.keyRange,
    node: entry.value,
  }));
  return { root, steps, byId, inputs };
}
