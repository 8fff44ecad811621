/** Processes in lists (`ps`) that run from where no package puts programs, or mine. */
import { factText } from '../../evidence/facts/context.ts';
import { readProcesses } from '../../evidence/facts/host.ts';
import { proofOf } from './host-lines.ts';
import { TOOL_HOMES } from './places.ts';
import { tellingOf } from './telling.ts';
import type { HostFile, Persistence } from './types.ts';

/** Folders that anybody may write, and hidden ones outside of homes; images that mount themselves below /tmp are usual. */
const ODD =
  /^\/(?:tmp|var\/tmp|dev\/shm)\/(?!\.mount_|snap[./]|go-build|pip-|npm-|_MEI)|^\/(?!home\/|root\/)(?:[\w.+-]+\/){0,8}\.(?!mount_)[\w-]/;

export function oddProcesses(file: HostFile): Persistence[] {
  if (!/^.{0,200}\bPID\b.{0,200}\b(?:COMMAND|CMD|ARGS)\s*$/m.test(file.text.slice(0, 4096))) return [];
  return readProcesses(factText(file.file, '', file.text.slice(0, 1 << 20)))
    .slice(0, 50_000)
    .flatMap(({ line, pid, user, command }): Persistence[] => {
      const odd = ODD.test(command.replace(TOOL_HOMES, ''));
      const telling = tellingOf(command);
      if (!odd && telling === undefined) return [];
      const why = telling ?? 'runs from a folder that anybody may write or that is hidden';
      return [
        {
          kind: 'process',
          why: `process ${pid}${user === '' ? '' : ` of ${user}`} ${why}`,
          proof: proofOf(file, line, command),
        },
      ];
    })
    .slice(0, 200);
}
