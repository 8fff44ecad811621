/** The lane for tables must say exactly what the general reader says, whatever the columns and however damaged the rows. */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { bothWays } from './both-ways.ts';

const HEADERS = [
  'time,order,merchant,psp,amount,currency,response_code,elapsed_ms,description',
  'Time;Level;Message;Acquirer;Status;Duration',
  'id\ttimestamp\tclient_ip\tendpoint\tresult\tlatency\tnote',
  'created_at|level|error|channel|code',
  'date,message,severity,error_message,provider,duration_ms,outcome',
  'a,b,c,d',
  'time,status,method,path,client',
];
const SEPARATORS = [',', ';', '\t', '|', ',', ',', ','];
const cell = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 99_999 }).map(String) },
  { weight: 3, arbitrary: fc.constantFrom('00', '91', '51', '504', 'timeout', 'ok', 'error', 'ERROR', 'info', 'warn') },
  { weight: 3, arbitrary: fc.constantFrom('alipay', 'adyen', '支付宝', '10.0.0.7', '10.0.0.7:99', '2001:db8::1', '-') },
  { weight: 2, arbitrary: fc.constantFrom('/v1/pay', '/v1/pay/12?x=1', 'https://h/v1/x', '/order/77/items', 'a/b#c') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('', ' ', '0.25', '12.5', '17ms', '1e3', 'a "b" c', '\\', '12 [x] y', '[z] 9'),
  },
  { weight: 2, arbitrary: fc.constantFrom('"a,b"', '"x ""y"" z"', '"支付"', '""', '"a"b', '"open', '"2;3"', '"a\\b"') },
  { weight: 1, arbitrary: fc.constantFrom('card 4111111111111111', 'connect() failed (111: Connection refused)') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('certificate has expired', 'SSL routines::wrong version number', 'pool exhausted'),
  },
);
const two = (n: number) => String(n).padStart(2, '0');
const time = fc
  .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 4 }))
  .map(([minute, second, kind]) => {
    const clock = `20:${two(minute)}:${two(second)}`;
    return [
      `2026-09-12 ${clock}`,
      `2026-09-12T${clock}.250Z`,
      `2026/09/12 ${clock}`,
      `2026-09-12 ${clock}`,
      '1789000000',
    ][kind]!;
  });

describe('the lane for tables', () => {
  for (const [index, header] of HEADERS.entries())
    for (const named of [true, false])
      it(`says what the general reader says of ${named ? '' : 'rows without '}${header.slice(0, 30)}`, async () => {
        const separator = SEPARATORS[index]!;
        const names = header.split(separator);
        const at = Math.max(
          0,
          names.findIndex((name) => /time|date|created/i.test(name)),
        );
        const row = fc
          .tuple(time, fc.array(cell, { minLength: names.length, maxLength: names.length }), fc.nat(60))
          .map(([stamp, cells, odd]) => {
            const all = cells.map((text, i) => (i === at ? stamp : text));
            if (odd === 0) all.pop();
            if (odd === 1) all.push('more');
            return all.join(separator);
          });
        await fc.assert(
          fc.asyncProperty(
            fc.array(row, { minLength: 30, maxLength: 80 }),
            fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
            fc.constantFrom('\n', '\r\n'),
            async (rows, damage, feed) => {
              const plain = names.map((_, i) => (i === at ? '2026-09-12 20:00:00' : `x${i}`)).join(separator);
              const top = [...(named ? [header] : []), ...Array.from({ length: 20 }, () => plain)];
              const bytes = Buffer.from([...top, ...rows, ...rows].join(feed));
              const from = Buffer.byteLength(top.join(feed));
              for (const [place, byte] of damage) bytes[from + (place % (bytes.length - from))] = byte;
              await bothWays(bytes, 'export.csv');
            },
          ),
          { numRuns: 6 },
        );
      });
});
