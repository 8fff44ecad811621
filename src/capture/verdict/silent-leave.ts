/**
 * Clients that finish the handshake and leave without a request. Some stacks look at the certificate only then: Node
 * and GnuTLS programs close at once without close_notify, curl checks the name last and closes politely. Health checks
 * and unused spare connections leave, too, so the wire alone accuses nobody who leaves politely and asks for nothing.
 */
import { isGrease } from '../../tls/registries/grease.ts';
import type { ClientHelloInfo, HandshakeVerdict } from '../../tls/types.ts';
import type { CapturedHandshake } from '../handshake.ts';
import { captureHole, type FlowCase, verdict } from './case.ts';
import { certificateFacts, chainProblem } from './certificate-facts.ts';
import { ALERT_LENGTHS, inferTls13, type RecordAt } from './tls13.ts';

export interface SilentLeave {
  /** Without close_notify, or so fast that it was no use of the connection. */
  abrupt: boolean;
  /** ms from the end of the handshake to the first sign of leaving. */
  waited: number;
  frame: number;
}

/** A client that dislikes what it got leaves at once; an unused connection lives longer. */
const AT_ONCE_MS = 1000;
/** Record of a TLS 1.3 Finished with SHA-384, padded. */
const MAX_FINISHED = 85;
const ALERT = 21;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const DELEGATED_CREDENTIAL = 34;

/** How the client of a completed full handshake left without having sent a byte of its own; undefined when it did not. */
export function silentLeave(item: FlowCase): SilentLeave | undefined {
  const { client, server, session } = item.flow;
  if (!session || session.resumed || session.client.lost + session.server.lost > 0) return undefined;
  // What looks like silence may only not have been captured.
  if (captureHole(item.flow)) return undefined;
  const end = client.finFrame || client.rstFrame;
  if (!end) return undefined;
  const last = session.client.records.kept - 1;
  // A request is longer than any Finished: the usual case ends here.
  if (session.client.records.type(last) === APPLICATION_DATA && session.client.records.length(last) > MAX_FINISHED)
    return undefined;
  const finished = session.tls13 ? inferTls13(session).clientFinished : finishedRecord(item);
  if (!finished) return undefined;
  const { records } = session.client;
  if (records.count > records.kept) return undefined;
  let goodbye: RecordAt | undefined;
  for (let index = finished.index + 1; index < records.kept; index++) {
    const type = records.type(index);
    const length = records.length(index);
    if (type === ALERT || (session.tls13 && type === APPLICATION_DATA && ALERT_LENGTHS.has(length)))
      goodbye ??= { index, frame: records.frame(index), time: records.time(index) };
    else if (type === APPLICATION_DATA || type === HANDSHAKE) return undefined;
  }
  const serverEnd = server.finFrame || server.rstFrame;
  if (serverEnd > 0 && serverEnd < (goodbye?.frame ?? end)) return undefined;
  const time = goodbye?.time ?? (client.finTime || client.rstTime);
  const waited = time - Math.max(finished.time, session.tls13 ? 0 : session.handshakeEnd);
  return waited <= AT_ONCE_MS ? { abrupt: goodbye === undefined, waited, frame: goodbye?.frame ?? end } : undefined;
}

/** The client's Finished of TLS 1.2 and below: its first encrypted handshake record. */
function finishedRecord({ flow }: FlowCase): RecordAt | undefined {
  const { records } = flow.session!.client;
  for (let index = 0; index < records.kept; index++)
    if (records.type(index) === HANDSHAKE && records.encrypted(index))
      return { index, frame: records.frame(index), time: records.time(index) };
  return undefined;
}

/**
 * The verdict on a client that left so, when nothing else in the captures explains it; undefined where a health check
 * is as likely as a refusal. Confidence stays low: it is a reading of behaviour.
 */
export function judgeSilentLeave(observation: CapturedHandshake, leave: SilentLeave): HandshakeVerdict | undefined {
  const { clientHello: hello, serverCertificates: chain, serverHello } = observation;
  const frames = [serverHello?.frame, leave.frame];
  const how = `the client completes the handshake and leaves ${leave.abrupt ? 'without close_notify and ' : ''}without a request`;
  const problem = chainProblem(chain, hello?.sni, observation.time);
  if (problem) return verdict(problem.id, 'server', 'tls', 0.8, frames, `${how}; ${problem.says}`, true);
  if (!hello || isBrowser(hello)) return undefined;
  // Those who check only that a server is alive neither name it nor offer a protocol for requests.
  const wantsRequests = hello.alpn.some((name) => name === 'h2' || name.startsWith('http/'));
  if (!wantsRequests && !(leave.abrupt && hello.sni !== undefined)) return undefined;
  if (!chain || chain.length === 0)
    return verdict(
      'server_cert_rejected',
      'server',
      'tls',
      0.55,
      frames,
      `${how}, as clients do that dislike the certificate; the certificate is encrypted in TLS 1.3, so the reason is not visible here`,
      true,
    );
  const leaf = certificateFacts(chain[0]!);
  return verdict(
    'server_cert_untrusted',
    'server',
    'tls',
    leaf?.selfIssued ? 0.65 : 0.55,
    frames,
    leaf?.selfIssued
      ? `${how}; the server certificate (${leaf.subject}) is self-signed`
      : `${how}, as clients do that dislike the certificate; dates and name are in order, so most likely it does not trust the issuer${leaf ? ` (${leaf.issuer})` : ''}`,
    true,
  );
}

/**
 * Browsers open more connections than they use and drop the rest; when they reject a certificate they send an alert.
 * BoringSSL and Apple's stack send GREASE (RFC 8701), Firefox offers delegated credentials (RFC 9345).
 */
function isBrowser(hello: ClientHelloInfo): boolean {
  return hello.suites.some(isGrease) || hello.extensions.includes(DELEGATED_CREDENTIAL);
}
