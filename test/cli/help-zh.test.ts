/** Help in Chinese: the main commands speak it whole. */
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { chineseHelp } from '../../src/cli/help-zh.ts';
import { commandShapes } from '../../src/cli/reports/completion.ts';

describe('help in Chinese', () => {
  it('covers the summary of every command', () => {
    expect(COMMANDS.map((command) => command.summary).filter((text) => chineseHelp(text) === undefined)).toEqual([]);
  });

  it('covers the options of the main commands, nineteen in twenty at least', async () => {
    const main = new Set(['triage', 'run', 'resume', 'verify', 'logs', 'pcap', 'certs', 'ciphers', 'report', 'diff']);
    const texts = (await commandShapes())
      .filter((shape) => main.has(shape.name))
      .flatMap((shape) => [shape.summary, ...shape.options.map((option) => option.describe)]);
    const missing = texts.filter((text) => chineseHelp(text) === undefined);
    expect(missing.length / texts.length, missing.join('\n')).toBeLessThanOrEqual(0.05);
  });
});
