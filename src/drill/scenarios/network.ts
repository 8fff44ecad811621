/** Faults of the way between two ends, of protocol and of capacity. */
import { type Conversation, writeCapture } from '../capture.ts';
import { recordHandshake } from '../handshake.ts';
import { type DrillAnswer, MINUTE, type World } from '../world.ts';
import type { Scenario } from './types.ts';

async function goodHandshake(world: World) {
  const { root, intermediate } = world.authority();
  const leaf = world.server(world.gateway, intermediate);
  world.files.set(`certs/${world.gateway}.pem`, leaf.cert + intermediate.cert);
  world.files.set('certs/trust.pem', root.cert);
  return {
    root,
    intermediate,
    leaf,
    good: await recordHandshake(
      { key: leaf.key, cert: leaf.cert + intermediate.cert },
      { servername: world.gateway, ca: root.cert },
    ),
  };
}

type Attempt = Pick<Conversation, 'segments' | 'end'>;

/** Captures one connection from the shop to the gateway before the onset, and `count` of another kind after it. */
function captureChange(
  { addresses, random, onset, files }: World,
  before: Attempt['segments'],
  after: Attempt,
  count: number,
  everySeconds: number,
): void {
  const at = (time: number, attempt: Attempt): Conversation => ({
    client: addresses.app,
    clientPort: random.between(30000, 60000),
    server: addresses.gateway,
    serverPort: 443,
    time,
    ...attempt,
  });
  files.set(
    'captures/shop-to-gateway.pcap',
    writeCapture([
      at(onset - 3 * MINUTE, { segments: before, end: 'fin' }),
      ...Array.from({ length: count }, (_, n) => at(onset + n * everySeconds * 1000, after)),
    ]),
  );
}

/** Payments succeed until the onset; from then on nginx and the shop's client both complain, `wait` ms after the request. */
function failFromOnset(
  world: World,
  proxy: { level: string; text: string },
  client: { wait: number; text: string },
  wait = 0,
): void {
  world.nginx();
  world.traffic(
    (time) => time < world.onset,
    (time, order) => {
      world.upstreamError(time + wait, proxy.level, proxy.text);
      world.app(time + wait + client.wait, 'ERROR', 'gateway-client', `payment failed order=${order} ${client.text}`);
    },
  );
}

const base = (
  world: World,
  cause: string,
  owners: DrillAnswer['owners'],
  story: string,
  more: Partial<DrillAnswer> = {},
): DrillAnswer => ({
  causes: [cause],
  alsoRight: [],
  priority: 'urgent',
  owners,
  onset: world.onset,
  story,
  facts: {},
  ...more,
});

export const connectionRefused: Scenario = {
  cause: 'connection-refused',
  kind: 'network',
  async make(world) {
    const { good } = await goodHandshake(world);
    const { addresses, onset } = world;
    captureChange(world, good.segments, { segments: [], end: 'refused' }, 12, 11);
    failFromOnset(
      world,
      { level: 'error', text: 'connect() failed (111: Connection refused) while connecting to upstream' },
      { wait: 5, text: `Error: connect ECONNREFUSED ${addresses.gateway}:443` },
    );
    world.common();
    return base(
      world,
      'connection-refused',
      ['psp', 'bank', 'net', 'ops'],
      `From ${world.iso(onset)} ${addresses.gateway}:443 answers every SYN with RST: nothing listens there, or a firewall rejects.`,
      { alsoRight: ['upstream-unavailable'] },
    );
  },
};

export const connectionDropped: Scenario = {
  cause: 'connection-dropped',
  kind: 'network',
  async make(world) {
    const { good } = await goodHandshake(world);
    const { addresses, onset } = world;
    captureChange(world, good.segments, { segments: [], end: 'silent' }, 10, 13);
    failFromOnset(
      world,
      { level: 'error', text: 'upstream timed out (110: Connection timed out) while connecting to upstream' },
      { wait: 5, text: `Error: connect ETIMEDOUT ${addresses.gateway}:443` },
      5000,
    );
    world.common([{ time: onset - MINUTE, team: 'network', text: 'egress firewall policy 41 installed' }]);
    return base(
      world,
      'connection-dropped',
      ['net', 'psp', 'bank'],
      `From ${world.iso(onset)} no SYN to ${addresses.gateway}:443 is answered, one minute after a new egress policy.`,
    );
  },
};

export const handshakeCut: Scenario = {
  cause: 'handshake-cut-by-middlebox',
  kind: 'network',
  async make(world) {
    const { good } = await goodHandshake(world);
    const { onset } = world;
    const hello = good.segments.slice(0, 1);
    captureChange(world, good.segments, { segments: hello, end: 'reset-by-middlebox' }, 10, 12);
    failFromOnset(
      world,
      {
        level: 'error',
        text: 'peer closed connection in SSL handshake (104: Connection reset by peer) while SSL handshaking to upstream',
      },
      {
        wait: 25,
        text: `Error: Client network socket disconnected before secure TLS connection was established code: 'ECONNRESET' host: ${world.gateway}:443`,
      },
    );
    world.common([{ time: onset - 2 * MINUTE, team: 'network', text: 'intrusion prevention signatures updated' }]);
    return base(
      world,
      'handshake-cut-by-middlebox',
      ['net'],
      'Right after the ClientHello both ends get a reset whose TTL (254) fits neither of them: a box in between sent it, two minutes after new signatures.',
    );
  },
};

