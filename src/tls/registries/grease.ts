/** RFC 8701 section 2: values 0x?A?A with equal bytes are reserved so that peers learn to ignore the unknown. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 0xff);
}
