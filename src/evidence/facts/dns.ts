import { isPlain } from '../../plain.ts';
import type { DnsFact } from '../small-facts.ts';
import type { FactText } from './context.ts';

/** A resource record in presentation form (RFC 1035, section 5.1). */
export const RECORD = /^([^;\s]\S*)\s+(?:(\d+)\s+)?IN\s+([A-Z0-9]+)\s+(\S.*)$/;

const bare = (name: string): string => name.replace(/\.$/, '').toLowerCase();

function readDig(file: FactText): DnsFact[] {
  const facts: DnsFact[] = [];
  let section = '';
  let resolver: string | undefined;
  let remark: string | undefined;
  let question: { name: string; type: string; line: number } | undefined;
  let status = '';
  let firstOfAnswer = 0;
  let answers = 0;
  const close = (): void => {
    // A question without an answer is a fact too: the name does not exist, or the server failed. The zone's SOA stands beside it then
    // (RFC 2308, 2.1), which answers nothing.
    if (question && answers === 0 && status && status !== 'NOERROR')
      facts.push({
        file: file.file,
        line: question.line,
        name: question.name,
        type: question.type,
        value: status,
        text: `status: ${status}`,
      });
    for (const fact of facts.slice(firstOfAnswer)) {
      if (resolver) fact.resolver = resolver;
      if (remark) fact.remark = remark;
    }
    firstOfAnswer = facts.length;
    answers = 0;
  };
  for (const { line, text } of file.lines) {
    if (/^; <<>> DiG /.test(text)) {
      close();
      resolver = /@(\S+)/.exec(text)?.[1];
      question = undefined;
      status = '';
      section = '';
      remark = pendingRemark(file, line);
      continue;
    }
    const server = /^;; SERVER: ([^#\s]+)/.exec(text);
    if (server) resolver = server[1];
    // `drill` of NLnet Labs says rcode, and puts a blank after the marks of a question.
    const header = /(?:status|rcode): ([A-Z]+)/.exec(text);
    if (header && text.startsWith(';;')) status = header[1]!;
    const title = /^;; (\w+) SECTION:/.exec(text);
    if (title) section = title[1]!;
    const asked = /^;;? ?(\S+)\s+IN\s+(\w+)/.exec(text);
    if (asked && section === 'QUESTION') question = { name: bare(asked[1]!), type: asked[2]!, line };
    const record = RECORD.exec(text);
    if (record) {
      if (section !== 'AUTHORITY' && section !== 'ADDITIONAL') answers++;
      facts.push({
        file: file.file,
        line,
        name: bare(record[1]!),
        type: record[3]!,
        value: bare(record[4]!),
        ...(record[2] ? { ttl: Number(record[2]) } : {}),
        text,
      });
    }
  }
  close();
  return facts;
}

/** `$ dig +short NAME [TYPE] [@SERVER]` in a transcript; options stand anywhere. */
const SHORT_QUERY = /^(?:\S{0,60}[$#>%] ?|\+ )?dig\s+(.*\+short.{0,300})$/;
const SHORT_ANSWER =
  /^(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f:]{0,40}:[0-9a-f:]{2,40}|(?:\d{1,5} )?(?:[\w-]{1,63}\.){1,20}|"[^"\n]{0,400}".{0,400})$/i;

/** Whether a transcript has such a query with its answers; answers alone do not say what was asked. */
export const isShortDig = (lines: readonly string[]): boolean =>
  lines.some(
    (line, at) =>
      SHORT_QUERY.test(line) && (SHORT_ANSWER.test(lines[at + 1] ?? '') || SHORT_QUERY.test(lines[at + 1] ?? '')),
  );

function readShortDig(file: FactText): DnsFact[] {
  const facts: DnsFact[] = [];
  let asked: { name: string; type: string; resolver?: string } | undefined;
  for (const { line, text } of file.lines) {
    const query = SHORT_QUERY.exec(text);
    if (query) {
      const words = query[1]!.split(/\s+/).filter((word) => !/^[+-]/.test(word));
      const server = words.find((word) => word.startsWith('@'))?.slice(1);
      const type = words.find((word) => /^(?:A|AAAA|CNAME|MX|NS|TXT|SRV|CAA|SOA|PTR)$/i.test(word))?.toUpperCase();
      const name = words.find((word) => /^[\w-]{1,63}(?:\.[\w-]{1,63}){1,20}\.?$/.test(word));
      asked =
        name === undefined
          ? undefined
          : { name: bare(name), type: type ?? 'A', ...(server ? { resolver: server } : {}) };
      continue;
    }
    const answer = text.trim();
    if (!asked || !SHORT_ANSWER.test(answer)) {
      if (answer !== '') asked = undefined;
      continue;
    }
    // The names that lead to the addresses stand before them.
    const type = /^[\d.]+$/.test(answer)
      ? 'A'
      : /^[0-9a-f:]+$/i.test(answer) && answer.includes(':')
        ? 'AAAA'
        : asked.type === 'A' || asked.type === 'AAAA'
          ? 'CNAME'
          : asked.type;
    facts.push({ file: file.file, line, ...asked, type, value: bare(answer), text: `${asked.name} ${type} ${answer}` });
  }
  return facts;
}

/** The remark that an engineer wrote above a command, if the lines before it are one. */
function pendingRemark(file: FactText, digLine: number): string | undefined {
  for (let at = digLine - 2; at >= 0 && at >= digLine - 4; at--) {
    const text = file.lines[at]?.text ?? '';
    if (/^;? ?[A-Za-z#].{3,}/.test(text) && !text.startsWith(';;') && !/<<>>|IN\s/.test(text))
      return text.replace(/^[;#]\s*/, '');
  }
  return undefined;
}

function readHost(file: FactText): DnsFact[] {
  return file.lines.flatMap(({ line, text }) => {
    const missing = /^Host (\S+) not found: \d+\((\w+)\)/.exec(text);
    if (missing) return [{ file: file.file, line, name: bare(missing[1]!), type: 'A', value: missing[2]!, text }];
    const match = /^(\S+) (?:has (IPv6 )?address|is an alias for|(mail is handled by \d+)) (\S+)$/.exec(text);
    if (!match) return [];
    const type = match[3] ? 'MX' : text.includes('alias') ? 'CNAME' : match[2] ? 'AAAA' : 'A';
    return [{ file: file.file, line, name: bare(match[1]!), type, value: bare(match[4]!), text }];
  });
}

/** What nslookup of BIND and of Windows (in words) call an answer that is none. */
const rcodeOf = (words: string): string =>
  /non-existent domain/i.test(words) ? 'NXDOMAIN' : /server failed/i.test(words) ? 'SERVFAIL' : words;

function readNslookup(file: FactText): DnsFact[] {
  const facts: DnsFact[] = [];
  let resolver: string | undefined;
  let name: string | undefined;
  for (const { line, text } of file.lines) {
    const server = /^Server:\s+(\S+)/.exec(text);
    if (server) resolver = server[1];
    const failed =
      /^\*\*\* ?(?:server can't find|\S+ can't find) (\S+?): (\S.{0,80})|^\*\* server can't find (\S+?): (\S.{0,80})/.exec(
        text,
      );
    if (failed)
      facts.push({
        file: file.file,
        line,
        name: bare(failed[1] ?? failed[3]!),
        type: 'A',
        value: rcodeOf((failed[2] ?? failed[4]!).trim()),
        ...(resolver ? { resolver } : {}),
        text,
      });
    const asked = /^Name:\s+(\S+)/.exec(text);
    if (asked) name = bare(asked[1]!);
    // Windows puts further addresses below the first.
    const address = /^(?:Address(?:es)?:)?\s+([0-9a-f.:]+)\s*$/i.exec(text);
    if (address && name)
      facts.push({
        file: file.file,
        line,
        name,
        type: address[1]!.includes(':') ? 'AAAA' : 'A',
        value: address[1]!,
        ...(resolver ? { resolver } : {}),
        text,
      });
  }
  return facts;
}

/** `Resolve-DnsName`: name, type, time to live, section, value. */
function readResolveDnsName(file: FactText): DnsFact[] {
  return file.lines.flatMap(({ line, text }) => {
    const match = /^(\S+) +([A-Z]{1,6}) +(\d+) +(?:Answer|Additional) +(\S+)\s*$/.exec(text);
    return match
      ? [
          {
            file: file.file,
            line,
            name: bare(match[1]!),
            type: match[2]!,
            value: bare(match[4]!),
            ttl: Number(match[3]),
            text,
          },
        ]
      : [];
  });
}

function readResolvConf(file: FactText): DnsFact[] {
  return file.lines.flatMap(({ line, text }) => {
    const match = /^nameserver\s+(\S+)/.exec(text);
    return match ? [{ file: file.file, line, name: '', type: 'nameserver', value: match[1]!, text }] : [];
  });
}

/** `/etc/hosts` and `getent hosts`. */
function readHosts(file: FactText): DnsFact[] {
  return file.lines.flatMap(({ line, text }) => {
    const [address, ...names] = text.replace(/#.*$/, '').trim().split(/\s+/);
    if (!address || !/^[\d.]+$|:/.test(address)) return [];
    return names.map((name) => ({
      file: file.file,
      line,
      name: bare(name),
      type: address.includes(':') ? 'AAAA' : 'A',
      value: address,
      resolver: 'hosts file',
      text,
    }));
  });
}

/** `resolvectl query`: `name: address -- link: eth0`, further addresses below. */
function readResolvectl(file: FactText): DnsFact[] {
  let name = '';
  return file.lines.flatMap(({ line, text }) => {
    const match = /^(?:([^\s:]+):)? +([\d.]{7,15}|[0-9a-f:]{3,45})(?: +--|\s*$)/i.exec(text);
    if (!match) return [];
    name = match[1] === undefined ? name : bare(match[1]);
    return name === ''
      ? []
      : [{ file: file.file, line, name, type: addressType(match[2]!), value: match[2]!.toLowerCase(), text }];
  });
}

/** `getent ahosts`: each address three times, the name beside the first. */
function readGetent(file: FactText): DnsFact[] {
  return file.lines.flatMap(({ line, text }) => {
    const match = /^(\S+) +STREAM +(\S+)/.exec(text);
    return match
      ? [{ file: file.file, line, name: bare(match[2]!), type: addressType(match[1]!), value: match[1]!, text }]
      : [];
  });
}

const addressType = (address: string): 'A' | 'AAAA' => (address.includes(':') ? 'AAAA' : 'A');

/** Types and answer codes of DNS over HTTPS as JSON, by number (IANA DNS parameters). */
const TYPES: { [number: number]: string } = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  65: 'HTTPS',
  257: 'CAA',
};
const RCODES: { [number: number]: string } = { 1: 'FORMERR', 2: 'SERVFAIL', 3: 'NXDOMAIN', 4: 'NOTIMP', 5: 'REFUSED' };

/** `Resolve-DnsName | ConvertTo-Json`: the type is a number, the value called by what it is. */
function ofPowershell(file: string, records: readonly unknown[]): DnsFact[] {
  return records.slice(0, 1000).flatMap((record): DnsFact[] => {
    if (!isPlain(record) || typeof record.Name !== 'string' || typeof record.TTL !== 'number') return [];
    const value = [record.IPAddress, record.IP4Address, record.IP6Address, record.NameHost].find(
      (one) => typeof one === 'string',
    );
    if (typeof value !== 'string') return [];
    const type = TYPES[Number(record.Type)] ?? String(record.Type).slice(0, 10);
    return [
      {
        file,
        line: 1,
        name: bare(record.Name),
        type,
        value: bare(value),
        ttl: record.TTL,
        text: `${record.Name} ${type} ${value}`.slice(0, 400),
      },
    ];
  });
}

/** An answer of DNS over HTTPS in JSON (RFC 8427 and the form of public resolvers): `Status`, `Question`, `Answer`. */
export function dnsOfData(file: string, data: unknown): DnsFact[] {
  if (Array.isArray(data)) return ofPowershell(file, data);
  if (typeof data !== 'object' || data === null) return [];
  const { Status: status, Question: question, Answer: answer } = data as { [key: string]: unknown };
  const records = (list: unknown): { [key: string]: unknown }[] =>
    Array.isArray(list) ? list.filter((item) => typeof item === 'object' && item !== null).slice(0, 1000) : [];
  const asked = records(question)[0];
  if (typeof status !== 'number' || typeof asked?.name !== 'string') return [];
  const typeOf = (type: unknown): string => TYPES[Number(type)] ?? String(type);
  if (status !== 0)
    return [
      {
        file,
        line: 1,
        name: bare(asked.name),
        type: typeOf(asked.type),
        value: RCODES[status] ?? `RCODE${status}`,
        text: `Status ${status}`,
      },
    ];
  return records(answer).flatMap(({ name, type, TTL: ttl, data: value }) =>
    typeof name === 'string' && typeof value === 'string'
      ? [
          {
            file,
            line: 1,
            name: bare(name),
            type: typeOf(type),
            value: bare(value),
            ...(typeof ttl === 'number' ? { ttl } : {}),
            text: `${name} ${typeOf(type)} ${value}`.slice(0, 400),
          },
        ]
      : [],
  );
}

/** Answers of dig, host, nslookup, getent, and the resolver configuration. */
export function readDns(file: FactText): DnsFact[] {
  switch (file.format) {
    case 'dig-short':
      return readShortDig(file);
    case 'host':
      return readHost(file);
    case 'nslookup':
      return readNslookup(file);
    case 'resolve-dnsname':
      return readResolveDnsName(file);
    case 'resolv.conf':
      return readResolvConf(file);
    case 'resolvectl':
      return readResolvectl(file);
    case 'getent':
      return readGetent(file);
    case 'hosts':
      return readHosts(file);
    default:
      return readDig(file);
  }
}
