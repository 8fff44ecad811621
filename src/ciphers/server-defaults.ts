/** What server software does when its configuration says nothing, by version. */

export interface ServerDefaults {
  protocols: string[];
  ciphers: string;
  assumed: string[];
}

const EARLY = ['TLSv1.0', 'TLSv1.1', 'TLSv1.2'];
const MODERN = ['TLSv1.2', 'TLSv1.3'];

/** Defaults of a software; an unknown version is assumed to be current, and that is said. */
export function serverDefaults(software: string, version?: string): ServerDefaults {
  const at = version === undefined ? undefined : numbers(version);
  const assumed =
    version === undefined ? [`the version of ${software} is not known; the defaults of a current one are assumed`] : [];
  switch (software) {
    case 'nginx':
      // TLS 1.3 joined the default in 1.23.4; 1.0 and 1.1 left it in 1.27.3 (nginx CHANGES).
      return {
        protocols: at && below(at, [1, 23, 4]) ? EARLY : at && below(at, [1, 27, 3]) ? [...EARLY, 'TLSv1.3'] : MODERN,
        ciphers: 'HIGH:!aNULL:!MD5',
        assumed,
      };
    case 'httpd':
      // "all -SSLv3" since 2.4.23 (mod_ssl, SSLProtocol).
      return { protocols: [...EARLY, 'TLSv1.3'], ciphers: 'DEFAULT', assumed: [] };
    case 'haproxy':
      // TLS 1.2 is the floor since 2.2 (ssl-min-ver).
      return { protocols: at && below(at, [2, 2, 0]) ? [...EARLY, 'TLSv1.3'] : MODERN, ciphers: 'DEFAULT', assumed };
    case 'openssl':
      return {
        protocols: [...EARLY, 'TLSv1.3'],
        ciphers: 'DEFAULT',
        assumed: ['programs that set their own ciphers or versions do not follow this file'],
      };
    case 'node':
      // tls.DEFAULT_MIN_VERSION is TLSv1.2 since Node 12; the list is crypto.constants.defaultCoreCipherList.
      return {
        protocols: at && below(at, [12, 0, 0]) ? EARLY : MODERN,
        ciphers:
          'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA',
        assumed: ['servers that set versions, ciphers or dhparam themselves do not follow these options'],
      };
    case 'stunnel':
      return { protocols: MODERN, ciphers: 'HIGH:!aNULL:!SSLv2:!DH:!kDHEPSK', assumed: [] };
    case 'envoy':
      // BoringSSL; both ends of the range are 1.2 and 1.3 for a listener since 1.28.
      return {
        protocols: MODERN,
        ciphers:
          'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384',
        assumed,
      };
    case 'tomcat':
      return {
        protocols: MODERN,
        ciphers: 'HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!kRSA',
        assumed,
      };
    default:
      return { protocols: MODERN, ciphers: 'DEFAULT', assumed };
  }
}

/** Whether a version text is at least the one given; false when it is not known. */
export function isAtLeast(version: string | undefined, ...least: [number, number, number?]): boolean {
  return version !== undefined && !below(numbers(version), [least[0], least[1], least[2] ?? 0]);
}

function numbers(version: string): [number, number, number] {
  const [a = 0, b = 0, c = 0] = version.split('.').map((p) => Number.parseInt(p, 10) || 0);
  return [a, b, c];
}

function below(a: [number, number, number], b: [number, number, number]): boolean {
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return a[i]! < b[i]!;
  return false;
}
