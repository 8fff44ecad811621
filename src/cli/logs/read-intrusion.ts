/** Opens the evidence of a break-in: logs go through the log pass, small text files are read whole. */

import { createHash } from 'node:crypto';
import { keepHeapClose } from '../../evidence/heap.ts';
import { EVENT_LOG, openEvidence, type Problem } from '../../evidence/index.ts';
import { decodeText } from '../../evidence/text.ts';
import type { EvidenceKind, EvidenceSource } from '../../evidence/types.ts';
import { loadKnowledge } from '../../knowledge/load.ts';
import { least, most } from '../../lists.ts';
import { approximations, compileLexicon, detectLogFormat, readLogs } from '../../logs/index.ts';
import { isCloudTrail } from '../../logs/intrusion/cloud.ts';
import { PROGRAM_PATH, type ProgramFile } from '../../logs/intrusion/programs.ts';
import { isMonitored } from '../../logs/intrusion/redis.ts';
import { intrusionSheet } from '../../logs/intrusion/sheet.ts';
import { isWebScript } from '../../logs/intrusion/shells.ts';
import type { HostFile, IntrusionSheet } from '../../logs/intrusion/types.ts';
import { isExportedEvents, recordedEvents, type WindowsEvent } from '../../logs/intrusion/windows.ts';
import { zoneClock } from '../../logs/time/zone.ts';
import { counted } from '../../wording.ts';
import { UserError } from '../exit.ts';
import { attackScan } from './attacks.ts';
import { lateProblems, timeOption } from './named-options.ts';

const SMALL = 2 << 20;
const LARGEST_PROGRAM = 64 << 20;
const MOST_PROGRAMS = 20_000;
/** As many files with the same time, within that many ms, were copied without their own. */
const MOST_COPIED = 4;
const COPYING = 120_000;
/** Text of log records kept whole; logins, which the lexicon knows, are kept longest. */
const RECORD_BYTES = 48 * 2 ** 20;
const NEVER_TEXT: readonly EvidenceKind[] = [
  'capture',
  'binary',
  'empty',
  'endpoint',
  'keystore',
  'certificate',
  'crl',
];

/** Host files that begin with something like a time, or whose name says that they are no log. */
const HOST_FILE =
  /(?:^|\/)(?:passwd|shadow|group|sudoers|authorized_keys2?|rc\.local|crontab|ld\.so\.preload|\.?\w*_history|\.?(?:bash_?)?profile|\.bashrc|\.zshrc|environment)-?$|\/cron|\.(?:service|timer)$/;

/** Images that a server may be made to run. */
const IMAGE = /\.(?:jpe?g|png|gif|ico|bmp|webp)$/i;

/** Windows keeps these in forms of its own; what turns them into something that is read here. */
const WINDOWS_BINARY: { [format: string]: { what: string; next: string } } = {
  'registry-hive': {
    what: 'is a registry hive in its binary form, which is not read here',
    next: 'load it and export the keys: reg load HKLM\\X FILE, reg export HKLM\\X FILE.reg',
  },
};

const isLog = (source: EvidenceSource): boolean =>
  source.item.kind === 'log' &&
  !isExportedEvents(source.head.toString('utf8', 0, 65_536)) &&
  !(source.item.size <= SMALL && isMonitored(source.head.toString('utf8', 0, 4096))) &&
  !isWebScript(source.item.path) &&
  !HOST_FILE.test(source.item.path);

/** Files of a host that all changed within a few minutes, which only copying does. */
function copiedAtOnce(files: readonly HostFile[]): boolean {
  const times = files.flatMap(({ modified }) => (modified === undefined ? [] : [modified]));
  return times.length >= MOST_COPIED && most(times.slice(0, 10_000)) - least(times.slice(0, 10_000)) < COPYING;
}

