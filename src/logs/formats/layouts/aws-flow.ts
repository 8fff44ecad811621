/**
 * AWS VPC flow logs (Amazon VPC user guide, flow log records): blanks between fields, a header line in files from S3, none in
 * CloudWatch, where records of the default format have 14 fields. Custom formats are read by their header.
 */
import type { Fields } from '../fields.ts';
import type { Layout, LayoutRecord } from './layout.ts';

const DEFAULT =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  );
const HEADER = /^(?=.*\bsrcaddr\b)(?=.*\bdstaddr\b)[a-z]+(?:[-_][a-z]+)*(?: [a-z]+(?:[-_][a-z0-9]+)*){3,60}$/;
const RECORD =
  /^2 (?:\d{12}|unknown) (?:eni-[0-9a-f]+|-) (?:[\da-f.:]+|-) (?:[\da-f.:]+|-) (?:(?:\d+|-) ){5}\d+ \d+ (?:ACCEPT|REJECT|-) (?:OK|NODATA|SKIPDATA)$/;

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
  fits: (text) => RECORD.test(text) || HEADER.test(text),
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
