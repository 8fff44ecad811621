import type { EvidenceRef } from '../../finding.ts';
import { counted } from '../../wording.ts';
import { iso, some } from '../support.ts';
import { type Check, type CheckContext, defineCheck, type Hit } from '../types.ts';
import { hostOfUrl, requestReference } from './_requests.ts';

const check: Check = defineCheck({
  meta: {
    id: 'attacks/phishing-clone',
    title: 'Look-alike site',
    description:
      'Assets of our site are loaded from pages of a host whose name imitates ours, or a certificate log or customers name such a host.',
    class: 'attack',
    basePriority: 'urgent',
    owner: 'sec',
    proof: 'observed',
    needs: [],
    remedy: 'Report the host to its registrar, hosting provider and the browsers; warn customers; refuse its Referer.',
    verification: { command: 'curl -sI https://$LOOKALIKE/', expect: 'no answer' },
    references: ['RFC 9110 section 10.1.3'],
  },
  *run(context): Iterable<Hit> {
    const own = ownHosts(context);
    if (own.size === 0) return;
    const r = context.observations.logs.requests;
    const suspects = new Map<number, string>();
    for (let i = 1; i < r.strings.length; i++) {
      const host = hostOfUrl(r.strings[i]!);
      if (host && imitates(host, own)) suspects.set(i, host);
    }
    const found = new Map<string, { rows: number[]; clients: Set<number> }>();
    for (let i = 0; i < r.length; i++) {
      const host = suspects.get(r.referer[i]!);
      if (!host) continue;
      const f = found.get(host) ?? found.set(host, { rows: [], clients: new Set() }).get(host)!;
      f.rows.push(i);
      f.clients.add(r.client[i]!);
    }
    const named = new Set([...found.keys()].filter((host) => mentions(context, host).length > 0));
    for (const [host, f] of found) {
      // One picture of ours on another's page may be a price comparison or a mirror: a clone takes styles and scripts too.
      const onePicture = new Set(f.rows.map((i) => r.path[i]!)).size === 1;
      if (onePicture && named.size > 0 && !named.has(host)) continue;
      f.rows.sort((a, b) => r.time[a]! - r.time[b]!);
      const told = mentions(context, host);
      if (f.rows.length < 3 && told.length === 0) continue;
      const onset = r.time[f.rows[0]!]!;
      const last = r.time[f.rows.at(-1)!]!;
      yield {
        cause: 'phishing-clone',
        confidence: told.length ? 0.95 : onePicture ? 0.45 : f.clients.size >= 5 ? 0.9 : 0.7,
        proof: told.length ? 'structural' : 'observed',
        subject: { kind: 'host', id: host },
        title: `${host} imitates our site and loads our files`,
        detail: `${counted(f.rows.length, 'request')} from ${counted(f.clients.size, 'visitor')} came from pages of ${host} since ${iso(onset)}${told.length ? `; ${told.length} customers or lists name it` : ''}. Our names: ${some([...own])}.`,
        evidence: [
          ...f.rows.slice(0, 3).map((i) => requestReference(context, i)),
          ...told.slice(0, 3),
          ...f.rows.slice(3, 6).map((i) => requestReference(context, i)),
        ],
        impact: { exposure: 'identity', ongoing: true },
        count: f.rows.length,
        first: onset,
        last,
        data: { host },
      };
    }
  },
});

export default check;

/** Names of our own site: topology, server names, the Host of the logs. */
function ownHosts(context: CheckContext): Set<string> {
  const out = new Set<string>();
  for (const t of context.observations.facts.topology)
    for (const host of [t.site, ...(t.ownDomains ?? [])]) if (host?.includes('.')) out.add(host.toLowerCase());
  for (const c of context.observations.configurations)
    for (const l of c.listeners)
      for (const n of l.names) if (n.includes('.') && !n.startsWith('*')) out.add(n.toLowerCase());
  for (const t of context.observations.facts.topology)
    for (const n of t.nodes)
      if (/[a-z]\.[a-z]/i.test(n.name) && n.ip && context.graph.endpoints.isInternal(n.ip))
        out.add(n.name.toLowerCase());
  if (out.size > 0) return out;
  const r = context.observations.logs.requests;
  const asked = new Map<string, number>();
  for (let i = 0; i < r.length; i++)
    if (r.host[i]) asked.set(r.strings[r.host[i]!]!, (asked.get(r.strings[r.host[i]!]!) ?? 0) + 1);
  for (const [host, n] of asked) if (host.includes('.') && n >= 20 && n >= r.length * 0.2) out.add(host.toLowerCase());
  if (out.size > 0) return out;
  // Where nothing names us: most pages that lead to our files are our own.
  const from = new Map<string, number>();
  let led = 0;
  for (let i = 0; i < r.length; i++) {
    const host = r.referer[i] ? hostOfUrl(r.strings[r.referer[i]!]!) : undefined;
    if (!host) continue;
    led++;
    from.set(host, (from.get(host) ?? 0) + 1);
  }
  for (const [host, n] of from) if (led >= 50 && n >= led * 0.5) out.add(host);
  return out;
}

/** Characters that look alike, folded to one. */
const fold = (label: string): string =>
  label
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w')
    .replace(/[1i|]/g, 'l')
    .replace(/0/g, 'o')
    .replace(/5/g, 's')
    .replace(/-/g, '')
    .toLowerCase();

const GENERIC = new Set([
  'www',
  'shop',
  'store',
  'pay',
  'mall',
  'api',
  'm',
  'example',
  'test',
  'com',
  'net',
  'org',
  'cn',
  'co',
  'checkout',
  'secure',
  'static',
  'cdn',
  'top',
  'invalid',
  'localhost',
]);

/** Labels of a name that carry the brand. */
const brandOf = (host: string): string[] => host.split('.').filter((l) => l.length >= 4 && !GENERIC.has(l));

/** Whether a foreign host imitates one of ours: same brand label after folding, or one edit away, under another domain. */
export function imitates(host: string, own: ReadonlySet<string>): boolean {
  for (const o of own)
    if (host === o || host.endsWith(`.${o}`) || o.endsWith(`.${host}`) || registered(host) === registered(o))
      return false;
  for (const o of own) {
    for (const brand of brandOf(o)) {
      for (const label of new Set([...host.split('.'), ...host.split(/[.-]/)])) {
        if (label.length < 4 || GENERIC.has(label)) continue;
        const a = fold(label);
        const b = fold(brand);
        if (a === b || (b.length >= 5 && a.includes(b)) || (b.length >= 6 && distance(a, b) <= 1)) return true;
      }
    }
  }
  return false;
}

const registered = (host: string): string => host.split('.').slice(-3).join('.');

/** Edit distance, cut off at 2. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 1) return 2;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  let j = 0;
  while (j < a.length - i && j < b.length - i && a.at(-1 - j) === b.at(-1 - j)) j++;
  return Math.max(a.length, b.length) - i - j;
}

/** Tickets, notices and lists that name the host. */
function mentions(context: CheckContext, host: string): EvidenceRef[] {
  const out: EvidenceRef[] = [];
  for (const n of context.observations.facts.notices)
    if (n.text.toLowerCase().includes(host)) out.push({ file: n.file, line: n.line, text: n.text.slice(0, 200) });
  for (const t of context.observations.facts.tables)
    for (const row of t.rows)
      if (row.cells.some((c) => c.toLowerCase().includes(host)))
        out.push({ file: t.file, line: row.line, text: row.cells.join(', ').slice(0, 200) });
  return out.slice(0, 10);
}
