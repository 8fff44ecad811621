import { realpathSync, statSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { markContinued } from './continued.ts';
import { parseEndpoint } from './endpoints.ts';
import type { Detectors } from './identify.ts';
import { takeIn } from './intake.ts';
import { type Intake, type Problem, roomLeft, unreadable } from './intake-state.ts';
import { DEFAULT_LIMITS, type EvidenceLimits } from './limits.ts';
import { hashStored, storedBuffer, storedFile } from './stored.ts';
import type { EvidenceItem, EvidenceSource } from './types.ts';
import { errorText, shownPath, walkFolder } from './walk.ts';

export { incidentClock, newestEvidenceTime } from './clock.ts';
export { type Endpoint, parseEndpoint } from './endpoints.ts';
export type { Detectors } from './identify.ts';
export { EVENT_LOG } from './intake.ts';
export type { Problem } from './intake-state.ts';
export { DEFAULT_LIMITS, type EvidenceLimits } from './limits.ts';
export { newestTimeWritten } from './newest.ts';

export interface OpenedEvidence {
  /** The manifest, in path order; ids `e1`, `e2`, ... */
  items: EvidenceItem[];
  /** What the readers can read; archives and unreadable items have no source. */
  sources: EvidenceSource[];
  problems: Problem[];
  /** Inputs that name live endpoints. */
  endpoints: { host: string; port: number }[];
  /** Paths, as in the manifest, of files that the user named one by one. */
  named: string[];
  /** Folder that the paths of the items are relative to. */
  root: string;
  totals: { files: number; storedBytes: number; skipped: number };
  /** Completes the hashes of large files that no reader streamed whole. Call before the manifest is shown. */
  seal(): Promise<void>;
}

export interface OpenOptions {
  stdin?: NodeJS.ReadableStream;
  limits?: Partial<EvidenceLimits>;
  detectors?: Detectors;
  /** False leaves files above 64 MiB without a hash; for commands that show no manifest. */
  hashLarge?: boolean;
}

/** Standard input is held in memory, since it can be read only once. */
const STDIN_BYTES = 256 * 2 ** 20;

interface NamedInput {
  input: string;
  file: string;
  folder: boolean;
  size: number;
  modified: number;
}

/** Deepest folder that holds all named inputs. */
function commonRoot(inputs: NamedInput[]): string {
  const folders = inputs.map(({ file, folder }) => (folder ? file : dirname(file)).split(sep));
  const first = folders[0] ?? process.cwd().split(sep);
  let depth = first.length;
  for (const parts of folders) {
    let same = 0;
    while (same < depth && parts[same] === first[same]) same++;
    depth = same;
  }
  return first.slice(0, depth).join(sep) || sep;
}

async function readStandardInput(intake: Intake, stream: NodeJS.ReadableStream): Promise<void> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (length + bytes.length > STDIN_BYTES) {
      intake.problems.push({
        input: '-',
        what: `standard input is longer than ${STDIN_BYTES} bytes; the rest was not read`,
        next: 'save it to a file and name the file',
        named: true,
      });
      break;
    }
    length += bytes.length;
    parts.push(bytes);
  }
  if (length === 0)
    intake.problems.push({
      input: '-',
      what: 'standard input is empty',
      next: 'pipe a file into it or name a file',
      named: true,
    });
  await takeIn(intake, storedBuffer('stdin', Buffer.concat(parts, length)), 0, true);
}

async function takeInFile(
  intake: Intake,
  file: string,
  path: string,
  size: number,
  modified: number,
  named: boolean,
): Promise<void> {
  if (!roomLeft(intake, path)) return;
  const before = intake.items.length;
  const sources = intake.sources.length;
  try {
    await takeIn(intake, storedFile(file, path, size, modified, intake.limits.wholeFileBytes), 0, named);
  } catch (error) {
    // An item that was registered before reading failed is replaced by the unreadable one, with all that came out of it.
    for (const item of intake.items.splice(before))
      if (intake.byDigest.get(item.sha256) === item) intake.byDigest.delete(item.sha256);
    intake.sources.length = sources;
    unreadable(intake, path, size, errorText(error), named);
  }
}

