/** A few lines that somebody pasted: there is no ordinary day around them, and often no time. */
import { describe, expect, it } from 'vitest';
import { triageFiles } from './bundle.ts';

const leading = async (name: string, text: string) => {
  const { diagnosis, summary, notChecked } = await triageFiles({ [name]: text });
  return {
    diagnosis,
    notChecked,
    cause: diagnosis[0]?.cause,
    confidence: diagnosis[0]?.confidence ?? 0,
    onset: diagnosis[0]?.onset,
    summary,
  };
};

describe('an excerpt', () => {
  it.each([
    [
      'one line of JSON by Go',
      'a.log',
      '{"level":"error","ts":1795169702.1,"msg":"Post \\"https://gw.example/v1\\": tls: failed to verify certificate: x509: certificate is valid for old.example, not gw.example"}\n',
      'hostname-mismatch',
    ],
    [
      'answers of a provider without a time',
      'answers.txt',
      '{"code":"SIGN_ERROR","message":"签名错误，请检查后再试"}\n{"code":"SIGN_ERROR","message":"签名错误，请检查后再试"}\n',
      'request-signature-wrong',
    ],
    [
      'three refused connects',
      'b.log',
      [2, 4, 6]
        .map((s) => `2026-11-20T10:15:0${s}.311Z error: Error: connect ECONNREFUSED 198.51.100.7:443\n`)
        .join(''),
      'connection-refused',
    ],
  ])('names what its words prove: %s', async (_what, name, text, cause) => {
    const found = await leading(name, text);
    expect(found.cause).toBe(cause);
    expect(found.confidence).toBeGreaterThanOrEqual(0.5);
    expect(found.summary.priority).not.toBe('none');
    expect(found.onset === undefined).toBe(!text.includes('T10:') && !text.includes('"ts"'));
  });

  it.each([
    ['curl', 'curl: (60) SSL certificate problem: certificate has expired\n', 'server-cert-expired'],
    ['openssl', 'depth=0 CN = gw.example\nverify error:num=10:certificate has expired\n', 'server-cert-expired'],
    [
      'Java',
      '2026-11-20T10:15:02Z ERROR client PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target\n',
      'ca-untrusted',
    ],
  ])('of %s names the likeliest, and says that it is not proven', async (_what, text, cause) => {
    const found = await leading('output.txt', text);
    expect(found.cause).toBe(cause);
    expect(found.confidence).toBeLessThan(0.5);
    expect(found.summary).toMatchObject({ priority: 'none', proven: false });
  });

  it('of refused client certificates names what the refusal may mean, not what a failed handshake beside it could', async () => {
    const line = (second: number, says: string): string =>
      `Nov 20 10:15:0${second} web1 haproxy[123]: 10.9.0.9:4434 [20/Nov/2026:10:15:0${second}.123] mtls/1: ${says}\r\n`;
    const { diagnosis, summary, notChecked } = await leading(
      'h.txt',
      [
        line(1, 'SSL client certificate not trusted'),
        line(2, 'SSL handshake failure'),
        line(3, 'SSL client certificate not trusted'),
      ].join(''),
    );
    expect(summary).toMatchObject({ priority: 'none', proven: false });
    expect(diagnosis.map(({ cause }) => cause)).toEqual([
      'client-cert-expired',
      'client-ca-untrusted',
      'client-chain-incomplete',
    ]);
    expect(diagnosis.every(({ confidence }) => confidence < 0.5)).toBe(true);
    expect(notChecked.map(({ wouldShow }) => wouldShow).join()).toContain('error-log-format');
  });

  it('whose words fit no cause is no pass', async () => {
    const { summary } = await leading(
      'h.log',
      'Nov 20 10:15:03 web1 haproxy[123]: 203.0.113.9:4434 [20/Nov/2026:10:15:03.123] fe_tls/1: SSL handshake failure\n',
    );
    expect(summary).toMatchObject({ priority: 'none', proven: false });
    expect(summary.verdict).toContain('tls.handshake-failed');
  });

  it('of prose stays background', async () => {
    const { summary } = await leading('note.txt', 'Please call the bank tomorrow about the new address.\n');
    expect(summary.judged).toBe(false);
  });

  it('is an isolated line where a day of ordinary ones surrounds it', async () => {
    const day = Array.from(
      { length: 200 },
      (_, n) => `${new Date(1_780_000_000_000 + n * 60_000).toISOString()} INFO payment approved order=${n}`,
    );
    day.splice(
      90,
      0,
      `${new Date(1_780_000_000_000 + 5_400_500).toISOString()} ERROR connect ECONNREFUSED 198.51.100.7:443`,
    );
    const { cause, summary } = await leading('app.log', day.join('\n'));
    expect(cause).toBe(undefined);
    expect(summary.priority).toBe('none');
    expect(summary.proven).toBe(undefined);
  });
});
