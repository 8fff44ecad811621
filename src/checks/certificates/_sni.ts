import type { CheckContext } from '../types.ts';

/** Whether a wrong name is explained by a client that sends no or the wrong server name (nginx: proxy_ssl_server_name off). */
export function sniSuspected(context: CheckContext): boolean {
  return (
    withoutSni(context).length > 0 ||
    context.observations.handshakes.some((h) => h.verdict.id === 'sni_missing' || h.verdict.id === 'sni_unknown')
  );
}

/** TLS upstreams of nginx that verify the peer by name without sending it. RFC 6066 section 3. */
export function withoutSni(context: CheckContext): { file: string; line: number; upstream: string }[] {
  return context.observations.configurations
    .filter((c) => c.software === 'nginx')
    .flatMap((c) => c.upstreams)
    .filter((u) => u.tls && u.settings.sendSni?.value !== true)
    .map((u) => ({
      file: u.settings.sendSni?.file ?? u.settings.sniName?.file ?? u.file,
      line: u.settings.sendSni?.line ?? u.settings.sniName?.line ?? u.line,
      upstream: u.name,
    }));
}
