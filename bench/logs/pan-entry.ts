/** What the card-number benchmark needs of the product. */
export { CardScanner } from '../../src/logs/card-numbers.ts';
export { FixedColumns } from '../../src/logs/cards/fixed-columns.ts';
export { forEachLine } from '../../src/logs/lines.ts';
