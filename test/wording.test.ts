import { describe, expect, it } from 'vitest';
import { PhraseBook } from '../src/report/phrases.ts';
import { counted } from '../src/wording.ts';

describe('numbers of things', () => {
  it.each([
    [0, 'lines', 'line', undefined],
    [1, 'line', 'line', undefined],
    [2, 'lines', 'line', undefined],
    [1, 'try', 'try', 'tries'],
    [3, 'tries', 'try', 'tries'],
  ])('%i %s', (n, word, one, many) => {
    expect(counted(n, one, many)).toBe(`${n} ${word}`);
  });

  it('are translated alike for one and for many', () => {
    const book = new PhraseBook([{ '{n} complaints since {t}': '自 {t} 起有 {n} 次报错' }]);
    expect(book.say('1 complaint since 08:00')).toBe('自 08:00 起有 1 次报错');
    expect(book.say('7 complaints since 08:00')).toBe('自 08:00 起有 7 次报错');
    expect(book.say('1 complaint of another kind')).toBe('1 complaint of another kind');
  });
});
