/**
 * Markers of half days as java.util.logging writes them after the hour: those of the Unicode CLDR (dayPeriods, abbreviated), in
 * capitals (`%1$Tp` of java.util.Formatter). Not known, 2:30 in the afternoon would be 2:30 at night.
 */

/** By language: before noon, after noon. Words that two languages use for different halves do not occur. */
const MARKERS: readonly (readonly [string, string])[] = [
  // Spanish, Catalan; Galician, Dutch, Norwegian, French of Canada, English of Australia
  ['a. m.', 'p. m.'],
  ['a.m.', 'p.m.'],
  // Portuguese of Portugal, Swedish, Norwegian
  ['da manhã', 'da tarde'],
  ['fm', 'em'],
  ['f.m.', 'e.m.'],
  ['formiddag', 'ettermiddag'],
  // Finnish, Icelandic, Czech and Slovenian, Hungarian
  ['ap.', 'ip.'],
  ['f.h.', 'e.h.'],
  ['dop.', 'odp.'],
  ['dop.', 'pop.'],
  ['de.', 'du.'],
  // Bosnian and Serbian, Bulgarian, Ukrainian, Macedonian
  ['prijepodne', 'popodne'],
  ['пре подне', 'по подне'],
  ['пр.об.', 'сл.об.'],
  ['дп', 'пп'],
  ['претпладне', 'попладне'],
  // Greek, Turkish, Lithuanian, Latvian, Albanian, Afrikaans
  ['π.μ.', 'μ.μ.'],
  ['öö', 'ös'],
  ['priešpiet', 'popiet'],
  ['priekšp.', 'pēcp.'],
  ['priekšpusdienā', 'pēcpusdienā'],
  ['e paradites', 'e pasdites'],
  ['vm.', 'nm.'],
  // Vietnamese, Malay, Thai
  ['sa', 'ch'],
  ['pg', 'ptg'],
  ['ก่อนเที่ยง', 'หลังเที่ยง'],
];

const NOON = new Map<string, boolean>();
for (const [before, after] of MARKERS) {
  NOON.set(before.toUpperCase(), false);
  NOON.set(after.toUpperCase(), true);
}
const LONGEST = Math.max(...[...NOON.keys()].map((word) => Buffer.byteLength(word)));
/** A marker is one or two words; between them, and before them, may stand spaces that do not break. */
const WORDS = /^(\S+)(?:[ \u00a0\u202f](\S+))?/;

export interface HalfDay {
  noon: boolean;
  /** Index after the marker. */
  next: number;
}

/** @param at index of the first letter of the marker. @returns undefined where none of these stands there. */
export function halfDayMarker(b: Buffer, at: number, end: number): HalfDay | undefined {
  const text = b.toString('utf8', at, Math.min(end, at + LONGEST + 4));
  const [, first, second] = WORDS.exec(text) ?? [];
  for (const word of [`${first} ${second}`, first ?? '']) {
    const noon = NOON.get(word);
    if (noon === undefined) continue;
    const length = word === first ? first.length : first!.length + 1 + second!.length;
    return { noon, next: at + Buffer.byteLength(text.slice(0, length)) };
  }
  return undefined;
}
