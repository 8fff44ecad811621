/** Address ranges of both families as 128-bit numbers. */

export interface Network {
  base: bigint;
  bits: number;
  v4: boolean;
}

function v4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(Number(part));
  }
  return value;
}

function v6(text: string): bigint | undefined {
  const plain = text.split('%')[0]!;
  if (!/^[0-9a-f:.]{2,45}$/i.test(plain)) return undefined;
  const halves = plain.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string): number[] | undefined => {
    if (half === '') return [];
    const found: number[] = [];
    for (const group of half.split(':')) {
      if (group.includes('.')) {
        const tail = v4(group);
        if (tail === undefined) return undefined;
        found.push(Number(tail >> 16n), Number(tail & 0xffffn));
      } else if (/^[0-9a-f]{1,4}$/i.test(group)) found.push(Number.parseInt(group, 16));
      else return undefined;
    }
    return found;
  };
  const head = groups(halves[0]!);
  const tail = halves.length === 2 ? groups(halves[1]!) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail].reduce(
    (value, group) => (value << 16n) | BigInt(group),
    0n,
  );
}

/** `10.0.0.0/8`, `2001:db8::/32`, or a single address. */
export function parseNetwork(text: string): Network | undefined {
  const [address, length] = text.trim().split('/');
  const four = v4(address!);
  const base = four ?? v6(address!);
  if (base === undefined) return undefined;
  const width = four === undefined ? 128 : 32;
  const bits = length === undefined ? width : Number(length);
  if (!Number.isInteger(bits) || bits < 0 || bits > width) return undefined;
  const shift = BigInt(width - bits);
  // IPv4 addresses written as IPv6 ones (RFC 4291 section 2.5.5.2) are compared as what they are.
  if (four === undefined && bits >= 96 && base >> 32n === 0xffffn)
    return { base: ((base & 0xffffffffn) >> shift) << shift, bits: bits - 96, v4: true };
  return { base: (base >> shift) << shift, bits, v4: four !== undefined };
}

export function inNetwork(network: Network, address: string): boolean {
  const text = address.trim().replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
  const value = network.v4 ? v4(text) : v6(text);
  if (value === undefined) return false;
  const shift = BigInt((network.v4 ? 32 : 128) - network.bits);
  return value >> shift === network.base >> shift;
}
