import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LAYOUTS } from '../../src/logs/formats/layouts/registry.gen.ts';
import { iso, read } from './read.ts';

describe('layouts with a file of their own', () => {
  it('take any text without failing, and long ones in linear time', () => {
    const piece = fc.constantFrom(
      ...[
        '# Time: ',
        '# User@Host: ',
        'a[b] @ ',
        '[',
        ']',
        ' ',
        'Query_time: 1',
        '<Event>',
        '<System>',
        '</Event>',
        '<Data Name="x">',
      ],
      ...[
        'tls 2.0 ',
        'net/a/b ',
        '2 123456789012 eni-1 ',
        '- ',
        'srcaddr ',
        'dstaddr ',
        '=INFO REPORT==== ',
        '12-Sep-2026::08:15:30 ===',
        'CEF:0|v|p|1|2|name|3|',
        'rt=1789201000123 ',
        'cs1Label=a ',
        '\\|',
      ],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 30 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (lines) => {
        for (const layout of LAYOUTS) {
          const reader = layout.reader();
          for (const [i, line] of lines.entries()) {
            expect(typeof layout.fits(line)).toBe('boolean');
            reader(line, i + 1);
          }
        }
      }),
      { numRuns: 300 },
    );
    for (const unit of [
      '# User@Host: [',
      '<Event><System>',
      '<Data>',
      '# a',
      'a: ',
      ' ',
      '[',
      'tls ',
      '- ',
      'a=',
      'a ',
      '|',
    ]) {
      const long = unit.repeat(Math.ceil(65_536 / unit.length));
      for (const lead of [
        '',
        '# ',
        'CEF:0|v|p|1|2|name|3|',
        '# User@Host: ',
        '<Event><System>',
        'tls 2.0 2026-09-12T08:15:30 net/a ',
      ]) {
        const start = performance.now();
        for (const { fits, reader } of LAYOUTS) {
          fits((lead + long).slice(0, 4096));
          reader()(lead + long, 1);
        }
        expect(performance.now() - start).toBeLessThan(1000);
      }
    }
  });

  it('type 995 of 1000 lines and more of long files, and count what is damaged', async () => {
    const at = (i: number): number => Date.UTC(2026, 8, 12, 8) / 1000 + i;
    const makers: { [format: string]: (i: number) => string } = {
      'aws-flow': (i) =>
        `2 123456789012 eni-${(4096 + i).toString(16)} 10.0.0.${i % 250} 203.0.113.9 ${40_000 + (i % 9000)} 443 6 ${1 + (i % 20)} ${60 * (i % 90)} ${at(i)} ${at(i) + 60} ${i % 9 ? 'ACCEPT' : 'REJECT'} OK`,
      'aws-nlb': (i) =>
        `tls 2.0 ${new Date(at(i) * 1000).toISOString().slice(0, 19)} net/pay/c6e77e28c25b2234 g3d4b5e8bb8464cd 203.0.113.9:${40_000 + (i % 9000)} ${i % 9 ? '10.0.0.5:443' : '-'} ${i % 9 ? '5 2' : '- -'} 98 246 ${i % 9 ? '-' : 46} arn:aws:acm:eu-central-1:123456789012:certificate/2a108f19 - ECDHE-RSA-AES128-GCM-SHA256 tlsv12 - pay.example.com h2 h2 "h2","http/1.1" ${new Date(at(i) * 1000).toISOString().slice(0, 19)}`,
      cef: (i) =>
        `CEF:0|A vendor of a long name|Web Application Firewall|10.2.229|${i}|Access|${i % 10}|rt=${at(i)}000 src=10.0.0.${i % 250} msg=a \\= b cs1Label=Terminal cs1=Q${i}`,
      'windows-event-xml': (i) =>
        `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Schannel'/><EventID>36874</EventID><Level>2</Level><TimeCreated SystemTime='${new Date(at(i) * 1000).toISOString()}'/><Channel>System</Channel><Computer>PAY01</Computer></System><EventData><Data Name='n'>${i} &lt;&#x41;&amp;</Data></EventData></Event>`,
    };
    for (const [format, make] of Object.entries(makers)) {
      const lines = Array.from({ length: 1000 }, (_, i) => (i % 250 === 7 ? make(i).slice(0, 60) : make(i)));
      const { sources, records } = await read(lines.join('\n'), {}, 'x.log');
      expect(sources[0], format).toMatchObject({ format, lines: 1000, parsed: 996, unparsed: 4 });
      expect(iso(records[0]!.time)).toBe('2026-09-12T08:00:00.000Z');
    }
  });

  it("read the journal's export format, entry by entry", async () => {
    const entry = (seconds: number, ...fields: string[]): string =>
      [
        `__CURSOR=s=739ad463;i=${seconds}`,
        `__REALTIME_TIMESTAMP=${(Date.UTC(2026, 8, 12, 8) / 1000 + seconds) * 1e6}`,
        '_BOOT_ID=6c7c6013',
        ...fields,
        '_HOSTNAME=pay1',
        '',
      ].join('\n');
    const { records, sources } = await read(
      [
        entry(0, 'PRIORITY=6', 'SYSLOG_IDENTIFIER=paysvc', 'MESSAGE=captured'),
        // Some senders put the severity behind the message.
        entry(1, 'SYSLOG_IDENTIFIER=paysvc', 'MESSAGE=connect ECONNREFUSED 203.0.113.9:443', 'PRIORITY=3'),
        // A value with line breaks: its length in eight bytes, then the value.
        entry(2, 'PRIORITY=3', 'SYSLOG_IDENTIFIER=paysvc', 'MESSAGE', '\u0011\0\0\0\0\0\0\0failed: timeout', 'at pay'),
        entry(3, 'MESSAGE=WARN no severity of its own'),
        entry(4, 'PRIORITY=6', 'MESSAGE=last'),
      ].join('\n'),
    );
    expect(sources[0]).toMatchObject({ format: 'journal-export', unparsed: 0 });
    expect(
      records.map(({ time, level, logger, message }) => [iso(time).slice(17, 19), level, logger, message]),
    ).toEqual([
      ['00', 'info', 'paysvc', 'captured'],
      ['01', 'error', 'paysvc', 'connect ECONNREFUSED 203.0.113.9:443'],
      ['02', 'error', 'paysvc', 'failed: timeout\nat pay'],
      ['03', 'warn', undefined, 'WARN no severity of its own'],
      ['04', 'info', undefined, 'last'],
    ]);
  });

  it('take a handshake without an end for an error', async () => {
    const tls = (alert: string, cipher: string): string =>
      `tls 2.0 2026-09-12T08:00:00 net/pay/c6e7 g3d4 203.0.113.9:40000 10.0.0.5:443 5 2 98 246 ${alert} arn:aws:acm:eu-central-1:1:certificate/2a - ${cipher} tlsv12 - pay.example.com - - - 2026-09-12T08:00:00`;
    const nlb = await read([tls('-', 'AES128'), tls('46', '-'), tls('48', 'AES128')].join('\n'));
    expect(nlb.records.map(({ level }) => level)).toEqual(['info', 'error', 'warn']);
  });

  it('read accounts and costs of slow queries, and texts of events', async () => {
    const slow = await read(
      '# Time: 2026-09-12T08:15:31.123456Z\n# User@Host: shop[shop] @ web1 [10.0.0.12]  Id:    42\n# Query_time: 2.5  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 104857\nSELECT 1;\n',
    );
    expect(slow.records[0]).toMatchObject({ line: 1, logger: 'slow-query' });
    expect(slow.records[0]!.fields).toMatchObject({ user: 'shop', client: '10.0.0.12', query_time: '2.5' });
    expect(slow.records[0]!.message).toMatch(/SELECT 1;$/);
    const cef = await read('CEF:0|v|p|1|7|Denied|8|rt=1789201000123 cs1=Q 7 cs1Label=Terminal act=a \\= b');
    expect(cef.records[0]).toMatchObject({ level: 'error', logger: 'v p', message: 'Denied' });
    expect(cef.records[0]!.fields).toMatchObject({ 'event-id': '7', Terminal: 'Q 7', act: 'a = b' });
  });
});
