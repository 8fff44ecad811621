/** Modules that a web server loads (`load_module` of nginx, `LoadModule` of Apache, `lua_package_path`) from where no package puts them. */
import { linesOf, proofOf } from './host-lines.ts';
import type { HostFile, Persistence } from './types.ts';

const LOADS = /^\s*(?:load_module\s+|LoadModule\s+\w{1,80}\s+|LoadFile\s+)["']?(\/[^\s;"']{1,300})/;
/** Folders that anybody may write, and hidden ones outside of homes. */
const ODD = /^\/(?:tmp|var\/tmp|dev\/shm|run\/user)\/|^\/(?!home\/|root\/)(?:[\w.+-]+\/){0,8}\.[\w-]/;

export function oddServerModules(file: HostFile): Persistence[] {
  if (!/\.conf$|\.load$/.test(file.file)) return [];
  const found: Persistence[] = [];
  for (const [number, line] of linesOf(file)) {
    const path = LOADS.exec(line)?.[1];
    if (path === undefined || !ODD.test(path)) continue;
    found.push({
      kind: 'preload',
      why: 'the web server loads a module from a folder that anybody may write or that is hidden',
      proof: proofOf(file, number, line.trim()),
    });
  }
  return found.slice(0, 100);
}
