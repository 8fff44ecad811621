import { describe, expect, it } from 'vitest';
import { parseTimestampText, stamp } from '../../src/logs/time/timestamp.ts';
import { read } from './read.ts';

const wall = (text: string): string | undefined =>
  parseTimestampText(text) && !stamp.yearless ? new Date(stamp.local).toISOString().slice(0, 19) : undefined;

describe('dates as java.util.logging writes them in the language of its machine', () => {
  // Written by String.format(locale, "%1$tb %1$td, %1$tY %1$tl:%1$tM:%1$tS %1$Tp", time) of OpenJDK 17.
  it.each([
    ['es_ES', 'may. 07, 2026 2:30:27 P. M.'],
    ['ca_ES', 'de maig 07, 2026 2:30:27 P. M.'],
    ['pt_PT', 'mai. 07, 2026 2:30:27 DA TARDE'],
    ['nl_NL', 'mei 07, 2026 2:30:27 P.M.'],
    ['sv_SE', 'maj 07, 2026 2:30:27 EM'],
    ['fi_FI', 'toukok. 07, 2026 2:30:27 IP.'],
    ['cs_CZ', 'kvě 07, 2026 2:30:27 ODP.'],
    ['pl_PL', 'maj 07, 2026 2:30:27 PM'],
    ['hu_HU', 'máj. 07, 2026 2:30:27 DU.'],
    ['ru_RU', 'мая 07, 2026 2:30:27 PM'],
    ['uk_UA', 'трав. 07, 2026 2:30:27 ПП'],
    ['el_GR', 'Μαΐ 07, 2026 2:30:27 Μ.Μ.'],
    ['tr_TR', 'May 07, 2026 2:30:27 ÖS'],
    ['th_TH', 'พ.ค. 07, 2026 2:30:27 หลังเที่ยง'],
    ['vi_VN', 'thg 5 07, 2026 2:30:27 CH'],
    ['ko_KR', '5월 07, 2026 2:30:27 오후'],
    ['Java 20', 'may. 07, 2026 2:30:27\u202fP.\u00a0M.'],
  ])('reads the afternoon of %s', (_, text) => {
    expect(wall(`${text} com.pay.Gateway invoke`)).toBe('2026-05-07T14:30:27');
  });

  it('reads midnight of a clock of twelve hours', () => {
    expect(wall('abr. 07, 2026 12:30:27 A. M. com.pay.Gateway invoke')).toBe('2026-04-07T00:30:27');
  });

  it('leaves words alone that begin a message', () => {
    expect(wall('May 07, 2026 2:30:27 CH node lost')).toBe('2026-05-07T02:30:27');
    expect(wall('May 07, 2026 2:30:27 EM alarm')).toBe('2026-05-07T02:30:27');
    expect(wall('maj 07, 2026 14:30:27 EM alarm')).toBe('2026-05-07T14:30:27');
    expect(wall('maj 07, 2026 2:30:27 EMV contact lost')).toBe('2026-05-07T02:30:27');
    expect(parseTimestampText('pro 12 10:00:00 more')).toBe(false);
  });

  it('does not guess between languages that give one word to two months', () => {
    for (const word of ['lip', 'srp', 'lis']) expect(wall(`${word} 07, 2026 2:30:27 PM`)).toBeUndefined();
  });
});

describe('a log that begins in the middle of a long stack trace', () => {
  it('takes the format of its records', async () => {
    const frames = Array.from({ length: 120 }, (_, i) => `\tat com.pay.Gateway.step${i}(Gateway.java:${i + 1})\n`).join(
      '',
    );
    const record = (n: number): string =>
      `2026-09-12 08:54:${String(n).padStart(2, '0')},118 ERROR [main] com.pay.Gateway - order=${n} failed\n`;
    const { sources, records } = await read(
      `${frames}Caused by: java.net.ConnectException: Connection refused\n${frames}${record(1)}${frames}${record(2)}`,
    );
    expect(sources[0]!.format).toBe('text-leveled');
    expect(records.slice(-2).map(({ level }) => level)).toEqual(['error', 'error']);
  });

  it('still reads a file of nothing but a trace', async () => {
    const frames = 'panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:12 +0x1d\n';
    const { sources } = await read(frames);
    expect(sources.map(({ format, unparsed }) => [format, unparsed])).toEqual([['plain-text', 0]]);
  });
});
