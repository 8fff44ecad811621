/** TCP options that verdicts look at (RFC 9293 section 3.2, RFC 7323, RFC 2018). */

export interface TcpOptions {
  mss: number;
  timestamps: boolean;
  windowScale: number;
}

export function readOptions(bytes: Buffer, start: number, headerLength: number): TcpOptions {
  const options: TcpOptions = { mss: 0, timestamps: false, windowScale: -1 };
  const end = start + headerLength;
  for (let at = start + 20; at < end; ) {
    const kind = bytes[at]!;
    if (kind === 0) break;
    if (kind === 1) {
      at++;
      continue;
    }
    const length = at + 1 < end ? bytes[at + 1]! : 0;
    if (length < 2 || at + length > end) break;
    if (kind === 2 && length === 4) options.mss = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    else if (kind === 3 && length === 3) options.windowScale = bytes[at + 2]!;
    else if (kind === 8) options.timestamps = true;
    at += length;
  }
  return options;
}

/** Is there a selective acknowledgement (RFC 2018)? */
export function hasSack(bytes: Buffer, start: number, headerLength: number): boolean {
  const end = start + headerLength;
  for (let at = start + 20; at < end; ) {
    const kind = bytes[at]!;
    if (kind === 0) return false;
    if (kind === 5) return true;
    const length = kind === 1 ? 1 : at + 1 < end ? bytes[at + 1]! : 0;
    if (length < 1) return false;
    at += length;
  }
  return false;
}
