/** Writes DER (X.690): the counterpart of the reader, for messages, certificates and lists made by this program. */
import { append } from '../lists.ts';
import { encode } from './keys.ts';

/** One value with `id` as its identifier octet and the parts as its contents. */
export const tlv = (id: number, ...parts: Buffer[]): Buffer => encode(id, Buffer.concat(parts));

export const sequence = (...parts: Buffer[]): Buffer => tlv(0x30, ...parts);
export const octetString = (...parts: Buffer[]): Buffer => tlv(0x04, ...parts);
export const bitString = (content: Buffer, unused = 0): Buffer => tlv(0x03, Buffer.of(unused), content);
export const boolean = (value: boolean): Buffer => tlv(0x01, Buffer.of(value ? 0xff : 0));
const nullValue = (): Buffer => Buffer.of(0x05, 0);
export const utf8String = (text: string): Buffer => tlv(0x0c, Buffer.from(text, 'utf8'));
export const printableString = (text: string): Buffer => tlv(0x13, Buffer.from(text, 'latin1'));
export const numericString = (text: string): Buffer => tlv(0x12, Buffer.from(text, 'latin1'));
export const visibleString = (text: string): Buffer => tlv(0x1a, Buffer.from(text, 'latin1'));

/** SET OF: DER wants the elements in ascending order of their encodings (X.690 11.6). */
export const setOf = (...parts: Buffer[]): Buffer => tlv(0x31, ...[...parts].sort(Buffer.compare));

/** A non-negative INTEGER from a number or from unsigned big-endian octets. */
export function integer(value: number | Buffer): Buffer {
  let octets: Buffer;
  if (typeof value === 'number') {
    const hex = value.toString(16);
    octets = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  } else {
    let skip = 0;
    while (skip < value.length - 1 && value[skip] === 0) skip++;
    octets = value.length === 0 ? Buffer.of(0) : value.subarray(skip);
  }
  return tlv(0x02, octets[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), octets]) : octets);
}

/** OBJECT IDENTIFIER from its dotted text. */
export function oid(dotted: string): Buffer {
  const arcs = dotted.split('.').map(Number);
  const octets: number[] = [];
  for (const arc of [arcs[0]! * 40 + arcs[1]!, ...arcs.slice(2)]) {
    const base128 = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) base128.unshift((rest % 128) | 128);
    append(octets, base128);
  }
  return tlv(0x06, Buffer.from(octets));
}

/** AlgorithmIdentifier; parameters NULL unless given, absent when `null`. */
export const algorithm = (dotted: string, parameters: Buffer | null = nullValue()): Buffer =>
  sequence(oid(dotted), ...(parameters ? [parameters] : []));

/** UTCTime until 2049, GeneralizedTime after (RFC 5280 4.1.2.5). */
export function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, '').replace(/\..*/, 'Z');
  return Number(text.slice(0, 4)) < 2050 ? tlv(0x17, Buffer.from(text.slice(2))) : generalizedTime(ms);
}

export const generalizedTime = (ms: number): Buffer =>
  tlv(0x18, Buffer.from(new Date(ms).toISOString().replace(/[-:T]/g, '').replace(/\..*/, 'Z')));

/** Name with one attribute per RDN; attributes by their short names (`C`, `O`, `OU`, `CN`). */
export function distinguishedNameDer(parts: { readonly [attribute: string]: string }): Buffer {
  const oids: { [attribute: string]: string } = { C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3' };
  return sequence(
    ...Object.entries(parts).map(([key, value]) =>
      setOf(sequence(oid(oids[key]!), key === 'C' ? printableString(value) : utf8String(value))),
    ),
  );
}

/** One certificate extension (RFC 5280 4.2). */
export const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));

/** PEM text of a DER value (RFC 7468). */
export function pemText(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;
}
