/** Documents as terminal text and as Markdown. Pure. */
import { markdown, markdownCode, markdownFence } from '../../report/escape.ts';
import { safeText } from '../../report/safe-text.ts';
import { commandLines, displayWidth, padEnd, wrap } from '../../report/width.ts';
import type { Block, Document } from './document.ts';

const INDENT = '  ';
/** A label column wider than this goes on a line of its own. */
const WIDEST_LABEL = 26;

const indented = (text: string, indent: string, width: number): string[] =>
  wrap(text, width - displayWidth(indent)).map((line) => indent + line);

function hanging(first: string, text: string, width: number): string[] {
  const rest = ' '.repeat(displayWidth(first));
  return wrap(text, width - rest.length).map((line, i) => (i === 0 ? first : rest) + line);
}

function tableRows(rows: readonly { label: string; text: string }[], width: number): string[] {
  const column = Math.min(WIDEST_LABEL, Math.max(0, ...rows.map((r) => displayWidth(r.label))));
  return rows.flatMap(({ label, text }) => {
    if (text === '') return [INDENT + label];
    if (displayWidth(label) > column)
      return [INDENT + label, ...indented(text, INDENT + ' '.repeat(column + 2), width)];
    return hanging(`${INDENT}${padEnd(label, column)}  `, text, width);
  });
}

function terminalBlock(block: Block, width: number): string[] {
  switch (block.kind) {
    case 'text':
      return indented(block.text, INDENT, width);
    case 'list':
      return block.items.flatMap((item) => hanging(`${INDENT}- `, item, width));
    case 'steps':
      return block.items.flatMap((item, i) => hanging(`${INDENT}${i + 1}. `, item, width));
    case 'command':
      // Broken with a backslash, so that what is copied still runs.
      return commandLines(block.text, width - 8).map(
        (line, i, all) => `${INDENT}${i ? '    ' : '$ '}${line}${i < all.length - 1 ? ' \\' : ''}`,
      );
    case 'rows':
      return tableRows(block.rows, width);
  }
}

/**
 * A document as plain lines.
 * @param width columns of the terminal; only a command whose single word is longer exceeds it
 */
export function renderTerminal(document: Document, width: number): string {
  const safe = makeSafe(document);
  const lines = [...wrap(safe.title, width), ...tableRows(safe.facts, width)];
  for (const { heading, blocks } of safe.sections) {
    lines.push('');
    if (heading) lines.push(heading);
    for (const block of blocks) lines.push(...terminalBlock(block, width));
  }
  return `${lines.join('\n')}\n`;
}

/** Every text of a document without control characters or escapes, whoever wrote it. */
function makeSafe(document: Document): Document {
  const safe = (value: string): string => safeText(value);
  const block = (b: Block): Block => {
    if (b.kind === 'rows')
      return { kind: 'rows', rows: b.rows.map((r) => ({ ...r, label: safe(r.label), text: safe(r.text) })) };
    if (b.kind === 'text' || b.kind === 'command') return { kind: b.kind, text: safe(b.text) };
    return { kind: b.kind, items: b.items.map(safe) };
  };
  return {
    title: safe(document.title),
    facts: document.facts.map((f) => ({ label: safe(f.label), text: safe(f.text) })),
    sections: document.sections.map((s) => ({ heading: safe(s.heading), blocks: s.blocks.map(block) })),
  };
}

/** Where the page of a cause or check lies, relative to the page being written; undefined for no link. */
export type LinkOf = (target: string) => string | undefined;

function markdownBlock(block: Block, linkOf: LinkOf): string {
  switch (block.kind) {
    case 'text':
      return markdown(block.text);
    case 'list':
      return block.items.map((item) => `- ${inline(item)}`).join('\n');
    case 'steps':
      return block.items.map((item, i) => `${i + 1}. ${markdown(item)}`).join('\n');
    case 'command':
      return markdownFence(block.text, 'sh');
    case 'rows':
      return block.rows
        .map(({ label, text, link }) => {
          const target = link && linkOf(link);
          const name = target ? `[${markdown(label)}](${target})` : `**${markdown(label)}**`;
          return text === '' ? `- ${name}` : `- ${name}: ${inline(text)}`;
        })
        .join('\n');
  }
}

/** A reference that is an address becomes a link; everything else is text. */
const inline = (value: string): string =>
  /^https:\/\/[\w.~:/?#&=%+@!,-]+$/.test(value) ? `<${value}>` : markdown(value);

/** A document as GitHub Markdown. */
export function renderMarkdown(document: Document, linkOf: LinkOf = () => undefined): string {
  const { title, facts, sections } = makeSafe(document);
  const parts = [`# ${markdown(title)}`];
  if (facts.length) parts.push(facts.map((f) => `- ${markdown(f.label)}: ${codeOrText(f.text)}`).join('\n'));
  for (const { heading, blocks } of sections) {
    if (heading) parts.push(`## ${markdown(heading)}`);
    parts.push(...blocks.map((b) => markdownBlock(b, linkOf)));
  }
  return `${parts.join('\n\n')}\n`;
}

/** Identifiers in code spans, prose as prose. */
const codeOrText = (value: string): string =>
  /^[\w/-]+$/.test(value) && /[/_-]/.test(value) ? markdownCode(value) : markdown(value);
