/** What must not be stored, beside card numbers: verification values, PINs, track data; and JSON that stays JSON. */
import { describe, expect, it } from 'vitest';
import { Redactor } from '../../src/logs/redact.ts';

/** Published test numbers. */
const VISA = '4539578763621486';
const MASTERCARD = '5425233430109903';

function redacted(...lines: string[]): string[] {
  const redactor = new Redactor();
  return lines.map((line) => {
    const bytes = Buffer.from(line);
    return redactor.line(bytes, 0, bytes.length).toString('utf8');
  });
}

describe('a redacted line', () => {
  it.each([
    [
      '<Card><Number>4539578763621486</Number><CVV>123</CVV></Card>',
      '<Card><Number>453957******1486</Number><CVV>***</CVV></Card>',
    ],
    ['卡号：4539578763621486 安全码：123', '卡号：453957******1486 安全码：***'],
    ['4539578763621486|12|27|123', '453957******1486|12|27|***'],
    ['4539578763621486 12/27 123', '453957******1486 12/27 ***'],
    [
      '2026-09-12 08:00:00,O1,4539578763621486,12/27,123,100.00',
      '2026-09-12 08:00:00,O1,453957******1486,12/27,***,100.00',
    ],
    ['{"track2": "5425233430109903=27121010000012300000"}', '{"track2": "542523******9903=[removed]"}'],
    ['card 5425233430109903 pin=1234', 'card 542523******9903 pin=***'],
    ['order ping=1234 pinned: 1234 shipping=1234', 'order ping=1234 pinned: 1234 shipping=1234'],
    ['2026-09-12T08:00:00Z DEBUG pay - 4539578763621486', '2026-09-12T08:00:00Z DEBUG pay - 453957******1486'],
  ])('%s', (line, clean) => {
    expect(redacted(line)).toEqual([clean]);
  });

  it('is JSON where it was JSON', () => {
    const line = `{"card":{"number":${VISA},"cvv":123},"password":12345678,"list":[${VISA}, ${MASTERCARD}],"s":"{\\"pan\\":${VISA}},a,${VISA},b"}`;
    const [clean] = redacted(line);
    const value = JSON.parse(clean!);
    expect(value.card).toEqual({ number: '453957******1486', cvv: '***' });
    expect(value.list).toEqual(['453957******1486', '542523******9903']);
    expect(clean).not.toMatch(/\d{13}/);
  });

  it('holds no verification value in the column of a table either', () => {
    expect(redacted('order;cvv;card_number', `1;"123";${VISA}`, `2;987;${MASTERCARD}`)).toEqual([
      'order;cvv;card_number',
      '1;"***";453957******1486',
      '2;***;542523******9903',
    ]);
  });
});
