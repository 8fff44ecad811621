/**
 * Windows events as XML documents: the event viewer saves all of them on one line, `xmllint --format` spreads each over many. The
 * log reader wants one event a line (Windows Event Log, EventType schema).
 */

const OPEN = /<Event(?: xmlns=['"][^'"]{0,200}['"])?>\s*<System>/;
const CLOSE = '</Event>';
/** What the log reader takes of a line with some room to spare. */
const LONG_LINE = 32 * 1024;

export const mayBeEvents = (head: string): boolean => OPEN.test(head.slice(0, 4096));

/** @returns one event a string, without line ends; undefined when no event is there or each has lines of its own already. */
export function windowsEventLines(text: string): string[] | undefined {
  if (!mayBeEvents(text)) return undefined;
  const lines: string[] = [];
  let spread = false;
  for (let from = 0; ; ) {
    const end = text.indexOf(CLOSE, from);
    if (end === -1) break;
    const event = text.slice(from, end + CLOSE.length);
    const begin = event.search(OPEN);
    from = end + CLOSE.length;
    if (begin === -1) continue;
    const own = event.slice(begin);
    spread ||= own.includes('\n');
    // A line end within a message is data; between elements it is not.
    lines.push(
      own.replace(/>\s+</g, (between) => (between.includes('\n') ? '><' : between)).replace(/\r?\n/g, '&#10;'),
    );
  }
  if (lines.length === 0) return undefined;
  return spread || text.split('\n').some((line) => line.length > LONG_LINE) ? lines : undefined;
}
