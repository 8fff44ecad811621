/** A source read in parts must add up to what one pass over it says, wherever it is cut. */
import { describe, expect, it } from 'vitest';
import { addUp, canBeSplit, mergeParts, partialCounts, partialPass, rangeStart } from '../../src/logs/parts.ts';
import { newCollector, newTables, observationsOf, planSources, readSource } from '../../src/logs/read-logs.ts';
import { summarise } from '../../src/logs/summary.ts';
import { input, lexicon, NOW } from './read.ts';

const KEY = Buffer.alloc(32, 1);
const CONFIGURED = '$remote_addr|$time_local|$request_time|$status|$request';
const options = {
  lexicon,
  now: NOW,
  keep: 'counts' as const,
  logFormats: [{ name: 'custom', format: CONFIGURED }],
};
const two = (n: number): string => String(n).padStart(2, '0');

function access(lines: number): string {
  let out = '';
  for (let i = 0; i < lines; i++) {
    const clock = `${two(8 + Math.floor(i / 3600))}:${two(Math.floor(i / 60) % 60)}:${two(i % 60)}`;
    const target =
      i % 97 === 0 ? '/a?id=1+union+select+1' : i % 89 === 0 ? '/pay?card=4111111111111111&cvv=123' : `/p/${i}`;
    out += `10.0.${i % 7}.${i % 200} - - [12/Sep/2026:${clock} +0800] "GET ${target} HTTP/1.1" ${i % 11 === 0 ? 502 : 200} ${i} "-" "curl/8"\n`;
    if (i % 53 === 0) out += 'no access line at all\n';
    if (i % 71 === 0) out += `10.0.0.1 - - [12/Sep/2026:${clock} +0800] "\\x16\\x03\\x01" 400 0 "-" "-"\n`;
  }
  return out;
}

/** The same lines in the configured format. */
const custom = (lines: number): string =>
  access(lines).replace(/^(\S+) - - \[([^\]]+)\] "([^"]+)" (\d+) (\d+) .*$/gm, '$1|$2|0.$5|$4|$3');

function json(lines: number): string {
  let out = '';
  for (let i = 0; i < lines; i++) {
    const message =
      i % 41 === 0
        ? `java.net.ConnectException: Connection refused to 10.9.9.${i % 5}:443`
        : i % 37 === 0
          ? `shape ${'abcdefghij'[i % 10]} of card 4111111111111111`
          : 'payment processed';
    const ts = new Date(Date.UTC(2026, 8, 12, 8) + i * 700).toISOString();
    out += `${JSON.stringify({ ts, level: i % 41 === 0 ? 'error' : 'info', client_ip: `10.0.0.${i % 9}`, endpoint: '/v1/pay', acquirer: `a${i % 3}`, result_code: i % 41 === 0 ? '96' : '00', latency_ms: i % 500, msg: message })}\n`;
    if (i % 61 === 0) out += 'java.net.ConnectException: Connection refused\n\tat com.pay.X.run(X.java:1)\n';
    if (i % 67 === 0) out += '{"broken\n';
  }
  return out;
}

async function inParts(content: string, file: string, cuts: number[]) {
  const bytes = Buffer.from(content);
  const [plan] = planSources([input(file, content)], options);
  expect(canBeSplit(plan!)).toBe(true);
  const starts = [0];
  for (const cut of cuts) {
    const start = rangeStart(plan!, bytes.subarray(cut));
    if (start > 0 && cut + start > starts.at(-1)!) starts.push(cut + start);
  }
  const parts = [];
  // Two threads that take turns, each with tables of its own for all its parts.
  const threads = [newTables(options), newTables(options)];
  for (const [i, from] of starts.entries()) {
    const collector = newCollector(options, KEY, threads[i % 2]!);
    const { chunks } = input(file, bytes.subarray(from, starts[i + 1]) as Buffer, 4096);
    const part = partialPass(collector, await readSource(plan!, chunks(), collector, NOW));
    parts.push(structuredClone(part));
  }
  const counts = threads.map((thread) => structuredClone(partialCounts(thread)));
  expect(addUp(parts, counts)).toBe(true);
  const whole = newCollector(options, KEY);
  return { parts: starts.length, logs: observationsOf(whole, [mergeParts(whole, plan!, parts, counts)]) };
}

describe('a source in parts', () => {
  it.each([
    ['access.log', access(3000)],
    ['custom.log', custom(3000)],
    ['gateway.jsonl', json(3000)],
  ])('adds up to the whole: %s', async (file, content) => {
    const [plan] = planSources([input(file, content)], options);
    const collector = newCollector(options, KEY);
    const { source } = await readSource(plan!, input(file, content).chunks(), collector, NOW);
    const whole = observationsOf(collector, [source]);
    expect(whole.signatures.length + whole.events.length).toBeGreaterThan(0);
    expect(whole.cards.total).toBeGreaterThan(10);
    for (const shares of [[0.5], [0.1, 0.2, 0.9], [0.33, 0.34, 0.35, 0.7], [0.001, 0.999]]) {
      const { parts, logs } = await inParts(
        content,
        file,
        shares.map((share) => Math.floor(share * content.length)),
      );
      expect(parts).toBeGreaterThan(1);
      expect(logs.sources).toEqual(whole.sources);
      expect(logs.events).toEqual(whole.events);
      expect(logs.templates).toEqual(whole.templates);
      expect(logs.cards).toEqual(whole.cards);
      expect(logs.signatures).toEqual(whole.signatures);
      expect(JSON.stringify(summarise(logs))).toBe(JSON.stringify(summarise(whole)));
    }
  });

  it('is not cut where lines belong together', () => {
    const text = '2026-09-12 20:40:11,172 [main] ERROR com.pay.X - boom\n\tat com.pay.X.run(X.java:1)\n'.repeat(20);
    const [plan] = planSources([input('app.log', text)], options);
    expect(canBeSplit(plan!)).toBe(false);
  });
});
