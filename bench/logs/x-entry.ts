export { SWEPT_LITERALS } from '/work/w-logspeed/src/logs/attacks/matcher.ts';
export { sweepLiterals, LiteralHits, search } from '/work/w-logspeed/src/logs/lexicon/literal-search.ts';
export { sweepDigits, DigitRuns } from '/work/w-logspeed/src/logs/cards/find.ts';
