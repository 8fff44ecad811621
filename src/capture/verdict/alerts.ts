/** What a fatal alert means, given who sent it, when, and what was on the wire before (RFC 8446 section 6). */

import { isoDay } from '../../instant.ts';
import { most } from '../../lists.ts';
import { alertName } from '../../tls/registries/alerts.ts';
import { isGrease } from '../../tls/registries/grease.ts';
import { parseSuite } from '../../tls/registries/suites.ts';
import { isTls13, versionName } from '../../tls/registries/versions.ts';
import type { ClientHelloInfo, HandshakeVerdict, TlsAlert } from '../../tls/types.ts';
import { type FlowCase, sameVerdict, verdict } from './case.ts';
import { certificateFacts, chainProblem } from './certificate-facts.ts';

/** Alerts with which a client says that it dislikes the server's certificate. */
export const CERTIFICATE_ALERTS: ReadonlySet<number> = new Set([42, 43, 44, 45, 46, 48, 49, 113, 114]);

/** The alert that ended the handshake: the first fatal one; SSL 3.0 warnings such as no_certificate do not end it. */
export function fatalAlert(alerts: readonly TlsAlert[]): TlsAlert | undefined {
  return alerts.find(
    (alert) =>
      !alert.encrypted &&
      alert.description !== 0 &&
      alert.description !== 90 &&
      (alert.level === 2 || alert.description === 40),
  );
}

export function judgeAlert(item: FlowCase, alert: TlsAlert): HandshakeVerdict {
  const session = item.flow.session!;
  // With a gap before it, an alert need not be about the hello.
  const later =
    session.server.lost > 0 ||
    (!session.clientHello && !item.flow.client.isnKnown && !isFirstWord(item.flow, alert)) ||
    session.clientKeyExchange ||
    session.clientCertificateEmpty ||
    session.clientCertificates !== undefined;
  if (alert.from === 'server' && !session.serverHello && !later) return serverRefusesHello(item, alert);
  if (alert.from === 'server') return serverRefusesClient(item, alert);
  return clientRefuses(item, alert);
}

/** The server's connection begins with this alert: whatever the client said before was its hello. */
export function isFirstWord({ server }: FlowCase['flow'], alert: TlsAlert): boolean {
  return server.isnKnown && server.lostBytes === 0 && server.firstDataFrame === alert.frame;
}

const named = (alert: TlsAlert) => `${alertName(alert.description)} (${alert.description})`;

/** Hellos of one shape share their arrays: what follows from the shape and the alert alone is found once, by the list of suites. */
const refusals = new WeakMap<readonly number[], Map<number, HandshakeVerdict>>();
const UNRECOGNIZED_NAME = 112;

function serverRefusesHello(item: FlowCase, alert: TlsAlert): HandshakeVerdict {
  const hello = item.observation.clientHello;
  // The name is a hello's own.
  if (!hello || alert.description === UNRECOGNIZED_NAME) return refusedHello(item, alert);
  let known = refusals.get(hello.suites);
  if (!known) {
    known = new Map();
    refusals.set(hello.suites, known);
  }
  const same = known.get(alert.description);
  if (same) return sameVerdict(same, [hello.frame, alert.frame]);
  const found = refusedHello(item, alert);
  known.set(alert.description, found);
  return found;
}

