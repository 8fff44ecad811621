/** Apache httpd configurations: virtual hosts with mod_ssl settings, and mod_proxy targets with the SSLProxy* settings. */
import type { Located, ServerConfigObservation, TlsSettings, Upstream } from '../types.ts';
import { type ApacheNode, parseApache } from './apache-syntax.ts';
import type { ConfigReader, ReadHint } from './source.ts';
import { joinHostPort, located, ObservationBuilder, PROTOCOL_ORDER, protocolName, splitHostPort } from './source.ts';

export const apacheReader: ConfigReader = {
  software: 'httpd',
  detect: (head) =>
    /^[ \t]*<VirtualHost[ \t][^>\n]{1,300}>/im.test(head) ||
    /^[ \t]*SSL(?:Engine|Protocol|CipherSuite|CertificateFile|CertificateKeyFile|VerifyClient|ProxyEngine|HonorCipherOrder)[ \t]+[^=;\n]{1,2000}$/im.test(
      head,
    ) ||
    (/^[ \t]*(?:ServerRoot|LoadModule|DocumentRoot)[ \t]+[^=;\n]{1,400}$/m.test(head) &&
      /^[ \t]*(?:Listen|ServerName|LoadModule)[ \t]+[^=;\n]{1,400}$/m.test(head)),
  read: readApache,
};

/** Directive lookups go from the virtual host outwards to the main server. */
type Chain = readonly ApacheNode[][];

function readApache(text: string, file: string, hint: ReadHint): ServerConfigObservation {
  const out = new ObservationBuilder(file, 'httpd');
  const { nodes, problems } = parseApache(text, file, hint);
  for (const p of problems) out.problem(p.line, p.file === file ? p.says : `${p.file}:${p.line}: ${p.says}`, p.column);
  flatten(nodes, '', out);
  const main = transparent(nodes);
  const hosts = main.filter((n) => n.name.toLowerCase() === 'virtualhost');
  const known = conditionsOf(nodes);
  for (const host of hosts) readHost(host, [transparent(host.children ?? [], known), main], out);
  if (hosts.length === 0) readMainServer(main, file, out);
  const level = find([main], 'LogLevel');
  if (level) out.observation.errorLogLevel = located(levelOf(level.args), level.file, level.line);
  return out.finish();
}

/** `LogLevel warn ssl:info`: the level of the ssl module when it has its own. */
function levelOf(args: string[]): string {
  const ssl = args.find((a) => a.toLowerCase().startsWith('ssl:') || a.toLowerCase().startsWith('ssl_module:'));
  return (ssl ? ssl.slice(ssl.indexOf(':') + 1) : args.find((a) => !a.includes(':'))) ?? 'warn';
}

/**
 * Blocks that only group directives are read as if their content stood in place. A condition is taken to hold unless the file
 * itself says otherwise: what is given on the command line (`-D`) and which modules are built in is not written in it.
 */
function transparent(nodes: ApacheNode[], known = conditionsOf(nodes)): ApacheNode[] {
  return nodes.flatMap((n) => {
    if (!n.children || !CONDITIONAL.test(n.name)) return [n];
    return contradicted(n, known) ? [] : transparent(n.children, known);
  });
}

const CONDITIONAL = /^(?:ifmodule|ifdefine|ifversion|ifdirective|iffile|ifsection|requireany|requireall)$/i;

/** Names given by `Define`, and modules by `LoadModule`, anywhere in the file; mod_ssl is there where TLS is configured. */
function conditionsOf(nodes: ApacheNode[], into = new Set(['ssl_module', 'mod_ssl.c'])): Set<string> {
  for (const n of nodes) {
    const argument = n.args[0];
    if (argument !== undefined && /^define$/i.test(n.name)) into.add(argument);
    if (argument !== undefined && /^loadmodule$/i.test(n.name)) {
      into.add(argument);
      into.add(`mod_${argument.replace(/_module$/, '')}.c`);
    }
    if (n.children) conditionsOf(n.children, into);
  }
  return into;
}

/** `<IfDefine !X>` with X defined, `<IfModule !m>` with m loaded. */
function contradicted(n: ApacheNode, known: Set<string>): boolean {
  const argument = n.args[0] ?? '';
  return /^(?:ifdefine|ifmodule)$/i.test(n.name) && argument.startsWith('!') && known.has(argument.slice(1));
}

function flatten(nodes: ApacheNode[], context: string, out: ObservationBuilder): void {
  for (const n of nodes) {
    out.directive(n.name, n.args.join(' '), n.line, context);
    if (/^logformat$/i.test(n.name) && n.args[0] !== undefined)
      out.observation.logFormats.push({ name: n.args[1] ?? '', format: n.args[0], line: n.line });
    if (n.children) flatten(n.children, context ? `${context}.${n.name}` : n.name, out);
  }
}

