/** From verdicts to the report model: findings, the causes they prove, and what could not be checked. */
import { createHash } from 'node:crypto';
import type { EvidenceItem } from '../../evidence/types.ts';
import type { EvidenceRef, Finding, Json, NotChecked, Priority } from '../../finding.ts';
import { isInstant, isoTime } from '../../instant.ts';
import { loadKnowledge } from '../../knowledge/load.ts';
import type { Cause } from '../../knowledge/types.ts';
import { REASONS } from '../../messages/reasons.ts';
import type { Verdict } from '../../messages/verdict.ts';
import type { MessageVerdict } from '../../messages/verify.ts';
import type { Diagnosis, Report } from '../../report/types.ts';
import { VERSION } from '../version.ts';

export interface ReportInput {
  clock: number;
  clockSource: string;
  inputs: string[];
  verdicts: MessageVerdict[];
  evidence: EvidenceItem[];
  notChecked: NotChecked[];
  verbose: boolean;
}

const RANK: Readonly<Record<Priority, number>> = { urgent: 3, important: 2, routine: 1 };
const PROVEN = 0.97;
/** Below a claim: a cause that is possible, not proven. */
const POSSIBLE = 0.4;
const iso = (time: number): string | undefined => (isInstant(time) ? isoTime(time) : undefined);

interface Judged {
  message: MessageVerdict;
  verdict: Verdict;
}

/** Builds the report; `incomplete` when a named message could not be read or judged. */
export function buildReport(input: ReportInput): { report: Report; incomplete: boolean } {
  const { causeById } = loadKnowledge();
  const all: Judged[] = input.verdicts.flatMap((message) => message.verdicts.map((verdict) => ({ message, verdict })));
  const failed = all.filter((j) => j.verdict.result === 'invalid');
  const open = all.filter((j) => j.verdict.result === 'not-checked');
  const findings = [
    ...group(failed).map((g) => invalidFinding(g, causeById, input.verbose)),
    ...group(all.filter((j) => j.verdict.weaknesses.length > 0)).map(weakFinding),
  ].sort((a, b) => RANK[b.priority] - RANK[a.priority] || (a.fingerprint < b.fingerprint ? -1 : 1));
  const notChecked = [...input.notChecked, ...open.map(unchecked), ...input.verdicts.flatMap(unrecognised)];
  const diagnosis = diagnose(findings, causeById);
  const worst = findings.find((f) => f.id !== WEAK);
  const clock = new Date(input.clock).toISOString();
  const counts = {
    messages: input.verdicts.length,
    signatures: all.length,
    valid: all.length - failed.length - open.length,
    invalid: failed.length,
    notChecked: notChecked.length,
  };
  const unjudged = counts.valid + counts.invalid === 0;
  const incomplete = notChecked.length > 0 || input.verdicts.length === 0;
  const report: Report = {
    schemaVersion: 1,
    tool: { name: 'paymedic', version: VERSION },
    generated: clock,
    incident: { clock, clockSource: input.clockSource, legs: [], inputs: input.inputs },
    summary: {
      verdict: sentence(counts, worst, incomplete),
      priority: worst?.priority ?? 'none',
      ...(unjudged ? { judged: false } : {}),
      because: worst
        ? (worst.data?.reason as string)
        : unjudged
          ? 'no signature could be checked'
          : incomplete
            ? 'nothing was found wrong, but not everything could be checked'
            : 'every signature that was checked is valid',
      ...(worst ? { owner: worst.owner } : {}),
      nextStep: worst?.remedy ?? notChecked[0]?.wouldShow ?? 'nothing',
      counts,
    },
    diagnosis,
    findings,
    timeline: [],
    notChecked,
    evidence: input.verbose ? withNotes(input) : input.evidence,
    clocks: [],
    series: [],
    messages: input.verdicts.map((m) => messageJson(m)),
  };
  return { report, incomplete };
}

function sentence(
  counts: { messages: number; signatures: number; valid: number },
  worst: Finding | undefined,
  incomplete: boolean,
): string {
  const what = `${counts.messages} message${counts.messages === 1 ? '' : 's'}`;
  const share = `${counts.valid} of ${counts.signatures} signatures in ${what} ${counts.signatures === 1 ? 'is' : 'are'} valid`;
  if (worst) return `${worst.title}${worst.confidence === PROVEN ? '' : ' (not proven)'}; ${share}.`;
  if (counts.signatures === 0) return `${what} read, and nothing in it could be verified.`;
  return `${share}${incomplete ? '; the rest could not be checked' : ''}.`;
}

