/**
 * TLS defaults of a Node.js process, wherever its options are written: environment files, unit files, Dockerfiles, compose files,
 * start scripts and package.json (Node.js command-line options `--tls-*`, NODE_OPTIONS, NODE_TLS_REJECT_UNAUTHORIZED).
 */
import type { ServerConfigObservation, TlsSettings } from '../types.ts';
import { type ConfigReader, LIMITS, located, ObservationBuilder, protocolName, protocolRange } from './source.ts';

const OPTION =
  /--tls-(min|max)-v(1\.[0-3])(?![\d.])|--tls-cipher-list[= ]("[^"\n]{1,4000}"|'[^'\n]{1,4000}'|[^\s"'\\,\]]{1,4000})/g;
/** An assignment, not the warning that Node prints about it. */
const UNVERIFIED = /(?:^|[\s"'])NODE_TLS_REJECT_UNAUTHORIZED["']?\s*[=:]\s*["']?0(?!\d)/;

export const nodeOptionsReader: ConfigReader = {
  software: 'node',
  detect: detectNodeOptions,
  read: readNodeOptions,
};

/** A line that sets NODE_OPTIONS or starts node with a TLS option, or switches verification off. */
function detectNodeOptions(head: string): boolean {
  return head.split('\n', 2000).some((line) => {
    const text = line.slice(0, 2000);
    return !isComment(text) && (startsNode(text) || UNVERIFIED.test(text));
  });
}

function startsNode(line: string): boolean {
  return (
    /--tls-(?:(?:min|max)-v1\.[0-3]|cipher-list)/.test(line) &&
    /NODE_OPTIONS|node_args|(?:^|[\s"'/[=])node(?:js)?["']?[\s,]/.test(line)
  );
}

const isComment = (line: string): boolean => /^\s*(?:#|\/\/|;)/.test(line);

function readNodeOptions(text: string, file: string): ServerConfigObservation {
  const out = new ObservationBuilder(file, 'node');
  const settings: TlsSettings = {};
  let min: string | undefined;
  let max: string | undefined;
  let first: number | undefined;
  for (const [index, line] of text.slice(0, LIMITS.characters).split('\n').entries()) {
    if (isComment(line)) continue;
    const at = index + 1;
    for (const [whole, end, version, list] of line.slice(0, 8000).matchAll(OPTION)) {
      first ??= at;
      out.directive(whole.split(/[= ]/)[0]!, version ?? list ?? '', at);
      if (end === 'min') min = protocolName(`TLSv${version}`);
      else if (end === 'max') max = protocolName(`TLSv${version}`);
      else readCiphers(list!.replace(/^["']|["']$/g, ''), settings, file, at);
      if (end) settings.protocols = located(protocolRange(min ?? 'TLSv1.2', max), file, at);
    }
    if (UNVERIFIED.test(line)) {
      out.directive('NODE_TLS_REJECT_UNAUTHORIZED', '0', at);
      out.observation.upstreams.push({
        software: 'node',
        name: 'every server this process connects to',
        targets: [],
        tls: true,
        settings: { verify: located('off', file, at) },
        timeouts: {},
        file,
        line: at,
      });
    }
  }
  if (first !== undefined)
    out.observation.listeners.push({
      software: 'node',
      address: '[process]',
      port: 0,
      names: [],
      tls: true,
      settings,
      file,
      line: first,
    });
  return out.finish();
}

/** The list holds TLS 1.3 suites and an OpenSSL cipher string in one. */
function readCiphers(list: string, settings: TlsSettings, file: string, line: number): void {
  const words = list.split(':');
  const suites13 = words.filter((w) => /^TLS_(?:AES|CHACHA20)_[A-Z0-9_]+$/.test(w) && !w.includes('_WITH_'));
  const rest = words.filter((w) => !suites13.includes(w));
  if (rest.length > 0) settings.ciphers = located(rest.join(':'), file, line);
  if (suites13.length > 0) settings.suites13 = located(suites13.join(':'), file, line);
}
