/** What a certificate rule is. One file per rule; the registry is generated from the files. */
import type { Facts } from './facts.ts';

export type Severity = 'error' | 'warning' | 'notice';

/**
 * Whom a rule binds. `any`: every certificate. `web`: certificates for public web servers (CA/Browser Forum, root
 * programs). `psd2`: qualified certificates for payment services. `set`: certificates of the SET hierarchy. `client`:
 * certificates that clients of mutual TLS present.
 */
export type Scope = 'any' | 'web' | 'psd2' | 'set' | 'client';

export interface Breach {
  says: string;
  /** Differs from the rule's own severity. */
  severity?: Severity;
  /** Byte offset in the certificate. */
  offset?: number;
}

export interface Rule {
  /** `rfc5280/...`, `web/...`, `keys/...`, `psd2/...`: the folder and file name. */
  id: string;
  /** What must hold, in one sentence. */
  title: string;
  severity: Severity;
  /** The document that asks for it. */
  source: string;
  section: string;
  scope: Scope;
  /** A web rule that also binds certificates whose purposes do not include servers (OCSP responders). */
  allPurposes?: boolean;
  /** ms UTC: binds certificates with notBefore at or after it. Absent: always. */
  effective?: number;
  /** ms UTC: no longer binds certificates with notBefore at or after it. */
  ends?: number;
  /** The lint of zlint that judges the same. */
  zlint?: string;
  /** Where the two differ on purpose, and why. */
  deviates?: string;
  /** An extension without which the rule cannot apply; lets a scan skip it at once. */
  needs?: string;
  /** The only kind of certificate or key it can apply to; lets a scan skip it for all others. */
  concerns?: 'ca' | 'leaf' | 'rsa' | 'ec' | 'dsa';
  applies(c: Facts): boolean;
  /** The breach, or anything falsy when the rule holds. */
  breach(c: Facts): Breach | string | false | undefined;
}

export function defineRule(rule: Rule): Rule {
  return rule;
}

const NOT_APPLICABLE = { state: 'not-applicable' } as const;
const NOT_IN_EFFECT = { state: 'not-in-effect' } as const;
const PASS = { state: 'pass' } as const;

export type Verdict =
  | { state: 'not-applicable' | 'not-in-effect' | 'pass' }
  | { state: 'breach'; severity: Severity; says: string; offset?: number };

/** Applies one rule to one certificate: first whether it concerns it, then its dates against notBefore, then the test. */
export function judge(rule: Rule, c: Facts): Verdict {
  if (rule.scope === 'web' && !rule.allPurposes && !c.serverAuth) return NOT_APPLICABLE;
  if (!rule.applies(c)) return NOT_APPLICABLE;
  const { notBefore } = c;
  if (
    (rule.effective !== undefined && notBefore < rule.effective) ||
    (rule.ends !== undefined && notBefore >= rule.ends)
  ) {
    return NOT_IN_EFFECT;
  }
  const found = rule.breach(c);
  if (!found) return PASS;
  const { severity, says, offset } = breachOf(rule, found);
  return { state: 'breach', severity, says, ...(offset === undefined ? {} : { offset }) };
}

export interface RuleBreach {
  rule: Rule;
  severity: Severity;
  says: string;
  offset?: number;
}

/** What a rule answered, in full. */
export function breachOf(rule: Rule, found: Breach | string): RuleBreach {
  if (typeof found === 'string') return { rule, severity: rule.severity, says: found };
  return {
    rule,
    severity: found.severity ?? rule.severity,
    says: found.says,
    ...(found.offset === undefined ? {} : { offset: found.offset }),
  };
}