function refusedHello(item: FlowCase, alert: TlsAlert): HandshakeVerdict {
  const hello = item.observation.clientHello;
  const frames = [hello?.frame, alert.frame];
  const says = (text: string) => `the server refuses the ClientHello with ${named(alert)}: ${text}`;
  if ((alert.description === 86 || alert.description === 70) && hello?.suites.includes(0x5600)) {
    return verdict(
      'downgrade_detected',
      'client',
      'tls',
      0.9,
      frames,
      says(
        `the client fell back to ${versionName(helloVersion(hello))} (TLS_FALLBACK_SCSV) although both sides can do better`,
      ),
    );
  }
  switch (alert.description) {
    case 86:
      return verdict(
        'downgrade_detected',
        'client',
        'tls',
        0.9,
        frames,
        says('an unnecessary fallback to an older version'),
      );
    case 70:
      return verdict('protocol_version', 'client', 'tls', 0.95, frames, says(versionRefused(hello)));
    case 71:
      return verdict(
        'no_shared_cipher',
        'client',
        'tls',
        0.85,
        frames,
        says('what the client offers is weaker than the server demands'),
      );
    case 112:
      if (!hello)
        return verdict(
          'sni_unknown',
          'client',
          'tls',
          0.6,
          frames,
          says('it does not know the name the client asks for, or gets none (the hello is not in the capture)'),
        );
      return hello.sni === undefined
        ? verdict('sni_missing', 'client', 'tls', 0.9, frames, says('the client names no server (no SNI)'))
        : verdict('sni_unknown', 'client', 'tls', 0.9, frames, says(`it does not know the name ${hello.sni}`));
    case 120:
      return verdict(
        'alpn_mismatch',
        'client',
        'tls',
        0.95,
        frames,
        says(`none of the offered protocols (${hello?.alpn.join(', ') || 'none'}) is spoken`),
      );
    case 40:
    case 47:
      return handshakeFailure(item, alert, says);
    default:
      return verdict(`alert${alert.description}`, 'server', 'tls', 0.6, frames, says('the wire shows no more'));
  }
}

/** alert 40 before the ServerHello: cipher suites or groups when the offer is narrow, otherwise nothing can be said. */
function handshakeFailure(item: FlowCase, alert: TlsAlert, says: (text: string) => string): HandshakeVerdict {
  const hello = item.observation.clientHello;
  const frames = [hello?.frame, alert.frame];
  if (alert.description === 40 && hello) {
    const narrow = narrowOffer(hello);
    if (narrow === 'groups')
      return verdict(
        'no_shared_group',
        'client',
        'tls',
        0.6,
        frames,
        says('the offered groups are few or uncommon, which is the narrow part of this offer'),
      );
    if (narrow === 'suites')
      return verdict(
        'no_shared_cipher',
        'client',
        'tls',
        0.7,
        frames,
        says(
          `none of the ${realSuites(hello).length} offered suites seems acceptable; the offer lacks those that servers commonly accept`,
        ),
      );
  }
  return verdict(
    `alert${alert.description}`,
    'server',
    'tls',
    0.6,
    frames,
    says(
      'suites, groups, signature algorithms or a missing key can be behind it; the server’s own log names the reason',
    ),
  );
}

function versionRefused(hello: ClientHelloInfo | undefined): string {
  if (!hello) return 'no common protocol version';
  const offered = (hello.versions.length > 0 ? hello.versions : [hello.legacyVersion]).map(versionName).join(', ');
  return helloVersion(hello) >= 0x0304
    ? `it accepts none of ${offered}, so its own versions are too old`
    : `it offers ${offered}`;
}

export function realSuites(hello: Pick<ClientHelloInfo, 'suites'>): number[] {
  return hello.suites.filter((suite) => !isGrease(suite) && suite !== 0x00ff && suite !== 0x5600);
}

/** Groups that nearly every server accepts. */
const COMMON_GROUPS: ReadonlySet<number> = new Set([23, 24, 25, 29]);

/** Hellos of one shape share their arrays: answers are kept by the list of suites. */
const narrowOffers = new WeakMap<readonly number[], 'suites' | 'groups' | 'neither'>();

/** Is the offer so narrow that it explains a refusal by itself? */
function narrowOffer(hello: ClientHelloInfo): 'suites' | 'groups' | undefined {
  let answer = narrowOffers.get(hello.suites);
  if (answer === undefined) {
    answer = narrowPart(hello) ?? 'neither';
    narrowOffers.set(hello.suites, answer);
  }
  return answer === 'neither' ? undefined : answer;
}

