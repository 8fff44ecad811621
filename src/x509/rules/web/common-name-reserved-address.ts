import { ipOctets } from '../../general-name.ts';
import { BR, NO_RESERVED_IP } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { isReservedAddress } from '../support.ts';

export default defineRule({
  id: 'web/common-name-reserved-address',
  title: 'Reserved addresses must not be the common name',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.1',
  scope: 'web',
  effective: BR,
  zlint: 'e_subject_contains_reserved_ip',
  applies: (c) => c.notAfter > NO_RESERVED_IP,
  breach: (c) =>
    c.commonNameIsAddress && isReservedAddress(ipOctets(c.commonName)!) && `${c.commonName} is a reserved address`,
});
