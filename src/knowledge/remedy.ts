/** Remedy steps that fit the software at hand. Pure. */
import type { Cause } from './types.ts';

/** Server and client software that remedies are written for; every other `where` is a party or a platform. */
const SOFTWARE: ReadonlySet<string> = new Set([
  'nginx',
  'haproxy',
  'httpd',
  'stunnel',
  'java',
  'node',
  'go',
  'python',
  'dotnet',
  'openssl',
  'postgresql',
  'mysql',
  'redis',
  'rabbitmq',
]);

/**
 * Remedy of a cause without the steps for software that is not there: parties and platforms always, software when it
 * was seen, all of it when none was seen or none of the seen has steps.
 * @param seen names of software in the evidence, e.g. `nginx`
 */
export function remedyFor(cause: Cause, seen: ReadonlySet<string>): Cause['remedy'] {
  const known = cause.remedy.some((r) => SOFTWARE.has(r.where) && seen.has(r.where));
  return known ? cause.remedy.filter((r) => !SOFTWARE.has(r.where) || seen.has(r.where)) : cause.remedy;
}
