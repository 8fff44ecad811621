/** Programs with the set-user-id bit of root in listings (`ls -l`, `find -ls`) that no package puts there. */
import { linesOf, proofOf } from './host-lines.ts';
import type { HostFile, Persistence } from './types.ts';

/** Mode, links, owner, group, size, time, path; `find -ls` has inode and blocks before them. */
const LISTED =
  /^\s*(?:\d+\s+\d+\s+)?-[r-][w-][sS][r-][w-][xsS-][r-][w-][xtT-][.+@]?\s+\d+\s+root\s+\S+\s+\d+\s+\S.{0,40}?\s(\/\S{1,400})$/;
/** `find -perm -4000 -printf '%m %u %p'` and `stat -c`: octal mode first. */
const OCTAL = /^0?[4-7][0-7]{3}\s+root\s+(?:\S+\s+)?(\/\S{1,400})$/;
/** Folders that anybody may write, homes, and hidden places. */
const ODD = /^\/(?:tmp|var\/tmp|dev\/shm|home)\/|\/\.[^/.]/;

export function setUserIdPrograms(file: HostFile): Persistence[] {
  if (
    !/^(?:[ \t]{0,20}\d{1,20}[ \t]{1,20}\d{1,20}[ \t]{1,20})?-[r-][w-][sS]|^0?[4-7][0-7]{3}[ \t]{1,20}root\s/m.test(
      file.text.slice(0, 1 << 20),
    )
  )
    return [];
  const found: Persistence[] = [];
  for (const [number, line] of linesOf(file)) {
    const path = LISTED.exec(line)?.[1] ?? OCTAL.exec(line)?.[1];
    if (path !== undefined && ODD.test(path) && found.length < 200)
      found.push({
        kind: 'set-user-id',
        why: `${path} runs with the rights of root and stands where no package puts programs`,
        proof: proofOf(file, number, line),
      });
  }
  return found;
}
