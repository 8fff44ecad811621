/** The ClientHellos of a scan: what is offered for which question. */
import { type HelloPlan, writeClientHello } from '../../tls/hello-writer.ts';
import {
  GROUPS,
  isFiniteFieldGroup,
  isPostQuantumGroup,
  parseSuite,
  SSL3,
  SUITES,
  TLS12,
  TLS13,
} from '../../tls/registries/index.ts';

/** Suites that need an ECDSA certificate. */
export const isEcdsa = (code: number): boolean => parseSuite(code)?.authentication === 'ECDSA';

/**
 * Every suite below TLS 1.3 that a server could pick, signals and TLCP left out. Those for ECDSA keys stand first: Tomcat takes
 * the certificate of the first suite that it has heard of, whether its TLS has the suite or not.
 */
export const OLDER_SUITES: readonly number[] = SUITES.map(([code]) => code)
  .filter((code) => {
    const suite = parseSuite(code);
    return code !== 0 && suite !== undefined && !suite.signal && !suite.tls13 && code >>> 8 !== 0xe0;
  })
  .sort((a, b) => Number(isEcdsa(b)) - Number(isEcdsa(a)));
/**
 * The suites in the order in which hellos of a version name them. SSL 3.0 has no way to name curves, so a server that takes the
 * first suite would stumble over one that needs them.
 */
export function suitesInOrder(version: number): readonly number[] {
  return version === SSL3 ? BY_CODE : OLDER_SUITES;
}
const BY_CODE: readonly number[] = [...OLDER_SUITES].sort((a, b) => a - b);
export const TLS13_SUITES: readonly number[] = SUITES.map(([code]) => code).filter((code) => parseSuite(code)?.tls13);
const ALL_GROUPS: readonly number[] = GROUPS.map(([code]) => code).filter((code) => code < 0xff00);
/** Groups for versions below 1.3: the registry has curves and, for DHE, the finite-field groups of RFC 7919. */
export const OLDER_GROUPS: readonly number[] = ALL_GROUPS.filter(
  (g) => !isPostQuantumGroup(g) && !isFiniteFieldGroup(g) && !(g >= 31 && g <= 33),
);
/** What a server may be built for: groups that clients use come first, so that a server that follows the client picks them. */
export const OFFERED_GROUPS: readonly number[] = [
  29,
  23,
  24,
  25,
  30,
  ...ALL_GROUPS.filter((g) => ![29, 23, 24, 25, 30].includes(g)),
];

export const ALL_SIGNATURES: readonly number[] = [
  0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x081a, 0x081b, 0x081c, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b,
  0x0401, 0x0501, 0x0601, 0x0303, 0x0301, 0x0302, 0x0203, 0x0201, 0x0202, 0x0402, 0x0502, 0x0602, 0x0101, 0x0103,
  0x0904, 0x0905, 0x0906, 0x0708,
];

const EMPTY = Buffer.alloc(0);
const EXTENSION_BODIES = {
  extendedMasterSecret: { type: 23, body: EMPTY },
  encryptThenMac: { type: 22, body: EMPTY },
  sessionTicket: { type: 35, body: EMPTY },
  statusRequest: { type: 5, body: Buffer.from([1, 0, 0, 0, 0]) },
  renegotiationInfo: { type: 0xff01, body: Buffer.from([0]) },
  /** heartbeat, peer_allowed_to_send (RFC 6520). */
  heartbeat: { type: 15, body: Buffer.from([1]) },
  /** psk_dhe_ke: without it a server sends no tickets (RFC 8446 section 4.2.9). */
  pskModes: { type: 45, body: Buffer.from([1, 1]) },
} as const;

/** signature_algorithms_cert: the chain may be signed with anything, so that only the handshake signature is asked for. */
function anyCertificateSignature(): { type: number; body: Buffer } {
  const list = Buffer.from(ALL_SIGNATURES.flatMap((s) => [s >>> 8, s & 255]));
  return { type: 50, body: Buffer.concat([Buffer.from([list.length >>> 8, list.length & 255]), list]) };
}

/** Application protocols of the IANA registry that servers of payment paths speak, browsers' first. */
export const ALPN_PROTOCOLS: readonly string[] = [
  'h2',
  'http/1.1',
  'http/1.0',
  'h2c',
  'h3',
  'grpc-exp',
  'spdy/3.1',
  'spdy/3',
  'acme-tls/1',
  'imap',
  'pop3',
  'managesieve',
  'ftp',
  'mqtt',
  'postgresql',
  'tds/8.0',
  'xmpp-client',
  'xmpp-server',
  'dot',
  'webrtc',
  'stun.turn',
];

