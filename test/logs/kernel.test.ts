/** What the kernel's loops over sixteen bytes find is what a look at every byte finds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCards, Places } from '../../src/logs/cards/find.ts';
import { giveBack, type Kernel, takeKernel } from '../../src/logs/kernel/kernel.ts';
import { JsonRows } from '../../src/logs/lanes/json-rows.ts';
import { buildSearch, LiteralHits } from '../../src/logs/lexicon/literal-search.ts';
import { shapeKey, shapeKeyOf } from '../../src/logs/templates.ts';

/** Runs `act` on a kernel that holds `text` and a line feed. */
function withKernel<T>(text: string | Buffer, act: (kernel: Kernel, end: number) => T): T {
  const kernel = takeKernel()!;
  try {
    const end = Buffer.from(text).copy(kernel.bytes);
    kernel.bytes[end] = 10;
    return act(kernel, end + 1);
  } finally {
    giveBack(kernel);
  }
}

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);
const separator = oneOf(
  ...['', ' ', '-', '+', '.', '%20', '%2D', '%C2%A0', '&nbsp;', '&#160;', '\\u00a0', '\\u2013', '\\xA0', '\\xc2\\xa0'],
  ...['\u00a0', '\u2007', '\u200b', '\u2013', '\uff0d', '\u3000', '  ', ',', 'x'],
);
const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const card = oneOf('4111111111111111', '378282246310005', '6011000990139424', '5555555555554444', '6200000000000005');

/** A number in groups of the given lengths. */
const grouped = fc
  .tuple(
    card,
    oneOf([4, 4, 4, 4], [4, 6, 5], [6, 13], [4, 6, 4], [16], [5, 4, 4, 3], [4, 4, 4, 4, 3]),
    separator,
    fc.boolean(),
  )
  .map(([number, lengths, between, wide]) => {
    const groups: string[] = [];
    let at = 0;
    for (const length of lengths) {
      groups.push(`${number}000`.slice(at, at + length));
      at += length;
    }
    const text = groups.filter((group) => group !== '').join(between);
    return wide ? text.replace(/\d/g, (d) => String.fromCharCode(0xff10 + Number(d))) : text;
  });
const encoded = fc.tuple(card, oneOf('', 'card=', 'pan: ', '{"pan":"'), oneOf('base64', 'hex', 'base64url')).map(
  // The names of encodings are those of Buffer.
  ([number, before, as]) => Buffer.from(before + number).toString(as as BufferEncoding),
);
/** Every character of a number as an escape, or as a pair of a dump. */
const spelled = fc
  .tuple(
    fc.tuple(oneOf('', 'PAN='), card).map(([name, number]) => name + number),
    oneOf(['\\u00', ''], ['\\x', ''], ['%', ''], ['%25', ''], ['%u00', ''], ['&#x', ';'], [' ', ''], [':', '']),
  )
  .map(([text, [before, after]]) => [...text].map((c) => `${before}${c.charCodeAt(0).toString(16)}${after}`).join(''));
/** Digits as EBCDIC in hexadecimal, with a length before a number or a name before all. */
const ebcdic = fc
  .tuple(oneOf('', 'pan=', 'x'), oneOf('', '16', '0100'), card, oneOf('', ' ', ':'), oneOf('F', 'f'))
  .map(([name, before, number, between, f]) => name + [...(before + number)].map((d) => `${f}${d}`).join(between));
const piece = fc.oneof(
  { weight: 2, arbitrary: ebcdic },
  { weight: 2, arbitrary: spelled },
  { weight: 4, arbitrary: grouped },
  { weight: 2, arbitrary: encoded },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 45 }).chain(digits) },
  { weight: 2, arbitrary: separator },
  {
    weight: 3,
    arbitrary: oneOf(
      'card=',
      '"pan":"',
      '%',
      '\\u',
      '\\u0022',
      '\\x20',
      '\\"',
      '%22',
      '%2522',
      ' id ',
      'MTIz',
      'NDEx',
      '\n',
      '\r\n',
      '"',
    ),
  },
  { weight: 2, arbitrary: fc.string({ maxLength: 70 }) },
);