function narrowPart(hello: ClientHelloInfo): 'suites' | 'groups' | undefined {
  const suites = realSuites(hello).map(parseSuite);
  const tls13 = hello.versions.some(isTls13) && suites.some((suite) => suite?.tls13);
  const groups = hello.groups.filter((group) => !isGrease(group));
  const needsGroup = suites.every((suite) => suite?.tls13 || suite?.keyExchange === 'ECDHE');
  if (groups.length > 0 && needsGroup && !groups.some((group) => COMMON_GROUPS.has(group))) return 'groups';
  // Clients of TLS 1.3 offer several groups and three suites: whatever there is only one of is the narrow part.
  if (tls13) {
    if (groups.length === 1) return 'groups';
    return suites.length === 1 && groups.some((group) => COMMON_GROUPS.has(group)) ? 'suites' : undefined;
  }
  // What a server with a usual configuration accepts: forward secrecy with AES-GCM or ChaCha20 for RSA and for ECDSA keys.
  const modern = suites.filter((suite) => suite?.keyExchange === 'ECDHE' && suite.mac === 'AEAD');
  const forBoth =
    modern.some((suite) => suite?.authentication === 'RSA') &&
    modern.some((suite) => suite?.authentication === 'ECDSA');
  return forBoth ? undefined : 'suites';
}

function helloVersion(hello: ClientHelloInfo): number {
  const ordinary = hello.versions.filter((version) => version <= 0x0304 && version >= 0x0300);
  return ordinary.length > 0 ? most(ordinary) : hello.legacyVersion;
}

/** The server refuses after its own hello: the client's certificate, or what the client answered. */
function serverRefusesClient(item: FlowCase, alert: TlsAlert): HandshakeVerdict {
  const { observation, flow } = item;
  const session = flow.session!;
  const frames = [observation.clientHello?.frame, observation.serverHello?.frame, alert.frame];
  const says = (text: string) => `the server ends the handshake with ${named(alert)}: ${text}`;
  if (alert.description === 116)
    return verdict(
      'client_cert_missing',
      'client',
      'tls',
      0.95,
      frames,
      says('it demands a client certificate and got none'),
    );
  if (session.clientCertificateEmpty && alert.description !== 20 && alert.description !== 51) {
    return verdict(
      'client_cert_missing',
      'client',
      'tls',
      0.95,
      frames,
      says('it asked for a client certificate and the client sent an empty list'),
    );
  }
  if (session.clientCertificates) return clientCertificateRefused(item, alert, frames, says);
  if (session.certificateRequested && !session.clientKeyExchange && alert.description === 40) {
    return verdict(
      'client_cert_missing',
      'client',
      'tls',
      0.6,
      frames,
      says('it asked for a client certificate and none was seen'),
    );
  }
  // A server has no other certificate to speak of.
  if (CERTIFICATE_ALERTS.has(alert.description)) {
    const hidden = session.tls13 ? 'its content is encrypted in TLS 1.3' : 'the capture does not hold it';
    return alert.description === 45
      ? verdict(
          'client_cert_expired',
          'client',
          'tls',
          0.8,
          frames,
          says(`the client certificate has expired (${hidden})`),
        )
      : verdict(
          'client_cert_rejected',
          'client',
          'tls',
          0.8,
          frames,
          says(`the client certificate is not accepted (${hidden})`),
        );
  }
  if (alert.description === 112) {
    return observation.clientHello?.sni === undefined
      ? verdict('sni_missing', 'client', 'tls', 0.85, frames, says('the client names no server (no SNI)'))
      : verdict(
          'sni_unknown',
          'client',
          'tls',
          0.85,
          frames,
          says(`it does not know the name ${observation.clientHello.sni}`),
        );
  }
  if (alert.description === 120)
    return verdict('alpn_mismatch', 'client', 'tls', 0.9, frames, says('no common application protocol'));
  return session.client.lost + session.server.lost > 0
    ? verdict(
        `alert${alert.description}`,
        'server',
        'tls',
        0.45,
        frames,
        says('part of the handshake before it is missing from the capture'),
      )
    : verdict(`alert${alert.description}`, 'server', 'tls', 0.6, frames, says('the wire shows no more'));
}

