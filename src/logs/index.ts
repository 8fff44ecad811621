/** The log room's door. */
export { approximations } from './approximations.ts';
export { CardScanner } from './card-numbers.ts';
export { type ConfiguredFormat, fitsConfigured } from './formats/configured.ts';
export { detectLogFormat, type LogFormat } from './formats/detect.ts';
export { type CompiledLexicon, compileLexicon, type LexiconMatch, matchText } from './lexicon/compile.ts';
export { type LogInput, type ReadLogsOptions, readLogs, seriesName } from './read-logs.ts';
export type * from './types.ts';
