/**
 * Certificate policies along a path (RFC 5280 6.1, with the policy graph of RFC 9618, which cannot grow beyond the
 * policies that the certificates list).
 */
import { parsedForm } from '../certificate.ts';
import { TAG } from '../der.ts';
import { EXT } from '../oids.ts';
import type { ParsedCertificate } from '../parsed.ts';
import type { Certificate } from '../types.ts';
import type { Breach } from './checks.ts';
import type { PolicyOptions } from './types.ts';

const ANY = '2.5.29.32.0';

interface Node {
  policy: string;
  expected: Set<string>;
  parents: Set<Node>;
}
/** The nodes of one depth, by their policy. */
type Level = Map<string, Node>;

const breach = (rule: string, says: string): Breach => ({ rule: `path/${rule}`, says });

/**
 * The rule about policies that the path breaks, with the place of the certificate in the chain.
 * @param chain leaf first, anchor last; the anchor's own policies do not count (RFC 5280 6.1.1)
 */
export function policyBreach(
  chain: readonly Certificate[],
  options: PolicyOptions = {},
): { index: number; breach: Breach } | undefined {
  const length = chain.length - 1;
  let explicit = options.requireExplicit ? 0 : length + 1;
  let inhibitAny = options.inhibitAny ? 0 : length + 1;
  let mapping = options.inhibitMapping ? 0 : length + 1;
  const levels: Level[] = [new Map([[ANY, { policy: ANY, expected: new Set([ANY]), parents: new Set() }]])];
  let graph = true;
  for (let i = 1; i <= length; i++) {
    const index = length - i;
    const certificate = chain[index]!;
    const form = parsedForm(certificate);
    const last = i === length;
    if (!form.policies) graph = false;
    if (graph) {
      const anyCounts = inhibitAny > 0 || (!last && certificate.selfIssued);
      levels.push(
        grow(
          levels[i - 1]!,
          form.policies!.map((p) => p.oid),
          anyCounts,
        ),
      );
      graph = prune(levels);
    }
    if (explicit === 0 && !graph)
      return {
        index,
        breach: breach('policy', 'is for no policy that the path allows, though a CA above asks for one'),
      };
    if (last) break;
    const pairs = mappingsOf(form);
    if (pairs === undefined || pairs.some(([a, b]) => a === ANY || b === ANY))
      return {
        index,
        breach: breach('policy-mapping', 'maps policies in a way that is not allowed (RFC 5280 4.2.1.5)'),
      };
    if (graph && pairs.length > 0) {
      map(levels, pairs, mapping > 0);
      graph = prune(levels);
    }
    if (!certificate.selfIssued) {
      explicit = Math.max(0, explicit - 1);
      mapping = Math.max(0, mapping - 1);
      inhibitAny = Math.max(0, inhibitAny - 1);
    }
    const { requireExplicit, inhibitMapping } = form.policyConstraints ?? {};
    explicit = Math.min(explicit, requireExplicit ?? explicit);
    mapping = Math.min(mapping, inhibitMapping ?? mapping);
    inhibitAny = Math.min(inhibitAny, skipCerts(form) ?? inhibitAny);
  }
  // RFC 5280 6.1.5 a, b.
  const leaf = parsedForm(chain[0]!);
  if (explicit > 0) explicit--;
  if (leaf.policyConstraints?.requireExplicit === 0) explicit = 0;
  if (explicit === 0 && !(graph && wanted(levels, options.initial)))
    return { index: 0, breach: breach('policy', 'is for no policy that was asked for') };
  return undefined;
}

/** RFC 5280 6.1.3 d: the level below, from the policies of the next certificate. */
function grow(above: Level, policies: string[], anyCounts: boolean): Level {
  const level: Level = new Map();
  const wantedBy = new Map<string, Node[]>();
  for (const node of above.values()) {
    for (const policy of node.expected) {
      const list = wantedBy.get(policy);
      if (list) list.push(node);
      else wantedBy.set(policy, [node]);
    }
  }
  const add = (policy: string, parents: Iterable<Node>): void => {
    level.set(policy, { policy, expected: new Set([policy]), parents: new Set(parents) });
  };
  const any = above.get(ANY);
  for (const policy of policies) {
    if (policy === ANY) continue;
    const parents = wantedBy.get(policy) ?? (any ? [any] : []);
    if (parents.length > 0) add(policy, parents);
  }
  if (anyCounts && policies.includes(ANY)) {
    for (const [policy, parents] of wantedBy) if (!level.has(policy)) add(policy, parents);
  }
  return level;
}

/** Takes out nodes without a child; false when nothing is left of the graph. */
function prune(levels: Level[]): boolean {
  for (let depth = levels.length - 1; depth > 0; depth--) {
    const used = new Set<Node>();
    for (const node of levels[depth]!.values()) for (const parent of node.parents) used.add(parent);
    const above = levels[depth - 1]!;
    for (const node of [...above.values()]) if (!used.has(node)) above.delete(node.policy);
  }
  return levels[levels.length - 1]!.size > 0;
}

/** RFC 5280 6.1.4 b. */
function map(levels: Level[], pairs: readonly (readonly [string, string])[], allowed: boolean): void {
  const level = levels[levels.length - 1]!;
  const any = level.get(ANY);
  const targets = new Map<string, Set<string>>();
  for (const [from, to] of pairs) {
    const set = targets.get(from);
    if (set) set.add(to);
    else targets.set(from, new Set([to]));
  }
  for (const [policy, expected] of targets) {
    const node = level.get(policy);
    if (!allowed) level.delete(policy);
    else if (node) node.expected = expected;
    else if (any) level.set(policy, { policy, expected, parents: new Set(any.parents) });
  }
}

/** Whether a policy of the path is among those that the caller asks for (RFC 5280 6.1.5 g). */
function wanted(levels: Level[], initial: readonly string[] | undefined): boolean {
  if (!initial || initial.includes(ANY)) return true;
  if (levels[levels.length - 1]!.has(ANY)) return true;
  // The policies of the caller's domain are those that hang on any-policy from the top down.
  const asked = new Set(initial);
  return levels.some((level, depth) =>
    depth === 0
      ? false
      : [...level.values()].some((n) => asked.has(n.policy) && [...n.parents].some((p) => p.policy === ANY)),
  );
}

/** Pairs of issuer and subject policy; undefined when the extension cannot be read. */
function mappingsOf(form: ParsedCertificate): (readonly [string, string])[] | undefined {
  const extension = form.byOid.get(EXT.policyMappings);
  if (!extension) return [];
  const { reader } = form;
  const list = reader.read(extension.content, extension.end);
  if (list?.id !== TAG.sequence) return undefined;
  const pairs = reader.children(list, 512).map((pair) => {
    const [from, to] = reader.children(pair, 3);
    return [reader.oid(from), reader.oid(to)] as const;
  });
  return pairs.length === 0 || pairs.some(([a, b]) => a === '' || b === '') ? undefined : pairs;
}

/** skipCerts of inhibitAnyPolicy (RFC 5280 4.2.1.14). */
function skipCerts(form: ParsedCertificate): number | undefined {
  const extension = form.byOid.get(EXT.inhibitAnyPolicy);
  const value = extension && form.reader.read(extension.content, extension.end);
  return value?.id === TAG.integer ? form.reader.smallInteger(value) : undefined;
}
