/** A report in the words of a phrase book. Identities, numbers, commands and quoted evidence stay as they are. */
import type { PhraseBook } from './phrases.ts';
import type { Report } from './types.ts';

/** Formats that people read, be it through another program; all others are for machines and stay English. */
export const READERS: ReadonlySet<string> = new Set([
  'terminal',
  'markdown',
  'html',
  'github',
  'github-summary',
  'gitlab',
  'junit',
  'nagios',
  'pagerduty',
  'slack',
  'ics',
]);

export function translateReport(report: Report, book: PhraseBook): Report {
  const say = (text: string): string => book.say(text);
  const all = (texts: readonly string[]): string[] => texts.map(say);
  return {
    ...report,
    incident: { ...report.incident, clockSource: say(report.incident.clockSource) },
    summary: {
      ...report.summary,
      verdict: say(report.summary.verdict),
      because: say(report.summary.because),
      nextStep: say(report.summary.nextStep),
    },
    diagnosis: report.diagnosis.map((d) => ({
      ...d,
      priorityBecause: say(d.priorityBecause),
      ...(d.scope === undefined ? {} : { scope: say(d.scope) }),
      evidence: d.evidence,
      against: all(d.against),
      because: all(d.because),
      consequences: all(d.consequences),
      coincidences: d.coincidences.map((c) => ({ ...c, what: say(c.what) })),
      nextCheck: say(d.nextCheck),
      remedy: all(d.remedy),
      // What the command itself prints is compared with the screen: it stays as it is.
      verify: {
        ...d.verify,
        before: d.verify.command.includes(d.verify.before) ? d.verify.before : say(d.verify.before),
        after: d.verify.command.includes(d.verify.after) ? d.verify.after : say(d.verify.after),
      },
      tell: d.tell.map((t) => ({ ...t, what: say(t.what) })),
      ...(d.prevent ? { prevent: all(d.prevent) } : {}),
    })),
    findings: report.findings.map((f) => ({
      ...f,
      title: say(f.title),
      detail: say(f.detail),
      remedy: say(f.remedy),
      verification: { ...f.verification, expect: say(f.verification.expect) },
    })),
    timeline: report.timeline.map((t) => ({ ...t, what: say(t.what) })),
    notChecked: report.notChecked.map((n) => ({ what: say(n.what), why: say(n.why), wouldShow: say(n.wouldShow) })),
    evidence: report.evidence.map((e) => (e.notes ? { ...e, notes: all(e.notes) } : e)),
    clocks: report.clocks.map((c) => ({ ...c, title: say(c.title), start: c.start, to: say(c.to) })),
    series: report.series.map((s) => ({ ...s, title: say(s.title) })),
    ...(report.ladders
      ? { ladders: report.ladders.map((l) => ({ ...l, ...(l.stopped ? { stopped: say(l.stopped) } : {}) })) }
      : {}),
    ...(report.playbook
      ? {
          playbook: {
            ...report.playbook,
            steps: report.playbook.steps.map((s) => ({
              ...s,
              title: say(s.title),
              ...(s.because ? { because: say(s.because) } : {}),
            })),
          },
        }
      : {}),
  };
}
