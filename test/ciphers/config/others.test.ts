import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectServerConfig, parseDisabledAlgorithms, readServerConfig } from '../../../src/ciphers/index.ts';

const read = (text: string) => readServerConfig(text, 'f')!;

describe('HAProxy', () => {
  const text = `global
    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
    ssl-default-bind-ciphers ECDHE+AESGCM
defaults
    mode http
    timeout connect 3s
    timeout server 6s
frontend link
    bind 198.51.100.115:8443 ssl crt /tls/server.pem ca-file /tls/partners.pem verify required no-tlsv13
    bind :80
    error-log-format "%ci [%tr] %[ssl_c_err]"
backend bank
    option httpchk GET /healthz
    server b1 192.0.2.7:443 ssl verify required ca-file /ca.pem sni str(acq.example) crt /c.pem check
    server b2 192.0.2.8:443 ssl verify none
    server b3 192.0.2.9:80
`;
  it('reads binds with the global options behind them', () => {
    const o = read(text);
    expect(o.software).toBe('haproxy');
    expect(o.listeners[0]).toMatchObject({ address: '198.51.100.115', port: 8443, tls: true, line: 9 });
    expect(o.listeners[0]!.settings).toMatchObject({
      verify: { value: 'on' },
      // HAProxy ignores no-tlsv13 where a range is written, and warns.
      protocols: { value: ['TLSv1.2', 'TLSv1.3'] },
      ciphers: { value: 'ECDHE+AESGCM', line: 3 },
    });
    expect(o.listeners[1]).toMatchObject({ port: 80, tls: false });
    expect(o.logFormats[0]).toMatchObject({ name: 'error-log-format', line: 11 });
  });
  it('reads servers: verification, SNI, client certificate, timeouts and check', () => {
    const [b1, b2, b3] = read(text).upstreams;
    expect(b1).toMatchObject({
      name: 'bank',
      tls: true,
      timeouts: { connect: { value: '3s' }, read: { value: '6s' } },
      healthCheck: { value: 'option httpchk GET /healthz'.replace('option ', '') },
    });
    expect(b1!.settings).toMatchObject({
      verify: { value: 'on' },
      sendSni: { value: true },
      sniName: { value: 'acq.example' },
      clientCertificate: { value: '/c.pem' },
    });
    expect(b2!.settings).toMatchObject({ verify: { value: 'off' }, sendSni: { value: false } });
    expect(b3).toMatchObject({ tls: false, settings: {} });
  });
});

describe('Apache httpd', () => {
  it('reads virtual hosts, SSLProtocol arithmetic and proxies', () => {
    const o = read(`Define DIR /etc/tls
SSLProtocol all -SSLv3
<VirtualHost *:443>
  ServerName pay.example
  ServerAlias www.pay.example
  <IfModule mod_ssl.c>
  SSLEngine on
  SSLCertificateFile \${DIR}/a.pem
  SSLCertificateKeyFile "\${DIR}/a.key"
  SSLCipherSuite HIGH:!aNULL:\\
     !MD5
  SSLCipherSuite TLSv1.3 TLS_AES_256_GCM_SHA384
  SSLVerifyClient require
  SSLCACertificateFile /ca.pem
  </IfModule>
  SSLProxyEngine on
  SSLProxyProtocol -all +TLSv1.2
  ProxyPass "/bank" "https://acq.example:8443/x" connectiontimeout=3 timeout=20
</VirtualHost>
LogLevel warn ssl:info
`);
    expect(o.software).toBe('httpd');
    const listener = o.listeners[0]!;
    expect(listener).toMatchObject({ address: '*', port: 443, tls: true, names: ['pay.example', 'www.pay.example'] });
    expect(listener.settings.protocols).toMatchObject({ value: ['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'], line: 2 });
    expect(listener.settings.certificates![0]!.value).toBe('/etc/tls/a.pem');
    expect(listener.settings.ciphers!.value.replace(/\s/g, '')).toBe('HIGH:!aNULL:!MD5');
    expect(listener.settings.suites13!.value).toBe('TLS_AES_256_GCM_SHA384');
    expect(listener.settings.verify!.value).toBe('on');
    expect(o.upstreams[0]).toMatchObject({
      tls: true,
      targets: [{ value: 'acq.example:8443' }],
      settings: { verify: { value: 'off' }, protocols: { value: ['TLSv1.2'] } },
      timeouts: { connect: { value: '3' }, read: { value: '20' } },
    });
    expect(o.errorLogLevel?.value).toBe('info');
  });
  it('names unbalanced sections with their line', () => {
    expect(read('<VirtualHost *:443>\nSSLEngine on\n').problems[0]).toMatchObject({ line: 1 });
  });
});

