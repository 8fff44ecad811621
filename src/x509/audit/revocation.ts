/** Certificates that a list or OCSP response at hand revokes: in the same file, beside it, or fetched on request. */
import type { Finding } from '../../finding.ts';
import { judgeOcsp, type OcspResponse, parseOcspResponse } from '../ocsp.ts';
import { revocationState } from '../path/revocation.ts';
import { comparableNames, issued } from '../relation.ts';
import type { Certificate, RevocationList } from '../types.ts';
import { calledAs, finding, isoDay, subjectOf } from './findings.ts';
import type { AuditOptions, Sighting } from './types.ts';

interface Answer {
  says: string;
  by: string;
}

/** Findings about every certificate that is revoked at the clock, once for each. */
export function revocationFindings(sightings: readonly Sighting[], options: AuditOptions): Finding[] {
  const lists = sightings.flatMap((s) => s.observation.revocationLists.map((list) => ({ list, place: s.place })));
  const responses = sightings.flatMap((s) =>
    (s.observation.ocspResponses ?? []).map((r) => ({
      response: parseOcspResponse(Buffer.from(r, 'base64')),
      place: s.place,
    })),
  );
  if (lists.length + responses.length === 0) return [];
  const issuers = new Map<string, Certificate[]>();
  for (const { observation } of sightings) {
    for (const certificate of observation.certificates) {
      const { subject } = comparableNames(certificate);
      const group = issuers.get(subject);
      if (!group) issuers.set(subject, [certificate]);
      else if (!group.some((c) => c.sha256 === certificate.sha256)) group.push(certificate);
    }
  }
  const answers = new Map<string, Answer | undefined>();
  const found: Finding[] = [];
  for (const sighting of sightings) {
    sighting.observation.certificates.forEach((certificate, index) => {
      if (certificate.selfIssued || answers.has(certificate.sha256)) return;
      const candidates = issuers.get(comparableNames(certificate).issuer) ?? [];
      const answer = revokedBy(certificate, candidates, lists, responses, options.clock);
      answers.set(certificate.sha256, answer);
      if (answer) found.push(revokedFinding(sighting, index, answer, options.clock));
    });
  }
  return found;
}

function revokedBy(
  certificate: Certificate,
  candidates: readonly Certificate[],
  lists: readonly { list: RevocationList; place: string }[],
  responses: readonly { response: OcspResponse; place: string }[],
  clock: number,
): Answer | undefined {
  const named = lists.filter(({ list }) => list.revoked.has(certificate.serial));
  const asked = responses.filter(({ response }) => response.entries.some((e) => e.serial === certificate.serial));
  if (named.length + asked.length === 0) return undefined;
  const issuer = candidates.find((c) => issued(certificate, c));
  if (!issuer) return undefined;
  const byList = revocationState(
    certificate,
    issuer,
    lists.map((l) => l.list),
    clock,
  );
  if (byList.state === 'revoked') return { says: byList.says, by: named[0]?.place ?? '' };
  for (const { response, place } of asked) {
    const answer = judgeOcsp(response, certificate, issuer, clock);
    if (answer.state === 'revoked') return { says: answer.says, by: place };
  }
  return undefined;
}

function revokedFinding({ observation, place, live }: Sighting, index: number, answer: Answer, clock: number): Finding {
  const certificate = observation.certificates[index]!;
  const name = calledAs(certificate);
  return finding({
    id: 'certificate/revoked',
    priority: live ? 'urgent' : 'important',
    class: 'attack',
    subject: subjectOf(certificate),
    title: live ? `${place} serves a revoked certificate: ${name}` : `${name} is revoked`,
    detail: `${answer.says}, told by ${answer.by}. Judged at ${isoDay(clock)} UTC.`,
    evidence: [
      { file: place, certificate: index, text: `serial ${certificate.serial}` },
      { file: answer.by, text: answer.says },
    ],
    owner: 'sec',
    remedy: 'replace it with a new certificate on a new key, and find out why it was revoked',
    verify: { command: `paymedic certs ${place}`, expect: 'no finding certificate/revoked' },
    references: ['RFC 5280 6.3'],
    part: certificate.serial,
  });
}
