/** CycloneDX CBOM 1.6: the version that consumers such as Dependency-Track read today. */
import { cbom } from '../cbom.ts';
import type { Report, ReportFormat } from '../types.ts';

const format: ReportFormat = {
  id: 'cbom',
  title: 'CycloneDX 1.6 CBOM',
  extension: 'cdx.json',
  render: (report: Report) => cbom(report, '1.6'),
};
export default format;
