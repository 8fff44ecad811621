/** The answer sheet of an intrusion: what responders are asked, each answer with the place that proves it. */
import type { AttackClient } from '../crs/scan.ts';

/** A small file of a host: a script of the web root, a list, a configuration. */
export interface HostFile {
  /** Relative to the evidence folder. */
  file: string;
  text: string;
  /** ms UTC. */
  modified?: number;
}

export interface Proof {
  file: string;
  line?: number;
  text: string;
  /** ms UTC; NaN when unknown. */
  time: number;
}

export interface Attacker {
  address: string;
  /** What it did, most telling first. */
  deeds: string[];
  score: number;
  first: number;
  last: number;
  requests: number;
  loginFailures: number;
  loginSuccesses: number;
  proof: Proof[];
}

export interface BruteForce {
  address: string;
  service: string;
  tries: number;
  /** User names that were tried, most often first. */
  dictionary: { user: string; tries: number }[];
  first: number;
  last: number;
  /** The first accepted login from the same address after the guessing began. */
  success?: { user: string; method: string; proof: Proof };
  /** Accounts that log in from the same address, so that its refusals are those of people who mistype. */
  people?: number;
}

/** Requests of one address that the attack rules know. */
export interface WebAttacker extends Omit<AttackClient, 'score' | 'samples' | 'answeredAt'> {
  proof: Proof;
  /** The first sample that was answered unlike usual. */
  answered?: Proof;
}

export interface WebAttacks {
  ruleSet: string;
  /** Requests judged, those that are attacks, and distinct values beyond the bound, which were not judged. */
  requests: number;
  attacks: number;
  notJudged: number;
  families: { [family: string]: number };
  clients: WebAttacker[];
}

export interface WebShell {
  file: string;
  family: string;
  why: string[];
  /** Key in the source. */
  key?: string;
  /** What its user types: the password of that key where it is a known default, or the parameter that the commands come in. */
  opensWith?: string;
  /** Path under which a program answers it, where the file is not called by its own name. */
  route?: string;
  /** Who used it, from the access logs. */
  clients: string[];
  uses: number;
  firstUse: number;
  proof: Proof;
}

export interface Account {
  name: string;
  uid: string;
  why: string[];
  time: number;
  proof: Proof;
}

export interface Persistence {
  kind:
    | 'cron'
    | 'authorized-key'
    | 'rc-local'
    | 'unit'
    | 'shell-profile'
    | 'preload'
    | 'pam'
    | 'web-config'
    | 'sudoers'
    | 'history'
    | 'service'
    | 'task'
    | 'run-key'
    | 'package-script'
    | 'hook'
    | 'python-path'
    | 'set-user-id'
    | 'kernel-module'
    | 'process'
    | 'page-script'
    | 'cloud-call'
    | 'cluster-call';
  why: string;
  proof: Proof;
  /** Many hosts have such a thing; only who runs this one can tell whether it belongs there. */
  unjudged?: true;
}

/** A program or library that is not what it was. */
export interface TamperedProgram {
  path: string;
  why: string;
  /** Hash found, and the one that a list names. */
  hash?: string;
  expected?: string;
  proof: Proof;
}

export interface IntrusionSheet {
  attackers: Attacker[];
  bruteForce: BruteForce[];
  /** What the attack rules say of the requests; absent when they were not asked. */
  webAttacks?: WebAttacks;
  webShells: WebShell[];
  accounts: Account[];
  persistence: Persistence[];
  tampered: TamperedProgram[];
  /** Outbound: addresses, names, mining pools and wallets that commands and scripts name. */
  indicators: {
    kind: 'address' | 'host' | 'url' | 'pool' | 'wallet' | 'tunnel' | 'flag';
    value: string;
    proof: Proof;
  }[];
  /** The earliest sign of a successful entry, if any. */
  entry?: { how: string; time: number; proof: Proof };
  timeline: { time: number; what: string; proof: Proof }[];
  /** Questions that this evidence cannot answer, with what would. */
  unanswered: { question: string; wouldShow: string }[];
}