describe('the sweep for card numbers', () => {
  it('misses no line on which one is found', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 14 }), (pieces) => {
        const text = pieces.join('');
        withKernel(text, (kernel, end) => {
          const places = new Places();
          kernel.sweepCards(end, places);
          const bytes = Buffer.from(kernel.bytes.subarray(0, end));
          const swept = Array.from(places.at.subarray(0, places.length));
          for (let start = 0; start < end; ) {
            const stop = bytes.indexOf(10, start);
            let found = 0;
            findCards(bytes, start, stop, () => found++);
            if (found > 0) expect(swept.some((place) => place >= start && place < stop + 1)).toBe(true);
            start = stop + 1;
          }
        });
      }),
      { numRuns: 400 },
    );
  });

  it('passes over stamps, addresses, versions and amounts', () => {
    const text =
      '10.0.0.9 - - [12/Sep/2026:20:40:11 +0800] "GET /order/920-0455/x HTTP/1.1" 200 19987 "https://shop.test/c/64" ' +
      '"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Safari/537.36"\n' +
      '{"ts":"2026-09-12T00:00:00.023Z","epoch":1789171200123,"trace":"1a65caf2d1a48","amount":48430,"msg":"order 841629"}';
    withKernel(text.repeat(20), (kernel, end) => {
      const places = new Places();
      kernel.sweepCards(end, places);
      expect(places.length).toBe(0);
    });
  });
});

describe('the sweep for literals', () => {
  it('finds what a naive search finds, wherever it stands', () => {
    const letters = fc.string({
      unit: oneOf('a', 'b', 'C', '1', ' ', '验', '['),
      minLength: 3,
      maxLength: 9,
    });
    fc.assert(
      fc.property(
        fc.array(letters, { minLength: 1, maxLength: 8 }),
        fc.string({ unit: oneOf('a', 'B', 'c', '1', ' ', '验', '[', '{'), maxLength: 90 }),
        (literals, text) => {
          const search = buildSearch(literals.map((literal) => Buffer.from(literal)));
          const hits = new LiteralHits();
          withKernel(text, (kernel, end) => kernel.sweepLiterals(search, end, hits));
          const fold = (value: string): string => value.replace(/[A-Z]/g, (c) => c.toLowerCase());
          const naive = literals.flatMap((literal, i) => (fold(text).includes(fold(literal)) ? [i] : []));
          expect([...new Set(hits.literal.subarray(0, hits.length))].sort((a, b) => a - b)).toEqual(naive);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('goes on where more was found than it has room for', () => {
    const search = buildSearch([Buffer.from('needle')]);
    const hits = new LiteralHits();
    withKernel('needle'.repeat(90_000), (kernel, end) => kernel.sweepLiterals(search, end, hits));
    expect(hits.length).toBe(90_000);
    const places = new Places();
    withKernel('4111111111111111\n'.repeat(30_000), (kernel, end) => kernel.sweepCards(end, places));
    const lines = Array.from(places.at.subarray(0, places.length), (at) => Math.floor(at / 17));
    expect(new Set(lines.filter((line) => line < 30_000)).size).toBe(30_000);
  });
});

describe('the shape of a message', () => {
  it('is the one that the text has', () => {
    const token = fc.oneof(
      oneOf(
        'order',
        'a',
        'x1',
        '17',
        'a-very-long-token-without-any-separator-that-goes-on-for-more-than-a-window-of-bytes',
        '支付',
        '😀',
        '',
      ),
      fc.string({ maxLength: 12 }),
    );
    const message = fc
      .array(
        fc.tuple(
          token,
          oneOf(' ', ', ', '=', ':', '"', "'", '(', ')', '[', ']', '{', '}', '|', '<', '>', ';', '\t', '\\', '/'),
        ),
        {
          minLength: 1,
          maxLength: 40,
        },
      )
      .map((pieces) => pieces.flat().join(''));
    fc.assert(
      fc.property(message, (text) => {
        const line = `${JSON.stringify({ msg: text })}\n`;
        withKernel(`${line}{}`, (kernel, end) => {
          const rows = new JsonRows(kernel);
          expect(rows.seek(0, end)).toBe(true);
          expect(rows.shaped).toBe(true);
          expect(shapeKeyOf(rows.shapeHigh, rows.shapeLow)).toBe(shapeKey(text, 0));
        });
      }),
      { numRuns: 400 },
    );
  });
});
