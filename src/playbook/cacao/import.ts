/** CACAO v2 as a playbook. The document itself is kept in `extensions.cacao`, so that no field of it is lost. */
import type { Json } from '../../finding.ts';
import type { Playbook } from '../language.ts';
import { type Cacao, EXTENSION_ID, exportCacao, sameJson } from './export.ts';

type Node = { [key: string]: Json };
const MAX_STEPS = 400;

const asText = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const asList = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const asNode = (value: Json | undefined): Node =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};

/** A name of the playbook language made from any text. */
function slug(name: string, otherwise: string): string {
  const made = name
    .toLowerCase()
    .replace(/[^a-z0-9]{1,200}/g, '-')
    .replace(/^[-0-9]{1,200}/, '')
    .replace(/-{1,200}$/, '')
    .slice(0, 50)
    .replace(/-$/, '');
  return made || otherwise;
}

/**
 * Imports a CACAO playbook. One that paymedic exported, and nobody changed, gives the playbook that was exported.
 * Conditions, switches and loops of CACAO are STIX patterns over another tool's variables: they become questions to a
 * person; commands for other machines become instructions.
 */
export function importCacao(cacao: Cacao): Playbook {
  const carried = asNode(asNode(cacao.playbook_extensions)[EXTENSION_ID]).playbook as unknown as Playbook | undefined;
  if (carried && typeof carried === 'object') {
    const again = exportCacao(carried, {
      created: asText(cacao.created),
      modified: asText(cacao.modified),
      createdBy: asText(cacao.created_by),
    });
    if (sameJson(again, cacao)) return carried;
  }
  return new Importer(cacao).whole();
}

class Importer {
  private readonly cacao: Cacao;
  private readonly workflow: Node;
  private readonly seen = new Set<string>();
  private readonly names = new Set<string>();
  private readonly steps: Node[] = [];

  constructor(cacao: Cacao) {
    this.cacao = cacao;
    this.workflow = asNode(cacao.workflow);
  }

  whole(): Playbook {
    const { cacao } = this;
    this.walk(asText(cacao.workflow_start), []);
    this.walk(asText(cacao.workflow_exception), []);
    const types = asList(cacao.playbook_types);
    const looks =
      types.length > 0 &&
      types.every((type) => ['investigation', 'detection', 'attack', 'engagement'].includes(asText(type)));
    const verify: Node = {
      id: this.unique('prove'),
      title: 'Prove that it worked',
      manual: {
        role: 'sec',
        answer: 'yes-no',
        instruction: 'The imported playbook names no proof: say how it is known that the fault is gone.',
        'expected-evidence': 'what shows that the fault is gone',
      },
    };
    const steps = this.steps.length
      ? this.steps
      : [
          {
            id: 'nothing',
            manual: { instruction: 'The imported playbook has no action.', 'expected-evidence': 'none' },
          } as Node,
        ];
    const labels = asList(cacao.labels)
      .map(asText)
      .filter((label) => label !== '' && label.length <= 60);
    return {
      playbook: 1,
      id: slug(asText(cacao.name), 'imported'),
      title: asText(cacao.name).slice(0, 200) || 'An imported playbook',
      version: '1.0.0',
      owner: 'sec',
      ...(asText(cacao.description) ? { description: asText(cacao.description).slice(0, 8000) } : {}),
      ...(labels.length ? { labels: [...new Set(labels)].slice(0, 50) } : {}),
      phases: looks ? { investigate: steps } : { resolve: steps, verify: [verify] },
      extensions: { cacao },
    } as unknown as Playbook;
  }

  private unique(name: string): string {
    let id = name;
    for (let n = 2; this.names.has(id); n++) id = `${name.slice(0, 56)}-${n}`;
    this.names.add(id);
    return id;
  }

  private push(step: Node, conditions: string[]): void {
    const condition = conditions.join(' and ');
    this.steps.push({ ...step, ...(condition && condition.length <= 500 ? { if: condition } : {}) });
  }

  /** Follows the workflow from one step; a step is taken once, wherever it is reached from. */
  private walk(id: string, conditions: string[]): void {
    for (let at = id; at && !this.seen.has(at) && this.steps.length < MAX_STEPS; ) {
      this.seen.add(at);
      const step = asNode(this.workflow[at]);
      at = this.step(step, conditions) ?? asText(step.on_completion ?? step.on_success);
    }
  }

