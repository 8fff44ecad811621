/** Deployments as diffs, and what container engines and clusters did. */
import { describe, expect, it } from 'vitest';
import { readClusterEvents } from '../../src/evidence/facts/cluster-events.ts';
import { factText } from '../../src/evidence/facts/context.ts';
import { readSmallFacts } from '../../src/evidence/facts/index.ts';
import { triageFiles } from '../triage/bundle.ts';
import { memorySource } from './memory-source.ts';

const now = Date.UTC(2026, 10, 22, 9);
const AT = Date.UTC(2026, 10, 22, 8, 5);
const LOG = Array.from({ length: 20 }, (_, i) => `2026-11-22T08:${10 + i}:00Z INFO pay order ${i} paid`).join('\n');
const changes = async (text: string) => (await readSmallFacts([memorySource('x.txt', text)], { now })).changes;

describe('a diff', () => {
  it('says what was changed to what, and when by the stamp of the new file', async () => {
    expect(
      await changes(
        '--- /etc/nginx/pay.conf.orig\t2026-11-20 10:00:00.000000000 +0000\n+++ /etc/nginx/pay.conf\t2026-11-22 09:05:00.000000000 +0100\n@@ -10,3 +10,4 @@ server {\n     listen 443 ssl;\n-    ssl_protocols TLSv1.2 TLSv1.3;\n+    ssl_protocols TLSv1.3;\n+    ssl_stapling on;\n     ssl_certificate /etc/ssl/pay.pem;\n',
      ),
    ).toEqual([
      {
        file: 'x.txt',
        line: 1,
        time: AT,
        text: '/etc/nginx/pay.conf: ssl_protocols TLSv1.2 TLSv1.3; -> ssl_protocols TLSv1.3;; added ssl_stapling on;',
      },
    ]);
  });
  it('of git carries who, when and why', async () => {
    const patch = (date: string): string =>
      `From 9b2c1d0aa1b2c3d4e5f60718293a4b5c6d7e8f90 Mon Sep 17 00:00:00 2001\nFrom: Ana Ruiz <ana@shop.example>\nDate: ${date}\nSubject: [PATCH] gateway: shorten the time-out\n\n---\n conf/pay.yaml | 2 +-\n\ndiff --git a/conf/pay.yaml b/conf/pay.yaml\nindex 3f1a..9b2c 100644\n--- a/conf/pay.yaml\n+++ b/conf/pay.yaml\n@@ -3,2 +3,2 @@\n upstream:\n-  timeout: 30s\n+  timeout: 3s\ndiff --git a/old.txt b/old.txt\ndeleted file mode 100644\n--- a/old.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n--- a line of dashes\n`;
    expect(await changes(patch('Sun, 22 Nov 2026 09:05:00 +0100'))).toMatchObject([
      {
        line: 11,
        time: AT,
        team: 'Ana Ruiz',
        text: 'gateway: shorten the time-out: conf/pay.yaml: timeout: 30s -> timeout: 3s',
      },
      { time: AT, text: 'gateway: shorten the time-out: old.txt (deleted)' },
    ]);
  });
  it('without a time is a change of unknown time, and prose about one is none', async () => {
    const [change] = await changes('--- a/x.conf\n+++ b/x.conf\n@@ -1 +1 @@\n-a = 1\n+a = 2\n');
    expect(change).toMatchObject({ text: 'x.conf: a = 1 -> a = 2', time: Number.NaN });
    expect(await changes('We compared --- and +++ and saw no difference.\n')).toEqual([]);
  });
});

describe('events of an engine or cluster', () => {
  const read = (text: string) => readClusterEvents(factText('events', '', text), { now });
  it('of Docker are changes once, however often a container dies', () => {
    const loop = Array.from(
      { length: 20 },
      (_, i) =>
        `2026-11-22T08:05:${10 + i}.5Z container die 9e1b (exitCode=1, image=pay:4.2, name=pay-1)\n2026-11-22T08:05:${10 + i}.9Z container exec_start: curl -f localhost 9e1b (image=pay:4.2, name=pay-1)`,
    ).join('\n');
    const found = read(`2026-11-22T08:05:00.0Z container start 9e1b (image=pay:4.2, name=pay-1)\n${loop}\n`);
    expect(found.map(({ line, time, text }) => [line, time, text])).toEqual([
      [1, AT, 'container pay-1 of pay:4.2: start'],
      [2, AT + 10_500, 'container pay-1 of pay:4.2: die with exit code 1'],
    ]);
  });
  it('of Docker as JSON lines', () => {
    const [found] = read(
      `{"status":"start","id":"9e1b","from":"pay:4.2","Type":"container","Action":"start","Actor":{"ID":"9e1b","Attributes":{"image":"pay:4.2","name":"pay-1"}},"scope":"local","time":${AT / 1000},"timeNano":${AT}000000}\n`,
    );
    expect(found).toMatchObject({ time: AT, text: 'container pay-1 of pay:4.2: start' });
  });
  const event = (name: string, type: string, reason: string, message: string): string =>
    JSON.stringify({
      kind: 'Event',
      metadata: { name },
      involvedObject: { kind: 'Deployment', name: 'pay' },
      type,
      reason,
      message,
      firstTimestamp: '2026-11-22T08:05:00Z',
    });
  const list = `{"kind": "List", "items": [\n${event('pay.17', 'Normal', 'ScalingReplicaSet', 'Scaled up replica set pay-7d9 to 3')},\n${event('pay.18', 'Warning', 'Unhealthy', 'Readiness probe failed')}\n]}\n`;
  it('of Kubernetes are what controllers did, not what failed', () => {
    expect(read(list).map(({ line, time, text }) => [line, time, text])).toEqual([
      [2, AT, 'deployment pay: ScalingReplicaSet: Scaled up replica set pay-7d9 to 3'],
    ]);
  });
  it('stand in the timeline of a report', async () => {
    const report = await triageFiles({ 'events.json': list, 'app.log': LOG, 'meta/now': '2026-11-22T09:00:00Z\n' });
    expect(JSON.stringify(report.timeline)).toContain('Scaled up replica set pay-7d9 to 3');
  });
});
