/** PCI DSS 4.0.1 requirement 4.2.1.1: inventory of trusted keys and certificates, as CSV for the assessor. */
import { csvTable } from '../escape.ts';
import { millis } from '../text.ts';
import type { Report, ReportFormat } from '../types.ts';

const HEADER = [
  'subject',
  'issuer',
  'serial',
  'valid_from',
  'valid_to',
  'days_left',
  'key',
  'signature',
  'names',
  'ca',
  'usage',
  'locations',
  'purpose',
  'owner',
  'last_reviewed',
  'certificate_sha256',
  'key_sha256',
];

function render(report: Report): string {
  const clock = millis(report.incident.clock);
  const days = (notAfter: string) => Math.floor((millis(notAfter) - clock) / 86_400_000);
  const rows = [...(report.inventory?.certificates ?? [])].sort((a, b) =>
    a.notAfter < b.notAfter ? -1 : a.notAfter > b.notAfter ? 1 : a.sha256 < b.sha256 ? -1 : 1,
  );
  return csvTable([
    HEADER,
    ...rows.map((c) => [
      c.subject,
      c.issuer,
      c.serial,
      c.notBefore,
      c.notAfter,
      days(c.notAfter),
      c.key,
      c.signatureAlgorithm,
      c.names.join(' '),
      c.ca ? 'yes' : 'no',
      c.usage?.join(' '),
      c.locations.join('; '),
      c.purpose,
      c.owner,
      c.reviewed,
      c.sha256,
      c.spkiSha256,
    ]),
  ]);
}

const format: ReportFormat = {
  id: 'pci-certificates',
  title: 'PCI DSS 4.2.1.1 inventory of keys and certificates (CSV)',
  extension: 'csv',
  render,
};
export default format;
