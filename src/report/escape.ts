/** Escaping by format. Input is already safe text (no control characters); output cannot leave its place in the format. */

/** HTML text and attribute values (also XML 1.0). */
export function html(text: string): string {
  return text.replace(/[&<>"'`]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Inline Markdown (CommonMark and GitHub): no markup, no block start, no link, no autolink, no mention. */
export function markdown(text: string): string {
  return (
    text
      .replace(/[\\`*_[\]|$<~]/g, '\\$&')
      .replace(/&/g, '&amp;')
      // Block starts: heading, list, quote, rule, setext underline, numbered list.
      .replace(/^([#+=>-])/, '\\$1')
      .replace(/^(\d{1,9})([.)])/, '$1\\$2')
      // Autolinks of GitHub: scheme, www. and mail addresses; mentions are looked for in rendered text, so a comment parts them.
      .replace(/:\/\//g, '\\://')
      .replace(/\b(mailto|xmpp):/gi, '$1\\:')
      .replace(/\b(www)\./gi, '$1\\.')
      .replace(/@/g, '@<!-- -->')
  );
}

/** A Markdown code span: the fence is longer than any run of backticks inside. */
export function markdownCode(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^`|`$|^ .* $/.test(text) || text === '' ? ' ' : '';
  // A pipe ends a table cell even inside a code span.
  return `${fence}${pad}${text.replace(/\|/g, '\\|')}${pad}${fence}`;
}

/** A fenced block of one command. */
export function markdownFence(text: string, language = ''): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A CSV field (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe in front (OWASP CSV injection). */
export function csv(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const text = /^[\s]*[=+\-@|\t\r\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${value}` : value;
  return /[",;\r\n\t]|^\s|\s$|^'/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows to CSV with CRLF line ends (RFC 4180). */
export function csvTable(rows: readonly (readonly (string | number | undefined)[])[]): string {
  return rows.map((row) => `${row.map(csv).join(',')}\r\n`).join('');
}
