/** Envoy bootstrap and xDS resources in YAML or JSON (API v3): listeners by filter chain, clusters as upstreams. */
import type { Located, ServerConfigObservation, TlsSettings } from '../types.ts';
import type { ConfigReader } from './source.ts';
import { joinHostPort, located, ObservationBuilder, protocolName, protocolRange } from './source.ts';
import { items, parseYamlTree, pick, scalars, type YamlTree } from './yaml-tree.ts';

export const envoyReader: ConfigReader = {
  software: 'envoy',
  detect: (head) =>
    /\benvoy\.(?:config|extensions|filters|transport_sockets|service)\b/.test(head) ||
    (/\bstatic_resources\b/.test(head) && /\b(?:clusters|listeners)\b/.test(head)) ||
    /\bcommon_tls_context\b/.test(head),
  read: readEnvoy,
};

function readEnvoy(text: string, file: string): ServerConfigObservation {
  const out = new ObservationBuilder(file, 'envoy');
  const { documents, problems } = parseYamlTree(text);
  for (const p of problems) out.problem(p.line, p.says, p.column);
  for (const document of documents) {
    for (const { path, text: value, line } of scalars(document)) out.directive(path.join('.'), value, line);
    for (const root of [pick(document, 'static_resources'), document]) {
      for (const listener of [...items(pick(root, 'listeners')), ...items(pick(root, 'resources'))])
        readListener(listener, file, out);
      for (const cluster of [...items(pick(root, 'clusters')), ...items(pick(root, 'resources'))])
        readCluster(cluster, file, out);
    }
  }
  return out.finish();
}

function scalar(tree: YamlTree | undefined, file: string): Located<string> | undefined {
  return tree?.kind === 'scalar' ? located(tree.text, file, tree.line) : undefined;
}

function socketAddress(tree: YamlTree | undefined): { address: string; port: number; line: number } | undefined {
  const socket = pick(tree, 'socket_address');
  const address = pick(socket, 'address');
  const port = pick(socket, 'port_value');
  if (address?.kind !== 'scalar') return undefined;
  return { address: address.text, port: port?.kind === 'scalar' ? Number(port.text) || 0 : 0, line: address.line };
}

function readListener(listener: YamlTree, file: string, out: ObservationBuilder): void {
  const chains = items(pick(listener, 'filter_chains'));
  const socket = socketAddress(pick(listener, 'address'));
  if (!socket || chains.length === 0) return;
  for (const chain of chains) {
    const names = items(pick(chain, 'filter_chain_match', 'server_names')).flatMap((n) =>
      n.kind === 'scalar' ? [n.text] : [],
    );
    const context = pick(chain, 'transport_socket', 'typed_config') ?? pick(chain, 'tls_context');
    const common = pick(context, 'common_tls_context');
    const settings = commonSettings(common, file, 'listener');
    const required = pick(context, 'require_client_certificate');
    if (required?.kind === 'scalar')
      settings.verify = located(required.text === 'true' ? 'on' : 'optional', file, required.line);
    out.observation.listeners.push({
      software: 'envoy',
      address: socket.address,
      port: socket.port,
      names,
      tls: common !== undefined,
      settings,
      file,
      line: chain.line,
    });
  }
}

