/** The steps of one handshake in the order of the wire, for `--flow N`. */

import { isoTime } from '../../instant.ts';
import { alertName } from '../../tls/registries/alerts.ts';
import { groupName } from '../../tls/registries/groups.ts';
import { suiteName } from '../../tls/registries/suites.ts';
import { versionName } from '../../tls/registries/versions.ts';
import type { HandshakeObservation } from '../../tls/types.ts';
import { counted } from '../../wording.ts';
import { certificateFacts } from '../verdict/certificate-facts.ts';

export interface LadderStep {
  from: 'client' | 'server' | 'between';
  frame?: number;
  /** ms after the first packet of the flow. */
  after?: number;
  says: string;
}

export function ladder(observation: HandshakeObservation): LadderStep[] {
  const steps: LadderStep[] = [];
  const { clientHello, serverHello, retriedHello, tcp } = observation;
  const put = (from: LadderStep['from'], says: string, frame?: number, time?: number) =>
    steps.push({
      from,
      says,
      ...(frame === undefined ? {} : { frame }),
      ...(time === undefined ? {} : { after: Math.round((time - observation.time) * 1000) / 1000 }),
    });
  if (tcp.synSeen)
    put(
      'client',
      tcp.synRetransmits > 0 ? `SYN (repeated ${counted(tcp.synRetransmits, 'time')})` : 'SYN',
      observation.firstFrame,
      observation.time,
    );
  if (tcp.synAckSeen)
    put(
      'server',
      'SYN, ACK',
      undefined,
      observation.timing?.connectMs === undefined ? undefined : observation.time + observation.timing.connectMs,
    );
  if (tcp.icmp) put('between', `ICMP ${tcp.icmp}`);
  if (observation.starttls) put('client', `${observation.starttls}, then TLS`);
  if (clientHello) {
    const versions = clientHello.versions.length > 0 ? clientHello.versions : [clientHello.legacyVersion];
    put(
      'client',
      `ClientHello (${counted(clientHello.size, 'byte')}) ${versions.map(versionName).join(', ')}; ${clientHello.sni === undefined ? 'no server name' : `server name ${clientHello.sni}`}; ${clientHello.suites.length} suites; groups ${clientHello.groups.map(groupName).join(', ') || 'none'}; ALPN ${clientHello.alpn.join(', ') || 'none'}`,
      clientHello.frame,
      clientHello.time,
    );
  }
  if (observation.helloRetryRequest) put('server', 'HelloRetryRequest: another key share is wanted');
  if (retriedHello)
    put(
      'client',
      `ClientHello again, key shares ${retriedHello.keyShares.map(groupName).join(', ')}`,
      retriedHello.frame,
      retriedHello.time,
    );
  if (serverHello) {
    const group = serverHello.group === undefined ? '' : `, ${groupName(serverHello.group)}`;
    put(
      'server',
      `ServerHello ${versionName(serverHello.version)}, ${suiteName(serverHello.suite)}${group}${serverHello.alpn ? `, ALPN ${serverHello.alpn}` : ''}`,
      serverHello.frame,
      serverHello.time,
    );
  }
  for (const [index, certificate] of (observation.serverCertificates ?? []).entries())
    put('server', `Certificate ${index}: ${certificateText(certificate)}`);
  if (observation.certificateRequested)
    put(
      'server',
      `CertificateRequest${observation.acceptableCas ? ` naming ${observation.acceptableCas.length} authorities` : ' (by record lengths)'}`,
    );
  if (observation.clientCertificateEmpty) put('client', 'Certificate: empty list');
  for (const [index, certificate] of (observation.clientCertificates ?? []).entries())
    put('client', `Certificate ${index}: ${certificateText(certificate)}`);
  if (observation.completed)
    put(
      'client',
      'handshake complete',
      undefined,
      observation.timing?.handshakeMs === undefined || clientHello?.time === undefined
        ? undefined
        : clientHello.time + observation.timing.handshakeMs,
    );
  for (const alert of observation.alerts) {
    const name = alert.description < 0 ? 'encrypted' : `${alertName(alert.description)} (${alert.description})`;
    put(
      alert.from,
      `Alert ${alert.level === 2 ? 'fatal' : 'warning'}: ${name}${alert.inferred ? ', inferred from its length' : ''}`,
      alert.frame,
      alert.time,
    );
  }
  if (tcp.fin) put(tcp.fin.from, 'FIN', tcp.fin.frame);
  if (tcp.reset)
    put(
      tcp.reset.from,
      `RST${tcp.reset.ttl === undefined ? '' : ` (TTL ${tcp.reset.ttl}${tcp.reset.ttlUsual === undefined || tcp.reset.ttlUsual === tcp.reset.ttl ? '' : `, other packets ${tcp.reset.ttlUsual}`})`}`,
      tcp.reset.frame,
    );
  return steps;
}

function certificateText(base64: string): string {
  const facts = certificateFacts(base64);
  return facts
    ? `${facts.subject}, issued by ${facts.issuer}, ${isoTime(facts.notBefore).slice(0, 10)} to ${isoTime(facts.notAfter).slice(0, 10)}`
    : 'unreadable';
}
