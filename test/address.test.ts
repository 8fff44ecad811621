import { describe, expect, it } from 'vitest';
import { isLoopback } from '../src/address.ts';

describe('a host that is the one that says so', () => {
  it.each(['127.0.0.1', '127.3.2.1', '::1', 'localhost', 'LOCALHOST', 'localhost.localdomain', 'pay.localhost'])(
    '%s',
    (host) => expect(isLoopback(host)).toBe(true),
  );
  it.each(['127.example.com', 'localhost.example.com', '10.127.0.1', '0127.0.0.1', '::11', ''])('is not %s', (host) =>
    expect(isLoopback(host)).toBe(false),
  );
});
