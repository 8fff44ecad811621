import { defineCheck } from '../types.ts';
import { clockHits } from './_clock.ts';

export default defineCheck({
  meta: {
    id: 'network/clock-skew',
    title: 'Clock of one host is wrong',
    description:
      'A time measurement shows a host far from the others, and complaints about validity or timestamps come from that host alone.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy: 'Repair the time source of the host, step its clock, restart what signs or checks.',
    verification: { command: 'chronyc tracking | grep "System time"', expect: 'under 0.5 seconds' },
    references: ['RFC 5905', 'PCI DSS 4.0.1 requirement 10.6'],
  },
  run: (context) => clockHits(context),
});
