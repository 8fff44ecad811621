import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientHelloParser } from '../../src/tls/client-hello.ts';
import { HashedSlots } from '../../src/tls/hashed-slots.ts';

function find<T extends { key: number }>(table: HashedSlots<T>, hash: number, key: number): T | undefined {
  for (let slot = table.first(hash); ; slot = table.next(slot)) {
    const value = table.values[slot];
    if (value === undefined || (table.hashes[slot] === hash && value.key === key)) return value;
  }
}

describe('HashedSlots', () => {
  it('finds every value as long as there are no more than it keeps, however the hashes collide', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { maxLength: 512 }), fc.integer({ min: 1, max: 64 }), (keys, spread) => {
        const table = new HashedSlots<{ key: number }>(512);
        for (const key of keys) table.add(key % spread, { key });
        for (const key of keys) expect(find(table, key % spread, key)?.key).toBe(key);
        expect(find(table, 1, 0.5)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it('stays within its bound and goes on finding what was added last', () => {
    const table = new HashedSlots<{ key: number }>(64);
    for (let key = 0; key < 10_000; key++) {
      table.add(key, { key });
      expect(find(table, key, key)?.key).toBe(key);
    }
    expect(table.values.length).toBeLessThanOrEqual(128);
  });
});

describe('shapes of hellos', () => {
  const u16 = (value: number) => [value >>> 8, value & 255];
  const extension = (type: number, body: number[]) => [...u16(type), ...u16(body.length), ...body];
  const hello = (extensions: number[]) =>
    Buffer.from([3, 3, ...Array(32).fill(7), 0, ...u16(2), 0x13, 0x01, 1, 0, ...u16(extensions.length), ...extensions]);
  const share = (group: number) => [...u16(group), ...u16(1), 0];

  it('keeps a group of a key share apart from an extension of the same number', () => {
    const parser = new ClientHelloParser();
    const parse = (bytes: Buffer) => parser.parse(bytes, 0, bytes.length, 0x0301, 'tcp')!.hello;
    const oneShare = hello([...extension(51, [...u16(5), ...share(29)]), ...extension(23, [])]);
    const twoShares = hello(extension(51, [...u16(10), ...share(29), ...share(23)]));
    expect(parse(oneShare)).toMatchObject({ keyShares: [29], extensions: [51, 23] });
    expect(parse(twoShares)).toMatchObject({ keyShares: [29, 23], extensions: [51] });
  });

  it('reads no hello that ends before its last list', () => {
    const whole = hello([]);
    const parser = new ClientHelloParser();
    for (let end = 0; end < whole.length - 2; end++) expect(parser.parse(whole, 0, end, 0x0301, 'tcp')).toBeUndefined();
    expect(parser.parse(whole, 0, whole.length, 0x0301, 'tcp')?.hello.suites).toEqual([0x1301]);
  });
});
