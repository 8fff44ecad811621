/** DER of the certificates in a text: PEM, or one bare base64 value as headers and parameters carry it. */
const MAXIMUM_BLOCKS = 10;

export function pemBlocks(text: string): Buffer[] {
  const found: Buffer[] = [];
  // Forms turn the plus signs and line ends of a PEM block into spaces.
  const pattern = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s\\]{1,100000}?)-----END CERTIFICATE-----/g;
  for (let m = pattern.exec(text); m && found.length < MAXIMUM_BLOCKS; m = pattern.exec(text))
    found.push(Buffer.from(m[1]!.replace(/\\[nr]/g, '').replace(/\s+/g, ''), 'base64'));
  if (found.length > 0) return found;
  let bare = text.slice(0, 100_000);
  if (/%[0-9a-fA-F]{2}/.test(bare)) {
    try {
      bare = decodeURIComponent(bare);
      if (bare.includes('BEGIN CERTIFICATE')) return pemBlocks(bare);
    } catch {
      return [];
    }
  }
  const der = Buffer.from(bare.replace(/\s+/g, ''), 'base64');
  return der[0] === 0x30 ? [der] : [];
}
