import { counted } from '../wording.ts';
import { addNote, type Content, type Intake, type Opener, report, roomLeft, unreadable } from './intake-state.ts';
import { collect, once, type Stored, sliceChunks, storedBuffer } from './stored.ts';
import { type TarMember, walkTar } from './tar.ts';
import type { EvidenceItem } from './types.ts';
import { listZip, type RandomAccess, readZipMember, type ZipMember, zipMemberChunks } from './zip.ts';

const BY_HAND = 'unpack what matters by hand and name the folder';

/** Members are named as they stand, without leading slashes and `..`, so that no report path points outside. */
const memberPath = (archive: string, name: string): string =>
  `${archive}!${name
    .split(/[/\\]+/)
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/')}`;

/** Takes the members of a zip in, in path order. */
export async function takeInZip(
  intake: Intake,
  item: EvidenceItem,
  stored: Stored,
  content: Content,
  take: (member: Stored) => Promise<void>,
  named: boolean,
): Promise<void> {
  const file = await accessTo(intake, item, stored, content);
  if (!file) return;
  const { members, note } = listZip(file, intake.limits.files);
  if (note) report(intake, item, note, 'the members that could be listed were judged', false);
  if (members.reduce((sum, member) => sum + member.stored, 0) > file.size) {
    report(intake, item, 'its members overlap, as those of a decompression bomb do; none was read', BY_HAND, named);
    return;
  }
  let left = 0;
  for (const member of members.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (member.name.endsWith('/')) continue;
    const path = memberPath(item.path, member.name);
    if (!roomLeft(intake, path)) break;
    try {
      weigh(intake, member);
      await take(storedMember(intake, file, member, path));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      unreadable(intake, path, member.stored, why, false, BY_HAND);
      left++;
    }
  }
  if (left > 0) report(intake, item, `${counted(left, 'member')} could not be read`, BY_HAND, named);
}

/** Random access to an archive: on disk, or in memory where it lies inside something else. */
async function accessTo(
  intake: Intake,
  item: EvidenceItem,
  stored: Stored,
  content: Content,
): Promise<RandomAccess | undefined> {
  if (item.expandedSize === undefined && stored.access) return stored.access;
  const whole = content.whole ?? (await collect(content.open(), intake.limits.memoryBytes));
  return (
    whole && { size: whole.length, read: (offset: number, length: number) => whole.subarray(offset, offset + length) }
  );
}

/** Counts what a member would expand to. @throws Error where that is a bomb by itself, or together with those before it. */
function weigh(intake: Intake, { stored, expanded }: ZipMember): void {
  const { bytes, limits } = intake;
  if (expanded > stored * limits.bombRatio) {
    bytes.suspect += expanded;
    if (bytes.suspect > limits.bombBytes) throw new Error('expands as a decompression bomb would');
  }
  bytes.expanded += expanded;
  if (bytes.expanded > limits.expandedBytes)
    throw new Error(`the archives expand to more than ${limits.expandedBytes} bytes: unpack what matters and name it`);
}

/** Small members are unpacked at once, large ones each time they are read. */
function storedMember(intake: Intake, file: RandomAccess, member: ZipMember, path: string): Stored {
  if (member.expanded <= intake.limits.wholeFileBytes)
    return storedBuffer(path, readZipMember(file, member), member.modified, () => once(readZipMember(file, member)));
  return {
    path,
    size: member.expanded,
    ...(member.modified === undefined ? {} : { modified: member.modified }),
    async *open() {
      try {
        yield* zipMemberChunks(file, member);
      } catch (error) {
        const item = intake.items.find((known) => known.path === path);
        const why = error instanceof Error ? error.message : String(error);
        if (item) addNote(item, `could not be read to its end: ${why}`);
      }
    },
  };
}

/** Takes the members of a tar in, in path order: small ones as the stream goes by, large ones by reading it again. */
export async function takeInTar(
  intake: Intake,
  item: EvidenceItem,
  content: Content,
  take: (member: Stored) => Promise<void>,
): Promise<void> {
  const small: { member: TarMember; data: Buffer }[] = [];
  const large: TarMember[] = [];
  let parts: Buffer[] = [];
  let current: TarMember | undefined;
  let held = 0;
  const sparse: TarMember[] = [];
  let special = 0;
  let beyond: string | undefined;
  const note = await walkTar(content.open(), {
    member(member) {
      current = member;
      parts = [];
      if (member.type === 'link') {
        intake.problems.push({
          input: memberPath(item.path, member.name),
          what: 'link inside an archive, not followed',
          next: 'nothing to do if its target is in the archive',
          named: false,
        });
        return false;
      }
      if (member.type === 'other') special++;
      if (member.type !== 'file' && member.type !== 'sparse') return false;
      if (small.length + large.length + sparse.length + intake.items.length >= intake.limits.files) {
        beyond = memberPath(item.path, member.name);
        return false;
      }
      if (member.type === 'sparse') {
        sparse.push(member);
        return false;
      }
      const wanted = member.size <= intake.limits.wholeFileBytes && held + member.size <= intake.limits.memoryBytes;
      if (wanted) held += member.size;
      else large.push(member);
      return wanted;
    },
    data: (chunk) => parts.push(chunk),
    end(complete) {
      if (current) small.push({ member: current, data: Buffer.concat(parts) });
      if (!complete && current)
        report(intake, item, `member ${current.name} is cut off`, 'copy the archive again', false);
    },
    stop: () => beyond !== undefined,
  });
  if (note) report(intake, item, note, 'the members before it were judged', false);
  if (special > 0)
    report(
      intake,
      item,
      `${counted(special, 'member')} passed over: no regular files (devices, pipes)`,
      'nothing to do; only regular files are evidence',
      false,
    );
  const members = [
    ...small.map(({ member, data }) => ({
      member,
      stored: storedBuffer(
        memberPath(item.path, member.name),
        data,
        member.modified,
        tarSlice(item, content.open, member).open,
      ),
    })),
    ...large.map((member) => ({ member, stored: tarSlice(item, content.open, member) })),
  ];
  for (const { stored } of members.sort((a, b) => (a.member.name < b.member.name ? -1 : 1))) {
    if (!roomLeft(intake, stored.path)) return;
    await take(stored);
  }
  for (const { name, size } of sparse) {
    const path = memberPath(item.path, name);
    unreadable(intake, path, size, 'a sparse file, of which the archive holds data and a map of holes', false, BY_HAND);
  }
  if (beyond !== undefined) roomLeft(intake, beyond);
}

/** A member too large to hold: read again from the archive each time. */
function tarSlice(item: EvidenceItem, open: Opener, member: TarMember): Stored {
  return {
    path: memberPath(item.path, member.name),
    size: member.size,
    ...(member.modified === undefined ? {} : { modified: member.modified }),
    open: () => sliceChunks(open(), member.offset, member.size),
  };
}
