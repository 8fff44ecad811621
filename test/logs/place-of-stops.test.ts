/** Which part of a service a stop of everything is put down to. */
import { describe, expect, it } from 'vitest';
import { logWindows } from '../../src/logs/windows/log-windows.ts';
import { draws } from '../draws.ts';
import { read } from './read.ts';

const START = Date.UTC(2026, 8, 15, 9, 0, 0);
const MINUTE = 60_000;
const [FROM, TO] = [120, 150];

interface Call {
  time: number;
  client: string;
  path: string;
  acquirer: string;
}

/** Four hours of some thirty calls a minute, without those that a fault takes in half an hour of it. */
function calls(taken: (call: Call) => boolean, seed: number): Call[] {
  const next = draws(seed);
  const found: Call[] = [];
  for (let minute = 0; minute < 240; minute++) {
    const count = Math.round(30 * (0.7 + 0.6 * next()));
    for (let i = 0; i < count; i++) {
      const call: Call = {
        time: START + minute * MINUTE + Math.floor(next() * MINUTE),
        client: `10.${Math.floor(next() * 200)}.${Math.floor(next() * 200)}.9`,
        path: next() < 0.8 ? '/v1/pay' : '/v1/query',
        acquirer: ['northbank', 'northbank', 'eastpay', 'unity'][Math.floor(next() * 4)]!,
      };
      if (minute < FROM || minute >= TO || !taken(call)) found.push(call);
    }
  }
  return found.sort((a, b) => a.time - b.time);
}

const json = ({ time, client, path, acquirer }: Call): string =>
  `{"ts":"${new Date(time).toISOString()}","level":"info","msg":"payment call","client_ip":"${client}","path":"${path}","acquirer":"${acquirer}","status":200,"duration_ms":480}\n`;

/** The layout of nginx Amplify, where `ua` is `$upstream_addr`: here the name of a group of servers. */
const access = ({ time, client, path, acquirer }: Call): string => {
  const at = new Date(time).toISOString();
  return `${client} - - [15/Sep/2026:${at.slice(11, 19)} +0000] "POST ${path} HTTP/1.1" 200 512 "-" "okhttp/4.12.0" rt=0.480 urt=0.470 ua="${acquirer}"\n`;
};

const stops = async (written: Call[], line: (call: Call) => string, file: string) =>
  logWindows(await read(written.map(line).join(''), {}, file)).filter(({ kind }) => kind === 'interruption');

describe('the place of a stop', () => {
  it('is the endpoint that nobody could call any more while the others went on', async () => {
    for (const seed of [101, 102, 103]) {
      const [all] = await stops(
        calls(({ path }) => path === '/v1/pay', seed),
        json,
        'gateway.jsonl',
      );
      expect(all?.place?.key).toBe('/v1/pay');
    }
  });

  it('is not named where everything stopped', async () => {
    for (const seed of [101, 102, 103]) {
      const found = await stops(
        calls(() => true, seed),
        json,
        'gateway.jsonl',
      );
      expect(found.length).toBeGreaterThan(0);
      expect(found[0]!.place).toBeUndefined();
    }
  });

  it('is the acquirer that an access line names as its upstream, also by the name of a group', async () => {
    const found = await stops(
      calls(({ acquirer }) => acquirer === 'northbank', 104),
      access,
      'access.log',
    );
    expect(found.map(({ dimension, key }) => `${dimension} ${key}`)).toContain('upstream northbank');
  });
});
