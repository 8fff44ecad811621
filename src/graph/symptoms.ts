import { least, most } from '../lists.ts';
import type { LogEvent } from '../logs/types.ts';
import { addSeries, bursts, MINUTE, sumBetween } from './bursts.ts';
import { type EndpointBook, stripPort } from './endpoints.ts';
import type { Observations } from './observations.ts';
import { isTrickle } from './trickle.ts';
import type { Symptom } from './types.ts';

/** Hits that stand alone on any ordinary day: fewer than this in a burst are noise unless they are most of what was logged. */
const MINIMUM_BURST = 4;

/** Groups lexicon events into symptoms: same meaning, same direction. Pure. */
export function buildSymptoms(o: Observations, endpoints: EndpointBook, span: { from: number; to: number }): Symptom[] {
  const groups = new Map<string, LogEvent[]>();
  const elsewhere = unrelatedLines(o);
  const ends = tunnelEnds(o);
  for (const event of o.logs.events) {
    if (
      event.hits.length > 0 &&
      event.hits.every((h) => elsewhere.has(`${h.source}:${h.line}`) || OF_A_TEST.test(h.text))
    )
      continue;
    const known = { ...event, role: event.role === 'unknown' ? (ends.get(event.software) ?? 'unknown') : event.role };
    const key = `${known.event}|${known.complaint}|${known.role}`;
    const list = groups.get(key);
    if (list) list.push(known);
    else groups.set(key, [known]);
  }
  const written = writtenPerSource(o);
  const customers = knownClients(o);
  const excerpt = isExcerpt(o);
  const out: Symptom[] = [];
  for (const all of [...groups.values()].flatMap((g) => apart(g, customers, endpoints))) {
    const { events, peers } = byPeer(all, endpoints);
    const first = events[0]!;
    const perMinute = mergedSeries(events);
    const burst = bursts(perMinute)[0];
    const times = events.flatMap((e) => e.hits.map((h) => h.time)).filter(Number.isFinite);
    const from = burst ? burst.from : least(events.map((e) => e.first));
    const to = burst ? burst.to + MINUTE - 1 : most(events.map((e) => e.last));
    const inBurst = times.filter((t) => t >= from && t <= to);
    // Of many hits only some are kept: where none is of the first minute, the minute has to do.
    const earliest = inBurst.length ? least(inBurst) : from;
    const onset = burst && earliest >= from + MINUTE ? from : earliest;
    const end = Math.min(to, Math.max(onset, most(events.map((e) => Math.min(e.last, to)))));
    let count = 0;
    for (const n of perMinute.values()) count += n;
    // Lines without a time stand in no minute.
    if (!burst) count = new Set(events.flatMap((e) => e.hits.map((h) => `${h.source}:${h.line}`))).size;
    const burstCount = burst?.count ?? count;
    const sources = new Set(events.map((e) => e.source));
    let total = 0;
    for (const s of sources)
      total += burst ? sumBetween(written.get(s) ?? new Map(), from, to) : (o.logs.sources[s]?.lines ?? 0);
    const share = total > 0 ? Math.min(1, burstCount / total) : 0;
    out.push({
      event: first.event,
      complaint: first.complaint,
      role: first.role,
      events,
      nodes: [
        ...new Set(events.map((e) => e.node ?? o.logs.sources[e.source]?.node ?? o.logs.sources[e.source]?.file ?? '')),
      ].sort(),
      peers,
      software: [...new Set(events.map((e) => e.software))].sort(),
      count,
      burstCount,
      onset,
      end,
      share,
      significant:
        excerpt ||
        ((burstCount >= MINIMUM_BURST || (burstCount >= 3 && share >= 0.3)) &&
          !(OF_ANY_DAY.has(first.event) && isTrickle(perMinute, writtenBy(sources, written))) &&
          !isBackground(first.event, { from: onset, to: end, count: burstCount, share }, span) &&
          !onlyStrangers(events, customers, endpoints)),
      ongoing: span.to - end <= Math.max(5 * MINUTE, (end - onset) * 0.1),
      clients: new Set(events.flatMap((e) => [...e.clients])),
    });
  }
  for (const s of out) if (!s.significant && s.role === 'server' && answers(s, out)) s.significant = true;
  return out.sort((a, b) => b.burstCount - a.burstCount || (a.event < b.event ? -1 : 1));
}

/** Which end of TLS a tunnel is: stunnel writes the same words at both, and its configuration tells (stunnel(8), option client). */
function tunnelEnds(o: Observations): Map<string, LogEvent['role']> {
  const tunnels = o.configurations.filter(({ software }) => software === 'stunnel');
  const client = tunnels.some(({ upstreams }) => upstreams.some(({ tls }) => tls));
  const server = tunnels.some(({ listeners }) => listeners.some(({ tls }) => tls));
  return client === server ? new Map() : new Map([['stunnel', client ? 'client' : 'server']]);
}

/** More lines than somebody copies by hand. */
const EXCERPT_LINES = 60;

