/** What answers below TLS 1.3 mean, and what they tell beside the suite. */
import { alertName, isTls13, parseSuite, TLS12, versionName } from '../../tls/registries/index.ts';
import type { Reply } from './dialer.ts';
import type { Size } from './hellos.ts';
import type { Gathered, ProtocolResult } from './scan-types.ts';
import type { ServerAnswer } from './server-answer.ts';

export interface VersionScan extends ProtocolResult {
  suites: number[];
  notes: string[];
  /** Why suites may be missing. */
  gap?: string;
  /** Every pick was the server's choice among all that were left, so that the order of the picks says something. */
  inOnePass: boolean;
}

/** A version about which nothing is known yet. */
export const unasked = (version: number): VersionScan => ({
  protocol: versionName(version),
  version,
  offered: 'no',
  because: '',
  complete: true,
  suites: [],
  notes: [],
  inOnePass: true,
});

/** Reason of a version that was answered with something other than TLS. */
export const NOT_TLS = 'the server did not answer in TLS';

/** The suite the server picked, or undefined when it refused or nothing can be said; the reason goes into `scan`. */
export function judge(
  reply: Reply,
  offered: readonly number[],
  version: number,
  scan: VersionScan,
): { suite: number; answer: ServerAnswer } | undefined {
  const started = scan.suites.length > 0;
  if (reply.kind === 'unknown') {
    scan.complete = false;
    scan.gap = reply.why;
    if (!started) {
      scan.offered = 'unknown';
      scan.because = reply.why;
    }
    return undefined;
  }
  if (reply.kind === 'dropped') {
    const times = `${reply.attempts} of ${reply.attempts} attempts ${reply.how}`;
    if (reply.deliberate === false) {
      scan.complete = false;
      scan.gap = `${times}, and so were others`;
      if (!started) scan.offered = 'unknown';
    }
    if (!started) scan.because = `refused without an alert (${times})`;
    return undefined;
  }
  const { answer } = reply;
  if (answer.serverHello) {
    const { version: chosen, suite } = answer.serverHello;
    if (chosen !== version) {
      if (!started)
        scan.because = isTls13(chosen)
          ? `answered with ${versionName(chosen)}, a version that was not offered`
          : `the server chose version ${versionName(chosen)}`;
      return undefined;
    }
    if (!offered.includes(suite)) {
      scan.notes.push(
        `answered with suite 0x${suite.toString(16).padStart(4, '0')}, which was not offered; taken as a refusal`,
      );
      return undefined;
    }
    return { suite, answer };
  }
  if (!started) {
    if (answer.alert) scan.because = refusal(answer.alert.description);
    else if (answer.plaintext !== undefined) scan.because = NOT_TLS;
    else scan.because = answer.malformed ?? 'the answer holds no ServerHello';
  }
  if (answer.malformed !== undefined) {
    scan.notes.push(answer.malformed);
    scan.gap = answer.malformed;
    scan.complete = false;
    if (!started) scan.offered = 'unknown';
  }
  return undefined;
}

/** How a refusal by alert is told. */
export function refusal(alert: number): string {
  return alert === 70 ? 'refused: protocol version (alert 70)' : `refused with alert ${alert} (${alertName(alert)})`;
}

/** Notes everything else that a handshake of the enumeration shows. A small hello asks for little, so its answer tells little. */
export function gather(answer: ServerAnswer, into: Gathered, size: Size): void {
  const hello = answer.serverHello;
  if (!hello || isTls13(hello.version)) return;
  const suite = parseSuite(hello.suite);
  const { features } = into;
  if (answer.keyExchange) into.keyExchanges.push({ suite: hello.suite, facts: answer.keyExchange });
  if (answer.certificates.length > 0 && suite && !into.certificates.has(suite.authentication)) {
    into.certificates.set(suite.authentication, { chain: answer.certificates, authentication: suite.authentication });
  }
  if (answer.certificateRequest) {
    into.clientCertificate.requested = true;
    for (const name of answer.certificateRequest.authorities) into.clientCertificate.acceptableCas.add(name);
  }
  if (answer.compression === 1) features.compression = true;
  else if (size !== 'small') features.compression ??= false;
  if (hello.extensions.length === 0 && hello.version < 0x0301) return;
  const echo = (
    key: 'extendedMasterSecret' | 'secureRenegotiation' | 'sessionTickets' | 'heartbeat',
    type: number,
  ): void => {
    features[key] = features[key] === true || hello.extensions.includes(type);
  };
  echo('secureRenegotiation', 0xff01);
  echo('extendedMasterSecret', 23);
  if (hello.version < TLS12 && hello.downgrade) features.downgradeProtection = true;
  if (size === 'small') return;
  echo('sessionTickets', 35);
  echo('heartbeat', 15);
  features.stapling = features.stapling === true || answer.stapled !== undefined;
  // RFC 7366: the extension is only answered for block ciphers.
  if (suite && /_CBC$/.test(suite.encryption))
    features.encryptThenMac = features.encryptThenMac === true || hello.extensions.includes(22);
}
