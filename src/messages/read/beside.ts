/**
 * Messages whose parts lie in files of their own: order and payment text with a signature (two-part messages), content
 * beside a signature of its own (CMS, ISO 20022 header and Document, SET challenges).
 */
import type { StoredMessage } from '../stored-message.ts';
import { readFolder } from '../two-part/folder.ts';

export interface StoredFile {
  file: string;
  content: Buffer;
}

const MAXIMUM_PARTS = 40;
/** Schemes whose messages may have a part elsewhere; other messages are whole. */
export const WITH_PARTS: ReadonlySet<string> = new Set(['cms', 'set', 'xml-signature']);

const folderOf = (file: string): string => file.slice(0, Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);

/** The files of one folder as the parts of one two-part message; undefined when they are none. */
export function twoPartMessage(files: readonly StoredFile[]): StoredMessage | undefined {
  if (files.length < 3 || files.length > 12) return undefined;
  const found = readFolder(files);
  return found
    ? {
        file: found.file,
        form: 'parts side by side',
        headers: [],
        body: Buffer.alloc(0),
        time: found.time,
        parts: files,
      }
    : undefined;
}

/**
 * Gives every message the files that may be its parts, and drops what turns out to be nothing but a part.
 * @param messages as read from the files
 * @param files all files at hand
 * @param schemeOf id of the scheme of a message; undefined for none
 */
export function joinParts(
  messages: readonly StoredMessage[],
  files: readonly StoredFile[],
  schemeOf: (message: StoredMessage) => string | undefined,
): StoredMessage[] {
  const folders = new Map<string, StoredFile[]>();
  for (const f of files) {
    const folder = folderOf(f.file);
    const list = folders.get(folder);
    if (list) list.push(f);
    else folders.set(folder, [f]);
  }
  const parts = new Set<string>();
  const out: StoredMessage[] = [];
  for (const list of folders.values()) {
    const whole = twoPartMessage(list);
    if (!whole) continue;
    out.push(whole);
    for (const f of list) parts.add(f.file);
  }
  for (const m of messages) {
    const scheme = schemeOf(m);
    const beside = folders.get(folderOf(m.file)) ?? [];
    if (scheme === undefined || !WITH_PARTS.has(scheme) || beside.length < 2) continue;
    for (const f of beside) if (f.file !== m.file) parts.add(f.file);
  }
  for (const m of messages) {
    const scheme = schemeOf(m);
    if (scheme === undefined && parts.has(m.file)) continue;
    const beside = scheme !== undefined && WITH_PARTS.has(scheme) ? (folders.get(folderOf(m.file)) ?? []) : [];
    const others = beside.filter((f) => f.file !== m.file).slice(0, MAXIMUM_PARTS);
    out.push(others.length > 0 ? { ...m, parts: others } : m);
  }
  return out;
}
