/** Whose order of suites counts, the server's or the client's. */
import type { Dialer } from './dialer.ts';
import { olderHello, type Size, suitesInOrder } from './hellos.ts';
import type { VersionScan } from './older-versions.ts';

/**
 * Sets `preference` of a version below TLS 1.3, when it can be told. Picks that did not follow the order of the hellos are the
 * server's own order already; else one hello with the found suites in reverse decides: the same pick again is the server's.
 */
export async function learnPreference(dialer: Dialer, scan: VersionScan, size: Size): Promise<void> {
  if (scan.preference !== undefined || scan.suites.length < 2) return;
  const order = suitesInOrder(scan.version);
  const places = scan.suites.map((s) => order.indexOf(s));
  if (scan.inOnePass && places.some((place, i) => i > 0 && place < places[i - 1]!)) {
    scan.preference = 'server';
    return;
  }
  const reversed = [...scan.suites].reverse();
  const reply = await dialer.ask(olderHello(scan.version, reversed, { serverName: dialer.target.serverName, size }), {
    helloOnly: true,
  });
  const suite = reply.kind === 'answer' ? reply.answer.serverHello?.suite : undefined;
  if (suite === undefined || !reversed.includes(suite)) return;
  scan.preference = suite === reversed[0] ? 'client' : 'server';
}
