/** Containers that hold the host, as `docker inspect` tells of them. */
import { isPlain } from '../../plain.ts';
import { proofOf } from './host-lines.ts';
import { tellingOf } from './telling.ts';
import type { HostFile, Persistence } from './types.ts';

const MOST_CONTAINERS = 1000;

/** A mount of the host's whole file system that may be written to (`/:/mnt`, `/:/mnt:rw`). */
const HOST_MOUNTED = /^\/:\/[^:]{0,200}(?::(?:rw|z|Z)[^"]{0,40})?$/;

/** Containers that hold the whole file system of their host for writing and work in it: by chroot, or by what they run. */
export function containersIn(file: HostFile): Persistence[] {
  if (!/"(?:HostConfig|Binds)"/.test(file.text.slice(0, 1 << 20))) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(file.text);
  } catch {
    return [];
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).slice(0, MOST_CONTAINERS).flatMap((container): Persistence[] => {
    if (!isPlain(container) || !isPlain(container.HostConfig)) return [];
    const binds = container.HostConfig.Binds;
    const mount = Array.isArray(binds)
      ? binds.find((one) => typeof one === 'string' && HOST_MOUNTED.test(one))
      : undefined;
    if (mount === undefined) return [];
    const config = isPlain(container.Config) ? container.Config : {};
    const words = [container.Path, container.Args, config.Entrypoint, config.Cmd]
      .flat()
      .filter((word) => typeof word === 'string')
      .join(' ');
    if (!/(?:^|\s)(?:\/usr)?(?:\/s?bin\/)?chroot\s/.test(words) && tellingOf(words) === undefined) return [];
    const created = typeof container.Created === 'string' ? Date.parse(container.Created.slice(0, 40)) : Number.NaN;
    const name = typeof container.Name === 'string' ? ` ${container.Name.replace(/^\//, '').slice(0, 100)}` : '';
    const at = file.text.indexOf(mount);
    const proof = proofOf(file, at === -1 ? 1 : file.text.slice(0, at).split('\n').length, `${words} with ${mount}`);
    return [
      {
        kind: 'service',
        why: `the container${name} holds the whole file system of the host and runs commands in it`,
        proof: { ...proof, time: created },
      },
    ];
  });
}
