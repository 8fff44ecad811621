/** What the benchmark of secrets needs of the product. */
export { Redactor } from '../../src/logs/redact.ts';
export { SecretScanner } from '../../src/logs/secrets/scan.ts';
