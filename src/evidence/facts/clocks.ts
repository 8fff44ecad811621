import type { ClockFact } from '../small-facts.ts';
import { readTime } from '../time.ts';
import { type FactText, fileStem } from './context.ts';

const UNIT: { [unit: string]: number } = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86_400 };

function seconds(text: string): number {
  let total = 0;
  const sign = text.trim().startsWith('-') ? -1 : 1;
  for (const [, value, unit] of text.matchAll(/([\d.]{1,20}) ?(ns|us|µs|ms|min|s|h|d)/g))
    total += Number(value) * UNIT[unit!]!;
  return sign * total;
}

/** The host a time report is about: named in the text, else by its own file (`ntp/api01.txt`). */
function hostOf(file: FactText, before: string): string {
  return (
    /^(?:[#$=> \t]*)(?:host(?:name)?[:= ]+|ssh )([\w.-]{1,64})/im.exec(before)?.[1] ??
    /([\w.-]{1,253})[:$#] ?(?:chronyc|ntpq|timedatectl)/.exec(before)?.[1] ??
    fileStem(file.file)
  );
}

/** `chronyc tracking`: "slow of NTP time" means that the host's clock is behind (chronyc(1), tracking). */
function readTracking(file: FactText): ClockFact[] {
  const facts: ClockFact[] = [];
  let leap = '';
  for (const { line, text } of file.lines) {
    const system = /^System time\s*: ([\d.]+) seconds (slow|fast) of NTP time/.exec(text);
    if (system) {
      const offset = Number(system[1]) * (system[2] === 'slow' ? -1 : 1);
      facts.push({
        file: file.file,
        line,
        host: hostOf(file, file.text.slice(0, 400)),
        offsetSeconds: offset,
        synchronised: true,
        text,
      });
    }
    const status = /^Leap status\s*: (.+)$/.exec(text);
    if (status) leap = status[1]!;
    const last = facts.at(-1);
    if (last && leap) last.synchronised = !/not synchronised/i.test(leap);
  }
  const unsynchronised = /Reference ID\s*: 00000000|Not synchronised|506 Cannot talk to daemon/i.exec(file.text);
  if (facts.length === 0 && unsynchronised)
    facts.push({
      file: file.file,
      line: 1,
      host: hostOf(file, file.text.slice(0, 400)),
      offsetSeconds: Number.NaN,
      synchronised: false,
      text: unsynchronised[0],
    });
  if (unsynchronised) for (const fact of facts) fact.synchronised = false;
  return facts;
}

/** `chronyc -c tracking`; the correction that the fifth field names is positive when the clock is slow (chrony, client.c). */
export const CHRONY_CSV =
  /^[0-9A-F]{8},([^,]{0,80}),\d{1,2},\d{1,12}(?:\.\d{1,9})?,(-?\d{1,12}(?:\.\d{1,9})?),(?:-?[\d.]{1,24},){8}(Normal|Insert second|Delete second|Not synchronised)$/;

function readTrackingCsv(file: FactText): ClockFact[] {
  return file.lines.flatMap(({ line, text }) => {
    const match = CHRONY_CSV.exec(text);
    return match
      ? [
          {
            file: file.file,
            line,
            host: hostOf(file, ''),
            offsetSeconds: -Number(match[2]),
            synchronised: match[3] !== 'Not synchronised',
            text,
          },
        ]
      : [];
  });
}

/** `chronyc sources`: the adjusted offset; positive means that the local clock is ahead (chronyc(1), sources). */
function readChronySources(file: FactText): ClockFact[] {
  const selected = file.lines.find(({ text }) => /^[\^=#]\*/.test(text));
  const offset = selected ? /([+-][\d.]+(?:ns|us|ms|s|min|h|d))\[/.exec(selected.text) : undefined;
  if (selected && offset)
    return [
      {
        file: file.file,
        line: selected.line,
        host: hostOf(file, file.text.slice(0, 400)),
        offsetSeconds: seconds(offset[1]!),
        synchronised: true,
        text: selected.text,
      },
    ];
  const any = file.lines.find(({ text }) => /^[\^=#][?x~+-]/.test(text));
  return any
    ? [
        {
          file: file.file,
          line: any.line,
          host: hostOf(file, file.text.slice(0, 400)),
          offsetSeconds: Number.NaN,
          synchronised: false,
          text: any.text,
        },
      ]
    : [];
}

/**
 * `chronyc sourcestats`: the estimated offset, positive when the local clock is ahead (chrony, sourcestats.c); the median of the
 * sources that have samples enough for one.
 */
const SOURCE_STATS =
  /^(\S{1,100})\s+(\d{1,3})\s+\d{1,3}\s+\S+\s+[+-][\d.]+\s+[\d.]+\s+([+-][\d.]{1,12}(?:ns|us|ms|s|min|h|d))\s+[\d.]+(?:ns|us|ms|s)\s*$/;

function readSourceStats(file: FactText): ClockFact[] {
  const sources = file.lines.flatMap(({ line, text }) => {
    const match = SOURCE_STATS.exec(text);
    return match && Number(match[2]) >= 3 ? [{ line, text, offset: seconds(match[3]!) }] : [];
  });
  const middle = [...sources].sort((a, b) => a.offset - b.offset)[sources.length >> 1];
  if (!middle) return [];
  const { line, text, offset } = middle;
  const host = hostOf(file, file.text.slice(0, 400));
  return [{ file: file.file, line, host, offsetSeconds: offset, synchronised: Math.abs(offset) < 1, text }];
}

/** `ntpq -c rv`: the system's variables; offset in ms, server minus local; leap 3 (`11`, leap_alarm) says that it never was set right. */
function readNtpVariables(file: FactText): ClockFact[] {
  const offset = /(?:^|[\s,])offset=(-?[\d.]{1,20})(?=[,\s]|$)/.exec(file.text);
  if (!offset) return [];
  const line = file.lines.find(({ text }) => text.includes(offset[0].trim().replace(/^,/, '')));
  const alarm = /(?:^|[\s,])leap=(?:11|3)(?=[,\s]|$)|\bleap_alarm\b|\bsync_unspec\b/.test(file.text);
  return [
    {
      file: file.file,
      line: line?.line ?? 1,
      host: hostOf(file, file.text.slice(0, 400)),
      offsetSeconds: -Number(offset[1]) / 1000,
      synchronised: !alarm,
      text: line?.text ?? offset[0],
    },
  ];
}

/** `sntp` of NTP 4: `2026-11-10 12:02:09.10 (+0000) +75.012 +/- 0.021 server s2 no-leap`; server minus local. */
export const SNTP =
  /^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,9} \([+-]\d{4}\) )?([+-]\d{1,12}\.\d{1,9}) \+\/- \d{1,12}\.\d{1,9} \S/;

function readSntp(file: FactText): ClockFact[] {
  const answers = file.lines.flatMap(({ line, text }) => {
    const match = SNTP.exec(text);
    return match ? [{ line, text, offset: -Number(match[1]) }] : [];
  });
  const last = answers.at(-1);
  if (!last) return [];
  const { line, text, offset } = last;
  const host = hostOf(file, file.text.slice(0, 400));
  return [{ file: file.file, line, host, offsetSeconds: offset, synchronised: Math.abs(offset) < 1, text }];
}

/** `ntpq -p`: offset in ms, server minus local (ntpq(8)), hence the sign. */
function readNtpq(file: FactText): ClockFact[] {
  const peers = file.lines.filter(({ text }) => /^[ *+#ox.-]?[\w.:()-]+\s+\S+\s+\d+ /.test(text));
  const selected = peers.find(({ text }) => text.startsWith('*')) ?? peers[0];
  if (!selected) return [];
  const columns = selected.text.trim().split(/\s+/);
  const offset = Number(columns.at(-2));
  return [
    {
      file: file.file,
      line: selected.line,
      host: hostOf(file, file.text.slice(0, 400)),
      offsetSeconds: -offset / 1000,
      synchronised: selected.text.startsWith('*'),
      text: selected.text,
    },
  ];
}

function readTimedatectl(file: FactText): ClockFact[] {
  // `timedatectl show` writes the same as NTPSynchronized=yes.
  const synchronised = /(?:System clock synchronized: |NTP synchronized: |^NTPSynchronized=)(yes|no)/m.exec(file.text);
  if (!synchronised) return [];
  const line = file.lines.find(({ text }) => text.includes(synchronised[0]))?.line ?? 1;
  return [
    {
      file: file.file,
      line,
      host: hostOf(file, file.text.slice(0, 400)),
      offsetSeconds: Number.NaN,
      synchronised: synchronised[1] === 'yes',
      text: synchronised[0],
    },
  ];
}

/** `timedatectl timesync-status` and `ntpdate -q`: server minus local. */
function readServerOffset(file: FactText): ClockFact[] {
  const facts: ClockFact[] = [];
  for (const { line, text } of file.lines) {
    const status = /^\s*Offset: ([+-]?[\d.]+ ?(?:ns|us|µs|ms|s|min|h)[\d.a-zµ ]{0,30})$/.exec(text);
    const query = /offset ([+-]?[\d.]+)(?: ?sec|,|$| )/.exec(text);
    const offset = status ? seconds(status[1]!) : query ? Number(query[1]) : undefined;
    if (offset !== undefined)
      facts.push({
        file: file.file,
        line,
        host: hostOf(file, text),
        offsetSeconds: -offset,
        synchronised: Math.abs(offset) < 1,
        text,
      });
  }
  return facts.slice(-1);
}

/**
 * `w32tm /stripchart`: `o:` is the server minus the local clock, as NTP has it. `w32tm /query /status` names a phase offset without
 * saying whose; only whether the clock is synchronised is taken from it.
 */
function readW32tm(file: FactText): ClockFact[] {
  const host = hostOf(file, file.text.slice(0, 400));
  const samples = file.lines.flatMap(({ line, text }) => {
    // With /dataonly a sample is a time of day and the offset.
    const sample =
      /\bo:([+-]\d{1,12}(?:\.\d{1,9})?)s/.exec(text) ??
      /^\d{1,2}:\d\d:\d\d, ([+-]\d{1,12}(?:\.\d{1,9})?)s\s*$/.exec(text);
    return sample ? [{ line, text, offset: -Number(sample[1]) }] : [];
  });
  const last = samples.at(-1);
  if (last)
    return [
      {
        file: file.file,
        line: last.line,
        host,
        offsetSeconds: last.offset,
        synchronised: Math.abs(last.offset) < 1,
        text: last.text,
      },
    ];
  const source = file.lines.find(({ text }) => /^Source: /.test(text));
  const free = /^Source: (?:Local CMOS Clock|Free-running)/m.test(file.text) || /^Leap Indicator: 3/m.test(file.text);
  const shown = source ?? file.lines[0];
  return shown
    ? [{ file: file.file, line: shown.line, host, offsetSeconds: Number.NaN, synchronised: !free, text: shown.text }]
    : [];
}

/** `host time` lines asked of several hosts at one moment. The median of three or more hosts is taken for the truth, else the stated start. */
function readHostDates(file: FactText): ClockFact[] {
  const stated = /started ([\dT:.Z+-]{19,35})/i.exec(file.lines[0]?.text ?? '');
  const answers = file.lines.flatMap(({ line, text }) => {
    const match = /^([\w.-]+):?\s+(\d{4}-\S+)$/.exec(text);
    const time = match ? readTime(match[2]!)?.time : undefined;
    return match && time !== undefined ? [{ line, text, host: match[1]!, time }] : [];
  });
  const sorted = answers.map(({ time }) => time).sort((a, b) => a - b);
  const reference = stated ? readTime(stated[1]!)?.time : answers.length >= 3 ? sorted[sorted.length >> 1] : undefined;
  if (reference === undefined) return [];
  return answers.map(({ line, text, host, time }) => ({
    file: file.file,
    line,
    host,
    offsetSeconds: (time - reference) / 1000,
    synchronised: Math.abs(time - reference) < 5000,
    text,
  }));
}

/** Clock reports of hosts: the offset is positive when the host is ahead of true time. */
export function readClocks(file: FactText): ClockFact[] {
  switch (file.format) {
    case 'chrony-tracking':
      return readTracking(file);
    case 'chrony-tracking-csv':
      return readTrackingCsv(file);
    case 'chrony-sourcestats':
      return readSourceStats(file);
    case 'ntpq-variables':
      return readNtpVariables(file);
    case 'sntp':
      return readSntp(file);
    case 'chrony-sources':
      return readChronySources(file);
    case 'w32tm':
      return readW32tm(file);
    case 'ntpq':
      return readNtpq(file);
    case 'timedatectl':
      return readTimedatectl(file);
    case 'host-dates':
      return readHostDates(file);
    default:
      return readServerOffset(file);
  }
}
