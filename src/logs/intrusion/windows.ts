/** Windows as responders export it: event logs as XML or JSON, task definitions, registry files. */
import type { LogObservations } from '../types.ts';
import type { Account, HostFile, Persistence, Proof } from './types.ts';

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

export function windowsEvents(files: readonly HostFile[], logs: LogObservations): WindowsEvent[] {
  const events = files.filter(({ text }) => text.includes('<EventID')).flatMap(xmlEvents);
  return [...events, ...recordEvents(logs)].sort((a, b) => a.time - b.time);
}

export interface WindowsLogin {
  address: string;
  user: string;
  ok: boolean;
  method: string;
  service: string;
  proof: Proof;
}

/** 4624 and 4625 over the network or remote desktop, from another host. */
export function windowsLogins(events: readonly WindowsEvent[]): WindowsLogin[] {
  return events.flatMap(({ id, data, proof }): WindowsLogin[] => {
    if (id !== 4624 && id !== 4625) return [];
    const address = (data.IpAddress ?? '').replace(/^::ffff:/i, '');
    if (address === '' || address === '-' || address === '127.0.0.1' || address === '::1') return [];
    const remote = data.LogonType === '10';
    return [
      {
        address,
        user: data.TargetUserName ?? '',
        ok: id === 4624,
        method: 'password',
        service: remote ? 'remote desktop' : 'Windows logon',
        proof,
      },
    ];
  });
}

const HIDDEN = /\$$/;

/** Accounts made (4720), raised (4728, 4732) and listed by the registry. */
export function windowsAccounts(events: readonly WindowsEvent[], files: readonly HostFile[]): Account[] {
  const accounts: Account[] = [];
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
        name: data.MemberName && data.MemberName !== '-' ? data.MemberName : (data.MemberSid ?? ''),
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
      });
    if (id === 4698) found.push({ kind: 'task', why: `the task ${data.TaskName ?? ''} was made`.slice(0, 300), proof });
    if (id === 1102 || id === 104) found.push({ kind: 'history', why: 'an event log was cleared', proof });
  }
  for (const file of files) {
    const proof = (text: string): Proof => ({
      file: file.file,
      text: text.slice(0, 300),
      time: file.modified ?? Number.NaN,
    });
    if (/<Task[\s>][\s\S]{0,4000}<Exec>/.test(file.text.slice(0, 65_536))) {
      const command = plain(/<Command>([^<]{1,500})</.exec(file.text)?.[1] ?? '');
      const argument = plain(/<Arguments>([^<]{1,1000})</.exec(file.text)?.[1] ?? '');
      found.push({
        kind: 'task',
        why: `a task runs ${command} ${argument}`.trim().slice(0, 300),
        proof: proof(`${command} ${argument}`),
      });
    }
    if (!/^(?:\ufeff)?(?:Windows Registry Editor|REGEDIT4)/.test(file.text)) continue;
    let key = '';
    for (const line of file.text.slice(0, 2 << 20).split(/\r?\n/)) {
      if (line.startsWith('[')) key = line.slice(1, -1);
      const value = /^"?([^"=]{1,100})"?="((?:[^"\\]|\\.){1,1000})"/.exec(line);
      if (value && /\\CurrentVersion\\(?:Policies\\Explorer\\)?Run(?:Once)?$/i.test(key))
        found.push({
          kind: 'run-key',
          why: `${value[1]} starts at logon: ${value[2]!.replaceAll('\\\\', '\\')}`.slice(0, 300),
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
