/** Whether a configured listener has the parameters that DHE needs. */
import type { EffectiveOptions } from './effective.ts';
import { isAtLeast } from './server-defaults.ts';
import type { Listener, ServerConfigObservation } from './types.ts';

/**
 * Parameters from a file or made by the server itself.
 * @param level OpenSSL security level of the listener, which forbids small ones
 */
export function hasDhParameters(
  listener: Listener,
  observation: ServerConfigObservation,
  options: EffectiveOptions,
  level: number,
): boolean {
  const has = (...names: string[]): boolean =>
    observation.directives.some((d) => names.includes(d.name) && d.value !== '' && d.value !== '0');
  switch (listener.software) {
    case 'nginx':
      return listener.settings.dhParameters !== undefined;
    case 'haproxy':
      return (
        has('ssl-dh-param-file') ||
        options.hasDhInBundle?.(listener) === true ||
        haproxyMakesDh(observation, options, level)
      );
    case 'httpd':
    case 'stunnel':
    case 'openssl':
      return true;
    default:
      return false;
  }
}

/**
 * HAProxy makes parameters of `tune.ssl.default-dh-param` bits, where OpenSSL allows that size; since 2.6 only when it is written
 * (measured on 2.6.12: 2048 bits work at level 2, 1024 do not).
 */
function haproxyMakesDh(observation: ServerConfigObservation, options: EffectiveOptions, level: number): boolean {
  const written = observation.directives.findLast((d) => d.name === 'tune.ssl.default-dh-param')?.value;
  const before26 = options.softwareVersion !== undefined && !isAtLeast(options.softwareVersion, 2, 6);
  const bits = written === undefined ? (before26 ? 2048 : 0) : Number(written);
  return bits > 0 && bits >= (level <= 1 ? 1024 : level === 2 ? 2048 : 3072);
}
