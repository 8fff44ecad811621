/** Path building and validation: an iterative search from the leaf to the anchors, under a budget of work. */
import { parsedForm } from '../certificate.ts';
import { ipOctets } from '../general-name.ts';
import { matchHostname } from '../hostname.ts';
import { judgeOcsp } from '../ocsp.ts';
import { SIGNATURES } from '../oids.ts';
import { isWildcardOnSuffix } from '../public-suffix.ts';
import { comparableNames } from '../relation.ts';
import { checkCertificateSignature, type SignatureCheck } from '../signature.ts';
import type { Certificate } from '../types.ts';
import { type Breach, dateBreach, generalBreach, issuerBreach, purposeBreach, usageBreach } from './checks.ts';
import { BudgetExhausted, ConstraintBudget, constraintViolation } from './name-constraints.ts';
import { policyBreach } from './policies.ts';
import { revocationState } from './revocation.ts';
import { strictAnchorBreach, strictIssuerBreach, strictLeafBreach } from './strict.ts';
import type { Budget, PathAttempt, PathFailure, PathName, PathOptions, PathResult } from './types.ts';

const DEFAULT_BUDGET: Budget = { signatures: 200, steps: 5_000, constraintComparisons: 250_000 };
const MAX_ATTEMPTS_KEPT = 64;

interface Candidate {
  certificate: Certificate;
  anchor: boolean;
}

/** Certificates by subject; made once for a list, because a scan asks for thousands of paths over the same one. */
interface Pool {
  length: number;
  ids: ReadonlySet<string>;
  bySubject: ReadonlyMap<string, readonly Candidate[]>;
}

const pools = {
  anchor: new WeakMap<readonly Certificate[], Pool>(),
  other: new WeakMap<readonly Certificate[], Pool>(),
};

function poolOf(certificates: readonly Certificate[], anchor: boolean): Pool {
  const memory = anchor ? pools.anchor : pools.other;
  const known = memory.get(certificates);
  if (known && known.length === certificates.length) return known;
  const ids = new Set<string>();
  const bySubject = new Map<string, Candidate[]>();
  for (const certificate of certificates) {
    if (ids.has(certificate.sha256)) continue;
    ids.add(certificate.sha256);
    const { subject } = comparableNames(certificate);
    const list = bySubject.get(subject);
    if (list) list.push({ certificate, anchor });
    else bySubject.set(subject, [{ certificate, anchor }]);
  }
  const pool = { length: certificates.length, ids, bySubject };
  memory.set(certificates, pool);
  return pool;
}

/** One level of the search: the chain ends here, and these issuers are still to be tried above it. */
interface Level {
  candidates: Candidate[];
  next: number;
  /** A true issuer was found, usable or not: the level is then no dead end. */
  tried: boolean;
}

/**
 * Looks for a path from `leaf` to one of the anchors that holds at `options.time`.
 * Iterative depth-first search; no certificate or (subject, key) pair stands twice in a path. Work is bounded by
 * `options.budget`; when the bound is met the result is not ok and `exhausted` says which bound it was.
 */
export function buildPath(leaf: Certificate, options: PathOptions): PathResult {
  return new Search(leaf, options).run();
}

class Search {
  private readonly leaf: Certificate;
  private readonly options: PathOptions;
  private readonly strict: boolean;
  private readonly budget: Budget;
  private readonly work: Budget = { signatures: 0, steps: 0, constraintComparisons: 0 };
  private readonly comparisons: ConstraintBudget;
  private readonly anchors: Pool;
  private readonly intermediates: Pool;
  private readonly signatures = new Map<string, SignatureCheck>();
  private readonly attempts: PathAttempt[] = [];
  private attemptsTotal = 0;
  private best: { rank: number; failure: PathFailure } | undefined;
  private readonly notes = new Set<string>();
  private exhausted: keyof Budget | undefined;

  constructor(leaf: Certificate, options: PathOptions) {
    this.leaf = leaf;
    this.options = options;
    this.strict = options.policy === 'strict';
    this.budget = { ...DEFAULT_BUDGET, ...options.budget };
    this.comparisons = new ConstraintBudget(this.budget.constraintComparisons);
    this.anchors = poolOf(options.anchors, true);
    this.intermediates = poolOf(options.intermediates, false);
  }

