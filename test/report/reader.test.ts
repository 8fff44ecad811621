/** What a reader sees: commands that can be copied, lines that break where Chinese allows it, measures in words, one language. */
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/index.ts';
import { PhraseBook } from '../../src/report/phrases.ts';
import { impactPhrase } from '../../src/report/text.ts';
import { commandLines, wrap } from '../../src/report/width.ts';
import { vocabulary } from '../../src/report/words.ts';
import { expiredReport } from './fixtures/expired.ts';

describe('a command over several lines', () => {
  it('is never parted inside quotes or a substitution, however they nest', () => {
    const inner = `"$(printf "%s." "$T" | openssl dgst -hmac "$S" | sed "s/.*= //")"`;
    const lines = commandLines(`[ ${inner} = "$SIGNATURE" ] && echo match || echo 'it differs'`, 30);
    expect(lines).toContain(inner);
    expect(lines.join(' ')).toBe(`[ ${inner} = "$SIGNATURE" ] && echo match || echo 'it differs'`);
    expect(commandLines('a\\ b c "d e', 3)).toEqual(['a\\ b', 'c', '"d e']);
    expect(commandLines(`echo $(date -d "1 day" +%s)`, 8)).toEqual(['echo', '$(date -d "1 day" +%s)']);
  });
});

describe('Chinese over several lines', () => {
  it('begins no line with closing punctuation and ends none with an opening bracket', () => {
    const text =
      '主管金融监管机构（欧盟金融实体（含支付机构、电子货币机构），且事件被认定为重大时；认定后 4 小时内）。';
    for (let columns = 8; columns <= 60; columns++) {
      const lines = wrap(text, columns);
      expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      for (const line of lines) {
        expect(line).not.toMatch(/^[，。；：、）]/);
        expect(line).not.toMatch(/（$/);
      }
    }
  });
});

describe('what a finding measured', () => {
  const impact = { failingShare: 0.29, attempts: 119, scope: 'one-route' as const, exposure: 'card-data' as const };
  it('is said in words of the language', () => {
    expect(impactPhrase(impact, vocabulary('en'))).toBe('29 % of 119 attempts failed, one route, exposure: card data');
    expect(impactPhrase(impact, vocabulary('zh'))).toContain('119 次尝试中失败 29 %, 单一路由, 泄露风险: 卡数据');
  });
});

describe('a phrase', () => {
  it('leaves the full stop to the sentence', () => {
    const book = new PhraseBook([{ '{n} complaints since {t} from {who}': '自 {t} 起 {who} 有 {n} 次报错' }]);
    expect(book.say('3 complaints since noon from a, b.')).toBe('自 noon 起 a, b 有 3 次报错。');
  });
});

describe('a format for programs', () => {
  it('is the same in every language; one for people is not', async () => {
    for (const format of ['csv', 'timesketch', 'prometheus', 'sarif', 'json'])
      expect(await renderReport(expiredReport, format, { language: 'zh' })).toBe(
        await renderReport(expiredReport, format, { language: 'en' }),
      );
    expect(await renderReport(expiredReport, 'junit', { language: 'zh' })).not.toBe(
      await renderReport(expiredReport, 'junit', { language: 'en' }),
    );
  });
});
