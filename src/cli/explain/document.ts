/** A small neutral document: what `explain` shows and what the generated pages hold. */

export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'list'; items: string[] }
  | { kind: 'steps'; items: string[] }
  | { kind: 'command'; text: string }
  /** Rows of label and text; `link` names the page of a cause or check. */
  | { kind: 'rows'; rows: { label: string; text: string; link?: string }[] };

export interface Section {
  heading: string;
  blocks: Block[];
}

export interface Document {
  title: string;
  /** Short facts under the title. */
  facts: { label: string; text: string }[];
  sections: Section[];
}

export const text = (value: string): Block => ({ kind: 'text', text: value });
export const list = (items: string[]): Block => ({ kind: 'list', items });
export const command = (value: string): Block => ({ kind: 'command', text: value });
export const rows = (entries: { label: string; text: string; link?: string }[]): Block => ({
  kind: 'rows',
  rows: entries,
});

/** Leaves out sections that say nothing. */
export function sections(all: Section[]): Section[] {
  const empty = (block: Block): boolean =>
    block.kind === 'rows'
      ? block.rows.length === 0
      : block.kind === 'text' || block.kind === 'command'
        ? block.text === ''
        : block.items.length === 0;
  return all.map((s) => ({ ...s, blocks: s.blocks.filter((b) => !empty(b)) })).filter((s) => s.blocks.length > 0);
}
