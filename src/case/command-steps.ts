/** Commands of paymedic as steps of a playbook (`command/certs`, ...): those that read and judge and change nothing. */
import type { Json } from '../finding.ts';
import { COMMAND_CATALOGUE } from '../playbook/catalogue.ts';
import type { StepImplementation, StepResult } from '../playbook/steps.ts';
import { execute } from './environment.ts';
import { packageFolder } from './playbook-files.ts';

const MAX_OUTPUT = 200_000;
/** Commands whose work is a sub-command. */
const WORDS: { readonly [command: string]: readonly string[] } = { message: ['message', 'verify'] };

/**
 * Steps that run a command of paymedic in a process of its own and take its JSON over.
 * @param program how paymedic is called: the Node binary and the script
 */
function commandSteps(program: readonly string[]): StepImplementation[] {
  return COMMAND_CATALOGUE.map((description) => ({
    ...description,
    async run(context, inputs): Promise<StepResult> {
      const command = description.uses.slice('command/'.length);
      // An item that is itself a list (${{ evidence }}) stands for its items.
      const given = Array.isArray(inputs.args) ? inputs.args.flat().map(String) : [];
      // A playbook chooses what is read and judged; where results go and in which form is not its business.
      const refused = given.find((argument) => /^(-f|--format|-o|--out|--output)(=|$)/.test(argument));
      if (refused) throw new Error(`${refused} cannot be given to a command inside a playbook`);
      const result = await execute([...program, ...(WORDS[command] ?? [command]), '--format', 'json', ...given], {
        signal: context.signal,
        environment: {},
      });
      const output = read(result.stdout);
      if (result.code === 0) return { outcome: 'passed', output };
      if (result.code === 1)
        return { outcome: 'failed', because: `paymedic ${command} found something at or above its gate`, output };
      const says = result.stderr.trim().split('\n', 1)[0]?.slice(0, 200);
      if (result.code === 3)
        throw new Error(`paymedic ${command} could not read or judge everything${says ? `: ${says}` : ''}`);
      throw new Error(`paymedic ${command} ended with exit code ${result.code}${says ? `: ${says}` : ''}`);
    },
  }));
}

/** The commands of this installation as steps; none when it has no program to call. */
export function ownCommands(): StepImplementation[] {
  const program = packageFolder('bin/paymedic.js');
  return program ? commandSteps([process.execPath, program]) : [];
}

/** The summary and the findings of a report, whose whole would not fit into a journal; any other document as it is. */
function read(stdout: string): Json {
  try {
    const document = JSON.parse(stdout) as { [key: string]: Json };
    if (document.summary === undefined && document.findings === undefined)
      return stdout.length > MAX_OUTPUT ? null : document;
    const { summary = null, findings = null } = document;
    const whole: Json = { summary, findings };
    return JSON.stringify(whole).length > MAX_OUTPUT ? { summary, findings: null } : whole;
  } catch {
    return null;
  }
}
