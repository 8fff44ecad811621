/**
 * Faults of what stands behind our own application: lines as nginx 1.22, gunicorn 20.1, psycopg2, redis-py, PyMySQL, pika,
 * PostgreSQL 15, Redis 7, MariaDB 10.11, RabbitMQ 3.10 and HAProxy 2.6 wrote them when each fault was made.
 */
import { describe, expect, it } from 'vitest';
import { innermost } from '../../src/checks/_answers.ts';
import { claims, type Files, triageFiles } from './bundle.ts';

const START = Date.UTC(2026, 10, 23, 9, 40);
const ONSET = Date.UTC(2026, 10, 23, 9, 46);
const END = Date.UTC(2026, 10, 23, 9, 52);
const MONTH = 'Nov';
const EVERY = 2000;

interface Scene {
  /** What the application logs about a payment that fails. */
  error?: (stamp: string, i: number) => string;
  status?: number;
  upstream?: string;
  fault?: boolean;
  more?: Files;
}

const stamp = (t: number): string => new Date(t).toISOString().slice(0, 19).replace('T', ' ');
const clf = (t: number): string => {
  const [date, time] = stamp(t).split(' ') as [string, string];
  return `${date.slice(8)}/${MONTH}/${date.slice(0, 4)}:${time} +0000`;
};

/** nginx before gunicorn: a payment every two seconds; since the onset nine of ten fail where there is a fault. */
function bundle({ error, status = 500, upstream = '127.0.0.1:8000', fault = true, more = {} }: Scene): Files {
  const access: string[] = [];
  const app: string[] = [];
  let i = 0;
  for (let t = START; t < END; t += EVERY) {
    i++;
    const failed = fault && t >= ONSET && i % 10 !== 0;
    const answer = failed ? status : i % 12 ? 201 : 402;
    access.push(
      `198.51.100.${i % 60} - - [${clf(t)}] "POST /v1/payments HTTP/1.1" ${answer} 44 "-" "okhttp/4.12.0" rt=0.082 ua="${upstream}" us="${answer}" ut="0.081"`,
    );
    if (failed && error) app.push(error(`${stamp(t)},${100 + (i % 800)}`, i));
    else if (!failed)
      app.push(
        `${stamp(t)},${100 + (i % 800)} INFO [payapi] payment pay_${i} order=ord_${i} acquirer=northbank status=approved code=00 took=84ms`,
      );
  }
  return {
    'logs/access.log': `${access.join('\n')}\n`,
    'logs/app.log': `${app.join('\n')}\n`,
    'meta/now': new Date(END).toISOString(),
    ...more,
  };
}

const trace =
  (...lines: string[]) =>
  (at: string, i: number): string =>
    [
      `${at} ERROR [payapi] payment pay_${i} order=ord_${i} failed`,
      'Traceback (most recent call last):',
      '  File "/srv/pay/app/pay.py", line 43, in pay',
      '    k.execute(statement)',
      ...lines,
    ].join('\n');

const LOCK = trace(
  'psycopg2.errors.LockNotAvailable: canceling statement due to lock timeout',
  "LINE 1: insert into payments(id,order_ref,amount,status) values('pay...",
  '                    ^',
  '',
);

const STORES: [name: string, error: (at: string, i: number) => string, verdict: RegExp, step: RegExp][] = [
  ['a migration locks a table of PostgreSQL', LOCK, /PostgreSQL wait for a lock/, /pg_blocking_pids/],
  [
    'an open transaction holds rows of MariaDB',
    trace("pymysql.err.OperationalError: (1205, 'Lock wait timeout exceeded; try restarting transaction')"),
    /MySQL wait for a lock/,
    /innodb_lock_waits/,
  ],
  [
    'Redis became a replica',
    trace("redis.exceptions.ReadOnlyError: You can't write against a read only replica."),
    /Redis takes no writes/,
    /info replication/,
  ],
  [
    'Redis is at its memory limit',
    trace("redis.exceptions.OutOfMemoryError: command not allowed when used memory > 'maxmemory'."),
    /memory limit/,
    /info memory/,
  ],
  [
    'RabbitMQ blocks publishers',
    trace('pika.exceptions.ConnectionBlockedTimeout: Blocked connection timeout expired.'),
    /RabbitMQ takes no messages/,
    /list_alarms/,
  ],
];

