/** Words of dates in the languages that programs write them in: months, and markers of half-days. */

/** Month from 0 by its name in lower case. */
export const MONTHS = new Map<string, number>();
const MONTH_NAMES: string[][] = [
  ['jan', 'janv', 'ene', 'gen', 'januar', 'january', '1月', '一月'],
  ['feb', 'févr', 'fev', 'febr', 'februar', 'february', '2月', '二月'],
  ['mar', 'mars', 'märz', 'mär', 'march', '3月', '三月'],
  ['apr', 'avr', 'abr', 'april', '4月', '四月'],
  ['may', 'mai', 'mag', '5月', '五月'],
  ['jun', 'juin', 'juni', 'giu', 'june', '6月', '六月'],
  ['jul', 'juil', 'juli', 'lug', 'july', '7月', '七月'],
  ['aug', 'août', 'ago', 'august', '8月', '八月'],
  ['sep', 'sept', 'set', 'september', '9月', '九月'],
  ['oct', 'okt', 'ott', 'out', 'october', '10月', '十月'],
  ['nov', 'november', '11月', '十一月'],
  ['dec', 'dez', 'déc', 'dic', 'december', '12月', '十二月'],
];
for (const [month, names] of MONTH_NAMES.entries()) for (const name of names) MONTHS.set(name, month);

/**
 * The same in more languages (Unicode CLDR, abbreviated names of months). Left out are those that mean different months in two of
 * them: "lip" is June in Croatian and July in Polish, "srp" July and August in Czech, "lis" October and November.
 */
export const OTHER_MONTHS = new Map<string, number>();
const MORE_NAMES: string[] = [
  'ian jaan jän led oca saus sij sty tammik urt xan ιαν січ янв яну јан қаң ม.ค',
  'helmik lut ots shk vas veebr velj úno şub φεβ ақп лют феб фев февр ก.พ',
  'bře kov maalisk mac marts març mrt márc märts ožu μαρ бер мар март нау มี.ค',
  'api bal dub d’abr huhtik kwi nis pri tra ápr απρ апр квіт сәу เม.ย',
  'geg kvě maig maijs maio maj maí mei máj svi toukok μαΐ май мам мая мај трав พ.ค',
  'birž cze eka haz iun juny juuni jún jūn kesäk qer xuño čvn ιουν июн мау черв юни јун มิ.ย',
  'heinäk iul juill juuli júl jūl korr liep tem uzt xul čvc ιουλ июл лип шіл юли јул ก.ค',
  'abu agu avg ağu d’ag elok gush kol ogo rugp sie ágú αυγ авг серп там ส.ค',
  'eyl ira rugs ruj sht syysk szept wrz zář σεπ вер сент сеп септ қыр ก.ย',
  'd’oct eki lokak paź spal tet urr říj οκτ жовт окт қаз ต.ค',
  'aza kas lapkr marrask nën nóv stu νοε лист нов ное ноем нояб қар พ.ย',
  'abe ara des dets dhj dis gru gruod jouluk pro δεκ груд дек дец жел ธ.ค',
];
for (const [month, names] of MORE_NAMES.entries()) for (const name of names.split(' ')) OTHER_MONTHS.set(name, month);

/** Month of a three-letter English abbreviation at `at`, or -1. */
export function englishMonth(b: Buffer, at: number): number {
  const key = ((b[at]! | 32) << 16) | ((b[at + 1]! | 32) << 8) | (b[at + 2]! | 32);
  switch (key) {
    case 0x6a616e:
      return 0;
    case 0x666562:
      return 1;
    case 0x6d6172:
      return 2;
    case 0x617072:
      return 3;
    case 0x6d6179:
      return 4;
    case 0x6a756e:
      return 5;
    case 0x6a756c:
      return 6;
    case 0x617567:
      return 7;
    case 0x736570:
      return 8;
    case 0x6f6374:
      return 9;
    case 0x6e6f76:
      return 10;
    case 0x646563:
      return 11;
    default:
      return -1;
  }
}

/**
 * Markers of half-days as java.util.logging writes them after the hour, by language: before noon, after noon. Those of the Unicode
 * CLDR (dayPeriods, abbreviated), in capitals (`%1$Tp` of java.util.Formatter). Not known, 2:30 in the afternoon would be 2:30 at
 * night. Words that two languages use for different halves do not occur.
 */
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
