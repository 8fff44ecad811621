/** Tries the signatures on the few requests that can match, and counts what was found. */
import { append } from '../../lists.ts';
import { buildSearch, type LiteralSearch, search } from '../lexicon/literal-search.ts';
import { SIGNATURES, type Signature } from './signatures.ts';

const MAX_TEXT = 4096;
const KEEP = 20;
const MAX_CLIENTS = 10_000;

/** All hits of one signature. */
export interface AttackCount {
  signature: string;
  family: Signature['family'];
  count: number;
  /** Answered 2xx: the server did something with it. */
  answered: number;
  /** ms UTC; NaN when no line carried a time. */
  first: number;
  last: number;
  /** Distinct client addresses (capped at 10000). */
  clients: Set<string>;
  /** The first of them. */
  hits: { source: number; line: number; time: number; client: string; status: number; text: string }[];
}

export interface ProbedRequest {
  source: number;
  line: number;
  time: number;
  client: string;
  status: number;
  /** As logged. */
  target: string;
  referer: string;
  userAgent: string;
}

/** Literals of this length are looked for in whole lines; shorter ones in the target only, by the odd byte they hold. */
const SWEPT_ALWAYS = 7;
/** Literals without an odd byte must be looked for from this length on. */
const SWEPT = 5;

function decoded(text: string): string {
  let out = text.includes('+') ? text.replaceAll('+', ' ') : text;
  // Twice, as a proxy in front and the application behind it do.
  for (let i = 0; i < 2 && out.includes('%'); i++)
    out = out.replace(/%u00([0-9a-f]{2})|%([0-9a-f]{2})/gi, (_, wide: string, byte: string) =>
      String.fromCharCode(Number.parseInt(wide ?? byte, 16)),
    );
  return out;
}

/**
 * For each byte of a request target: whether customers' browsers and clients never send it as it stands there. A percent
 * sign is judged by what follows, see `oddEscape`.
 */
export const ODD_BYTES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  '<>\'"`();|\\{}$*!^'.includes(String.fromCharCode(byte)) || byte < 32 ? 1 : 0,
);

const hexOf = (byte: number): number =>
  byte >= 48 && byte <= 57 ? byte - 48 : (byte | 32) >= 97 && (byte | 32) <= 102 ? (byte | 32) - 87 : -1;

/** Escapes of bytes that need none (letters, digits, dots) or that only attacks need, and escaped percent signs. */
export function oddEscape(high: number, low: number): boolean {
  const byte = hexOf(high) * 16 + hexOf(low);
  if (hexOf(high) < 0 || hexOf(low) < 0) return true;
  if (byte >= 128 || byte === 0x20 || byte === 0x2f || byte === 0x3a || byte === 0x3d || byte === 0x26) return false;
  return !(byte === 0x2c || byte === 0x40 || byte === 0x3f || byte === 0x2b || byte === 0x23 || byte === 0x7e);
}

/** Whether a request target holds a byte or an escape that asks for a closer look. */
export function isOddTarget(target: string): boolean {
  for (let i = 0; i < target.length; i++) {
    const code = target.charCodeAt(i);
    if (code < 256 && ODD_BYTES[code] === 1) return true;
    // Two dots in a row climb; a dot behind a slash names a hidden file.
    if (code === 46 && (target.charCodeAt(i + 1) === 46 || target.charCodeAt(i - 1) === 47)) return true;
    if (code === 37 && oddEscape(target.charCodeAt(i + 1) | 0, target.charCodeAt(i + 2) | 0)) return true;
  }
  return false;
}

/** The literals of all signatures, made ready for searching. */
interface SignatureSearch {
  search: LiteralSearch;
  /** Literal index to signature index. */
  owners: number[];
  /** Literals of up to four bytes, which are looked for one by one where their first letter occurs. */
  short: ReadonlyMap<string, { text: string; owner: number }[]>;
}

let signatureSearch: SignatureSearch | undefined;

let preparedSignatures: LiteralSearch | undefined;

/** Built when the first request asks for a closer look. */
function searchOfSignatures(): SignatureSearch {
  if (signatureSearch) return signatureSearch;
  const all = SIGNATURES.flatMap(({ literals }, owner) =>
    literals.map((text) => ({ text, owner, bytes: Buffer.from(text) })),
  );
  const long = all.filter(({ bytes }) => bytes.length >= SWEPT);
  const short = new Map<string, { text: string; owner: number }[]>();
  for (const { text, bytes, owner } of all) {
    if (bytes.length >= SWEPT) continue;
    const group = short.get(text[0]!);
    if (group) group.push({ text, owner });
    else short.set(text[0]!, [{ text, owner }]);
  }
  signatureSearch = {
    search: preparedSignatures ?? buildSearch(long.map(({ bytes }) => bytes)),
    owners: long.map(({ owner }) => owner),
    short,
  };
  return signatureSearch;
}