describe('a store behind our own service fails', () => {
  it.each(STORES)('%s', async (_name, error, verdict, step) => {
    const report = await triageFiles(bundle({ error }));
    expect(claims(report)).toEqual(['data-store-failing']);
    expect(report.summary.verdict).toMatch(verdict);
    expect(report.summary.priority).toBe('urgent');
    expect(['ops', 'app']).toContain(report.summary.owner);
    expect(Math.abs(Date.parse(report.summary.since!) - ONSET)).toBeLessThanOrEqual(60_000);
    expect(report.diagnosis[0]!.remedy.join('\n')).toMatch(step);
  });

  it('the developers answer for a migration that holds the lock', async () => {
    const report = await triageFiles(
      bundle({
        error: LOCK,
        more: {
          'ops/changes.txt': `${new Date(ONSET - 5000).toISOString()} dba migration 0042 (add column channel)\n`,
        },
      }),
    );
    expect(report.summary.owner).toBe('app');
    expect(report.diagnosis[0]!.because.join()).toContain('migration 0042');
  });

  it.each(STORES)('a single line of it accuses nobody: %s', async (_name, error) => {
    const files = bundle({ fault: false });
    const report = await triageFiles({
      ...files,
      'logs/app.log': `${files['logs/app.log']}${error(`${stamp(END)},100`, 7)}\n`,
    });
    expect(claims(report)).toEqual([]);
    expect(report.summary.priority).not.toMatch(/urgent|important/);
  });

  it('PostgreSQL has no free slot: the pool, not the bank', async () => {
    const report = await triageFiles(
      bundle({
        error: trace(
          'psycopg2.OperationalError: connection to server at "10.20.0.5", port 5432 failed: FATAL:  remaining connection slots are reserved for non-replication superuser connections',
        ),
      }),
    );
    expect(claims(report)).toEqual(['pool-exhausted']);
    expect(report.summary.owner).toBe('app');
  });
});

describe('our own service answers with server errors', () => {
  it('is told with the reason of its own log, and no bank is accused', async () => {
    const report = await triageFiles(bundle({ error: trace("KeyError: 'acquirer_route'") }));
    expect(claims(report)).toEqual([]);
    expect(report.summary.verdict).toContain("KeyError: 'acquirer_route'");
    expect(report.summary.owner).not.toBe('bank');
    expect(report.summary.priority).toBe('urgent');
  });

  it('stays the peer where the address of the host is the entry of a tunnel', async () => {
    const report = await triageFiles(
      bundle({
        upstream: '127.0.0.1:9443',
        error: (at, i) => `${at} ERROR [payapi] payment pay_${i} failed`,
        more: {
          'conf/stunnel.conf':
            '[acq]\nclient = yes\naccept = 127.0.0.1:9443\nconnect = 203.0.113.40:8443\ncheckHost = acq.northbank.example\n',
        },
      }),
    );
    expect(claims(report)).toEqual(['upstream-unavailable']);
  });
});

describe('the clock of the application host', () => {
  it('is doubted, not its time zone, where its log runs minutes ahead', async () => {
    const files = bundle({});
    const ahead = `${stamp(END + 11 * 60_000)},100 ERROR [payapi] acquirer northbank answered 401 {"error": "timestamp_out_of_window", "message": "request timestamp outside the allowed window of 60 s"}`;
    const report = await triageFiles({
      ...files,
      'logs/app.log': `${files['logs/app.log']}${Array.from({ length: 40 }, () => ahead).join('\n')}\n`,
    });
    expect(claims(report)).toContain('timestamp-outside-window');
    expect(JSON.stringify(report.notChecked)).toMatch(/clock of its host may be ahead/);
  });
});

it('HAProxy without a free source port', async () => {
  const lines: string[] = [];
  let i = 0;
  for (let t = START; t < END; t += EVERY) {
    const failed = ++i % 10 !== 0 && t >= ONSET;
    const at = new Date(t).toISOString().replace('Z', '000+00:00');
    if (failed) lines.push(`${at} Connect() failed for backend northbank: no free ports.`);
    lines.push(
      `${at} 198.51.100.${i % 60}:59523 [${clf(t).slice(0, 20)}.587] pay northbank/acq1 ${failed ? '0/0/-1/-1/0 503 217 - - SC--' : '0/0/1/70/71 200 178 - - ----'} 1/1/0/0/0 0/0 "POST /v1/payments HTTP/1.1"`,
    );
  }
  const report = await triageFiles({
    'logs/haproxy.log': `${lines.join('\n')}\n`,
    'meta/now': new Date(END).toISOString(),
  });
  expect(claims(report)[0]).toBe('port-exhaustion');
});

describe('the error at the bottom of a record', () => {
  const of = (message: string, fields = {}): string => innermost({ message, fields });
  it('is the line below the last frame of a traceback', () => {
    expect(of(LOCK('2026-11-23 09:46:00,000', 1))).toBe(
      'psycopg2.errors.LockNotAvailable: canceling statement due to lock timeout',
    );
  });
  it('is the last cause of Java', () => {
    expect(
      of('failed\njava.io.IOException: x\n\tat A.b(A.java:1)\nCaused by: a.B: y\n\tat C\nCaused by: c.D: z\n\tat E'),
    ).toBe('c.D: z');
    expect(of('failed\njava.net.ConnectException: Connection refused\n\tat A.b(A.java:1)')).toBe(
      'java.net.ConnectException: Connection refused',
    );
  });
  it('is the member of a structured record', () => {
    expect(of('authorisation failed', { 'err.message': 'socket hang up' })).toBe(
      'authorisation failed: socket hang up',
    );
  });
  it('is the line itself where there is nothing below', () => {
    expect(of('payment failed')).toBe('payment failed');
  });
});
