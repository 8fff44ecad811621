/** From violations, attacks and drift to findings, the currency of every report. */
import type { EvidenceRef, Finding, Json, Priority } from '../finding.ts';
import type { Attack } from './attacks.ts';
import { fixLines } from './fix.ts';
import type { EndpointFacts, Policy, Violation } from './policy/types.ts';

export interface Anchor {
  evidence: EvidenceRef;
  software?: string;
  version?: string;
}

const MOST_ITEMS = 40;

/** One finding per rule and protocol; the suites that break it are its items, so that a baseline sees a new one among them. */
export function findingOfViolation(
  policy: Policy,
  violation: Violation,
  facts: EndpointFacts,
  anchor: Anchor,
): Finding {
  const { rule, protocol, items } = violation;
  const fix = rule.remedy ?? fixLines(policy, anchor.software ?? '', anchor.version).join('  ');
  const suffix = protocol === undefined ? '' : `:${protocol}`;
  return {
    id: `ciphers/${rule.id}`,
    fingerprint: `ciphers/${policy.id}/${rule.id}:${facts.target}${suffix}`,
    priority: violation.priority,
    class: 'configuration',
    side: 'server',
    subject: { kind: facts.live ? 'service' : 'configuration', id: facts.target },
    title: `${facts.target}: ${violation.says}`,
    detail: `${capital(rule.title)} (${policy.title}). ${items.slice(0, MOST_ITEMS).join(', ')}${items.length > MOST_ITEMS ? ` and ${items.length - MOST_ITEMS} more` : ''}`,
    evidence: [anchor.evidence],
    count: items.length,
    impact: {},
    proof: 'structural',
    owner: 'ops',
    remedy: fix,
    verification: verification(facts, policy.id),
    references: [...rule.refs, policy.source.url],
    data: {
      policy: policy.id,
      rule: rule.id,
      items: items.slice(0, 400),
      ...(protocol === undefined ? {} : { protocol }),
      ...(rule.tag === 'pci-a2' ? { pciA2: true } : {}),
    },
  };
}

/** A finding for an attack that the live endpoint is open to. */
export function findingOfAttack(attack: Attack, facts: EndpointFacts, anchor: Anchor, policyId: string): Finding {
  return {
    id: `ciphers/${attack.id}`,
    fingerprint: `ciphers/${attack.id}:${facts.target}`,
    priority: attack.priority,
    class: 'configuration',
    side: 'server',
    subject: { kind: 'service', id: facts.target },
    title: `${facts.target}: ${attack.title}`,
    detail: `${attack.because} Seen: ${attack.items.slice(0, 12).join(', ')}${attack.items.length > 12 ? ` and ${attack.items.length - 12} more` : ''}`,
    evidence: [anchor.evidence],
    count: attack.items.length,
    impact: attack.exposure === undefined ? {} : { exposure: attack.exposure },
    proof: 'structural',
    owner: 'ops',
    remedy: attack.remedy,
    verification: verification(facts, policyId),
    references: attack.references,
    data: { items: attack.items.slice(0, 400) },
  };
}

/** A free finding about a configuration: drift, malformed parts, differences to the live server. */
export function configurationFinding(input: {
  id: string;
  subject: string;
  priority: Priority;
  title: string;
  detail: string;
  evidence: EvidenceRef[];
  remedy: string;
  verify: { command: string; expect: string };
  references?: string[];
  data?: { [key: string]: Json };
}): Finding {
  return {
    id: input.id,
    fingerprint: `${input.id}:${input.subject}`,
    priority: input.priority,
    class: 'configuration',
    subject: { kind: 'configuration', id: input.subject },
    title: input.title,
    detail: input.detail,
    evidence: input.evidence,
    count: 1,
    impact: {},
    proof: 'structural',
    owner: 'ops',
    remedy: input.remedy,
    verification: input.verify,
    references: input.references ?? [],
    ...(input.data ? { data: input.data } : {}),
  };
}

function verification(facts: EndpointFacts, policyId: string): { command: string; expect: string } {
  return {
    command: `paymedic ciphers ${facts.live ? facts.target : facts.target.replace(/:\d+(?: .*)?$/, '')} --policy ${policyId}`,
    expect: 'the finding is gone',
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
