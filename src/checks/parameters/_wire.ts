/** Failed and completed handshakes of one server endpoint, side by side. */

import type { Symptom } from '../../graph/types.ts';
import { least } from '../../lists.ts';
import type { EventClass } from '../../logs/event-classes.ts';
import { groupName, suiteName, versionName } from '../../tls/registries/index.ts';
import type { HandshakeObservation } from '../../tls/types.ts';
import { symptomsOf } from '../support.ts';
import type { CheckContext } from '../types.ts';

export interface WireGroup {
  server: string;
  failed: HandshakeObservation[];
  completed: HandshakeObservation[];
}

/** Failures that a negotiation can explain: the server (or client) turned the hello down. */
export function negotiationFailures(context: CheckContext, verdict: (h: HandshakeObservation) => boolean): WireGroup[] {
  const groups = new Map<string, WireGroup>();
  for (const h of context.observations.handshakes) {
    const server = `${h.server.address}:${h.server.port}`;
    let g = groups.get(server);
    if (!g) {
      g = { server, failed: [], completed: [] };
      groups.set(server, g);
    }
    if (h.completed && h.serverHello) g.completed.push(h);
    else if (h.clientHello && verdict(h)) g.failed.push(h);
  }
  return [...groups.values()].filter((g) => g.failed.length > 0).sort((a, b) => b.failed.length - a.failed.length);
}

/** Complaints that go with it: the given classes, and received alerts of the given number. */
export function complaints(context: CheckContext, events: EventClass[], alert: number): Symptom[] {
  const direct = symptomsOf(context, events);
  const told = symptomsOf(context, 'tls.alert-received').filter((s) =>
    s.events.some((e) => e.hits.some((h) => h.values.alert === String(alert))),
  );
  return [...direct, ...told];
}

/** TLS 1.2 suites that carry the key under the server's RSA key (no forward secrecy), RFC 5246 appendix A.5. */
export const isStaticRsa = (name: string): boolean =>
  /^TLS_RSA_(WITH|EXPORT|PSK)?/.test(name) && !/^TLS_RSA_PSK/.test(name);

/** What the failing hellos offer beside what the peer chose with others: the table its technician needs. */
export function offeredAndAccepted(group: WireGroup): { [name: string]: string[] } {
  const names = <T>(values: T[], name: (value: T) => string): string[] => [...new Set(values.map(name))].slice(0, 40);
  const hellos = group.failed.flatMap((h) => (h.clientHello ? [h.clientHello] : []));
  // What it chose before the first failure may be what it has given up since.
  const first = least(group.failed.map((h) => h.time));
  const answers = group.completed.flatMap((h) => (h.serverHello && h.time >= first ? [h.serverHello] : []));
  const refused = group.failed.flatMap((h) => (h.serverHello ? [h.serverHello] : []));
  return {
    offeredVersions: names(
      hellos.flatMap((h) => (h.versions.length ? h.versions.filter((v) => v < 0x7f00) : [h.legacyVersion])),
      versionName,
    ),
    acceptedVersions: names(
      [...answers, ...refused].map((h) => h.version),
      versionName,
    ),
    offeredSuites: names(
      hellos.flatMap((h) => h.suites),
      suiteName,
    ),
    acceptedSuites: names(
      answers.map((h) => h.suite),
      suiteName,
    ),
    offeredGroups: names(
      hellos.flatMap((h) => h.groups),
      groupName,
    ),
    acceptedGroups: names(
      answers.flatMap((h) => (h.group === undefined ? [] : [h.group])),
      groupName,
    ),
  };
}
