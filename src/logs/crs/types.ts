/** Rules of the OWASP Core Rule Set as data, and what they say about one request. */

export type Severity = 'CRITICAL' | 'ERROR' | 'WARNING' | 'NOTICE';

/** Points of a match, as the rule set's own setup counts them. */
export const POINTS: { readonly [severity in Severity]: number } = { CRITICAL: 5, ERROR: 4, WARNING: 3, NOTICE: 2 };

/** What a link of a rule looks at: a collection, or one member of it by name or pattern. */
export interface Target {
  collection: string;
  member?: string;
  /** The member is a regular expression. */
  pattern?: boolean;
  excluded?: boolean;
}

/** One test; a rule is a chain of them that must all hold. */
export interface Link {
  targets: Target[];
  operator: string;
  argument: string;
  negated: boolean;
  transforms: string[];
  multiMatch?: boolean;
  /** Groups of the pattern become TX:0 to TX:9 for the rest of the chain. */
  capture?: boolean;
}

export interface CrsRule {
  id: number;
  message: string;
  severity: Severity;
  paranoia: number;
  /** `xss`, `sqli`, `rce`, `lfi`, ... from the rule's attack tag. */
  family: string;
  links: Link[];
}

/** A rule set as `tools/crs.mjs` writes it. */
export interface CrsData {
  /** `OWASP_CRS/4.28.0`. */
  version: string;
  license: string;
  rules: CrsRule[];
  /** Phrase lists by file name. */
  phrases: { [file: string]: string[] };
}

/** A request as an access line tells it. Bytes as Latin-1 characters, escapes of the log already undone. */
export interface CrsRequest {
  method: string;
  /** Path with query, as sent. */
  uri: string;
  protocol?: string;
  userAgent?: string;
  referer?: string;
  host?: string;
}

export interface CrsMatch {
  rule: CrsRule;
  /** `ARGS:id`, `REQUEST_HEADERS:User-Agent`, ... */
  where: string;
  /** What stood there after the rule's transformations. */
  value: string;
}
