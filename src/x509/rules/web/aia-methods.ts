import { EXT } from '../../oids.ts';
import { SC62 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'web/aia-methods',
  title: 'The authority information access may hold issuer and OCSP addresses only',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.7',
  scope: 'web',
  effective: SC62,
  zlint: 'e_aia_must_contain_permitted_access_method',
  needs: EXT.authorityInfoAccess,
  applies: (c) => c.subscriber && c.has(EXT.authorityInfoAccess),
  breach: (c) =>
    firstOf(
      c.form.authorityInfoAccess ?? [],
      (a) => a.location.tag !== 6 || !/^1\.3\.6\.1\.5\.5\.7\.48\.[12]$/.test(a.method),
      (a) => `access method ${a.method} or its location is not allowed`,
    ),
});
