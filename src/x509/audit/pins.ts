/** Known identities: which issuer, key and serial were seen for a name, and when (YAML or JSON; written by the inventory). */
export interface Pin {
  /** Host name, or any name by which the certificate is known. */
  name: string;
  issuer?: string;
  spkiSha256?: string[];
  serial?: string;
  firstSeen?: string;
  lastSeen?: string;
}

/**
 * Reads pins from a parsed document: a list, or an object with a list under `pins`.
 * @returns the pins and a sentence for every entry that is not one
 */
export function readPins(document: unknown): { pins: Pin[]; problems: string[] } {
  const list = Array.isArray(document) ? document : (document as { pins?: unknown } | null)?.pins;
  const problems: string[] = [];
  if (!Array.isArray(list)) return { pins: [], problems: ['it holds no list of pins'] };
  const pins: Pin[] = [];
  list.slice(0, 100_000).forEach((entry: unknown, i) => {
    const e = (entry ?? {}) as { [key: string]: unknown };
    if (typeof e.name !== 'string') {
      problems.push(`entry ${i + 1} has no name`);
      return;
    }
    const keys = (Array.isArray(e.spkiSha256) ? e.spkiSha256 : [e.spkiSha256])
      .filter((k): k is string => typeof k === 'string')
      .map((k) => k.toLowerCase().replace(/[^0-9a-f]/g, ''));
    const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
    const issuer = text(e.issuer);
    const serial = text(e.serial);
    pins.push({
      name: e.name.toLowerCase(),
      ...(keys.length ? { spkiSha256: keys } : {}),
      ...(issuer === undefined ? {} : { issuer }),
      ...(serial === undefined ? {} : { serial: serial.toUpperCase() }),
    });
  });
  return { pins, problems };
}
