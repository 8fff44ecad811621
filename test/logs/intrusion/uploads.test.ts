/** Scripts that were uploaded by PUT and called. */
import { describe, expect, it } from 'vitest';
import { readLogs } from '../../../src/logs/index.ts';
import { intrusionSheet } from '../../../src/logs/intrusion/sheet.ts';
import { input, lexicon, NOW } from '../read.ts';

const line = (minute: number, client: string, request: string, status: number): string =>
  `${client} - - [12/Sep/2026:03:${String(minute).padStart(2, '0')}:00 +0000] "${request} HTTP/1.1" ${status} 120 "-" "-"`;

const sheetOf = async (...lines: string[]) =>
  intrusionSheet(await readLogs([input('access.log', lines.join('\n'))], { lexicon, now: NOW }), []);

describe('a script uploaded by PUT', () => {
  it.each(['/docs/up.jsp', '/docs/up.jsp/', '/docs/up.jsp%20', '/docs/up.jsp::$DATA', '/img/x.php', '/a/b.ashx'])(
    'as %s is the entry once it was called',
    async (path) => {
      const called = path.replace(/(?:\/|%20|::\$DATA)$/, '');
      const sheet = await sheetOf(
        line(1, '198.51.100.7', 'GET /', 200),
        line(2, '203.0.113.9', `PUT ${path}`, 201),
        line(3, '203.0.113.9', `POST ${called}`, 200),
      );
      expect(sheet.entry?.how).toBe(`script ${called} uploaded by PUT from 203.0.113.9`);
      expect(sheet.entry?.proof).toMatchObject({ file: 'access.log', line: 2 });
      expect(sheet.attackers[0]?.address).toBe('203.0.113.9');
      expect(sheet.timeline[0]?.what).toContain('by PUT');
    },
  );

  it.each<[string, string[]]>([
    ['was refused', [line(2, '203.0.113.9', 'PUT /up.jsp', 403), line(3, '203.0.113.9', 'GET /up.jsp', 404)]],
    ['was never called', [line(2, '203.0.113.9', 'PUT /up.jsp', 201), line(3, '203.0.113.9', 'GET /up.jsp', 404)]],
    [
      'is an interface that takes PUT',
      [
        line(1, '198.51.100.7', 'GET /api.php', 200),
        line(2, '203.0.113.9', 'PUT /api.php', 200),
        line(3, '203.0.113.9', 'GET /api.php', 200),
      ],
    ],
    [
      'became a page with visitors',
      [
        line(2, '203.0.113.9', 'PUT /news.php', 201),
        ...[1, 2, 3, 4].map((i) => line(3, `198.51.100.${i}`, 'GET /news.php', 200)),
      ],
    ],
    ['is no script', [line(2, '203.0.113.9', 'PUT /a.txt', 201), line(3, '203.0.113.9', 'GET /a.txt', 200)]],
  ])('that %s is no entry', async (_, lines) => {
    const sheet = await sheetOf(line(0, '198.51.100.7', 'GET /', 200), ...lines);
    expect(sheet.entry).toBeUndefined();
    expect(sheet.timeline).toEqual([]);
  });
});
