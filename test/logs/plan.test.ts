import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { UserError } from '../../src/cli/exit.ts';
import { judgeElsewhere } from '../../src/cli/logs/engine.ts';
import { readLogs } from '../../src/logs/index.ts';
import { exportedRecords, exportedRequests } from '../../src/logs/plan/export.ts';
import {
  DIALECTS,
  judgeSeries,
  plan,
  planText,
  type SeriesRow,
  seriesFromRows,
  tableSeries,
} from '../../src/logs/plan/index.ts';
import { parseSigma, readDocument, SigmaEngine, sigmaEvents } from '../../src/logs/sigma/index.ts';
import type { MinuteSeries } from '../../src/logs/windows/series.ts';
import { input, lexicon, NOW } from './read.ts';

const folder = new URL('../../knowledge/sigma/', import.meta.url);
const shipped = readdirSync(folder).map((file) =>
  readDocument(parse(readFileSync(new URL(file, folder), 'utf8')), file),
);
const rule = (text: string) => parseSigma(text, 'r.yml').documents;

describe('plans', () => {
  it.each(DIALECTS)('says every shipped window and rule in the SQL of %s', (dialect) => {
    const { series, rules, left } = plan(dialect, shipped);
    expect(left).toEqual([]);
    expect(series.map(({ dimension }) => dimension)).toEqual([
      'all',
      'endpoint',
      'upstream',
      'status',
      'refusals',
      'endpoint refusals',
    ]);
    expect(rules.map(({ title }) => title)).toContain('SSH password guessing that succeeded');
    expect(planText(plan(dialect, shipped))).toMatch(/^-- paymedic logs plan for /);
  });

  it('tells what failed from the first minute to the last, whoever counted it', () => {
    const rows = Array.from({ length: 20 }, (_, i) => ({
      key: '',
      minute: NOW + i * 60_000,
      requests: 10,
      failures: 9,
      clients: 10,
      clients_failed: 9,
      p50: null,
      p95: null,
      p99: null,
    })) as unknown as SeriesRow[];
    const { windows, standing } = judgeSeries((dimension) => (dimension === 'all' ? seriesFromRows(rows) : []));
    expect(windows).toEqual([]);
    expect(standing).toMatchObject([{ dimension: 'all', requests: 200, failures: 180, value: 0.9 }]);
  });

  it('says what it cannot say, and why', () => {
    const { rules, left } = plan('duckdb', [
      ...rule('title: A\nlogsource: {category: webserver}\ndetection: {s: {cs-cookie|contains: x}, condition: s}'),
      ...rule(
        'title: B\nlogsource: {category: webserver}\ndetection: {s: {c-uri|base64offset|contains: x}, condition: s}',
      ),
    ]);
    expect(rules).toEqual([]);
    expect(left.map(({ why }) => why)).toEqual(['requests have no column for cs-cookie', 'the modifier base64offset']);
  });

  it('keeps filters, asks no extension of an engine, and leaves log sources that are of both kinds', () => {
    const web = (title: string, detection: string) =>
      rule(
        `title: ${title}\nname: ${title}\nlogsource: {category: webserver}\ndetection: {s: ${detection}, condition: s}`,
      );
    const filter = rule(
      'title: F\nlogsource: {category: webserver}\nfilter: {rules: [A], f: {c-ip: 192.0.2.1}, condition: f}',
    );
    const { rules, left } = plan('duckdb', [
      ...web('A', '{sc-status: 404}'),
      ...filter,
      ...web('B', '{c-ip|cidr: 10.0.0.0/8}'),
      ...web('C', "{c-ip|cidr: '2001:db8::/32'}"),
      ...rule('title: D\nlogsource: {product: nginx}\ndetection: {s: {message: x}, condition: s}'),
      ...rule('title: E\nlogsource: {category: webserver, product: nginx}\ndetection: {s: {c-uri: x}, condition: s}'),
    ]);
    expect(rules.find(({ title }) => title === 'A')!.sql).toMatch(/NOT .*192\.0\.2\.1/);
    expect(rules.find(({ title }) => title === 'B')!.sql).not.toContain('INET');
    expect(left).toEqual([
      { title: 'C', why: '2001:db8::/32: networks of IPv6 take an extension of duckdb' },
      { title: 'D', why: 'a log source of requests and records alike' },
      { title: 'E', why: 'requests have no column for the product of a log source' },
    ]);
  });

  it('lets no wild stamp stretch the series', () => {
    const row = (minute: number, requests: number) => ({
      key: '',
      minute: minute * 60_000,
      requests,
      failures: 0,
      clients: 1,
      clients_failed: 0,
      p50: null,
      p95: null,
      p99: null,
    });
    const [series] = seriesFromRows([row(0, 1), row(29_000_000, 50), row(29_000_001, 50), row(40_000_000, 1)]);
    expect([...series!.requests]).toEqual([50, 50]);
  });

  it('lets no text of a rule out of its quotes', () => {
    const nasty = "x'); DROP TABLE requests; --\\";
    const documents = rule(
      `title: "A\\nDROP TABLE x;"\nlogsource: {category: webserver}\ndetection: {s: {c-uri|contains: ${JSON.stringify(nasty)}}, condition: s}`,
    );
    expect(plan('duckdb', documents).rules[0]!.sql).toContain("'x''); drop table requests; --\\'");
    expect(plan('clickhouse', documents).rules[0]!.sql).toContain("'x\\'); drop table requests; --\\\\'");
    for (const line of planText(plan('duckdb', documents)).split('\n')) expect(line).not.toMatch(/^DROP/);
  });

  it('touches no table of anybody when files are named', () => {
    const { views, series } = plan('duckdb', shipped, { access: ['/a/access.log'] });
    expect(views[0]).toContain('VIEW paymedic_requests');
    expect(series[0]!.sql).toContain('FROM paymedic_requests');
  });
});

