/** Outbound connections of nginx: `upstream` blocks and every `*_pass` that uses them, with the `proxy_ssl_*` settings. */
import type { Located, TlsSettings, Upstream } from '../types.ts';
import { assign, type Chain, confCommand, depthOf, lookup, protocolsOf, settingOf, verifyOf } from './nginx-lookup.ts';
import type { NginxDirective } from './nginx-syntax.ts';
import { joinHostPort, located, type ObservationBuilder, splitHostPort } from './source.ts';

/** The prefix of the settings that go with each pass directive. */
const PASS_PREFIX: Readonly<Record<string, string>> = {
  proxy_pass: 'proxy',
  grpc_pass: 'grpc',
  uwsgi_pass: 'uwsgi',
  fastcgi_pass: 'fastcgi',
  scgi_pass: 'scgi',
};
const TLS_SCHEMES = new Set(['https', 'grpcs', 'suwsgi']);

/** Adds one Upstream per pass directive below `level`, and one per `upstream` block that nothing uses. */
export function nginxUpstreams(chain: Chain, module: string, level: NginxDirective[], out: ObservationBuilder): void {
  const blocks = new Map(
    level.filter((d) => d.name === 'upstream' && d.block && d.args[0]).map((d) => [d.args[0]!, d]),
  );
  const used = new Set<string>();
  const visit = (inner: Chain): void => {
    for (const d of inner[0] ?? []) {
      if (d.name in PASS_PREFIX && d.args[0]) readPass(d, inner, module, blocks, used, out);
      if (d.block && d.name !== 'upstream') visit([d.block, ...inner]);
    }
  };
  for (const d of level) if (d.name === 'server' && d.block) visit([d.block, ...chain]);
  for (const [name, block] of blocks) {
    if (used.has(name)) continue;
    const upstream: Upstream = {
      software: 'nginx',
      name,
      targets: targetsOf(block, module === 'http' ? 80 : 0),
      tls: false,
      settings: {},
      timeouts: {},
      file: block.file,
      line: block.line,
      ...blockExtras(block),
    };
    out.observation.upstreams.push(upstream);
  }
}

function readPass(
  pass: NginxDirective,
  chain: Chain,
  module: string,
  blocks: Map<string, NginxDirective>,
  used: Set<string>,
  out: ObservationBuilder,
): void {
  const prefix = PASS_PREFIX[pass.name]!;
  const written = substitute(pass.args[0]!, chain);
  const { scheme, authority } = splitTarget(written);
  const tls = TLS_SCHEMES.has(scheme) || (module === 'stream' && lookup(chain, 'proxy_ssl')?.args[0] === 'on');
  const defaultPort = module === 'stream' ? 0 : tls ? 443 : 80;
  const host = authority.startsWith('unix:') ? { address: authority, port: 0 } : splitHostPort(authority, defaultPort);
  const block = blocks.get(authority) ?? blocks.get(host.address);
  if (block) used.add(block.args[0]!);
  const targets = block
    ? targetsOf(block, defaultPort)
    : [located(host.port ? joinHostPort(host.address, host.port) : host.address, pass.file, pass.line)];
  const connect = settingOf(chain, `${prefix}_connect_timeout`);
  const read = settingOf(chain, `${prefix}_read_timeout`) ?? settingOf(chain, `${prefix}_timeout`);
  const send = settingOf(chain, `${prefix}_send_timeout`);
  out.observation.upstreams.push({
    software: 'nginx',
    name: block?.args[0] ?? host.address,
    targets,
    tls,
    settings: tls ? passSettings(chain, prefix, block?.args[0] ?? host.address, pass) : {},
    timeouts: { ...(connect && { connect }), ...(read && { read }), ...(send && { send }) },
    ...(block ? blockExtras(block) : {}),
    file: pass.file,
    line: pass.line,
  });
}