/** What a small hello has room for. */
export const COMMON_GROUPS: readonly number[] = [29, 23, 24, 25];
const COMMON_SIGNATURES = [0x0403, 0x0804, 0x0401, 0x0501, 0x0601, 0x0201, 0x0203];

/** How much is packed into one hello; servers that cannot take much are asked with less. */
export type Size = 'full' | 'medium' | 'small';

/** Suites per hello at each size: `small` keeps the record below 256 bytes, `medium` below 128 suites. */
export const SUITES_PER_HELLO: Readonly<Record<Size, number>> = { full: 1000, medium: 96, small: 52 };

/** A hello below TLS 1.3 with every extension whose echo tells something. */
export function olderHello(
  version: number,
  suites: readonly number[],
  options: {
    serverName?: string | undefined;
    size: Size;
    groups?: readonly number[];
    signatures?: readonly number[];
    alpn?: readonly string[];
  },
): Buffer {
  const plan: HelloPlan = { legacyVersion: version, suites, compression: [1, 0] };
  if (options.serverName !== undefined) plan.serverName = options.serverName;
  if (version === SSL3) return writeClientHello({ ...plan, noExtensions: true, suites: [...suites, 0x00ff] });
  const groups = options.groups ?? OLDER_GROUPS_FIRST;
  if (options.size === 'small') {
    return writeClientHello({
      ...plan,
      // The signal of RFC 5746 is shorter than its extension.
      suites: [...suites, 0x00ff],
      compression: [0],
      groups: options.groups ?? COMMON_GROUPS,
      ...(version >= TLS12 ? { signatureAlgorithms: options.signatures ?? COMMON_SIGNATURES } : {}),
      extensions: [EXTENSION_BODIES.extendedMasterSecret],
    });
  }
  const e = EXTENSION_BODIES;
  return writeClientHello({
    ...plan,
    groups,
    ...(version >= TLS12 ? { signatureAlgorithms: options.signatures ?? ALL_SIGNATURES } : {}),
    ...(options.alpn ? { alpn: options.alpn } : {}),
    extensions: [
      e.extendedMasterSecret,
      e.encryptThenMac,
      e.sessionTicket,
      e.statusRequest,
      e.renegotiationInfo,
      e.heartbeat,
      ...(options.signatures ? [anyCertificateSignature()] : []),
    ],
  });
}

/** Those that clients use come first. */
export const OLDER_GROUPS_FIRST: readonly number[] = [
  29,
  23,
  24,
  25,
  30,
  ...OLDER_GROUPS.filter((g) => ![29, 23, 24, 25, 30].includes(g)),
];

/** A TLS 1.3 hello without key shares: the server has to answer with a HelloRetryRequest that names suite and group. */
export function tls13Hello(
  suites: readonly number[],
  groups: readonly number[],
  options: {
    serverName?: string | undefined;
    keyShares?: HelloPlan['keyShares'];
    signatures?: readonly number[];
    alpn?: readonly string[];
    /** Keeps the record below 256 bytes, as far as the lists allow. */
    small?: boolean;
  },
): Buffer {
  const e = EXTENSION_BODIES;
  if (options.small)
    return writeClientHello({
      legacyVersion: TLS12,
      versions: [TLS13],
      suites,
      groups,
      signatureAlgorithms: options.signatures ?? [...COMMON_SIGNATURES, 0x0503, 0x0805, 0x0807],
      keyShares: options.keyShares ?? [],
      ...(options.serverName === undefined ? {} : { serverName: options.serverName }),
    });
  return writeClientHello({
    legacyVersion: TLS12,
    versions: [TLS13],
    suites,
    groups,
    signatureAlgorithms: options.signatures ?? ALL_SIGNATURES,
    keyShares: options.keyShares ?? [],
    sessionId: SESSION_ID,
    ...(options.serverName === undefined ? {} : { serverName: options.serverName }),
    ...(options.alpn ? { alpn: options.alpn } : {}),
    extensions: [e.pskModes, e.statusRequest, ...(options.signatures ? [anyCertificateSignature()] : [])],
  });
}

/** Middlebox compatibility (RFC 8446 appendix D.4); no session stands behind it. */
const SESSION_ID = Buffer.alloc(32, 0x5a);
