/** Where the configuration may stand. Apart from its reader, so that a run without one loads nothing. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment } from '../terminal.ts';

/** Variables of the environment that stand above every file, with their keys. */
export const CONFIG_KEYS = {
  PAYMEDIC_LANGUAGE: 'language',
  PAYMEDIC_FAIL_ON: 'fail-on',
  PAYMEDIC_ZONE: 'zone',
} as const;
export const CONFIG_VARIABLES = Object.keys(CONFIG_KEYS) as (keyof typeof CONFIG_KEYS)[];

/** Files in the order of rising precedence: machine, user, project. */
export function configFiles(folder: string, env: Environment): string[] {
  const user = join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'paymedic', 'config.yaml');
  return ['/etc/paymedic/config.yaml', user, resolve(folder, 'paymedic.yaml')];
}
