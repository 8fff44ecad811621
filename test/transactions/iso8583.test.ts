import { describe, expect, it } from 'vitest';
import { readTransactions } from '../../src/transactions/index.ts';
import { rawMessage } from '../../src/transactions/iso8583.ts';
import { OUTCOMES } from '../../src/transactions/types.ts';
import { memorySource } from '../evidence/memory-source.ts';

/** Fields of an answer, in order of their numbers. */
const ANSWER: readonly (readonly [number, string])[] = [
  [2, '4111111111111111'],
  [3, '000000'],
  [4, '000000001250'],
  [7, '0407080003'],
  [11, '000042'],
  [37, '000000500042'],
  [39, '51'],
  [41, 'TERM0001'],
  [42, 'MERCHANT0000002'],
];

const bitmapOf = (fields: readonly (readonly [number, string])[]): string =>
  fields
    .reduce((bits, [number]) => bits | (1n << BigInt(64 - number)), 0n)
    .toString(16)
    .padStart(16, '0');

const bodyOf = (fields: readonly (readonly [number, string])[]): string =>
  fields.map(([number, value]) => (number === 2 ? `${value.length}${value}` : value)).join('');

const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

const WRITTEN: { [form: string]: (mti: string, fields: readonly (readonly [number, string])[]) => string } = {
  'text with the bitmap in hexadecimal': (mti, fields) => mti + bitmapOf(fields) + bodyOf(fields),
  'text with a blank behind the type': (mti, fields) => `${mti} ${bitmapOf(fields)}${bodyOf(fields)}`,
  'hexadecimal of the text': (mti, fields) => hex(mti + bitmapOf(fields) + bodyOf(fields)),
  'hexadecimal of bytes with a binary bitmap': (mti, fields) => hex(mti) + bitmapOf(fields) + hex(bodyOf(fields)),
};

/** The same message packed: numbers two digits a byte. */
const packed = (mti: string, fields: readonly (readonly [number, string])[]): string =>
  mti + bitmapOf(fields) + fields.map(([n, value]) => (n === 2 ? `16${value}` : n < 37 ? value : hex(value))).join('');

describe('raw ISO 8583 messages', () => {
  it.each(Object.entries(WRITTEN))('are read from %s', (_, write) => {
    expect(rawMessage(`2026-04-07 08:00:04.178 INFO switch ISO8583 raw: [${write('0210', ANSWER)}]`)).toEqual({
      mti: '0210',
      fields: Object.fromEntries(ANSWER),
    });
  });

  it.each([
    ['packed', packed('0210', ANSWER)],
    ['cut off', WRITTEN['text with the bitmap in hexadecimal']!('0210', ANSWER).slice(0, -3)],
    ['followed by more than it announces', `${WRITTEN['hexadecimal of the text']!('0210', ANSWER)}3132`],
    [
      'of a thirteenth month',
      WRITTEN['text with the bitmap in hexadecimal']!(
        '0210',
        ANSWER.map(([n, v]) => [n, n === 7 ? '1307080003' : v] as const),
      ),
    ],
    ['of version 1993', WRITTEN['text with the bitmap in hexadecimal']!('1210', ANSWER)],
    ['no message', '0210 0123456789abcdef'],
  ])('are not read where one is %s', (_, line) => {
    expect(rawMessage(line)).toBeUndefined();
  });

  it('stand in for a payment table, with no card number kept', async () => {
    const write = WRITTEN['hexadecimal of bytes with a binary bitmap']!;
    const lines = Array.from({ length: 40 }, (_, i) => {
      const at = new Date(Date.UTC(2026, 3, 7, 8, 0, i)).toISOString();
      const answer = ANSWER.map(([n, v]) => [n, n === 39 && i % 4 > 0 ? '00' : v] as const);
      const request = ANSWER.filter(([n]) => n !== 39);
      return `${at} INFO sent raw: ${write('0200', request)}\n${at} INFO received raw: ${write('0210', answer)}`;
    });
    const source = memorySource('switch.log', `${lines.join('\n')}\n`);
    source.item.kind = 'log';
    const { tables } = await readTransactions([source], { now: Date.UTC(2026, 3, 8) });
    const table = tables[0]!;
    expect(table.length).toBe(40);
    const outcomes = [...table.outcome].map((at) => OUTCOMES[at]);
    expect(outcomes.filter((outcome) => outcome === 'declined')).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome === 'approved')).toHaveLength(30);
    expect(table.amount[0]).toBe(12.5);
    expect(table.strings).toContain('41111111');
    expect(table.strings.join(' ')).not.toContain('4111111111111111');
  });
});
