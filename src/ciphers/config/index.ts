/** Reads any server or TLS client configuration this program knows, found by its content. */
import type { ServerConfigObservation } from '../types.ts';
import { apacheReader } from './apache.ts';
import { envoyReader } from './envoy.ts';
import { haproxyReader } from './haproxy.ts';
import { javaSecurityReader } from './java-security.ts';
import { nginxReader } from './nginx.ts';
import { nodeOptionsReader } from './node-options.ts';
import { opensslCnfReader } from './openssl-cnf.ts';
import { settingsReader } from './settings.ts';
import type { ConfigReader, ReadHint } from './source.ts';
import { stunnelReader } from './stunnel.ts';
import { tomcatReader } from './tomcat.ts';

/** In the order of how unmistakable their syntax is; the generic settings reader comes last. */
const READERS: readonly ConfigReader[] = [
  tomcatReader,
  envoyReader,
  haproxyReader,
  nginxReader,
  apacheReader,
  javaSecurityReader,
  opensslCnfReader,
  stunnelReader,
  settingsReader,
  nodeOptionsReader,
];

const HEAD = 64 * 1024;

function readerOf(head: string): ConfigReader | undefined {
  // A NUL means binary content; a configuration has none.
  if (head.includes('\u0000')) return undefined;
  return READERS.find((r) => r.detect(head));
}

/**
 * Names the software whose configuration a text is, from its first 64 KiB: `nginx`, `haproxy`, `httpd`, `stunnel`, `java-security`,
 * `openssl-cnf`, `tomcat`, `envoy`, `node`, or `settings` for application settings about TLS. Undefined for anything else.
 */
export function detectServerConfig(head: string): string | undefined {
  return readerOf(head.slice(0, HEAD))?.software;
}

/**
 * Reads a configuration: listeners, upstreams, directives, log formats, each value with file and line.
 * @param text the whole file
 * @param file the name that every value carries
 * @param hint `software` skips detection, `include` supplies included files
 * @returns undefined when no reader knows the text; malformed parts are in `problems`, nothing is thrown
 */
export function readServerConfig(text: string, file: string, hint: ReadHint = {}): ServerConfigObservation | undefined {
  const reader =
    hint.software === undefined ? readerOf(text.slice(0, HEAD)) : READERS.find((r) => r.software === hint.software);
  return reader?.read(text, file, hint);
}

export { type DisabledAlgorithm, parseDisabledAlgorithms } from './java-security.ts';
export type { ReadHint } from './source.ts';