describe('stunnel', () => {
  it('reads a client service as an upstream and a server service as a TLS listener', () => {
    const o = read(`foreground = yes
[bank]
client = yes
accept = 127.0.0.1:9443
connect = 198.51.100.42:8443
sni = acq.example
CAfile = /ca.pem
verifyChain = yes
checkHost = acq.example
sslVersionMin = TLSv1.2
[in]
accept = 443
connect = 127.0.0.1:80
cert = /s.pem
options = NO_TLSv1.3
`);
    expect(o.listeners.map((l) => [l.port, l.tls])).toEqual([
      [9443, false],
      [443, true],
    ]);
    expect(o.upstreams[0]).toMatchObject({
      name: 'bank',
      tls: true,
      settings: {
        verify: { value: 'on' },
        sniName: { value: 'acq.example' },
        verifyName: { value: 'acq.example' },
        protocols: { value: ['TLSv1.2', 'TLSv1.3'] },
      },
    });
    expect(o.upstreams[1]).toMatchObject({ tls: false });
  });
});

describe('Java', () => {
  it('reads disabledAlgorithms over continued lines, with their constraints', () => {
    const o = read(
      'jdk.tls.disabledAlgorithms=SSLv3, RC4, \\\n    DH keySize < 1024, ECDH, TLS_RSA_*, rsa_pkcs1_sha1 usage HandshakeSignature\njdk.tls.legacyAlgorithms=\n',
    );
    expect(o.software).toBe('java-security');
    expect(o.directives[0]).toMatchObject({ name: 'jdk.tls.disabledAlgorithms', line: 1 });
    const parsed = parseDisabledAlgorithms(o.directives[0]!.value);
    expect(parsed.map((p) => p.algorithm)).toEqual(['SSLv3', 'RC4', 'DH', 'ECDH', 'TLS_RSA_*', 'rsa_pkcs1_sha1']);
    expect(parsed[2]!.keySize).toEqual({ operator: '<', bits: 1024 });
    expect(parsed[5]!.usages).toEqual(['HandshakeSignature']);
    expect(parseDisabledAlgorithms('RSA keySize less 1024')[0]!.problem).toBeDefined();
    expect(
      parseDisabledAlgorithms('include jdk.disabled.namedCurves, SHA1 jdkCA & usage TLSServer & denyAfter 2019-01-01'),
    ).toMatchObject([
      { include: 'jdk.disabled.namedCurves' },
      { algorithm: 'SHA1', jdkCA: true, usages: ['TLSServer'], denyAfter: '2019-01-01' },
    ]);
  });
});

describe('OpenSSL', () => {
  it('keeps the section of every value', () => {
    const o = read(
      'openssl_conf = conf\n[conf]\nssl_conf = ssl_sect\n[ssl_sect]\nsystem_default = sys\n[sys]\nMinProtocol = TLSv1.2 # floor\nCipherString = DEFAULT@SECLEVEL=2\n',
    );
    expect(o.software).toBe('openssl-cnf');
    expect(o.directives.find((d) => d.name === 'MinProtocol')).toEqual({
      name: 'MinProtocol',
      value: 'TLSv1.2',
      line: 7,
      context: 'sys',
    });
  });
});

describe('Tomcat', () => {
  it('reads connectors with SSLHostConfig and the older attributes', () => {
    const o = read(`<?xml version="1.0"?>
<!-- <Connector port="1" SSLEnabled="true"/> -->
<Server port="8005" shutdown="SHUTDOWN"><Service name="Catalina">
  <Connector port="8443" SSLEnabled="true" protocol="org.apache.coyote.http11.Http11NioProtocol">
    <SSLHostConfig protocols="+TLSv1.2+TLSv1.3" certificateVerification="required" truststoreFile="conf/t.jks"
        ciphers="HIGH:!aNULL">
      <Certificate certificateKeystoreFile="conf/k.jks" type="RSA"/>
    </SSLHostConfig>
  </Connector>
  <Connector port="9443" SSLEnabled="true" sslEnabledProtocols="TLSv1,TLSv1.2" keystoreFile="k.jks" clientAuth="want"/>
  <Connector port="8080"/>
</Service></Server>`);
    expect(o.software).toBe('tomcat');
    expect(o.listeners.map((l) => [l.port, l.tls])).toEqual([
      [8443, true],
      [9443, true],
      [8080, false],
    ]);
    expect(o.listeners[0]!.settings).toMatchObject({
      protocols: { value: ['TLSv1.2', 'TLSv1.3'], line: 5 },
      verify: { value: 'on' },
      ciphers: { value: 'HIGH:!aNULL', line: 6 },
      certificates: [{ value: 'conf/k.jks', line: 7 }],
    });
    expect(o.listeners[1]!.settings).toMatchObject({
      protocols: { value: ['TLSv1.0', 'TLSv1.2'] },
      verify: { value: 'optional' },
    });
    expect(o.problems).toEqual([]);
  });
});

