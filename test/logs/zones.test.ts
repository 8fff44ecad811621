import { describe, expect, it } from 'vitest';
import { readLogs, seriesName } from '../../src/logs/index.ts';
import { comesTwiceNear, zoneClock } from '../../src/logs/time/zone.ts';
import { input, iso, lexicon, NOW } from './read.ts';

const ERROR =
  '2026/09/12 08:54:04 [error] 46#46: *627 upstream timed out (110: Connection timed out) while connecting to upstream, client: 10.0.0.9\n';
const access = (offset: string): string =>
  `198.51.100.9 - - [12/Sep/2026:08:54:04 ${offset}] "GET / HTTP/1.1" 200 1 "-" "-"\n`.repeat(3);
const APP = '2026-09-12 08:54:04,000 [main] INFO  a.B - x\n';

async function times(files: [string, string][], zone?: string) {
  const logs = await readLogs(
    files.map(([file, text]) => input(file, text)),
    { lexicon, now: NOW, ...(zone ? { zone } : {}) },
  );
  return Object.fromEntries(
    logs.sources.map(({ file, first, zone: used }) => [
      file,
      `${iso(first).slice(11, 16)} ${used.name} ${used.source}`,
    ]),
  );
}

describe('zones of lines that name none', () => {
  it('believes the site, where nothing contradicts it', async () => {
    expect(
      await times(
        [
          ['logs/error.log', ERROR],
          ['logs/access.log', access('+0900')],
          ['logs/app.log', APP],
        ],
        'Asia/Tokyo',
      ),
    ).toEqual({
      'logs/error.log': '23:54 Asia/Tokyo topology',
      'logs/access.log': '23:54 Asia/Tokyo line',
      'logs/app.log': '23:54 Asia/Tokyo topology',
    });
  });

  it('reads an error log in the zone of the access log beside it, which the same server wrote', async () => {
    const read = await times(
      [
        ['edge/error.log', ERROR],
        ['edge/access.log', access('+0000')],
        ['app/app.log', APP],
      ],
      'Asia/Tokyo',
    );
    expect(read['edge/error.log']).toBe('08:54 UTC line');
    expect(read['app/app.log']).toBe('23:54 Asia/Tokyo topology');
  });

  it('takes the offset that all access logs agree on when nobody named a zone', async () => {
    expect(
      (
        await times([
          ['app/app.log', APP],
          ['web/access.log', access('+0530')],
        ])
      )['app/app.log'],
    ).toBe('03:24 +05:30 inferred');
    expect(
      (
        await times([
          ['app/app.log', APP],
          ['a/access.log', access('+0530')],
          ['b/access.log', access('+0000')],
        ])
      )['app/app.log'],
    ).toBe('08:54 UTC assumed-utc');
  });

  it('says so when it had to assume UTC', async () => {
    expect((await times([['app/app.log', APP]]))['app/app.log']).toBe('08:54 UTC assumed-utc');
  });
});

describe('rotated files', () => {
  it.each([
    ['logs/app.node-2.log.1.gz', 'app.node-2'],
    ['logs/app.node-2.log', 'app.node-2'],
    ['var/log/nginx/access.log.5.gz', 'access'],
    ['logs/merchant-89633945.log', 'merchant-89633945'],
    ['logs/app-20260912.log.gz', 'app'],
    ['logs/app.log-20260912', 'app'],
    ['logs/app.2026-09-12.0.log.gz', 'app'],
    ['archive.zip!logs/gateway-error.log', 'gateway-error'],
    ['logs/pay.jsonl.2.gz', 'pay'],
  ])('%s belongs to %s', (file, series) => {
    expect(seriesName(file)).toBe(series);
  });
});

describe('an hour that comes twice', () => {
  const HOUR = 3_600_000;
  // In Berlin, 2025-10-26 02:00 to 03:00 is 00:00 to 01:00 UTC, and once more 01:00 to 02:00 UTC.
  it.each([
    ['Europe/Berlin', '2025-10-26T00:30:00Z', true],
    ['Europe/Berlin', '2025-10-26T01:30:00Z', true],
    ['Europe/Berlin', '2025-10-25T23:10:00Z', true],
    ['Europe/Berlin', '2025-10-26T02:50:00Z', true],
    ['Europe/Berlin', '2025-10-25T22:50:00Z', false],
    ['Europe/Berlin', '2025-10-26T03:10:00Z', false],
    ['Europe/Berlin', '2025-03-30T01:00:00Z', false],
    ['Asia/Shanghai', '2025-10-26T00:30:00Z', false],
    ['America/New_York', '2025-11-02T06:30:00Z', true],
    ['+02:00', '2025-10-26T00:30:00Z', false],
  ])('%s near %s: %s', (zone, time, near) => {
    expect(comesTwiceNear(zoneClock(zone)!, Date.parse(time), HOUR)).toBe(near);
  });
});

describe('stamps that say only a part', () => {
  const first = async (text: string, zone: string, modified: string, now = '2026-09-13T17:00:00Z') => {
    const file = { ...input('app.log', text), modified: Date.parse(modified) };
    return iso((await readLogs([file], { lexicon, now: Date.parse(now), zone })).sources[0]!.first);
  };

  it.each([
    ['00:30:11 INFO paid\n', 'Asia/Shanghai', '2026-09-12T16:40:00Z', '2026-09-12T16:30:11.000Z'],
    ['23:59:11 INFO paid\n', 'UTC', '2026-09-13T00:01:00Z', '2026-09-12T23:59:11.000Z'],
    [
      '23:59:11 INFO paid\n00:00:12 ERROR failed\n',
      'Asia/Shanghai',
      '2026-09-12T16:01:00Z',
      '2026-09-12T15:59:11.000Z',
    ],
    ['20:10:00 INFO paid\n', 'America/New_York', '2026-09-13T00:12:00Z', '2026-09-13T00:10:00.000Z'],
  ])('a time of day is that before the file was written: %j in %s', async (text, zone, modified, expected) => {
    expect(await first(text, zone, modified)).toBe(expected);
  });

  it('29 February is one of a leap year', async () => {
    const line = 'Feb 29 10:00:00 pay1 app[1]: paid\n';
    expect(await first(line, 'UTC', '2024-02-29T11:00:00Z', '2026-01-10T00:00:00Z')).toBe('2024-02-29T10:00:00.000Z');
  });
});
