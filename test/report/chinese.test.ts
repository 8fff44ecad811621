/** The catalogue speaks Chinese: whoever adds a cause sees here which of its sentences have none yet. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../src/checks/registry.gen.ts';
import { phraseBook } from '../../src/cli/phrases.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

const folder = fileURLToPath(new URL('../../dist/knowledge', import.meta.url));

/** Four English words in a row: a sentence, not a directive or a command. */
const prose = (text: string): boolean => /(?:\b[a-z]{2,}\b[ ,]+){4}/.test(text) && !/^[\w.-]+ [^ ]*[=/-]/.test(text);

describe.skipIf(!existsSync(folder))('sentences in Chinese (need npm run build)', () => {
  const knowledge = existsSync(folder) ? loadKnowledge(folder) : undefined;
  const book = knowledge && phraseBook(knowledge, 'zh')!;
  const missing = (texts: readonly string[]): string[] =>
    [...new Set(texts)].filter((text) => prose(text) && book!.say(text) === text);

  it('cover nearly every step of a remedy', () => {
    const steps = knowledge!.causes.flatMap((cause) => cause.remedy.flatMap((one) => one.steps));
    const without = missing(steps);
    expect(without.length, without.join('\n')).toBeLessThanOrEqual(Math.ceil(steps.length * 0.02));
  });

  it('cover what a party is told, titles, explanations and deadlines', () => {
    expect(missing(knowledge!.causes.flatMap((cause) => cause.tell.map((one) => one.what)))).toEqual([]);
    expect(missing(knowledge!.clocks.map((clock) => clock.title.en))).toEqual([]);
  });

  it('cover nearly every remedy of a check', () => {
    const without = missing(CHECKS.map((check) => check.meta.remedy));
    expect(without.length, without.join('\n')).toBeLessThanOrEqual(Math.ceil(CHECKS.length * 0.05));
  });
});
