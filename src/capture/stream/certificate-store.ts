/** Certificates seen in a run, each kept once: the same chain is sent thousands of times. */
const MAX_DISTINCT = 20_000;

export class CertificateStore {
  private readonly buckets = new Map<number, { der: Buffer; text: string }[]>();
  private count = 0;

  /** Base64 of the DER bytes; equal certificates give the same string object. */
  add(bytes: Buffer, start: number, end: number): string {
    const length = end - start;
    let key = length;
    for (let step = 1; step <= 16; step++) {
      const at = start + Math.floor((length * step) / 17);
      key = (Math.imul(key, 31) + (bytes[at] ?? 0)) >>> 0;
    }
    const bucket = this.buckets.get(key);
    const known = bucket?.find((entry) => entry.der.length === length && entry.der.compare(bytes, start, end) === 0);
    if (known) return known.text;
    const der = Buffer.from(bytes.subarray(start, end));
    const text = der.toString('base64');
    if (this.count < MAX_DISTINCT) {
      this.count++;
      if (bucket) bucket.push({ der, text });
      else this.buckets.set(key, [{ der, text }]);
    }
    return text;
  }
}
