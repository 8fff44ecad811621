/** What the card-number benchmark needs of the product. */
export { CardScanner } from '../../src/logs/card-numbers.ts';
export { forEachLine } from '../../src/logs/lines.ts';
