/**
 * AWS VPC flow logs (Amazon VPC user guide, flow log records): blanks between fields, a header line in files from S3, none in
 * CloudWatch, where records of the default format have 14 fields. Custom formats are read by their header.
 */
import { VPC_FLOW, VPC_FLOW_FIELDS } from '../../../evidence/vpc-flow.ts';
import type { Fields } from '../fields.ts';
import type { Layout, LayoutRecord } from './layout.ts';

const DEFAULT = VPC_FLOW_FIELDS.split(' ');
const HEADER = /^(?=.*\bsrcaddr\b)(?=.*\bdstaddr\b)[a-z]+(?:[-_][a-z]+)*(?: [a-z]+(?:[-_][a-z0-9]+)*){3,60}$/;
function flow(names: readonly string[], text: string): LayoutRecord | undefined {
  const cells = text.split(' ');
  if (cells.length !== names.length) return undefined;
  const fields: Fields = {};
  for (const [i, name] of names.entries()) if (cells[i] !== '-') fields[name.replaceAll('_', '-')] = cells[i]!;
  // Seconds since 1970.
  if (names.includes('start') && !/^\d{9,10}$/.test(fields.start ?? '')) return undefined;
  return {
    time: fields.start,
    level: fields.action === 'REJECT' ? 'notice' : 'info',
    logger: fields['interface-id'],
    message: text,
    fields,
  };
}

export default {
  format: 'aws-flow',
  role: 'network-flows',
  software: 'aws-vpc',
  fits: (text) => VPC_FLOW.test(text) || HEADER.test(text),
  reader() {
    let names: readonly string[] = DEFAULT;
    return (text) => {
      if (HEADER.test(text)) {
        names = text.split(' ');
        return 'part';
      }
      const record = flow(names, text);
      return record && [record];
    };
  },
} satisfies Layout;
