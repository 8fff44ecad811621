import { defineCheck } from '../types.ts';
import { blockedHits } from './_blocked.ts';

export default defineCheck({
  meta: {
    id: 'network/source-blocked',
    title: 'Our address is blocked',
    description:
      'Requests from one of our addresses are answered 403 or cut, others pass: an allow-list or a web firewall.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'bank',
    proof: 'textual',
    needs: [],
    remedy: 'Give the peer the egress address and the time; have it allowed (or undo the change of address).',
    verification: {
      command: 'curl -sS -o /dev/null -w "%{http_code}" https://$HOST/',
      expect: 'a status other than 403',
    },
    references: ['RFC 9110 section 15.5.4'],
  },
  run: (context) => blockedHits(context),
});
