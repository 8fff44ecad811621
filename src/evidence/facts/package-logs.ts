/** What package managers wrote down: dpkg.log, pacman.log, zypp/history, yum.log, and `rpm -qa --last`. */
import { type FactContext, type FactText, factTime } from './context.ts';
import { joinedByMinute, type TimedRow } from './timed-rows.ts';

type Deed = TimedRow & { deed: string };

/** Time, deed, package and what of its versions the line has; by the form of the line. */
const FORMS: { pattern: RegExp; read: (match: RegExpExecArray) => { when: string; deed: string; text: string } }[] = [
  {
    // 2026-11-10 11:05:02 upgrade openssl:amd64 3.0.13-1 3.0.15-1 (dpkg(1)); the states in between say nothing more.
    pattern: /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (install|upgrade|remove|purge) (\S{1,100}) (\S{1,80}) (\S{1,80})$/,
    read: ([, when, deed, name, before, after]) => ({
      when: when!,
      deed: deed!,
      text: `${name!.replace(/:\w+$/, '')}${before === '<none>' ? '' : ` ${before}`}${after === '<none>' ? '' : ` -> ${after}`}`,
    }),
  },
  {
    // [2026-11-10T11:05:02+0000] [ALPM] upgraded openssl (3.0.13-1 -> 3.0.15-1)
    pattern:
      /^\[(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d[+-]\d{4})?)\] \[ALPM\] (installed|upgraded|downgraded|reinstalled|removed) (\S{1,100}) \(([^()]{1,120})\)$/,
    read: ([, when, deed, name, versions]) => ({ when: when!, deed: deed!, text: `${name} ${versions}` }),
  },
  {
    // 2026-11-10 11:05:02|install|openssl|3.0.15-1|x86_64|root@host|repo|... (libzypp)
    pattern: /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\|(install|remove ?)\|([^|]{1,100})\|([^|]{1,80})\|/,
    read: ([, when, deed, name, version]) => ({ when: when!, deed: deed!.trim(), text: `${name} ${version}` }),
  },
  {
    // Nov 10 11:05:02 Updated: openssl-3.0.7-27.el9.x86_64 (yum 3)
    pattern: /^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (Installed|Updated|Erased): (\S{1,160})$/,
    read: ([, when, deed, name]) => ({ when: when!, deed: deed!.toLowerCase(), text: name! }),
  },
];

/** `openssl-3.0.7-27.el9.x86_64      Tue 10 Nov 2026 11:05:02 AM UTC` */
export const RPM_LAST =
  /^(\S{3,160}-\S{1,60}\.(?:x86_64|noarch|aarch64|i[3-6]86|ppc64le|s390x|\(none\))|gpg-pubkey-\S{3,40})\s{2,}(?:\w{3} )(\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d(?: [AP]M)?)(?: (\S{2,6}))?$/;

const read = (text: string): { when: string; deed: string; text: string } | undefined => {
  for (const { pattern, read: of } of FORMS) {
    const match = pattern.exec(text);
    if (match) return of(match);
  }
  return undefined;
};

/** Whether a log is one of a package manager, by its beginning. dpkg writes far more states than deeds. */
export const mayBePackageLog = (beginning: string): boolean => {
  const lines = beginning.split(/\r?\n/, 40).filter((line) => line !== '');
  return (
    lines.length > 0 &&
    lines.every(
      (line) =>
        line.startsWith('#') ||
        read(line) !== undefined ||
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:status|startup|configure|trigproc|conffile) \S/.test(line) ||
        /^\[\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d[+-]\d{4})?\] \[(?:ALPM|PACMAN|ALPM-SCRIPTLET)\] /.test(line) ||
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\|(?:command|radd|rremove|ralias|rurl|rrefresh|patch)\s*\|/.test(line),
    ) &&
    lines.some((line) => !line.startsWith('#'))
  );
};

const MOST_DEEDS = 20_000;

export function rowsOfPackageLog(file: FactText, context: FactContext): TimedRow[] {
  const deeds: Deed[] = [];
  for (const { line, text } of file.lines) {
    const found = deeds.length < MOST_DEEDS ? read(text) : undefined;
    if (found)
      deeds.push({ line, time: factTime(found.when, context)?.time ?? Number.NaN, deed: found.deed, text: found.text });
  }
  return joinedByMinute(deeds);
}

/** `rpm -qa --last`: when each package that is there was installed. */
export function rowsOfRpmLast(file: FactText, context: FactContext): TimedRow[] {
  return joinedByMinute(
    file.lines.flatMap(({ line, text }): Deed[] => {
      const match = RPM_LAST.exec(text.trimEnd());
      if (!match) return [];
      const zone = /^(?:UTC|GMT)$/.test(match[3] ?? '') ? ' +0000' : '';
      const time = factTime(`${match[2]}${zone}`, context)?.time ?? Number.NaN;
      return [{ line, time, deed: 'installed', text: match[1]! }];
    }),
  );
}
