import { bursts, MINUTE } from '../../graph/bursts.ts';
import type { Symptom } from '../../graph/types.ts';
import type { HandshakeObservation } from '../../tls/types.ts';
import type { Join } from '../_symptom-rule.ts';
import { line, shownByCapture } from '../support.ts';
import type { CheckContext } from '../types.ts';

/** Signs of a listener that lost TLS: hello bytes as requests, a listen directive without ssl on the TLS port. */
export function* plainListeners(
  context: CheckContext,
  symptoms: Symptom[],
  handshakes: HandshakeObservation[],
  onset: number,
): Iterable<Join> {
  const r = context.observations.logs.requests;
  const perMinute = new Map<number, number>();
  let first = -1;
  for (let i = 0; i < r.length; i++) {
    const method = r.strings[r.method[i]!] ?? '';
    const path = r.strings[r.path[i]!] ?? '';
    if (!/^(\\x16\\x03|\u0016\u0003)/.test(method) && !/^(\\x16\\x03|\u0016\u0003)/.test(path)) continue;
    const m = Math.floor(r.time[i]! / MINUTE) * MINUTE;
    perMinute.set(m, (perMinute.get(m) ?? 0) + 1);
    if (first < 0 && r.time[i]! >= onset - 60_000) first = i;
  }
  const hellos = bursts(perMinute)[0];
  if (hellos && hellos.count >= 5 && first >= 0) {
    yield {
      confidence: 0.95,
      proof: 'observed',
      evidence: [
        line(
          context,
          r.source[first]!,
          r.line[first]!,
          'a TLS ClientHello (\\x16\\x03\\x01) logged as a request',
          r.time[first]!,
        ),
      ],
      says: `${hellos.count} ClientHellos arrived at a plain-text listener`,
    };
  }
  const wanted = new Set([443, 8443, ...handshakes.map((h) => h.server.port)]);
  for (const c of context.observations.configurations) {
    for (const l of c.listeners) {
      if (l.tls || !wanted.has(l.port)) continue;
      yield {
        confidence: 0.94,
        proof: 'structural',
        evidence: [{ file: l.file, line: l.line, text: `listen ${l.address}:${l.port} without ssl` }],
        says: `${l.file}:${l.line} listens on ${l.port} without TLS`,
      };
    }
  }
  if (symptoms.length === 0 && !shownByCapture(context, handshakes))
    yield { against: 'only a few connections', confidence: 0.4 };
}
