/**
 * Reassembly of IPv4 (RFC 791, RFC 815) and IPv6 (RFC 8200 section 4.5) fragments. First data wins on overlap;
 * bounds: 1,024 datagrams at once, 64 KiB each, 128 fragments each, 60 s.
 */
const MAX_DATAGRAMS = 1024;
const MAX_FRAGMENTS = 128;
const MAX_LENGTH = 65_535;
const LIFETIME_MS = 60_000;

interface Datagram {
  pieces: { from: number; to: number; bytes: Buffer }[];
  total: number;
  started: number;
}

export class FragmentTable {
  private readonly datagrams = new Map<string, Datagram>();
  abandoned = 0;

  /** Adds one fragment; returns the whole payload when it is complete. */
  add(
    bytes: Buffer,
    start: number,
    end: number,
    offset: number,
    more: boolean,
    source: number,
    destination: number,
    id: number,
    time: number,
  ): Buffer | undefined {
    if (end <= start || offset + end - start > MAX_LENGTH) return undefined;
    const key = `${source} ${destination} ${id}`;
    let datagram = this.datagrams.get(key);
    if (datagram && Math.abs(time - datagram.started) > LIFETIME_MS) {
      this.datagrams.delete(key);
      datagram = undefined;
    }
    if (!datagram) {
      if (this.datagrams.size >= MAX_DATAGRAMS) {
        const oldest = this.datagrams.keys().next().value;
        if (oldest !== undefined) this.datagrams.delete(oldest);
        this.abandoned++;
      }
      datagram = { pieces: [], total: -1, started: time };
      this.datagrams.set(key, datagram);
    }
    if (datagram.pieces.length >= MAX_FRAGMENTS) return undefined;
    datagram.pieces.push({ from: offset, to: offset + end - start, bytes: Buffer.from(bytes.subarray(start, end)) });
    if (!more && datagram.total < 0) datagram.total = offset + end - start;
    if (datagram.total < 0) return undefined;
    const whole = join(datagram);
    if (whole) this.datagrams.delete(key);
    return whole;
  }
}

function join(datagram: Datagram): Buffer | undefined {
  const pieces = datagram.pieces
    .map((piece, order) => ({ ...piece, order }))
    .sort((a, b) => a.from - b.from || a.order - b.order);
  let covered = 0;
  for (const piece of pieces) {
    if (piece.from > covered) return undefined;
    covered = Math.max(covered, piece.to);
  }
  if (covered < datagram.total) return undefined;
  const whole = Buffer.alloc(datagram.total);
  // Later arrivals first, so that the first data to arrive stays on top.
  for (let index = datagram.pieces.length - 1; index >= 0; index--) {
    const piece = datagram.pieces[index]!;
    if (piece.from < datagram.total)
      piece.bytes.copy(whole, piece.from, 0, Math.min(piece.to, datagram.total) - piece.from);
  }
  return whole;
}
