/** What a person's answer to a step means. */
import type { Manual, Outcome } from './language.ts';

export interface Judged {
  outcome: Outcome;
  because: string;
  /** The answer as recorded. */
  answer?: string;
}

const YES = new Set(['yes', 'y', 'done', 'ok', 'passed', 'true', '是']);
const NO = new Set(['no', 'n', 'failed', 'not done', 'false', '否']);

/** `waive: reason` waives any step; undefined when the answer does not waive. */
export function waiver(answer: string | undefined): Judged | undefined {
  const match = answer === undefined ? null : /^waived?\s{0,5}:\s{0,5}(.{1,500})$/s.exec(answer.trim());
  return match ? { outcome: 'waived', because: `waived: ${match[1]!.trim()}`, answer: answer!.trim() } : undefined;
}

/** Judges the answer to a manual step. Without an answer, or with one that does not fit, the step waits. */
export function judgeAnswer(manual: Manual, answer: string | undefined): Judged {
  const who = manual.role ?? 'a person';
  if (answer === undefined || answer.trim() === '') return { outcome: 'waiting', because: `waits for ${who}` };
  const waived = waiver(answer);
  if (waived) return waived;
  const given = answer.trim();
  const word = given.toLowerCase();
  const negative = /^(no|failed|not done)\s{0,5}[:,;]/.test(word);
  if (manual.answer === 'choice') {
    const choices = manual.choices ?? [];
    const chosen = choices.find((choice) => choice.toLowerCase() === word);
    if (!chosen)
      return { outcome: 'waiting', because: `the answer "${given.slice(0, 60)}" is none of ${choices.join(', ')}` };
    const passes = !manual['pass-when'] || manual['pass-when'].includes(chosen);
    return { outcome: passes ? 'passed' : 'failed', because: `answered: ${chosen}`, answer: chosen };
  }
  if (NO.has(word) || negative) return { outcome: 'failed', because: `answered: ${given}`, answer: given };
  if (manual.answer === 'yes-no' && !YES.has(word) && !/^(yes|done|passed)\s{0,5}[:,;]/.test(word)) {
    return { outcome: 'waiting', because: `the answer "${given.slice(0, 60)}" is neither yes nor no` };
  }
  return { outcome: 'passed', because: `answered: ${given}`, answer: given };
}
