/** One handshake as a flat row for machines: what `paymedic pcap --format json` lists under `handshakes`. */

import { isoTime } from '../../instant.ts';
import { alertName } from '../../tls/registries/alerts.ts';
import { groupName } from '../../tls/registries/groups.ts';
import { suiteName } from '../../tls/registries/suites.ts';
import { versionName } from '../../tls/registries/versions.ts';
import type { HandshakeObservation } from '../../tls/types.ts';
import { certificateFacts } from '../verdict/certificate-facts.ts';
import type { CertificateRow, HandshakeRow } from './row-types.ts';

export function handshakeRow(observation: HandshakeObservation): HandshakeRow {
  const { clientHello, serverHello, timing, verdict } = observation;
  return {
    file: observation.file,
    flow: observation.flow,
    time: isoTime(observation.time),
    protocol: observation.protocol,
    ...(observation.starttls ? { starttls: observation.starttls } : {}),
    clientAddress: observation.client.address,
    clientPort: observation.client.port,
    serverAddress: observation.server.address,
    serverPort: observation.server.port,
    sni: clientHello?.sni ?? null,
    alpn: serverHello?.alpn ?? null,
    offeredAlpn: clientHello?.alpn ?? [],
    version: serverHello ? versionName(serverHello.version) : null,
    suite: serverHello ? suiteName(serverHello.suite) : null,
    group: serverHello?.group === undefined ? null : groupName(serverHello.group),
    ja3: clientHello?.ja3 ?? null,
    ja3s: serverHello?.ja3s ?? null,
    ja4: clientHello?.ja4 ?? null,
    serverProfile: serverProfile(observation) ?? null,
    alerts: observation.alerts.map((alert) => ({
      from: alert.from,
      level: alert.level,
      code: alert.description,
      name: alertName(alert.description),
      ...(alert.inferred ? { inferred: true } : {}),
      ...(alert.frame === undefined ? {} : { frame: alert.frame }),
    })),
    certificates: (observation.serverCertificates ?? []).flatMap(certificateRow),
    clientCertificates: (observation.clientCertificates ?? []).flatMap(certificateRow),
    completed: observation.completed,
    resumed: observation.resumed === true,
    ...(observation.earlyData ? { earlyData: observation.earlyData } : {}),
    timing: {
      connectMs: timing?.connectMs ?? null,
      helloMs: timing?.helloMs ?? null,
      handshakeMs: timing?.handshakeMs ?? null,
    },
    verdict: {
      id: verdict.id,
      side: verdict.side,
      layer: verdict.layer,
      confidence: verdict.confidence,
      inferred: verdict.inferred === true,
      frames: verdict.frames,
      says: verdict.says,
    },
  };
}

function certificateRow(base64: string): CertificateRow[] {
  const facts = certificateFacts(base64);
  if (!facts) return [];
  return [
    {
      sha256: facts.fingerprint.replaceAll(':', '').toLowerCase(),
      subject: facts.subject,
      issuer: facts.issuer,
      notBefore: isoTime(facts.notBefore),
      notAfter: isoTime(facts.notAfter),
    },
  ];
}

/** Dates outside what ISO-8601 can hold come out as the epoch of no capture at all. */

/**
 * Our own profile of a server: version, suite, extensions in wire order and the key of its certificate. It tells
 * servers (or middleboxes) apart that answer for the same address.
 */
export function serverProfile(observation: HandshakeObservation): string | undefined {
  const { serverHello } = observation;
  if (!serverHello) return undefined;
  const leaf = observation.serverCertificates?.[0];
  const key = leaf ? (certificateFacts(leaf)?.keyFingerprint ?? '-') : '-';
  const hex = (value: number) => value.toString(16).padStart(4, '0');
  return `${hex(serverHello.version)}|${hex(serverHello.suite)}|${serverHello.extensions.map(hex).join('-')}|${key}`;
}
