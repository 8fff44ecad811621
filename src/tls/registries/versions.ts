/** Protocol versions as they stand on the wire. */
export const SSL2 = 0x0002;
export const SSL3 = 0x0300;
export const TLS10 = 0x0301;
export const TLS11 = 0x0302;
export const TLS12 = 0x0303;
export const TLS13 = 0x0304;
const DTLS10 = 0xfeff;
const DTLS12 = 0xfefd;
const DTLS13 = 0xfefc;
/** GB/T 38636-2020. */
export const TLCP = 0x0101;

const NAMES: ReadonlyMap<number, string> = new Map([
  [SSL2, 'SSLv2'],
  [SSL3, 'SSLv3'],
  [TLS10, 'TLSv1.0'],
  [TLS11, 'TLSv1.1'],
  [TLS12, 'TLSv1.2'],
  [TLS13, 'TLSv1.3'],
  [DTLS10, 'DTLSv1.0'],
  [DTLS12, 'DTLSv1.2'],
  [DTLS13, 'DTLSv1.3'],
  [0x0100, 'DTLSv1.0 (OpenSSL before 0.9.8f)'],
  [TLCP, 'TLCPv1.1'],
]);

/** `TLSv1.2`; drafts of TLS 1.3 as `TLSv1.3 draft 28`; hex when unknown. */
export function versionName(code: number): string {
  const known = NAMES.get(code);
  if (known !== undefined) return known;
  if (isTls13Draft(code)) return `TLSv1.3 draft ${code & 0xff}`;
  return `0x${code.toString(16).padStart(4, '0')}`;
}

/** RFC 8446 drafts used 0x7f00 + draft number; Facebook and Google experiments 0xfb and 0x7e. */
function isTls13Draft(code: number): boolean {
  const high = code >>> 8;
  return high === 0x7f || high === 0x7e || high === 0xfb;
}

/** TLS 1.3 or one of its drafts: the handshake after ServerHello is encrypted. */
export function isTls13(code: number): boolean {
  return code === TLS13 || isTls13Draft(code);
}

/** Order in which protocols replaced each other, so that versions of TLS, DTLS and drafts compare. */
export function versionRank(code: number): number {
  if (isTls13Draft(code)) return TLS13;
  if (code === DTLS10) return TLS11;
  if (code === DTLS12) return TLS12;
  if (code === DTLS13) return TLS13;
  if (code === TLCP) return TLS11;
  return code;
}
