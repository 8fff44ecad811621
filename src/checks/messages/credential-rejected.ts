import { symptomHits } from '../_symptom-rule.ts';
import { changeReference, changesNear } from '../support.ts';
import { defineCheck } from '../types.ts';

const KEYS = /\b(?:api[ _-]?)?keys?\b|secret|token|credential|rotat|密钥|令牌|凭证/i;

export default defineCheck({
  meta: {
    id: 'messages/credential-rejected',
    title: 'Our API key is refused',
    description:
      'The provider says that the key, client secret or token of our calls is invalid, revoked or expired. What our own servers say of keys that others send is not looked at.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'app',
    proof: 'textual',
    needs: [],
    remedy:
      'Compare the key in use with that of the portal by its first and last characters, put the valid one in place and restart every node that loads it.',
    verification: {
      command: 'curl -sS -o /dev/null -w "%{http_code}" -H @authorization.txt https://$HOST/',
      expect: 'no 401',
    },
    references: ['RFC 9110 section 15.5.2', 'RFC 6749 section 5.2'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'credential-rejected',
      events: ['pay.credential-rejected'],
      filter: { role: 'client' },
      confidence: 0.72,
      *join(c, _symptoms, _handshakes, onset) {
        const change = changesNear(c, onset, 6 * 3_600_000).find(({ text }) => KEYS.test(text));
        if (change)
          yield { confidence: 0.82, evidence: [changeReference(change)], says: `before it: "${change.text}"` };
      },
      title: ({ host }) => (host === 'the peer' ? 'The provider refuses our API key' : `${host} refuses our API key`),
      side: 'client',
    }),
});
