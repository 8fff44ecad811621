/** What is a list of versions, and what merely has dots in its numbers. */
import { expect, it } from 'vitest';
import { identify } from '../../src/evidence/identify.ts';

const kind = (text: string): string => identify(Buffer.from(text), text.length, {}).kind;

it.each([
  ['nginx 1.24.0\nopenssl 3.0.2\njava 17.0.9\n'],
  ['pay1: OpenSSL 1.1.1k  25 Mar 2021\npay2: OpenSSL 3.0.2 15 Mar 2022\n'],
  ['openssl 3.0.2 built on: Tue Sep 12 10:00:00 2023 UTC\nnginx 1.24.0\n'],
])('is one: %j', (text) => {
  expect(kind(text)).toBe('versions');
});

it.each([
  [
    'ESTAB     0      0            10.0.0.5:44322      203.0.113.9:443\nTIME-WAIT 0      0            10.0.0.5:44323      203.0.113.9:443\n',
  ],
  [
    'Jan 05 10:00:00 1887 pay openssl 1.1.1 handshake 4.2.1 done\nFeb 11 10:00:00 2411 gateway openssl 1.1.1 handshake 4.2.2 done\n',
  ],
  ['pay 05.01.1987 10:00:00 node 4.2.1 started\ngateway 11.02.2411 10:00:00 node 4.2.1 started\n'],
  ['edge 10.0.0.5\ngateway 10.0.0.6\n'],
])('is none: %j', (text) => {
  expect(kind(text)).not.toBe('versions');
});
