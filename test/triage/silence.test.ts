/** What must not be passed over in silence, and what must be. */
import { describe, expect, it } from 'vitest';
import { claims, type Files, iso, triageFiles } from './bundle.ts';

const MINUTE = 60_000;
const ONSET = Date.UTC(2026, 7, 30, 12);
const times = (from: number, to: number, seconds: number): number[] => {
  const out: number[] = [];
  for (let t = from, i = 0; t < to; t += seconds * 1000, i++) out.push(t + ((i * 617) % 900));
  return out;
};
const lines = (make: (t: number, i: number) => string, from = ONSET - 40 * MINUTE, to = ONSET + 25 * MINUTE): string =>
  `${times(from, to, 3).map(make).join('\n')}\n`;
const clf = (t: number): string => {
  const [date, month, year] = [new Date(t).getUTCDate(), new Date(t).toUTCString().slice(8, 11), 2026];
  return `${String(date).padStart(2, '0')}/${month}/${year}:${iso(t).slice(11, 19)} +0000`;
};
const access = (status: (t: number, i: number) => number): string =>
  lines((t, i) => `198.51.100.${i % 90} - - [${clf(t)}] "POST /pay HTTP/1.1" ${status(t, i)} 120 "-" "okhttp/4"`);
const now: Files = { 'meta/now': iso(ONSET + 25 * MINUTE) };

