/** Where commands, scripts and configurations of tools point to. */
import { isIP } from 'node:net';
import { isPrivate } from '../../address.ts';
import { append } from '../../lists.ts';
import { proofOf } from './host-lines.ts';
import { tellingOf } from './telling.ts';
import type { HostFile, IntrusionSheet, Proof } from './types.ts';

type Indicator = IntrusionSheet['indicators'][number];

/** Masks of networks, and no network at all. */
const NOBODY = /^(?:0|255)\./;

/** Base64 of text, which commands decode before they run it. */
const ENCODED = /(?:^|[\s"'`(])([A-Za-z0-9+/]{20,2000}={0,2})(?=$|[\s"'`)|<])/g;

/** Plain texts that stand in a text as Base64. */
export const decodedTexts = (text: string): string[] =>
  [...text.matchAll(ENCODED)].slice(0, 1000).flatMap(([, encoded]) => {
    const bytes = Buffer.from(encoded!, 'base64');
    // PowerShell encodes UTF-16.
    const decoded = bytes.includes(0) ? bytes.toString('utf16le') : bytes.toString('latin1');
    return /^[\t\n\r\x20-\x7e]{8,}$/.test(decoded) ? [decoded] : [];
  });

/** Where telling commands point to. */
export function indicatorsIn(text: string, proof: Proof, depth = 0): Indicator[] {
  const found: Indicator[] = [];
  if (depth === 0 && /base64|b64decode|\batob\b|-enc/i.test(text))
    for (const decoded of decodedTexts(text)) append(found, indicatorsIn(decoded, proof, 1));
  for (const [, pool] of text.matchAll(/\s-o\s+([\w.-]+\.(?:[a-z]{2,24}|\d{1,3}):\d{2,5})\s+-u\s/g))
    found.push({ kind: 'pool', value: pool!, proof });
  for (const [url] of text.matchAll(/\b(?:https?|ftp|stratum\+tcp|stratum\+ssl):\/\/[^\s"'<>|;)]{4,200}/gi)) {
    found.push({ kind: url.startsWith('stratum') ? 'pool' : 'url', value: url, proof });
  }
  for (const [address] of text.matchAll(/\b(?:\d{1,3}\.){3}\d{1,3}\b/g))
    if (isIP(address) !== 0 && !NOBODY.test(address) && !isPrivate(address))
      found.push({ kind: 'address', value: address, proof });
  for (const [, host] of text.matchAll(/\/dev\/tcp\/([\w.-]{3,100})\//g))
    if (!/^[\d.]+$/.test(host!)) found.push({ kind: 'host', value: host!, proof });
  for (const [wallet] of text.matchAll(/\b4[0-9AB][1-9A-HJ-NP-Za-km-z]{93}\b/g))
    found.push({ kind: 'wallet', value: wallet, proof });
  return found;
}

/** Configurations of tunnels and miners, and scripts, wherever they lie. */
const TOOL_FILE =
  /(?:^|\/)(?:frp[cs]?\w*\.(?:ini|toml|ya?ml|json)|config\.json|pools\.txt|[^/]+\.(?:sh|bash|bat|cmd|ps1|vbs|py))$/i;

/** Places of one kind that are told of a file. */
const MOST_PLACES = 200;

function* matches(text: string, pattern: RegExp): Generator<RegExpExecArray> {
  let told = 0;
  for (const match of text.matchAll(pattern)) {
    if (++told > MOST_PLACES) return;
    yield match;
  }
}

/** Where tools call home, and the strings that training ranges hide. */
export function toolsIn(file: HostFile): Indicator[] {
  const text = file.text.slice(0, 256 * 1024);
  const found: Indicator[] = [];
  const proofAt = (at: number): Proof =>
    proofOf(file, text.slice(0, at).split('\n').length, text.slice(at, at + 200).split('\n')[0]!);
  if (TOOL_FILE.test(file.file)) {
    const server = /\bserver_?addr\s*[=:]\s*["']?([\w.:-]{3,100})/i.exec(text);
    if (server) {
      const port = /\bserver_?port\s*[=:]\s*["']?(\d{1,5})/i.exec(text)?.[1];
      found.push({
        kind: 'tunnel',
        value: port === undefined ? server[1]! : `${server[1]}:${port}`,
        proof: proofAt(server.index),
      });
    }
    if (/"pools"\s*:|stratum\+|--donate-level|xmrig/i.test(text)) {
      for (const match of matches(
        text,
        /(?:"url"\s*:\s*"|-o\s+|--url[= ])((?:stratum\+\w{3}:\/\/)?[\w.-]{4,100}:\d{2,5})/g,
      ))
        found.push({ kind: 'pool', value: match[1]!, proof: proofAt(match.index) });
      for (const match of matches(text, /(?:"user"\s*:\s*"|-u\s+|--user[= ])([A-Za-z0-9]{25,110})/g))
        found.push({ kind: 'wallet', value: match[1]!, proof: proofAt(match.index) });
    }
    for (const line of text.split('\n').slice(0, 2000)) {
      if (tellingOf(line) !== undefined) append(found, indicatorsIn(line.slice(0, 2000), proofAt(text.indexOf(line))));
    }
  }
  for (const match of matches(text, /\bflag\{[^{}\s]{1,80}\}/gi))
    found.push({ kind: 'flag', value: match[0], proof: proofAt(match.index) });
  return found;
}
