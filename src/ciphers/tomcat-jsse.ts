/**
 * Tomcat on the TLS of its JVM: the OpenSSL list of an SSLHostConfig only chooses among what JSSE has and java.security leaves
 * (SSLHostConfig.getJsseCipherNames; measured on Tomcat 10.1 with Java 17).
 */
import { parseSuite, suiteCode } from '../tls/registries/index.ts';
import type { EffectiveListener, EffectiveOptions } from './effective.ts';
import { javaDefaults } from './java.ts';
import { parseCipherList } from './openssl/cipher-string.ts';
import { opensslName } from './openssl/names.ts';
import { serverDefaults } from './server-defaults.ts';
import { SHIPPED_DISABLED } from './system-settings.ts';
import type { Listener } from './types.ts';

const OPEN_TO_JSSE = ['TLSv1.2', 'TLSv1.3'];
const NO_CERTIFICATE = 'the certificate is not at hand: suites for RSA and for ECDSA keys are both listed';

/** Effective matrix of a connector without OpenSSL; the JVM is taken for one with the java.security it came with. */
export function tomcatOnJsse(listener: Listener, options: EffectiveOptions): EffectiveListener {
  const { settings } = listener;
  const defaults = serverDefaults('tomcat', options.softwareVersion);
  const configured = settings.protocols?.value ?? defaults.protocols;
  const protocols = configured.filter((p) => OPEN_TO_JSSE.includes(p));
  const where = (at: { file: string; line: number } | undefined) =>
    at ? { where: { file: at.file, line: at.line } } : {};
  const dead: EffectiveListener['dead'] = configured
    .filter((p) => settings.protocols !== undefined && !protocols.includes(p))
    .map((what) => ({ what, why: 'the java.security that the JDK ships disables it', ...where(settings.protocols) }));
  const written = settings.ciphers?.value ?? defaults.ciphers;
  // JSSE has no security levels.
  const chosen = new Set(parseCipherList(opensslList(written), '3.0', 0).suites);
  const chosen13 = settings.suites13 && new Set(settings.suites13.value.split(/[:, ]+/).map(suiteCode));
  const keys = options.keyTypes?.(listener);
  const java = javaDefaults(SHIPPED_DISABLED, protocols, undefined);
  const suites = java.suites.filter((s) => {
    const suite = parseSuite(s.code);
    if (s.protocol === 'TLSv1.3') return chosen13?.has(s.code) ?? true;
    return chosen.has(s.code) && (!keys || keys.includes(suite?.authentication === 'ECDSA' ? 'EC' : 'RSA'));
  });
  const uses = (exchange: string): boolean => suites.some((s) => parseSuite(s.code)?.keyExchange === exchange);
  const offered = protocols.filter((p) => suites.some((s) => s.protocol === p));
  for (const what of protocols.filter((p) => !offered.includes(p)))
    dead.push({ what, why: 'no configured cipher suite works with it', ...where(settings.protocols) });
  return {
    listener,
    protocols: offered,
    suites,
    groups: java.groups.filter(
      (g) => offered.includes(g.protocol) && (g.protocol === 'TLSv1.3' || uses(g.code < 256 ? 'ECDHE' : 'DHE')),
    ),
    groupsKnown: settings.groups === undefined,
    dead,
    assumed: [
      ...defaults.assumed,
      'the JVM is taken for Java 17 with the java.security it came with, and Tomcat Native for not loaded',
      ...(keys ? [] : [NO_CERTIFICATE]),
    ],
    securityLevel: 0,
    inForce: { ciphers: written, protocols: [...configured] },
  };
}

/** Names of JSSE between commas stand for those of OpenSSL (SSLHostConfig.setCiphers). */
function opensslList(written: string): string {
  return written
    .split(/[:, ]+/)
    .map((word) => (/^(?:TLS|SSL)_/.test(word) ? (opensslName(suiteCode(word) ?? -1) ?? word) : word))
    .join(':');
}