function clientCertificateRefused(
  item: FlowCase,
  alert: TlsAlert,
  frames: (number | undefined)[],
  says: (text: string) => string,
): HandshakeVerdict {
  const leaf = certificateFacts(item.flow.session!.clientCertificates![0]!);
  const expired = leaf !== undefined && leaf.notAfter < item.observation.time;
  if (alert.description === 45 || (expired && CERTIFICATE_ALERTS.has(alert.description))) {
    return verdict(
      'client_cert_expired',
      'client',
      'tls',
      expired ? 0.97 : 0.8,
      frames,
      says(
        expired
          ? `the client certificate (${leaf.subject}) expired on ${isoDay(leaf.notAfter)}`
          : 'the server takes the client certificate for expired',
      ),
    );
  }
  if (
    CERTIFICATE_ALERTS.has(alert.description) ||
    alert.description === 40 ||
    alert.description === 51 ||
    alert.description === 80
  ) {
    const why =
      alert.description === 48
        ? 'its issuer is not among those the server trusts'
        : alert.description === 51
          ? 'its signature does not verify: certificate and key do not belong together'
          : 'the server does not accept it';
    return verdict(
      'client_cert_rejected',
      'client',
      'tls',
      CERTIFICATE_ALERTS.has(alert.description) ? 0.92 : 0.75,
      frames,
      says(`the client certificate${leaf ? ` (${leaf.subject}, issued by ${leaf.issuer})` : ''}: ${why}`),
    );
  }
  return verdict(`alert${alert.description}`, 'server', 'tls', 0.6, frames, says('the wire shows no more'));
}

/** The client refuses: the server's version, certificate or parameters. */
function clientRefuses(item: FlowCase, alert: TlsAlert): HandshakeVerdict {
  const { observation } = item;
  const { serverHello } = observation;
  const frames = [observation.clientHello?.frame, serverHello?.frame, alert.frame];
  const says = (text: string) => `the client ends the handshake with ${named(alert)}: ${text}`;
  if (!serverHello && CERTIFICATE_ALERTS.has(alert.description))
    return serverCertificateRefused(item, alert.description, frames, says);
  if (!serverHello)
    return verdict(
      `alert${alert.description}`,
      'client',
      'tls',
      0.45,
      frames,
      says('no answer of the server to it was captured'),
    );
  if (alert.description === 70) {
    return verdict(
      'protocol_version_client',
      'server',
      'tls',
      0.95,
      frames,
      says(`the server chose ${versionName(serverHello.version)}, which the client does not accept`),
    );
  }
  if (serverHello.downgrade && (alert.description === 47 || alert.description === 86)) {
    return verdict(
      'downgrade_detected',
      'between',
      'tls',
      0.92,
      frames,
      says(
        `the server marks its answer as downgraded to ${serverHello.downgrade} or below: something between removed the newer version from the offer`,
      ),
    );
  }
  if (alert.description === 120)
    return verdict('alpn_mismatch', 'server', 'tls', 0.9, frames, says('no common application protocol'));
  if (alert.description === 71)
    return verdict(
      'server_parameters_weak',
      'server',
      'tls',
      0.8,
      frames,
      says('the key or the parameters of the server are weaker than the client accepts'),
    );
  if (CERTIFICATE_ALERTS.has(alert.description)) return serverCertificateRefused(item, alert.description, frames, says);
  if (alert.description === 40 || alert.description === 80 || alert.description === 47) {
    const problem = chainProblem(observation.serverCertificates, observation.clientHello?.sni, observation.time);
    if (problem && alert.description !== 47)
      return verdict(problem.id, 'server', 'tls', 0.7, frames, says(problem.says));
    // OpenSSL 3 does not sign or verify with SHA-1 at its usual security level and says so with internal_error.
    if (alert.description === 80 && serverHello.version <= 0x0302 && serverHello.version >= 0x0300)
      return verdict(
        'protocol_version_client',
        'server',
        'tls',
        0.65,
        frames,
        says(
          `the server chose ${versionName(serverHello.version)}, whose signatures OpenSSL 3 refuses in this way at its usual security level`,
        ),
      );
    // OpenSSL: a verification function of the program itself said no (handshake_failure or internal_error).
    if (item.flow.session!.tls13 && alert.description !== 47 && !item.flow.session!.resumed)
      return verdict(
        'server_cert_rejected',
        'server',
        'tls',
        0.55,
        frames,
        says(
          'after the whole flight of the server, as OpenSSL does when the program’s own check of the certificate fails; the certificate is encrypted in TLS 1.3, so the reason is not visible here',
        ),
        true,
      );
  }
  return verdict(`alert${alert.description}`, 'client', 'tls', 0.6, frames, says('the wire shows no more'));
}

