/** What the speed benchmark needs of the product. */
export { passingChunks } from '../../src/evidence/stored.ts';
export { CardScanner } from '../../src/logs/card-numbers.ts';
export { Places } from '../../src/logs/cards/find.ts';
export { compileLexicon, readLogs } from '../../src/logs/index.ts';
export { forEachBlock } from '../../src/logs/line-blocks.ts';
export { summarise } from '../../src/logs/summary.ts';
