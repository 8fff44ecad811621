import { isPlain, type Plain } from '../../plain.ts';
import { headerMeanings } from '../columns.ts';
import type { VersionFact } from '../small-facts.ts';
import { sniffTable, tableRows } from '../tabular.ts';
import type { FactText } from './context.ts';

/** Rows kept of one table. */
const MOST_ROWS = 20_000;
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

/** A line of `mvn dependency:tree` or `gradle dependencies`: group, artefact, kind, version, scope. */
export const MAVEN =
  /^(?:\[INFO\] )?[|+\\ -]{2,200}([a-z][\w.-]{1,100}:[\w.-]{1,100})(?::(?:jar|war|pom|ear|bundle)(?::[\w-]{1,40})?)?:(?:\S{1,60} -> )?(\d[\w.+-]{0,60})(?::(?:compile|runtime|test|provided|system))?(?: \([*nc]\))?$/i;

/** A line of `go version -m`: a module that a program was built from. */
export const GO_MODULE = /^\t(?:mod|dep|=>)\t(\S{1,200})\t(v\d[\w.+-]{0,80})/;
/** A line of `dotnet list package`: name, the version asked for where it is a direct one, and the one that is used. */
export const NUGET = /^ {3}> ([A-Za-z][\w.-]{0,100}) +(?:\S{1,40} +)?(\d[\w.+-]{0,60}) *$/;

/** Installed packages with their versions. */
function readPackages(file: FactText, form: RegExp): VersionFact[] {
  return file.lines.flatMap(({ line, text }) => {
    const match = form.exec(text.trimEnd());
    return match ? [{ file: file.file, line, software: match[1]!.toLowerCase(), version: match[2]!, text }] : [];
  });
}

/** `name   output of --version` lists, `host: before X / now Y` comparisons and lock files (`name==version`). */
export function readVersions(file: FactText): VersionFact[] {
  const form = { dpkg: DPKG, rpm: RPM, apk: APK, 'maven-tree': MAVEN, 'go-modules': GO_MODULE, nuget: NUGET }[
    file.format ?? ''
  ];
  if (form) return readPackages(file, form);
  if (file.format === 'spdx') return readSpdx(file);
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

/** A bill of materials as SPDX tags: each package's name, then its version. */
function readSpdx(file: FactText): VersionFact[] {
  let name = '';
  return file.lines.flatMap(({ line, text }) => {
    name = /^PackageName: (\S.{0,300})$/.exec(text)?.[1] ?? name;
    const version = /^PackageVersion: (\S.{0,100})$/.exec(text)?.[1];
    return version !== undefined && name !== ''
      ? [{ file: file.file, line, software: name.toLowerCase(), version, text: `${name} ${version}` }]
      : [];
  });
}

/** Components within components of a bill of materials. */
const DEEPEST_COMPONENT = 10;

/** A bill of materials in JSON: components of CycloneDX, packages of SPDX. */
function billOfMaterials(file: string, data: Plain): VersionFact[] {
  const facts: VersionFact[] = [];
  const take = (list: unknown, versionName: string, depth: number): void => {
    if (!Array.isArray(list) || depth > DEEPEST_COMPONENT) return;
    for (const one of list) {
      if (facts.length >= MOST_ROWS) return;
      if (!isPlain(one) || typeof one.name !== 'string') continue;
      const version = one[versionName];
      if (typeof version === 'string' && version !== '')
        facts.push({ file, line: 1, software: one.name.toLowerCase(), version, text: `${one.name} ${version}` });
      take(one.components, versionName, depth + 1);
    }
  };
  if (data.bomFormat === 'CycloneDX') take(data.components, 'version', 0);
  else if (typeof data.spdxVersion === 'string') take(data.packages, 'versionInfo', 0);
  return facts;
}

/** `brew info --json=v2 --installed`, formulae and casks with the versions that are there, and bills of materials. */
export function versionsOfData(file: string, data: unknown): VersionFact[] {
  if (!isPlain(data)) return [];
  if (!Array.isArray(data.formulae)) return billOfMaterials(file, data);
  return data.formulae.slice(0, MOST_ROWS).flatMap((formula: unknown) => {
    if (!isPlain(formula) || typeof formula.name !== 'string' || !Array.isArray(formula.installed)) return [];
    const name = formula.name;
    return formula.installed
      .slice(0, 20)
      .flatMap((one: unknown) =>
        isPlain(one) && typeof one.version === 'string'
          ? [{ file, line: 1, software: name.toLowerCase(), version: one.version, text: `${name} ${one.version}` }]
          : [],
      );
  });
}

const SOFTWARE =
  /^(?:software|programm?e?|programa|package|paket|paquet|paquete|pacote|component|komponente|application|\u8f6f\u4ef6(?:\u540d\u79f0?)?|\u7ec4\u4ef6|\u30d1\u30c3\u30b1\u30fc\u30b8|\u30bd\u30d5\u30c8\u30a6\u30a7\u30a2)$/i;
const VERSIONS =
  /^(?:(?:installed |installierte )?version|versi\u00f3n|vers\u00e3o|\u7248\u672c\u53f7?|\u30d0\u30fc\u30b8\u30e7\u30f3)$/i;

/** A table of what is installed where: software and version, and a host perhaps. Tables of events, which have a time, are none. */
export function versionsOfTable(file: FactText): VersionFact[] {
  const shape = sniffTable(file.text);
  if (!shape || shape.header.some((cell) => headerMeanings(cell)[0] === 'time')) return [];
  const column = (pattern: RegExp): number => shape.header.findIndex((cell) => pattern.test(cell.trim()));
  const [name, number] = [column(SOFTWARE), column(VERSIONS)];
  const host = shape.header.findIndex((cell) => headerMeanings(cell).includes('node'));
  if (name === -1 || number === -1) return [];
  const facts: VersionFact[] = [];
  for (const { line, cells } of tableRows(file.text, shape.separator, shape.bodyOffset, shape.headerLine + 1)) {
    const version = VERSION.exec(cells[number]?.trim() ?? '');
    const what = cells[name]?.trim() ?? '';
    if (!version || what === '' || facts.length >= MOST_ROWS) continue;
    facts.push({
      file: file.file,
      line,
      ...(host !== -1 && cells[host]?.trim() ? { host: cells[host].trim() } : {}),
      software: what.toLowerCase(),
      version: version[1]!,
      text: cells.join(shape.separator).trim(),
    });
  }
  return facts;
}

/** Components of a bill of materials in XML (CycloneDX), whose name and version stand in this order (its schema). */
export function versionsOfMarkup(file: FactText): VersionFact[] {
  if (!/<bom\b[^<>]{0,300}cyclonedx\.org/.test(file.text.slice(0, 4096))) return [];
  const part = /<component\b[^<>]{0,1000}>|<name>([^<>]{1,300})<\/name>|<version>([^<>]{1,100})<\/version>/g;
  const facts: VersionFact[] = [];
  let name: string | undefined;
  for (const { 1: named, 2: version } of file.text.matchAll(part)) {
    if (facts.length >= MOST_ROWS) break;
    if (named !== undefined) name ??= named;
    else if (version === undefined) name = undefined;
    else if (name !== undefined) {
      facts.push({ file: file.file, line: 1, software: name.toLowerCase(), version, text: `${name} ${version}` });
      name = undefined;
    }
  }
  return facts;
}
