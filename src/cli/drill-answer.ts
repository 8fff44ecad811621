/** Scores the answer to a drill. */
import { DrillError, readDrill, writeResult } from '../drill/folder.ts';
import { type GivenAnswer, scoreAnswer } from '../drill/score.ts';
import { OWNERS, PRIORITIES } from '../finding.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { didYouMean } from '../playbook/problem.ts';
import { sanitized } from '../report/sanitize.ts';
import { EXIT, UserError } from './exit.ts';
import { say } from './say.ts';

export interface AnswerOptions {
  cause?: string;
  onset?: string;
  priority?: string;
  owner?: string;
  fact?: string[];
  format: string;
}

function oneOf(option: string, value: string | undefined, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value)) return;
  const near = didYouMean(value, allowed);
  throw new UserError(`${option} ${value}: there is no such value`, {
    next: near ? `did you mean "${near}"?` : `allowed: ${allowed.slice(0, 20).join(', ')}`,
  });
}

/** Reads the answer, scores it once, keeps and prints the result. */
export async function answerDrill(folder: string, options: AnswerOptions): Promise<number> {
  oneOf('--cause', options.cause, ['none', ...loadKnowledge().causes.map((cause) => cause.id)]);
  oneOf('--priority', options.priority, ['none', ...PRIORITIES]);
  oneOf('--owner', options.owner, OWNERS);
  oneOf('--format', options.format, ['text', 'json']);
  const onset = options.onset === undefined ? undefined : Date.parse(options.onset);
  if (onset !== undefined && Number.isNaN(onset))
    throw new UserError(`--onset ${options.onset}: not a time`, { next: 'write 2026-11-21T09:30:00Z' });
  const facts: { [question: string]: string } = {};
  try {
    const { state, answer, result } = readDrill(folder);
    for (const fact of options.fact ?? []) {
      const at = fact.indexOf('=');
      const question = fact.slice(0, Math.max(0, at)).trim();
      oneOf('--fact', question, state.questions);
      facts[question] = fact.slice(at + 1);
    }
    if (result)
      throw new UserError(
        `this drill was answered at ${result.answered} with ${result.score.points} of ${result.score.of} points`,
        { next: 'start another one: paymedic drill start <folder>' },
      );
    const given: GivenAnswer = {
      facts,
      ...(options.cause ? { cause: options.cause } : {}),
      ...(onset === undefined ? {} : { onset }),
      ...(options.priority ? { priority: options.priority } : {}),
      ...(options.owner ? { owner: options.owner } : {}),
    };
    const now = Date.now();
    // A drill may come from somebody else, as evidence does.
    const { score, story } = sanitized({ score: scoreAnswer(answer, given), story: answer.story });
    const seconds = Math.round((now - Date.parse(state.started)) / 1000);
    writeResult(folder, { answered: new Date(now).toISOString(), seconds, score });
    if (options.format === 'json') {
      say(`${JSON.stringify({ ...score, seconds, seed: state.seed, story }, null, 2)}\n`, true);
      return EXIT.ok;
    }
    const minutes = `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    say(`${score.points} of ${score.of} points in ${minutes}\n`);
    for (const part of score.parts)
      say(
        `  ${part.what.padEnd(28)} ${String(Math.round(part.points)).padStart(3)} of ${String(Math.round(part.of)).padStart(2)}  ${part.says}\n`,
      );
    say(`\n${story}\n`);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof DrillError) throw new UserError(error.message, { next: error.next });
    throw error;
  }
}
