/**
 * Client-initiated renegotiation. Handshakes must be finished for it, so the TLS library does it; only versions and suites that
 * this library still has can be asked. "Accepted" needs a second handshake that finished (RFC 5746, CVE-2011-1473).
 */
import { constants } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { TLS10, TLS12 } from '../../tls/registries/index.ts';
import type { Dialer } from './dialer.ts';
import type { VersionScan } from './older-versions.ts';
import type { ServerFeatures } from './scan-types.ts';

const PATIENCE_MS = 2500;

/** Sets `clientInitiatedRenegotiation`, or leaves it out when nothing can be said. STARTTLS ports are not asked. */
export async function probeRenegotiation(
  dialer: Dialer,
  versions: readonly VersionScan[],
  features: ServerFeatures,
): Promise<void> {
  const offered = versions.some((v) => v.version >= TLS10 && v.version <= TLS12 && v.suites.length > 0);
  if (!offered || dialer.target.starttls) return;
  const accepted = await dialer.lend(() => renegotiate(dialer));
  if (accepted !== undefined) features.clientInitiatedRenegotiation = accepted;
}

function renegotiate(dialer: Dialer): Promise<boolean | undefined> {
  const { host, port, serverName } = dialer.target;
  return new Promise((resolve) => {
    const socket: TLSSocket = connect({
      host,
      port,
      // An address is no server name (RFC 6066 section 3).
      ...(serverName === undefined || isIP(serverName) ? {} : { servername: serverName }),
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.2',
      ciphers: 'ALL:@SECLEVEL=0',
      secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT | constants.SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION,
    });
    let asked = false;
    let waited = false;
    const done = (accepted: boolean | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(accepted);
    };
    // A server that neither answers nor closes leaves it open: some ignore the request, which RFC 5246 section 7.2.2 allows.
    const timer = setTimeout(
      () => {
        waited = true;
        done(asked ? false : undefined);
      },
      Math.min(dialer.gentleness.timeoutMs, PATIENCE_MS),
    );
    socket.once('secureConnect', () => {
      asked = true;
      socket.renegotiate({ rejectUnauthorized: false }, (error) => {
        if (!waited) done(error === null);
      });
    });
    const refused = (): void => done(asked ? false : undefined);
    socket.on('error', refused);
    socket.on('close', refused);
    socket.resume();
  });
}
