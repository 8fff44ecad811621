import { defineCheck } from '../types.ts';
import { chainHits } from './_chain.ts';
import { sniSuspected } from './_sni.ts';

export default defineCheck({
  meta: {
    id: 'certificates/hostname-mismatch',
    title: 'Certificate is for another name',
    description: 'The names in the presented certificate do not cover the host that the clients asked for.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy: 'Have the certificate reissued with the missing name, or serve the right one for this name.',
    verification: {
      command:
        'openssl s_client -connect $HOST:443 -servername $HOST </dev/null | openssl x509 -noout -ext subjectAltName',
      expect: 'the list contains the host name',
    },
    references: ['RFC 6125 section 6.4', 'RFC 9525'],
  },
  run: (context) =>
    chainHits(context, {
      fault: 'name-mismatch',
      cause: 'hostname-mismatch',
      role: 'server',
      events: ['tls.name-mismatch', 'tls.cert-verify-failed'],
      unmistakable: ['tls.name-mismatch'],
      alerts: [42, 46],
      title: (host, fault) =>
        `The certificate presented for ${host} is for another name${
          fault
            ? ` (${fault.certificate.names
                .filter((n) => n.kind === 'dns')
                .map((n) => n.value)
                .slice(0, 3)
                .join(', ')})`
            : ''
        }`,
      accept: (_fault, _chain, context) => !sniSuspected(context),
    }),
});
