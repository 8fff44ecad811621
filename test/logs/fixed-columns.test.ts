/** Card numbers in records of fixed columns, where neighbouring digits touch them. */
import { describe, expect, it } from 'vitest';
import { CardScanner } from '../../src/logs/card-numbers.ts';
import { FixedColumns } from '../../src/logs/cards/fixed-columns.ts';
import { luhn } from '../../src/logs/cards/number.ts';
import { Redactor } from '../../src/logs/redact.ts';
import { redactStream } from '../../src/logs/redact-stream.ts';

const LENGTH = 16;

/** Digits that are the same for the same seed. */
function digits(seed: number, length: number): string {
  let state = Math.imul(seed + 1, 2_654_435_761) >>> 0;
  let text = '';
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += String((state >>> 16) % 10);
  }
  return text;
}

const withCheckDigit = (body: string): string => body + ([...'0123456789'].find((digit) => luhn(body + digit)) ?? '');
const card = (seed: number): string => withCheckDigit(`411111${digits(seed, LENGTH - 7)}`);
const order = (seed: number): string => `411111${digits(seed, LENGTH - 6)}`;

const batch = (count: number, number: (seed: number) => string): string =>
  `00ACQ${digits(900, 43)}\n${Array.from(
    { length: count },
    (_, i) => `10${number(i)}1228${digits(500 + i, 12)}978T${digits(i, 7)}M${digits(7, 14)}\n`,
  ).join('')}`;

function found(text: string): number {
  const bytes = Buffer.from(text);
  const fixed = new FixedColumns();
  fixed.learn(bytes, 0, bytes.length);
  const scanner = new CardScanner(Buffer.alloc(32));
  let line = 0;
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    scanner.scan(bytes, at, end, 'batch', ++line, 0, fixed);
    at = end + 1;
  }
  return scanner.finish().total;
}

async function redacted(text: string): Promise<string> {
  const chunks = async function* () {
    yield Buffer.from(text);
  };
  let out = '';
  for await (const block of redactStream(chunks(), new Redactor())) out += block.toString('latin1');
  return out;
}

describe('records of fixed columns', () => {
  it('have numbers in the column that many of them prove', () => {
    expect(found(batch(200, card))).toBe(200);
    expect(found(batch(200, (i) => `000${card(i)}`))).toBe(200);
    expect(found(batch(200, (i) => (i % 9 === 0 ? '0371449635398431' : card(i))))).toBe(200);
  });

  it('have none where a column holds orders, one number over and over, or too few', () => {
    expect(found(batch(400, order))).toBe(0);
    expect(found(batch(400, (i) => (i % 2 === 0 ? order(i) : card(i))))).toBe(0);
    expect(found(batch(400, () => card(1)))).toBe(0);
    expect(found(batch(8, card))).toBe(0);
  });

  it('are masked in a cleaned copy, whatever ends their lines', async () => {
    const text = batch(60, card);
    for (const ends of [text, text.replaceAll('\n', '\r\n')]) {
      const copy = await redacted(ends);
      expect(copy.length).toBe(ends.length);
      expect(copy.match(/10411111\*{6}\d{4}1228/g)).toHaveLength(60);
      expect(await redacted(copy)).toBe(copy);
    }
  });
});
