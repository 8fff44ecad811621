/** A serial that somebody registered against the serial in use. */

import type { EvidenceRef } from '../../finding.ts';
import { bursts, MINUTE } from '../../graph/bursts.ts';
import { least, most } from '../../lists.ts';
import { impactBetween, iso, line, quote, scopeData, symptomsOf } from '../support.ts';
import type { CheckContext, Hit } from '../types.ts';

const SERIAL_KEY = /serial/i;
const normal = (serial: string): string =>
  serial
    .replace(/^0x/i, '')
    .replace(/[^0-9a-f]/gi, '')
    .replace(/^0+/, '')
    .toUpperCase();

export interface SerialMismatch {
  configured: string;
  actual: string;
  key: string;
  evidence: EvidenceRef[];
}

/** Settings that name a certificate serial which no certificate of the evidence has. */
export function serialMismatches(context: CheckContext, wanted: RegExp): SerialMismatch[] {
  const { facts, certificates } = context.observations;
  const out: SerialMismatch[] = [];
  const clients = context.graph.chains.filter(
    (c) => !c.former && (c.role === 'client' || /client|merchant|mch|api/i.test(c.evidence[0]?.file ?? '')),
  );
  const leaves = clients.length
    ? clients.map((c) => ({ c: c.leaf, file: c.evidence[0]?.file ?? '' }))
    : certificates.filter((o) => o.certificates.length === 1).map((o) => ({ c: o.certificates[0]!, file: o.file }));
  for (const s of facts.settings) {
    const key = s.key.split('.').pop() ?? s.key;
    if (!SERIAL_KEY.test(key) || !wanted.test(s.key)) continue;
    const value = normal(s.value);
    if (value.length < 8 || leaves.length === 0) continue;
    // Decimal serials are written too (certificates.md: hex or decimal, leading zeros).
    const same = (serial: string): boolean =>
      normal(serial) === value ||
      (/^\d+$/.test(s.value.trim()) && BigInt(`0x${serial || '0'}`) === BigInt(s.value.trim()));
    if (leaves.some((l) => same(l.c.serial))) continue;
    const leaf = leaves[0]!;
    out.push({
      configured: s.value,
      actual: leaf.c.serial,
      key: s.key,
      evidence: [
        { file: s.file, line: s.line, text: `${s.key}: ${s.value}` },
        { file: leaf.file, certificate: 0, text: `serial ${leaf.c.serial}` },
      ],
    });
  }
  return out;
}

/** 401 or 403 on working mutual TLS, with a registered serial that is not the one in use. */
export function* unregisteredHits(context: CheckContext): Iterable<Hit> {
  const said = symptomsOf(context, ['pay.cert-unregistered', 'pay.forbidden']);
  const r = context.observations.logs.requests;
  const perMinute = new Map<number, number>();
  const rows: number[] = [];
  for (let i = 0; i < r.length; i++) {
    if (r.status[i] !== 401 && r.status[i] !== 403) continue;
    const m = Math.floor(r.time[i]! / MINUTE) * MINUTE;
    perMinute.set(m, (perMinute.get(m) ?? 0) + 1);
    rows.push(i);
  }
  const forbidden = context.observations.logs.records.filter((x) =>
    /^(401|403)$/.test(x.fields.http ?? x.fields.status ?? x.fields.http_status ?? ''),
  );
  for (const x of forbidden) {
    if (!Number.isFinite(x.time)) continue;
    const m = Math.floor(x.time / MINUTE) * MINUTE;
    perMinute.set(m, (perMinute.get(m) ?? 0) + 1);
  }
  const burst = bursts(perMinute)[0];
  if (said.length === 0 && (!burst || burst.count < 4)) return;
  const mismatch = serialMismatches(context, /regist|bank|peer|confirm|client|partner/i)[0];
  if (!mismatch && !said.some((s) => s.event === 'pay.cert-unregistered')) return;
  const times = [
    ...said.map((s) => s.onset),
    ...(burst
      ? [...rows.map((i) => r.time[i]!), ...forbidden.map((x) => x.time)].filter(
          (t) => t >= burst.from && t <= burst.to + MINUTE,
        )
      : []),
  ];
  const onset = least(times);
  const end = Math.max(most(times), most(said.map((s) => s.end)));
  const ongoing = context.graph.span.to - end < 10 * MINUTE;
  const impact = impactBetween(context, onset, end, ongoing, said);
  yield {
    cause: 'client-cert-unregistered',
    confidence: mismatch ? 0.93 : 0.7,
    proof: mismatch ? 'structural' : 'textual',
    subject: { kind: 'certificate', id: mismatch?.actual ?? 'client', label: 'client certificate' },
    title: 'The peer does not know our client certificate: it is not registered there',
    detail: `${mismatch ? `${mismatch.key} is ${mismatch.configured}, the certificate in use has serial ${mismatch.actual}; ` : ''}the handshake succeeds and the peer answers 401 or 403 since ${iso(onset)}.`,
    evidence: [
      ...(mismatch?.evidence ?? []),
      ...quote(context, said, 3),
      ...forbidden.slice(0, 2).map((x) => line(context, x.source, x.line, x.message, x.time)),
      ...rows.slice(0, 2).map((i) => line(context, r.source[i]!, r.line[i]!, `status ${r.status[i]}`, r.time[i]!)),
    ],
    impact,
    count: rows.length + forbidden.length,
    first: onset,
    last: end,
    side: 'client',
    data: scopeData(impact),
  };
}