/**
 * Whether the logs are a few lines that somebody cut out because of what they say: most of them complain, or none of them
 * carries a time (the output of a command). There is no ordinary day around them to stand out from.
 */
export function isExcerpt({ logs, transactions, handshakes }: Observations): boolean {
  if (logs.recordTotal === 0 || transactions.tables.length > 0 || handshakes.length > 0) return false;
  if (logs.sources.every((s) => s.first === undefined)) return true;
  const complaints = new Set(logs.events.flatMap((e) => e.hits.map((h) => `${h.source}:${h.line}`)));
  const written = logs.recordTotal + logs.requests.length;
  return written <= EXCERPT_LINES && complaints.size * 2 >= written;
}

/**
 * Whether a server speaks of our own clients though it shows another address (a translated one): few addresses, as
 * often and since the same minutes as the clients complain themselves.
 */
function answers(server: Symptom, all: readonly Symptom[]): boolean {
  return (
    server.burstCount >= MINIMUM_BURST * 2 &&
    server.clients.size > 0 &&
    server.clients.size <= 4 &&
    all.some(
      (c) =>
        c.significant &&
        c.role === 'client' &&
        c.event.startsWith('tls.') &&
        Math.abs(c.onset - server.onset) <= 2 * MINUTE &&
        c.burstCount <= server.burstCount * 4 &&
        server.burstCount <= c.burstCount * 4,
    )
  );
}

/** Complaints that come one now and then even when something is wrong. */
const SPORADIC =
  /^(net\.(closed-early|reset|read-timeout)|pay\.|start\.|auth\.|attack\.|time\.|upstream\.response|lb\.)/;

/** Those of which one in some hundred is nothing to report: an answer that is not awaited any longer. */
const OF_ANY_DAY: ReadonlySet<Symptom['event']> = new Set(['net.read-timeout']);

/** Lines a minute of several sources. */
function writtenBy(
  sources: Iterable<number>,
  written: ReadonlyMap<number, ReadonlyMap<number, number>>,
): Map<number, number> {
  const sum = new Map<number, number>();
  for (const source of sources) addSeries(sum, written.get(source) ?? new Map());
  return sum;
}

/**
 * A handful of lines from end to end of the evidence, minutes apart, beside much else that was written: they were there
 * before anything happened, and no interruption of a connection looks like that.
 */
function isBackground(
  event: Symptom['event'],
  burst: { from: number; to: number; count: number; share: number },
  span: { from: number; to: number },
): boolean {
  const length = burst.to - burst.from;
  return (
    !SPORADIC.test(event) &&
    burst.count <= 12 &&
    burst.share < 0.1 &&
    length >= 15 * MINUTE &&
    length >= (span.to - span.from) * 0.5 &&
    burst.count / (length / MINUTE) < 0.25 &&
    burst.from - span.from < (span.to - span.from) * 0.35
  );
}

/** A peer of fewer lines than this share of all is not what the complaint is about. */
const LESSER_PEER = 0.03;

/**
 * The peers named, heaviest first. Where one peer (or none by name) has nearly all the lines, the few about others are
 * the isolated lines of the day: they neither name the symptom nor move its onset.
 */
function byPeer(events: LogEvent[], endpoints: EndpointBook): { events: LogEvent[]; peers: string[] } {
  const weights = new Map<string, number>();
  let total = 0;
  for (const e of events) {
    const peer = e.peer ? endpoints.canonical(e.peer) : '';
    weights.set(peer, (weights.get(peer) ?? 0) + e.count);
    total += e.count;
  }
  const order = [...weights].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const heavy = new Set(order.filter(([, n]) => n >= total * LESSER_PEER).map(([peer]) => peer));
  const weight = order.reduce((n, [peer, m]) => (heavy.has(peer) ? n + m : n), 0);
  const kept =
    weight >= total * 0.8 ? events.filter((e) => heavy.has(e.peer ? endpoints.canonical(e.peer) : '')) : events;
  return {
    events: kept,
    peers: order.flatMap(([peer]) => (peer && (kept === events || heavy.has(peer)) ? [peer] : [])),
  };
}

/**
 * Hits per minute of all the events. Two lexicon entries can match the same line (a folded stack trace names the cause
 * twice); within one source such entries are not added up.
 */
function mergedSeries(events: LogEvent[]): Map<number, number> {
  const out = new Map<number, number>();
  const bySource = new Map<number, LogEvent[]>();
  for (const e of events) bySource.set(e.source, [...(bySource.get(e.source) ?? []), e]);
  for (const list of bySource.values()) {
    const groups: { lines: Set<number>; series: Map<number, number> }[] = [];
    for (const e of list) {
      const lines = new Set(e.hits.map((h) => h.line));
      const twin = groups.find((g) => [...lines].some((l) => g.lines.has(l)));
      if (!twin) {
        groups.push({ lines, series: new Map(e.perMinute) });
        continue;
      }
      for (const l of lines) twin.lines.add(l);
      for (const [minute, n] of e.perMinute) twin.series.set(minute, Math.max(twin.series.get(minute) ?? 0, n));
    }
    for (const g of groups) addSeries(out, g.series);
  }
  return out;
}

