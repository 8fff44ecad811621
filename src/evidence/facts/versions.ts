import type { VersionFact } from '../small-facts.ts';
import type { FactText } from './context.ts';

const VERSION = /(?:^|[^\d.\w])v?(\d{1,4}(?:\.\d{1,6}){1,4}(?:[-+_][\w.+~-]{1,40}|[a-z]\d?)?)/;

/** Programs that a version text names itself, before the label of its line. */
const KNOWN =
  /\b(nginx|haproxy|openssl|openjdk|java|node|python|go|curl|php|stunnel|gnutls|apache|httpd|envoy|tomcat|\.net|dotnet|kernel|linux|redis|mysql|postgresql)\b/i;

function software(label: string, text: string): string {
  return (KNOWN.exec(label)?.[1] ?? KNOWN.exec(text)?.[1] ?? label).toLowerCase();
}

/** A line of `dpkg -l`: wanted and actual state, name with an architecture perhaps, version, architecture. A February of syslog is none. */
export const DPKG = /^[uirph][ncHUFWti]R? +([a-z0-9][\w.+-]*)(?::[\w-]+)? +(\d[\w.+:~-]*) +[a-z][\w-]* /;
/** A line of `rpm -qa`: name, version and release, architecture. */
export const RPM = /^([A-Za-z0-9][\w.+-]*)-([\w.+~^]+-[\w.+~^]+)\.(?:x86_64|noarch|aarch64|i[3-6]86|ppc64le|s390x)$/;
/** A line of `apk info -v`. */
export const APK = /^([a-z0-9][\w.+-]*)-(\d[\w.]*(?:_[a-z]+\d*)?-r\d+)(?: |$)/;

/** Installed packages with their versions. */
function readPackages(file: FactText, form: RegExp): VersionFact[] {
  return file.lines.flatMap(({ line, text }) => {
    const match = form.exec(text);
    return match ? [{ file: file.file, line, software: match[1]!.toLowerCase(), version: match[2]!, text }] : [];
  });
}

/** `name   output of --version` lists, `host: before X / now Y` comparisons and lock files (`name==version`). */
export function readVersions(file: FactText): VersionFact[] {
  const form = { dpkg: DPKG, rpm: RPM, apk: APK }[file.format ?? ''];
  if (form) return readPackages(file, form);
  const facts: VersionFact[] = [];
  for (const { line, text } of file.lines) {
    const match = /^([\w.+/-]{1,60}?)(?:==|\s{2,}|\t|[:=]\s*|\s)(\S.*)$/.exec(text.trim());
    if (!match || text.startsWith('#')) continue;
    const [, label, rest] = match as unknown as [string, string, string];
    const compared = /\bbefore\b(.*?)(?:\/|,|->|→)\s*\b(?:now|after)\b(.*)$/i.exec(rest);
    if (compared) {
      for (const [when, part] of [
        ['before', compared[1]!],
        ['now', compared[2]!],
      ] as const) {
        const version = VERSION.exec(part.replace(/"/g, ' '));
        if (version)
          facts.push({
            file: file.file,
            line,
            host: label,
            when,
            software: software('', part),
            version: version[1]!,
            text,
          });
      }
      continue;
    }
    const version = VERSION.exec(rest.replace(/["/,]/g, ' '));
    if (version) facts.push({ file: file.file, line, software: software(label, rest), version: version[1]!, text });
  }
  return facts;
}