/**
 * Stacks send different alerts for the same defect: an expired certificate gives 45 (OpenSSL, Java), 42 (Go, GnuTLS)
 * or 46. So the chain is judged here at capture time first; the code decides only what that leaves open.
 */
function serverCertificateRefused(
  item: FlowCase,
  code: number,
  frames: (number | undefined)[],
  says: (text: string) => string,
): HandshakeVerdict {
  const { observation } = item;
  const problem = chainProblem(observation.serverCertificates, observation.clientHello?.sni, observation.time);
  if (code === 44)
    return verdict('server_cert_revoked', 'server', 'tls', 0.9, frames, says('the server certificate is revoked'));
  if (code === 113)
    return verdict(
      'ocsp_response_rejected',
      'server',
      'tls',
      0.85,
      frames,
      says('the stapled OCSP response is missing or bad'),
    );
  if (code === 45) {
    if (problem && problem.id !== 'server_cert_name_mismatch')
      return verdict(problem.id, 'server', 'tls', 0.97, frames, says(problem.says));
    const visible = observation.serverCertificates !== undefined;
    return verdict(
      'server_cert_expired',
      visible ? 'client' : 'server',
      'tls',
      visible ? 0.55 : 0.9,
      frames,
      says(
        visible
          ? 'the chain was valid at capture time: the client’s clock or a cross-signed root of its own is the likelier reason'
          : 'a certificate of the server has expired',
      ),
    );
  }
  if (code === 48) {
    // unknown_ca is about the issuer even when the certificate is bad otherwise.
    return verdict(
      'server_cert_untrusted',
      'server',
      'tls',
      0.9,
      frames,
      says(untrustedBecause(observation.serverCertificates)),
    );
  }
  if (problem) return verdict(problem.id, 'server', 'tls', 0.9, frames, says(problem.says));
  if (code === 43)
    return verdict(
      'server_cert_unsupported',
      'server',
      'tls',
      0.8,
      frames,
      says('the kind of certificate is not supported by the client'),
    );
  if (!observation.serverCertificates) {
    return verdict(
      'server_cert_rejected',
      'server',
      'tls',
      0.85,
      frames,
      says(
        item.flow.session!.tls13
          ? 'it rejects the server certificate; the certificate is encrypted in TLS 1.3, so the reason is not visible here'
          : 'it rejects the server certificate; the capture does not hold the certificate, so the reason is not visible here',
      ),
    );
  }
  if (certificateFacts(observation.serverCertificates[0] ?? '')?.mustStaple && !observation.ocspStapled) {
    return verdict(
      'ocsp_staple_missing',
      'server',
      'tls',
      0.85,
      frames,
      says('the certificate demands a stapled OCSP response (must-staple) and the server sends none'),
    );
  }
  const name = observation.clientHello?.sni;
  const leaf = certificateFacts(observation.serverCertificates[0] ?? '');
  if (name === undefined && leaf && !leaf.selfIssued && !leaf.matches(observation.server.address))
    return verdict(
      'server_cert_rejected',
      'server',
      'tls',
      0.75,
      frames,
      says(
        `dates are in order; which name the client expects is not visible (no SNI), so either the name does not fit or the issuer is not trusted; ${untrustedBecause(observation.serverCertificates)}`,
      ),
    );
  // Dates and name are good and the client still objects: only trust is left (or a rule of its own).
  return verdict(
    'server_cert_untrusted',
    'server',
    'tls',
    0.65,
    frames,
    says(
      `dates and name are in order, so the client most likely does not trust the issuer; ${untrustedBecause(observation.serverCertificates)}`,
    ),
  );
}

function untrustedBecause(chain: readonly string[] | undefined): string {
  const leaf = chain?.[0] ? certificateFacts(chain[0]) : undefined;
  if (!leaf) return 'the client does not know the issuer of the server certificate';
  if (leaf.selfIssued) return `the server certificate (${leaf.subject}) is self-signed`;
  const alone = chain!.length === 1 ? ', and the server sends no intermediate' : '';
  return `the client does not know the issuer ${certificateFacts(chain![chain!.length - 1]!)?.issuer ?? leaf.issuer}${alone}`;
}
