/** Incidents of the network, of capacity and of the platform. */
import { nginxTail } from '../edges.ts';
import { bankLink, deployed, failing } from '../frame.ts';
import type { Incident } from '../types.ts';
import { DAY, MINUTE, type World } from '../world.ts';

const slash = (w: World, t: number): string =>
  new Date(t + w.zone.minutes * MINUTE).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
const proxyError = (w: World, name: string, t: number, level: string, text: string): void =>
  w.log(name, t, `${slash(w, t)} [${level}] 52#52: *${Math.floor(t / 701) % 99_999} ${text}`);

export const NETWORK: Incident[] = [
  {
    name: 'bank listener is down',
    causes: ['connection-refused'],
    owners: ['bank', 'ops'],
    unlike: ['key-pair-broken', 'dns-stale', 'connection-dropped', 'no-route', 'server-cert-expired'],
    tell(w) {
      w.pay(failing(w, 'refused', { peer: bankLink(w) }));
      w.mutual = false;
    },
  },
  {
    name: 'firewall drops our connects',
    causes: ['connection-dropped'],
    owners: ['net', 'bank', 'ops'],
    unlike: ['connection-refused', 'upstream-slow', 'no-route', 'mtu-black-hole', 'dns-stale'],
    tell(w) {
      deployed(w, 'firewall policy set 118 pushed to egress', 0);
      w.pay(failing(w, 'connectTimeout', { peer: w.gateway }));
    },
  },
  {
    name: 'route to the bank withdrawn',
    causes: ['no-route'],
    owners: ['net', 'ops'],
    unlike: ['connection-refused', 'connection-dropped', 'dns-stale', 'source-blocked'],
    tell(w) {
      const bank = bankLink(w);
      w.mutual = false;
      deployed(w, 'core router: static routes cleaned up', 0);
      w.pay(failing(w, 'noRoute', { peer: bank }));
    },
  },
  {
    name: 'name no longer resolves',
    causes: ['dns-stale'],
    owners: ['net', 'ops'],
    unlike: ['connection-refused', 'connection-dropped', 'upstream-unavailable'],
    tell(w) {
      deployed(w, 'internal resolvers upgraded', 1);
      w.pay(failing(w, 'unresolved'));
    },
  },
  {
    name: 'gateway moved, our resolver keeps the old address',
    causes: ['dns-stale'],
    owners: ['net', 'ops'],
    unlike: ['connection-refused', 'connection-dropped', 'key-pair-broken'],
    tell(w) {
      const fresh = '203.0.113.250';
      w.notice(
        'move.txt',
        w.onset - 12 * DAY,
        `noc@${w.gateway.host}`,
        `new address of ${w.gateway.host}`,
        `${w.gateway.host} moves from ${w.gateway.ip} to ${fresh} on ${new Date(w.onset).toISOString().slice(0, 16)}Z. The old address is switched off.`,
      );
      w.put(
        'meta',
        'dig.txt',
        `; <<>> DiG 9.18 <<>> @9.9.9.9 ${w.gateway.host}\n;; ANSWER SECTION:\n${w.gateway.host}.\t60\tIN\tA\t${fresh}\n;; SERVER: 9.9.9.9#53(9.9.9.9)\n\n; <<>> DiG 9.18 <<>> @10.0.0.2 ${w.gateway.host}\n;; ANSWER SECTION:\n${w.gateway.host}.\t71233\tIN\tA\t${w.gateway.ip}\n;; SERVER: 10.0.0.2#53(10.0.0.2)\n`,
      );
      w.pay(failing(w, 'connectTimeout', { peer: w.gateway }));
    },
  },
  {
    name: 'balancer of the bank closes idle connections first',
    causes: ['idle-connection-reset'],
    owners: ['ops', 'app', 'net', 'bank'],
    unlike: ['connection-refused', 'response-truncated', 'handshake-cut-by-middlebox', 'upstream-unavailable'],
    tell(w) {
      const bank = bankLink(w);
      w.mutual = false;
      deployed(w, `${bank.host}: balancer replaced, idle timeout 30 s`, 0);
      w.put('conf', 'pool.properties', 'http.pool.max-idle-seconds=300\nhttp.pool.validate-after-inactivity=-1\n');
      w.pay(failing(w, 'hangup', { peer: bank, when: (a) => a.index % 11 === 0 }));
    },
  },
  {
    name: 'large packets vanish on the new tunnel',
    causes: ['mtu-black-hole'],
    owners: ['net', 'bank', 'ops'],
    unlike: ['upstream-slow', 'connection-dropped', 'large-hello-dropped', 'connection-refused'],
    tell(w) {
      const bank = bankLink(w);
      w.mutual = false;
      deployed(w, 'link to the bank moved to a GRE tunnel (mtu 1400)', 0);
      w.put(
        'meta',
        'ping.txt',
        `$ ping -M do -c 3 -s 1472 ${bank.ip}\n3 packets transmitted, 0 received, 100% packet loss, time 2041ms\n$ ping -M do -c 3 -s 1300 ${bank.ip}\n3 packets transmitted, 3 received, 0% packet loss, time 2003ms\n`,
      );
      w.pay(failing(w, 'handshakeTimeout', { peer: bank }));
      w.each(w.onset, w.now, 12, (t) =>
        proxyError(
          w,
          'egress/error.log',
          t,
          'error',
          `upstream timed out (110: Connection timed out) while SSL handshaking to upstream${nginxTail(w, bank)}`,
        ),
      );
    },
  },
  {
    name: 'new egress address is not on the list of the bank',
    causes: ['source-blocked'],
    owners: ['bank', 'ops', 'net', 'sec'],
    unlike: ['client-cert-unregistered', 'request-signature-wrong', 'throttled', 'upstream-unavailable'],
    tell(w) {
      const bank = bankLink(w);
      w.mutual = false;
      const moved = w.nodes[0]!;
      deployed(w, `${moved.name} moved to the new zone (egress 192.0.2.140)`, 0);
      w.notice(
        'bank.txt',
        w.onset - 300 * DAY,
        `it@${bank.host}`,
        'Access',
        'Access is allowed from 192.0.2.77 only. Please announce new addresses five days ahead.',
      );
      w.pay((a) =>
        a.after && a.node === moved
          ? {
              text: `POST https://${bank.host}${bank.path} -> HTTP 403 {"code":"IP_NOT_ALLOWED","message":"source IP 192.0.2.140 is not in the allow list"}`,
              http: '403',
              status: 'error',
            }
          : undefined,
      );
    },
  },
  {
    name: 'source ports used up',
    causes: ['port-exhaustion'],
    owners: ['ops', 'net', 'app'],
    unlike: ['connection-refused', 'connection-dropped', 'upstream-unavailable', 'descriptor-exhausted'],
    tell(w) {
      const bank = bankLink(w);
      w.mutual = false;
      deployed(w, 'egress proxy: keepalive to the bank switched off', 3);
      w.put(
        'meta',
        'host.txt',
        `$ sysctl net.ipv4.ip_local_port_range\nnet.ipv4.ip_local_port_range = 32768\t33900\n$ ss -s\nTCP:   1290 (estab 60, closed 1180, orphaned 0, timewait 1131)\n`,
      );
      w.pay(failing(w, 'noAddress', { peer: bank, when: (a) => a.index % 2 === 0 }));
    },
  },
];