  run(): PathResult {
    const { leaf } = this;
    const leafBreach = this.leafBreach();
    if (leafBreach) {
      this.fail([leaf], false, 0, leafBreach);
      return this.result(undefined);
    }
    if (this.anchors.ids.has(leaf.sha256)) {
      // The leaf itself is trusted, as with a pinned self-signed certificate.
      if (!this.strict) return this.accept([leaf]) ? this.result([leaf]) : this.result(undefined);
    }
    const chain: Certificate[] = [leaf];
    const levels: Level[] = [{ candidates: this.issuersOf(leaf), next: 0, tried: false }];
    while (levels.length > 0 && !this.exhausted) {
      const level = levels[levels.length - 1]!;
      const candidate = level.candidates[level.next++];
      if (!candidate) {
        if (!level.tried) this.fail([...chain], false, chain.length - 1, this.deadEnd(chain));
        levels.pop();
        chain.pop();
        continue;
      }
      if (++this.work.steps > this.budget.steps) {
        this.exhausted = 'steps';
        break;
      }
      if (this.repeats(chain, candidate.certificate)) continue;
      const longer = [...chain, candidate.certificate];
      const broken = this.stepBreach(longer, candidate.anchor);
      if (broken) {
        level.tried ||= broken.breach.rule !== 'path/signature';
        this.fail(longer, candidate.anchor, broken.index, broken.breach);
        continue;
      }
      level.tried = true;
      if (candidate.anchor) {
        if (this.accept(longer)) return this.result(longer);
        continue;
      }
      chain.push(candidate.certificate);
      levels.push({ candidates: this.issuersOf(candidate.certificate), next: 0, tried: false });
    }
    return this.result(undefined);
  }

  /** Possible issuers by name: anchors first, then fitting key identifiers, then those valid at the time. */
  private issuersOf(certificate: Certificate): Candidate[] {
    const { issuer: name } = comparableNames(certificate);
    const others = this.intermediates.bySubject.get(name) ?? [];
    const found = [
      ...(this.anchors.bySubject.get(name) ?? []),
      ...others.filter((c) => !this.anchors.ids.has(c.certificate.sha256)),
    ];
    if (found.length < 2) return found;
    const { time } = this.options;
    const score = ({ certificate: issuer, anchor }: Candidate): number => {
      const known = certificate.authorityKeyId !== undefined && issuer.subjectKeyId !== undefined;
      const fits = known ? (certificate.authorityKeyId === issuer.subjectKeyId ? 4 : -4) : 0;
      return fits + (anchor ? 2 : 0) + (issuer.notBefore <= time && time <= issuer.notAfter ? 1 : 0);
    };
    return found
      .map((c) => ({ c, s: score(c) }))
      .sort((a, b) => b.s - a.s)
      .map(({ c }) => c);
  }

  private repeats(chain: Certificate[], certificate: Certificate): boolean {
    return chain.some(
      (c) =>
        c.sha256 === certificate.sha256 ||
        (c.spkiSha256 === certificate.spkiSha256 && c.subject.der === certificate.subject.der),
    );
  }

  private leafBreach(): Breach | undefined {
    const { leaf, options } = this;
    return (
      generalBreach(leaf) ??
      dateBreach(leaf, options.time) ??
      purposeBreach(leaf, options, true) ??
      usageBreach(leaf, options) ??
      this.nameBreach() ??
      (this.strict ? strictLeafBreach(leaf, options) : undefined)
    );
  }

  private nameBreach(): Breach | undefined {
    const { name } = this.options;
    if (name === undefined) return undefined;
    const typed: PathName = typeof name === 'string' ? { kind: ipOctets(name) ? 'ip' : 'dns', value: name } : name;
    if (typed.kind === 'email') {
      const wanted = typed.value.toLowerCase();
      const ok = this.leaf.names.some((n) => n.kind === 'email' && n.value.toLowerCase() === wanted);
      return ok ? undefined : { rule: 'path/name', says: `does not name the mail address ${typed.value}` };
    }
    const match = matchHostname(this.leaf, typed.value);
    if (!match.ok) return { rule: 'path/name', says: match.because };
    if (this.strict && match.by !== undefined && isWildcardOnSuffix(match.by))
      return { rule: 'path/name', says: `${match.by} stands for names of many owners (BR 3.2.2.6)` };
    return undefined;
  }

