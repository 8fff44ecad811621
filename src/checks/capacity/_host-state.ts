/** What outputs of `df`, `free`, `vmstat` and `uptime` add to complaints about capacity. They are of one moment, which they do not name. */
import type { DiskFact, HostGaugeFact } from '../../evidence/small-facts.ts';
import type { EvidenceRef } from '../../finding.ts';
import { isInstant, isoTime } from '../../instant.ts';
import type { CheckContext } from '../types.ts';

/** From here on writing fails, or does for everybody but root, for whom file systems keep a part back. */
const FULL_PERCENT = 99;
/** Images that are full by their nature: snaps, discs, and what is mounted for reading only. */
const IMAGE = /^(?:\/dev\/(?:loop|sr)\d|squashfs|iso9660|udf)|^\/(?:snap|media|cdrom|mnt\/cdrom)(?:\/|$)/;

export const diskReference = ({ file, line, text }: DiskFact): EvidenceRef => ({ file, line, text });

/** File systems without room for further data or files. */
export const fullDisks = ({ observations: { facts } }: CheckContext): DiskFact[] =>
  (facts.disks ?? []).filter(
    ({ usedPercent, filesystem, mount }) =>
      usedPercent >= FULL_PERCENT && !IMAGE.test(filesystem) && !IMAGE.test(mount),
  );

/** `/ is full (inodes)`. */
export const saysFull = (disks: DiskFact[]): string =>
  disks
    .slice(0, 3)
    .map(({ mount, of, usedPercent }) => `${mount} at ${usedPercent} % of its ${of === 'inodes' ? 'inodes' : 'space'}`)
    .join(', ');

/** Whether there is no room left: what a listener of Linux may hold, it holds once more before it drops (sk_acceptq_is_full). */
const isFull = ({ value, of }: HostGaugeFact): boolean => of !== undefined && value >= of;

const saysQueue = ({ port, value, of }: HostGaugeFact): string =>
  `the program behind port ${port} accepts too slowly: ${value} connections wait in its queue of ${of}`;

const gaugeReference = ({ file, line, text, time }: HostGaugeFact): EvidenceRef => ({
  file,
  line,
  text,
  ...(time !== undefined && isInstant(time) ? { time: isoTime(time) } : {}),
});

/** Queues of listeners that are full, of the ports named. */
export const fullQueues = (
  { observations: { facts } }: CheckContext,
  ports: ReadonlySet<number>,
): { says: string; evidence: EvidenceRef }[] =>
  (facts.gauges ?? [])
    .filter((gauge) => gauge.what === 'accept-queue' && isFull(gauge) && ports.has(gauge.port ?? -1))
    .map((gauge) => ({ says: saysQueue(gauge), evidence: gaugeReference(gauge) }));

/** Processes that the kernel ended for lack of memory between two times (ms UTC), by reports that name the time. */
export const endedForMemory = ({ observations: { facts } }: CheckContext, from: number, to: number): EvidenceRef[] =>
  (facts.gauges ?? [])
    .filter(({ what, time }) => what === 'out-of-memory' && time !== undefined && time >= from && time <= to)
    .map(gaugeReference);

/** Machines or processes that have as many descriptors open as they may, by `/proc/sys/fs/file-nr` (proc(5)) or limit and count. */
export function usedUpDescriptors({
  observations: { facts },
}: CheckContext): { says: string; evidence: EvidenceRef }[] {
  const machines = (facts.kernel ?? []).flatMap(({ file, line, key, value }) => {
    const [, open, most] = /^(\d{1,18})\s+\d{1,18}\s+(\d{1,18})$/.exec(key === 'fs.file-nr' ? value : '') ?? [];
    return most !== undefined && Number(open) >= Number(most)
      ? [
          {
            says: `${open} of ${most} descriptors of the machine are open`,
            evidence: { file, line, text: `${key} = ${value}` },
          },
        ]
      : [];
  });
  const processes = (facts.gauges ?? [])
    .filter((gauge) => gauge.what === 'descriptors' && isFull(gauge))
    .map((gauge) => ({ says: `a process has ${gauge.text}`, evidence: gaugeReference(gauge) }));
  return [...machines, ...processes];
}

/** Part of the memory below which a machine gives back caches it needs. */
const LITTLE_MEMORY = 0.05;
/** Kilobytes a second to and from swap that are felt, and the processor's share of waiting for disks. */
const FELT_SWAPPING = 200;
const FELT_WAITING = 20;

/** Signs that a machine had too little memory or waited for its disks, one of each. */
export function hostPressure({ observations: { facts } }: CheckContext): { says: string; evidence: EvidenceRef }[] {
  const signs: [HostGaugeFact['what'], (gauge: HostGaugeFact) => boolean, (gauge: HostGaugeFact) => string][] = [
    [
      'memory-available',
      ({ value, of }) => of !== undefined && value < of * LITTLE_MEMORY,
      ({ value, of }) => `${Math.round((value / of!) * 100)} % of the memory was available`,
    ],
    ['swapping', ({ value }) => value >= FELT_SWAPPING, ({ value }) => `the machine swapped ${value} kB a second`],
    [
      'waiting-for-disk',
      ({ value }) => value >= FELT_WAITING,
      ({ value }) => `it waited for disks ${value} % of the time`,
    ],
    ['out-of-memory', () => true, () => 'the kernel ended a process for lack of memory'],
    ['accept-queue', isFull, saysQueue],
  ];
  return signs.flatMap(([what, felt, says]) => {
    const gauge = (facts.gauges ?? []).find((g) => g.what === what && felt(g));
    return gauge ? [{ says: says(gauge), evidence: gaugeReference(gauge) }] : [];
  });
}
