/** Policies as data: rules over parsed facts of a TLS endpoint, each with its source. */
import type { Priority } from '../../finding.ts';

/** What a rule may ask of one offered suite; every given field must hold, a list means any of. */
export interface SuiteCondition {
  protocol?: string[];
  /** IANA names. */
  suite?: string[];
  /** `RSA`, `DHE`, `ECDHE`, `DH`, `ECDH`, `PSK`, ... */
  kx?: string[];
  auth?: string[];
  /** Cipher families: `RC4`, `3DES`, `DES`, `RC2`, `IDEA`, `SEED`, `CAMELLIA`, `ARIA`, `AES`, `CHACHA20`, `NULL`. */
  cipher?: string[];
  mode?: string[];
  mac?: string[];
  aead?: boolean;
  forwardSecret?: boolean;
  exportGrade?: boolean;
  /** Effective strength in bits below this. */
  strengthBelow?: number;
}

export interface PolicyRule {
  id: string;
  title: string;
  priority: Priority;
  refs: string[];
  /** ISO date from which the rule holds; before it nothing is said. */
  effective?: string;
  /** ISO date from which another rule takes its place; from then on nothing is said. */
  until?: string;
  /** ISO date until which what `deny` names is still allowed; before it the finding is routine. */
  allowedUntil?: string;
  /** Versions that must not be offered. */
  denyProtocols?: string[];
  /** Versions of which all must be offered. */
  requireProtocols?: string[];
  denySuites?: SuiteCondition;
  /** Within the given protocols, only these suites may be offered. */
  allowSuites?: { protocol: string[]; suites: string[] };
  denyGroups?: string[];
  allowGroups?: string[];
  requireAnyGroup?: string[];
  /** Bits. */
  minimum?: { dh?: number; rsa?: number; ec?: number };
  /** Features that must be on or off. */
  features?: { [name: string]: boolean };
  /** `pci-a2`: the finding needs the plan of PCI DSS A2.1.2 to be waived. */
  tag?: string;
  remedy?: string;
}

export interface Policy {
  id: string;
  title: string;
  source: { name: string; url: string; published: string; note?: string };
  rules: PolicyRule[];
}

/** What is known of one endpoint or one configured listener. */
export interface EndpointFacts {
  /** What the finding is about: `host:port` or `file:line`. */
  target: string;
  live: boolean;
  protocols: string[];
  /** Versions of which nothing could be said. */
  unknownProtocols: string[];
  suites: { code: number; name: string; protocol: string }[];
  groups: { code: number; name: string; protocol: string }[];
  groupsKnown: boolean;
  dhBits: number[];
  keys: { type: string; bits?: number }[];
  features: { [name: string]: boolean | undefined };
}

/** One rule that an endpoint breaks. */
export interface Violation {
  rule: PolicyRule;
  priority: Priority;
  protocol?: string;
  /** Suite, group or other names that break it. */
  items: string[];
  says: string;
}

/** A rule that could not be judged. */
export interface Unjudged {
  rule: PolicyRule;
  why: string;
}
