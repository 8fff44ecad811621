/**
 * TLS 1.3 without keys: what the lengths of encrypted records give away (RFC 8446 section 5.2: content, one type
 * byte, 16 bytes of tag; no padding by the common stacks). Everything found here is marked as inferred.
 */
import { parseSuite } from '../../tls/registries/suites.ts';
import type { RecordList } from '../stream/record-list.ts';
import type { TlsSession } from '../stream/tls-session.ts';

const OVERHEAD = 17;
/** Two bytes of alert; Java pads its records to 16 bytes more. */
export const ALERT_LENGTHS: ReadonlySet<number> = new Set([2 + OVERHEAD, 18 + OVERHEAD]);
/** Certificate message without certificates: header 4, context length 1, list length 3. */
const EMPTY_CERTIFICATE = 8;

/** A record that says something, by its place in the capture. */
export interface RecordAt {
  /** Its place among the records of its direction. */
  index: number;
  frame: number;
  /** ms UTC. */
  time: number;
}

export interface Inference {
  /** The client sent its Finished: it accepted the server. */
  clientFinished: RecordAt | undefined;
  /** First encrypted record of the client is an alert. */
  clientAlert: RecordAt | undefined;
  /** An alert of the server before anything else after the client's Finished. */
  serverAlert: RecordAt | undefined;
  clientCertificate: 'none' | 'empty' | 'sent';
  /** The server went on after the client's Finished: session tickets or data. */
  serverWentOn: boolean;
  /** The client answered, but with records of lengths that no known message has (padding, unknown stacks). */
  unrecognised: boolean;
}

/** Records of the client's second flight that are looked at: Certificate, CertificateVerify and Finished, in pieces. */
const FLIGHT = 7;

export function inferTls13(session: TlsSession): Inference {
  const found: Inference = {
    clientFinished: undefined,
    clientAlert: undefined,
    serverAlert: undefined,
    clientCertificate: 'none',
    serverWentOn: false,
    unrecognised: false,
  };
  const answer = readClientFlight(session, found);
  const pivot = found.clientFinished ?? (found.clientAlert ? undefined : answer);
  if (!pivot) return found;
  found.unrecognised = !found.clientFinished;
  const { records } = session.server;
  for (let index = 0; index < records.kept; index++) {
    const type = records.type(index);
    if (records.frame(index) <= pivot.frame || (type !== 23 && type !== 21)) continue;
    if (ALERT_LENGTHS.has(records.length(index)))
      found.serverAlert = { index, frame: records.frame(index), time: records.time(index) };
    else found.serverWentOn = true;
    break;
  }
  return found;
}

/** Returns the first record of the flight, whatever it is. */
function readClientFlight(session: TlsSession, found: Inference): RecordAt | undefined {
  const { records } = session.client;
  const finished = 4 + (parseSuite(session.serverHello?.suite ?? 0)?.hash === 'SHA384' ? 48 : 32);
  const earliest = session.serverHello?.time ?? 0;
  const earliestFrame = session.serverHello?.frame ?? 0;
  let seen = 0;
  let first: RecordAt | undefined;
  for (let index = 0; index < records.kept && seen < FLIGHT; index++) {
    // Early data goes before the ServerHello and is not part of the flight.
    if (records.type(index) !== 23 || !records.encrypted(index)) continue;
    if (records.time(index) < earliest && records.frame(index) < earliestFrame) continue;
    const at: RecordAt = { index, frame: records.frame(index), time: records.time(index) };
    first ??= at;
    const content = records.length(index) - OVERHEAD;
    if (seen++ === 0 && ALERT_LENGTHS.has(records.length(index))) {
      found.clientAlert = at;
      return first;
    }
    if (content === finished || content === finished + 16) {
      found.clientFinished = at;
      return first;
    }
    if (content === EMPTY_CERTIFICATE || content === EMPTY_CERTIFICATE + finished) {
      found.clientCertificate = 'empty';
      if (content > EMPTY_CERTIFICATE) {
        found.clientFinished = at;
        return first;
      }
    } else if (content > 200) {
      found.clientCertificate = 'sent';
      // Certificate, CertificateVerify and Finished may share one record; then nothing follows before the server speaks.
      if (index + 1 >= records.kept && session.server.records.lastFrame > at.frame) {
        found.clientFinished = at;
        return first;
      }
    }
  }
  return first;
}

/**
 * Both sides went on after the handshake, whatever is missing of it: the client said more than an alert after the
 * server's flight, and the server answered that with more than an alert. In TLS 1.2 application data says so by itself.
 */
export function wentOn(session: TlsSession): boolean {
  if (session.clientApplicationBytes === 0 || session.serverApplicationBytes === 0) return false;
  if (session.serverHello && !session.tls13) return true;
  // Up to TLS 1.2 the client's first application data comes before the server's; in TLS 1.3 the server's flight does.
  if (!session.serverHello && session.server.records.kept > 0) {
    const request = firstSaying(session.client.records, session.server.records.frame(0));
    const response = firstSaying(session.server.records, 0);
    if (request !== undefined && response !== undefined && request < response) return true;
  }
  const flight = firstSaying(session.server.records, 0);
  const answer = flight === undefined ? undefined : firstSaying(session.client.records, flight);
  return answer !== undefined && firstSaying(session.server.records, answer) !== undefined;
}

/** Frame of the first encrypted record behind frame `after` that is no alert. */
function firstSaying(records: RecordList, after: number): number | undefined {
  for (let index = 0; index < records.kept; index++)
    if (records.frame(index) > after && records.type(index) === 23 && !ALERT_LENGTHS.has(records.length(index)))
      return records.frame(index);
  return undefined;
}