describe('Envoy', () => {
  it('reads filter chains and clusters', () => {
    const o = read(`static_resources:
  listeners:
  - name: https
    address: { socket_address: { address: 0.0.0.0, port_value: 8443 } }
    filter_chains:
    - filter_chain_match: { server_names: [pay.example] }
      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          require_client_certificate: true
          common_tls_context:
            tls_params: { tls_minimum_protocol_version: TLSv1_2, cipher_suites: ["[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-RSA-AES128-GCM-SHA256]", AES128-SHA] }
            tls_certificates:
            - certificate_chain: { filename: /c.pem }
              private_key: { filename: /k.pem }
            validation_context: { trusted_ca: { filename: /ca.pem } }
  clusters:
  - name: bank
    connect_timeout: 3s
    load_assignment:
      endpoints:
      - lb_endpoints:
        - endpoint: { address: { socket_address: { address: acq.example, port_value: 443 } } }
    transport_socket:
      typed_config:
        common_tls_context: {}
`);
    expect(o.software).toBe('envoy');
    expect(o.listeners[0]).toMatchObject({
      port: 8443,
      tls: true,
      names: ['pay.example'],
      settings: { verify: { value: 'on' }, protocols: { value: ['TLSv1.2', 'TLSv1.3'] } },
    });
    expect(o.upstreams[0]).toMatchObject({
      name: 'bank',
      tls: true,
      targets: [{ value: 'acq.example:443' }],
      settings: { verify: { value: 'off' }, sendSni: { value: false } },
    });
  });
});

describe('application settings', () => {
  it('finds the TLS client in YAML, INI and properties', () => {
    expect(
      read('bank:\n  url: https://link.example:8443/auth\n  keystore: /opt/client.p12\n').upstreams[0],
    ).toMatchObject({
      name: 'bank',
      tls: true,
      targets: [{ value: 'link.example:8443' }],
      settings: { clientCertificate: { value: '/opt/client.p12', line: 3 } },
    });
    expect(read('curves = X25519:P-256\n').upstreams[0]!.settings.groups).toMatchObject({
      value: 'X25519:P-256',
      line: 1,
    });
    expect(
      read('bank.url=https://a.example/\nbank.ssl.enabled-protocols=TLSv1,TLSv1.1\nbank.ssl.trust-store=/t.jks\n')
        .upstreams[0],
    ).toMatchObject({
      name: 'bank',
      settings: { protocols: { value: ['TLSv1.0', 'TLSv1.1'] }, trusted: { value: '/t.jks' } },
    });
    expect(
      read('acquirer:\n  endpoint: https://a.example\n  tls:\n    insecure_skip_verify: true\n').upstreams[0]!.settings
        .verify,
    ).toMatchObject({ value: 'off', line: 4 });
  });
  it('leaves settings that are not about TLS alone', () => {
    expect(
      readServerConfig('wechat:\n  mch_id: 1631261530\n  serial_no: 08C0\n  certificate: /etc/pay/c.pem\n', 'm.yaml'),
    ).toBeUndefined();
    expect(
      readServerConfig('target_group:\n  port: 443\n  health_check: {protocol: TLS, interval: 5s}\n', 'lb.yaml'),
    ).toBeUndefined();
  });
});

describe('hostile YAML', () => {
  it.each([
    ['[', 65_536],
    ['{', 65_536],
    ['}', 65_536],
    ['- ', 30_000],
    ['? ', 30_000],
    ['"', 65_536],
  ])('%s repeated is refused with a sentence, at once', (piece, times) => {
    const started = performance.now();
    const o = readServerConfig(piece.repeat(times), 'f', { software: 'envoy' })!;
    expect(o.problems[0]!.says).toContain('not read');
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('any text', () => {
  it('is detected or not, and never makes a reader throw', () => {
    const software = ['haproxy', 'httpd', 'stunnel', 'java-security', 'openssl-cnf', 'tomcat', 'envoy', 'settings'];
    const piece = fc.constantFrom(
      '<',
      '>',
      '</',
      '"',
      "'",
      '=',
      ':',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '\\',
      'global',
      'bind :443 ssl',
      'VirtualHost *:443',
      'Connector port',
      'a',
      '&a',
      '*a',
      '#',
      '!',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom(...software), (pieces, which) => {
        const text = pieces.join('');
        detectServerConfig(text);
        expect(readServerConfig(text, 'f', { software: which })).toBeDefined();
      }),
    );
  });
});