describe('much that fails and nothing that says why', () => {
  it.each([
    [
      'requests',
      'access.log',
      access((t) => (t < ONSET ? 200 : 503)),
      /requests were answered with a server error \(503\)/,
    ],
    [
      'payments',
      'payments.csv',
      `time,order,merchant,amount,currency,status\n${lines((t, i) => `${iso(t)},o${i},m1,10.00,EUR,${t < ONSET ? 'approved' : 'error'}`)}`,
      /payments failed technically/,
    ],
    [
      'error lines',
      'pay.log',
      lines((t, i) =>
        t < ONSET ? `${iso(t)} INFO pay - order ${i} done` : `${iso(t)} ERROR pay - order ${i}: flange not seated`,
      ),
      /lines of pay are errors/,
    ],
  ])('is told as such: %s', async (_what, name, text, says) => {
    const report = await triageFiles({ ...now, [name]: text });
    expect(claims(report)).toEqual([]);
    expect(report.summary.verdict).toMatch(says);
    expect(report.summary.verdict).toContain('no cause is proven');
    expect(report.summary.priority).toBe('urgent');
    expect(Math.abs(Date.parse(report.summary.since!) - ONSET)).toBeLessThan(MINUTE);
  });

  it('is told as one client, where a request of its own fails again and again while others are served', async () => {
    const own = times(ONSET, ONSET + 20 * MINUTE, 2).map(
      (t) => `198.51.101.7 - - [${clf(t)}] "POST /pay HTTP/1.1" 500 120 "-" "erp/1.0"`,
    );
    const text = [
      ...access(() => 200)
        .trimEnd()
        .split('\n'),
      ...own,
    ].sort((a, b) => a.slice(a.indexOf('[')).localeCompare(b.slice(b.indexOf('['))));
    const report = await triageFiles({ ...now, 'access.log': `${text.join('\n')}\n` });
    expect(claims(report)).toEqual([]);
    expect(report.summary.verdict).toContain('nearly all for the client 198.51.101.7 alone');
    expect(report.summary.priority).toBe('important');
  });

  it('is told beside causes that are only likely, with what would prove them', async () => {
    const text = lines((t, i) =>
      t < ONSET
        ? `[INFO][${iso(t)}][pay] order ${i} done`
        : `[ERROR][${iso(t)}][pay] order ${i}: PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed`,
    );
    const report = await triageFiles({ ...now, 'pay.log': text });
    expect(claims(report)).toEqual([]);
    expect(report.diagnosis.map(({ cause }) => cause)).toContain('server-cert-expired');
    expect(report.summary.verdict).toMatch(/lines of pay are errors since .*, and no cause is proven/);
    expect(report.summary.priority).toBe('urgent');
    expect(report.summary.nextStep).toContain('notAfter');
  });

  it('is told of an error log that is full of one complaint, though nothing shows how much goes well', async () => {
    const stamp = (t: number): string => iso(t).slice(0, 19).replace(/-/g, '/').replace('T', ' ');
    const errors = lines(
      (t, i) =>
        `${stamp(t)} [error] 12#12: *${i} upstream prematurely closed connection while reading response header from upstream, client: 198.51.100.${i % 90}, server: pay, request: "POST /pay HTTP/1.1", upstream: "http://10.0.0.2:8080/pay", host: "pay.example"`,
    );
    const report = await triageFiles({ ...now, 'error.log': errors });
    expect(report.summary.verdict).toMatch(/^Software complains \(net\.closed-early, .* no cause is proven/);
    expect(report.summary.proven).toBe(false);
  });

  it('is not told where a notice announced maintenance for that day', async () => {
    const bundle = { ...now, 'access.log': access((t) => (t < ONSET ? 200 : 503)) };
    const notice = (day: string): string =>
      `From: ops@shop.example\nDate: Fri, 28 Aug 2026 09:00:00 +0000\nSubject: Scheduled maintenance\n\nThe shop is switched off on ${day} from 12:00 UTC.\n`;
    const planned = await triageFiles({ ...bundle, 'notice.txt': notice('30 August 2026') });
    expect(planned.summary.priority).toBe('none');
    const other = await triageFiles({ ...bundle, 'notice.txt': notice('14 September 2026') });
    expect(other.summary.priority).toBe('urgent');
  });

  it('steps back where a cause is named', async () => {
    const report = await triageFiles({
      ...now,
      'access.log': access((t) => (t < ONSET ? 200 : 502)),
      'error.log': lines((t) =>
        t < ONSET ? `${iso(t)} INFO pay - done` : `${iso(t)} ERROR pay - connect ECONNREFUSED 198.51.100.7:443`,
      ),
    });
    expect(claims(report)).toEqual(['connection-refused']);
    expect(report.findings.map(({ id }) => id)).not.toContain('capacity/unexplained-failures');
  });

  it.each([
    ['one in twenty fails', (_: number, i: number) => (i % 20 === 0 ? 502 : 200)],
    ['half have failed all day', (_: number, i: number) => (i % 2 ? 502 : 200)],
  ])('is not seen where %s', async (_what, status) => {
    const report = await triageFiles({ ...now, 'access.log': access(status) });
    if (_what !== 'half have failed all day') expect(report.summary.priority).toBe('none');
    expect(claims(report)).toEqual([]);
  });
});

describe('what any day brings', () => {
  it('connections refused for seconds while a release is rolled out are no incident', async () => {
    const refused = (t: number): boolean => t >= ONSET + 5000 && t < ONSET + 25_000;
    const log = lines((t, i) =>
      JSON.stringify(
        refused(t)
          ? {
              ts: iso(t),
              level: 'warn',
              msg: 'dial tcp 10.2.3.4:8080: connect: connection refused; retrying',
              order: i,
            }
          : { ts: iso(t), level: 'info', msg: 'paid', order: i },
      ),
    );
    const bundle = { ...now, 'pay.jsonl': log };
    expect(claims(await triageFiles({ ...bundle, 'changes.txt': `${iso(ONSET)} pay 5.1 rolled out\n` }))).toEqual([]);
    expect(claims(await triageFiles(bundle))).toEqual(['connection-refused']);
  });

  it('handshakes that scanners break off at HAProxy are no incident', async () => {
    const log = lines((t, i) => {
      const at = `${new Date(t).toUTCString().slice(8, 11)} ${new Date(t).getUTCDate()} ${iso(t).slice(11, 19)} lb1 haproxy[88]: `;
      const accepted = `[${clf(t).slice(0, 20)}.123]`;
      return i % 25 === 3
        ? `${at}45.1.${i % 250}.9:4000 ${accepted} fe/1: SSL handshake failure`
        : `${at}198.51.100.${i % 90}:4000 ${accepted} fe~ be/s1 0/0/1/20/21 200 911 - - ---- 4/4/2/1/0 0/0 "POST /pay HTTP/1.1"`;
    });
    const report = await triageFiles({ ...now, 'haproxy.log': log });
    expect(report.diagnosis).toEqual([]);
    expect(report.summary.verdict).toBe('Nothing wrong was found in this evidence.');
  });
});

describe('sessions that HAProxy could not connect', () => {
  const traffic = (state: string): string =>
    lines((t, i) => {
      const at = `${new Date(t).toUTCString().slice(8, 11)} ${new Date(t).getUTCDate()} ${iso(t).slice(11, 19)} lb1 haproxy[88]: `;
      const went = t < ONSET ? '0/0/1/20/21 200 911 - - ----' : `0/0/-1/-1/3004 503 217 - - ${state}--`;
      return `${at}198.51.100.${i % 90}:4000 [${clf(t).slice(0, 20)}.123] fe be/s1 ${went} 4/4/2/1/3 0/0 "POST /pay HTTP/1.1"`;
    });
  const config = (tls: string): string =>
    `defaults\n  mode http\n  timeout connect 2s\nfrontend fe\n  bind :8090\n  default_backend be\nbackend be\n  server s1 10.0.0.7:8100${tls}\n`;

  it.each([
    ['refused, in plain text', 'SC', '', ['connection-refused'], 'connection-refused'],
    ['refused or cut in the handshake', 'SC', ' ssl verify none', [], 'connection-refused'],
    ['not answered', 'sC', ' ssl verify none', ['connection-dropped'], 'connection-dropped'],
  ])('%s', async (_what, state, tls, claimed, first) => {
    const report = await triageFiles({ ...now, 'haproxy.log': traffic(state), 'haproxy.cfg': config(tls) });
    expect(claims(report)).toEqual(claimed);
    expect(report.diagnosis[0]).toMatchObject({ cause: first, priority: 'urgent', owner: 'ops' });
    expect(Math.abs(Date.parse(report.diagnosis[0]!.onset!) - ONSET)).toBeLessThan(MINUTE);
  });
});

describe('what a mesh, an orchestrator and Windows say', () => {
  it('Envoy names the fault of the upstream in the access line', async () => {
    const report = await triageFiles({
      ...now,
      'envoy.log': lines(
        (t, i) =>
          `[${iso(t)}] "POST /auth HTTP/1.1" ${t < ONSET ? '200 - via_upstream - "-" 412 230 18 17' : '503 UF,URX upstream_reset_before_response_started{connection_failure} - "TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:certificate has expired:TLS_error_end" 412 0 31 -'} "-" "client/2" "r-${i}" "acq.example" "198.51.100.90:443" outbound|443||acq.example - 10.4.0.9:15001 10.4.0.9:${30_000 + i} - default`,
      ),
    });
    const [lead] = report.diagnosis;
    expect(lead).toMatchObject({ cause: 'server-cert-expired', priority: 'urgent' });
    expect(lead!.title).toContain('acq.example');
    expect(Math.abs(Date.parse(lead!.onset!) - ONSET)).toBeLessThan(MINUTE);
  });

  it('events without a time are dated by the requests that found no server', async () => {
    const report = await triageFiles({
      ...now,
      'events.txt': `LAST SEEN         TYPE      REASON      OBJECT        MESSAGE\n${Array.from({ length: 9 }, (_, i) => `${i}m (x6 over 20m)   Warning   Unhealthy   pod/pay-${i}   Readiness probe failed: HTTP probe failed with statuscode: 404`).join('\n')}\n`,
      'ingress.log': access((t) => (t < ONSET ? 200 : 503)),
    });
    const [lead] = report.diagnosis;
    expect(lead).toMatchObject({ cause: 'health-check-wrong', priority: 'urgent', owner: 'ops' });
    expect(Math.abs(Date.parse(lead!.onset!) - ONSET)).toBeLessThan(MINUTE);
  });

  it('an alert of Schannel after a notice that old versions end is about our side', async () => {
    const stamp = (t: number): string => `08/30/2026 12:${iso(t).slice(14, 19)} PM`;
    const table = `Level,Date and Time,Source,Event ID,Task Category\r\n${times(ONSET, ONSET + 20 * MINUTE, 5)
      .map(
        (t) =>
          `Error,${stamp(t)},Schannel,36887,None,A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert code is 70.`,
      )
      .join('\r\n')}\r\n`;
    const files: Files = { ...now, 'system.csv': Buffer.from(`\ufeff${table}`, 'utf16le') };
    const notice =
      'From: h2h@bank.example\nDate: Mon, 3 Aug 2026 09:00:00 +0000\nSubject: Deactivation of TLS 1.0 and 1.1\n\nFrom 30 August 2026 12:00 UTC the interface accepts TLS 1.2 and later only.\n';
    const report = await triageFiles({ ...files, 'notice.txt': notice });
    expect(claims(report)).toEqual(['client-tls-too-old']);
    expect(Math.abs(Date.parse(report.diagnosis[0]!.onset!) - ONSET)).toBeLessThan(MINUTE);
  });
});

describe('answers that only an application log tells of', () => {
  it.each([
    ['all of them', () => true, 'urgent'],
    ['one in ten', (i: number) => i % 10 === 0, 'important'],
  ])('are weighed by their share: %s', async (_what, hit, priority) => {
    const report = await triageFiles({
      ...now,
      'changes.md': `- ${iso(ONSET - 30_000)} NAT gateway replaced; new egress address 192.0.2.77\n`,
      'pay.jsonl': lines((t, i) => {
        const status = t >= ONSET && hit(i) ? 403 : 200;
        return JSON.stringify({
          time: t,
          level: status === 403 ? 50 : 30,
          msg: `POST https://gw.bank.example/auth -> ${status}`,
          status,
        });
      }),
    });
    expect(claims(report)).toEqual(['source-blocked']);
    expect(report.diagnosis[0]!.priority).toBe(priority);
  });
});
