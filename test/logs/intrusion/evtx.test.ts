import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readIntrusion } from '../../../src/cli/logs/read-intrusion.ts';
import { flatEvent } from '../../../src/logs/intrusion/evtx/event.ts';
import { type EvtxRecord, readEvtx } from '../../../src/logs/intrusion/evtx/file.ts';
import { valueText } from '../../../src/logs/intrusion/evtx/values.ts';
import { eventTemplate, evtxFile, fileTime, type TestRecord, u16, wide } from './evtx-writer.ts';

const LOGON = ['TargetUserName', 'IpAddress', 'LogonType'];
const TEMPLATES = {
  logon: eventTemplate('Microsoft-Windows-Security-Auditing', LOGON),
  account: eventTemplate('Microsoft-Windows-Security-Auditing', ['TargetUserName', 'TargetSid']),
  cleared: eventTemplate('Microsoft-Windows-Eventlog', []),
  domain: eventTemplate('Microsoft-Windows-Security-Auditing', ['TargetUserName', 'IpAddress', 'Status']),
  sql: eventTemplate('MSSQLSERVER', ['Data']),
  other: eventTemplate('Some-Other-Provider', ['TargetUserName', 'IpAddress', 'LogonType']),
};
const T0 = Date.UTC(2026, 8, 12, 8);
const SID = Buffer.from('0105000000000005150000001111111122222222333333330f040000', 'hex');
const event = (template: keyof typeof TEMPLATES, id: number, time: number, ...data: (string | Buffer)[]) => ({
  time,
  record: {
    template,
    values: [u16(id), fileTime(time), ...data.map((one) => (typeof one === 'string' ? wide(one) : one))],
    types: [6, 17, ...data.map((one) => (typeof one === 'string' ? 1 : 19))],
  } satisfies TestRecord,
});
const guesses = Array.from({ length: 60 }, (_, i) =>
  event('logon', 4625, T0 + i * 1000, i % 3 ? 'Administrator' : 'admin', '203.0.113.50', '10'),
);
const FILE = evtxFile(
  [
    ...guesses,
    event('other', 4624, T0, 'nobody', '198.51.100.1', '10'),
    event('logon', 4624, T0 + 90_000, 'Administrator', '203.0.113.50', '10'),
    event('account', 4720, T0 + 120_000, 'hack168$', SID),
    event('cleared', 1102, T0 + 150_000),
  ],
  TEMPLATES,
);

async function read(bytes: Buffer, step = 10_007) {
  const records: EvtxRecord[] = [];
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
  };
  return { counts: await readEvtx(chunks(), (record) => records.push(record)), records };
}

