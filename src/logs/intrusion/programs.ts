/** Programs that are not what they were: against lists of hashes, verification reports, and what their kind must look like. */
import type { HostFile, Proof, TamperedProgram } from './types.ts';

/** A file of the evidence that stands where programs stand, with its hashes. */
export interface ProgramFile {
  file: string;
  md5: string;
  sha1: string;
  sha256: string;
  /** First bytes. */
  head: string;
  modified?: number;
}

interface Listed {
  path: string;
  hash: string;
  proof: Proof;
}

/** Folders of programs and libraries, from the root of the host. */
export const PROGRAM_PATH =
  /(?:^|\/)(?:usr\/(?:local\/)?)?(?:s?bin|lib(?:64|exec)?)\/(?:[^/]+\/){0,3}[^/]+$|(?:^|[\\/])(?:[Ww]indows|WINDOWS)[\\/](?:[Ss]ystem32|SYSTEM32|[Ss]ys[Ww][Oo][Ww]64)[\\/](?:[^\\/]+[\\/]){0,3}[^\\/]+$/;

/** Programs that intruders replace to hide what runs, listens or logs in; each is a binary on every usual system. */
const BINARIES =
  /\/(?:ps|ls|ss|top|netstat|lsof|find|login|sshd|ssh|su|sudo|passwd|ifconfig|ip|kill|pgrep|pkill|who|w|last|du|md5sum|sha256sum|crontab|cat|grep|bash|sh|dash|curl|wget|systemctl|mount|stat|id)$/;

/** `d41d8cd9...  usr/bin/ps`, with `*` for binary mode; BSD's `MD5 (file) = ...`. */
const LINE = /^\\?([0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64})\s+\*?(\S.{0,400})$/;
const BSD_LINE = /^(?:MD5|SHA1|SHA256)\s?\((.{1,400})\)\s?=\s?([0-9a-fA-F]{32,64})$/;
/** `SHA256  D41D...  C:\\Windows\\...` of PowerShell's Get-FileHash. */
const POWERSHELL_LINE = /^(?:MD5|SHA1|SHA256)\s+([0-9a-fA-F]{32,64})\s+([A-Za-z]:\\.{1,400}?)\s*$/;
/** `??5??????   /usr/bin/ps` of rpm -V and dpkg --verify. */
const VERIFY = /^[S.?][M.?]([5.?])[D.?][L.?][U.?][G.?][T.?][P.?]?\s+(?:[cdglr]\s+)?(\/\S.{0,400})$/;
/** `/usr/bin/ps  FAILED` of debsums and sha256sum -c. */
const FAILED = /^(\/?\S.{0,400}?):?\s+(?:FAILED|FEHLSCHLAG|失败|失敗|ÉCHEC)$/;

/** From the root of the host, whatever folder the evidence keeps it in. */
const fromRoot = (path: string): string => {
  const plain = path.replace(/^\.?\/+/, '');
  const at = plain.search(/(?:^|\/)(?:usr|s?bin|lib|lib64|opt|etc|var)\//);
  return at === -1 ? plain : plain.slice(at).replace(/^\//, '');
};
/** /bin is /usr/bin on systems of today. */
const canonical = (path: string): string => {
  // Windows writes the drive and tells capitals from small letters nowhere.
  const windows = /(?:^|[\\/])(?:[A-Za-z]:)?[\\/]?(windows[\\/](?:system32|syswow64)[\\/].*)$/i.exec(path);
  if (windows) return windows[1]!.replaceAll('\\', '/').toLowerCase();
  return fromRoot(path).replace(/^(s?bin|lib(?:64)?)\//, 'usr/$1/');
};

function* linesOf(file: HostFile): Generator<[number, string]> {
  let number = 0;
  for (const line of file.text.slice(0, 4 << 20).split('\n')) yield [++number, line.replace(/\r$/, '')];
}

/** Lists that say how it should be, by their names; other lists say how it is. */
const BASELINE = /md5sums$|baseline|golden|known.?good|manifest|before|(?<!p)reference|original|trusted|基线|基準/i;

interface Lists {
  wanted: Map<string, Listed>;
  actual: Listed[];
  reported: TamperedProgram[];
}

function readLists(files: readonly HostFile[]): Lists {
  const lists: Lists = { wanted: new Map(), actual: [], reported: [] };
  for (const file of files) {
    const baseline = BASELINE.test(file.file);
    for (const [number, line] of linesOf(file)) {
      const proof = (): Proof => ({ file: file.file, line: number, text: line.slice(0, 300), time: Number.NaN });
      const verify = VERIFY.exec(line);
      const failed = verify ? undefined : FAILED.exec(line);
      if (verify ? verify[1] === '5' : failed) {
        const path = (verify ? verify[2]! : failed![1]!).trim();
        if (PROGRAM_PATH.test(path))
          lists.reported.push({ path, why: 'the package check says that its content changed', proof: proof() });
        continue;
      }
      const sum = LINE.exec(line) ?? POWERSHELL_LINE.exec(line);
      const bsd = sum ? undefined : BSD_LINE.exec(line);
      const [hash, path] = sum ? [sum[1]!, sum[2]!] : bsd ? [bsd[2]!, bsd[1]!] : [undefined, undefined];
      if (hash === undefined || path === undefined) continue;
      const listed = { path, hash: hash.toLowerCase(), proof: proof() };
      // The same path can be listed by several kinds of hash.
      if (baseline) lists.wanted.set(`${canonical(path)} ${hash.length}`, listed);
      else lists.actual.push(listed);
    }
  }
  return lists;
}

/** @param files small text files: lists and reports. @param programs files that stand where programs stand. */
export function tamperedPrograms(files: readonly HostFile[], programs: readonly ProgramFile[]): TamperedProgram[] {
  const { wanted, actual, reported } = readLists(files);
  const found = new Map<string, TamperedProgram>();
  const note = (path: string, program: TamperedProgram): void => {
    if (!found.has(canonical(path))) found.set(canonical(path), program);
  };
  for (const { path, hash, proof } of actual) {
    const listed = wanted.get(`${canonical(path)} ${hash.length}`);
    if (listed && listed.hash !== hash && PROGRAM_PATH.test(path))
      note(path, {
        path,
        why: `its hash is not that of ${listed.proof.file}:${listed.proof.line}`,
        hash,
        expected: listed.hash,
        proof,
      });
  }
  for (const { file, md5, sha1, sha256, head, modified } of programs) {
    const proof: Proof = { file, text: `sha256 ${sha256}`, time: modified ?? Number.NaN };
    for (const hash of [sha256, sha1, md5]) {
      const listed = wanted.get(`${canonical(file)} ${hash.length}`);
      if (!listed) continue;
      if (listed.hash !== hash)
        note(file, {
          path: file,
          why: `its hash is not that of ${listed.proof.file}:${listed.proof.line}`,
          hash,
          expected: listed.hash,
          proof,
        });
      break;
    }
    if (BINARIES.test(file) && !/^(?:\x7fELF|MZ|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe)/.test(head))
      note(file, {
        path: file,
        why: 'it is a script where every system has a binary',
        hash: md5,
        proof: { ...proof, text: head.split('\n').slice(0, 3).join(' ').slice(0, 200) },
      });
  }
  for (const program of reported) note(program.path, program);
  return [...found.values()];
}
