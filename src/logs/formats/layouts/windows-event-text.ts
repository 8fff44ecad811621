/**
 * Windows events as text, a name and a value a line: what the Event Viewer copies, `wevtutil qe /f:text`, and `Get-WinEvent |
 * Format-List`. The description comes last and may run over many lines.
 */
import { levelOf } from '../levels.ts';
import type { Layout, LayoutLine, LayoutRecord } from './layout.ts';

const MEANINGS: { readonly [name: string]: 'begin' | 'time' | 'level' | 'logger' | 'node' | 'id' | 'message' } = {
  'log name': 'begin',
  logname: 'begin',
  protokollname: 'begin',
  日志名称: 'begin',
  date: 'time',
  datum: 'time',
  日期: 'time',
  timecreated: 'time',
  level: 'level',
  leveldisplayname: 'level',
  ebene: 'level',
  级别: 'level',
  source: 'logger',
  providername: 'logger',
  quelle: 'logger',
  来源: 'logger',
  computer: 'node',
  machinename: 'node',
  计算机: 'node',
  'event id': 'id',
  id: 'id',
  'ereignis-id': 'id',
  '事件 id': 'id',
  description: 'message',
  message: 'message',
  beschreibung: 'message',
  描述: 'message',
};
const PAIR = /^ {0,4}([\p{L} -]{2,40}?) {0,12}[:：] {0,12}(.*)$/u;
const NUMBERED = /^Event\[\d{1,9}\]:?\s*$/;
/** What begins an event, and the members of the head as they are set: in a column, or indented. */
const HEAD =
  /^ {0,4}(?:Log Name|Protokollname|日志名称) {0,2}[:：]|^Event\[\d{1,9}\]:?\s*$|^(?:TimeCreated|ProviderName|Id|LevelDisplayName|MachineName|Message) {1,12}: |^(?:Source|Date|Event ID|Task Category|Level|Keywords|User|Computer|Quelle|Datum|Ereignis-ID|Ebene|来源|日期|事件 ID|级别|计算机): {2,14}\S|^ {2}(?:Source|Date|Event ID|Task|Level|Opcode|Keyword|User|User Name|Computer|Description): |^(?:Description|Beschreibung|描述): *$/;

type Head = { line: number; message: string; described: boolean } & Partial<
  Record<'time' | 'level' | 'logger' | 'node' | 'id', string>
>;

const recordOf = (head: Head): LayoutRecord[] =>
  head.time === undefined
    ? []
    : [
        {
          line: head.line,
          time: head.time,
          level: levelOf(head.level ?? '') ?? 'info',
          node: head.node,
          logger: head.logger,
          message: head.message || `event ${head.id ?? ''}`.trim(),
          fields: { 'event-id': head.id ?? '' },
        },
      ];

export default {
  format: 'windows-event-text',
  role: 'application',
  software: 'windows',
  fits: (text) => HEAD.test(text),
  reader() {
    let head: Head | undefined;
    let told = false;
    const begin = (line: number): void => {
      head = { line, message: '', described: false };
      told = false;
    };
    return (text, line): LayoutLine => {
      const [, name, value] = PAIR.exec(text) ?? [];
      const meaning = name === undefined ? undefined : MEANINGS[name.toLowerCase()];
      // A new event: its number, its log, or a member that the one at hand has already.
      const next =
        NUMBERED.test(text) || (meaning === 'begin' && head?.line !== line - 1) || (told && meaning === 'time');
      if (next || !head) {
        if (!next && meaning === undefined) return text.trim() === '' ? 'part' : undefined;
        const before = head && !told ? recordOf(head) : [];
        begin(line);
        if (meaning === 'time') head!.time = value!.trim();
        return before.length > 0 ? before : 'part';
      }
      if (told) return text.trim() === '' ? 'part' : 'continued';
      if (head.described) {
        if (text.trim() === '') return 'part';
        head.message = text.trim();
      } else if (meaning === 'message') {
        head.described = true;
        head.message = value!.trim();
      } else {
        if (meaning !== undefined && meaning !== 'begin') head[meaning] ??= value!.trim();
        return 'part';
      }
      if (head.message === '') return 'part';
      told = true;
      return recordOf(head);
    };
  },
} satisfies Layout;
