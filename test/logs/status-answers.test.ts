import { describe, expect, it } from 'vitest';
import { summarise } from '../../src/logs/summary.ts';
import { read } from './read.ts';

const DAY = Date.UTC(2026, 8, 12, 6);
const line = (second: number, client: string, path: string, status: number): [number, string] => {
  const at = new Date(DAY + second * 1000).toISOString();
  return [
    second,
    `${client} - - [12/Sep/2026:${at.slice(11, 19)} +0000] "POST ${path} HTTP/1.1" ${status} 120 "-" "okhttp/4"\n`,
  ];
};

/** Four hours of fifteen payments a minute, of which each 31st is declined. */
const payments = (): [number, string][] =>
  Array.from({ length: 3600 }, (_, i) =>
    line(i * 4, `198.51.${i % 40}.${(i % 249) + 1}`, '/api/pay', i % 31 === 7 ? 402 : 200),
  );

async function answers(more: [number, string][]) {
  const lines = [...payments(), ...more].sort((a, b) => a[0] - b[0]);
  const { answers } = summarise(await read(lines.map(([, text]) => text).join(''), { keep: 'counts', zone: 'UTC' }));
  return Object.fromEntries(answers.map(({ status, windows }) => [status, windows]));
}

describe('times in which a status came more often', () => {
  it('are none for one that trickles, also where a flood of other requests makes its share small for a while', async () => {
    expect(await answers([])).toEqual({ 402: [] });
    const flood = Array.from({ length: 20_000 }, (_, i) =>
      line(7200 + Math.floor(i / 67), `203.0.113.${(i % 40) + 1}`, '/login', 200),
    );
    expect(await answers(flood)).toEqual({ 402: [] });
    const sale = Array.from({ length: 18_000 }, (_, i) =>
      line(7200 + Math.floor(i / 10), `203.0.${i % 200}.${(i % 249) + 1}`, '/cart', 200),
    );
    expect(await answers(sale)).toEqual({ 402: [] });
  });

  it('are told of a run that is most of the requests of the log, but not of its time', async () => {
    const run = Array.from({ length: 3000 }, (_, i) =>
      line(7200 + i, `203.0.${i % 200}.${(i % 249) + 1}`, '/login', i % 100 === 0 ? 302 : 401),
    );
    const { 401: times, 402: trickle } = await answers(run);
    expect(trickle).toEqual([]);
    expect(times).toMatchObject([{ from: DAY + 7_200_000, to: DAY + 10_200_000 }]);
  });
});