  /** Takes one step over; returns where to go on when that is not its on_completion. */
  private step(step: Node, conditions: string[]): string | undefined {
    const type = asText(step.type);
    const name = slug(asText(step.name), type || 'step');
    if (type === 'action' || type === 'playbook-action') {
      const own = this.unique(name);
      this.push(this.action(own, step), conditions);
      if (step.on_failure) this.walk(asText(step.on_failure), [...conditions, `steps.${own}.outcome == 'failed'`]);
    } else if (type === 'parallel') {
      for (const next of asList(step.next_steps)) this.walk(asText(next), conditions);
    } else if (type === 'if-condition' || type === 'while-condition') {
      const own = this.unique(name);
      const repeat =
        type === 'while-condition' ? ' Repeat the steps that follow as long as it is true, at most ten times.' : '';
      this.push(
        this.question(own, step, `Is this true? ${asText(step.condition)}${repeat}`, ['yes', 'no']),
        conditions,
      );
      this.walk(asText(step.on_true), [...conditions, `steps.${own}.answer == 'yes'`]);
      this.walk(asText(step.on_false), [...conditions, `steps.${own}.answer == 'no'`]);
    } else if (type === 'switch-condition') {
      const cases = Object.entries(asNode(step.cases));
      const choices = cases.map(([value]) => value.slice(0, 200) || 'empty');
      const own = this.unique(name);
      this.push(
        this.question(
          own,
          step,
          `Which value has ${asText(step.switch)}?`,
          choices.length > 1 ? choices : [...choices, 'another'],
        ),
        conditions,
      );
      cases.forEach(([, next], index) => {
        this.walk(asText(next), [...conditions, `steps.${own}.answer == '${choices[index]!.replaceAll("'", '')}'`]);
      });
    }
    return undefined;
  }

  private titled(id: string, step: Node): Node {
    const title = asText(step.name).trim();
    const description = asText(step.description).trim();
    const timeout =
      typeof step.timeout === 'number' && step.timeout >= 1
        ? Math.min(999_999, Math.ceil(step.timeout / 1000))
        : undefined;
    return {
      id,
      ...(title ? { title: title.slice(0, 200) } : {}),
      ...(description ? { description: description.slice(0, 4000) } : {}),
      ...(timeout ? { timeout: `${timeout}s` } : {}),
    };
  }

  private question(id: string, step: Node, instruction: string, choices: string[]): Node {
    return {
      ...this.titled(id, step),
      manual: {
        role: 'sec',
        answer: 'choice',
        choices: [...new Set(choices)].slice(0, 20),
        instruction: instruction.slice(0, 8000),
        'expected-evidence': 'what the answer rests on',
      },
    };
  }

  private action(id: string, step: Node): Node {
    const agents = asNode(this.cacao.agent_definitions);
    const targets = asNode(this.cacao.target_definitions);
    const named = (definitions: Node, key: Json | undefined): string =>
      asText(asNode(definitions[asText(key)]).name) || asText(key);
    const lines = asList(step.commands).map((command) => describeCommand(asNode(command)));
    if (step.playbook_id) lines.push(`Run the playbook ${asText(step.playbook_id)}.`);
    const who = step.agent ? `By: ${named(agents, step.agent)}` : '';
    const where = asList(step.targets).length
      ? `On: ${asList(step.targets)
          .map((target) => named(targets, target))
          .join(', ')}`
      : '';
    const instruction =
      [...lines, who, where].filter(Boolean).join('\n').replaceAll('${{', '$ {{').slice(0, 8000) ||
      'Carry the step out.';
    return {
      ...this.titled(id, step),
      manual: { role: 'sec', instruction, 'expected-evidence': 'the output, or what shows that it was done' },
    };
  }
}

function describeCommand(command: Node): string {
  const type = asText(command.type);
  let body = asText(command.command);
  const encoded = asText(command.command_b64 ?? command.content_b64);
  if (!body && encoded)
    body = Buffer.from(encoded, 'base64')
      .toString('utf8')
      .replace(/[^\P{C}\n\t]/gu, '');
  return type === 'manual' ? body : `${type}: ${body || asText(command.description)}`;
}
