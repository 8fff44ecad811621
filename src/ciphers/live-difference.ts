/** Holds what a configuration promises against what the live endpoint offers. Pure. */
import type { Finding } from '../finding.ts';
import type { EffectiveListener } from './effective.ts';
import { configurationFinding } from './findings.ts';
import type { EndpointScan } from './live/scan-types.ts';

/**
 * The configured listener that answered a scan: of those on its port the one whose name was sent, by itself or by a wildcard
 * (nginx server_name, ServerAlias), else the default one of the socket. Undefined when none has the port.
 */
export function answeringListener(
  listeners: readonly EffectiveListener[],
  scan: Pick<EndpointScan, 'host' | 'port' | 'serverName'>,
): EffectiveListener | undefined {
  // A scan speaks TCP.
  const onPort = listeners.filter(({ listener }) => listener.port === scan.port && !listener.quic);
  const exact = onPort.filter(({ listener }) => listener.address === scan.host);
  const socket = exact.length > 0 ? exact : onPort.filter(({ listener }) => ANY_ADDRESS.test(listener.address));
  const candidates = socket.length > 0 ? socket : onPort;
  const name = scan.serverName?.toLowerCase();
  const named = (matches: (written: string) => boolean): EffectiveListener | undefined =>
    name === undefined ? undefined : candidates.find((l) => l.listener.names.some((n) => matches(n.toLowerCase())));
  return (
    named((written) => written === name) ??
    named((written) => coversByWildcard(written, name!)) ??
    candidates.find((l) => l.listener.isDefault) ??
    candidates[0]
  );
}

const ANY_ADDRESS = /^(?:\*|0\.0\.0\.0|::|_default_|)$/;

/** `*.example.com` and, of nginx, `.example.com` and `www.example.*`. */
function coversByWildcard(written: string, name: string): boolean {
  if (written.startsWith('*.')) return name.endsWith(written.slice(1));
  if (written.startsWith('.')) return name === written.slice(1) || name.endsWith(written);
  return written.endsWith('.*') && name.startsWith(written.slice(0, -1));
}

/** What a configuration promises and a live endpoint does not keep, in both directions. */
export function compareStaticAndLive(effective: EffectiveListener, scan: EndpointScan): Finding[] {
  const { listener } = effective;
  if (listener.refuses) return [];
  const subject = `${listener.file} ${scan.target}`;
  const live = new Set(scan.suites.map((s) => `${s.protocol} ${s.name}`));
  const expected = new Set(effective.suites.map((s) => `${s.protocol} ${s.name}`));
  // Defaults of the library are only as good as the version that was named; written groups are compared, where nothing hides them.
  if (listener.settings.groups && effective.groupsKnown) {
    for (const g of scan.groups) if (g.protocol === 'TLSv1.3') live.add(`${g.protocol} group ${g.name}`);
    for (const g of effective.groups) if (g.protocol === 'TLSv1.3') expected.add(`${g.protocol} group ${g.name}`);
  }
  const uncertain = effective.assumed.some((a) => a.includes('certificate'));
  const extra = [...live].filter((s) => !expected.has(s));
  // With the key type unknown, configured suites of the other type are naturally missing.
  const missing = scan.complete && !uncertain ? [...expected].filter((s) => !live.has(s)) : [];
  if (extra.length === 0 && missing.length === 0) return [];
  const list = (all: string[]): string =>
    `${all.slice(0, 8).join(', ')}${all.length > 8 ? ` and ${all.length - 8} more` : ''}`;
  return [
    configurationFinding({
      id: 'ciphers/config-live-difference',
      subject,
      priority: 'important',
      title: `${scan.target} does not offer what ${listener.file}:${listener.line} says`,
      detail: [
        extra.length > 0 ? `Offered but not configured: ${list(extra)}.` : '',
        missing.length > 0 ? `Configured but not offered: ${list(missing)}.` : '',
        'The configuration was not reloaded, another server answers the port, or another file decides.',
      ]
        .filter((t) => t !== '')
        .join(' '),
      evidence: [{ file: listener.file, line: listener.line }],
      remedy: 'reload the server, then find out which process answers the port',
      verify: { command: `paymedic ciphers ${scan.target} ${listener.file}`, expect: 'no difference' },
      data: { items: [...extra, ...missing].slice(0, 400) },
    }),
  ];
}