/** What a blank is written as in a request line. */
const BLANKS = [' ', '+', '%20'];

let sweptLiterals: LiteralSearch | undefined;

/** The literals that the sweep over access logs looks for; shorter ones hold an odd byte or need one beside them. */
export function literalsToSweep(): LiteralSearch {
  sweptLiterals ??= buildSearch(
    [
      ...new Set(
        SIGNATURES.filter(({ id }) => id !== 'probe-header-split')
          .flatMap(({ literals: texts }) => texts)
          .filter((text) => text.length >= SWEPT_ALWAYS || (text.length >= SWEPT && !isOddTarget(text)))
          .flatMap((text) => (text.includes(' ') ? BLANKS.map((blank) => text.replaceAll(' ', blank)) : [text])),
      ),
    ].map((text) => Buffer.from(text)),
  );
  return sweptLiterals;
}

/** The searches of the signatures: what `literalsToSweep` gives, and the one for a closer look. */
export interface AttackSearches {
  requests: LiteralSearch;
  signatures: LiteralSearch;
}

export const attackSearches = (): AttackSearches => ({
  requests: literalsToSweep(),
  signatures: searchOfSignatures().search,
});

/** Takes the searches over that the build or another thread made of these very signatures. */
export function useAttackSearches({ requests, signatures }: AttackSearches): void {
  sweptLiterals = requests;
  preparedSignatures = signatures;
}

export class AttackCounter {
  readonly #counts = new Map<string, AttackCount>();

  /** Tries one request that the sweep or an odd byte made a candidate. */
  check(request: ProbedRequest): void {
    const text = decoded(
      `${request.target}\n${request.referer}\n${request.userAgent}`.slice(0, MAX_TEXT),
    ).toLowerCase();
    const bytes = Buffer.from(text, 'utf8');
    const found: number[] = [];
    const { search: long, owners, short } = searchOfSignatures();
    search(long, bytes, 0, bytes.length, found);
    const candidates = new Set(found.map((literal) => owners[literal]!));
    for (const [first, literals] of short)
      if (text.includes(first))
        for (const { text: literal, owner } of literals) if (text.includes(literal)) candidates.add(owner);
    for (const candidate of candidates) {
      const signature = SIGNATURES[candidate]!;
      if (signature.pattern.test(text)) this.#hit(signature, request);
    }
  }

  #hit({ id, family }: Signature, { source, line, time, client, status, target }: ProbedRequest): void {
    let count = this.#counts.get(id);
    if (!count) {
      count = {
        signature: id,
        family,
        count: 0,
        answered: 0,
        first: time,
        last: time,
        clients: new Set(),
        hits: [],
      };
      this.#counts.set(id, count);
    }
    count.count++;
    if (status >= 200 && status < 300) count.answered++;
    if (!(time >= count.first)) count.first = time;
    if (!(time <= count.last)) count.last = time;
    if (count.clients.size < MAX_CLIENTS) count.clients.add(client);
    if (count.hits.length < KEEP) count.hits.push({ source, line, time, client, status, text: target.slice(0, 1024) });
  }

  /** Adds what a later part of the same source had. @param lines how many lines lie before that part. */
  merge(counts: AttackCount[], source: number, lines: number): void {
    for (const count of counts)
      this.add({ ...count, hits: count.hits.map((hit) => ({ ...hit, source, line: hit.line + lines })) });
  }

  /** Adds what was counted elsewhere about one signature. */
  add(count: AttackCount): void {
    const known = this.#counts.get(count.signature);
    if (!known) {
      this.#counts.set(count.signature, count);
      return;
    }
    known.count += count.count;
    known.answered += count.answered;
    if (!(count.first >= known.first)) known.first = count.first;
    if (!(count.last <= known.last)) known.last = count.last;
    for (const client of count.clients) if (known.clients.size < MAX_CLIENTS) known.clients.add(client);
    append(known.hits, count.hits.slice(0, KEEP - known.hits.length));
  }

  /** Most hits first; equal ones by name. */
  finish(): AttackCount[] {
    return [...this.#counts.values()].sort((a, b) => b.count - a.count || (a.signature < b.signature ? -1 : 1));
  }
}
