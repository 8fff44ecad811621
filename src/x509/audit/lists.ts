/** Revocation lists and OCSP responses: how long they still hold. */
import type { Finding } from '../../finding.ts';
import { parseOcspResponse } from '../ocsp.ts';
import { finding, isoDay, span } from './findings.ts';
import type { Sighting } from './types.ts';

/** Findings about the ends of revocation data; a list that ended makes every client that insists on it refuse. */
export function listFindings(sighting: Sighting, clock: number): Finding[] {
  const found: Finding[] = [];
  for (const list of sighting.observation.revocationLists) {
    const made = end(
      'list',
      'revocation list',
      list.issuer.text,
      list.thisUpdate,
      list.nextUpdate,
      sighting.place,
      clock,
    );
    if (made) found.push(made);
    for (const defect of list.defects.slice(0, 1)) {
      found.push(
        finding({
          id: 'revocation-list/defect',
          priority: 'important',
          subject: { kind: 'revocation-list', id: list.issuer.text, label: list.issuer.text },
          title: `The revocation list of ${list.issuer.text || 'an unnamed issuer'} is damaged`,
          detail: `At byte ${defect.offset}: ${defect.says}.`,
          evidence: [{ file: sighting.place, offset: defect.offset, text: defect.says }],
          owner: 'ca',
          remedy: 'fetch it again; if it is damaged at the source, tell the authority',
          verify: { command: `openssl crl -in ${sighting.place} -noout -nextupdate`, expect: 'no error' },
        }),
      );
    }
  }
  for (const encoded of sighting.observation.ocspResponses ?? []) {
    const response = parseOcspResponse(Buffer.from(encoded, 'base64'));
    for (const entry of response.entries.slice(0, 50)) {
      const made = end(
        'response',
        'OCSP response',
        `serial ${entry.serial}`,
        entry.thisUpdate,
        entry.nextUpdate,
        sighting.place,
        clock,
      );
      if (made) found.push(made);
    }
  }
  return found;
}

function end(
  kind: 'list' | 'response',
  what: string,
  of: string,
  from: number,
  until: number | undefined,
  place: string,
  clock: number,
): Finding | undefined {
  if (until === undefined || !Number.isFinite(until)) return undefined;
  const remaining = until - clock;
  const lifetime = until - from;
  const over = remaining < 0;
  // Lists are renewed well before their end: a sixth of the lifetime left means that a renewal was missed.
  if (!over && remaining > lifetime / 6) return undefined;
  const text = `thisUpdate ${isoDay(from)}, nextUpdate ${isoDay(until)} UTC`;
  return finding({
    id: over ? `revocation-${kind}/expired` : `revocation-${kind}/expiring`,
    priority: over ? 'urgent' : 'important',
    class: 'technical',
    subject: { kind: 'revocation-list', id: `${kind}:${of}`, label: `${what} of ${of}` },
    title: over
      ? `The ${what} of ${of} ended ${span(remaining)} ago`
      : `The ${what} of ${of} ends in ${span(remaining)}`,
    detail: `It held until ${isoDay(until)} UTC. Servers that insist on it refuse every certificate of this issuer once it has ended.`,
    evidence: [{ file: place, text }],
    impact: { daysLeft: Math.round(remaining / 3_600_000) / 24 },
    owner: over ? 'ops' : 'ca',
    remedy:
      'fetch the current one from the distribution point, install it and reload; find out why the regular update stopped',
    verify: {
      command: `openssl crl -in ${place} -noout -lastupdate -nextupdate`,
      expect: 'nextUpdate lies in the future',
    },
    references: ['RFC 5280 5.1.2.5'],
  });
}
