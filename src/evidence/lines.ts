/** The first lines that carry something, trimmed at the right. */
export function firstLines(text: string, count: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < text.length && lines.length < count; ) {
    let end = text.indexOf('\n', at);
    if (end === -1) end = text.length;
    const line = text.slice(at, Math.min(end, at + 2000)).trimEnd();
    if (line !== '') lines.push(line);
    at = end + 1;
  }
  return lines;
}

/** Share of the lines that pass a test. */
export const share = (lines: string[], test: (line: string) => boolean): number =>
  lines.length ? lines.filter(test).length / lines.length : 0;
/** How often a pattern occurs. */
export const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;
