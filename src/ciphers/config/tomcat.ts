/** Tomcat `server.xml`: connectors with SSLHostConfig (8.5 and later) or the older attributes on the Connector itself. */
import type { Located, ServerConfigObservation, TlsSettings } from '../types.ts';
import type { ConfigReader } from './source.ts';
import { located, ObservationBuilder, PROTOCOL_ORDER, protocolName } from './source.ts';
import { parseXmlElements, type XmlElement } from './xml-elements.ts';

export const tomcatReader: ConfigReader = {
  software: 'tomcat',
  detect: (head) =>
    /<Connector[\s][^>]{0,4000}\bport\s{0,10}=/.test(head) ||
    /<SSLHostConfig[\s>]/.test(head) ||
    (/<Server[\s][^>]{0,400}shutdown\s{0,10}=/.test(head) && /<Service[\s]/.test(head)),
  read: readTomcat,
};

function readTomcat(text: string, file: string): ServerConfigObservation {
  const out = new ObservationBuilder(file, 'tomcat');
  const { roots, problems } = parseXmlElements(text);
  for (const p of problems) out.problem(p.line, p.says, p.column);
  const visit = (elements: XmlElement[], context: string): void => {
    for (const e of elements) {
      const path = context ? `${context}.${e.name}` : e.name;
      for (const [name, { value, line }] of e.attributes) out.directive(name, value, line, path);
      if (e.name === 'Connector') readConnector(e, file, out);
      visit(e.children, path);
    }
  };
  visit(roots, '');
  return out.finish();
}

type Reader = (...names: string[]) => Located<string> | undefined;

function readerOf(file: string, ...elements: XmlElement[]): Reader {
  return (...names) => {
    for (const element of elements) {
      for (const name of names) {
        const found = element.attributes.get(name);
        if (found) return located(found.value, file, found.line);
      }
    }
    return undefined;
  };
}

function readConnector(connector: XmlElement, file: string, out: ObservationBuilder): void {
  const own = readerOf(file, connector);
  const protocol = own('protocol')?.value ?? 'HTTP/1.1';
  if (/AJP/i.test(protocol)) return;
  const tls = /^true$/i.test(own('SSLEnabled')?.value ?? 'false');
  const address = own('address')?.value ?? '*';
  const port = Number(own('port')?.value ?? 0) || 0;
  const onOpenssl = /Apr/.test(protocol) || /OpenSSL/.test(own('sslImplementationName')?.value ?? '');
  const hosts = connector.children.filter((c) => c.name === 'SSLHostConfig');
  const add = (names: string[], settings: TlsSettings, line: number): void => {
    const library = onOpenssl ? { onOpenssl } : {};
    out.observation.listeners.push({ software: 'tomcat', address, port, names, tls, ...library, settings, file, line });
  };
  if (hosts.length === 0) add([], connectorSettings(own), connector.line);
  for (const host of hosts) {
    const name = host.attributes.get('hostName')?.value;
    const certificates = host.children.filter((c) => c.name === 'Certificate');
    add(
      name && name !== '_default_' ? [name] : [],
      hostSettings(
        readerOf(file, host),
        certificates.map((c) => readerOf(file, c)),
      ),
      host.line,
    );
  }
}

function hostSettings(host: Reader, certificates: Reader[]): TlsSettings {
  const settings: TlsSettings = {};
  const files = (certificates.length > 0 ? certificates : [host]).flatMap((read) => {
    const certificate = read('certificateFile', 'certificateKeystoreFile');
    return certificate
      ? [{ certificate, key: read('certificateKeyFile', 'certificateKeystoreFile') ?? certificate }]
      : [];
  });
  if (files.length > 0) {
    settings.certificates = files.map((f) => f.certificate);
    settings.keys = files.map((f) => f.key);
  }
  shared(settings, host, host('protocols'));
  const verify = host('certificateVerification');
  if (verify)
    settings.verify = {
      ...verify,
      value: /^(?:required|true|yes)$/i.test(verify.value)
        ? 'on'
        : /^optional/i.test(verify.value)
          ? 'optional'
          : 'off',
    };
  const depth = host('certificateVerificationDepth');
  if (depth && /^\d{1,4}$/.test(depth.value)) settings.verifyDepth = { ...depth, value: Number(depth.value) };
  const trusted = host('caCertificateFile', 'truststoreFile', 'caCertificatePath');
  if (trusted) settings.trusted = trusted;
  const crl = host('certificateRevocationListFile', 'certificateRevocationListPath');
  if (crl) settings.crl = crl;
  return settings;
}

function connectorSettings(own: Reader): TlsSettings {
  const settings: TlsSettings = {};
  const certificate = own('SSLCertificateFile', 'keystoreFile');
  const key = own('SSLCertificateKeyFile', 'keystoreFile');
  if (certificate) settings.certificates = [certificate];
  if (key) settings.keys = [key];
  shared(settings, own, own('sslEnabledProtocols', 'SSLProtocol', 'sslProtocol'));
  const verify = own('clientAuth', 'SSLVerifyClient');
  if (verify)
    settings.verify = {
      ...verify,
      value: /^(?:true|yes|require)$/i.test(verify.value)
        ? 'on'
        : /^(?:want|optional)/i.test(verify.value)
          ? 'optional'
          : 'off',
    };
  const trusted = own('truststoreFile', 'SSLCACertificateFile');
  if (trusted) settings.trusted = trusted;
  const crl = own('crlFile', 'SSLCARevocationFile');
  if (crl) settings.crl = crl;
  return settings;
}

function shared(settings: TlsSettings, read: Reader, protocols: Located<string> | undefined): void {
  if (protocols) settings.protocols = { ...protocols, value: tomcatProtocols(protocols.value) };
  const ciphers = read('ciphers', 'SSLCipherSuite');
  if (ciphers) settings.ciphers = ciphers;
  const suites13 = read('cipherSuites');
  if (suites13) settings.suites13 = suites13;
  const groups = read('groups');
  if (groups) settings.groups = groups;
}

/** `all`, `TLSv1.2,TLSv1.3`, `+TLSv1.2-TLSv1.1`; `SSLv2Hello` is a hello format, not a version. */
function tomcatProtocols(text: string): string[] {
  const set = new Set<string>();
  for (const [, sign, word] of text.matchAll(/([+-]?)([A-Za-z][A-Za-z0-9.]{0,20})/g)) {
    const versions = /^(?:all|TLS)$/i.test(word!) ? PROTOCOL_ORDER.slice(2) : [protocolName(word!) ?? word!];
    for (const version of versions) {
      if (sign === '-') set.delete(version);
      else if (version !== 'SSLv2Hello') set.add(version);
    }
  }
  return [...set];
}
