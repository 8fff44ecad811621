/** Packages whose install scripts (npm's preinstall, install, postinstall, prepare) do what no install needs, and when they ran. */

import { proofOf } from './host-lines.ts';
import { indicatorsIn } from './indicators.ts';
import { tellingOf } from './telling.ts';
import type { HostFile, IntrusionSheet, Persistence } from './types.ts';

export interface PackageScripts {
  persistence: Persistence[];
  indicators: IntrusionSheet['indicators'];
  entries: NonNullable<IntrusionSheet['entry']>[];
}

const STAGES = ['preinstall', 'install', 'postinstall', 'prepare'] as const;
/** `node lib/check.js`: the file that a script hands to an interpreter. */
const RUN_FILE = /^(?:node|python[\d.]*|bash|sh|perl|ruby)\s+(?:-[\w-]+\s+)*["']?((?:\.\/)?[\w.@/-]{1,200})["']?/;
/** Everything a process knows of its environment, as one text to send away; single variables are what programs read. */
const ENVIRONMENT_AWAY =
  /\bJSON\.stringify\s*\(\s*process\.env\s*\)|\bjson\.dumps\s*\(\s*(?:dict\s*\(\s*)?os\.environ\b/;
const SENDS = /\b(?:https?\.request|fetch|axios|XMLHttpRequest|urlopen|requests\.post|curl)\b/;

/** Places from which something lets in or starts by itself, and the calls that write there. */
const WAYS_TO_STAY =
  /\bauthorized_keys2?\b|\/etc\/cron|\bcrontab\b|\/spool\/cron|(?<=["'`/])\.(?:bashrc|bash_profile|zshrc|profile)\b|systemd\/(?:system|user)\b|LaunchAgents\b/;
const COMMENT = /^\s*(?:\/\/|#|\*|\/\*)/;
const WRITES =
  /\b(?:appendFile|writeFile|createWriteStream|copyFile)(?:Sync)?\s*\(|\bopen\s*\([^)\n]{1,200},\s*['"][aw]|\.write_text\s*\(|>>/;

/** What a file that an install runs does that no install needs. */
function fileSays(file: HostFile): { why: string; line: number; text: string } | undefined {
  const text = file.text.slice(0, 1 << 18);
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const why = tellingOf(line);
    if (why !== undefined) return { why, line: index + 1, text: line };
  }
  if (WRITES.test(text)) {
    const at = lines.findIndex((line) => !COMMENT.test(line) && WAYS_TO_STAY.test(line));
    if (at !== -1) {
      const place = WAYS_TO_STAY.exec(lines[at]!)![0].replace(/^\//, '');
      return { why: `writes to ${place}`, line: at + 1, text: lines[at]! };
    }
  }
  const away = ENVIRONMENT_AWAY.exec(text);
  if (!away || !SENDS.test(text)) return undefined;
  const line = text.slice(0, away.index).split('\n').length;
  return { why: 'sends its environment away', line, text: lines[line - 1]! };
}

/** npm's own log: `info run NAME@VERSION postinstall ...`; its name is the time it began, in UTC. */
const NPM_LOG = /(?:^|\/)(\d{4}-\d\d-\d\d)T(\d\d)_(\d\d)_(\d\d)_\d{3}Z-debug(?:-\d+)?\.log$/;

function ranAt(files: readonly HostFile[], name: string, stage: string): HostFile | undefined {
  return files.find(({ file, text }) => {
    if (!NPM_LOG.test(file)) return false;
    const at = text.indexOf(` run ${name}@`);
    return at !== -1 && text.slice(at, text.indexOf('\n', at)).includes(` ${stage} `);
  });
}

/** @param files all text files of the evidence. */
export function packageScripts(files: readonly HostFile[]): PackageScripts {
  const found: PackageScripts = { persistence: [], indicators: [], entries: [] };
  const byPath = new Map(files.map((file) => [file.file, file]));
  for (const file of files) {
    if (!/(?:^|\/)package\.json$/.test(file.file) || file.text.length > 1 << 18) continue;
    let scripts: unknown;
    let named: unknown;
    try {
      ({ scripts, name: named } = JSON.parse(file.text) as { scripts?: unknown; name?: unknown });
    } catch {
      continue;
    }
    if (typeof scripts !== 'object' || scripts === null) continue;
    const name = String(named ?? '').slice(0, 100);
    const folder = file.file.slice(0, file.file.lastIndexOf('/') + 1);
    for (const stage of STAGES) {
      const command = (scripts as { [stage: string]: unknown })[stage];
      if (typeof command !== 'string') continue;
      const inner = byPath.get(`${folder}${(RUN_FILE.exec(command.slice(0, 2000))?.[1] ?? '').replace(/^\.\//, '')}`);
      const said = inner === undefined || inner === file ? undefined : fileSays(inner);
      const direct = tellingOf(command);
      if (direct === undefined && said === undefined) continue;
      const line = file.text.slice(0, Math.max(0, file.text.indexOf(`"${stage}"`))).split('\n').length;
      const proof = direct === undefined ? proofOf(inner!, said!.line, said!.text) : proofOf(file, line, command);
      found.persistence.push({
        kind: 'package-script',
        why: `the ${stage} script of the package ${name} ${direct ?? said!.why}`,
        proof,
      });
      if (said) found.indicators.push(...indicatorsIn(inner!.text.slice(0, 65_536), proof));
      const log = ranAt(files, name, stage);
      const began = log && NPM_LOG.exec(log.file);
      if (!began) continue;
      const [, day, hour, minute, second] = began;
      const number = log.text.slice(0, log.text.indexOf(` run ${name}@`)).split('\n').length;
      const time = Date.parse(`${day}T${hour}:${minute}:${second}Z`);
      found.entries.push({
        how: `the ${stage} script of the package ${name} ran`,
        time,
        proof: { ...proofOf(log, number, log.text.split('\n')[number - 1]!), time },
      });
    }
  }
  return found;
}