export const peerTlsTooOld: Scenario = {
  cause: 'peer-tls-too-old',
  kind: 'transport',
  async make(world) {
    const { root, intermediate, leaf } = await goodHandshake(world);
    const { onset } = world;
    const cert = leaf.cert + intermediate.cert;
    const old = {
      key: leaf.key,
      cert,
      minVersion: 'TLSv1' as const,
      maxVersion: 'TLSv1.1' as const,
      ciphers: 'ALL:@SECLEVEL=0',
    };
    const before = await recordHandshake(old, {
      servername: world.gateway,
      ca: root.cert,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.2',
      ciphers: 'ALL:@SECLEVEL=0',
    });
    const bad = await recordHandshake(old, { servername: world.gateway, ca: root.cert, minVersion: 'TLSv1.2' });
    captureChange(world, before.segments, { segments: bad.segments, end: 'fin' }, 8, 15);
    failFromOnset(
      world,
      {
        level: 'crit',
        text: 'SSL_do_handshake() failed (SSL: error:0A00042E:SSL routines::tlsv1 alert protocol version:SSL alert number 70) while SSL handshaking to upstream',
      },
      {
        wait: 30,
        text: `Error: ${bad.clientError?.message} code: '${bad.clientError?.code}' host: ${world.gateway}:443`,
      },
    );
    world.common([
      { time: onset - MINUTE, team: 'platform', text: 'TLS 1.0 and 1.1 switched off for all outgoing connections' },
    ]);
    return base(
      world,
      'peer-tls-too-old',
      ['psp', 'bank'],
      'The gateway speaks TLS 1.1 at most and answers every TLS 1.2 ClientHello with protocol_version (70). It worked until our side stopped offering the old versions.',
    );
  },
};

export const noCommonCipher: Scenario = {
  cause: 'no-common-cipher',
  kind: 'transport',
  async make(world) {
    const { root, intermediate, leaf } = await goodHandshake(world);
    const { onset } = world;
    const server = { key: leaf.key, cert: leaf.cert + intermediate.cert, maxVersion: 'TLSv1.2' as const };
    const common = { servername: world.gateway, ca: root.cert, maxVersion: 'TLSv1.2' as const };
    const before = await recordHandshake(server, common);
    const bad = await recordHandshake(
      { ...server, ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' },
      { ...common, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384' },
    );
    captureChange(world, before.segments, { segments: bad.segments, end: 'fin' }, 8, 15);
    failFromOnset(
      world,
      {
        level: 'crit',
        text: 'SSL_do_handshake() failed (SSL: error:0A000410:SSL routines::sslv3 alert handshake failure:SSL alert number 40) while SSL handshaking to upstream',
      },
      {
        wait: 30,
        text: `Error: ${bad.clientError?.message} code: '${bad.clientError?.code}' host: ${world.gateway}:443`,
      },
    );
    world.common([{ time: onset - MINUTE, team: 'gateway', text: 'cipher policy tightened' }]);
    return base(
      world,
      'no-common-cipher',
      ['psp', 'bank', 'ops'],
      'The gateway takes ChaCha20 alone and the shop offers AES-GCM alone: handshake_failure (40) to every ClientHello.',
    );
  },
};

export const upstreamUnavailable: Scenario = {
  cause: 'upstream-unavailable',
  kind: 'capacity',
  async make(world) {
    await goodHandshake(world);
    const { onset } = world;
    world.nginx();
    world.traffic(
      (time) => time < onset,
      (time, order) => {
        world.app(
          time + 30,
          'ERROR',
          'gateway-client',
          `payment failed order=${order} gateway answered 503 Service Unavailable host: ${world.gateway}:443 body: {"code":"SYSTEM_ERROR","message":"系统异常，请稍后重试"}`,
        );
        world.upstreamError(time, 'error', 'no live upstreams while connecting to upstream', 'gateway');
      },
    );
    world.files.set(
      'meta/notices.txt',
      `${world.iso(onset + 6 * MINUTE)} status page of ${world.gateway}: data centre east is without power, traffic is being moved, next update in 30 minutes\n`,
    );
    world.common();
    return base(
      world,
      'upstream-unavailable',
      ['psp', 'bank'],
      'The gateway itself is down: it answers 503 to everything, and its status page says that a data centre lost its power.',
    );
  },
};

export const clockSkew: Scenario = {
  cause: 'clock-skew',
  kind: 'transport',
  async make(world) {
    await goodHandshake(world);
    const { onset } = world;
    world.appClock = { from: onset - MINUTE, offset: -743_118 };
    world.nginx();
    world.traffic(
      (time) => time < onset,
      (time, order) => {
        world.app(
          time + 60,
          'ERROR',
          'gateway-client',
          `payment failed order=${order} http=401 {"code":"TIMESTAMP_OUT_OF_WINDOW","message":"request timestamp ${Math.floor(time / 1000) - 743} differs from server time by more than 300 s"}`,
        );
      },
    );
    world.files.set(
      'meta/ntp-checkout-app.txt',
      'Reference ID    : 00000000 ()\nStratum         : 0\nRef time (UTC)  : Thu Jan 01 00:00:00 1970\nSystem time     : 743.118423104 seconds slow of NTP time\nLast offset     : -743.117981920 seconds\nRMS offset      : 743.117981920 seconds\nFrequency       : 12.404 ppm slow\nLeap status     : Not synchronised\n',
    );
    world.common([{ time: onset - MINUTE, team: 'platform', text: 'checkout-app moved to a new host' }]);
    return base(
      world,
      'clock-skew',
      ['ops'],
      'The new host of the checkout application runs 743 seconds slow and has no time source; the gateway takes requests within 300 seconds only.',
      { alsoRight: ['timestamp-outside-window'] },
    );
  },
};