async function takeInFolder(intake: Intake, input: NamedInput, root: string): Promise<void> {
  const before = intake.problems.length;
  const files = walkFolder(input.file, root, intake.limits, ({ path, why, next }) =>
    intake.problems.push({ input: path, what: why, next, named: false }),
  );
  if (files.length === 0 && intake.problems.length === before) {
    intake.problems.push({
      input: input.input,
      what: 'the folder is empty',
      next: 'name the folder that holds the evidence',
      named: true,
    });
  } else if (files.length === 0) {
    intake.problems.push({
      input: input.input,
      what: 'nothing in the folder could be read',
      next: 'see the problems listed for it',
      named: true,
    });
  }
  for (const { file, path, size, modified } of files) await takeInFile(intake, file, path, size, modified, false);
}

/**
 * Takes evidence in: folders, files, archives, `-` for standard input; `host:port` inputs are set apart, not contacted.
 * @param inputs as the user named them.
 * @returns the manifest, readable sources and every problem. Never throws for bad input.
 */
export async function openEvidence(inputs: string[], options: OpenOptions = {}): Promise<OpenedEvidence> {
  const intake: Intake = {
    items: [],
    byDigest: new Map(),
    sources: [],
    problems: [],
    bytes: { stored: 0, kept: 0, expanded: 0, suspect: 0 },
    pendingHashes: new Map(),
    hashLarge: options.hashLarge ?? true,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    detectors: options.detectors ?? {},
  };
  const endpoints: { host: string; port: number }[] = [];
  const named: NamedInput[] = [];
  let stdin = false;
  for (const input of new Set(inputs)) {
    if (input === '-') {
      stdin = true;
      continue;
    }
    try {
      // A link that the user named is followed; links inside a folder are not.
      const file = realpathSync(resolve(input));
      const stats = statSync(file);
      if (stats.isFile() || stats.isDirectory())
        named.push({ input, file, folder: stats.isDirectory(), size: stats.size, modified: stats.mtimeMs });
      else
        intake.problems.push({
          input,
          what: 'is neither a file nor a folder',
          next: 'copy its content into a file, or pipe it in as `-`',
          named: true,
        });
    } catch (error) {
      const endpoint = (error as NodeJS.ErrnoException).code === 'ENOENT' ? parseEndpoint(input) : undefined;
      if (endpoint) endpoints.push(endpoint);
      else
        intake.problems.push({
          input,
          what: errorText(error),
          next: 'check the path; for a live endpoint write host:port',
          named: true,
        });
    }
  }
  const root = commonRoot(named);
  const seen = new Set<string>();
  const namedFiles: string[] = [];
  for (const input of named) {
    if (seen.has(input.file)) continue;
    seen.add(input.file);
    if (!input.folder) namedFiles.push(shownPath(root, input.file));
    if (input.folder) await takeInFolder(intake, input, root);
    else await takeInFile(intake, input.file, shownPath(root, input.file), input.size, input.modified, true);
  }
  if (stdin && options.stdin) {
    namedFiles.push('stdin');
    await readStandardInput(intake, options.stdin);
  }
  markContinued(intake.sources);
  return {
    items: intake.items,
    sources: intake.sources,
    problems: intake.problems,
    endpoints,
    named: namedFiles,
    root,
    totals: {
      files: intake.items.length,
      storedBytes: intake.bytes.stored,
      skipped: intake.problems.filter(({ named: isNamed }) => !isNamed).length,
    },
    async seal() {
      for (const [item, stored] of intake.pendingHashes) {
        try {
          item.sha256 = await hashStored(stored);
        } catch (error) {
          addUnreadable(item, error);
        }
      }
      intake.pendingHashes.clear();
    },
  };
}

function addUnreadable(item: EvidenceItem, error: unknown): void {
  item.notes = [...(item.notes ?? []), `changed or vanished while it was read: ${errorText(error)}`];
}

export { readSmallFacts } from './facts/index.ts';