export async function readIntrusion(
  inputs: string[],
  options: { zone?: string; now?: string; crs?: string },
): Promise<{ sheet: IntrusionSheet; problems: Problem[] }> {
  if (options.zone !== undefined && !zoneClock(options.zone)) {
    throw new UserError(`--zone ${options.zone}: no such time zone`, { next: 'an IANA name such as Asia/Shanghai' });
  }
  const opened = await openEvidence(inputs, { stdin: process.stdin, detectors: { log: detectLogFormat } });
  keepHeapClose(opened.items.map(({ size }) => size));
  const logs = opened.sources.filter(isLog);
  const files: HostFile[] = [];
  for (const source of opened.sources) {
    if (isLog(source) || NEVER_TEXT.includes(source.item.kind) || source.item.size > SMALL) continue;
    // Registry exports and task definitions of Windows are UTF-16.
    const { text } = decodeText(await source.bytes(SMALL * 4));
    files.push({
      file: source.item.path,
      text,
      ...(source.modified === undefined ? {} : { modified: source.modified }),
    });
  }
  for (const source of opened.sources) {
    if (source.item.kind !== 'binary' || source.item.size > SMALL) continue;
    const { path } = source.item;
    if (!IMAGE.test(path) && !HOST_FILE.test(path)) continue;
    const text = (await source.bytes(SMALL)).toString('latin1');
    // Databases write crontabs and keys between bytes of their own.
    if (HOST_FILE.test(path) || /<\?(?:php|=)|<%@?\s/.test(text)) files.push({ file: path, text });
  }
  const unread = opened.items.flatMap((item): Problem[] => {
    const known = item.kind === 'binary' ? WINDOWS_BINARY[item.format ?? ''] : undefined;
    return known ? [{ input: item.path, ...known, named: opened.named.includes(item.path) }] : [];
  });
  const programs: ProgramFile[] = [];
  for (const source of opened.sources) {
    const { path, size } = source.item;
    if (!PROGRAM_PATH.test(path) || size > LARGEST_PROGRAM || programs.length >= MOST_PROGRAMS) continue;
    const bytes = await source.bytes(LARGEST_PROGRAM * 4).catch(() => undefined);
    if (!bytes) continue;
    const hash = (name: string): string => createHash(name).update(bytes).digest('hex');
    programs.push({
      file: path,
      md5: hash('md5'),
      sha1: hash('sha1'),
      sha256: hash('sha256'),
      head: bytes.toString('latin1', 0, 256),
      ...(source.modified === undefined ? {} : { modified: source.modified }),
    });
  }
  // A copy that did not keep the times gave all files its own: they say nothing about the host.
  if (copiedAtOnce(files)) for (const entry of [...files, ...programs]) delete entry.modified;
  const judged =
    logs.length > 0 ||
    programs.length > 0 ||
    opened.sources.some((source) => source.item.format === 'evtx') ||
    files.some(
      ({ file, text }) =>
        HOST_FILE.test(file) ||
        isWebScript(file) ||
        isExportedEvents(text) ||
        isCloudTrail(text) ||
        text.slice(0, 4096).includes('schemas.microsoft.com/win/2004/08/events'),
    );
  if (!judged && !opened.problems.some(({ named }) => named))
    unread.push({
      input: inputs.join(' '),
      what: 'holds no log, event log, web script or host file, so nothing was judged',
      next: 'name the logs of the server, its web root, and files such as passwd, crontab and authorized_keys',
      named: true,
    });
  const modified = logs.flatMap((source) => (source.modified === undefined ? [] : [source.modified]));
  const events: WindowsEvent[] = [];
  for (const source of opened.sources) {
    if (source.item.format !== 'evtx') continue;
    const { path } = source.item;
    const { records, damaged, sample, truncated, beyond } = await recordedEvents(path, source.passing(), events);
    const tell = (what: string, next: string): void => {
      unread.push({ input: path, what, next, named: opened.named.includes(path) });
    };
    if (truncated) tell('ends inside a chunk: what follows is missing', 'copy it again, or export it: wevtutil epl');
    if (sample)
      tell(
        `${counted(damaged, 'record')} of ${records + damaged} could not be read, the first is ${sample.number}: ${sample.what}`,
        'the others were read; export it on its host: wevtutil epl LOG FILE.evtx',
      );
    if (beyond > 0) tell(`${counted(beyond, 'event')} beyond the bound were not read`, 'give fewer logs at once');
  }
  const late = lateProblems(logs, opened.named);
  const observations = await readLogs(
    logs.map((source) => ({
      file: source.item.path,
      head: source.head,
      ...(source.modified === undefined ? {} : { modified: source.modified }),
      chunks: () => source.passing(),
    })),
    {
      lexicon: compileLexicon([...loadKnowledge().lexicon]),
      budgetBytes: RECORD_BYTES,
      // The sheet asks for single requests and records; nobody asks how many there were.
      counting: 'nothing',
      now:
        options.now === undefined ? Math.max(Date.now(), most(modified)) : timeOption('now', options.now, options.zone),
      ...(options.zone === undefined ? {} : { zone: options.zone, zoneSource: 'option' as const }),
    },
  );
  const { sampledOut } = observations;
  for (const what of [
    ...(sampledOut > 0
      ? [`${sampledOut} frequent records were counted but not kept, so that logins may be missing`]
      : []),
    ...approximations(observations),
  ])
    unread.push({
      input: inputs.join(' '),
      what,
      next: 'split the logs by time and give a part at a time',
      named: false,
    });
  const crs = options.crs ?? 'shipped';
  const { attacks, notes } =
    crs === 'none' || observations.requests.length === 0
      ? { attacks: undefined, notes: [] }
      : attackScan(observations, crs, 1);
  return {
    sheet: intrusionSheet(observations, files, { programs, events, ...(attacks ? { attacks } : {}) }),
    problems: [...opened.problems.filter(({ what }) => what !== EVENT_LOG), ...late(), ...unread, ...notes],
  };
}
