import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeExpiry } from '../../src/x509/audit/index.ts';
import { ipOctets, ipText } from '../../src/x509/general-name.ts';
import { dnsNameMatches } from '../../src/x509/index.ts';
import { findPem } from '../../src/x509/pem.ts';

const DAY = 86_400_000;

describe('host names', () => {
  it.each([
    ['*.example.com', 'pay.example.com', true],
    ['*.example.com', 'a.b.example.com', false],
    ['*.example.com', 'example.com', false],
    ['*.com', 'example.com', false],
    ['PAY.Example.com', 'pay.example.COM', true],
    ['p*.example.com', 'pay.example.com', false],
    ['pay.*.com', 'pay.example.com', false],
    ['*', 'localhost', false],
  ])('%s for %s: %s', (pattern, host, fits) => {
    expect(dnsNameMatches(pattern, host)).toBe(fits);
  });

  it('reads back every address it writes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })),
        (octets) => {
          expect(ipOctets(ipText(octets))).toEqual(Buffer.from(octets));
        },
      ),
    );
  });
});

describe('expiry by share of lifetime', () => {
  // Lifetime, role, days left, verdict.
  it.each([
    [6, 'server', 3, undefined],
    [6, 'server', 0.9, 'urgent'],
    [47, 'server', 20, undefined],
    [47, 'server', 15, 'important'],
    [47, 'server', 7, 'urgent'],
    [90, 'server', 31, undefined],
    [90, 'server', 29, 'important'],
    [90, 'server', 13, 'urgent'],
    [398, 'server', 60, undefined],
    [398, 'server', 40, 'important'],
    [398, 'client', 80, 'important'],
    [398, 'server', 10, 'urgent'],
    [398, 'server', 2, 'urgent'],
  ] as const)('%d days, as %s, %d left: %s', (lifetime, role, left, priority) => {
    const notBefore = Date.UTC(2026, 0, 1);
    const notAfter = notBefore + lifetime * DAY;
    expect(judgeExpiry({ notBefore, notAfter, ca: false, role }, notAfter - left * DAY).priority).toBe(priority);
  });

  it('is not urgent about a ten-year root with two years left', () => {
    const notBefore = Date.UTC(2020, 0, 1);
    expect(
      judgeExpiry({ notBefore, notAfter: Date.UTC(2030, 0, 1), ca: true, role: 'any' }, Date.UTC(2028, 0, 1)).priority,
    ).toBeUndefined();
  });
});

describe('PEM in any text', () => {
  it('never throws and never hangs', () => {
    const piece = fc.constantFrom(
      '-----BEGIN CERTIFICATE-----',
      '-----END CERTIFICATE-----',
      '\\n',
      '\r\n',
      ' ',
      'MIIB',
      '-----',
      'Proc-Type: 4,ENCRYPTED\n',
      '>',
      '+',
      '=',
      'x: y\n',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 20 })), { maxLength: 60 }), (parts) =>
        Array.isArray(findPem(parts.join(''))),
      ),
      { numRuns: 500 },
    );
  });
});
