/** Scripts that read the fields of a card from a page and send them elsewhere, wherever pages come from: files, or texts in a database. */

import { proofOf } from './host-lines.ts';
import { indicatorsIn } from './indicators.ts';
import type { HostFile, IntrusionSheet, Persistence } from './types.ts';

const SEARCHED = 8 << 20;
const MOST_SCRIPTS = 2000;
const LONGEST = 65_536;

/** Names that shops and HTML (autofill, `cc-number`) give the fields of a card. */
const CARD_FIELD = /\bcc[_-]?(?:number|num|cid|cvv|cvc|exp)|card[_-]?(?:number|num|no|cvv|cvc)\b|\bcvv2?\b|\bcvc2?\b/i;
/** What reads a field, or hears of its change. */
const READS = /querySelector|getElementBy|getElementsBy|addEventListener|\.value\b|serialize\s*\(|FormData/;
/** What a page sends without being asked for by a form. */
const SENDS =
  /new\s+Image\b|\.src\s*=|sendBeacon|XMLHttpRequest|\bfetch\s*\(|new\s+WebSocket|\$\.(?:ajax|post|get)\s*\(/;
/** Nobody who pays an honest provider hides where it is, or packs a number into text before it is sent there. */
const HIDES = /\batob\s*\(|\bbtoa\s*\(|String\.fromCharCode|\bunescape\s*\(|\\x[0-9a-f]{2}\\x[0-9a-f]{2}/i;

/** In selectors the name may be but begun: `input[name*=card]`, `[autocomplete=cc-number]`. */
const CARD_FIELD_OF_SCRIPT = new RegExp(
  String.raw`${CARD_FIELD.source}|\[(?:name|id|autocomplete)[*^$]?=\\?["']?(?:cc-|card|cvv|cvc)`,
  'i',
);

/** Base64 in a string of a script, plain. */
const ENCODED = /["'`]([A-Za-z0-9+/]{12,2000}={0,2})\\?["'`]/g;

export interface PageScripts {
  persistence: Persistence[];
  indicators: IntrusionSheet['indicators'];
}

/** The same as numbers of its characters. */
const NUMBERED = /fromCharCode\s{0,4}\(\s{0,4}(\d{2,3}(?:\s{0,4},\s{0,4}\d{2,3}){6,300})\s{0,4}\)/g;

/** Addresses that a script holds in base64 or as numbers of characters, with their place. */
const hiddenAddresses = (script: string): { address: string; at: number }[] =>
  [
    ...[...script.matchAll(ENCODED)]
      .slice(0, 100)
      .map(({ 1: encoded, index }) => ({ address: Buffer.from(encoded!, 'base64').toString('latin1'), at: index })),
    ...[...script.matchAll(NUMBERED)].slice(0, 100).map(({ 1: numbers, index }) => ({
      address: String.fromCharCode(...numbers!.split(',').map(Number)),
      at: index,
    })),
  ].filter(({ address }) => /^(?:https?:|wss?:)?\/\/[\x21-\x7e]{4,300}$/.test(address));

/** Characters around a hidden address that belong to the same deed; files of shops are bundles of many scripts. */
const NEAR = 3000;

/** A script file in which card fields are read and sent to an address that is hidden there. */
function skimmerFile(file: HostFile): PageScripts {
  const text = file.text.slice(0, SEARCHED);
  for (const { address, at } of hiddenAddresses(text)) {
    const around = text.slice(Math.max(0, at - NEAR), at + NEAR);
    if (!CARD_FIELD_OF_SCRIPT.test(around) || !READS.test(around) || !SENDS.test(around)) continue;
    if (!/\b(?:atob|fromCharCode)\b/.test(around)) continue;
    const number = text.slice(0, at).split('\n').length;
    const proof = proofOf(file, number, text.slice(Math.max(0, at - 100), at + 200));
    const why = `a script reads the fields of a card and sends them away: ${address.slice(0, 200)}`;
    return { persistence: [{ kind: 'page-script', why, proof }], indicators: indicatorsIn(address, proof) };
  }
  return { persistence: [], indicators: [] };
}

/** @returns scripts between `<script>` and its end that read card fields, send something, and hide what or where to; also of files of scripts. */
export function skimmersIn(file: HostFile): PageScripts {
  if (/\.[cm]?js$/i.test(file.file)) return skimmerFile(file);
  const found: PageScripts = { persistence: [], indicators: [] };
  const text = file.text.slice(0, SEARCHED);
  const open = /<script\b[^>]{0,400}>/gi;
  for (let scripts = 0; scripts < MOST_SCRIPTS; scripts++) {
    const tag = open.exec(text);
    if (!tag) break;
    const from = tag.index + tag[0].length;
    const end = text.indexOf('</script', from);
    const body = text.slice(from, Math.min(end === -1 ? text.length : end, from + LONGEST));
    if (!CARD_FIELD.test(body) || !READS.test(body) || !SENDS.test(body) || !HIDES.test(body)) continue;
    const plain = hiddenAddresses(body).map(({ address }) => address);
    const proof = proofOf(file, text.slice(0, tag.index).split('\n').length, `${tag[0]}${body.slice(0, 200)}`);
    found.persistence.push({
      kind: 'page-script',
      why: `a script in a page reads the fields of a card and sends them away${plain.length > 0 ? `: ${plain.join(', ').slice(0, 200)}` : ''}`,
      proof,
    });
    found.indicators.push(...indicatorsIn(`${body.slice(0, 4000)} ${plain.join(' ')}`, proof));
    open.lastIndex = from + body.length;
  }
  return found;
}
