/** Access lines with pairs behind them must be read by the lane as the general reader does, whatever the pairs hold. */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { bothWays } from './both-ways.ts';

const NAMES = [
  ['rt', 'uct', 'uht', 'urt', 'ua', 'us'],
  ['request_time', 'upstream_addr', 'upstream_status', 'cache', 'host'],
  ['rid', 'Duration', 'up', 'vhost', 'us'],
  ['x', 'sni', 'rt'],
  ['rt', 'request_time', 'y'],
  ['status', 'bytes'],
];
const value = fc.oneof(
  { weight: 5, arbitrary: fc.nat({ max: 99_999 }).map((n) => (n / 1000).toFixed(3)) },
  { weight: 2, arbitrary: fc.constantFrom('200', '502', '2001', '0', '12', '0.1s', '1e3', '12345678901234567', '.5') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('-', '', '10.0.0.7:8080', '10.0.0.7', 'unix:/run/a', 'app:8080', '[::1]:80'),
  },
  { weight: 2, arbitrary: fc.constantFrom('0.001, 0.002', 'a b', 'pay.example', 'a\\', '\\"', 'x=y', 'é', 'HIT', '"') },
  { weight: 1, arbitrary: fc.constantFrom('4111111111111111', "' OR 1=1", '203.0.113.1:80, 10.0.0.1:80') },
);
const two = (n: number) => String(n).padStart(2, '0');
const target = fc.constantFrom('/', '/v1/pay?id=7', '/a%20b', "/x?q=' or 1=1--", '/order/77/items', '*', 'https://h/x');
const agent = fc.constantFrom('curl/8', '-', 'Mozilla/5.0 (X11)', 'a\\" rt=9', 'sqlmap/1.7', 'x" y', '');

describe('pairs behind access lines', () => {
  for (const names of NAMES)
    for (const quoted of [true, false])
      it(`are read as the general reader does: ${names.join(' ')}, ${quoted ? 'the last quoted' : 'bare'}`, async () => {
        const line = fc
          .tuple(
            fc.nat(179),
            target,
            agent,
            fc.array(value, { minLength: names.length, maxLength: names.length }),
            fc.nat(40),
          )
          .map(([second, path, told, values, odd]) => {
            const pairs = values.map((text, i) => {
              const marks = (quoted && i === names.length - 1) || (odd === 0 && i === 0) || text.includes(' ');
              return `${names[i]}=${marks ? `"${text}"` : text}`;
            });
            const clock = `12/Sep/2026:20:${two(Math.floor(second / 60))}:${two(second % 60)} +0800`;
            const user = odd === 1 ? 'bob' : '-';
            return `10.0.0.${second} - ${user} [${clock}] "GET ${path} HTTP/1.1" ${odd === 2 ? 499 : 200} ${odd === 3 ? '-' : second} "-" "${told}" ${pairs.join(' ')}${odd === 4 ? ' 0.5' : ''}`;
          });
        await fc.assert(
          fc.asyncProperty(
            fc.array(line, { minLength: 40, maxLength: 90 }),
            fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
            fc.constantFrom('\n', '\r\n'),
            async (lines, damage, feed) => {
              const last = quoted ? '"x"' : 'x';
              const pairs = names.map((name, i) => `${name}=${i === names.length - 1 ? last : '0.5'}`).join(' ');
              const plain = `10.0.0.1 - - [12/Sep/2026:20:00:00 +0800] "GET / HTTP/1.1" 200 1 "-" "-" ${pairs}`;
              const top = Array.from({ length: 12 }, () => plain).join(feed) + feed;
              const bytes = Buffer.from(top + lines.join(feed) + feed);
              for (const [place, byte] of damage) bytes[top.length + (place % (bytes.length - top.length))] = byte;
              await bothWays(bytes, 'access.log');
            },
          ),
          { numRuns: 5 },
        );
      });
});
