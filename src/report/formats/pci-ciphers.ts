/** PCI DSS 4.0.1 requirement 12.3.3: inventory of cipher suites and protocols in use, with purpose and place, as CSV. */
import { csvTable } from '../escape.ts';
import type { Report, ReportFormat } from '../types.ts';

const HEADER = [
  'location',
  'state',
  'protocol',
  'cipher_suite',
  'code',
  'strength',
  'groups',
  'purpose',
  'owner',
  'last_reviewed',
];
const code = (n: number | undefined): string =>
  n === undefined ? '' : `0x${n.toString(16).toUpperCase().padStart(4, '0')}`;

function render(report: Report): string {
  const rows = (report.inventory?.protocols ?? []).flatMap((p) =>
    (p.suites.length ? p.suites : [{ name: 'not set here: default of the software' }]).map(
      (s: { name: string; code?: number; strength?: string }) => [
        p.location,
        p.state,
        p.protocol,
        s.name,
        code(s.code),
        s.strength,
        p.groups?.join(' '),
        p.purpose,
        p.owner,
        p.reviewed,
      ],
    ),
  );
  return csvTable([HEADER, ...rows]);
}

const format: ReportFormat = {
  id: 'pci-ciphers',
  title: 'PCI DSS 12.3.3 inventory of cipher suites and protocols (CSV)',
  extension: 'csv',
  render,
};
export default format;
