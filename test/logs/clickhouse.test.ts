/** The plan on a ClickHouse server of one's own, over HTTP: any release that is installed, Debian's 18.16 too. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeElsewhere } from '../../src/cli/logs/engine.ts';
import { readLogs } from '../../src/logs/index.ts';
import { exportedRequests } from '../../src/logs/plan/export.ts';
import { judgeSeries, tableSeries } from '../../src/logs/plan/index.ts';
import { onPath } from '../programs.ts';
import { input, lexicon, NOW } from './read.ts';

const server = onPath('clickhouse-server')
  ? ['clickhouse-server']
  : onPath('clickhouse')
    ? ['clickhouse', 'server']
    : [];
const built = existsSync(new URL('../../dist/knowledge/lexicon.json', import.meta.url));

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });

/** Half a day of two servers with an outage, failures and slowness. */
function lines(): string[] {
  const start = Date.UTC(2026, 8, 12);
  const made: string[] = [];
  for (let minute = 0; minute < 600; minute++) {
    if (minute >= 200 && minute < 212) continue;
    for (let i = 0; i < 20; i++)
      made.push(
        JSON.stringify({
          time: new Date(start + minute * 60_000 + i * 2900 + (minute % 997)).toISOString(),
          remote_addr: `10.0.${i}.${minute % 250}`,
          method: 'POST',
          uri: ['/api/pay', '/order/17/items', '/', '/搜索'][i % 4],
          status: minute >= 400 && minute < 430 && i % 3 === 0 ? 502 : 200,
          body_bytes_sent: 9,
          request_time: (minute >= 500 && minute < 520 ? 3 : 0.05) + (i % 7) / 16,
          upstream_addr: `10.9.0.${1 + (i % 2)}:8080`,
        }),
      );
  }
  return made;
}

describe.skipIf(server.length === 0 || !built)('a ClickHouse server (clickhouse-server and npm run build)', () => {
  let folder: string;
  let running: ChildProcess;
  let url: string;
  const ask = async (body: string): Promise<string> => {
    const response = await fetch(url, { method: 'POST', body });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'paymedic-clickhouse-'));
    mkdirSync(join(folder, 'data', 'tmp'), { recursive: true });
    const [http, tcp, inner] = [await freePort(), await freePort(), await freePort()];
    url = `http://127.0.0.1:${http}/`;
    const users = join(folder, 'users.xml');
    const config = join(folder, 'config.xml');
    writeFileSync(
      users,
      '<yandex><profiles><default/></profiles><users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users><quotas><default><interval><duration>3600</duration><queries>0</queries><errors>0</errors><result_rows>0</result_rows><read_rows>0</read_rows><execution_time>0</execution_time></interval></default></quotas></yandex>',
    );
    writeFileSync(
      config,
      `<yandex><logger><level>warning</level><log>${folder}/log</log><errorlog>${folder}/errors</errorlog></logger><http_port>${http}</http_port><tcp_port>${tcp}</tcp_port><interserver_http_port>${inner}</interserver_http_port><listen_host>127.0.0.1</listen_host><path>${folder}/data/</path><tmp_path>${folder}/data/tmp/</tmp_path><users_config>${users}</users_config><default_profile>default</default_profile><default_database>default</default_database><mark_cache_size>100000000</mark_cache_size></yandex>`,
    );
    running = spawn(server[0]!, [...server.slice(1), `--config-file=${config}`], { stdio: 'ignore' });
    for (let tries = 0; tries < 100; tries++) {
      await wait(100);
      if (await ask('SELECT 1').catch(() => undefined)) return;
    }
    throw new Error('the server did not come up');
  }, 30_000);
  afterAll(async () => {
    running?.kill();
    if (running && running.exitCode === null) await new Promise((done) => running.once('exit', done));
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds the windows of the built-in engine, and says which rules it refuses', async () => {
    const logs = await readLogs([input('edge.jsonl', lines().join('\n'))], { lexicon, now: NOW });
    const text = 'Nullable(String)';
    await ask(
      `CREATE TABLE requests (time Nullable(Int64), client ${text}, method ${text}, path ${text}, query ${text}, status Nullable(Int64), bytes Nullable(Int64), referer ${text}, user_agent ${text}, host ${text}, request_time Nullable(Float64), upstream ${text}, termination ${text}) ENGINE = Log`,
    );
    await ask(`INSERT INTO requests FORMAT JSONEachRow\n${[...exportedRequests(logs)].join('\n')}`);
    const judged = JSON.parse(
      (await judgeElsewhere([], { engine: 'clickhouse', url, table: 'requests', format: 'json' })).text,
    );
    const expected = judgeSeries((dimension) => tableSeries(logs.requests, dimension).slice(0, 30));
    const told = ({ dimension, key, kind, from }: { [name: string]: unknown }): string =>
      `${dimension} ${key} ${kind} ${typeof from === 'number' ? from : Date.parse(String(from))}`;
    expect(judged.windows.map(told)).toEqual(expected.windows.map((window) => told({ ...window })));
    expect(judged.refusals.map(told)).toEqual(expected.refusals.map((window) => told({ ...window })));
    expect(judged.answers.map(({ status, count }: { [name: string]: number }) => [status, count])).toEqual(
      expected.answers.map(({ status, count }) => [status, count]),
    );
    expect(expected.windows.length).toBeGreaterThan(10);
    // Servers before 21 have no window functions; rules on records have no table here.
    for (const { why } of judged.refused)
      expect(why).toMatch(/Syntax error|doesn't exist|UNKNOWN_TABLE|Unknown table/i);
  }, 60_000);
});