/** Verdicts of one reason and cause in one file make one finding. */
function group(list: Judged[]): Judged[][] {
  const groups = new Map<string, Judged[]>();
  for (const j of list) {
    const key = [j.message.file, j.message.scheme?.id, j.verdict.label, j.verdict.reason, j.verdict.cause].join('\n');
    const known = groups.get(key);
    if (known) known.push(j);
    else groups.set(key, [j]);
  }
  return [...groups.values()];
}

const reference = ({ message, verdict }: Judged): EvidenceRef => {
  const time = iso(verdict.time ?? message.time);
  return {
    file: message.file,
    ...(message.line === undefined ? {} : { line: message.line }),
    text: [verdict.says, ...verdict.proof, ...differenceOf(verdict)].join('; '),
    ...(time ? { time } : {}),
  };
};

function invalidFinding(list: Judged[], causes: ReadonlyMap<string, Cause>, verbose: boolean): Finding {
  const { message, verdict } = list[0]!;
  const reason = verdict.reason ?? 'content-changed';
  const slug = verdict.cause ?? verdict.possible[0];
  const cause = slug === undefined ? undefined : causes.get(slug);
  const times = list.map((j) => j.verdict.time ?? j.message.time).filter(Number.isFinite);
  const id = `messages/${reason}`;
  return {
    id,
    fingerprint: print(id, `${message.file}\n${message.scheme?.id}\n${verdict.label}`),
    // A line end that an editor left behind the message is no fault of the channel.
    priority: verdict.storageArtefact ? 'routine' : (cause?.priority ?? 'important'),
    class: cause?.class ?? 'configuration',
    side: verdict.direction === 'request' ? 'client' : 'server',
    subject: { kind: 'message', id: message.file, label: message.scheme?.title ?? message.form },
    title: `${message.scheme?.title ?? 'Message'}: ${titleOf(verdict)}`,
    detail: detail(verdict, verbose),
    evidence: list.slice(0, 40).map(reference),
    ...(times.length ? { firstSeen: iso(Math.min(...times))!, lastSeen: iso(Math.max(...times))! } : {}),
    count: list.length,
    impact: {},
    proof: verdict.cause ? 'structural' : 'circumstantial',
    ...(slug === undefined ? {} : { cause: slug, confidence: verdict.cause ? PROVEN : POSSIBLE }),
    ...(verdict.possible.length > 1
      ? { against: [`not proven: ${verdict.possible.join(' or ')} would look the same`] }
      : {}),
    owner: cause?.owner ?? 'app',
    remedy: verdict.remedy ?? REASONS[reason].remedy,
    verification: {
      command: `paymedic message verify ${quoteArgument(message.file)} --scheme ${message.scheme?.id ?? 'ID'} ...`,
      expect: 'exit code 0',
    },
    references: [],
    data: { reason: verdict.says, ...(verdict.difference ? { differenceOffset: verdict.difference.offset } : {}) },
  };
}

/** What is wrong in a few words; where nothing is proven, nothing is said about the key. */
function titleOf({ cause, reason = 'content-changed' }: Verdict): string {
  const open = cause === undefined && (reason === 'content-changed' || reason === 'wrong-key');
  return open ? 'the signature does not hold: another key, or other content' : REASONS[reason].title;
}

const quoteArgument = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

const differenceOf = ({ difference: d }: Verdict): string[] =>
  d ? [`first difference at byte ${d.offset} of the string to sign: signed ${d.signed}, stored ${d.found}`] : [];

function detail(v: Verdict, verbose: boolean): string {
  const lines = [
    v.says,
    ...v.proof,
    ...differenceOf(v),
    v.cause
      ? ''
      : `not proven; ${v.wouldProve ? `it would be shown by ${v.wouldProve}` : 'the message alone cannot tell'}`,
    ...(verbose ? v.steps.map((s) => `${s.step} ${s.outcome}: ${s.says}`) : []),
  ];
  return `${lines.filter(Boolean).join('; ')}.`;
}

const WEAK = 'messages/weak-algorithm';

function weakFinding(list: Judged[]): Finding {
  const { message, verdict } = list[0]!;
  const says = [...new Set(list.flatMap((j) => j.verdict.weaknesses))];
  return {
    id: WEAK,
    fingerprint: print(WEAK, `${message.file}\n${message.scheme?.id}\n${verdict.label}`),
    priority: 'routine',
    class: 'configuration',
    side: 'unknown',
    subject: { kind: 'message', id: message.file, label: message.scheme?.title ?? message.form },
    title: `${message.scheme?.title ?? 'Message'}: signed with a weak algorithm or key`,
    detail: `${verdict.label}: ${says.join('; ')}.`,
    evidence: list.slice(0, 5).map((j) => ({ ...reference(j), text: says.join('; ') })),
    count: list.length,
    impact: {},
    proof: 'structural',
    owner: 'app',
    remedy: 'Move to SHA-256 and RSA 2048 or stronger on both sides.',
    verification: { command: 'paymedic message verify ... ', expect: 'no weak algorithm is named' },
    references: ['NIST SP 800-131A'],
    data: { reason: says.join('; ') },
  };
}

