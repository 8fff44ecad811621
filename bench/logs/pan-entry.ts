/** What the card-number benchmark needs of the product. */
export { CardScanner } from '../../src/logs/card-numbers.ts';
export { Places } from '../../src/logs/cards/find.ts';
export { FixedColumns } from '../../src/logs/cards/fixed-columns.ts';
export { forEachBlock, lineEnd } from '../../src/logs/line-blocks.ts';
