import { createHash } from 'node:crypto';
import { counted } from '../wording.ts';
import { watchFile } from './changed.ts';
import { type Compression, compressionOf, expand, expandAtOnce } from './decompress.ts';
import { mayBeEventTable, mayBeExport, unwrapExport } from './exports/index.ts';
import { identify } from './identify.ts';
import type { Identity } from './identify-binary.ts';
import { addNote, type Content, type Intake, type Opener, report } from './intake-state.ts';
import { HEAD_BYTES } from './limits.ts';
import { collect, hashStored, once, passingChunks, type Stored, takeHead } from './stored.ts';
import { looksLikeTar } from './tar.ts';
import { decodeText } from './text.ts';
import { type EvidenceItem, type EvidenceSource, EvidenceTooLarge } from './types.ts';

/** Files above this are hashed while a reader streams them, or at the end if none did. */
const HASH_LATER_BYTES = 64 * 2 ** 20;

/** Keeps content in memory for the readers while the budget lasts. */
function keep(intake: Intake, content: Buffer): Buffer | undefined {
  if (intake.bytes.kept + content.length > intake.limits.memoryBytes) return undefined;
  intake.bytes.kept += content.length;
  return content;
}

async function register(intake: Intake, stored: Stored): Promise<EvidenceItem> {
  const item: EvidenceItem = {
    id: `e${intake.items.length + 1}`,
    path: stored.path,
    kind: 'binary',
    size: stored.size,
    sha256: '',
  };
  intake.items.push(item);
  intake.bytes.stored += stored.size;
  if (stored.size <= HASH_LATER_BYTES) item.sha256 = await hashStored(stored);
  else if (intake.hashLarge) intake.pendingHashes.set(item, stored);
  return item;
}

/** Streams stored bytes and completes a pending hash on the first full pass. */
async function* hashing(intake: Intake, item: EvidenceItem, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const hash = intake.pendingHashes.has(item) ? createHash('sha256') : undefined;
  for await (const chunk of chunks) {
    hash?.update(chunk);
    yield chunk;
  }
  if (hash && intake.pendingHashes.delete(item)) item.sha256 = hash.digest('hex');
}

/**
 * How a reader gets the content again. A function of its own, so that the closure holds nothing but its parameters: a
 * buffer caught here would stay in memory as long as the source does.
 */
function contentOpener(
  intake: Intake,
  item: EvidenceItem,
  opener: Opener,
  compression: Compression | undefined,
  passing = false,
): Opener {
  if (!compression) return () => hashing(intake, item, opener());
  const note = (text: string): void => addNote(item, text);
  return () => expand(compression, hashing(intake, item, opener()), item.size, intake.limits, note, passing);
}

function passingOpener(intake: Intake, item: EvidenceItem, file: string | undefined): Opener | undefined {
  return file === undefined ? undefined : () => hashing(intake, item, passingChunks(file));
}

/** The decompressed content of a stored artefact. */
async function contentOf(intake: Intake, item: EvidenceItem, stored: Stored): Promise<Content> {
  const rawHead =
    stored.buffer?.subarray(0, HEAD_BYTES) ??
    stored.access?.read(0, HEAD_BYTES) ??
    (await takeHead(stored.open(), HEAD_BYTES));
  const found = compressionOf(rawHead);
  if (typeof found === 'object')
    addNote(item, `${found.unsupported} compression is not read here: unpack it and run again`);
  const compression = typeof found === 'string' ? found : undefined;
  const open = contentOpener(intake, item, stored.reopen ?? stored.open, compression);
  if (!compression) {
    const passing = passingOpener(intake, item, stored.file);
    return {
      head: rawHead,
      size: stored.size,
      ...(stored.buffer ? { whole: stored.buffer } : {}),
      open,
      ...(passing ? { passing } : {}),
    };
  }
  const { memoryBytes, bombBytes, expandedBytes } = intake.limits;
  const room = Math.max(0, Math.min(memoryBytes - intake.bytes.kept, bombBytes, expandedBytes));
  const atOnce = stored.buffer && room > 0 ? expandAtOnce(compression, stored.buffer, room) : 'too large';
  const whole = atOnce === 'too large' ? undefined : (atOnce ?? (await collect(open(), room)));
  if (whole) item.expandedSize = whole.length;
  return {
    head: whole?.subarray(0, HEAD_BYTES) ?? (await takeHead(open(), HEAD_BYTES)),
    size: whole?.length,
    ...(whole ? { whole } : {}),
    open,
    passing: contentOpener(intake, item, stored.reopen ?? stored.open, compression, true),
    packed: true,
  };
}

