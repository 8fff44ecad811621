import { EXT } from '../../oids.ts';
import { defineRule } from '../rule.ts';

/** Whether two texts are equal but for case. A short list is compared in pairs, most of which differ in length. */
function repeats(list: readonly string[]): boolean {
  if (list.length > 16) return new Set(list.map((d) => d.toLowerCase())).size < list.length;
  for (let i = 1; i < list.length; i++) {
    for (let j = 0; j < i; j++) {
      if (list[i]!.length === list[j]!.length && list[i]!.toLowerCase() === list[j]!.toLowerCase()) return true;
    }
  }
  return false;
}

export default defineRule({
  id: 'names/san-duplicate',
  title: 'A host name should not be listed twice',
  severity: 'notice',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'n_san_dns_name_duplicate',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) => repeats(c.dns) && 'a host name is listed twice',
});
