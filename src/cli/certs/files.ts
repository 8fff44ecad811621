/** Takes in the files and folders that the user named: bounded, links are not followed out of a folder, content decides. */

import { createHash } from 'node:crypto';
import { closeSync, type Dirent, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EvidenceItem } from '../../evidence/types.ts';
import type { Sighting } from '../../x509/audit/index.ts';
import { readCertificates } from '../../x509/index.ts';

export interface TakenIn {
  sightings: Sighting[];
  evidence: EvidenceItem[];
  /** Inputs that the user named and that could not be read or held nothing. */
  problems: { input: string; what: string; next: string }[];
  skipped: number;
}

const MAX_BYTES = 128 * 2 ** 20;
const MAX_FILES = 200_000;
const MAX_DEPTH = 40;

/** Reads every certificate, key and list below the named paths. Never throws for what is on disk. */
export function takeInFiles(
  paths: readonly string[],
  passwords: readonly string[] | undefined,
  onFile?: (count: number) => void,
): TakenIn {
  const taken: TakenIn = { sightings: [], evidence: [], problems: [], skipped: 0 };
  for (const path of paths) {
    let stats: ReturnType<typeof statSync>;
    try {
      stats = statSync(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      taken.problems.push({
        input: path,
        what: code === 'ENOENT' ? 'no such file or folder' : `cannot be read (${code})`,
        next: 'check the path and its permissions',
      });
      continue;
    }
    const before = taken.sightings.length;
    if (stats.isDirectory() && !walk(path, 0, taken, passwords, onFile))
      taken.problems.push({
        input: path,
        what: `more than ${MAX_FILES} files; the others were not looked at`,
        next: 'name the folders that hold certificates',
      });
    if (!stats.isDirectory()) readOne(path, true, taken, passwords);
    if (stats.isDirectory() && taken.sightings.length === before) {
      taken.problems.push({
        input: path,
        what: 'no certificate, key or revocation list in this folder',
        next: 'name the folder that holds them',
      });
    }
  }
  return taken;
}

/** @returns false when there are more files than are looked at. */
function walk(
  folder: string,
  depth: number,
  taken: TakenIn,
  passwords: readonly string[] | undefined,
  onFile?: (count: number) => void,
): boolean {
  if (depth > MAX_DEPTH) {
    taken.problems.push({
      input: folder,
      what: `deeper than ${MAX_DEPTH} folders below the named one; not looked into`,
      next: 'name this folder',
    });
    return true;
  }
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    taken.problems.push({
      input: folder,
      what: `the folder cannot be listed (${(error as NodeJS.ErrnoException).code})`,
      next: 'check its permissions',
    });
    return true;
  }
  for (const entry of entries) {
    if (taken.evidence.length + taken.skipped >= MAX_FILES) return false;
    if (entry.name === '.git' || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!walk(path, depth + 1, taken, passwords, onFile)) return false;
    } else if (entry.isFile() || isLinkToFile(path, entry.isSymbolicLink())) {
      readOne(path, false, taken, passwords);
      onFile?.(taken.evidence.length);
    }
  }
  return true;
}

/** Kubernetes and certbot publish certificates through links to files; links to folders could loop. */
function isLinkToFile(path: string, link: boolean): boolean {
  if (!link) return false;
  try {
    return statSync(path).isFile();
  } catch {
    // It leads nowhere, or back to itself.
    return false;
  }
}

const MARKS = ['-----BEGIN ', 'LS0tLS1CRUdJTi', '"kty"', '"x5c"', 'ssh-rsa ', 'ssh-ed25519 ', 'ecdsa-sha2-'];
const HEAD = 256 * 1024;

/** Whether bytes may hold something for this room; decides which files of a folder are read in full. */
function looksRelevant(bytes: Buffer): boolean {
  if (bytes.length === 0) return false;
  if (bytes[0] === 0x30 && bytes.length > 16 && (bytes[1]! >= 0x80 || bytes[1] === bytes.length - 2)) return true;
  const magic = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0;
  if (magic === 0xfeedfeed || magic === 0xcececece) return true;
  if (bytes[0] === 0xff || bytes[0] === 0xfe || bytes[1] === 0)
    return bytes.subarray(0, 4096).toString('utf16le').includes('-----BEGIN ');
  const head = bytes.length > HEAD ? bytes.subarray(0, HEAD) : bytes;
  return (
    MARKS.some((mark) => head.includes(mark)) ||
    /^\s{0,100}MI[A-Za-z0-9+/=\r\n]{100}/.test(head.toString('latin1', 0, 300))
  );
}

const scratch = Buffer.allocUnsafeSlow(64 * 1024);

interface FileContent {
  /** Undefined when the file is larger than `MAX_BYTES`. */
  bytes: Buffer | undefined;
  mode: number;
}

/** A file and its mode. Small ones, as certificates are, go through one buffer with as few system calls as can be. */
function contentOf(path: string): FileContent {
  const file = openSync(path, 'r');
  try {
    const { size, mode } = fstatSync(file);
    if (size > MAX_BYTES) return { bytes: undefined, mode };
    // Pipes and devices say 0, and a growing file may have more than it said.
    const length = size > 0 && size < scratch.length ? readSync(file, scratch, 0, scratch.length, 0) : 0;
    return { bytes: length === size && size > 0 ? Buffer.from(scratch.subarray(0, length)) : readFileSync(file), mode };
  } finally {
    closeSync(file);
  }
}

function readOne(path: string, named: boolean, taken: TakenIn, passwords: readonly string[] | undefined): void {
  try {
    const { bytes, mode } = contentOf(path);
    if (bytes === undefined) {
      taken.problems.push({
        input: path,
        what: `larger than ${MAX_BYTES / 2 ** 20} MiB`,
        next: 'cut the part with the certificates out of it',
      });
      return;
    }
    if (!named && !looksRelevant(bytes)) {
      taken.skipped++;
      return;
    }
    const observation = readCertificates(bytes, path, passwords ? { passwords } : {});
    observation.mode = mode & 0o7777;
    const item: EvidenceItem = {
      id: `e${taken.evidence.length + 1}`,
      path,
      kind: observation.certificates.length
        ? 'certificate'
        : observation.keys.length
          ? 'key'
          : observation.revocationLists.length
            ? 'crl'
            : 'text',
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      counts: {
        certificates: observation.certificates.length,
        keys: observation.keys.length,
        lists: observation.revocationLists.length,
      },
      ...(observation.others.length || observation.problems.length
        ? { notes: [...observation.others, ...observation.problems].slice(0, 20) }
        : {}),
    };
    taken.evidence.push(item);
    const empty = observation.certificates.length + observation.keys.length + observation.revocationLists.length === 0;
    if (observation.problems.length > 0 && (named || !empty)) {
      if (empty) item.unreadable = observation.problems[0]!;
      taken.problems.push({
        input: path,
        what: observation.problems[0]!,
        next: empty ? 'name a file with a certificate, key or revocation list' : 'replace the damaged part',
      });
    }
    taken.sightings.push({ observation, place: path, live: false });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    taken.problems.push({
      input: path,
      what: `cannot be read (${code ?? 'unknown error'})`,
      next: 'check its permissions',
    });
  }
}
