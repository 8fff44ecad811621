/** `java.security` and override files: the properties that decide which TLS versions, suites and keys a JVM takes. */
import type { ServerConfigObservation } from '../types.ts';
import { parseIni } from './ini-syntax.ts';
import type { ConfigReader } from './source.ts';
import { ObservationBuilder } from './source.ts';

export const javaSecurityReader: ConfigReader = {
  software: 'java-security',
  detect: (head) =>
    /^[ \t]*(?:jdk\.(?:tls|certpath|disabled|jar|security|crypto|io|sasl|xml)\.|security\.provider\.\d|ssl\.(?:KeyManagerFactory|TrustManagerFactory)\.|networkaddress\.cache\.|keystore\.type)[A-Za-z0-9.]{0,100}[ \t]*[=:]/m.test(
      head,
    ),
  read: readJavaSecurity,
};

/** Properties whose value is a list of algorithm constraints (java.security file, "jdk.tls.disabledAlgorithms"). */
const CONSTRAINTS = new Set([
  'jdk.tls.disabledAlgorithms',
  'jdk.certpath.disabledAlgorithms',
  'jdk.tls.legacyAlgorithms',
  'jdk.jar.disabledAlgorithms',
  'jdk.disabled.namedCurves',
  'jdk.security.legacyAlgorithms',
]);

function readJavaSecurity(text: string, file: string): ServerConfigObservation {
  const out = new ObservationBuilder(file, 'java-security');
  const { entries, problems } = parseIni(text, { colon: true, continuation: true });
  for (const p of problems) out.problem(p.line, p.says, p.column);
  const seen = new Map<string, number>();
  for (const { key, value, line } of entries) {
    const before = seen.get(key);
    if (before !== undefined)
      out.problem(line, `"${key}" was already set on line ${before}; Java keeps this later one`);
    seen.set(key, line);
    out.directive(key, value, line);
    if (!CONSTRAINTS.has(key)) continue;
    for (const constraint of parseDisabledAlgorithms(value)) {
      if (constraint.problem) out.problem(line, `${key}: "${constraint.text}": ${constraint.problem}`);
    }
  }
  return out.finish();
}

export interface DisabledAlgorithm {
  /** As written. */
  text: string;
  /** The algorithm, protocol, suite pattern or `include <property>`. */
  algorithm: string;
  /** `keySize < 1024` and the like. */
  keySize?: { operator: '<' | '<=' | '==' | '!=' | '>=' | '>'; bits: number };
  /** `usage TLSServer`, `usage HandshakeSignature`, ... */
  usages?: string[];
  /** Only for certificates below a JDK trust anchor. */
  jdkCA?: boolean;
  /** ISO date from which it is disabled. */
  denyAfter?: string;
  /** `include jdk.disabled.namedCurves`. */
  include?: string;
  problem?: string;
}

/**
 * Parses the value of a disabledAlgorithms property. Grammar: the comment block above the property in the JDK's
 * java.security file. Several constraints of one algorithm are joined by `&`.
 */
export function parseDisabledAlgorithms(value: string): DisabledAlgorithm[] {
  return value
    .slice(0, 100_000)
    .split(',')
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .filter((part) => part !== '')
    .map(parseConstraint);
}

function parseConstraint(text: string): DisabledAlgorithm {
  const include = /^include ([A-Za-z0-9._]{1,100})$/.exec(text);
  if (include) return { text, algorithm: text, include: include[1]! };
  const space = text.indexOf(' ');
  const entry: DisabledAlgorithm = { text, algorithm: space < 0 ? text : text.slice(0, space) };
  if (space < 0) return entry;
  for (const clause of text.slice(space + 1).split('&')) {
    const words = clause.trim().split(' ');
    const keyword = words[0]!.toLowerCase();
    const size = /^keysize ?(<=|>=|==|!=|<|>) ?(\d{1,6})$/i.exec(clause.trim());
    if (size) entry.keySize = { operator: size[1] as '<', bits: Number(size[2]) };
    else if (keyword === 'usage' && words.length > 1) entry.usages = words.slice(1);
    else if (keyword === 'jdkca') entry.jdkCA = true;
    else if (keyword === 'denyafter' && words[1]) entry.denyAfter = words[1];
    else entry.problem = `constraint "${clause.trim()}" is not known`;
  }
  return entry;
}
