import { describe, expect, it } from 'vitest';
import { isSlip, lookAlikeFindings, skeleton } from '../../src/x509/audit/look-alikes.ts';
import type { Certificate } from '../../src/x509/types.ts';
import { NOW, party, serverCertificate } from './build.ts';

const ca = party('CA');
const subject = party('x');

function judge(hosts: string[], pins: string[]): (string | undefined)[] {
  const certificates: Certificate[] = [serverCertificate(subject, ca, hosts)];
  const observation = {
    file: 'f',
    source: 'file' as const,
    certificates,
    revocationLists: [],
    keys: [],
    others: [],
    problems: [],
  };
  return lookAlikeFindings([{ observation, place: 'f', live: false }], {
    clock: NOW,
    profile: 'auto',
    role: 'any',
    pins: pins.map((name) => ({ name })),
  }).map((f) => `${f.priority}: ${f.title}`);
}

describe('names that look like a known one', () => {
  it.each([
    ['pay.paymentgate.com', 'pay.paymentgate.com', []],
    ['www.paymentgate.com', 'pay.paymentgate.com', []],
    ['paymentgale.com', 'paymentgate.com', ['routine: paymentgale.com differs from paymentgate.com by one letter']],
    ['payrnentgate.com', 'paymentgate.com', ['important: payrnentgate.com reads like paymentgate.com']],
    ['payment-gate.com', 'paymentgate.com', ['important: payment-gate.com reads like paymentgate.com']],
    ['xn--pymentgate-zqi.com', 'paymentgate.com', ['important: xn--pymentgate-zqi.com reads like paymentgate.com']],
    [
      'paymentgate.com.login.example.net',
      'paymentgate.com',
      ['important: paymentgate.com.login.example.net puts paymentgate.com in front of the foreign domain example.net'],
    ],
    ['bank-b.internal', 'bank-a.internal', []],
    ['till2.example', 'till1.example', []],
    ['acquirer.co.uk', 'issuer.co.uk', []],
    ['example.org', 'example.com', []],
  ])('%s beside %s', (host, known, found) => {
    expect(judge([host], [known])).toEqual(found);
  });

  it('needs a known name to compare with', () => {
    expect(judge(['payrnentgate.com'], [])).toEqual([]);
    expect(judge(['payrnentgate.com'], ['paymentgate.com', 'payrnentgate.com'])).toEqual([]);
  });

  it('is told by what the eye reads and by single slips', () => {
    expect(skeleton('раураl')).toBe(skeleton('paypal'));
    expect(skeleton('g00gle')).toBe(skeleton('google'));
    for (const [a, b] of [
      ['gateway', 'gatewey'],
      ['gateway', 'gatway'],
      ['gateway', 'gatewway'],
      ['gateway', 'gaetway'],
    ] as const) {
      expect(isSlip(a, b)).toBe(true);
      expect(isSlip(b, a)).toBe(true);
    }
    expect(isSlip('gateway', 'gateway')).toBe(false);
    expect(isSlip('gateway', 'gatexxy')).toBe(false);
  });
});