function passSettings(chain: Chain, prefix: string, host: string, pass: NginxDirective): TlsSettings {
  const p = `${prefix}_ssl_`;
  const settings: TlsSettings = {};
  assign(settings, 'protocols', protocolsOf(chain, `${p}protocols`));
  assign(settings, 'ciphers', settingOf(chain, `${p}ciphers`));
  assign(settings, 'suites13', confCommand(chain, `${p}conf_command`, 'Ciphersuites'));
  assign(
    settings,
    'groups',
    confCommand(chain, `${p}conf_command`, 'Groups') ?? confCommand(chain, `${p}conf_command`, 'Curves'),
  );
  // Off is nginx's default; the place to change it is the pass itself.
  assign(settings, 'verify', verifyOf(chain, `${p}verify`) ?? located('off', pass.file, pass.line));
  assign(settings, 'verifyDepth', depthOf(chain, `${p}verify_depth`));
  assign(settings, 'trusted', settingOf(chain, `${p}trusted_certificate`));
  assign(settings, 'crl', settingOf(chain, `${p}crl`));
  assign(settings, 'clientCertificate', settingOf(chain, `${p}certificate`));
  assign(settings, 'clientKey', settingOf(chain, `${p}certificate_key`));
  const serverName = settingOf(chain, `${p}server_name`);
  assign(
    settings,
    'sendSni',
    serverName ? { ...serverName, value: serverName.value === 'on' } : located(false, pass.file, pass.line),
  );
  const writtenName = settingOf(chain, `${p}name`);
  // Without proxy_ssl_name nginx uses the host of proxy_pass: for an upstream block, the block's name.
  const name = writtenName
    ? { ...writtenName, value: substitute(writtenName.value, chain) }
    : located(host, pass.file, pass.line);
  assign(settings, 'verifyName', name);
  if (settings.sendSni?.value) settings.sniName = name;
  return settings;
}

/** `scheme://authority/uri` without a URL parser: the authority may be an upstream name, a variable or a socket. */
function splitTarget(text: string): { scheme: string; authority: string } {
  const colon = text.indexOf('://');
  const scheme = colon > 0 ? text.slice(0, colon).toLowerCase() : '';
  const rest = colon > 0 ? text.slice(colon + 3) : text;
  if (rest.startsWith('unix:')) return { scheme, authority: rest.slice(0, 200) };
  const slash = rest.indexOf('/');
  return { scheme, authority: slash < 0 ? rest : rest.slice(0, slash) };
}

function targetsOf(block: NginxDirective, defaultPort: number): Located<string>[] {
  return (block.block ?? [])
    .filter((d) => d.name === 'server' && d.args[0])
    .map((d) => {
      const text = d.args[0]!;
      if (text.startsWith('unix:')) return located(text, d.file, d.line);
      const { address, port } = splitHostPort(text, defaultPort);
      return located(port ? joinHostPort(address, port) : address, d.file, d.line);
    });
}

function blockExtras(block: NginxDirective): Partial<Pick<Upstream, 'keepalive' | 'healthCheck'>> {
  const keepalive = block.block?.find((d) => d.name === 'keepalive');
  const passive = block.block?.find(
    (d) => d.name === 'server' && d.args.some((a) => a.startsWith('max_fails=') || a.startsWith('fail_timeout=')),
  );
  const written = passive?.args.filter((a) => a.startsWith('max_fails=') || a.startsWith('fail_timeout=')).join(' ');
  return {
    ...(keepalive && /^\d{1,7}$/.test(keepalive.args[0] ?? '')
      ? { keepalive: located(Number(keepalive.args[0]), keepalive.file, keepalive.line) }
      : {}),
    ...(passive && written ? { healthCheck: located(written, passive.file, passive.line) } : {}),
  };
}

/** Puts in the value of variables that a `set` with a constant value defines in an enclosing block. */
function substitute(text: string, chain: Chain): string {
  if (!text.includes('$')) return text;
  return text.replace(
    /\$(?:\{([A-Za-z0-9_]{1,64})\}|([A-Za-z0-9_]{1,64}))/g,
    (whole, braced: string | undefined, bare: string | undefined) => {
      const name = braced ?? bare;
      for (const level of chain) {
        const set = level.find((d) => d.name === 'set' && d.args[0] === `$${name}`);
        if (set?.args[1] !== undefined && !set.args[1].includes('$')) return set.args[1];
      }
      return whole;
    },
  );
}
