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
  const han = (text: string): boolean => /\p{Script=Han}/u.test(text);
  const missing = (texts: readonly string[]): string[] =>
    [...new Set(texts)].filter((text) => prose(text) && book!.say(text) === text);

  it('cover nearly every step of a remedy', () => {
    const steps = knowledge!.causes.flatMap((cause) => cause.remedy.flatMap((one) => one.steps));
    // As a report shows them: with the host filled in.
    const without = missing(steps.map((step) => step.replaceAll('$HOST', 'pay.example.com')));
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

  it('cover nearly everything that separates two causes, also with the host filled in', () => {
    const texts = [...new Set(knowledge!.causes.flatMap((cause) => cause.rivals.map((rival) => rival.separate)))];
    const filled = texts.map((text) => text.replaceAll('$HOST', 'pay.example.com'));
    const without = filled.filter((text) => !han(book!.say(text)));
    expect(without.length, without.join('\n')).toBeLessThanOrEqual(Math.floor(texts.length * 0.02));
  });

  it('name the same causes, numbers and variables as the English that separates', () => {
    const ids = new Set(knowledge!.causes.map((cause) => cause.id));
    for (const text of new Set(knowledge!.causes.flatMap((cause) => cause.rivals.map((rival) => rival.separate)))) {
      const said = book!.say(text);
      const kept = text.match(/\$[A-Z_]+|[a-z0-9]+(?:-[a-z0-9]+)+|\d+/g) ?? [];
      for (const word of kept.filter((one) => /^[$\d]/.test(one) || ids.has(one)))
        expect(said, `${text}\n${said}`).toContain(word);
    }
  });

  it('cover nearly everything that prevents a cause', () => {
    const texts = [...new Set(knowledge!.causes.flatMap((cause) => cause.prevent))];
    const without = texts.filter((text) => !han(book!.say(text)));
    expect(without.length, without.join('\n')).toBeLessThanOrEqual(Math.floor(texts.length * 0.02));
  });

  it('describe what a verification shows and leave what the command prints', () => {
    expect(book!.say('a number above 0')).toBe('大于 0 的数');
    const shown = knowledge!.causes.flatMap(({ verify }) => [verify.before, verify.after]);
    // A reader compares these words with the screen: what OpenSSL and curl print must not change.
    const printed = shown.filter((text) => /^(?:Verify return code|Certificate will|OCSP|curl):? /.test(text));
    expect(printed.length).toBeGreaterThan(10);
    for (const text of printed) expect(book!.say(text)).toBe(text);
    const described = shown.filter((text) => prose(text) && !printed.includes(text));
    expect(described.filter((text) => !han(book!.say(text)))).toEqual([]);
  });
});
