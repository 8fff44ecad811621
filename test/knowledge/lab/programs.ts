import { spawnSync } from 'node:child_process';

/** Whether a program can be started here; tests that need it skip by name when it cannot. */
export function has(program: string): boolean {
  const found = spawnSync('sh', ['-c', `command -v ${program}`], { env: { ...process.env, PATH: PATH() } });
  return found.status === 0;
}

/** Debian keeps its servers in sbin, which is not in every user's path. */
export const PATH = (): string => `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;

/** Names of the missing ones, for the name of a skipped test. */
export const missing = (programs: readonly string[]): string[] => programs.filter((p) => !has(p));
