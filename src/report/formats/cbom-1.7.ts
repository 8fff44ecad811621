/** CycloneDX CBOM 1.7. */
import { cbom } from '../cbom.ts';
import type { Report, ReportFormat } from '../types.ts';

const format: ReportFormat = {
  id: 'cbom-1.7',
  title: 'CycloneDX 1.7 CBOM',
  extension: 'cdx.json',
  render: (report: Report) => cbom(report, '1.7'),
};
export default format;
