/**
 * Transactions as varnishlog prints them in groups (varnishlog(1), vsl(7)): a head with type and number, a line for each tag, and
 * a tag at the end. One record for each, at the time of its first time stamp; that of a fetch that failed
 * ends with the error.
 */
import type { Fields } from '../fields.ts';
import type { Layout, LayoutLine } from './layout.ts';

const HEAD = /^\*{1,4} {1,4}<< (Request|BeReq|Session) {1,8}>> (\d{1,20}) *$/;
const TAG = /^-{1,4} {1,4}([A-Z]\w{1,30})(?: {1,20}(.*))?$/;
/** Tags that only this program writes. */
const KNOWN =
  /^-{1,4} {1,4}(?:Begin|Timestamp|VCL_(?:call|return|use)|(?:Be)?[Rr]e[qs]p?(?:Method|URL|Header|Protocol|Status|Reason)|ReqStart|Link|Storage|End) /;
/** What becomes a field, and under which name. */
const FIELDS: { readonly [tag: string]: string } = {
  ReqMethod: 'method',
  BereqMethod: 'method',
  ReqURL: 'url',
  BereqURL: 'url',
  RespStatus: 'status',
  BerespStatus: 'status',
  BackendOpen: 'backend',
};

interface Transaction {
  line: number;
  type: string;
  id: string;
  time?: string | undefined;
  fields: Fields;
}

/** `Start: 1795427278.647181 0.000000 0.000000`: seconds since 1970. */
function startOf(value: string): string | undefined {
  const seconds = Number(/^Start: (\d{9,11}\.\d{1,9}) /.exec(value)?.[1]);
  return seconds < 8.64e12 / 1000 ? new Date(seconds * 1000).toISOString() : undefined;
}

export default {
  format: 'varnishlog',
  role: 'error',
  software: 'varnish',
  fits: (text) => HEAD.test(text) || KNOWN.test(text),
  reader() {
    let open: Transaction | undefined;
    return (text, line): LayoutLine => {
      const head = HEAD.exec(text);
      if (head) {
        open = { line, type: head[1]!, id: head[2]!, fields: {} };
        return 'part';
      }
      const tag = TAG.exec(text.trimEnd());
      if (!tag) return text.trim() === '' ? 'part' : undefined;
      if (!open) return 'part';
      const [, name, value = ''] = tag;
      if (name === 'Timestamp') open.time ??= startOf(value);
      const field = FIELDS[name!];
      // Rules rewrite what was asked; the status is the last one.
      if (field && (field === 'status' || open.fields[field] === undefined)) open.fields[field] = value.slice(0, 2000);
      // What is told with the line that bears the error is looked up with it; the rest is told at the end.
      const error = name === 'FetchError' ? value.slice(0, 200) : undefined;
      if (error === undefined && name !== 'End') return 'part';
      const { line: from, type, id, time, fields } = open;
      open = undefined;
      if (type === 'Session') return 'part';
      const { method = '', url = '', status = '' } = fields;
      return [
        {
          line: from,
          time,
          level: error !== undefined || Number(status) >= 500 ? 'error' : 'info',
          logger: type,
          message: `${[type, id, method, url, status].filter(Boolean).join(' ')}${error === undefined ? '' : `: FetchError ${error}`}`,
          fields,
        },
      ];
    };
  },
} satisfies Layout;
