/** Reports in another language: what the book knows is said, what it does not know stays, evidence is never touched. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/index.ts';
import { PhraseBook } from '../../src/report/phrases.ts';
import { expiredReport } from './fixtures/expired.ts';

const book = new PhraseBook([
  {
    'Restart it.': '重启。',
    'no finding': '没有发现',
    '{n} topologies, {m} checks': '{n} 份拓扑，{m} 项检查',
    '{n} complaints from {who} since {time}': '自 {time} 起 {who} 出现 {n} 次投诉',
    'certificate of {host} expired at {time}': '{host} 的证书于 {time} 过期',
    '{what} from {who}': '{who} 的 {what}',
  },
]);

describe('a phrase book', () => {
  it.each([
    ['no finding', '没有发现'],
    ['1 topology, 1 check', '1 份拓扑，1 项检查'],
    ['Restart it.', '重启。'],
    ['nginx: Restart it.', 'nginx：重启。'],
    ['151 complaints from billing since 23:15', '自 23:15 起 billing 出现 151 次投诉'],
    [
      'certificate of a.example expired at 10:00; 3 complaints from x, y since 10:01',
      'a.example 的证书于 10:00 过期；自 10:01 起 x, y 出现 3 次投诉',
    ],
    ['something that nobody wrote down', 'something that nobody wrote down'],
  ])('%s', (english, chinese) => expect(book.say(english)).toBe(chinese));

  it('never fails, and leaves what it does not know', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        expect(typeof book.say(text)).toBe('string');
      }),
    );
    expect(book.say('x'.repeat(5000))).toBe('x'.repeat(5000));
  });

  it('changes what people read and no machine format, and no evidence', async () => {
    const all = new PhraseBook([
      Object.fromEntries(expiredReport.diagnosis.flatMap((d) => d.remedy).map((text) => [text, '处置步骤'])),
    ]);
    const options = { language: 'zh', phrases: all } as const;
    expect(await renderReport(expiredReport, 'markdown', options)).toContain('处置步骤');
    expect(await renderReport(expiredReport, 'json', options)).toBe(await renderReport(expiredReport, 'json'));
    const quoted = new PhraseBook([{ [expiredReport.diagnosis[0]!.evidence[0]!.text ?? '']: '改写的证据' }]);
    expect(await renderReport(expiredReport, 'terminal', { language: 'zh', phrases: quoted })).not.toContain(
      '改写的证据',
    );
  });
});
