import { describe, expect, it } from 'vitest';
import { parseRevocationList } from '../../src/x509/crl.ts';
import { revocationState } from '../../src/x509/index.ts';
import type { RevocationList } from '../../src/x509/types.ts';
import {
  caCertificate,
  DAY,
  type Ext,
  ext,
  integer,
  type ListDraft,
  listDer,
  NOW,
  party,
  revocationList,
  serverCertificate,
  text,
  tlv,
} from './build.ts';

const ca = party('Revocation CA');
const other = party('Revocation CA');
const caCert = caCertificate(ca, ca);
const leafParty = party('pay.example.com');
const point = 'http://crl.example.com/1.crl';
const leaf = serverCertificate(leafParty, ca, ['pay.example.com'], [ext.distribution(point)]);
const serial = BigInt(`0x${leaf.serial}`);

const scope = (...fields: Buffer[]): Ext => ({ oid: '2.5.29.28', critical: true, value: tlv(0x30, ...fields) });
const named = (uri: string): Buffer => tlv(0xa0, tlv(0xa0, text(0x86, uri)));
const deltaOn = (base: number): Ext => ({ oid: '2.5.29.27', critical: true, value: integer(base) });
const list = (draft: Partial<ListDraft>): RevocationList => revocationList({ issuer: ca, ...draft });
const state = (lists: RevocationList[], time = NOW, strict = false) =>
  revocationState(leaf, caCert, lists, time, strict);

describe('revocation by lists', () => {
  it('tells revoked, good and unknown apart', () => {
    expect(state([])).toMatchObject({ state: 'unknown' });
    expect(state([list({})])).toMatchObject({ state: 'good' });
    expect(state([list({ revoked: [{ serial, reason: 1 }] })])).toMatchObject({
      state: 'revoked',
      reason: 'keyCompromise',
    });
    expect(state([list({ revoked: [{ serial: serial + 1n }] })])).toMatchObject({ state: 'good' });
  });

  it('judges at the time that is asked about', () => {
    const later = list({ from: NOW + DAY, until: NOW + 8 * DAY, revoked: [{ serial, time: NOW + 2 * DAY }] });
    expect(state([later], NOW)).toMatchObject({ state: 'unknown' });
    expect(state([later], NOW + 3 * DAY)).toMatchObject({ state: 'revoked' });
    const entryBefore = list({ from: NOW + DAY, until: NOW + 8 * DAY, revoked: [{ serial, time: NOW - DAY }] });
    expect(state([entryBefore], NOW)).toMatchObject({ state: 'revoked' });
    expect(state([list({ until: NOW - 1000 })]).says).toContain('ended on');
    // A list that was in force and names the certificate revokes it, whatever date the entry bears.
    expect(state([list({ revoked: [{ serial, time: NOW + DAY }] })])).toMatchObject({ state: 'revoked' });
  });

  it('does not believe a list that somebody else signed', () => {
    const forged = parseRevocationList(listDer({ issuer: { ...other, name: ca.name } }));
    expect(state([forged])).toMatchObject({ state: 'unknown', says: expect.stringContaining('signature') });
  });

  it('ends a hold by a newer list or by a delta list on a list that is not older than its base', () => {
    const hold = list({ number: 5, revoked: [{ serial, reason: 6 }] });
    expect(state([hold])).toMatchObject({ state: 'revoked', reason: 'certificateHold' });
    expect(state([hold, list({ number: 6, from: NOW - 1000 })])).toMatchObject({ state: 'good' });
    const removal = (base: number, number: number) =>
      list({ number, from: NOW - 1000, extensions: [deltaOn(base)], revoked: [{ serial, reason: 8 }] });
    expect(state([hold, removal(5, 6)])).toMatchObject({ state: 'good' });
    expect(state([hold, removal(4, 7)])).toMatchObject({ state: 'good' });
    expect(state([hold, removal(6, 7)])).toMatchObject({ state: 'revoked' });
    expect(state([hold, removal(4, 5)])).toMatchObject({ state: 'revoked' });
    const permanent = list({ number: 5, revoked: [{ serial, reason: 1 }] });
    expect(state([permanent, removal(5, 6)])).toMatchObject({ state: 'revoked' });
  });

  it('adds a delta list to its base and never takes one for a complete list', () => {
    const delta = list({ number: 6, extensions: [deltaOn(5)], revoked: [{ serial, reason: 4 }] });
    expect(state([list({ number: 5 }), delta])).toMatchObject({ state: 'revoked', reason: 'superseded' });
    expect(state([list({ number: 6, extensions: [deltaOn(5)] })])).toMatchObject({ state: 'unknown' });
  });

  it('keeps to the scope of a list', () => {
    expect(state([list({ extensions: [scope(named(point))] })])).toMatchObject({ state: 'good' });
    expect(state([list({ extensions: [scope(named('http://crl.example.com/2.crl'))] })]).says).toContain(
      'another distribution point',
    );
    expect(state([list({ extensions: [scope(tlv(0x81, Buffer.of(0xff)))] })])).toMatchObject({ state: 'good' });
    for (const tag of [0x82, 0x85])
      expect(state([list({ extensions: [scope(tlv(tag, Buffer.of(0xff)))] })])).toMatchObject({ state: 'unknown' });
    expect(state([list({ extensions: [scope(tlv(0x84, Buffer.of(0xff)))] })]).says).toContain('not supported');
    expect(state([list({ extensions: [scope(tlv(0xa0, tlv(0xa1)))] })]).says).toContain('not supported');
  });

  it('adds up lists for some reasons until they cover all', () => {
    const some = (...bits: number[]) => {
      const mask = bits.reduce((m, b) => m | (0x8000 >> b), 0);
      return list({ extensions: [scope(tlv(0x83, Buffer.of(0, mask >> 8, mask & 0xff)))] });
    };
    expect(state([some(1)]).says).toContain('only some reasons');
    expect(state([some(1, 2, 3, 4), some(5, 6, 7, 8)])).toMatchObject({ state: 'good' });
  });

  it('asks for every field of the profile only when asked to be strict', () => {
    const twice = list({ revoked: [{ serial: 7n }, { serial: 7n }] });
    expect(state([twice])).toMatchObject({ state: 'good' });
    expect(state([twice], NOW, true).says).toContain('twice');
    expect(state([list({})], NOW, true)).toMatchObject({ state: 'good' });
  });

  it('finds every entry of a large list, and no other', () => {
    const revoked = Array.from({ length: 3000 }, (_, i) => ({ serial: BigInt(i * 7919 + 1), reason: i % 2 ? 1 : 4 }));
    const large = list({ revoked });
    expect(large.revoked.size).toBe(3000);
    const hex = (n: bigint): string => {
      const digits = n.toString(16).toUpperCase();
      return digits.length % 2 ? `0${digits}` : digits;
    };
    for (const { serial: s, reason } of revoked)
      expect(large.revoked.get(hex(s))).toEqual({
        time: NOW - 2 * DAY,
        reason: reason === 1 ? 'keyCompromise' : 'superseded',
      });
    expect(large.revoked.has('FFFFFFFFFF')).toBe(false);
    expect([...large.revoked.keys()][1]).toBe(hex(7920n));
    expect(large.revoked.duplicates).toBe(0);
  });
});
