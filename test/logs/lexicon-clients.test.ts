/** What command-line clients and libraries of databases print, from their runs against servers that fail in one way each. */
import { describe, expect, it } from 'vitest';
import { compileLexicon, matchText } from '../../src/logs/index.ts';
import { entries, read } from './read.ts';

const lexicon = compileLexicon(entries);
const said = (text: string): string[] => {
  const found = matchText(lexicon, text).map(({ entry, values }) => `${entry.event} ${values.host ?? '-'}`);
  return [...new Set(found)];
};

describe('texts of clients', () => {
  it.each([
    // GNU Wget 1.21 with GnuTLS; a UTF-8 locale has other quotation marks
    ["ERROR: The certificate of '127.0.0.1' doesn't have a known issuer.", 'tls.issuer-unknown 127.0.0.1'],
    [
      'ERROR: The certificate of \u2018gw.pay.test\u2019 doesn\u2019t have a known issuer.'.replace(
        'doesn\u2019t',
        "doesn't",
      ),
      'tls.issuer-unknown gw.pay.test',
    ],
    ["The certificate's owner does not match hostname \u2018gw.pay.test\u2019", 'tls.name-mismatch gw.pay.test'],
    ['Unable to establish SSL connection.', 'tls.handshake-failed -'],
    ['Connecting to 127.0.0.1:1... failed: Connection refused.', 'net.refused 127.0.0.1'],
    ['GnuTLS: received alert [70]: Error in protocol version', 'tls.protocol-unsupported -'],
    ['GnuTLS: Error in the pull function.', 'net.reset -'],
    // gnutls-cli 3.7
    ['Could not connect to 127.0.0.1:1: Connection refused', 'net.refused 127.0.0.1'],
    ['*** Received alert [21]: Decryption failed', 'tls.alert-received -'],
    // libpq 15, MariaDB 10.11, redis-cli 7, OpenSSH 9.2, OpenJDK 17
    ['connection to server at "127.0.0.1", port 1 failed: Connection refused', 'net.refused 127.0.0.1'],
    ["ERROR 2002 (HY000): Can't connect to server on '127.0.0.1' (115)", 'net.refused 127.0.0.1'],
    ['Could not connect to Redis at 127.0.0.1:1: Connection refused', 'net.refused 127.0.0.1'],
    ['ssh: connect to host 127.0.0.1 port 1: Connection refused', 'net.refused 127.0.0.1'],
    ['java.security.KeyManagementException: problem accessing trust store', 'start.keystore-password -'],
  ])('%s', (text, expected) => {
    expect(said(text)).toEqual([expected]);
  });

  it.each([
    'Connecting to gw.pay.test (gw.pay.test)|192.0.2.7|:443... connected.',
    'HTTP request sent, awaiting response... 200 OK',
    '- Status: The certificate is trusted.',
    'merchant@shop.test: Permission denied to refund order 7',
    'the certificate of the merchant is not trusted by the board',
    'opened a connection to server at "db", port 5432',
  ])('leaves alone: %s', (text) => {
    expect(said(text)).toEqual([]);
  });

  it('counts one failure once where a program wraps what the library says', async () => {
    const { events } = await read(
      '2026-09-12 10:00:00,123 ERROR pay: psycopg2.OperationalError: connection to server at "192.0.2.7", port 5432 failed: Connection refused\n',
    );
    expect(events.map(({ event, count }) => [event, count])).toEqual([['net.refused', 1]]);
  });
});