function readCluster(cluster: YamlTree, file: string, out: ObservationBuilder): void {
  const name = scalar(pick(cluster, 'name'), file);
  if (!name || pick(cluster, 'filter_chains')) return;
  const targets = items(pick(cluster, 'load_assignment', 'endpoints'))
    .flatMap((group) => items(pick(group, 'lb_endpoints')))
    .flatMap((endpoint) => {
      const at = socketAddress(pick(endpoint, 'endpoint', 'address'));
      return at ? [located(joinHostPort(at.address, at.port), file, at.line)] : [];
    });
  const context = pick(cluster, 'transport_socket', 'typed_config') ?? pick(cluster, 'tls_context');
  const common = pick(context, 'common_tls_context');
  if (targets.length === 0 && !common) return;
  const settings = common ? commonSettings(common, file, 'cluster') : {};
  if (common) {
    const sni = scalar(pick(context, 'sni'), file);
    settings.sendSni = located(sni !== undefined, file, sni?.line ?? common.line);
    if (sni) settings.sniName = sni;
    // Without a trusted_ca Envoy does not verify the upstream at all.
    settings.verify = located(settings.trusted ? 'on' : 'off', file, settings.trusted?.line ?? common.line);
  }
  const connect = scalar(pick(cluster, 'connect_timeout'), file);
  const check = items(pick(cluster, 'health_checks'))[0];
  out.observation.upstreams.push({
    software: 'envoy',
    name: name.value,
    targets,
    tls: common !== undefined,
    settings,
    timeouts: { ...(connect && { connect }) },
    ...(check
      ? {
          healthCheck: located(
            [...scalars(check)]
              .map((s) => `${s.path.join('.')}=${s.text}`)
              .join(' ')
              .slice(0, 300),
            file,
            check.line,
          ),
        }
      : {}),
    file,
    line: name.line,
  });
}

function commonSettings(common: YamlTree | undefined, file: string, side: 'listener' | 'cluster'): TlsSettings {
  const settings: TlsSettings = {};
  const source = (tree: YamlTree | undefined): Located<string> | undefined =>
    scalar(pick(tree, 'filename'), file) ??
    (pick(tree, 'inline_string') ? located('(inline)', file, pick(tree, 'inline_string')!.line) : undefined);
  const certificates = items(pick(common, 'tls_certificates'));
  const chains = certificates.flatMap((c) => source(pick(c, 'certificate_chain')) ?? []);
  const keys = certificates.flatMap((c) => source(pick(c, 'private_key')) ?? []);
  if (side === 'listener') {
    if (chains.length > 0) settings.certificates = chains;
    if (keys.length > 0) settings.keys = keys;
  } else {
    if (chains[0]) settings.clientCertificate = chains[0];
    if (keys[0]) settings.clientKey = keys[0];
  }
  const validation =
    pick(common, 'validation_context') ?? pick(common, 'combined_validation_context', 'default_validation_context');
  const trusted = source(pick(validation, 'trusted_ca'));
  const crl = source(pick(validation, 'crl'));
  if (trusted) settings.trusted = trusted;
  if (crl) settings.crl = crl;
  const name = [...scalars(validation ?? { kind: 'map', line: 1, entries: [] })].find((s) => s.path.at(-1) === 'exact');
  if (name) settings.verifyName = located(name.text, file, name.line);
  parameters(settings, pick(common, 'tls_params'), file);
  const alpn = items(pick(common, 'alpn_protocols')).flatMap((a) => (a.kind === 'scalar' ? [a] : []));
  if (alpn[0]) settings.alpn = located(alpn.map((a) => a.text).join(','), file, alpn[0].line);
  return settings;
}

function parameters(settings: TlsSettings, params: YamlTree | undefined, file: string): void {
  const version = (key: string): Located<string> | undefined => scalar(pick(params, key), file);
  const min = version('tls_minimum_protocol_version');
  const max = version('tls_maximum_protocol_version');
  const from = min && protocolName(min.value);
  const to = max && protocolName(max.value);
  // TLS_AUTO, or nothing: 1.2 is the floor of both sides since Envoy 1.28; an upstream goes up to 1.2 only.
  if (from || to) settings.protocols = located(protocolRange(from ?? 'TLSv1.2', to), file, (min ?? max)!.line);
  const list = (key: string): Located<string> | undefined => {
    const all = items(pick(params, key)).flatMap((i) => (i.kind === 'scalar' ? [i] : []));
    return all[0] ? located(all.map((i) => i.text).join(':'), file, all[0].line) : undefined;
  };
  const ciphers = list('cipher_suites');
  const groups = list('ecdh_curves');
  if (ciphers) settings.ciphers = ciphers;
  if (groups) settings.groups = groups;
}
