import { identitiesFor } from '../../graph/known-identities.ts';
import type { Symptom } from '../../graph/types.ts';
import { type Join, symptomHits } from '../_symptom-rule.ts';
import { type CheckContext, defineCheck } from '../types.ts';
import { substitutions } from './_forged.ts';

/** The pins of the evidence beside what the host presents: another key proves it, the same key speaks against it. */
function* pinsOnRecord(context: CheckContext, symptoms: Symptom[]): Iterable<Join> {
  const { graph } = context;
  const hosts = symptoms.flatMap((s) => s.peers);
  for (const chain of graph.chains) {
    if (chain.role !== 'server' || !chain.host || chain.former) continue;
    if (hosts.length > 0 && !hosts.some((h) => graph.endpoints.same(h, chain.host!))) continue;
    const records = identitiesFor(graph.identities, chain.host).filter((r) => r.keys.length > 0);
    if (records.length === 0) continue;
    if (substitutions(context).some((x) => x.chain === chain && x.confidence >= 0.6)) {
      yield { veto: 'the certificate shown is not that of the host' };
      return;
    }
    const known = records.find((r) => chain.certificates.some((c) => r.keys.includes(c.spkiSha256)));
    const evidence = [(known ?? records[0]!).evidence, ...chain.evidence];
    if (known) {
      yield {
        confidence: 0.45,
        evidence,
        against: `${known.evidence.file} has the key on record that ${chain.host} presents`,
      };
    } else {
      yield {
        confidence: 0.92,
        proof: 'structural',
        evidence,
        says: `${chain.host} presents the key ${chain.leaf.spkiSha256.slice(0, 16)}, which is not among those in ${records[0]!.evidence.file}`,
      };
    }
    return;
  }
}

export default defineCheck({
  meta: {
    id: 'certificates/pin-mismatch',
    title: 'Pinned key no longer matches',
    description:
      'A client pins a key or certificate that the server no longer presents. Pin files in the evidence are compared with the certificate that was shown.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'app',
    proof: 'textual',
    needs: [],
    remedy: 'Check the new certificate out of band, then ship the new pin (and a backup pin).',
    verification: {
      command:
        'openssl s_client -connect $HOST:443 </dev/null | openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64',
      expect: 'the pin of the client configuration',
    },
    references: ['RFC 7469 section 2.6'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'pin-mismatch',
      events: ['tls.pin-mismatch'],
      confidence: 0.78,
      join: pinsOnRecord,
      title: ({ host }) => `A client pins a key that ${host} no longer presents`,
      side: 'client',
    }),
});
