// One executable file: the Node binary of this machine with the built program inside (Node's single executable applications,
// https://nodejs.org/api/single-executable-applications.html). Optional; needs the package postject, which is fetched by npx.
//
//   npm run single -- [output]
//
// What is inside is unpacked once, by content, into the user's cache folder, because the program loads its parts on demand.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = resolve(process.argv[2] ?? join(root, process.platform === 'win32' ? 'paymedic.exe' : 'paymedic'));
// The fuse of Node's documentation; postject looks for it in the binary.
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const files = (folder) =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
  );
const packed = Object.fromEntries(
  ['bin', 'dist', 'playbooks', 'schema', 'fixtures/bundles', 'LICENSES']
    .flatMap(files)
    .concat('package.json', 'LICENSE', 'NOTICE')
    .map((file) => [file.replaceAll('\\', '/'), readFileSync(join(root, file)).toString('base64')]),
);
const archive = JSON.stringify(packed);
const hash = createHash('sha256').update(archive).digest('hex');

const main = `
const { mkdirSync, writeFileSync, existsSync, renameSync, rmSync } = require('node:fs');
const { homedir } = require('node:os');
const { dirname, join } = require('node:path');
const { createRequire } = require('node:module');
const { getAsset } = require('node:sea');
const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
const folder = join(base, 'paymedic', ${JSON.stringify(hash.slice(0, 32))});
if (!existsSync(folder)) {
  const fresh = folder + '.' + process.pid;
  for (const [file, content] of Object.entries(JSON.parse(getAsset('archive', 'utf8')))) {
    const path = join(fresh, file);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, Buffer.from(content, 'base64'), { mode: 0o600 });
  }
  try { renameSync(fresh, folder); } catch { rmSync(fresh, { recursive: true, force: true }); }
}
// argv[1] is the executable again; the program expects its script there.
process.argv[1] = join(folder, 'bin', 'paymedic.js');
createRequire(join(folder, 'package.json'))('./bin/paymedic.js');
`;

const work = mkdtempSync(join(tmpdir(), 'paymedic-single-'));
try {
  writeFileSync(join(work, 'main.cjs'), main);
  writeFileSync(join(work, 'archive.json'), archive);
  writeFileSync(
    join(work, 'config.json'),
    JSON.stringify({
      main: join(work, 'main.cjs'),
      output: join(work, 'blob'),
      disableExperimentalSEAWarning: true,
      assets: { archive: join(work, 'archive.json') },
    }),
  );
  execFileSync(process.execPath, ['--experimental-sea-config', join(work, 'config.json')], { stdio: 'inherit' });
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(process.execPath, target);
  chmodSync(target, 0o755);
  execFileSync(
    process.platform === 'win32' ? 'npx.cmd' : 'npx',
    ['--yes', 'postject@1.0.0-alpha.6', target, 'NODE_SEA_BLOB', join(work, 'blob'), '--sentinel-fuse', FUSE],
    { stdio: 'inherit', cwd: work },
  );
  process.stdout.write(`${target}: paymedic with Node ${process.versions.node}, content ${hash.slice(0, 12)}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
