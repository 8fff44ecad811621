/** The report model itself, as published in schema/report.schema.json. */
import type { Report, ReportFormat } from '../types.ts';

const format: ReportFormat = {
  id: 'json',
  title: 'JSON',
  extension: 'json',
  render: (report: Report) => `${JSON.stringify(report, null, 2)}\n`,
};
export default format;
