import { hostParts, isSuffix } from '../../public-suffix.ts';
import { BR } from '../dates.ts';
import { isPlainHost } from '../plain.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

function wholeSuffix(host: string): boolean {
  const name = host.toLowerCase();
  return isPlainHost(name) ? isSuffix(name) : name !== '' && hostParts(host)?.suffix === name;
}

export default defineRule({
  id: 'web/dns-bare-suffix',
  title: 'A name must not be a suffix under which anybody may register',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '3.2.2.4',
  scope: 'web',
  effective: BR,
  zlint: 'e_dnsname_contains_bare_iana_suffix',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames,
  breach: (c) => firstOf(c.hosts, wholeSuffix, (h) => `${h} is a whole suffix`),
});