/** Said of Windows event logs, which the answer sheet of intrusions alone reads. */
export const EVENT_LOG = 'is a Windows event log in its binary form, which is not searched here';

/** The chunks, up to where the file system refuses the next: the file may be gone by now, or its disk be broken. */
function readable(item: EvidenceItem, chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const read = untilRefused(item, chunks);
  return 'into' in chunks ? Object.assign(read, { into: chunks.into }) : read;
}

async function* untilRefused(item: EvidenceItem, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    addNote(item, `could not be read to its end (${code}); read it again, or a copy of it`);
  }
}

/** What the readers get. `kept` is the content when the memory budget had room for it. */
function makeSource(
  item: EvidenceItem,
  head: Buffer,
  kept: Buffer | undefined,
  content: Pick<Content, 'open' | 'passing' | 'packed'>,
  defaultLimit: number,
  stored: { modified?: number; file?: string },
): EvidenceSource {
  const { open, passing = open } = content;
  const { modified, file } = stored;
  const changed = kept || file === undefined ? undefined : watchFile(file);
  return {
    item,
    head,
    ...(modified === undefined ? {} : { modified }),
    ...(content.passing && !content.packed && file !== undefined ? { file } : {}),
    async bytes(limit = defaultLimit) {
      if (kept && kept.length <= limit) return kept;
      const all = kept ? undefined : await collect(open(), limit);
      if (!all) throw new EvidenceTooLarge(`${item.path} is larger than ${limit} bytes`);
      return all;
    },
    ...(changed && {
      noteChange() {
        const note = changed();
        if (note !== undefined && !item.notes?.includes(note)) addNote(item, note);
      },
    }),
    chunks: () => (kept ? once(kept) : readable(item, open())),
    passing: () => (kept ? once(kept) : readable(item, passing())),
  };
}

function sourceOf(
  intake: Intake,
  item: EvidenceItem,
  { whole, head, open, passing, packed }: Content,
  { modified, file }: Stored,
): EvidenceSource {
  const kept = whole ? keep(intake, whole) : undefined;
  // Nothing but these members: a buffer of the stored file would stay in memory with the source.
  return makeSource(
    item,
    kept ? head : Buffer.from(head),
    kept,
    { open, ...(passing ? { passing } : {}), ...(packed ? { packed } : {}) },
    intake.limits.memoryBytes,
    { ...(modified === undefined ? {} : { modified }), ...(file === undefined ? {} : { file }) },
  );
}

