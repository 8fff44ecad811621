import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';

describe('loading the compiled knowledge', () => {
  it('reads each file when it is first asked for, and once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'paymedic-load-'));
    try {
      const knowledge = loadKnowledge(folder);
      expect(() => knowledge.alerts).toThrow(/lacks alerts\.json .*npm run build/);
      writeFileSync(join(folder, 'clocks.json'), '{"clocks":[{"id":"a"}]}');
      expect(knowledge.clocks.map((c) => c.id)).toEqual(['a']);
      rmSync(join(folder, 'clocks.json'));
      expect(knowledge.clocks.map((c) => c.id)).toEqual(['a']);
      expect(loadKnowledge(folder)).toBe(knowledge);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('gives other files by name, and nothing outside its folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'paymedic-load-'));
    try {
      writeFileSync(join(folder, 'policies.json'), '{"pci":1}');
      const knowledge = loadKnowledge(folder);
      expect(knowledge.other('policies')).toEqual({ pci: 1 });
      expect(knowledge.other('missing')).toBeUndefined();
      expect(knowledge.other('../policies')).toBeUndefined();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