export const CAPACITY: Incident[] = [
  {
    name: 'bank answers late',
    causes: ['upstream-slow'],
    owners: ['bank', 'psp'],
    unlike: ['connection-dropped', 'pool-exhausted', 'mtu-black-hole', 'upstream-unavailable'],
    tell(w) {
      w.pay((a) =>
        a.after && a.index % 3
          ? { fault: { kind: 'readTimeout', peer: w.gateway }, latency: 20_000 }
          : a.after
            ? { code: '00', status: 'ok', http: '200', latency: 14_000 }
            : undefined,
      );
    },
  },
  {
    name: 'gateway is in maintenance',
    causes: ['upstream-unavailable'],
    owners: ['psp', 'bank'],
    unlike: ['upstream-slow', 'throttled', 'connection-refused', 'source-blocked'],
    tell(w) {
      w.pay((a) =>
        a.after
          ? {
              text: `POST https://${w.gateway.host}${w.gateway.path} -> HTTP 503 Service Unavailable {"error":"service_unavailable","message":"scheduled maintenance"}`,
              http: '503',
              status: 'error',
            }
          : undefined,
      );
    },
  },
  {
    name: 'pool of database connections runs dry',
    causes: ['pool-exhausted'],
    owners: ['app', 'ops'],
    unlike: ['upstream-slow', 'upstream-unavailable', 'descriptor-exhausted', 'disk-full', 'data-store-failing'],
    tell(w) {
      w.stacks('java', 'node', 'python', 'java');
      deployed(w, 'order service 8.2.0 (new report query)', 4);
      const words = {
        java: 'java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30001ms (total=20, active=20, idle=0, waiting=41)',
        node: 'TimeoutError: Knex: Timeout acquiring a connection. The pool is probably full. Are you missing a .transacting(trx) call?',
        python:
          'sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00 (Background on this error at: https://sqlalche.me/e/20/3o7r)',
      } as { [stack: string]: string };
      w.pay((a) =>
        a.after && a.index % 4 ? { text: words[a.node.stack]!, status: 'error', latency: 30_000 } : undefined,
      );
    },
  },
  {
    name: 'failover left the cache and the database read-only',
    causes: ['data-store-failing'],
    owners: ['ops', 'app'],
    unlike: ['pool-exhausted', 'disk-full', 'upstream-unavailable', 'connection-refused'],
    tell(w) {
      w.stacks('java', 'node', 'python', 'go');
      deployed(w, 'planned failover of the payments database and cache', 3);
      const words = {
        java: 'org.postgresql.util.PSQLException: ERROR: cannot execute INSERT in a read-only transaction',
        node: "ReplyError: READONLY You can't write against a read only replica.",
        python: "redis.exceptions.ReadOnlyError: You can't write against a read only replica.",
        go: 'pq: cannot execute INSERT in a read-only transaction',
      } as { [stack: string]: string };
      w.pay((a) => (a.after && a.index % 4 ? { text: words[a.node.stack]!, status: 'error' } : undefined));
    },
  },
  {
    name: 'process out of file descriptors',
    causes: ['descriptor-exhausted'],
    owners: ['ops', 'app'],
    unlike: ['connection-refused', 'port-exhaustion', 'request-flood', 'disk-full', 'pool-exhausted'],
    tell(w) {
      w.stacks('java', 'go', 'node', 'python');
      const words = {
        java: 'java.net.SocketException: Too many open files',
        go: 'http: Accept error: accept tcp [::]:8080: accept4: too many open files; retrying in 1s',
        node: "Error: EMFILE: too many open files, open '/app/keys/psp.pem'",
        python: 'OSError: [Errno 24] Too many open files',
      } as { [stack: string]: string };
      deployed(w, 'hosts rebuilt from the new image (ulimit 1024)', 20);
      w.pay((a) => (a.after && a.index % 3 ? { text: words[a.node.stack]!, status: 'error' } : undefined));
    },
  },
  {
    name: 'provider throttles our bulk job and payments with it',
    causes: ['throttled'],
    owners: ['ops', 'app', 'psp'],
    unlike: ['upstream-unavailable', 'request-flood', 'issuer-decline-storm', 'source-blocked'],
    tell(w) {
      deployed(w, 'reconcile job now every minute', 1);
      w.pay((a) =>
        a.after && a.index % 2
          ? {
              text: `POST https://${w.gateway.host}${w.gateway.path} -> HTTP 429 Too Many Requests {"error":"rate_limit_exceeded"} retry-after: 5`,
              http: '429',
              status: 'error',
            }
          : undefined,
      );
      w.each(w.onset, w.now, 3, (t, i) =>
        w.app(
          w.nodes[1]!,
          t,
          'INFO',
          `reconcile job=${i} GET https://${w.gateway.host}/v1/query -> ${i % 3 ? 429 : 200}`,
        ),
      );
    },
  },
  {
    name: 'disk of the journal is full',
    causes: ['disk-full'],
    owners: ['ops'],
    unlike: ['pool-exhausted', 'descriptor-exhausted', 'upstream-unavailable', 'key-pair-broken'],
    tell(w) {
      const words = {
        java: 'java.io.IOException: No space left on device\n\tat java.base/java.io.FileOutputStream.writeBytes(Native Method)',
        node: "Error: ENOSPC: no space left on device, write '/var/lib/pay/journal.log'",
        python: 'OSError: [Errno 28] No space left on device',
        go: 'write /var/lib/pay/journal.log: no space left on device',
        php: 'file_put_contents(): write of 8192 bytes failed with errno=28 No space left on device',
        ruby: 'Errno::ENOSPC: No space left on device @ io_write - /var/lib/pay/journal.log',
        dotnet: "System.IO.IOException: No space left on device : '/var/lib/pay/journal.log'",
        rust: 'Os { code: 28, kind: StorageFull, message: "No space left on device" }',
      } as { [stack: string]: string };
      w.put(
        'meta',
        'df.txt',
        'Filesystem     1K-blocks     Used Available Use% Mounted on\n/dev/sda1       41152736 12003144  27036000  31% /\n/dev/sdb1       10255636 10255636         0 100% /var/lib/pay\n',
      );
      w.pay((a) => (a.after ? { text: `cannot write journal: ${words[a.node.stack]}`, status: 'error' } : undefined));
    },
  },
  {
    name: 'balancer takes healthy servers out by its own check',
    causes: ['health-check-wrong'],
    owners: ['ops'],
    unlike: ['upstream-unavailable', 'connection-refused', 'server-cert-expired', 'handshake-cut-by-middlebox'],
    tell(w) {
      deployed(w, 'haproxy: check-ssl added to be_psp', 0);
      w.put(
        'conf',
        'haproxy.cfg',
        `frontend pay\n  bind :8443 ssl crt /etc/haproxy/pay.pem\n  default_backend be_psp\nbackend be_psp\n  option httpchk GET /healthz\n  http-check expect status 200\n  server psp1 ${w.gateway.ip}:443 ssl verify none check check-ssl\n`,
      );
      w.put(
        'meta',
        'by-hand.txt',
        `$ curl -sS -o /dev/null -w '%{http_code}\\n' https://${w.gateway.host}${w.gateway.path}\n200\n$ curl -sS -o /dev/null -w '%{http_code}\\n' -k https://${w.gateway.ip}/healthz\n404\n`,
      );
      const stamp = (t: number): string => new Date(t + w.zone.minutes * MINUTE).toISOString();
      const head = (t: number): string => `${stamp(t).slice(0, 19)}${w.clock(t).offset} lb1 haproxy[90]:`;
      w.log(
        'lb.log',
        w.onset,
        `${head(w.onset)} Server be_psp/psp1 is DOWN, reason: Layer7 wrong status, code: 404, info: "Not Found", check duration: 11ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.`,
      );
      w.log('lb.log', w.onset + 1, `${head(w.onset)} backend be_psp has no server available!`);
      w.pay((a) =>
        a.after
          ? {
              text: 'POST https://lb1:8443/pay -> HTTP 503 No server is available to handle this request.',
              http: '503',
              status: 'error',
            }
          : undefined,
      );
      w.each(w.start, w.now, 8, (t) => {
        const down = t >= w.onset;
        w.log(
          'lb.log',
          t,
          `${head(t)} ${w.nodes[0]!.ip}:41022 [${new Date(t).toISOString()}] pay~ be_psp/${down ? '<NOSRV>' : 'psp1'} ${down ? '0/-1/-1/-1/0 503 217 - - SC--' : '0/0/3/88/91 200 512 - - ----'} 2/2/1/0/0 0/0 "POST /pay HTTP/1.1"`,
        );
      });
    },
  },
  {
    name: 'bank closes in the middle of answers',
    causes: ['response-truncated'],
    owners: ['bank', 'psp'],
    unlike: ['idle-connection-reset', 'upstream-slow', 'connection-refused', 'server-cert-expired'],
    tell(w) {
      const words = {
        java: 'org.apache.http.ConnectionClosedException: Premature end of Content-Length delimited message body (expected: 512; received: 201)',
        node: 'Error: aborted code=ECONNRESET while reading response body',
        python:
          "requests.exceptions.ChunkedEncodingError: ('Connection broken: IncompleteRead(201 bytes read, 311 more expected)', IncompleteRead(201 bytes read, 311 more expected))",
        go: 'unexpected EOF reading response body',
        php: 'cURL error 18: transfer closed with 311 bytes remaining to read',
        ruby: 'EOFError: end of file reached while reading body',
        dotnet:
          'System.Net.Http.HttpIOException: The response ended prematurely, with at least 311 additional bytes expected. (ResponseEnded)',
        rust: 'error decoding response body: end of file before message length reached',
      } as { [stack: string]: string };
      w.pay((a) =>
        a.after && a.index % 3 === 0
          ? {
              text: `POST https://${w.gateway.host}${w.gateway.path}: ${words[a.node.stack]}`,
              http: '200',
              status: 'pending',
            }
          : undefined,
      );
      w.each(w.onset, w.now, 14, (t) =>
        proxyError(
          w,
          'egress/error.log',
          t,
          'error',
          `upstream prematurely closed connection while reading upstream${nginxTail(w, w.gateway)}`,
        ),
      );
    },
  },
];
