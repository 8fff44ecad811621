import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readCertificate } from '../../src/x509/parsed.ts';
import { Facts, judge, RULES } from '../../src/x509/rules/index.ts';
import { certificateDer, DAY, NOW, party } from './build.ts';

const rule = RULES.find((r) => r.id === 'keys/ec-point')!;

const verdict = (spki: Buffer): string => {
  const issuer = party('issuer');
  const der = certificateDer({
    subject: { ...issuer, name: { CN: 'pay.example.com' }, spki },
    issuer,
    from: NOW,
    until: NOW + 90 * DAY,
    extensions: [],
  });
  const found = judge(rule, new Facts(readCertificate(der)));
  return found.state === 'breach' ? found.says : found.state;
};

describe('the point of an EC key', () => {
  it.each(['P-256', 'P-384', 'P-521', 'secp256k1'])('lies on its curve, %s', (namedCurve) => {
    for (let i = 0; i < 5; i++) {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve });
      const spki = publicKey.export({ format: 'der', type: 'spki' });
      expect(verdict(spki)).toBe('pass');
      spki[spki.length - 1]! ^= 1;
      expect(verdict(spki)).toBe(`the key is no point of ${namedCurve}`);
    }
  });
});
