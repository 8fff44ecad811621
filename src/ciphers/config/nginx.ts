/** nginx configurations (http, stream and mail): listeners, upstream connections and their inherited TLS settings. */
import type { Listener, ServerConfigObservation, TlsSettings } from '../types.ts';
import { nginxIncludes } from './nginx-include.ts';
import {
  assign,
  type Chain,
  confCommand,
  depthOf,
  lookup,
  lookupAll,
  protocolsOf,
  settingOf,
  verifyOf,
} from './nginx-lookup.ts';
import { type NginxDirective, parseNginx } from './nginx-syntax.ts';
import { nginxUpstreams } from './nginx-upstream.ts';
import type { ConfigReader, ReadHint } from './source.ts';
import { located, ObservationBuilder, splitHostPort } from './source.ts';

/** Directives that only nginx has, ended by `;` on a line of their own. */
const OWN_DIRECTIVE =
  /(?:^|[{;])[ \t]{0,200}(?:worker_processes|worker_connections|listen|server_name|proxy_pass|proxy_ssl_[a-z_]{1,40}|ssl_certificate(?:_key)?|ssl_protocols|ssl_ciphers|error_log|access_log|log_format|limit_req(?:_zone)?|proxy_set_header|fastcgi_pass|grpc_pass|ssl_verify_client|proxy_connect_timeout|ssl_client_certificate|include)[ \t][^\n]{0,2000};/m;
const BLOCK =
  /(?:^|[{;}])[ \t]{0,200}(?:(?:http|server|events|stream|mail)|(?:upstream|location|map|geo|split_clients)[ \t][^;{}\n]{1,300})\s{0,200}\{/m;
const TLS_DIRECTIVE =
  /^[ \t]*(?:ssl_(?:certificate|certificate_key|protocols|ciphers|verify_client)|proxy_ssl_[a-z_]{1,40})[ \t][^\n=]{0,2000};/m;

/** A file that is included for its formats alone. */
const LOG_FORMAT = /^[ \t]*log_format[ \t]+[A-Za-z0-9_-]+\s/m;

export const nginxReader: ConfigReader = {
  software: 'nginx',
  detect: (head) => (BLOCK.test(head) && OWN_DIRECTIVE.test(head)) || TLS_DIRECTIVE.test(head) || LOG_FORMAT.test(head),
  read: readNginx,
};

/** Directives whose repetition at one level makes nginx refuse the file ("is duplicate"). */
const SINGLE = new Set([
  'ssl_ciphers',
  'ssl_verify_client',
  'ssl_client_certificate',
  'ssl_crl',
  'ssl_dhparam',
  'ssl_ecdh_curve',
  'proxy_ssl_verify',
  'proxy_ssl_ciphers',
  'proxy_ssl_name',
  'proxy_ssl_trusted_certificate',
  'proxy_ssl_server_name',
]);

function readNginx(text: string, file: string, hint: ReadHint): ServerConfigObservation {
  const out = new ObservationBuilder(file, 'nginx');
  const parsed = parseNginx(text, file);
  const { directives, problems } = nginxIncludes(parsed.directives, hint);
  for (const p of [...parsed.problems, ...problems]) {
    out.problem(p.line, p.file === file ? p.says : `${p.file}:${p.line}: ${p.says}`, p.column);
  }
  flatten(directives, '', out);

  const top: Chain = [directives];
  const mainLevel = { level: 0 };
  noteLogging(directives, 0, out, mainLevel);
  walkModule(top, 'http', directives, out);
  for (const d of directives) {
    if (d.block && (d.name === 'http' || d.name === 'stream' || d.name === 'mail')) {
      walkModule([d.block, ...top], d.name, d.block, out);
    }
  }
  shareTls(out.observation.listeners);
  return out.finish();
}

/** `ssl` on one `listen` of a socket holds for every server that listens there (ngx_http_add_addresses). */
function shareTls(listeners: Listener[]): void {
  const socketOf = (l: Listener): string => `${l.address} ${l.port}`;
  const overTcp = listeners.filter((l) => l.quic !== true);
  const withTls = new Set(overTcp.filter((l) => l.tls).map(socketOf));
  for (const listener of overTcp) if (withTls.has(socketOf(listener))) listener.tls = true;
}

/** Reads the `server` and `upstream` blocks of one module; `level` is the block that holds them. */
function walkModule(chain: Chain, module: string, level: NginxDirective[], out: ObservationBuilder): void {
  for (const d of level) {
    if (d.name === 'server' && d.block) readServer(d, [d.block, ...chain], module, out);
  }
  nginxUpstreams(chain, module, level, out);
}

/** What nginx takes a mail server for that names no protocol (ngx_mail_core_module, protocol). */
const MAIL_PROTOCOLS: Readonly<Record<number, string>> = {
  25: 'smtp',
  110: 'pop3',
  143: 'imap',
  993: 'imap',
  995: 'pop3',
};

function readServer(server: NginxDirective, chain: Chain, module: string, out: ObservationBuilder): void {
  const block = server.block ?? [];
  reportDuplicates(block, out);
  const names = block.filter((d) => d.name === 'server_name').flatMap((d) => d.args);
  const settings = serverSettings(chain);
  const legacySsl = lookup(chain, 'ssl')?.args[0] === 'on';
  const listens = block.filter((d) => d.name === 'listen');
  // ngx_mail_ssl_module: `on` and `only` differ in whether the client may go on in clear.
  const upgrades = module === 'mail' && ['on', 'only'].includes(lookup(chain, 'starttls')?.args[0] ?? '');
  const reject = lookup(chain, 'ssl_reject_handshake')?.args[0] === 'on';
  if (reject) out.directive('ssl_reject_handshake.effective', 'on', server.line, 'server');
  if (listens.length === 0) {
    out.observation.listeners.push({
      software: 'nginx',
      address: '*',
      port: 80,
      names,
      tls: legacySsl,
      settings,
      file: server.file,
      line: server.line,
    });
  }
  for (const listen of listens) {
    const target = listen.args[0] ?? '';
    const { address, port } = target.startsWith('unix:')
      ? { address: target, port: 0 }
      : splitHostPort(target, module === 'http' ? 80 : 0);
    const flags = listen.args.slice(1);
    const starttls = upgrades ? (lookup(chain, 'protocol')?.args[0] ?? MAIL_PROTOCOLS[port]) : undefined;
    const tls = legacySsl || flags.includes('ssl') || flags.includes('quic');
    const listener: Listener = {
      software: 'nginx',
      address,
      port,
      names,
      tls: tls || upgrades,
      ...(!tls && starttls !== undefined ? { starttls } : {}),
      ...(flags.includes('default_server') || flags.includes('default') ? { isDefault: true } : {}),
      ...(flags.includes('quic') ? { quic: true } : {}),
      ...(reject ? { refuses: true } : {}),
      settings,
      file: listen.file,
      line: listen.line,
    };
    out.observation.listeners.push(listener);
  }
}

function serverSettings(chain: Chain): TlsSettings {
  const settings: TlsSettings = {};
  const certificates = lookupAll(chain, 'ssl_certificate');
  const keys = lookupAll(chain, 'ssl_certificate_key');
  if (certificates.length > 0)
    settings.certificates = certificates.map((d) => located(d.args.join(' '), d.file, d.line));
  if (keys.length > 0) settings.keys = keys.map((d) => located(d.args.join(' '), d.file, d.line));
  assign(settings, 'protocols', protocolsOf(chain, 'ssl_protocols'));
  assign(settings, 'ciphers', settingOf(chain, 'ssl_ciphers'));
  assign(settings, 'suites13', confCommand(chain, 'ssl_conf_command', 'Ciphersuites'));
  assign(
    settings,
    'groups',
    confCommand(chain, 'ssl_conf_command', 'Groups') ??
      confCommand(chain, 'ssl_conf_command', 'Curves') ??
      settingOf(chain, 'ssl_ecdh_curve'),
  );
  assign(
    settings,
    'dhParameters',
    confCommand(chain, 'ssl_conf_command', 'DHParameters') ?? settingOf(chain, 'ssl_dhparam'),
  );
  assign(settings, 'verify', verifyOf(chain, 'ssl_verify_client'));
  assign(settings, 'verifyDepth', depthOf(chain, 'ssl_verify_depth'));
  assign(
    settings,
    'trusted',
    settingOf(chain, 'ssl_client_certificate') ?? settingOf(chain, 'ssl_trusted_certificate'),
  );
  assign(settings, 'crl', settingOf(chain, 'ssl_crl'));
  const stapling = settingOf(chain, 'ssl_stapling');
  assign(settings, 'stapling', stapling && { ...stapling, value: stapling.value === 'on' });
  return settings;
}

function reportDuplicates(block: NginxDirective[], out: ObservationBuilder): void {
  const seen = new Map<string, NginxDirective>();
  for (const d of block) {
    if (!SINGLE.has(d.name)) continue;
    const before = seen.get(d.name);
    if (before)
      out.problem(
        d.line,
        `"${d.name}" was already set on line ${before.line}; nginx refuses a file with this duplicate`,
        d.column,
      );
    else seen.set(d.name, d);
  }
}

/** Every directive with its dotted context, plus the log formats and the error log level wherever they stand. */
function flatten(directives: NginxDirective[], context: string, out: ObservationBuilder): void {
  for (const d of directives) {
    out.directive(d.name, d.args.join(' '), d.line, context);
    if (d.name === 'log_format') {
      const parts = d.args.slice(1).filter((a, i) => !(i === 0 && a.startsWith('escape=')));
      out.observation.logFormats.push({ name: d.args[0] ?? '', format: parts.join(''), line: d.line });
    }
    if (d.block) flatten(d.block, context === '' ? d.name : `${context}.${d.name}`, out);
  }
}

const LOG_LEVELS = new Set(['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg']);

/** The error log of the innermost block wins; without a level nginx writes `error`. */
function noteLogging(
  directives: NginxDirective[],
  depth: number,
  out: ObservationBuilder,
  deepest: { level: number },
): void {
  for (const d of directives) {
    if (d.name === 'error_log' && depth >= deepest.level && d.args.length > 0) {
      const level = d.args.slice(1).find((a) => LOG_LEVELS.has(a)) ?? 'error';
      out.observation.errorLogLevel = located(level, d.file, d.line);
      deepest.level = depth;
    }
    if (d.block) noteLogging(d.block, depth + 1, out, deepest);
  }
}