/** Loggers whose troubles are not those of a payment channel: mail, messages to customers, statistics, test systems. */
const UNRELATED = /(^|[._-])(mail(er)?|smtp|sms|push|newsletter|analytics|metrics|sandbox)([._-]|$)/i;

/** Words by which a line itself says that it is about a test system. */
const OF_A_TEST =
  /\b(?:test|sandbox|staging|uat|demo)[ _-](?:merchant|shop|store|terminal|account|system|env(?:ironment)?|gateway|webhook|mode)\b|测试(?:商户|环境|系统)|沙箱/i;

/** Places of records written by such a logger, or marked as belonging to a test system. */
function unrelatedLines(o: Observations): Set<string> {
  const out = new Set<string>();
  for (const r of o.logs.records) {
    if (
      (r.logger && UNRELATED.test(r.logger)) ||
      /^(sandbox|test|staging|uat)$/i.test(r.fields.env ?? r.fields['labels.env'] ?? '')
    )
      out.add(`${r.source}:${r.line}`);
  }
  return out;
}

/** Those of the clients in events that got something done here: a request that was answered below 400, or a row of a payment table. */
function knownClients(o: Observations): Set<string> {
  const out = new Set<string>();
  const r = o.logs.requests;
  // The others need not be told apart, and there may be a million of them.
  const asked = new Set(o.logs.events.flatMap((event) => [...event.clients].map(stripPort)));
  if (asked.size === 0) return out;
  // Ids first: there are far fewer clients than requests.
  const served = new Uint8Array(r.strings.length);
  for (let i = 0; i < r.length; i++) if (r.status[i]! > 0 && r.status[i]! < 400) served[r.client[i]!] = 1;
  for (let id = 1; id < served.length; id++) if (served[id] === 1 && asked.has(r.strings[id]!)) out.add(r.strings[id]!);
  for (const t of o.transactions.tables) for (const id of new Set(t.client)) if (id !== 0) out.add(t.strings[id]!);
  for (const h of o.handshakes) if (h.completed) out.add(h.client.address);
  return out;
}

/** Said of a client that showed a certificate: scanners have none, whoever has one is a partner. */
const PARTNER_EVENTS: ReadonlySet<string> = new Set([
  'tls.client-cert-expired',
  'tls.client-cert-rejected',
  'tls.purpose-wrong',
  'tls.cert-revoked',
  'tls.crl-expired',
]);

/** What a server says about clients that never got anything done here is the noise of the internet, not a fault of the channel. */
function onlyStrangers(events: LogEvent[], customers: Set<string>, endpoints: EndpointBook): boolean {
  if (events.some((e) => e.role !== 'server' || e.clients.size === 0 || PARTNER_EVENTS.has(e.event))) return false;
  for (const e of events) {
    for (const c of e.clients) {
      const address = stripPort(c);
      if (
        customers.has(address) ||
        endpoints.isOwn(address) ||
        endpoints.namesOf.has(address) ||
        endpoints.isInternal(address)
      )
        return false;
    }
  }
  return true;
}

/** Strangers' lines would move the onset of what another log says about partners: they are left out, or stand by log. */
function apart(events: LogEvent[], customers: Set<string>, endpoints: EndpointBook): LogEvent[][] {
  const known = events.filter((e) => !onlyStrangers([e], customers, endpoints));
  if (known.length > 0) return [known];
  const bySource = new Map<number, LogEvent[]>();
  for (const e of events) bySource.set(e.source, [...(bySource.get(e.source) ?? []), e]);
  return [...bySource.values()];
}

/** Records and requests per minute of each source: HAProxy writes both into one log. */
function writtenPerSource(o: Observations): Map<number, Map<number, number>> {
  const out = new Map<number, Map<number, number>>();
  for (const t of o.logs.templates) {
    let series = out.get(t.source);
    if (!series) {
      series = new Map();
      out.set(t.source, series);
    }
    addSeries(series, t.perMinute);
  }
  const r = o.logs.requests;
  // Requests stand in order: one addition to the map for each stretch of one minute.
  let series: Map<number, number> | undefined;
  let source = -1;
  let minute = Number.NaN;
  let count = 0;
  const put = (): void => void (series && count > 0 && series.set(minute, (series.get(minute) ?? 0) + count));
  for (let i = 0; i < r.length; i++) {
    const m = Math.floor(r.time[i]! / MINUTE) * MINUTE;
    if (m !== minute || r.source[i] !== source) {
      put();
      count = 0;
      minute = m;
      source = r.source[i]!;
      // A source without a record says nothing that a share is asked of.
      series = Number.isNaN(m) ? undefined : out.get(source);
    }
    count++;
  }
  put();
  return out;
}
