import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCapture } from '../../src/capture/index.ts';
import { onPath } from '../programs.ts';

const generator = fileURLToPath(new URL('../../bench/captures-generate.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'paymedic-test-generated-'));

interface Expected {
  flows: number;
  packets: number;
  events: { hellos: number; serverHellos: number; certificates: number; alerts: number };
}
let expected: { [shape: string]: Expected };

describe.skipIf(!onPath('openssl'))('the shapes of the benchmark in small (needs openssl)', () => {
  beforeAll(() => {
    const run = spawnSync(process.execPath, [generator, folder, '0.004', '6'], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['bulk', 'dense', 'flood'])('loses no TLS event of %s', async (shape) => {
    const read = await readCapture(createReadStream(join(folder, `${shape}.pcap`)) as AsyncIterable<Buffer>, shape);
    const { handshakes, counts } = read;
    expect({
      flows: counts.flows,
      packets: counts.packets,
      events: {
        hellos: handshakes.filter((one) => one.clientHello).length,
        serverHellos: handshakes.filter((one) => one.serverHello).length,
        certificates: handshakes.filter((one) => one.serverCertificates).length,
        alerts: handshakes.flatMap((one) => one.alerts).filter((alert) => !alert.inferred).length,
      },
    }).toEqual({
      flows: expected[shape]!.flows,
      packets: expected[shape]!.packets,
      events: expected[shape]!.events,
    });
    // Completed and refused handshakes are told apart however many there are.
    const ok = handshakes.filter((one) => one.verdict.id === 'ok').length;
    expect(ok).toBeLessThanOrEqual(expected[shape]!.events.serverHellos);
    expect(ok).toBeGreaterThan(0.9 * expected[shape]!.events.serverHellos - 1);
  });
});
