import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { paymentJoin } from './_joins.ts';

export default defineCheck({
  meta: {
    id: 'messages/serial-wrong',
    title: 'Certificate serial in our requests is wrong',
    description:
      'The provider does not know the certificate serial that our requests name, or the configured serial is not that of the certificate on disk.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'app',
    proof: 'textual',
    needs: [],
    remedy: 'Put the serial of the certificate in use into the configuration (openssl x509 -serial) and restart.',
    verification: {
      command: 'openssl x509 -in apiclient_cert.pem -noout -serial',
      expect: 'the serial of the configuration',
    },
    references: ['WeChat Pay API v3, Authorization serial_no'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'cert-serial-wrong',
      events: ['pay.serial-wrong'],
      confidence: 0.74,
      *join(c, symptoms, _handshakes, onset) {
        yield* paymentJoin(c, symptoms, onset, 'cert-serial-wrong');
      },
      title: () => 'Our requests name a certificate serial that the provider does not accept',
      side: 'client',
    }),
});
