/** What `logs` finds in a file is not in its redacted copy, `logs` finds nothing there, and the copy is what the file was. */
import { describe, expect, it } from 'vitest';
import { CardScanner } from '../../src/logs/card-numbers.ts';
import { Redactor } from '../../src/logs/redact.ts';
import { redactStream } from '../../src/logs/redact-stream.ts';
import { SecretScanner } from '../../src/logs/secrets/scan.ts';

const KEY = Buffer.alloc(32);
const LINES = 400;

/** Park and Miller's generator: the same numbers in every run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

type Random = (below: number) => number;

function luhnNumber(random: Random): string {
  const [begin, length] = [
    ['4', 16],
    ['53', 16],
    ['2223', 16],
    ['37', 15],
    ['6011', 16],
    ['3530', 16],
  ][random(6)] as [string, number];
  let digits = begin;
  while (digits.length < length - 1) digits += random(10);
  let sum = 0;
  for (const [i, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return digits + ((10 - (sum % 10)) % 10);
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const letters = (random: Random, length: number): string =>
  `${Array.from({ length: length - 3 }, () => LETTERS[random(LETTERS.length)]).join('')}k7Q`;

/** A name of a field and what must not be shown under it. */
function sensitive(random: Random): [name: string, value: string] {
  const pan = luhnNumber(random);
  const marks = '!#$%&()*+,-./:;<=>?@[]^_{|}~';
  const kinds: (() => [string, string])[] = [
    () => ['cardNumber', pan],
    () => ['pan', pan.replace(/(\d{4})(?=\d)/g, '$1 ')],
    () => ['track2', `${pan}=2812101${String(random(1e9)).padStart(9, '0')}`],
    () => ['apiKey', `sk_live_${letters(random, 24)}`],
    () => ['password', letters(random, 12)],
    () => [
      'credential',
      `AQE${letters(random, 60)}=-${letters(random, 40)}=-${letters(random, 12)}${marks[random(marks.length)]}x7`,
    ],
    () => ['authorization', `Bearer ${letters(random, 40)}`],
    () => ['database', `postgres://shop:${letters(random, 14)}@db.internal/pay`],
    () => ['token', `ghp_${letters(random, 36)}`],
  ];
  return kinds[random(kinds.length)]!();
}

const WRITTEN: { [format: string]: (random: Random, index: number) => string } = {
  json: (random, i) => {
    const members = Array.from({ length: 1 + random(3) }, () => sensitive(random));
    return JSON.stringify({
      time: `2026-09-12T08:00:${String(i % 60).padStart(2, '0')}Z`,
      ...Object.fromEntries(members),
      n: i,
    });
  },
  'json in json': (random, i) => {
    const [name, value] = sensitive(random);
    return JSON.stringify({ n: i, body: JSON.stringify({ [name]: value, after: [i, 'x'] }) });
  },
  'json keys and paths': (random, i) =>
    JSON.stringify({ n: i, path: `/cards/${luhnNumber(random)}/tokens`, cards: { [luhnNumber(random)]: 'active' } }),
  text: (random, i) => {
    const [name, value] = sensitive(random);
    return `2026-09-12T08:00:00Z INFO pay ${i} ${name}=${value} done`;
  },
  csv: (random, i) => {
    if (i === 0) return 'id,card_number,cvv,password,amount';
    return `${i},${luhnNumber(random)},${100 + random(900)},"password=${letters(random, 12)}",12.50`;
  },
};

async function redacted(text: string, pieces: number): Promise<{ copy: string; redactor: Redactor }> {
  const redactor = new Redactor();
  const bytes = Buffer.from(text);
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += pieces) yield bytes.subarray(at, at + pieces);
  }
  const blocks: Buffer[] = [];
  for await (const block of redactStream(chunks(), redactor)) blocks.push(Buffer.from(block));
  return { copy: Buffer.concat(blocks).toString(), redactor };
}

/** What `logs --secrets` finds. */
function found(text: string): { cards: number; secrets: number; values: string[] } {
  const cards = new CardScanner(KEY);
  const secrets = new SecretScanner(KEY);
  const values: string[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    const b = Buffer.from(line);
    cards.scan(b, 0, b.length, 'a.log', i + 1, 0);
    secrets.scan(b, 0, b.length, 'a.log', i + 1, 0);
    for (const { from, to } of [...secrets.spans(b, 0, b.length), ...cards.spans(b, 0, b.length)])
      values.push(b.toString('latin1', from, to));
  }
  return { cards: cards.finish().total, secrets: secrets.finish().total, values };
}

describe.each(Object.keys(WRITTEN))('a redacted log of %s', (format) => {
  it.each([11, 2026, 77_001])('keeps its lines and its form, and nothing that was found (seed %i)', async (seed) => {
    const random = randomOf(seed);
    const lines = Array.from({ length: LINES }, (_, i) => WRITTEN[format]!(random, i));
    const before = found(lines.join('\n'));
    expect(before.cards + before.secrets).toBeGreaterThan(LINES * 0.9);
    const { copy, redactor } = await redacted(`${lines.join('\n')}\n`, 4096 + random(1000));
    expect(copy.split('\n')).toHaveLength(LINES + 1);
    expect(redactor.counts.lines).toBe(LINES);
    expect(before.values.filter((value) => copy.includes(value))).toEqual([]);
    const after = found(copy);
    expect({ cards: after.cards, secrets: after.secrets }).toEqual({ cards: 0, secrets: 0 });
    for (const [i, line] of copy.trimEnd().split('\n').entries()) {
      if (format.startsWith('json'))
        expect(Object.keys(JSON.parse(line))).toHaveLength(Object.keys(JSON.parse(lines[i]!)).length);
      if (format === 'csv') expect(line.split(',')).toHaveLength(5);
    }
    expect((await redacted(copy, 65_536)).copy).toBe(copy);
  });
});
