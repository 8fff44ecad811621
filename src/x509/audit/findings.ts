/** One way to make a finding of this room, so that every one has remedy, proof and a stable fingerprint. */

import type { EvidenceRef, FaultClass, Finding, Impact, Json, Owner, Priority, Subject } from '../../finding.ts';
import { isInstant, isoTime } from '../../instant.ts';
import { counted } from '../../wording.ts';
import type { Certificate } from '../types.ts';

export interface Draft {
  id: string;
  priority: Priority;
  class?: FaultClass;
  subject: Subject;
  title: string;
  detail: string;
  evidence: EvidenceRef[];
  impact?: Impact;
  owner?: Owner;
  remedy: string;
  verify: { command: string; expect: string };
  references?: string[];
  data?: { [key: string]: Json };
  /** Distinguishes several findings of one check about one subject. */
  part?: string;
}

export function finding(draft: Draft): Finding {
  const part = draft.part === undefined ? '' : `:${draft.part}`;
  return {
    id: draft.id,
    fingerprint: `${draft.id}:${draft.subject.id}${part}`,
    priority: draft.priority,
    class: draft.class ?? 'configuration',
    subject: draft.subject,
    title: draft.title,
    detail: draft.detail,
    evidence: draft.evidence,
    count: Math.max(1, draft.evidence.length),
    impact: draft.impact ?? {},
    proof: 'structural',
    owner: draft.owner ?? 'ops',
    remedy: draft.remedy,
    verification: draft.verify,
    references: draft.references ?? [],
    ...(draft.data ? { data: draft.data } : {}),
  };
}

/** What a person calls a certificate: its first name, else its subject, else its serial number. */
export function calledAs(certificate: Certificate): string {
  return (
    certificate.names.find((n) => n.kind === 'dns')?.value ??
    certificate.subject.commonName ??
    (certificate.subject.text || `serial ${certificate.serial}`)
  );
}

/** A certificate is known by its key: that survives a renewal with the same key. */
export const subjectOf = (certificate: Certificate): Subject => ({
  kind: 'certificate',
  id: certificate.spkiSha256,
  label: calledAs(certificate),
});

export const isoDay = (time: number): string =>
  isInstant(time) ? isoTime(time).slice(0, 16).replace('T', ' ') : 'an unreadable date';

const DAY = 86_400_000;

/** `3 days`, `20 hours`. */
export function span(milliseconds: number): string {
  const ms = Math.abs(milliseconds);
  if (ms >= 2 * DAY) return `${Math.floor(ms / DAY)} days`;
  const hours = Math.floor(ms / 3_600_000);
  return hours >= 2 ? `${counted(hours, 'hour')}` : `${counted(Math.floor(ms / 60_000), 'minute')}`;
}
