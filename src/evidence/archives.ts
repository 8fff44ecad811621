import { type Content, type Intake, type Opener, report, roomLeft, unreadable } from './intake-state.ts';
import { once, type Stored, sliceChunks, storedBuffer } from './stored.ts';
import { type TarMember, walkTar } from './tar.ts';
import type { EvidenceItem } from './types.ts';
import { listZip, readZipMember } from './zip.ts';

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
): Promise<void> {
  const access = item.expandedSize === undefined ? stored.access : undefined;
  const file =
    access ??
    (content.whole
      ? {
          size: content.whole.length,
          read: (offset: number, length: number) => content.whole!.subarray(offset, offset + length),
        }
      : undefined);
  if (!file) return;
  const { members, note } = listZip(file, intake.limits.files);
  if (note) report(intake, item, note, 'the members that could be listed were judged', false);
  for (const member of members.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (member.name.endsWith('/')) continue;
    const path = memberPath(item.path, member.name);
    if (!roomLeft(intake, path)) return;
    try {
      if (member.expanded > intake.limits.bombBytes && member.expanded > member.stored * intake.limits.bombRatio)
        throw new Error('expands as a decompression bomb would');
      const data = readZipMember(file, member, intake.limits.memoryBytes);
      const again = (): AsyncIterable<Buffer> => once(readZipMember(file, member, intake.limits.memoryBytes));
      await take(storedBuffer(path, data, member.modified, again));
    } catch (error) {
      unreadable(intake, path, member.stored, error instanceof Error ? error.message : String(error), false);
    }
  }
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
  let full = false;
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
      if (member.type !== 'file') return false;
      if (small.length + large.length + intake.items.length >= intake.limits.files) {
        full = true;
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
    stop: () => full,
  });
  if (note) report(intake, item, note, 'the members before it were judged', false);
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
