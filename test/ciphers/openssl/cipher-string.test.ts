import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OpensslVersion, opensslName, parseCipherList } from '../../../src/ciphers/index.ts';

interface Recorded {
  [version: string]: { openssl: string; strings: { [string: string]: string } };
}
/** Count and digest of what each OpenSSL sent for the string, recorded with expand-oracle.cjs. */
const recorded = JSON.parse(readFileSync(new URL('expansions.json', import.meta.url), 'utf8')) as Recorded;

const digest = (codes: number[]): string =>
  codes.length === 0
    ? '0'
    : `${codes.length} ${createHash('sha256')
        .update(codes.map((c) => c.toString(16).padStart(4, '0')).join(''))
        .digest('hex')
        .slice(0, 12)}`;

describe('cipher strings', () => {
  for (const [version, { openssl, strings }] of Object.entries(recorded)) {
    it(`expands ${Object.keys(strings).length} strings as OpenSSL ${openssl} does, in the same order`, () => {
      const wrong = Object.entries(strings).filter(
        ([text, want]) => digest(parseCipherList(text, version as OpensslVersion).suites) !== want,
      );
      expect(wrong).toEqual([]);
    });
  }

  const openssl = spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout ?? '';
  it.skipIf(!openssl.startsWith('OpenSSL 3.0'))(
    'names suites as the local openssl does (skipped without OpenSSL 3.0)',
    () => {
      const rows = execFileSync('openssl', ['ciphers', '-V', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'], { encoding: 'utf8' })
        .trim()
        .split('\n');
      const wrong: string[] = [];
      for (const row of rows) {
        const found = /0x(..),0x(..) - (\S+)/.exec(row)!;
        const code = Number.parseInt(found[1]! + found[2]!, 16);
        if (!found[3]!.startsWith('SRP') && opensslName(code) !== found[3])
          wrong.push(`${row.trim()} -> ${opensslName(code)}`);
      }
      expect(wrong).toEqual([]);
    },
  );

  it('says which words no OpenSSL of that version knows, and when nothing is left', () => {
    const list = parseCipherList('HIHG:!aNULL', '3.0');
    expect(list).toMatchObject({ suites: [], unknown: ['HIHG'], empty: true });
    expect(parseCipherList('HIGH!aNULL@SECLEVEL=2', '3.0')).toMatchObject({ securityLevel: 2, unknown: [] });
  });

  it('removes what the security level forbids', () => {
    const level0 = parseCipherList('ALL:@SECLEVEL=0', '3.0').suites.map(opensslName);
    const level2 = parseCipherList('ALL:@SECLEVEL=2', '3.0').suites.map(opensslName);
    expect(level0).toContain('ADH-AES128-SHA');
    expect(level2).not.toContain('ADH-AES128-SHA');
    expect(level2).toContain('AES128-SHA');
  });

  it('never throws and stays bounded on any string', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        expect(parseCipherList(text, '1.1.1').suites.length).toBeLessThan(200);
      }),
    );
  });
});
