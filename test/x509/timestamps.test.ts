import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/x509/audit/index.ts';
import { parsedForm } from '../../src/x509/certificate.ts';
import { type Certificate, parseCertificate } from '../../src/x509/index.ts';
import { embeddedTimestamps, judgeTimestamp, readLogList } from '../../src/x509/timestamps.ts';
import { caCertificate, certificateDer, DAY, dns, type Ext, ext, NOW, party, SERVER, tlv } from './build.ts';

const ca = party('Logged CA');
const caCert = caCertificate(ca, ca);
const leaf = party('pay.example.com');
const log = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const logKey = log.publicKey.export({ format: 'der', type: 'spki' });
const list = {
  log_list_timestamp: new Date(NOW - DAY).toISOString(),
  operators: [
    {
      name: 'Op',
      logs: [
        {
          description: 'Example log',
          key: logKey.toString('base64'),
          state: { usable: { timestamp: '2025-01-01T00:00:00Z' } },
        },
      ],
    },
  ],
};

const base = (more: Ext[], host = 'pay.example.com'): Certificate =>
  parseCertificate(
    certificateDer({
      subject: leaf,
      issuer: ca,
      serial: 99n,
      extensions: [
        ext.basic(false),
        ext.usage(0x80),
        ext.authorityKey(ca.spki),
        ext.purposes(SERVER),
        ext.names(dns(host)),
        ...more,
      ],
    }),
  );

function sct(certificate: Certificate, time: number): Ext {
  const form = parsedForm(certificate);
  const tbs = form.bytes.subarray(form.tbs.start, form.tbs.end);
  const u16 = (n: number): Buffer => Buffer.from([n >> 8, n & 0xff]);
  const at = Buffer.alloc(8);
  at.writeBigUInt64BE(BigInt(time));
  const issuerKey = createHash('sha256').update(ca.spki).digest();
  const signed = Buffer.concat([Buffer.of(0, 0), at, u16(1), issuerKey, Buffer.of(0), u16(tbs.length), tbs, u16(0)]);
  const signature = sign('sha256', signed, log.privateKey);
  const id = createHash('sha256').update(logKey).digest();
  const body = Buffer.concat([Buffer.of(0), id, at, u16(0), Buffer.of(4, 3), u16(signature.length), signature]);
  return {
    oid: '1.3.6.1.4.1.11129.2.4.2',
    value: tlv(4, Buffer.concat([u16(body.length + 2), u16(body.length), body])),
  };
}

const logs = readLogList(list)!;
const verdicts = (certificate: Certificate) =>
  embeddedTimestamps(certificate)?.map((t) => judgeTimestamp(t, certificate, caCert, logs));

describe('timestamps of public logs', () => {
  const good = base([sct(base([]), NOW - 10 * DAY)]);

  it('fit the certificate that the log saw, and no other', () => {
    expect(verdicts(good)).toEqual(['valid']);
    expect(verdicts(base([sct(base([]), NOW - 10 * DAY)], 'evil.example.com'))).toEqual(['invalid']);
    expect(verdicts(base([]))).toEqual([]);
    expect(judgeTimestamp(embeddedTimestamps(good)![0]!, good, caCertificate(leaf, leaf), logs)).toBe('invalid');
    expect(judgeTimestamp(embeddedTimestamps(good)![0]!, good, caCert, { ...logs, logs: new Map() })).toBe(
      'unknown-log',
    );
    expect(
      verdicts(base([{ oid: '1.3.6.1.4.1.11129.2.4.2', value: tlv(4, Buffer.from('0005000300', 'hex')) }])),
    ).toBeUndefined();
  });

  it('are read from a log list and from nothing else', () => {
    expect([...logs.logs.values()]).toMatchObject([{ name: 'Example log', operator: 'Op', state: 'usable' }]);
    for (const other of [
      undefined,
      null,
      1,
      [],
      {},
      { operators: [{}] },
      { operators: [null, { logs: [null, { key: 1 }] }] },
    ])
      expect(readLogList(other)).toBeUndefined();
  });

  it('are judged in an audit, and what cannot be judged is named', () => {
    const judge = (certificates: Certificate[], clock = NOW) =>
      audit(
        [
          {
            observation: {
              file: 'f',
              source: 'file',
              certificates,
              revocationLists: [],
              keys: [],
              others: [],
              problems: [],
            },
            place: 'f',
            live: false,
          },
        ],
        {
          clock,
          profile: 'private',
          role: 'any',
          logs,
        },
      );
    const sound = judge([good, caCert]);
    expect(sound.findings).toEqual([]);
    expect(sound.notChecked).toEqual([]);
    const altered = base([sct(base([]), NOW - 10 * DAY)], 'evil.example.com');
    expect(judge([altered, caCert]).findings.map((f) => f.id)).toContain('certificate/timestamp-invalid');
    expect(
      judge([good])
        .notChecked.map((n) => n.why)
        .join(),
    ).toContain('not at hand');
    expect(
      judge([good, caCert], NOW + 75 * DAY)
        .notChecked.map((n) => n.why)
        .join(),
    ).toContain('older than 70 days');
  });
});
