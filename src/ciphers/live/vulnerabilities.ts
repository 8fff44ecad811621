/** Probes that need their own connection: Heartbleed and the early ChangeCipherSpec, each with a positive sign required. */
import { TLS10, TLS12 } from '../../tls/registries/index.ts';
import type { Dialer } from './dialer.ts';
import { converse } from './exchange.ts';
import { olderHello } from './hellos.ts';
import type { VersionScan } from './older-versions.ts';
import type { ServerFeatures } from './scan-types.ts';
import { ServerAnswerReader } from './server-answer.ts';

/** Runs both probes on the newest version below TLS 1.3; `unknown` unless the server's bytes say yes or no. */
export async function probeVulnerabilities(
  dialer: Dialer,
  versions: VersionScan[],
  features: ServerFeatures,
): Promise<void> {
  const version = versions.filter((v) => v.version >= TLS10 && v.version <= TLS12 && v.suites.length > 0).at(-1);
  // STARTTLS ports are left alone here: the dialogue would have to be repeated for no further insight.
  if (!version || dialer.target.starttls) return;
  if (features.heartbeat === false) features.heartbleed = 'not vulnerable';
  else features.heartbleed = await afterHello(dialer, version, heartbeatRequest(version.version), heartbleedVerdict);
  features.ccsInjection = await afterHello(
    dialer,
    version,
    Buffer.concat([Buffer.from([20, 3, version.version & 0xff, 0, 1, 1]), plaintextAlert(version.version)]),
    ccsVerdict,
  );
}

/** HeartbeatRequest that claims 0x4000 bytes of payload and carries none (CVE-2014-0160). */
function heartbeatRequest(version: number): Buffer {
  return Buffer.from([24, 3, version & 0xff, 0, 3, 1, 0x40, 0]);
}

/** A plaintext alert record that a server which switched to its (zero) keys answers with bad_record_mac (CVE-2014-0224). */
function plaintextAlert(version: number): Buffer {
  return Buffer.from([21, 3, version & 0xff, 0, 2, 2, 0]);
}

type Verdict = 'vulnerable' | 'not vulnerable' | 'unknown';

function heartbleedVerdict(bytes: Buffer, closed: boolean): Verdict {
  // Only a heartbeat record longer than what was sent is proof.
  if (bytes.length >= 5 && bytes[0] === 24) return bytes.readUInt16BE(3) > 3 ? 'vulnerable' : 'not vulnerable';
  return closed || bytes[0] === 21 ? 'not vulnerable' : 'unknown';
}

function ccsVerdict(bytes: Buffer): Verdict {
  if (bytes.length >= 7 && bytes[0] === 21) {
    // unexpected_message: the early ChangeCipherSpec was refused. bad_record_mac or decryption_failed: it was obeyed.
    if (bytes[6] === 10) return 'not vulnerable';
    if (bytes[6] === 20 || bytes[6] === 21) return 'vulnerable';
  }
  // Closing without an alert is what both kinds of server do; only the alert number tells.
  return 'unknown';
}

/** Opens a connection, completes the server's first flight, sends `bytes` and lets `judge` decide on what comes back. */
async function afterHello(
  dialer: Dialer,
  version: VersionScan,
  bytes: Buffer,
  judge: (received: Buffer, closed: boolean) => Verdict,
): Promise<Verdict> {
  const { host, port, serverName } = dialer.target;
  const reader = new ServerAnswerReader();
  let sent = false;
  let after: Buffer = Buffer.alloc(0);
  const end = await dialer.lend(() =>
    converse(
      {
        begin: (send) => send(olderHello(version.version, version.suites, { serverName, size: 'full' })),
        feed: (chunk, send) => {
          if (sent) {
            after = Buffer.concat([after, chunk]).subarray(0, 65_536);
            return judge(after, false) !== 'unknown';
          }
          reader.push(chunk);
          if (reader.answer.alert || reader.answer.malformed) return true;
          if (reader.answer.done) {
            sent = true;
            send(bytes);
          }
          return false;
        },
      },
      { host, port, timeoutMs: Math.min(dialer.gentleness.timeoutMs, 4000) },
    ),
  );
  return sent && end ? judge(after, end.ended === 'closed' || end.ended === 'reset') : 'unknown';
}
