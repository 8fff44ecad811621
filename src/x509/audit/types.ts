import type { Finding, NotChecked } from '../../finding.ts';
import type { LogList } from '../timestamps.ts';
import type { Certificate, CertificateObservation } from '../types.ts';
import type { Blocklist } from '../weak-keys.ts';
import type { Pin } from './pins.ts';

/** What a certificate is for on a payment link; decides how early a renewal must begin. */
export type LinkRole = 'server' | 'client' | 'any';

/** One observation with what is known about the place it comes from. */
export interface Sighting {
  observation: CertificateObservation;
  /** Where it was seen: a path or `host:port`. */
  place: string;
  live: boolean;
  role?: LinkRole;
  /** Host name that clients ask for (live targets). */
  host?: string;
  owner?: string;
  link?: string;
}

export interface AuditOptions {
  /** Time of judgement, ms UTC. */
  clock: number;
  /** `auto`: certificates that bear the marks of a public authority are judged by the rules for public web servers. */
  profile: 'auto' | 'web' | 'private' | 'client';
  role: LinkRole;
  /** Trusted certificates; without them no path is judged. */
  anchors?: Certificate[];
  pins?: Pin[];
  blocklist?: Blocklist;
  /** Known logs of certificate transparency; without them timestamps are only counted. */
  logs?: LogList;
  /** Also report warnings and notices of the rules. */
  warnings?: boolean;
}

export interface AuditResult {
  findings: Finding[];
  notChecked: NotChecked[];
  /** Distinct certificates with every place they were seen at. */
  certificates: { certificate: Certificate; places: string[]; leaf: boolean; issuedBy?: string }[];
}
