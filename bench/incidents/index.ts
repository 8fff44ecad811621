/** Every generated incident, and how a bundle of one is made. */
import { ATTACKS, HEALTHY } from './causes/attacks.ts';
import { CERTIFICATES } from './causes/certificates.ts';
import { MUTUAL, PARAMETERS } from './causes/links.ts';
import { MESSAGES } from './causes/messages.ts';
import { CAPACITY, NETWORK } from './causes/network.ts';
import type { Incident } from './types.ts';
import { type Options, World } from './world.ts';

export const INCIDENTS: Incident[] = [
  ...CERTIFICATES,
  ...MUTUAL,
  ...PARAMETERS,
  ...NETWORK,
  ...CAPACITY,
  ...MESSAGES,
  ...ATTACKS,
  ...HEALTHY,
];

export interface Made {
  files: Map<string, string | Buffer>;
  onset: number;
  now: number;
  start: number;
  /** Folder of each kind of evidence. */
  folders: World['folders'];
}

/** The evidence of an incident in the shop of a seed. */
export async function make(incident: Incident, seed: number, options: Options = {}): Promise<Made> {
  const world = new World(seed, options);
  await incident.tell(world);
  return {
    files: world.bundle(),
    onset: incident.onset ?? world.onset,
    now: world.now,
    start: world.start,
    folders: world.folders,
  };
}

/** The same bundle without some kinds of evidence: `topology`, `changes`, or a folder of the world (`certs`, `conf`, `data`, ...). */
export function without(made: Made, kinds: readonly string[]): Made {
  const folders = made.folders as { [kind: string]: string };
  const gone = (path: string): boolean =>
    kinds.some((kind) =>
      kind === 'topology'
        ? path === 'meta/topology.yaml'
        : kind === 'changes'
          ? /\/changes\.\w+$/.test(path)
          : path.startsWith(`${folders[kind]}/`) && path !== 'meta/now' && path !== 'meta/topology.yaml',
    );
  return { ...made, files: new Map([...made.files].filter(([path]) => !gone(path))) };
}
