import { describe, expect, it } from 'vitest';
import { ja3, ja4 } from '../../src/tls/fingerprints.ts';

const base = {
  transport: 'tcp' as const,
  legacyVersion: 0x0303,
  versions: [0x0304, 0x0303],
  suites: [0x1301, 0x1302, 0xc02f],
  extensions: [0, 10, 13, 16, 43],
  signatureAlgorithms: [0x0403, 0x0804],
  alpn: Buffer.from('h2'),
};

describe('JA4', () => {
  it('follows the example of its specification', () => {
    // technical_details/JA4.md: a Chrome hello, t13d1516h2_8daaf6152771_e5627efa2ab1.
    const suites = [
      0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f,
      0x0035,
    ];
    const extensions = [
      0x001b, 0, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a,
      0x0015,
    ];
    const signatureAlgorithms = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
    expect(
      ja4({
        ...base,
        suites: [0x0a0a, ...suites],
        extensions: [0x1a1a, ...extensions],
        signatureAlgorithms,
        versions: [0x2a2a, 0x0304, 0x0303],
      }),
    ).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1');
  });

  it.each([
    ['without server name', { extensions: [10, 13, 16, 43] }, 't13i0304h2'],
    ['over QUIC', { transport: 'quic' as const }, 'q13d0305h2'],
    ['over DTLS 1.2', { transport: 'dtls' as const, versions: [], legacyVersion: 0xfefd }, 'dd2d0305h2'],
    [
      'newest DTLS version, which counts downwards',
      { transport: 'dtls' as const, versions: [0xfefd, 0xfefc] },
      'dd3d0305h2',
    ],
    ['SSL 3.0', { versions: [], legacyVersion: 0x0300 }, 'ts3d0305h2'],
    ['a draft of TLS 1.3', { versions: [], legacyVersion: 0x7f1c }, 't00d0305h2'],
    ['no ALPN', { alpn: undefined }, 't13d030500'],
    ['first and last character of ALPN', { alpn: Buffer.from('http/1.1') }, 't13d0305h1'],
    ['a single character counts twice', { alpn: Buffer.from('h') }, 't13d0305hh'],
    ['ALPN that is not alphanumeric, in hex', { alpn: Buffer.from([0xab, 0xcd]) }, 't13d0305ad'],
    ['more than 99 suites', { suites: Array.from({ length: 120 }, (_one, index) => index + 1) }, 't13d9905h2'],
  ])('%s', (_name, change, expected) => {
    expect(ja4({ ...base, ...change }).split('_')[0]).toBe(expected);
  });

  it('has no underscore without signature algorithms and zeros for empty lists', () => {
    const [, b, c] = ja4({ ...base, suites: [], extensions: [], signatureAlgorithms: [] }).split('_');
    expect([b, c]).toEqual(['000000000000', '000000000000']);
    // Server name and ALPN stand in part a; with nothing besides them the list is empty.
    expect(ja4({ ...base, extensions: [0, 16], signatureAlgorithms: [] }).split('_')[2]).toBe('000000000000');
    // SHA-256 of "000a" alone: no "_" behind the list.
    expect(ja4({ ...base, extensions: [10], signatureAlgorithms: [] }).split('_')[2]).toBe('a8f3e973773c');
  });
});

describe('JA3', () => {
  it('follows the example of its description', () => {
    expect(ja3(769, [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4], [0, 10, 11], [23, 24, 25], [0])).toBe(
      'ada70206e40642a3e4461f35503241d5',
    );
    expect(ja3(769, [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99], [], [], [])).toBe('de350869b8c85de67a350c8d186f11e6');
  });
});
