/** Timestamps of public logs in certificates, judged with the log list that the user gave. */
import type { Finding, NotChecked } from '../../finding.ts';
import { comparableNames, issued } from '../relation.ts';
import { embeddedTimestamps, judgeTimestamp, MAX_LIST_AGE } from '../timestamps.ts';
import type { Certificate } from '../types.ts';
import { calledAs, finding, isoDay, subjectOf } from './findings.ts';
import type { AuditOptions, Sighting } from './types.ts';

/** Findings about timestamps whose signature does not fit; what could not be judged is named. */
export function timestampFindings(
  sightings: readonly Sighting[],
  { logs, clock }: AuditOptions,
  notChecked: NotChecked[],
): Finding[] {
  if (!logs) return [];
  const old = Number.isNaN(logs.made) ? undefined : clock - logs.made > MAX_LIST_AGE;
  if (old !== false)
    notChecked.push({
      what: 'timestamps of logs that began after the log list was made',
      why: old
        ? `the log list is of ${isoDay(logs.made)} UTC, older than 70 days`
        : 'the log list does not say when it was made',
      wouldShow: 'a current log list for --ct-logs',
    });
  const bySubject = new Map<string, Certificate[]>();
  for (const certificate of sightings.flatMap((s) => s.observation.certificates)) {
    const { subject } = comparableNames(certificate);
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), certificate]);
  }
  const found = new Map<string, Finding>();
  for (const sighting of sightings) {
    sighting.observation.certificates.forEach((certificate, index) => {
      if (certificate.scts === 0 || found.has(certificate.sha256)) return;
      const name = calledAs(certificate);
      const issuer = (bySubject.get(comparableNames(certificate).issuer) ?? []).find((c) => issued(certificate, c));
      if (!issuer) {
        notChecked.push({
          what: `the timestamps of ${name}`,
          why: 'they cover the key of its issuer, whose certificate is not at hand',
          wouldShow: `the certificate of ${certificate.issuer.text}`,
        });
        return;
      }
      const timestamps = embeddedTimestamps(certificate);
      const verdicts = timestamps?.map((t) => judgeTimestamp(t, certificate, issuer, logs));
      const unknown = verdicts?.filter((v) => v === 'unknown-log' || v === 'unsupported').length ?? 0;
      if (unknown > 0)
        notChecked.push({
          what: `${unknown} of ${verdicts!.length} timestamps of ${name}`,
          why: 'their log is not on the list',
          wouldShow: 'a log list of the time at which the certificate was issued',
        });
      const bad = verdicts === undefined ? ['the list of timestamps cannot be read'] : [];
      timestamps?.forEach((t, i) => {
        const log = logs.logs.get(t.logId);
        if (verdicts![i] === 'invalid') bad.push(`the timestamp of ${log!.name} does not fit the certificate`);
        else if (verdicts![i] === 'valid' && t.time > clock + 86_400_000)
          bad.push(`the timestamp of ${log!.name} is of ${isoDay(t.time)} UTC, after the time of judgement`);
      });
      if (bad.length === 0) return;
      found.set(
        certificate.sha256,
        finding({
          id: 'certificate/timestamp-invalid',
          priority: 'important',
          class: 'attack',
          subject: subjectOf(certificate),
          title: `${name}: ${bad[0]}`,
          detail: `${bad.join('; ')}. Browsers do not count such a timestamp; the certificate was altered or its log erred.`,
          evidence: [{ file: sighting.place, certificate: index, text: bad[0]! }],
          owner: 'ca',
          remedy: 'have it issued again; compare the one in use with what the logs hold (crt.sh)',
          verify: {
            command: `paymedic certs ${sighting.place} --ct-logs log_list.json`,
            expect: 'no finding certificate/timestamp-invalid',
          },
          references: ['RFC 6962 3.2'],
        }),
      );
    });
  }
  return [...found.values()];
}
