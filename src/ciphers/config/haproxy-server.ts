/** `server` lines of HAProxy with the `default-server` lines before them. */
import type { Located, TlsSettings, Upstream } from '../types.ts';
import { options, type Section, type Word } from './haproxy-syntax.ts';
import { commonSettings, globalOptions, globalValue } from './haproxy-tls.ts';
import { joinHostPort, located, type ObservationBuilder, splitHostPort } from './source.ts';

export function readServers(
  section: Section,
  defaults: Section | undefined,
  global: Section | undefined,
  file: string,
  out: ObservationBuilder,
): void {
  const timeout = (name: string): Located<string> | undefined => {
    const words = [...(defaults?.lines ?? []), ...section.lines].findLast(
      (w) => w[0]!.text === 'timeout' && w[1]?.text === name,
    );
    return words?.[2] ? located(words[2].text, file, words[0]!.line) : undefined;
  };
  const check = [...(defaults?.lines ?? []), ...section.lines].findLast(
    (w) => w[0]!.text === 'option' && /-?chk$|-check$/.test(w[1]?.text ?? ''),
  );
  const inherited = new Map<string, Word>();
  for (const words of [...(defaults?.lines ?? []), ...section.lines]) {
    if (words[0]!.text === 'default-server') for (const [key, word] of options(words, 1)) inherited.set(key, word);
  }
  for (const words of section.lines) {
    const kind = words[0]!.text;
    if ((kind !== 'server' && kind !== 'server-template') || !words[2]) continue;
    const addressAt = kind === 'server' ? 2 : 3;
    const address = words[addressAt]?.text ?? words[2].text;
    const given = new Map([...inherited, ...options(words, addressAt + 1)]);
    const line = words[0]!.line;
    const tls = given.has('ssl');
    const { address: host, port } = splitHostPort(address, 0);
    const connect = timeout('connect');
    const read = timeout('server');
    const upstream: Upstream = {
      software: 'haproxy',
      name: section.name,
      targets: [located(port ? joinHostPort(host, port) : host, file, line)],
      tls,
      settings: tls ? serverSettings(given, global, file, line) : {},
      timeouts: { ...(connect && { connect }), ...(read && { read }) },
      ...(given.has('check')
        ? {
            healthCheck: located(
              check
                ? check
                    .slice(1)
                    .map((w) => w.text)
                    .join(' ')
                : 'tcp',
              file,
              check?.[0]?.line ?? line,
            ),
          }
        : {}),
      file,
      line,
    };
    out.observation.upstreams.push(upstream);
  }
}

function serverSettings(
  given: Map<string, Word>,
  global: Section | undefined,
  file: string,
  line: number,
): TlsSettings {
  const settings: TlsSettings = {};
  commonSettings(settings, given, file, {
    ciphers: globalValue(global, 'ssl-default-server-ciphers', file),
    suites13: globalValue(global, 'ssl-default-server-ciphersuites', file),
    groups: globalValue(global, 'ssl-default-server-curves', file),
    options: globalOptions(global, 'ssl-default-server-options'),
  });
  const verify = given.get('verify');
  const byDefault = globalValue(global, 'ssl-server-verify', file);
  // The manual: without `verify`, the global ssl-server-verify decides, which is `required` unless set.
  const text = verify?.text ?? byDefault?.value ?? 'required';
  settings.verify = located(text === 'none' ? 'off' : 'on', file, verify?.line ?? byDefault?.line ?? line);
  const sni = given.get('sni');
  // `sni` takes a sample expression; str(name) is the constant one.
  settings.sendSni = located(sni !== undefined, file, sni?.line ?? line);
  const constant = sni ? /^str\(([^)]{1,255})\)$/.exec(sni.text)?.[1] : undefined;
  if (sni) settings.sniName = located(constant ?? sni.text, file, sni.line);
  const host = given.get('verifyhost');
  if (host) settings.verifyName = located(host.text, file, host.line);
  const crt = given.get('crt');
  if (crt) {
    settings.clientCertificate = located(crt.text, file, crt.line);
    settings.clientKey = located(crt.text, file, crt.line);
  }
  return settings;
}
