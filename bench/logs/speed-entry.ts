/** What the speed benchmark needs of the product. */
export { CardScanner } from '../../src/logs/card-numbers.ts';
export { compileLexicon, readLogs } from '../../src/logs/index.ts';
export { forEachLine } from '../../src/logs/lines.ts';
