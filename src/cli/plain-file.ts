/** Files that a command opens by their name itself. */
import { statSync } from 'node:fs';
import { UserError } from './exit.ts';

/**
 * Makes sure that a name stands for a plain file: a pipe may wait for its writer without end, a device may never end.
 * @param next what to do instead. @throws UserError for anything else; errors of the file system pass through.
 */
export function mustBePlainFile(path: string, next: string): void {
  if (!statSync(path).isFile()) throw new UserError(`${path}: is no plain file`, { next });
}
