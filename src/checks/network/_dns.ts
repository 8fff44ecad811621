/** Whether somebody still connects to an address that a name no longer has. */

import type { DnsFact } from '../../evidence/small-facts.ts';
import type { EvidenceRef } from '../../finding.ts';
import { stripPort } from '../../graph/endpoints.ts';
import type { CheckContext } from '../types.ts';

export interface MovedAddress {
  name: string;
  old: string;
  current: string;
  says: string;
  evidence: EvidenceRef[];
}

/** Answers for one name that disagree, one of which is the address that fails. */
export function movedAddress(context: CheckContext, failing: string[]): MovedAddress | undefined {
  const addresses = new Set(failing.map((f) => stripPort(f)));
  const byName = new Map<string, DnsFact[]>();
  for (const d of context.observations.facts.dns) {
    if (d.type !== 'A' && d.type !== 'AAAA') continue;
    const name = d.name.replace(/\.$/, '').toLowerCase();
    byName.set(name, [...(byName.get(name) ?? []), d]);
  }
  for (const [name, facts] of byName) {
    const values = new Set(facts.map((f) => f.value));
    if (values.size < 2) continue;
    const stale =
      facts.find((f) => addresses.has(f.value)) ??
      (failing.some((f) => stripPort(f).toLowerCase() === name) ? facts[0] : undefined);
    const fresh = facts.find((f) => f.value !== stale?.value);
    if (!stale || !fresh) continue;
    // Round-robin sets come in one answer; a move shows in different answers of different resolvers.
    if (stale.file === fresh.file && Math.abs(stale.line - fresh.line) === 1 && stale.resolver === fresh.resolver)
      continue;
    return {
      name,
      old: stale.value,
      current: fresh.value,
      says: `${name} is still resolved to ${stale.value} here while another answer says ${fresh.value}`,
      evidence: [stale, fresh].map((f) => ({ file: f.file, line: f.line, text: f.text })),
    };
  }
  return announcedMove(context, addresses);
}

const MOVES =
  /\b(move[sd]?|moving|new address|new IP|migrat|relocat|replaced by|switched off|zieht|neue Adresse)|迁移|新地址|变更/i;
const ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}\b/g;

/** The operator wrote that the failing address gives way to another one. */
function announcedMove(context: CheckContext, failing: ReadonlySet<string>): MovedAddress | undefined {
  const { endpoints, notices, changes } = context.graph;
  const known = new Set([...failing].flatMap((f) => [f, ...(endpoints.addressesOf.get(f.toLowerCase()) ?? [])]));
  for (const n of [...notices, ...changes]) {
    if (!MOVES.test(n.text)) continue;
    const text = n.text.toLowerCase();
    const named = [...new Set(text.match(ADDRESS) ?? [])];
    const old = named.find((a) => known.has(a));
    const current = named.find((a) => !known.has(a));
    const name = [...failing].find((f) => /[a-z]/i.test(f) && text.includes(f.toLowerCase()));
    if (!old || !current || !name) continue;
    return {
      name,
      old,
      current,
      says: `${name} was announced to move from ${old} to ${current}, and connections still go to the former address`,
      evidence: [{ file: n.file, line: n.line, text: n.text.slice(0, 200) }],
    };
  }
  return undefined;
}
