/** Names of merchants beside their numbers, so that the reader need not look them up. */
import type { Report } from './types.ts';

/**
 * The report with the names of the project file: in slices, in the scope of causes and in the subject of findings.
 * Numbers stay where they are; identities (fingerprints, subject ids) do not change.
 */
export function withMerchantNames(report: Report, names: { readonly [id: string]: string }): Report {
  const known = Object.entries(names);
  if (known.length === 0) return report;
  const name = (id: string): string | undefined => (Object.hasOwn(names, id) ? names[id] : undefined);
  const inText = (text: string): string => {
    const found = known.find(([id]) => text.split(/[\s,;:()]+/).includes(id) && /merchant/i.test(text));
    return found ? text.replace(found[0], `${found[0]} (${found[1]})`) : text;
  };
  return {
    ...report,
    diagnosis: report.diagnosis.map((d) => (d.scope ? { ...d, scope: inText(d.scope) } : d)),
    findings: report.findings.map((f) => {
      const label = f.subject.kind === 'merchant' ? name(f.subject.id) : undefined;
      return label ? { ...f, subject: { ...f.subject, label: `${f.subject.id} (${label})` } } : f;
    }),
    ...(report.slices
      ? {
          slices: report.slices.map((s) => {
            const label = s.dimension === 'merchant' ? name(s.value) : undefined;
            return label ? { ...s, value: `${s.value} (${label})` } : s;
          }),
        }
      : {}),
  };
}