describe('Windows event logs in binary form', () => {
  it('are read record by record, names and templates of a chunk used again', async () => {
    const { counts, records } = await read(FILE);
    expect(counts).toEqual({ chunks: 2, records: 64, damaged: 0, truncated: false });
    expect(records.map(({ number }) => number)).toEqual(Array.from({ length: 64 }, (_, i) => i + 1));
    expect(flatEvent(records[1]!)).toEqual({
      id: 4625,
      time: T0 + 1000,
      channel: 'Security',
      computer: 'pos-7',
      provider: 'Microsoft-Windows-Security-Auditing',
      data: { TargetUserName: 'Administrator', IpAddress: '203.0.113.50', LogonType: '10' },
    });
    expect(flatEvent(records[62]!).data.TargetSid).toBe('S-1-5-21-286331153-572662306-858993459-1039');
  });

  it.each([
    [1, wide('a\0'), 'a'],
    [7, Buffer.from('feffffff', 'hex'), '-2'],
    [10, Buffer.from('ffffffffffffffff', 'hex'), '18446744073709551615'],
    [13, Buffer.from('01000000', 'hex'), 'true'],
    [14, Buffer.from('c0ff', 'hex'), 'C0FF'],
    [15, Buffer.from('33221100554477668899aabbccddeeff', 'hex'), '00112233-4455-6677-8899-AABBCCDDEEFF'],
    [17, fileTime(T0), '2026-09-12T08:00:00.000000Z'],
    [20, Buffer.from('0500000c', 'hex'), '0xc000005'],
    [0x81, wide('a\0b\0'), 'a, b'],
    [0x88, Buffer.from('0100000002000000', 'hex'), '1, 2'],
  ])('shows a value of type %i', (type, bytes, text) => {
    expect(valueText(type, bytes)).toBe(text);
  });

  it.each([
    ['goes on counting, as in a log copied while it was written', 6, 10],
    ['is left of another log', 1026, 5],
  ])('are read behind the end of a chunk where what stands there %s', async (_, number, records) => {
    const file = evtxFile(guesses.slice(0, 10), TEMPLATES);
    let at = 4096 + 512;
    for (let i = 0; i < 5; i++) at += file.readUInt32LE(at + 4);
    file.writeUInt32LE(at - 4096, 4096 + 48);
    file.writeBigUInt64LE(BigInt(number), at + 8);
    expect((await read(file)).counts).toMatchObject({ records, damaged: 0 });
  });

  it('counts damaged records and reads the others', async () => {
    const bytes = Buffer.from(FILE);
    // The second record's first element becomes an unknown token.
    const second = bytes.indexOf(Buffer.from([0x2a, 0x2a, 0, 0]), 4096 + 512 + 4);
    bytes[second + 24] = 0x3f;
    const { counts } = await read(bytes);
    expect(counts).toMatchObject({ records: 63, damaged: 1, sample: { number: 2 } });
  });

  it('says that the end is missing', async () => {
    const { counts } = await read(FILE.subarray(0, FILE.length - 60_000));
    expect(counts).toMatchObject({ chunks: 2, truncated: true });
    expect(counts.records).toBeGreaterThan(50);
  });

  it('never throws on damaged bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 4096, max: 4096 + 9000 }), fc.nat(255)), { minLength: 1, maxLength: 12 }),
        async (changes) => {
          const bytes = Buffer.from(FILE);
          for (const [at, byte] of changes) bytes[at] = byte;
          const { counts, records } = await read(bytes, 65_536);
          expect(counts.records).toBe(records.length);
          for (const record of records) flatEvent(record);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('paymedic intrusion', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-evtx-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('answers from a binary event log', async () => {
    writeFileSync(join(folder, 'Security.evtx'), FILE);
    const { sheet, problems } = await readIntrusion([folder], {});
    expect(problems).toEqual([]);
    expect(sheet.bruteForce).toMatchObject([
      {
        address: '203.0.113.50',
        service: 'remote desktop',
        tries: 60,
        first: T0,
        success: { user: 'Administrator', proof: { time: T0 + 90_000 } },
      },
    ]);
    expect(sheet.bruteForce[0]!.dictionary[0]).toEqual({ user: 'Administrator', tries: 40 });
    expect(sheet.accounts).toMatchObject([
      { name: 'hack168$', why: ['it was created while the logs ran', 'its name hides it'] },
    ]);
    expect(sheet.persistence).toMatchObject([{ kind: 'history', why: 'an event log was cleared' }]);
    expect(sheet.attackers.map(({ address }) => address)).toEqual(['203.0.113.50']);
  });

  it('tells passwords that a domain and a database refused, and an old one of a program from guesses', async () => {
    const refused = (i: number, user: string, address: string): ReturnType<typeof event>[] => [
      event('domain', 4771, T0 + i * 1000, user, `::ffff:${address}`, '0x18'),
      event('sql', 18456, T0 + i * 1000, `${user},  Reason: Password did not match.,  [CLIENT: ${address}]`),
    ];
    const file = join(folder, 'Spray.evtx');
    writeFileSync(
      file,
      evtxFile(
        Array.from({ length: 20 }, (_, i) => [
          ...refused(i, `user${i}`, '10.9.8.7'),
          ...refused(i, 'svc-report', '10.0.0.5'),
          event('domain', 4771, T0 + i * 1000, `late${i}`, '10.0.0.6', '0x12'),
        ]).flat(),
        TEMPLATES,
      ),
    );
    const { sheet } = await readIntrusion([file], {});
    expect(sheet.bruteForce.map(({ address, service, tries }) => [address, service, tries]).sort()).toEqual([
      ['10.9.8.7', 'SQL Server', 20],
      ['10.9.8.7', 'the domain', 20],
    ]);
    expect(sheet.bruteForce[0]!.dictionary[0]!.user).toMatch(/^user\d+$/);
  });

  it('says what of a log could not be read', async () => {
    const file = join(folder, 'cut.evtx');
    writeFileSync(file, FILE.subarray(0, FILE.length - 60_000));
    const { problems } = await readIntrusion([file], {});
    expect(problems.map(({ what }) => what)).toEqual(
      expect.arrayContaining([expect.stringContaining('ends inside a chunk')]),
    );
  });
});