  /** Everything that can be judged when an issuer is put on top of a partial path. */
  private stepBreach(chain: Certificate[], anchor: boolean): { index: number; breach: Breach } | undefined {
    const index = chain.length - 1;
    const issuer = chain[index]!;
    const child = chain[index - 1]!;
    const cas = chain.slice(1, index).filter((c) => !c.selfIssued).length;
    const at = (breach: Breach | undefined, place = index) => (breach ? { index: place, breach } : undefined);
    const maxDepth = this.options.maxDepth ?? 32;
    const between = anchor ? cas : cas + (issuer.selfIssued ? 0 : 1);
    if (between > maxDepth || chain.length > 64)
      return at({ rule: 'path/too-long', says: `the path would hold more than ${maxDepth} CA certificates` });
    // The signature comes first: a stranger that only bears the issuer's name must not be blamed for anything else.
    const broken =
      at(this.signatureBreach(child, issuer), index - 1) ??
      at(generalBreach(issuer)) ??
      at(dateBreach(issuer, this.options.time)) ??
      at(issuerBreach(issuer, cas, anchor)) ??
      at(anchor && !this.strict ? undefined : purposeBreach(issuer, this.options, false)) ??
      at(this.strict ? (anchor ? strictAnchorBreach(issuer) : strictIssuerBreach(issuer, this.options)) : undefined);
    return broken ?? this.constraintBreach(chain);
  }

  private signatureBreach(child: Certificate, issuer: Certificate): Breach | undefined {
    const pair = `${child.sha256}${issuer.spkiSha256}`;
    let check = this.signatures.get(pair);
    if (!check) {
      if (++this.work.signatures > this.budget.signatures) {
        this.exhausted = 'signatures';
        return { rule: 'path/budget', says: 'too many signatures would have to be checked' };
      }
      check = checkCertificateSignature(child, issuer);
      this.signatures.set(pair, check);
    }
    if (check.result === 'ok') return weakSignature(child) ?? this.unwantedSignature(child);
    return {
      rule:
        check.result === 'bad'
          ? 'path/signature'
          : check.keyDamaged
            ? 'path/key-damaged'
            : 'path/signature-unsupported',
      says: `signature by ${issuer.subject.text}: ${check.because}`,
    };
  }

  private unwantedSignature(certificate: Certificate): Breach | undefined {
    const { signatureAlgorithms } = this.options;
    if (!signatureAlgorithms || signatureAlgorithms(certificate.signatureAlgorithm)) return undefined;
    return {
      rule: 'path/signature-algorithm',
      says: `is signed with ${certificate.signatureAlgorithm}, which is not among the allowed algorithms`,
    };
  }

  /** Constraints of the top certificate on all below it; self-issued intermediates are exempt (RFC 5280 6.1.3 b, c). */
  private constraintBreach(chain: Certificate[]): { index: number; breach: Breach } | undefined {
    const index = chain.length - 1;
    const constraints = parsedForm(chain[index]!).nameConstraints;
    if (!constraints) return undefined;
    try {
      for (let i = index - 1; i >= 0; i--) {
        if (i > 0 && chain[i]!.selfIssued) continue;
        const violation = constraintViolation(constraints, parsedForm(chain[i]!), this.comparisons, this.strict);
        if (violation)
          return {
            index,
            breach: {
              rule: 'path/name-constraints',
              says: `${violation}, which certificate ${i} (${chain[i]!.subject.text}) carries`,
            },
          };
      }
    } catch (error) {
      if (!(error instanceof BudgetExhausted)) throw error;
      this.exhausted = 'constraintComparisons';
      return {
        index,
        breach: { rule: 'path/budget', says: 'too many names and constraints would have to be compared' },
      };
    }
    return undefined;
  }

