/**
 * TLS 1.3 without keys: what the lengths of encrypted records give away (RFC 8446 section 5.2: content, one type
 * byte, 16 bytes of tag; no padding by the common stacks). Everything found here is marked as inferred.
 */
import { parseSuite } from '../../tls/registries/suites.ts';
import type { RecordFact } from '../stream/record-list.ts';
import type { TlsSession } from '../stream/tls-session.ts';

const OVERHEAD = 17;
/** Two bytes of alert; Java pads its records to 16 bytes more. */
const ALERT_LENGTHS: ReadonlySet<number> = new Set([2 + OVERHEAD, 18 + OVERHEAD]);
/** Certificate message without certificates: header 4, context length 1, list length 3. */
const EMPTY_CERTIFICATE = 8;

export interface Inference {
  /** The client sent its Finished: it accepted the server. */
  clientFinished: RecordFact | undefined;
  /** First encrypted record of the client is an alert. */
  clientAlert: RecordFact | undefined;
  /** An alert of the server before anything else after the client's Finished. */
  serverAlert: RecordFact | undefined;
  clientCertificate: 'none' | 'empty' | 'sent';
  /** The server went on after the client's Finished: session tickets or data. */
  serverWentOn: boolean;
}

export function inferTls13(session: TlsSession): Inference {
  const finished = 4 + (parseSuite(session.serverHello?.suite ?? 0)?.hash === 'SHA384' ? 48 : 32);
  const earliest = session.serverHello?.time ?? 0;
  const found: Inference = {
    clientFinished: undefined,
    clientAlert: undefined,
    serverAlert: undefined,
    clientCertificate: 'none',
    serverWentOn: false,
  };
  const fromClient = session.client.records.kept.filter(
    (record) =>
      record.type === 23 &&
      record.encrypted &&
      (record.time >= earliest || record.frame >= (session.serverHello?.frame ?? 0)),
  );
  for (const [index, record] of fromClient.entries()) {
    const content = record.length - OVERHEAD;
    if (index === 0 && ALERT_LENGTHS.has(record.length)) {
      found.clientAlert = record;
      break;
    }
    if (content === EMPTY_CERTIFICATE) found.clientCertificate = 'empty';
    else if (content === finished || content === finished + 16) {
      found.clientFinished = record;
      break;
    } else if (content === EMPTY_CERTIFICATE + finished) {
      found.clientCertificate = 'empty';
      found.clientFinished = record;
      break;
    } else if (content > 200) {
      found.clientCertificate = 'sent';
      // Certificate, CertificateVerify and Finished may share one record; then nothing follows before the server speaks.
      const next = fromClient[index + 1];
      if (!next && session.server.records.last && session.server.records.last.frame > record.frame) {
        found.clientFinished = record;
        break;
      }
    }
    if (index > 6) break;
  }
  if (found.clientFinished) {
    const after = session.server.records.kept.filter(
      (record) => record.frame > found.clientFinished!.frame && (record.type === 23 || record.type === 21),
    );
    const first = after[0];
    if (first && ALERT_LENGTHS.has(first.length)) found.serverAlert = first;
    else if (first) found.serverWentOn = true;
  }
  return found;
}
