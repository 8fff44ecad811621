import { defineCheck } from '../types.ts';
import { parameterHits } from './_parameters.ts';

export default defineCheck({
  meta: {
    id: 'parameters/no-shared-parameters',
    title: 'No common cipher suite, key type or group',
    description:
      'The hello and what the server accepts share no cipher suite, certificate key type or group; decided from captured hellos, configurations and the sides that still connect.',
    class: 'incompatibility',
    basePriority: 'important',
    owner: 'bank',
    proof: 'textual',
    needs: [],
    remedy:
      'Agree on ECDHE with AES-GCM on both sides; the smallest change is to add one suite or group that the other side has.',
    verification: {
      command: 'openssl s_client -connect $HOST:$PORT -cipher ECDHE </dev/null | grep "Cipher is"',
      expect: 'Cipher is ECDHE-...',
    },
    references: ['RFC 8446 section 4.1.1', 'RFC 9325'],
  },
  run: (context) => parameterHits(context),
});