function find(chain: Chain, name: string): ApacheNode | undefined {
  const wanted = name.toLowerCase();
  for (const level of chain) {
    // mod_ssl keeps the last value written at a level.
    const found = level.findLast((n) => n.name.toLowerCase() === wanted);
    if (found) return found;
  }
  return undefined;
}

function findAll(chain: Chain, name: string): ApacheNode[] {
  const wanted = name.toLowerCase();
  for (const level of chain) {
    const found = level.filter((n) => n.name.toLowerCase() === wanted);
    if (found.length > 0) return found;
  }
  return [];
}

function text(chain: Chain, name: string): Located<string> | undefined {
  const n = find(chain, name);
  return n && n.args.length > 0 ? located(n.args.join(' '), n.file, n.line) : undefined;
}

function readHost(host: ApacheNode, chain: Chain, out: ObservationBuilder): void {
  const names = [...findAll([chain[0]!], 'ServerName'), ...findAll([chain[0]!], 'ServerAlias')]
    .flatMap((n) => n.args)
    .map((n) => n.replace(/^https?:\/\//, '').replace(/:\d+$/, ''));
  const tls = isOn(find(chain, 'SSLEngine'));
  const settings = hostSettings(chain);
  for (const where of host.args) {
    const { address, port } = splitHostPort(where === '_default_' ? '*' : where, 0);
    out.observation.listeners.push({
      software: 'httpd',
      address: address === '_default_' ? '*' : address,
      port,
      names,
      tls,
      settings,
      file: host.file,
      line: host.line,
    });
  }
  readProxies(chain[0]!, chain, out);
}

function readMainServer(main: ApacheNode[], file: string, out: ObservationBuilder): void {
  const chain: Chain = [main];
  const names = findAll(chain, 'ServerName').flatMap((n) => n.args);
  const settings = hostSettings(chain);
  for (const listen of findAll(chain, 'Listen')) {
    const { address, port } = splitHostPort(listen.args[0] ?? '', 80);
    const tls = isOn(find(chain, 'SSLEngine')) || /^https$/i.test(listen.args[1] ?? '');
    out.observation.listeners.push({
      software: 'httpd',
      address,
      port,
      names,
      tls,
      settings,
      file: listen.file || file,
      line: listen.line,
    });
  }
  readProxies(main, chain, out);
}

function isOn(n: ApacheNode | undefined): boolean {
  return /^(?:on|optional)$/i.test(n?.args[0] ?? '');
}

function hostSettings(chain: Chain): TlsSettings {
  const settings: TlsSettings = {};
  const certificates = findAll(chain, 'SSLCertificateFile');
  const keys = findAll(chain, 'SSLCertificateKeyFile');
  if (certificates.length > 0)
    settings.certificates = certificates.map((n) => located(n.args.join(' '), n.file, n.line));
  if (keys.length > 0) settings.keys = keys.map((n) => located(n.args.join(' '), n.file, n.line));
  fill(settings, chain, 'SSL');
  const verify = find(chain, 'SSLVerifyClient');
  if (verify) settings.verify = located(verifyWord(verify.args[0] ?? ''), verify.file, verify.line);
  const trusted = text(chain, 'SSLCACertificateFile') ?? text(chain, 'SSLCACertificatePath');
  if (trusted) settings.trusted = trusted;
  const crl = text(chain, 'SSLCARevocationFile') ?? text(chain, 'SSLCARevocationPath');
  if (crl) settings.crl = crl;
  const stapling = find(chain, 'SSLUseStapling');
  if (stapling) settings.stapling = located(isOn(stapling), stapling.file, stapling.line);
  return settings;
}

function fill(settings: TlsSettings, chain: Chain, prefix: 'SSL' | 'SSLProxy'): void {
  const protocols = find(chain, `${prefix}Protocol`);
  if (protocols) settings.protocols = located(apacheProtocols(protocols.args), protocols.file, protocols.line);
  const suites = findAll(chain, `${prefix}CipherSuite`);
  const older = suites.findLast((n) => !/^TLSv1\.3$/i.test(n.args[0] ?? ''));
  const newer = suites.findLast((n) => /^TLSv1\.3$/i.test(n.args[0] ?? ''));
  if (older)
    settings.ciphers = located(
      (/^SSL$/i.test(older.args[0] ?? '') ? older.args.slice(1) : older.args).join(' '),
      older.file,
      older.line,
    );
  if (newer) settings.suites13 = located(newer.args.slice(1).join(' '), newer.file, newer.line);
  const depth = text(chain, `${prefix}VerifyDepth`);
  if (depth && /^\d{1,6}$/.test(depth.value)) settings.verifyDepth = { ...depth, value: Number(depth.value) };
  const groups = findAll(chain, 'SSLOpenSSLConfCmd').findLast((n) =>
    /^(?:curves|groups|ecdhparameters)$/i.test(n.args[0] ?? ''),
  );
  if (prefix === 'SSL' && groups) settings.groups = located(groups.args.slice(1).join(' '), groups.file, groups.line);
}

function verifyWord(word: string): string {
  return /^require$/i.test(word) ? 'on' : /^optional/i.test(word) ? 'optional' : 'off';
}

/**
 * SSLProtocol: `all` stands for every version from SSLv3 on, `+` adds, `-` removes, a bare name replaces what came before
 * (mod_ssl, ssl_cmd_protocol_parse).
 */
function apacheProtocols(args: string[]): string[] {
  let set = new Set<string>();
  for (const arg of args) {
    const action = /^[+-]/.test(arg) ? arg[0]! : '';
    const word = action ? arg.slice(1) : arg;
    const versions = /^all$/i.test(word) ? PROTOCOL_ORDER.slice(1) : [protocolName(word) ?? word];
    if (action === '-') for (const v of versions) set.delete(v);
    else {
      if (action === '') set = new Set();
      for (const v of versions) set.add(v);
    }
  }
  return [...set].sort((a, b) => PROTOCOL_ORDER.indexOf(a) - PROTOCOL_ORDER.indexOf(b));
}

/** One Upstream per ProxyPass, RewriteRule [P] target being out of reach of a static reading. */
function readProxies(level: ApacheNode[], chain: Chain, out: ObservationBuilder): void {
  const visit = (nodes: ApacheNode[], inner: Chain): void => {
    for (const n of nodes) {
      if (/^proxypass(?:match)?$/i.test(n.name)) {
        const url = n.args.find((a) => /^(?:https?|wss?|ajp|h2c?|balancer|fcgi):\/\//i.test(a));
        if (url) addProxy(n, url, inner, level, out);
      }
      if (n.children && !/^proxy$/i.test(n.name)) visit(n.children, [transparent(n.children), ...inner]);
    }
  };
  visit(level, chain);
}

function addProxy(pass: ApacheNode, url: string, chain: Chain, level: ApacheNode[], out: ObservationBuilder): void {
  const balancer = /^balancer:\/\/([^/]{1,255})/i.exec(url)?.[1];
  const members = balancer
    ? [...level, ...(chain.at(-1) ?? [])]
        .filter(
          (n) =>
            /^proxy$/i.test(n.name) &&
            (n.args[0] ?? '').toLowerCase().startsWith(`balancer://${balancer.toLowerCase()}`),
        )
        .flatMap((n) => (n.children ?? []).filter((c) => /^balancermember$/i.test(c.name) && c.args[0]))
    : [pass];
  const urls = balancer ? members.map((m) => m.args.find((a) => a.includes('://')) ?? '') : [url];
  const targets = urls.map((u, i) => {
    const parts = /^([a-z0-9]{1,10}):\/\/([^/]{1,255})/i.exec(u);
    const secure = /^(?:https|wss|h2)$/i.test(parts?.[1] ?? '');
    const { address, port } = splitHostPort(parts?.[2] ?? u, secure ? 443 : 80);
    const at = members[i] ?? pass;
    return located(joinHostPort(address, port), at.file, at.line);
  });
  const tls = urls.some((u) => /^(?:https|wss|h2):/i.test(u));
  const timeout = text(chain, 'ProxyTimeout') ?? text(chain, 'Timeout');
  const parameter = (name: string): Located<string> | undefined => {
    const word = pass.args.find((a) => a.toLowerCase().startsWith(`${name}=`));
    return word ? located(word.slice(name.length + 1), pass.file, pass.line) : undefined;
  };
  const connect = parameter('connectiontimeout');
  const read = parameter('timeout') ?? timeout;
  const upstream: Upstream = {
    software: 'httpd',
    name: balancer ?? targets[0]?.value.replace(/:\d+$/, '') ?? url,
    targets,
    tls,
    settings: tls ? proxySettings(chain, pass) : {},
    timeouts: { ...(connect && { connect }), ...(read && { read }) },
    file: pass.file,
    line: pass.line,
  };
  out.observation.upstreams.push(upstream);
}

function proxySettings(chain: Chain, pass: ApacheNode): TlsSettings {
  const settings: TlsSettings = {};
  fill(settings, chain, 'SSLProxy');
  const verify = find(chain, 'SSLProxyVerify');
  // SSLProxyVerify is none unless set; mod_proxy always sends the host of the URL as SNI.
  settings.verify = verify
    ? located(verifyWord(verify.args[0] ?? ''), verify.file, verify.line)
    : located('off', pass.file, pass.line);
  settings.sendSni = located(true, pass.file, pass.line);
  const trusted = text(chain, 'SSLProxyCACertificateFile') ?? text(chain, 'SSLProxyCACertificatePath');
  if (trusted) settings.trusted = trusted;
  const crl = text(chain, 'SSLProxyCARevocationFile') ?? text(chain, 'SSLProxyCARevocationPath');
  if (crl) settings.crl = crl;
  const client = text(chain, 'SSLProxyMachineCertificateFile');
  if (client) {
    settings.clientCertificate = client;
    settings.clientKey = client;
  }
  return settings;
}
