/** What findings and causes consist of, as expressions see them: misspelt members would be null and never be noticed. */
import { type Finding, OWNERS, PRIORITIES } from '../../finding.ts';
import type { Diagnosis } from '../../report/types.ts';
import type { Expression } from '../expression.ts';
import { didYouMean } from '../problem.ts';

const FINDING = {
  id: 1,
  fingerprint: 1,
  priority: 1,
  class: 1,
  leg: 1,
  side: 1,
  subject: 1,
  title: 1,
  detail: 1,
  evidence: 1,
  firstSeen: 1,
  lastSeen: 1,
  count: 1,
  affectedShare: 1,
  impact: 1,
  proof: 1,
  cause: 1,
  confidence: 1,
  against: 1,
  owner: 1,
  remedy: 1,
  verification: 1,
  references: 1,
  data: 1,
} satisfies { [member in keyof Required<Finding>]: 1 };

const DIAGNOSIS = {
  cause: 1,
  title: 1,
  titles: 1,
  class: 1,
  confidence: 1,
  priority: 1,
  priorityBecause: 1,
  owner: 1,
  leg: 1,
  scope: 1,
  onset: 1,
  ended: 1,
  deadline: 1,
  explains: 1,
  evidence: 1,
  against: 1,
  because: 1,
  consequences: 1,
  coincidences: 1,
  nextCheck: 1,
  remedy: 1,
  verify: 1,
  tell: 1,
  prevent: 1,
} satisfies { [member in keyof Required<Diagnosis>]: 1 };

const LISTS: { readonly [name: string]: { one: string; members: readonly string[] } } = {
  findings: { one: 'a finding', members: Object.keys(FINDING) },
  diagnosis: { one: 'a cause of the diagnosis', members: Object.keys(DIAGNOSIS) },
};

type Path = Extract<Expression, { kind: 'path' }>;

/** The list that a path looks into, with its members from there on; undefined when it looks elsewhere. */
function listOf({ root, members }: Path): { list: string; rest: Path['members'] } | undefined {
  if (Object.hasOwn(LISTS, root)) return { list: root, rest: members };
  const [first] = members;
  return root === 'state' && typeof first === 'string' && Object.hasOwn(LISTS, first)
    ? { list: first, rest: members.slice(1) }
    : undefined;
}

const nameOf = (member: Path['members'][number] | undefined): string | undefined =>
  typeof member === 'string'
    ? member
    : member?.kind === 'literal' && typeof member.value === 'string'
      ? member.value
      : undefined;

/** What is wrong with the members of `findings`, `diagnosis` and `state`; undefined when nothing is. */
export function memberProblem(path: Path): { message: string; suggestion: string } | undefined {
  if (path.root === 'state') {
    const first = nameOf(path.members[0]);
    if (first !== undefined && !Object.hasOwn(LISTS, first))
      return {
        message: `the state has no "${first}"`,
        suggestion: `did you mean "${didYouMean(first, Object.keys(LISTS)) ?? 'findings'}"? the state has findings and diagnosis`,
      };
  }
  const within = listOf(path);
  if (!within) return undefined;
  const { list, rest } = within;
  const { one, members } = LISTS[list]!;
  const direct = nameOf(rest[0]);
  if (direct !== undefined) {
    const instead = list === 'findings' ? "found('...')" : "cause('...')";
    return {
      message: `"${list}" is a list and has no "${direct}"`,
      suggestion: `name the item, ${list}[0].${didYouMean(direct, members) ?? direct}, or look at all of them with ${instead}`,
    };
  }
  const member = nameOf(rest[1]);
  if (member === undefined || members.includes(member)) return undefined;
  const near = didYouMean(member, members);
  return {
    message: `${one} has no "${member}"`,
    suggestion: near ? `did you mean "${near}"?` : `it has ${members.join(', ')}`,
  };
}

/** Values that a member of a finding or a cause can have, where they are few; `cause` for the catalogue. */
export function valuesOf(path: Path): { what: string; values: readonly string[] } | 'cause' | undefined {
  const within = listOf(path);
  if (within?.rest.length !== 2) return undefined;
  switch (nameOf(within.rest[1])) {
    case 'priority':
      return { what: 'priority', values: PRIORITIES };
    case 'owner':
      return { what: 'owner', values: OWNERS };
    case 'cause':
      return 'cause';
    default:
      return undefined;
  }
}
