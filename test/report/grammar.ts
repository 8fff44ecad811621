/** Small strict readers of the output formats, for the tests: each throws on what its format forbids. */

/** RFC 4180 rows. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let i = 0;
  while (i < text.length) {
    let cell = '';
    if (text[i] === '"') {
      for (i++; ; i++) {
        if (i >= text.length) throw new Error('open quote');
        if (text[i] === '"' && text[i + 1] === '"') cell += text[i++];
        else if (text[i] === '"') break;
        else cell += text[i];
      }
      i++;
    } else {
      while (i < text.length && text[i] !== ',' && !text.startsWith('\r\n', i)) {
        if (text[i] === '"' || text[i] === '\n') throw new Error(`bare ${JSON.stringify(text[i])} at ${i}`);
        cell += text[i++];
      }
    }
    row.push(cell);
    if (text[i] === ',') i++;
    else if (text.startsWith('\r\n', i)) {
      i += 2;
      rows.push(row);
      row = [];
    } else throw new Error(`no separator at ${i}`);
  }
  return rows;
}

const METRIC =
  /^[a-zA-Z_:][a-zA-Z0-9_:]*(?:\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\[\\"n])*"(?:,(?!\}))?)*\})? -?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/;

/** Prometheus text format 0.0.4: returns the samples; series are unique and stand under their TYPE. */
export function parsePrometheus(text: string): string[] {
  if (!text.endsWith('\n')) throw new Error('must end with a line feed');
  const seen = new Set<string>();
  let family = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const type = /^# TYPE ([a-z_0-9]+) gauge$/.exec(line);
    if (type) family = type[1]!;
    else if (/^# HELP [a-z_0-9]+ [^\n]+$/.test(line)) continue;
    else {
      if (!METRIC.test(line)) throw new Error(`no sample: ${line.slice(0, 200)}`);
      if (!line.startsWith(family)) throw new Error(`outside its family: ${line}`);
      const series = line.slice(0, line.lastIndexOf(' '));
      if (seen.has(series)) throw new Error(`twice: ${series}`);
      seen.add(series);
    }
  }
  return [...seen];
}

/** Monitoring Plugins guideline: status word, text, one bar, performance data. */
export function parseNagios(text: string): { status: string; perf: string[] } {
  const lines = text.trimEnd().split('\n');
  const first = /^PAYMEDIC (OK|WARNING|CRITICAL|UNKNOWN) - ([^|]*) \| ([^|]*)$/.exec(lines[0]!);
  if (!first) throw new Error(`status line: ${lines[0]}`);
  if (lines.slice(1).some((line) => line.includes('|'))) throw new Error('a bar in the long text');
  const perf = first[3]!.split(' ');
  for (const item of perf)
    if (!/^'[^'=]+'=-?\d+(?:\.\d+)?[a-zA-Z%]*(?:;@?(?:~|-?[\d.]+)?:?(?:-?[\d.]+)?){0,2}(?:;-?[\d.]*){0,2}$/.test(item))
      throw new Error(`performance data: ${item}`);
  return { status: first[1]!, perf };
}

/** Every tag of an HTML or XML text with its attributes; throws when a `<` does not open a tag of the allowed names. */
export function tagsOf(
  text: string,
  allowed: ReadonlySet<string>,
): { name: string; attributes: Map<string, string> }[] {
  const tags: { name: string; attributes: Map<string, string> }[] = [];
  const rest = text.replace(
    /<(\/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z][a-zA-Z0-9:-]*(?:="[^"<]*")?)*)\s*\/?>/g,
    (_all, close: string, name: string, attrs: string) => {
      if (!allowed.has(name)) throw new Error(`element ${name}`);
      if (!close)
        tags.push({
          name,
          attributes: new Map(
            [...attrs.matchAll(/([a-zA-Z][a-zA-Z0-9:-]*)(?:="([^"]*)")?/g)].map((m) => [m[1]!, m[2] ?? '']),
          ),
        });
      return '';
    },
  );
  if (rest.includes('<'))
    throw new Error(`stray < : ${rest.slice(Math.max(0, rest.indexOf('<') - 40), rest.indexOf('<') + 60)}`);
  return tags;
}
