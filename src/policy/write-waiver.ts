/** Adds an entry to a waiver file and keeps what stands in it, comments included. */
import { isMap, isSeq, parseDocument, type YAMLMap, YAMLSeq } from 'yaml';
import { readWaivers } from './waivers.ts';

export interface NewWaiver {
  finding: string;
  subject: string;
  match?: { [name: string]: string };
  owner: string;
  approved_by: string;
  reason: string;
  ticket?: string;
  expires: string;
  pci_a2?: { [field: string]: string };
}

const HEADER =
  ' Accepted findings. Mandatory: finding, subject, owner, approved_by, reason, expires. Written by "paymedic waive".';

/**
 * Returns the new text of the file.
 * @param text the present content; empty for a new file
 * @returns or a sentence that says why nothing was added
 */
export function addWaiver(text: string, waiver: NewWaiver): { text: string } | { refused: string } {
  const before = readWaivers(text === '' ? 'waivers: []\n' : text, 'waivers');
  if (before.problems.length > 0) return { refused: `line ${before.problems[0]!.line}: ${before.problems[0]!.says}` };
  const document = parseDocument(text === '' ? 'waivers: []\n' : text);
  if (text === '') document.commentBefore = HEADER;
  if (!isMap(document.contents)) return { refused: 'the file needs a list under "waivers:"' };
  const map = document.contents as YAMLMap;
  const present = map.get('waivers', true) as unknown;
  const list = isSeq(present) ? (present as YAMLSeq) : new YAMLSeq();
  if (list !== present) map.set(document.createNode('waivers'), list);
  list.flow = false;
  list.add(document.createNode(waiver));
  const written = document.toString({ lineWidth: 0 });
  const check = readWaivers(written, 'waivers');
  if (check.problems.length > 0) return { refused: check.problems[0]!.says };
  return { text: written };
}
