import type { ServedChain } from '../../graph/types.ts';
import type { Certificate } from '../../x509/types.ts';
import type { CheckContext } from '../types.ts';

/** Whether an issuing certificate is that of a TLS-inspecting proxy: it issues for two or more unrelated outside hosts. */
export function isInspection(issuer: Certificate, _chain: ServedChain, context: CheckContext): boolean {
  return hostsBelow(context, (c) => c.certificates.some((x) => x.subject.der === issuer.subject.der)) >= 2;
}

/** Whether an authority, by its name alone, issued for two or more unrelated hosts: that is a proxy, not one forgery. */
export function issuesForStrangers(issuer: string, context: CheckContext): boolean {
  return hostsBelow(context, (c) => c.leaf.issuer.der === issuer) >= 2;
}

function hostsBelow(context: CheckContext, issued: (chain: ServedChain) => boolean): number {
  const hosts = new Set<string>();
  for (const c of context.graph.chains) if (c.role === 'server' && c.host && issued(c)) hosts.add(registrable(c.host));
  return hosts.size;
}

/** Last two labels, three under a two-letter second level (co.uk): good enough to tell unrelated owners apart. */
function registrable(host: string): string {
  const labels = host.toLowerCase().split('.');
  const keep = labels.length > 2 && (labels.at(-2)?.length ?? 9) <= 3 && (labels.at(-1)?.length ?? 9) <= 3 ? 3 : 2;
  return labels.slice(-keep).join('.');
}