/** Takes one stored artefact in: hash, decompress, unpack archives, find its kind. */
export async function takeIn(intake: Intake, stored: Stored, depth: number, named: boolean): Promise<void> {
  const item = await register(intake, stored);
  const content = await contentOf(intake, item, stored);
  const zip = content.head.length >= 4 && content.head.readUInt32LE(0) === 0x04034b50;
  if (zip || looksLikeTar(content.head)) {
    item.kind = 'archive';
    item.format = zip ? 'zip' : 'tar';
    if (depth >= intake.limits.archiveDepth) {
      report(
        intake,
        item,
        `archive inside ${counted(depth, 'archive')}, not unpacked`,
        'unpack it and name the folder',
        named,
      );
      return;
    }
    const before = intake.items.length;
    // Loaded with the first archive: most evidence is none.
    const { takeInTar, takeInZip } = await import('./archives.ts');
    await (zip
      ? takeInZip(intake, item, stored, content, (member) => takeIn(intake, member, depth + 1, false), named)
      : takeInTar(intake, item, content, (member) => takeIn(intake, member, depth + 1, false)));
    item.counts = { members: intake.items.length - before };
    if (intake.items.length === before)
      report(intake, item, 'nothing could be read from this archive', 'unpack it by hand and name the folder', named);
    return;
  }
  let identity = identify(content.head, content.size ?? content.head.length + 1, intake.detectors);
  const unwrapped = unwrap(intake, identity, content);
  if (unwrapped) {
    identity = unwrapped.identity;
    addNote(item, unwrapped.note);
  }
  item.kind = identity.kind;
  if (identity.format) item.format = identity.format;
  for (const note of (item.notes ?? []).filter((text) => text !== unwrapped?.note))
    intake.problems.push({ input: item.path, what: note, next: 'the part that could be read was judged', named });
  if (item.format === 'evtx') report(intake, item, EVENT_LOG, `read it by: paymedic intrusion ${item.path}`, named);
  else if (item.kind === 'binary' && !item.notes)
    report(
      intake,
      item,
      'is in no format known here, so nothing was read from it',
      'check that it is the file that was meant; name its text or capture form',
      named,
    );
  const twin = COUNTED_ONCE.has(item.kind) && item.size > 64 ? intake.byDigest.get(item.sha256) : undefined;
  if (item.sha256 !== '' && !twin) intake.byDigest.set(item.sha256, item);
  if (twin) addNote(item, `same bytes as ${twin.path}; read once`);
  else if (unwrapped) {
    const source = sourceOf(intake, item, unwrapped.content, withoutFile(stored));
    if (unwrapped.layout !== undefined) source.layout = unwrapped.layout;
    intake.sources.push(source);
  } else intake.sources.push(sourceOf(intake, item, content, stored));
}

/** The bytes on disk are not what the readers get. */
const withoutFile = ({ file: _, ...stored }: Stored): Stored => stored;

/** Above this an export is not taken apart; a platform that holds so much exports lines as well. */
const LARGEST_EXPORT = 32 * 2 ** 20;

/** What a table of events is taken for by its words: "failed", "Scheduled", "Killing". */
const PROSE: ReadonlySet<EvidenceItem['kind']> = new Set(['notice', 'changes', 'tickets']);

/** A log platform's export as the lines that it holds. */
function unwrap(
  intake: Intake,
  { kind, format }: Identity,
  { whole, head: start }: Content,
): { identity: Identity; layout?: string; content: Content; note: string } | undefined {
  const wrapped = kind === 'table' || kind === 'text' || (kind === 'structured' && format === 'json');
  if (!whole || whole.length > LARGEST_EXPORT) return undefined;
  if (!wrapped) {
    // The log reader takes these apart line by line, whatever their size.
    if (kind === 'log' && format === 'forwarded-json') return undefined;
    const { text } = decodeText(start);
    if (!(kind === 'log' && mayBeExport(text)) && !(PROSE.has(kind) && mayBeEventTable(text))) return undefined;
  }
  const { log } = intake.detectors;
  const found = unwrapExport(decodeText(whole).text, (sample) => log?.(Buffer.from(sample)));
  if (!found) return undefined;
  const lines = Buffer.from(found.text);
  const head = lines.subarray(0, HEAD_BYTES);
  const identity = identify(head, lines.length, intake.detectors);
  if (identity.kind !== 'log') return undefined;
  const open: Opener = () => once(lines);
  return {
    identity: found.layout === undefined ? identity : { ...identity, format: found.layout },
    ...(found.layout === undefined ? {} : { layout: found.layout }),
    content: { head, size: lines.length, whole: lines, open },
    note: `an export of ${found.records} log records: line numbers count its records`,
  };
}

/** Two copies of these would count every event twice; two copies of a certificate or script say where each lies. */
const COUNTED_ONCE: ReadonlySet<EvidenceItem['kind']> = new Set(['log', 'transactions', 'capture', 'network-flows']);