const MAXIMUM_NOTES = 100;

/** The manifest, with what became of every message of a file, step by step. */
function withNotes({ evidence, verdicts }: ReportInput): EvidenceItem[] {
  const note = (m: MessageVerdict, v: Verdict): string => {
    const steps = v.steps.map((s) => `${s.step} ${s.outcome} (${s.says})`).join(', ');
    return `${m.line ? `line ${m.line}, ` : ''}${m.scheme?.title}: ${v.result}, ${v.says}${steps ? `; ${steps}` : ''}`;
  };
  return evidence.map((item) => {
    const notes = verdicts.filter((m) => m.file === item.path).flatMap((m) => m.verdicts.map((v) => note(m, v)));
    return notes.length > 0 ? { ...item, notes: notes.slice(0, MAXIMUM_NOTES) } : item;
  });
}

const unchecked = ({ message, verdict }: Judged): NotChecked => ({
  what: `${message.file}${message.line ? `:${message.line}` : ''}, ${message.scheme?.title ?? message.form}`,
  why: verdict.says,
  wouldShow: verdict.wouldProve ?? 'the key of the signer',
});

function unrecognised(m: MessageVerdict): NotChecked[] {
  if (m.verdicts.length > 0) return [];
  return [
    {
      what: `${m.file}${m.line ? `:${m.line}` : ''} (${m.form})`,
      why: m.scheme
        ? `it carries no signature of ${m.scheme.title}`
        : 'no scheme of signed messages was recognised in it',
      wouldShow: 'the whole message with its headers, or --scheme for the scheme it follows',
    },
  ];
}

/** The causes behind the findings, proven ones first. */
function diagnose(findings: Finding[], causes: ReadonlyMap<string, Cause>): Diagnosis[] {
  const by = new Map<string, Finding[]>();
  for (const f of findings) if (f.cause && f.priority !== 'routine') by.set(f.cause, [...(by.get(f.cause) ?? []), f]);
  return [...by.entries()]
    .flatMap(([slug, list]): Diagnosis[] => {
      const cause = causes.get(slug);
      if (!cause) return [];
      const confidence = Math.max(...list.map((f) => f.confidence ?? 0));
      const best = list.find((f) => f.confidence === confidence) ?? list[0]!;
      const onset = list.flatMap((f) => (f.firstSeen ? [f.firstSeen] : [])).sort()[0];
      return [
        {
          cause: slug,
          title: cause.title.en,
          titles: cause.title,
          class: cause.class,
          confidence,
          priority: best.priority,
          priorityBecause: 'the usual scope of this cause; single messages do not show how many are hit',
          owner: cause.owner,
          ...(onset ? { onset } : {}),
          explains: list.map((f) => f.fingerprint),
          evidence: list.flatMap((f) => f.evidence).slice(0, 40),
          against: list.flatMap((f) => f.against ?? []).slice(0, 5),
          because: list.map((f) => f.data?.reason as string).slice(0, 10),
          consequences: [],
          coincidences: [],
          nextCheck: best.confidence === PROVEN ? '' : (cause.rivals[0]?.separate ?? ''),
          remedy: [best.remedy, ...cause.remedy.flatMap((r) => r.steps)].slice(0, 8),
          verify: cause.verify,
          tell: cause.tell.map((t) => ({ owner: t.owner, what: t.what })),
        },
      ];
    })
    .sort((a, b) => b.confidence - a.confidence || RANK[b.priority] - RANK[a.priority]);
}

function messageJson(m: MessageVerdict): Json {
  return {
    file: m.file,
    ...(m.line === undefined ? {} : { line: m.line }),
    form: m.form,
    ...(m.scheme ? { scheme: m.scheme.id } : {}),
    ...(iso(m.time) ? { time: iso(m.time)! } : {}),
    signatures: m.verdicts.map((v): Json => ({ ...(JSON.parse(JSON.stringify(v)) as { [k: string]: Json }) })),
  };
}

const print = (id: string, subject: string): string =>
  createHash('sha256').update(`${id}\nmessage\n${subject}`).digest('hex').slice(0, 32);
