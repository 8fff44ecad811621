/** Calendars of changes and maintenance (iCalendar, RFC 5545): each event is a change of the time at which it begins. */
import type { ChangeFact } from '../small-facts.ts';
import { type FactContext, type FactText, factTime } from './context.ts';

export const isCalendar = (text: string): boolean => /^\s{0,20}BEGIN:VCALENDAR\s*$/m.test(text.slice(0, 400));

const MOST_EVENTS = 5000;

/** What is changed, in an event's own words; meetings and holidays of a shared calendar are no changes. */
const CHANGE =
  /chang|maint|deploy|release|rollout|roll[- ]?(?:out|back)|upgrad|updat|rotat|renew|replac|migrat|patch|switch|restart|reboot|fail-?over|firewall|\bdns\b|certificat|downtime|outage|wartung|umstellung|\u00e4nderung|mantenimiento|cambio|维护|变更|升级|切换/i;

interface Property {
  line: number;
  name: string;
  parameters: string;
  value: string;
}

/** Content lines, of which a long one goes on after a line break and a space (RFC 5545, 3.1). */
function properties(file: FactText): Property[] {
  const found: { line: number; text: string }[] = [];
  for (const { line, text } of file.lines) {
    const last = found.at(-1);
    if (/^[ \t]/.test(text) && last) {
      if (last.text.length < 16_384) last.text += text.slice(1);
    } else found.push({ line, text });
  }
  return found.flatMap(({ line, text }) => {
    const match = /^([A-Za-z-]{1,60})((?:;[A-Za-z-]{1,60}=(?:"[^"]{0,300}"|[^";:]{0,300}))*):(.*)$/.exec(text);
    return match ? [{ line, name: match[1]!.toUpperCase(), parameters: match[2]!, value: match[3]! }] : [];
  });
}

const plain = (value: string): string =>
  value.replace(/\\([nN,;\\])/g, (_, what: string) => (/n/i.test(what) ? ' ' : what)).trim();

/** `20261122T080500Z`, or local to the zone that the property or the calendar names. */
function timeOf({ parameters, value }: Property, context: FactContext, calendarZone: string | undefined): number {
  const at = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/.exec(value.trim());
  // A whole day says nothing of the hour.
  if (!at || at[4] === undefined) return Number.NaN;
  const zone = /;TZID="?([^";:]{1,100})/i.exec(parameters)?.[1] ?? calendarZone;
  const written = `${at[1]}-${at[2]}-${at[3]}T${at[4]}:${at[5]}:${at[6]}${at[7]}`;
  // Zones of other vendors (`W. Europe Standard Time`) are not in the IANA data.
  return (
    factTime(written, context, zone && /^[A-Za-z]+(?:\/[\w+-]+)+$|^UTC$/.test(zone) ? zone : undefined)?.time ??
    Number.NaN
  );
}

/** Events of a calendar that say that something is changed. Cancelled ones are left out: what nobody did explains nothing. */
export function readCalendar(file: FactText, context: FactContext): ChangeFact[] {
  const all = properties(file);
  const calendar = all.find(({ name }) => name === 'X-WR-CALNAME')?.value ?? file.file;
  const ofChanges = CHANGE.test(calendar);
  const zone = all.find(({ name }) => name === 'X-WR-TIMEZONE')?.value;
  const facts: ChangeFact[] = [];
  let event: Map<string, Property> | undefined;
  let depth = 0;
  for (const property of all) {
    const { name, value } = property;
    if (name === 'BEGIN') {
      if (event) depth++;
      else if (value === 'VEVENT') event = new Map();
    } else if (name === 'END' && event) {
      if (depth-- > 0) continue;
      depth = 0;
      const start = event.get('DTSTART');
      const text = ['SUMMARY', 'DESCRIPTION', 'LOCATION']
        .map((key) => plain(event?.get(key)?.value ?? ''))
        .filter((words) => words !== '')
        .join(': ');
      const given = event.get('STATUS')?.value.toUpperCase() !== 'CANCELLED';
      const repeats = event.get('RRULE')?.value;
      if (start && given && text !== '' && (ofChanges || CHANGE.test(text)) && facts.length < MOST_EVENTS)
        facts.push({
          file: file.file,
          line: start.line,
          time: timeOf(start, context, zone),
          text: `${text.slice(0, 2000)}${repeats === undefined ? '' : ` (first of several: ${repeats.slice(0, 100)})`}`,
        });
      event = undefined;
    } else if (event && depth === 0 && !event.has(name)) event.set(name, property);
  }
  return facts;
}
