/** Handshake ladders of failing flows: who sent what, and where it stopped. Pure. */

import { isoDay } from '../../instant.ts';
import type { HandshakeLadder } from '../../report/types.ts';
import { alertName, suiteName, versionName } from '../../tls/registries/index.ts';
import type { HandshakeObservation } from '../../tls/types.ts';
import { parseCertificate } from '../../x509/certificate.ts';

const MAX_LADDERS = 6;
type Step = HandshakeLadder['steps'][number];

function certificateLabel(ders: readonly string[]): string {
  try {
    const leaf = parseCertificate(Buffer.from(ders[0]!, 'base64'));
    return `Certificate ${leaf.subject.text}, to ${isoDay(leaf.notAfter)}${ders.length > 1 ? ` (+${ders.length - 1})` : ''}`;
  } catch {
    return `Certificate (${ders.length})`;
  }
}

function steps(h: HandshakeObservation): Step[] {
  const out: (Step & { time: number })[] = [];
  const add = (step: Step, time: number | undefined) => {
    const at = time ?? out.at(-1)?.time ?? h.time;
    out.push({
      ...step,
      ...(time !== undefined && time >= h.time ? { milliseconds: Math.round(time - h.time) } : {}),
      time: at,
    });
  };
  if (h.tcp.synSeen)
    add(
      {
        from: 'client',
        label: h.tcp.synRetransmits ? `SYN (repeated ${h.tcp.synRetransmits}×)` : 'SYN',
        frame: h.firstFrame,
        bad: h.tcp.synRetransmits > 1 && !h.tcp.synAckSeen,
      },
      h.time,
    );
  if (h.tcp.synAckSeen)
    add(
      { from: 'server', label: 'SYN, ACK' },
      h.timing?.connectMs !== undefined ? h.time + h.timing.connectMs : undefined,
    );
  if (h.tcp.icmp) add({ from: 'between', label: `ICMP ${h.tcp.icmp}`, bad: true }, undefined);
  const hello = h.clientHello;
  if (hello) {
    const versions = hello.versions.length ? hello.versions : [hello.legacyVersion];
    add(
      {
        from: 'client',
        label: `ClientHello ${versionName(Math.max(...versions.filter((v) => v < 0x7f00), 0) || hello.legacyVersion)}${hello.sni ? `, SNI ${hello.sni}` : ', no SNI'}, ${hello.suites.length} suites`,
        ...(hello.frame !== undefined ? { frame: hello.frame } : {}),
      },
      hello.time,
    );
  }
  const answer = h.serverHello;
  if (answer)
    add(
      {
        from: 'server',
        label: `${answer.helloRetryRequest ? 'HelloRetryRequest' : 'ServerHello'} ${versionName(answer.version)}, ${suiteName(answer.suite)}`,
        ...(answer.frame !== undefined ? { frame: answer.frame } : {}),
      },
      answer.time,
    );
  if (h.serverCertificates?.length) add({ from: 'server', label: certificateLabel(h.serverCertificates) }, undefined);
  if (h.certificateRequested) add({ from: 'server', label: 'CertificateRequest' }, undefined);
  if (h.clientCertificateEmpty) add({ from: 'client', label: 'Certificate (empty)', bad: true }, undefined);
  else if (h.clientCertificates?.length)
    add({ from: 'client', label: certificateLabel(h.clientCertificates) }, undefined);
  for (const alert of h.alerts.slice(0, 8)) {
    const name = alert.description < 0 ? 'encrypted' : `${alertName(alert.description)} (${alert.description})`;
    add(
      {
        from: alert.from,
        label: `Alert ${alert.level === 2 ? 'fatal' : 'warning'}: ${name}${alert.inferred ? ', inferred from its length' : ''}`,
        bad: alert.level === 2,
        ...(alert.frame !== undefined ? { frame: alert.frame } : {}),
      },
      alert.time,
    );
  }
  const { reset, fin } = h.tcp;
  if (fin) add({ from: fin.from, label: 'FIN', frame: fin.frame }, undefined);
  if (reset) add({ from: reset.from, label: 'RST', frame: reset.frame, bad: true }, undefined);
  return out.sort((a, b) => a.time - b.time).map(({ time: _time, ...step }) => step);
}

/** One ladder for each kind of failure at each server, the earliest of its kind; completed handshakes need none. */
export function laddersOf(handshakes: readonly HandshakeObservation[]): HandshakeLadder[] {
  const kinds = new Map<string, HandshakeObservation>();
  for (const h of handshakes) {
    if (h.completed || h.verdict.side === 'none') continue;
    const kind = `${h.verdict.id} ${h.server.address}:${h.server.port}`;
    const known = kinds.get(kind);
    if (!known || h.time < known.time) kinds.set(kind, h);
  }
  return [...kinds.values()]
    .sort((a, b) => b.verdict.confidence - a.verdict.confidence || a.time - b.time)
    .slice(0, MAX_LADDERS)
    .map((h) => ({
      file: h.file,
      flow: h.flow,
      client: `${h.client.address}:${h.client.port}`,
      server: `${h.server.address}:${h.server.port}`,
      steps: steps(h),
      stopped: h.verdict.says,
    }))
    .filter((l) => l.steps.length > 0);
}
