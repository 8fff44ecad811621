/** Windows as responders bring it: event logs in binary form or exported as XML or JSON, task definitions, registry files. */

import { isLoopback } from '../../address.ts';
import { tableRows } from '../../evidence/tabular.ts';
import { append } from '../../lists.ts';
import { isPlain } from '../../plain.ts';
import { splitRow } from '../formats/table.ts';
import { parseTimestampText, stamp } from '../time/timestamp.ts';
import type { LogObservations } from '../types.ts';
import { flatEvent } from './evtx/event.ts';
import { type EvtxCounts, readEvtx } from './evtx/file.ts';
import { indicatorsIn } from './indicators.ts';
import type { Login } from './logins.ts';
import { tellingOf } from './telling.ts';
import type { Account, HostFile, IntrusionSheet, Persistence, Proof } from './types.ts';

export interface WindowsEvent {
  id: number;
  time: number;
  data: { [name: string]: string };
  proof: Proof;
}

const MAX_EVENTS = 200_000;
const ENTITIES: { [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const plain = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos|#x?[0-9a-fA-F]{1,6});/g, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name]!;
    const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

/** `wevtutil qe /f:xml` and "Save as XML": one `<Event>` after the other. */
function xmlEvents(file: HostFile): WindowsEvent[] {
  const events: WindowsEvent[] = [];
  let from = 0;
  let line = 1;
  let counted = 0;
  for (;;) {
    const start = file.text.indexOf('<Event', from);
    if (start === -1 || events.length >= MAX_EVENTS) break;
    const end = file.text.indexOf('</Event>', start);
    if (end === -1) break;
    from = end + 8;
    if (!/^<Event[\s>]/.test(file.text.slice(start, start + 7))) {
      from = start + 6;
      continue;
    }
    for (; counted < start; counted++) if (file.text.charCodeAt(counted) === 10) line++;
    const text = file.text.slice(start, Math.min(end, start + 32_768));
    const id = Number(/<EventID[^>]{0,80}>(\d{1,5})</.exec(text)?.[1]);
    if (!Number.isInteger(id)) continue;
    const data: { [name: string]: string } = {};
    for (const [, name, value] of text.matchAll(/<Data Name=['"]([\w ]{1,64})['"]>([^<]{0,4000})</g))
      data[name!] = plain(value!);
    const time = Date.parse(/SystemTime=['"]([^'"]{10,40})['"]/.exec(text)?.[1]?.replace(/(\.\d{3})\d+/, '$1') ?? '');
    events.push({
      id,
      time,
      data,
      proof: { file: file.file, line, text: `event ${id} ${Object.values(data).join(' ')}`.slice(0, 300), time },
    });
  }
  return events;
}

/** Names in the message of an event (English, German, Chinese) to the names that the event's data has. */
const MESSAGE_NAMES: [RegExp, string][] = [
  [/^(?:Account Name|Kontoname|[帐账]户名(?:称)?)$/i, 'TargetUserName'],
  [/^(?:Security ID|Sicherheits-ID|安全 ?ID)$/i, 'TargetSid'],
  [/^(?:Group Name|Gruppenname|组名(?:称)?)$/i, 'TargetUserName'],
  [/^(?:Source Network Address|Quellnetzwerkadresse|源网络地址)$/i, 'IpAddress'],
  [/^(?:Logon Type|Anmeldetyp|登录类型)$/i, 'LogonType'],
  [/^(?:Service Name|Dienstname|服务名(?:称)?)$/i, 'ServiceName'],
  [/^(?:Service File Name|Dienstdateiname|服务文件名)$/i, 'ImagePath'],
  [/^(?:Task Name|Aufgabenname|任务名(?:称)?)$/i, 'TaskName'],
];
/** The section that says who acted; every later one says upon whom. */
const SUBJECT = /^(?:Subject|Antragsteller|主题|使用者)$/i;
const TASK_CONTENT = /^(?:Task (?:New )?Content|Aufgabeninhalt|任务内容)$/i;
const MEMBER = /^(?:Member|Mitglied|成员)$/i;

/** `Account Name:  x` lines below section titles, as `Get-WinEvent` shows an event. */
function messageData(message: string): { [name: string]: string } {
  const data: { [name: string]: string } = {};
  let section = '';
  for (const raw of message.slice(0, 16_384).split(/\r?\n/)) {
    // An empty line ends a section.
    if (raw.trim() === '') section = '';
    const pair = /^\s*([^:：]{2,60})[:：]\s*(.*)$/.exec(raw);
    if (!pair) continue;
    // A task's definition is XML to the end of the message.
    if (TASK_CONTENT.test(pair[1]!.trim())) {
      data.TaskContent = message.slice(message.indexOf(raw) + raw.length - pair[2]!.length).slice(0, 16_384);
      break;
    }
    const [, name, value] = pair as unknown as [string, string, string];
    if (value.trim() === '') {
      section = name.trim();
      continue;
    }
    if (SUBJECT.test(section)) continue;
    if (MEMBER.test(section)) {
      if (/Security ID|Sicherheits-ID|安全 ?ID/i.test(name)) data.MemberSid = value.trim();
      else data.MemberName = value.trim();
      continue;
    }
    const known = MESSAGE_NAMES.find(([pattern]) => pattern.test(name.trim()))?.[1];
    if (known && !(known in data)) data[known] = value.trim();
  }
  return data;
}

/** `wevtutil qe LOG /f:text`: `Event[0]:`, then names and values indented by two blanks, the message last. */
const TEXT_EVENT = /^Event\[\d{1,9}\]:?[ \t]*\r?$/;
const isTextEvents = (text: string): boolean =>
  /^\ufeff?\s{0,20}Event\[\d{1,9}\]:?[ \t]*\r?\n {2}Log Name: /.test(text.slice(0, 400));

function textEvents(file: HostFile): WindowsEvent[] {
  const events: WindowsEvent[] = [];
  let head: { [name: string]: string } = {};
  let message: string[] | undefined;
  let from = 1;
  const add = (): void => {
    const id = Number(head['Event ID']);
    if (events.length >= MAX_EVENTS || !Number.isInteger(id)) return;
    const said = (message ?? []).join('\n');
    const time = exportedTime((head.Date ?? '').replace(/(\.\d{3})\d+/, '$1'));
    const title = said.trimStart().split('\n', 1)[0]!;
    events.push({
      id,
      time,
      data: messageData(said),
      proof: { file: file.file, line: from, text: `event ${id} ${title}`.slice(0, 300), time },
    });
  };
  for (const [index, raw] of file.text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    const text = raw.replace(/\r$/, '');
    if (TEXT_EVENT.test(text)) {
      add();
      [head, message, from] = [{}, undefined, index + 1];
    } else if (message) message.push(text);
    else {
      const pair = /^ {2}([A-Z][A-Za-z ]{1,30}): ?(.*)$/.exec(text.slice(0, 4096));
      if (pair?.[1] === 'Description') message = [pair[2]!];
      else if (pair) head[pair[1]!] = pair[2]!.trim();
    }
  }
  add();
  return events;
}

/** ms UTC of an exported time; NaN when it is none. Times without a zone are taken as UTC. */
function exportedTime(text: string): number {
  const epoch = /^\\?\/Date\((\d{10,15})\)\\?\/$/.exec(text);
  if (epoch) return Number(epoch[1]);
  const written = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d):(\d\d)(?: ([AP])M)?$/.exec(text.trim());
  if (written) {
    const [month, day, year, hour, minute, second] = written.slice(1, 7).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const half = written[7] === 'P' ? 12 : 0;
    const time = Date.UTC(year, month - 1, day, written[7] ? (hour % 12) + half : hour, minute, second);
    // The thirteenth month and the thirtieth of February are no times.
    return new Date(time).getUTCMonth() === month - 1 ? time : Number.NaN;
  }
  return parseTimestampText(text) ? stamp.local - (Number.isNaN(stamp.offset) ? 0 : stamp.offset * 60_000) : Number.NaN;
}

/** Whether a text is what `Get-WinEvent | Export-Csv` or `| ConvertTo-Json` writes, or events as XML or text of wevtutil, from its beginning. */
export const isExportedEvents = (text: string): boolean =>
  isXmlEvents(text) || isTextEvents(text) || isPowershellEvents(text);

const isXmlEvents = (text: string): boolean => /<Event(?: xmlns=[^<>]{0,200})?>\s*<System>/.test(text.slice(0, 4096));

const isPowershellEvents = (text: string): boolean => {
  const head = text.slice(0, 4096);
  const header = head.replace(/^\ufeff?(?:#TYPE[^\n]*\n)?/, '').split('\n', 1)[0]!;
  return (
    (/\bTimeCreated\b/.test(header) && /\bId\b/.test(header) && /\bMessage\b/.test(header)) ||
    (/^\s*[[{]/.test(head.replace(/^\ufeff/, '')) &&
      /"Id"\s*:\s*\d{2,5}\b/.test(text.slice(0, 65_536)) &&
      /"TimeCreated"\s*:/.test(text))
  );
};

const textsOf = (data: object): { [name: string]: string } =>
  Object.fromEntries(
    Object.entries(data).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    ),
  );

/** The objects of a JSON document, or of a file with one on each line. */
function jsonItems(text: string): { line: number; item: { [name: string]: unknown } }[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return (Array.isArray(parsed) ? parsed : [parsed]).filter(isPlain).map((item) => ({ line: 1, item }));
  } catch {
    return text.split('\n', MAX_EVENTS).flatMap((row, index) => {
      try {
        const item: unknown = JSON.parse(row);
        return isPlain(item) ? [{ line: index + 1, item }] : [];
      } catch {
        return [];
      }
    });
  }
}

/** Events as `Get-WinEvent` exports them, as CSV or JSON. */
function powershellEvents(file: HostFile): WindowsEvent[] {
  const events: WindowsEvent[] = [];
  const add = (line: number, id: unknown, time: unknown, message: unknown, more: object = {}): void => {
    if (events.length >= MAX_EVENTS || !/^\d{2,5}$/.test(String(id))) return;
    const text = String(message ?? '');
    const at = exportedTime(String(time ?? ''));
    const title = text.split(/\r?\n/, 1)[0]!;
    events.push({
      id: Number(id),
      time: at,
      data: { ...messageData(text), ...textsOf(more) },
      proof: {
        file: file.file,
        line,
        text: `event ${id} ${title || Object.values(textsOf(more)).join(' ')}`.slice(0, 300),
        time: at,
      },
    });
  };
  const text = file.text.replace(/^\ufeff/, '').replace(/^#TYPE[^\n]*\n/, '');
  if (/^\s*[[{]/.test(text)) {
    for (const { line, item } of jsonItems(text)) {
      const { Id, TimeCreated, Message, EventData } = item;
      // PowerShell 5 nests dates of some hosts: {"value": "/Date(...)/", "DateTime": "..."}.
      const time =
        typeof TimeCreated === 'object' && TimeCreated !== null ? Object.values(TimeCreated)[0] : TimeCreated;
      add(line, Id, time, Message, isPlain(EventData) ? EventData : {});
    }
    return events;
  }
  const body = text.indexOf('\n') + 1;
  const top = text.slice(0, body).trim();
  // Messages hold blanks, tabs and commas; only the header tells what separates columns.
  const separator = [',', ';', '\t'].find((sign) => splitRow(top, sign).length >= 3) ?? ',';
  const header = splitRow(top, separator);
  const column = (name: string): number => header.findIndex((cell) => cell.trim() === name);
  const [id, time, message] = ['Id', 'TimeCreated', 'Message'].map(column) as [number, number, number];
  for (const { line, cells } of tableRows(text, separator, body, 2)) add(line, cells[id], cells[time], cells[message]);
  return events;
}

/** JSON lines of evtx_dump and its kin: the log pass has read them, nested names joined by dots. */
function recordEvents(logs: LogObservations): WindowsEvent[] {
  const events: WindowsEvent[] = [];
  for (const record of logs.records) {
    let id = Number.NaN;
    const data: { [name: string]: string } = {};
    for (const [key, value] of Object.entries(record.fields)) {
      const name = key.slice(key.lastIndexOf('.') + 1);
      if (/(?:^|\.)(?:EventID|EventId|event_id|Id)(?:\.(?:#text|Value))?$/.test(key) && /^\d{2,5}$/.test(value))
        id = Number(value);
      else data[name] = value;
    }
    if (Number.isNaN(id)) continue;
    events.push({
      id,
      time: record.time,
      data,
      proof: {
        file: logs.sources[record.source]!.file,
        line: record.line,
        text: `event ${id} ${data.TargetUserName ?? ''} ${data.IpAddress ?? ''}`.trim(),
        time: record.time,
      },
    });
  }
  return events;
}

/** Which provider writes the events that are asked for; the same numbers mean other things elsewhere. */
const PROVIDERS: { [id: number]: RegExp } = {
  104: /Eventlog/i,
  1102: /Eventlog/i,
  4624: /Security-Auditing/i,
  4625: /Security-Auditing/i,
  4697: /Security-Auditing/i,
  4698: /Security-Auditing/i,
  4720: /Security-Auditing/i,
  4728: /Security-Auditing/i,
  4732: /Security-Auditing/i,
  4771: /Security-Auditing/i,
  7045: /Service Control Manager/i,
  18456: /^MSSQL/i,
};

/** Records of a binary log that the sheet asks for. @returns how many events were beyond the bound */
export async function recordedEvents(
  file: string,
  chunks: AsyncIterable<Buffer>,
  into: WindowsEvent[],
): Promise<EvtxCounts & { beyond: number }> {
  let beyond = 0;
  const counts = await readEvtx(chunks, (record) => {
    const { id, time, provider, data } = flatEvent(record);
    if (!PROVIDERS[id]?.test(provider)) return;
    if (into.length >= MAX_EVENTS) {
      beyond++;
      return;
    }
    const text = `record ${record.number}, event ${id} ${Object.values(data).join(' ')}`.slice(0, 300);
    into.push({ id, time, data, proof: { file, text, time } });
  });
  return { ...counts, beyond };
}

/** @param recorded events of binary logs */
export function windowsEvents(
  files: readonly HostFile[],
  logs: LogObservations,
  recorded: readonly WindowsEvent[] = [],
): WindowsEvent[] {
  const events = files.filter(({ text }) => text.includes('<EventID')).flatMap(xmlEvents);
  append(events, files.filter(({ text }) => isTextEvents(text)).flatMap(textEvents));
  append(events, files.filter(({ text }) => isPowershellEvents(text)).flatMap(powershellEvents));
  return [...events, ...recorded, ...recordEvents(logs)].sort((a, b) => a.time - b.time);
}

/** Pre-authentication failed because the password was wrong (RFC 4120, section 7.5.9: KDC_ERR_PREAUTH_FAILED). */
const WRONG_PASSWORD = /^0x18$/i;

/** Logons from another host, refused or let in: 4624, 4625; refused by a domain (4771) and by SQL Server (18456). */
export function windowsLogins(events: readonly WindowsEvent[]): Login[] {
  return events.flatMap(({ id, data, proof }): Login[] => {
    if (id === 18456) return sqlServerLogin(data, proof);
    if (id !== 4624 && id !== 4625 && !(id === 4771 && WRONG_PASSWORD.test(data.Status ?? ''))) return [];
    const address = (data.IpAddress ?? '').replace(/^::ffff:/i, '');
    if (address === '' || address === '-' || isLoopback(address)) return [];
    const service = id === 4771 ? 'the domain' : data.LogonType === '10' ? 'remote desktop' : 'Windows logon';
    return [
      {
        address,
        user: data.TargetUserName ?? '',
        ok: id === 4624,
        method: 'password',
        service,
        proof,
        ...(id === 4771 ? { lenient: true } : {}),
      },
    ];
  });
}

function sqlServerLogin(data: WindowsEvent['data'], proof: Proof): Login[] {
  const said = Object.values(data);
  const address = /\[CLIENT: ([\da-f.:]{3,45})\]/i.exec(said.join(' '))?.[1];
  if (address === undefined || isLoopback(address)) return [];
  return [
    {
      address,
      user: (said[0] ?? '').split(/,\s{1,4}Reason:/)[0]!.slice(0, 64),
      ok: false,
      method: 'password',
      service: 'SQL Server',
      proof,
      lenient: true,
    },
  ];
}

const HIDDEN = /\$$/;

/** Accounts made (4720), raised (4728, 4732) and listed by the registry. */
export function windowsAccounts(events: readonly WindowsEvent[], files: readonly HostFile[]): Account[] {
  const accounts: Account[] = [];
  // Groups name their members by SID only.
  const names = new Map(
    events.flatMap(({ id, data }) =>
      id === 4720 && data.TargetSid && data.TargetUserName ? [[data.TargetSid, data.TargetUserName] as const] : [],
    ),
  );
  for (const { id, time, data, proof } of events) {
    const name = data.TargetUserName ?? data.SamAccountName ?? '';
    if (id === 4720 && name !== '')
      accounts.push({
        name,
        uid: data.TargetSid ?? '',
        why: ['it was created while the logs ran', ...(HIDDEN.test(name) ? ['its name hides it'] : [])],
        time,
        proof,
      });
    if ((id === 4732 || id === 4728) && /admin|管理/i.test(name))
      accounts.push({
        name:
          data.MemberName && data.MemberName !== '-'
            ? data.MemberName
            : (names.get(data.MemberSid ?? '') ?? data.MemberSid ?? ''),
        uid: data.MemberSid ?? '',
        why: [`it was added to ${name}`],
        time,
        proof,
      });
  }
  for (const file of files) {
    for (const match of file.text
      .slice(0, 2 << 20)
      .matchAll(/^\[[^\]\n]{0,200}\\Account\\Users\\Names\\([^\]\n\\]{1,64})\]/gim)) {
      if (!HIDDEN.test(match[1]!)) continue;
      accounts.push({
        name: match[1]!,
        uid: '',
        why: ['its name hides it'],
        time: file.modified ?? Number.NaN,
        proof: { file: file.file, text: match[0].slice(0, 300), time: file.modified ?? Number.NaN },
      });
    }
  }
  return accounts;
}

/** Where new services (7045, 4697) and tasks (4698) call, from the whole command, which a proof shows in part. */
export const windowsIndicators = (events: readonly WindowsEvent[]): IntrusionSheet['indicators'] =>
  events.flatMap(({ id, data, proof }) =>
    id === 7045 || id === 4697 || id === 4698
      ? indicatorsIn(
          plain((data.TaskContent ?? data.ImagePath ?? data.ServiceFileName ?? '').slice(0, 16_384)).replace(
            /<[^<>]{1,200}>/g,
            ' ',
          ),
          proof,
        )
      : [],
  );

/** Programs and switches with which a command of Windows hides what it runs or runs what it fetches; folders that anybody may write. */
const HIDING =
  /\b(?:mshta|wscript|cscript|regsvr32|bitsadmin|certutil|installutil|msbuild)(?:\.exe)?\b|\s-(?:e|en|enc|encodedcommand)\s|-w(?:indowstyle)?\s+hidden|https?:\/\/|downloadstring|frombase64string|\\(?:users\\public|windows\\temp|perflogs|\$recycle\.bin|appdata\\local\\temp)\\|%te?mp%|\bcmd(?:\.exe)?\s+\/[ck]\b|\/bin\/sh|(?<![\w.])(?!(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.)(?:\d{1,3}\.){3}\d{1,3}:\d{2,5}\b/i;

/** Every host has tasks, services and programs that start by themselves: what none of the traits is about is named, not judged. */
const judged = (command: string): { unjudged?: true } =>
  HIDING.test(command.slice(0, 4000)) || tellingOf(command) !== undefined ? {} : { unjudged: true };

/** What Winlogon starts on every host: the shell and userinit, alone; its other values start nothing. */
const usualAtLogon = (name: string, value: string): boolean =>
  !/^(?:shell|userinit)$/i.test(name) ||
  /^(?:(?:[a-z]:\\+windows|%systemroot%|%windir%)\\+)?(?:explorer\.exe|(?:system32\\+)?userinit\.exe,?)$/i.test(
    value.trim(),
  );

/** Services (7045), tasks (4698 and exported definitions), Run keys of exported registries, cleared logs (1102, 104). */
export function windowsPersistence(events: readonly WindowsEvent[], files: readonly HostFile[]): Persistence[] {
  const found: Persistence[] = [];
  for (const { id, data, proof } of events) {
    if (id === 7045 || id === 4697)
      found.push({
        kind: 'service',
        why: `the service ${data.ServiceName ?? ''} was installed: ${data.ImagePath ?? data.ServiceFileName ?? ''}`.slice(
          0,
          300,
        ),
        proof,
        ...judged(data.ImagePath ?? data.ServiceFileName ?? ''),
      });
    if (id === 4698)
      found.push({
        kind: 'task',
        why: `the task ${data.TaskName ?? ''} was made`.slice(0, 300),
        proof,
        ...judged(plain(data.TaskContent ?? '').replace(/https?:\/\/schemas\.microsoft\.com\S{0,100}/g, '')),
      });
    if (id === 1102 || id === 104) found.push({ kind: 'history', why: 'an event log was cleared', proof });
  }
  for (const file of files) {
    const proof = (text: string): Proof => ({
      file: file.file,
      text: text.slice(0, 300),
      time: file.modified ?? Number.NaN,
    });
    if (!isExportedEvents(file.text) && /<Task[\s>][\s\S]{0,4000}<Exec>/.test(file.text.slice(0, 65_536))) {
      const command = plain(/<Command>([^<]{1,500})</.exec(file.text)?.[1] ?? '');
      const argument = plain(/<Arguments>([^<]{1,1000})</.exec(file.text)?.[1] ?? '');
      found.push({
        kind: 'task',
        why: `a task runs ${command} ${argument}`.trim().slice(0, 300),
        proof: proof(`${command} ${argument}`),
        ...judged(`${command} ${argument}`),
      });
    }
    if (!/^(?:\ufeff)?(?:Windows Registry Editor|REGEDIT4)/.test(file.text)) continue;
    let key = '';
    for (const line of file.text.slice(0, 2 << 20).split(/\r?\n/)) {
      if (line.startsWith('[')) key = line.slice(1, -1);
      const value = /^"?([^"=]{1,100})"?="((?:[^"\\]|\\.){1,1000})"/.exec(line);
      // Every Windows has this one.
      if (value && /^%windir%\\+system32\\+SecurityHealthSystray\.exe$/i.test(value[2]!)) continue;
      if (value && /\\CurrentVersion\\(?:Policies\\Explorer\\)?Run(?:Once)?$/i.test(key))
        found.push({
          kind: 'run-key',
          why: `${value[1]} starts at logon: ${value[2]!.replaceAll('\\\\', '\\')}`.slice(0, 300),
          proof: proof(`${key} ${line}`),
          ...judged(value[2]!.replaceAll('\\\\', '\\')),
        });
      if (value && /\\CurrentVersion\\Winlogon$/i.test(key) && !usualAtLogon(value[1]!, value[2]!))
        found.push({
          kind: 'run-key',
          why: `Winlogon starts ${value[2]!.replaceAll('\\\\', '\\')} as ${value[1]}`.slice(0, 300),
          proof: proof(`${key} ${line}`),
        });
      if (value && /Image File Execution Options\\/i.test(key) && /^debugger$/i.test(value[1]!))
        found.push({
          kind: 'run-key',
          why: `${key.slice(key.lastIndexOf('\\') + 1)} is replaced by ${value[2]!.replaceAll('\\\\', '\\')}`.slice(
            0,
            300,
          ),
          proof: proof(`${key} ${line}`),
        });
    }
  }
  return found;
}
