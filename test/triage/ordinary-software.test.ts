/** Logs and exports of ordinary software: a third fails for half an hour, or next to nothing does all day. */
import { describe, expect, it } from 'vitest';
import { triageFiles } from './bundle.ts';

const START = Date.UTC(2026, 8, 14, 8);
const ONSET = Date.UTC(2026, 8, 14, 9);
const END = Date.UTC(2026, 8, 14, 9, 30);
const EVERY = 4000;

type Line = (time: string, failed: boolean, i: number) => string;
function log(line: Line, fault: boolean): string {
  const out: string[] = [];
  for (let i = 0; i < 1800; i++) {
    const at = START + i * EVERY;
    const failed = (fault && at >= ONSET && at < END && i % 3 === 0) || i % 400 === 7;
    out.push(line(new Date(at).toISOString().slice(0, 19).replace('T', ' '), failed, i));
  }
  return `${out.join('\n')}\n`;
}

const cases: [name: string, file: string, line: Line, verdict: RegExp][] = [
  [
    'trades that are closed, in notifications of Alipay',
    'notify.log',
    (time, failed, i) =>
      `${time}.000 INFO  [exec-${i % 9}] AlipayNotify - notify_type=trade_status_sync&out_trade_no=A${i}&trade_no=20${i}&trade_status=${failed ? 'TRADE_CLOSED' : 'TRADE_SUCCESS'}&total_amount=12.00`,
    /payments were declined \(usual: 0 %\)/,
  ],
  [
    'codes of UnionPay in Chinese words',
    'pay.log',
    (time, failed, i) =>
      `${time} [INFO ] 银联返回 应答码[${failed ? '96' : '00'}] 应答信息[略] 流水号[${i + 1e8}] 耗时[31]ms`,
    /payments failed technically/,
  ],
  [
    'authentication codes that do not match',
    'switch.log',
    (time, failed, i) =>
      `${time}.000 [TRX] RSP MTI=0210 STAN=${100_000 + i} DE37=${620_702_000_000 + i} DE39=${failed ? 'A0' : '00'} DE41=T${i % 50} rt=31ms`,
    /working keys differ/,
  ],
  [
    'tasks of Celery',
    'celery.log',
    (time, failed, i) =>
      failed
        ? `[${time},000: ERROR/ForkPoolWorker-1] Task pay.capture[${i}] raised unexpected: OperationalError()\nTraceback (most recent call last):\n  File "/app/trace.py", line 451, in trace_task\ndjango.db.utils.OperationalError: (1205, "Lock wait timeout exceeded")`
        : `[${time},000: INFO/ForkPoolWorker-1] Task pay.capture[${i}] succeeded in 0.1s: None`,
    /wait for a lock until they time out/,
  ],
  [
    'handshakes at a load balancer of AWS',
    'nlb.log',
    (time, failed, i) =>
      `tls 2.0 ${time.replace(' ', 'T')} net/pay/c6e7 g3d4 203.0.113.${i % 250}:40000 10.0.0.5:443 5 ${failed ? '-' : '2'} 98 246 ${failed ? '46' : '-'} arn:aws:acm:eu-central-1:1:certificate/2a - ${failed ? '- -' : 'ECDHE-RSA-AES128-SHA tlsv12'} - pay.example.com - - - ${time.replace(' ', 'T')}`,
    /lines of nlb.* are errors/,
  ],
  [
    'an export of Kibana',
    'discover.csv',
    (time, failed, i) =>
      `${i === 0 ? '"@timestamp","log.level",message,"service.name"\n' : ''}"Sep 14, 2026 @ ${time.slice(11)}.000",${failed ? 'ERROR' : 'INFO'},"${failed ? 'lock wait timeout' : 'captured'}",pay`,
    /lines of discover.* are errors/,
  ],
];

describe('a third of everything fails for half an hour', () => {
  it.each(cases)('%s', async (_name, file, line, verdict) => {
    const { summary } = await triageFiles({ [file]: log(line, true) });
    expect(summary.verdict).toMatch(verdict);
    expect(summary.priority).not.toBe('none');
    expect(Math.abs(Date.parse(summary.since!) - ONSET)).toBeLessThanOrEqual(180_000);
  });
});

describe('an ordinary day', () => {
  it.each(cases)('%s', async (_name, file, line) => {
    const { summary } = await triageFiles({ [file]: log(line, false) });
    expect(summary.priority).not.toMatch(/urgent|important/);
  });
});
