/**
 * JA3 and JA3S (github.com/salesforce/ja3, BSD-3) and JA4 (github.com/FoxIO-LLC/ja4 technical_details/JA4.md,
 * LICENSE-JA4, BSD-3). The other JA4+ methods are under a licence that forbids commercial use and stay out.
 */
import { createHash } from 'node:crypto';
import { isGrease } from './registries/grease.ts';

export interface Ja4Input {
  transport: 'tcp' | 'quic' | 'dtls';
  legacyVersion: number;
  versions: readonly number[];
  suites: readonly number[];
  extensions: readonly number[];
  signatureAlgorithms: readonly number[];
  /** First ALPN value as it stood on the wire. */
  alpn: Buffer | undefined;
}

const JA4_VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
  [0x0200, 's2'],
  [0xfeff, 'd1'],
  [0xfefd, 'd2'],
  [0xfefc, 'd3'],
]);
const EMPTY_HASH = '000000000000';

const hex4 = (value: number) => value.toString(16).padStart(4, '0');
const sha12 = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
const twoDigits = (count: number) => String(Math.min(count, 99)).padStart(2, '0');
const real = (values: readonly number[]) => values.filter((value) => !isGrease(value));

/** JA4 of a ClientHello, all GREASE values ignored. */
export function ja4(hello: Ja4Input): string {
  const suites = real(hello.suites);
  const extensions = real(hello.extensions);
  const transport = hello.transport === 'quic' ? 'q' : hello.transport === 'dtls' ? 'd' : 't';
  const sni = extensions.includes(0) ? 'd' : 'i';
  const a = `${transport}${ja4Version(hello)}${sni}${twoDigits(suites.length)}${twoDigits(extensions.length)}${ja4Alpn(hello.alpn)}`;
  const b = suites.length === 0 ? EMPTY_HASH : sha12(suites.map(hex4).sort().join(','));
  return `${a}_${b}_${ja4Extensions(extensions, real(hello.signatureAlgorithms))}`;
}

function ja4Version(hello: Ja4Input): string {
  const offered = real(hello.versions);
  // DTLS versions count downwards on the wire.
  const newest =
    offered.length === 0
      ? hello.legacyVersion
      : offered.reduce((best, version) => (newer(version, best) ? version : best));
  return JA4_VERSIONS.get(newest) ?? '00';
}

function newer(version: number, than: number): boolean {
  const bothDtls = version >>> 8 === 0xfe && than >>> 8 === 0xfe;
  return bothDtls ? version < than : version > than;
}

function ja4Alpn(value: Buffer | undefined): string {
  if (!value || value.length === 0) return '00';
  const first = value[0]!;
  const last = value[value.length - 1]!;
  if (isAlphanumeric(first) && isAlphanumeric(last)) return String.fromCharCode(first, last);
  return `${(first >>> 4).toString(16)}${(last & 15).toString(16)}`;
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

function ja4Extensions(extensions: readonly number[], signatureAlgorithms: readonly number[]): string {
  // server_name and ALPN are already in part a.
  const sorted = extensions
    .filter((type) => type !== 0 && type !== 16)
    .map(hex4)
    .sort();
  // Nothing left counts as empty, also when SNI or ALPN were there.
  if (sorted.length === 0) return EMPTY_HASH;
  const list = sorted.join(',');
  return sha12(signatureAlgorithms.length === 0 ? list : `${list}_${signatureAlgorithms.map(hex4).join(',')}`);
}

/** JA3: decimal values in wire order, GREASE removed. */
export function ja3(
  version: number,
  suites: readonly number[],
  extensions: readonly number[],
  groups: readonly number[],
  pointFormats: readonly number[],
): string {
  return md5(
    `${version},${real(suites).join('-')},${real(extensions).join('-')},${real(groups).join('-')},${pointFormats.join('-')}`,
  );
}

/** JA3S of a ServerHello. */
export function ja3s(version: number, suite: number, extensions: readonly number[]): string {
  return md5(`${version},${suite},${real(extensions).join('-')}`);
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