  /** A complete path: revocation is judged last, from the anchor down. */
  private accept(chain: Certificate[]): boolean {
    const { crls = [], ocsp = [], requireRevocation } = this.options;
    const policy = policyBreach(chain, this.options.policies);
    if (policy) {
      this.fail(chain, true, policy.index, policy.breach);
      return false;
    }
    if (crls.length || ocsp.length || requireRevocation) {
      for (let i = chain.length - 2; i >= 0; i--) {
        const answer = this.revocation(chain[i]!, chain[i + 1]!);
        if (answer.state === 'good') continue;
        if (answer.state === 'revoked' || requireRevocation) {
          const rule = answer.state === 'revoked' ? 'path/revoked' : 'path/revocation-unknown';
          this.fail(chain, true, i, { rule, says: answer.says });
          return false;
        }
        this.notes.add(`${chain[i]!.subject.text}: ${answer.says}`);
      }
    }
    this.keep({ chain, complete: true, ok: true });
    return true;
  }

  /** By lists first; a response decides when they say nothing, and revokes in any case. */
  private revocation(
    certificate: Certificate,
    issuer: Certificate,
  ): { state: 'good' | 'revoked' | 'unknown'; says: string } {
    const { crls = [], ocsp = [], time } = this.options;
    const byList = revocationState(certificate, issuer, crls, time, this.strict);
    if (byList.state === 'revoked') return byList;
    for (const response of ocsp) {
      const answer = judgeOcsp(response, certificate, issuer, time);
      if (answer.state === 'revoked' || (answer.state === 'good' && byList.state === 'unknown')) return answer;
    }
    return byList;
  }

  private deadEnd(chain: Certificate[]): Breach {
    const top = chain[chain.length - 1]!;
    if (comparableNames(top).subject === comparableNames(top).issuer) {
      return { rule: 'path/untrusted-root', says: 'is self-signed and not among the trusted certificates' };
    }
    return { rule: 'path/no-issuer', says: `the certificate of its issuer ${top.issuer.text} is not at hand` };
  }

  private fail(chain: Certificate[], complete: boolean, index: number, breach: Breach): void {
    const culprit = chain[index]!;
    const failure: PathFailure = {
      rule: breach.rule,
      subject: culprit.subject.text,
      sha256: culprit.sha256,
      index,
      says: breach.says,
    };
    this.keep({ chain, complete, ok: false, failure });
    const rank = failureRank(chain, breach.rule);
    if (!this.best || rank > this.best.rank) this.best = { rank, failure };
  }

  private keep(attempt: PathAttempt): void {
    this.attemptsTotal++;
    if (this.attempts.length < MAX_ATTEMPTS_KEPT || attempt.ok) this.attempts.push(attempt);
  }

  private result(chain: Certificate[] | undefined): PathResult {
    this.work.constraintComparisons = this.budget.constraintComparisons - Math.max(0, this.comparisons.left);
    return {
      ok: chain !== undefined,
      ...(chain ? { chain } : this.best ? { failure: this.best.failure } : {}),
      attempts: this.attempts,
      attemptsTotal: this.attemptsTotal,
      notes: [...this.notes],
      ...(this.exhausted && !chain ? { exhausted: this.exhausted } : {}),
      work: this.work,
    };
  }
}

/**
 * Which failure explains most: a rule broken on a path whose signatures hold, then a signature that should have
 * fitted, then the end of the known certificates, then a stranger of the issuer's name with another key.
 */
function failureRank(chain: Certificate[], rule: string): number {
  const depth = chain.length;
  if (rule === 'path/no-issuer' || rule === 'path/untrusted-root') return 200 + depth;
  if (rule !== 'path/signature') return 600 + depth;
  const issuer = chain[depth - 1]!;
  const child = chain[depth - 2]!;
  const stranger =
    child.authorityKeyId !== undefined &&
    issuer.subjectKeyId !== undefined &&
    child.authorityKeyId !== issuer.subjectKeyId;
  return (stranger ? 0 : 400) + depth;
}

/** MD5 and SHA-1 signatures below the anchor: refused by current libraries (OpenSSL 3 level 1, Go, Java, browsers). */
function weakSignature(certificate: Certificate): Breach | undefined {
  const hash = SIGNATURES[parsedForm(certificate).outerAlgorithm.oid]?.hash;
  if (hash !== 'md5' && hash !== 'sha1') return undefined;
  return {
    rule: 'path/weak-signature',
    says: `is signed with ${certificate.signatureAlgorithm}, which current TLS libraries refuse`,
  };
}
