import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectServerConfig, readServerConfig } from '../../../src/ciphers/index.ts';

const read = (text: string, include?: Record<string, string>) =>
  readServerConfig(
    text,
    'nginx.conf',
    include ? { include: (p) => (include[p] === undefined ? undefined : [{ file: p, text: include[p] }]) } : {},
  )!;

describe('nginx configurations', () => {
  it('reads listeners and inherits TLS settings from http to server', () => {
    const o = read(`
http {
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_ciphers HIGH:!aNULL;
  server {
    listen 10.0.0.1:443 ssl http2;
    listen [::]:8443 ssl;
    listen 8080;
    server_name pay.example www.pay.example;
    ssl_certificate /etc/rsa.pem; ssl_certificate_key /etc/rsa.key;
    ssl_certificate /etc/ec.pem; ssl_certificate_key /etc/ec.key;
    ssl_ciphers ECDHE+AESGCM;
    ssl_verify_client optional_no_ca; ssl_client_certificate /etc/ca.pem; ssl_crl /etc/ca.crl; ssl_verify_depth 3;
  }
}`);
    expect(o.software).toBe('nginx');
    expect(o.listeners.map((l) => [l.address, l.port, l.tls, l.line])).toEqual([
      ['10.0.0.1', 443, true, 6],
      ['::', 8443, true, 7],
      ['*', 8080, false, 8],
    ]);
    const { settings, names } = o.listeners[0]!;
    expect(names).toEqual(['pay.example', 'www.pay.example']);
    expect(settings.protocols).toEqual({ value: ['TLSv1.2', 'TLSv1.3'], file: 'nginx.conf', line: 3 });
    expect(settings.ciphers).toEqual({ value: 'ECDHE+AESGCM', file: 'nginx.conf', line: 12 });
    expect(settings.certificates?.map((c) => c.value)).toEqual(['/etc/rsa.pem', '/etc/ec.pem']);
    expect(settings.verify?.value).toBe('optional');
    expect(settings.verifyDepth?.value).toBe(3);
    expect(settings.crl?.value).toBe('/etc/ca.crl');
    expect(o.problems).toEqual([]);
  });

  it('takes the union of ssl_protocols repeated at one level, and replaces it at a lower one', () => {
    const o = read(`http { ssl_protocols TLSv1 TLSv1.2; ssl_protocols TLSv1.2 TLSv1.3;
      server { listen 443 ssl; } server { listen 444 ssl; ssl_protocols TLSv1.3; } }`);
    expect(o.listeners.map((l) => l.settings.protocols?.value)).toEqual([
      ['TLSv1.0', 'TLSv1.2', 'TLSv1.3'],
      ['TLSv1.3'],
    ]);
  });

  it('resolves proxy_pass to upstream blocks, names and variables with the proxy_ssl settings in force', () => {
    const o = read(`http {
  proxy_ssl_server_name on;
  upstream acquirer { server 192.0.2.1:443 max_fails=0; server 192.0.2.2; keepalive 8; }
  server { listen 80; proxy_connect_timeout 4s;
    location / { proxy_pass https://acquirer; proxy_ssl_verify on; proxy_ssl_name b.example; proxy_ssl_trusted_certificate /ca.pem;
      proxy_ssl_certificate /c.pem; proxy_ssl_certificate_key /c.key; proxy_ssl_protocols TLSv1.2; proxy_ssl_ciphers HIGH; }
    location /v { set $acq acq.example; proxy_pass https://$acq:8443/x; proxy_ssl_server_name off; }
    location /p { proxy_pass http://127.0.0.1:9000; } } }`);
    const [bank, variable, plain] = o.upstreams;
    expect(bank).toMatchObject({
      name: 'acquirer',
      tls: true,
      keepalive: { value: 8 },
      healthCheck: { value: 'max_fails=0' },
    });
    expect(bank!.targets.map((t) => t.value)).toEqual(['192.0.2.1:443', '192.0.2.2:443']);
    expect(bank!.settings).toMatchObject({
      verify: { value: 'on' },
      sendSni: { value: true },
      sniName: { value: 'b.example' },
      verifyName: { value: 'b.example' },
      trusted: { value: '/ca.pem' },
      clientCertificate: { value: '/c.pem' },
      clientKey: { value: '/c.key' },
      protocols: { value: ['TLSv1.2'] },
    });
    expect(bank!.timeouts.connect?.value).toBe('4s');
    expect(variable).toMatchObject({ tls: true, settings: { verify: { value: 'off' }, sendSni: { value: false } } });
    expect(variable!.targets[0]!.value).toBe('acq.example:8443');
    expect(plain).toMatchObject({ tls: false, settings: {} });
  });

  it('reads stream servers, log formats and the level of the error log', () => {
    const o = read(`error_log /var/log/e.log;
stream { upstream u { server 192.0.2.9:8443; } server { listen 9443; proxy_pass u; proxy_ssl on; proxy_ssl_verify on; } }
http { error_log /x info; log_format timed escape=json '$remote_addr ' "rt=$request_time"; server { listen 80; } }`);
    expect(o.upstreams[0]).toMatchObject({ name: 'u', tls: true, settings: { verify: { value: 'on' } } });
    expect(o.errorLogLevel?.value).toBe('info');
    expect(o.logFormats).toEqual([{ name: 'timed', format: '$remote_addr rt=$request_time', line: 3 }]);
  });

  it('follows includes at hand and names those that are not', () => {
    const o = read('http { include tls.conf; include gone.conf; include mime.types; server { listen 443 ssl; } }', {
      'tls.conf': 'ssl_protocols TLSv1.2;',
    });
    expect(o.listeners[0]!.settings.protocols).toEqual({ value: ['TLSv1.2'], file: 'tls.conf', line: 1 });
    expect(o.problems).toHaveLength(1);
    expect(o.problems[0]!.says).toContain('gone.conf');
  });

  it('says line and column of what is malformed and reads the rest', () => {
    const o = read('http {\n  server {\n    listen 443 ssl;\n    server_name "x;\n  }\n}\n');
    expect(o.problems[0]).toMatchObject({ line: 4, column: 17 });
    expect(read('server { listen 443 ssl; ssl_protocols TLSv1.2 }').problems[0]!.says).toContain('not ended by ";"');
    expect(read('server { listen 443 ssl; } }').problems[0]!.says).toContain('unexpected "}"');
    expect(read('http { server { listen 443 ssl; ssl_ciphers A; ssl_ciphers B; } }').problems[0]!.says).toContain(
      'duplicate',
    );
  });

  it('keeps comments, quotes, variables in braces and Lua apart', () => {
    const o = read(`http { # ssl_protocols SSLv3;
  server { listen 443 ssl; server_name "a b";
    content_by_lua_block { local s = "}" -- }
      if x then ngx.say([[ } ]]) end }
    return 200 "ok
"; set $v "\${host}x"; } }`);
    expect(o.problems).toEqual([]);
    expect(o.listeners[0]!.names).toEqual(['a b']);
    expect(o.directives.some((d) => d.name === 'ssl_protocols')).toBe(false);
  });

  it('does not take scripts, logs or prose for a configuration', () => {
    expect(detectServerConfig('if (a) {\n  return b;\n}\nfunction server () {\n}\n')).toBeUndefined();
    expect(
      detectServerConfig('2026/05/30 10:00:00 [error] 7#7: *1 SSL_do_handshake() failed, server: pay.example\n'),
    ).toBeUndefined();
    expect(
      detectServerConfig(
        'time=2026-05-30T10:00:00Z level=info msg="tls ok"\ntime=2026-05-30T10:00:01Z level=info msg="x"\n',
      ),
    ).toBeUndefined();
  });

  it('never throws on any text', () => {
    const piece = fc.constantFrom(
      'http',
      'server',
      ' ',
      '{',
      '}',
      ';',
      '"',
      "'",
      '\\',
      '#',
      '\n',
      '$',
      '${',
      'ssl_protocols',
      'listen 443 ssl',
      'proxy_pass https://x',
      'content_by_lua_block',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(readServerConfig(pieces.join(''), 'x', { software: 'nginx' })).toBeDefined();
      }),
    );
  });
});
