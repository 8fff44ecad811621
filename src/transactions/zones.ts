/** Zones as exports name them in a column of their own (`CET`, `PDT`, `Eastern Time (US & Canada)`). */
import { isZone } from '../evidence/time.ts';

/**
 * Abbreviations that mean one offset wherever they are written: those of RFC 5322 (4.3), and those of the time zone
 * database that no two regions share. `CST`, `IST` and `BST` are left out: they mean several.
 */
const ABBREVIATIONS: { readonly [name: string]: string } = {
  EST: '-05:00',
  EDT: '-04:00',
  CDT: '-05:00',
  MST: '-07:00',
  MDT: '-06:00',
  PST: '-08:00',
  PDT: '-07:00',
  WET: '+00:00',
  WEST: '+01:00',
  CET: '+01:00',
  MEZ: '+01:00',
  CEST: '+02:00',
  MESZ: '+02:00',
  EET: '+02:00',
  EEST: '+03:00',
  MSK: '+03:00',
  HKT: '+08:00',
  SGT: '+08:00',
  JST: '+09:00',
  KST: '+09:00',
  AEST: '+10:00',
  AEDT: '+11:00',
  NZST: '+12:00',
  NZDT: '+13:00',
};

/** Names for people, as shop software lists them. */
const REGIONS: readonly [RegExp, string][] = [
  [/^eastern (?:standard |daylight )?time\b/i, 'America/New_York'],
  [/^central (?:standard |daylight )?time \(us/i, 'America/Chicago'],
  [/^mountain (?:standard |daylight )?time \(us/i, 'America/Denver'],
  [/^pacific (?:standard |daylight )?time \(us/i, 'America/Los_Angeles'],
  [/^central european (?:standard |summer )?time$/i, 'Europe/Berlin'],
];

const known = new Map<string, string | undefined>();

/**
 * @param text cell of a column of zones.
 * @returns a zone that `readTime` takes (IANA name or offset); undefined when the text names none, or more than one.
 */
export function zoneNamed(text: string): string | undefined {
  if (known.has(text)) return known.get(text);
  const name = text.trim();
  const zone =
    ABBREVIATIONS[name.toUpperCase()] ??
    REGIONS.find(([pattern]) => pattern.test(name))?.[1] ??
    (/^(?:[A-Z][A-Za-z_]{1,20}\/[A-Za-z_/+-]{1,30}|Z|(?:UTC|GMT)?(?:[+-]\d{1,2}(?::?\d{2})?)?)$/.test(name) &&
    isZone(name)
      ? name
      : undefined);
  if (known.size < 1000) known.set(text, zone);
  return zone;
}
