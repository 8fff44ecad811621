/** Turns a live scan into the facts that policies judge. */
import { X509Certificate } from 'node:crypto';
import type { EndpointScan } from './live/scan-types.ts';
import type { EndpointFacts } from './policy/types.ts';

/** Facts of a live endpoint. */
export function factsOfScan(scan: EndpointScan): EndpointFacts {
  const { features } = scan;
  return {
    target: scan.target,
    live: true,
    protocols: scan.protocols.filter((p) => p.offered === 'yes').map((p) => p.protocol),
    unknownProtocols: scan.protocols.filter((p) => p.offered === 'unknown').map((p) => p.protocol),
    suites: scan.suites,
    groups: scan.groups,
    groupsKnown: true,
    // Groups of RFC 7919 are named in `groups`; a prime below 2048 bits never is one of them.
    dhBits: [...new Set((features.dh ?? []).map((d) => d.bits))].sort((a, b) => a - b),
    keys: scan.certificates.flatMap(({ chain }) => keyOf(chain[0])),
    features: {
      secureRenegotiation: features.secureRenegotiation,
      extendedMasterSecret: features.extendedMasterSecret,
      encryptThenMac: features.encryptThenMac,
      compression: features.compression,
      fallbackScsv: features.fallbackScsv,
      stapling: features.stapling,
      heartbeat: features.heartbeat,
      keyReuse: features.keyReuse === undefined ? undefined : features.keyReuse.length > 0,
      sessionTickets: features.sessionTickets,
      earlyData: features.earlyData === undefined ? undefined : features.earlyData > 0,
      clientInitiatedRenegotiation: features.clientInitiatedRenegotiation,
    },
  };
}

/** Type and size of a certificate's key; nothing when it cannot be read. */
export function keyOf(der: string | undefined): { type: string; bits?: number }[] {
  if (der === undefined) return [];
  try {
    const { publicKey } = new X509Certificate(Buffer.from(der, 'base64'));
    return [describeKey(publicKey.asymmetricKeyType, publicKey.asymmetricKeyDetails)];
  } catch {
    return [];
  }
}

/** `RSA 2048`, `EC 256`: the size of a curve is the size of its order. */
export function describeKey(
  type: string | undefined,
  details: { modulusLength?: number; namedCurve?: string } | undefined,
): { type: string; bits?: number } {
  if (type === 'ec') {
    const curve = details?.namedCurve ?? '';
    const bits = /(\d{3})/.exec(curve)?.[1];
    return { type: 'EC', ...(bits ? { bits: Number(bits) } : {}) };
  }
  const name =
    { rsa: 'RSA', 'rsa-pss': 'RSA-PSS', dsa: 'DSA', ed25519: 'Ed25519', ed448: 'Ed448' }[type ?? ''] ??
    type ??
    'unknown';
  return { type: name, ...(details?.modulusLength === undefined ? {} : { bits: details.modulusLength }) };
}