describe.skipIf(!existsSync(new URL('../../dist/knowledge/lexicon.json', import.meta.url)))(
  'a ClickHouse over HTTP (needs the compiled knowledge: npm run build)',
  () => {
    it('is asked the queries of the plan and its rows are judged here', async () => {
      const asked: string[] = [];
      const server = createServer((request, response) => {
        let body = '';
        request.on('data', (part) => {
          body += part;
        });
        request.on('end', () => {
          asked.push(body);
          const rows =
            body.includes('AS minute') && body.includes("'' AS key")
              ? Array.from({ length: 90 }, (_, i) => ({
                  key: '',
                  minute: 60_000 * i,
                  requests: i >= 40 && i < 50 ? 0 : 30,
                  failures: 0,
                  clients: 30,
                  clients_failed: 0,
                  p50: null,
                  p95: null,
                  p99: null,
                }))
              : [];
          response.end(rows.map((row) => JSON.stringify(row)).join('\n'));
        });
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      try {
        const { port } = server.address() as { port: number };
        const { text, failed } = await judgeElsewhere([], {
          engine: 'clickhouse',
          url: `http://127.0.0.1:${port}/`,
          table: 'logs.requests',
        });
        expect(asked[0]).toContain('FROM logs.requests');
        expect(asked.every((sql) => sql.endsWith('FORMAT JSONEachRow'))).toBe(true);
        expect(asked.at(-1)).toMatch(/LIMIT 100001\n/);
        expect(text).toContain('interruption  1970-01-01T00:40:00Z to 1970-01-01T00:50:00Z  all requests');
        expect(failed).toBe(true);
      } finally {
        server.close();
      }
    });

    it('sends credentials in headers only, and shows none of them whatever goes wrong', async () => {
      const seen: { url?: string | undefined; user?: unknown; key?: unknown }[] = [];
      let answer: (response: ServerResponse) => void = () => undefined;
      const server = createServer((request, response) => {
        seen.push({
          url: request.url,
          user: request.headers['x-clickhouse-user'],
          key: request.headers['x-clickhouse-key'],
        });
        answer(response);
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const { port } = server.address() as { port: number };
      const url = `http://anna:s%40cret@127.0.0.1:${port}/?database=logs`;
      const failure = async (timeout = 5000): Promise<string> => {
        const error = (await judgeElsewhere([], { engine: 'clickhouse', url }, timeout).catch((e) => e)) as UserError;
        const text = `${error.message} ${JSON.stringify(error)}`;
        expect(text).not.toMatch(/s@cret|s%40cret/);
        return error.message;
      };
      const refuse = (status: number, text: string) => (response: ServerResponse) => {
        response.statusCode = status;
        response.end(text);
      };
      try {
        answer = refuse(403, 'Code: 516. DB::Exception: anna: Authentication failed');
        expect(await failure()).toContain('Authentication failed');
        expect(seen[0]).toEqual({ url: '/?database=logs', user: 'anna', key: 's@cret' });
        answer = refuse(404, "Code: 60. DB::Exception: Table default.requests doesn't exist");
        expect(await failure()).toContain("doesn't exist");
        answer = refuse(500, "Code: 47. DB::Exception: Missing columns: 'request_time'");
        expect(await failure()).toContain('Missing columns');
        answer = refuse(200, '<html>another service</html>');
        expect(await failure()).toContain('does not answer as a ClickHouse does');
        answer = (response) => {
          response.writeHead(302, { location: 'http://127.0.0.2:9/' });
          response.end();
        };
        expect(await failure()).toContain('cannot be asked');
        answer = () => undefined;
        expect(await failure(200)).toContain('gave no answer within 0.2 seconds');
      } finally {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
      expect(await failure()).toMatch(/nothing listens on|cannot be asked/);
    });

    it('says what is wrong with the options', async () => {
      const ask = (options: { engine: string; url?: string; table?: string }, files: string[] = []) =>
        judgeElsewhere(files, options);
      await expect(ask({ engine: 'oracle' })).rejects.toThrow('there is no such engine');
      await expect(ask({ engine: 'clickhouse' })).rejects.toThrow('--url is missing');
      await expect(ask({ engine: 'clickhouse', url: 'ftp://x' })).rejects.toThrow('HTTP or HTTPS');
      await expect(ask({ engine: 'duckdb', table: 'x; drop' })).rejects.toThrow('not a table name');
      await expect(ask({ engine: 'duckdb' }, ['/no/such/file'])).rejects.toThrow('no such file');
      await expect(ask({ engine: 'duckdb' }, ['/dev/null'])).rejects.toThrow('is no plain file');
    });
  },
);

const require = createRequire(new URL('../../bench/package.json', import.meta.url));
const duckdb = (():
  | { DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> } }
  | undefined => {
  try {
    return require('@duckdb/node-api');
  } catch {
    return undefined;
  }
})();
interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): { [column: string]: unknown }[] }>;
}

describe.skipIf(!duckdb)('the plans in DuckDB (npm install --prefix bench)', () => {
  let temporary: string;
  let connection: Connection;
  beforeAll(async () => {
    temporary = mkdtempSync(join(tmpdir(), 'paymedic-plan-'));
    connection = await (await duckdb!.DuckDBInstance.create(':memory:')).connect();
  });
  afterAll(() => existsSync(temporary) && rmSync(temporary, { recursive: true, force: true }));

  it('gives the windows and hits of the built-in engine', async () => {
    const start = Date.UTC(2026, 8, 12, 8);
    const at = (minute: number, second: number): string =>
      new Date(start + minute * 60_000 + second * 1000).toISOString();
    const access: string[] = [];
    const auth: string[] = [];
    for (let minute = 0; minute < 120; minute++) {
      if (minute >= 50 && minute < 60) continue;
      for (let i = 0; i < 20; i++) {
        const [day, time] = at(minute, i * 3).split('T') as [string, string];
        const bad = minute >= 80 && minute < 95 && i % 3 === 0;
        const refused = minute >= 105 && minute < 115 && i % 2 === 0;
        access.push(
          `10.0.${i}.${minute} - - [${day.slice(8)}/Sep/2026:${time.slice(0, 8)} +0000] "POST /api/pay/${i}?a=%27 HTTP/1.1" ${bad ? 503 : refused ? 403 : i % 2 ? 200 : 402} ${i === 3 ? '-' : 99} "-" "x\\"y"`,
        );
      }
      for (let i = 0; i < 4; i++)
        auth.push(
          `${at(minute, i * 2)} h sshd[1]: ${minute === 30 && i === 3 ? 'Accepted password for root' : 'Failed password for root'} from 198.51.100.7 port 22 ssh2`,
        );
    }
    const logs = await readLogs([input('access.log', access.join('\n')), input('auth.log', auth.join('\n'))], {
      lexicon,
      now: NOW,
    });
    const files = {
      requests: join(temporary, 'requests.jsonl'),
      records: join(temporary, 'records.jsonl'),
      access: join(temporary, 'access.log'),
    };
    writeFileSync(files.requests, [...exportedRequests(logs)].join('\n'));
    writeFileSync(files.records, [...exportedRecords(logs)].join('\n'));
    writeFileSync(files.access, `${access.join('\n')}\nnot a line\n`);
    const engine = new SigmaEngine(shipped);
    const expected: string[] = [];
    for (const { event, offered } of sigmaEvents(logs))
      for (const { rule: meta } of engine.feed(event, offered)) expected.push(`${meta.id} ${event.time}`);
    expect(expected.length).toBeGreaterThan(2);

    for (const named of [
      { requests: [files.requests], records: [files.records] },
      { access: [files.access], records: [files.records] },
    ]) {
      const { views, series, rules } = plan('duckdb', shipped, named);
      for (const view of views) await connection.run(view);
      const counted = new Map<string, MinuteSeries[]>();
      for (const { dimension, sql } of series) {
        const rows = (await connection.runAndReadAll(sql))
          .getRowObjectsJson()
          .map((row) =>
            Object.fromEntries(
              Object.entries(row).map(([name, value]) => [
                name,
                name === 'key' || value === null ? value : Number(value),
              ]),
            ),
          ) as unknown as SeriesRow[];
        counted.set(dimension, seriesFromRows(rows));
      }
      const judged = judgeSeries((dimension) => counted.get(dimension)!);
      expect(judged).toEqual(judgeSeries((dimension) => tableSeries(logs.requests, dimension)));
      const ofAll = judged.windows.filter(({ dimension }) => dimension === 'all');
      expect(ofAll.map(({ kind }) => kind)).toEqual(['interruption', 'failures']);
      expect(judged.refusals.map(({ who, from }) => `${who} ${(from - start) / 60_000}`)).toEqual(['customers 105']);
      expect(judged.answers.flatMap(({ status, windows }) => (windows.length > 0 ? [status] : []))).toEqual([503, 403]);
      const found: string[] = [];
      for (const { id, sql } of rules)
        for (const { time } of (await connection.runAndReadAll(sql)).getRowObjectsJson())
          found.push(`${id} ${Number(time)}`);
      expect(found.sort()).toEqual(expected.sort());
    }
  });
});
