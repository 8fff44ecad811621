import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openEvidence } from '../../src/evidence/index.ts';

interface Member {
  name: string;
  data: Buffer;
  size: number;
  method?: number;
}
// The maker of the bench, which is no TypeScript.
const { zipOf } = (await import('../../bench/logs/hostile-cases.mjs' as string)) as {
  zipOf: (members: Member[]) => Buffer;
};
const root = mkdtempSync(join(tmpdir(), 'paymedic-zips-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const LINE = '2026-09-12T08:00:00Z ERROR pay - connect() failed (111: Connection refused)\n';
async function open(name: string, members: Member[]): ReturnType<typeof openEvidence> {
  writeFileSync(join(root, name), zipOf(members));
  return openEvidence([join(root, name)]);
}
const member = (name: string, text: string | Buffer, size?: number): Member => {
  const bytes = Buffer.from(text);
  return { name, data: deflateRawSync(bytes), size: size ?? bytes.length };
};

describe('zip archives', () => {
  it('give members larger than what is read at once as they are unpacked', async () => {
    const text = Array.from({ length: 200_000 }, (_, i) => `${i} ${LINE}`).join('');
    const { sources, problems } = await open('large.zip', [member('logs/app.log', text)]);
    expect(problems).toEqual([]);
    let length = 0;
    for await (const chunk of sources[0]!.passing()) length += chunk.length;
    expect(length).toBe(text.length);
    expect(sources[0]!.item).toMatchObject({ path: 'large.zip!logs/app.log', size: text.length });
  });

  it('that hold more than their directory says are left, with what to do', async () => {
    for (const size of [100, 9 * 2 ** 20]) {
      const { problems } = await open('lies.zip', [
        member('logs/a.log', LINE.repeat(200_000), size),
        member('logs/b.log', LINE.repeat(40)),
      ]);
      expect(problems.some(({ what }) => /holds more than its directory says/.test(what))).toBe(true);
      for (const { next } of problems) expect(next).not.toBe('');
    }
  });

  it('of many members that expand as bombs do are stopped, small ones too', async () => {
    const data = deflateRawSync(Buffer.alloc(8 * 2 ** 20, 'a'), { level: 9 });
    const members = Array.from({ length: 100 }, (_, i) => ({ name: `m${i}.log`, data, size: 8 * 2 ** 20 }));
    const started = process.cpuUsage();
    const { sources, problems } = await open('bomb.zip', members);
    expect(sources.length).toBeLessThanOrEqual(8);
    expect(problems.find(({ named }) => named)).toMatchObject({
      what: expect.stringMatching(/^\d+ members could not be read$/),
      next: expect.stringContaining('unpack'),
    });
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(5);
  });

  it('whose members share their bytes are not unpacked', async () => {
    const bytes = zipOf([member('a.log', LINE.repeat(40))]);
    const directory = bytes.readUInt32LE(bytes.length - 6);
    const entry = bytes.subarray(directory, bytes.length - 22);
    const end = Buffer.from(bytes.subarray(bytes.length - 22));
    end.writeUInt32LE(entry.length * 50, 12);
    writeFileSync(
      join(root, 'overlap.zip'),
      Buffer.concat([bytes.subarray(0, directory), ...Array.from({ length: 50 }, () => entry), end]),
    );
    const { sources, problems } = await openEvidence([join(root, 'overlap.zip')]);
    expect(sources).toEqual([]);
    expect(problems[0]!.what).toMatch(/members overlap/);
  });
});
