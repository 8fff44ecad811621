/** Stapled OCSP responses of live hosts: what they say about the certificate that was served with them. */
import type { Finding } from '../../finding.ts';
import { judgeOcsp, parseOcspResponse } from '../ocsp.ts';
import { issued } from '../relation.ts';
import { calledAs, finding, isoDay, subjectOf } from './findings.ts';
import type { AuditOptions, Sighting } from './types.ts';

/** Findings about the staple of one live host. Responses from files are only judged for their end (`lists.ts`). */
export function stapleFindings(sighting: Sighting, { clock }: AuditOptions): Finding[] {
  const [leaf, ...others] = sighting.observation.certificates;
  if (!sighting.live || !leaf) return [];
  const encoded = sighting.observation.ocspResponses?.[0];
  const base = {
    subject: subjectOf(leaf),
    part: sighting.place,
    verify: {
      command: `openssl s_client -connect ${sighting.place} -status </dev/null`,
      expect: 'OCSP Response Status: successful, Cert Status: good',
    },
    references: ['RFC 6066 8', 'RFC 6960'],
  };
  if (encoded === undefined) {
    if (!leaf.mustStaple) return [];
    return [
      finding({
        ...base,
        id: 'certificate/staple-missing',
        priority: 'urgent',
        class: 'technical',
        title: `${sighting.place} serves a certificate that must come with a stapled OCSP response, without one`,
        detail:
          'The certificate carries the TLS feature status_request (RFC 7633): clients that honour it refuse the handshake.',
        evidence: [{ file: sighting.place, certificate: 0, text: 'TLS feature status_request, no OCSP response' }],
        remedy:
          'turn stapling on and see that the server reaches its responder, or have a certificate without the feature issued',
      }),
    ];
  }
  const issuer = others.find((c) => issued(leaf, c));
  const response = parseOcspResponse(Buffer.from(encoded, 'base64'));
  const answer = issuer
    ? judgeOcsp(response, leaf, issuer, clock)
    : response.status === 'successful'
      ? undefined
      : { state: 'unknown' as const, says: `the responder answered ${response.status}` };
  // Without the issuer's certificate neither the id nor the signature of the response can be checked.
  if (!answer || answer.state === 'good') return [];
  const revoked = answer.state === 'revoked';
  const name = calledAs(leaf);
  return [
    finding({
      ...base,
      id: revoked ? 'certificate/revoked' : 'certificate/staple-unusable',
      priority: revoked || leaf.mustStaple ? 'urgent' : 'important',
      class: revoked ? 'attack' : 'technical',
      title: revoked
        ? `${sighting.place} serves a revoked certificate: ${name}`
        : `${sighting.place} staples an OCSP response that clients cannot use`,
      detail: `${answer.says}. Judged at ${isoDay(clock)} UTC.`,
      evidence: [{ file: sighting.place, certificate: 0, text: answer.says }],
      owner: revoked ? 'sec' : 'ops',
      remedy: revoked
        ? 'replace it with a new certificate on a new key, and find out why it was revoked'
        : 'renew the stapled response: check that the server reaches its responder, reload it, and watch that it stays fresh',
    }),
  ];
}
