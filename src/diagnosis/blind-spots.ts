/** What this evidence cannot show, and the file or setting that would. */
import type { NotChecked } from '../finding.ts';
import type { Observations } from '../graph/observations.ts';
import type { EvidenceGraph } from '../graph/types.ts';

/** Pure. */
export function blindSpots(o: Observations, _graph: EvidenceGraph): NotChecked[] {
  const out: NotChecked[] = [];
  for (const c of o.configurations) {
    // nginx writes failed handshakes of its own listeners at level info only (ngx_event_openssl.c, ngx_ssl_connection_error).
    if (
      c.software === 'nginx' &&
      c.listeners.some((l) => l.tls) &&
      c.errorLogLevel &&
      ['warn', 'error', 'crit', 'alert', 'emerg', 'notice'].includes(c.errorLogLevel.value)
    ) {
      out.push({
        what: 'TLS handshakes that clients of nginx broke off',
        why: `${c.file}:${c.errorLogLevel.line} sets error_log to ${c.errorLogLevel.value}; nginx writes them at info`,
        wouldShow: 'error_log ... info; for the window of the incident, or a packet capture',
      });
    }
    if (
      c.software === 'haproxy' &&
      c.listeners.some((l) => l.tls) &&
      !c.directives.some((d) => d.name.endsWith('error-log-format'))
    ) {
      out.push({
        what: 'why HAProxy refused a handshake or client certificate',
        why: `${c.file} sets no error-log-format`,
        wouldShow: 'error-log-format "%ci:%cp %ft %[ssl_fc_err_str] %[ssl_c_err]"',
      });
    }
  }
  const hidden = o.handshakes.filter(
    (h) => h.serverHello?.version === 0x0304 && !h.serverCertificates?.length && h.verdict.id !== 'ok',
  );
  if (hidden.length)
    out.push({
      what: `certificates and alerts of ${hidden.length} failed TLS 1.3 handshakes`,
      why: 'TLS 1.3 encrypts them and no key log was given',
      wouldShow: 'a key-log file (SSLKEYLOGFILE) of one endpoint, or its own log',
    });
  for (const sentence of o.logs.approximated)
    out.push({
      what: 'everything in logs of this size',
      why: sentence.slice(0, sentence.lastIndexOf(';')),
      wouldShow: sentence.slice(sentence.lastIndexOf(';') + 1).trim(),
    });
  out.push(...timeless(o.logs));
  const zoneless = o.logs.sources.filter((s) => s.zone.source === 'assumed-utc' && s.parsed > 0);
  if (zoneless.length)
    out.push({
      what: `exact times of ${zoneless.length} logs`,
      why: 'their lines carry no time zone and none is given; UTC was assumed',
      wouldShow: '--zone IANA_NAME, or meta/topology.yaml with a time zone',
    });
  return out;
}

/** Requests of logs whose lines carry no time: nothing can be said about when they failed, nor whether more did than before. */
function timeless({ sources, requests }: Observations['logs']): NotChecked[] {
  return sources
    .filter(({ first, parsed }) => first === undefined && parsed > 0)
    .flatMap(({ index, file }) => {
      let total = 0;
      let failed = 0;
      for (let i = 0; i < requests.length; i++) {
        if (requests.source[i] !== index) continue;
        total++;
        if (requests.status[i]! >= 500) failed++;
      }
      if (total === 0) return [];
      return [
        {
          what: `when the requests of ${file} failed`,
          why: `its lines carry no time; ${failed} of ${total} requests were answered with a server error`,
          wouldShow:
            'the same output with stamps: docker logs --timestamps, kubectl logs --timestamps, journalctl -o short-iso',
        },
      ];
    });
}
