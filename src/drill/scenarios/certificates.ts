/** Faults of the gateway's certificate, each with the handshake that really failed. */
import type { ConnectionOptions } from 'node:tls';
import { writeCapture } from '../capture.ts';
import { type Issued, issue, revocationList } from '../certificates.ts';
import { type Recorded, recordHandshake } from '../handshake.ts';
import { DAY, type DrillAnswer, HOUR, MINUTE, type World } from '../world.ts';
import type { Scenario } from './types.ts';

interface Broken {
  chain: Issued[];
  leaf: Issued;
  trust: string;
  client?: ConnectionOptions;
  /** OpenSSL verify code and text as nginx logs them. */
  verify: string;
}

/** Records a good and a bad handshake, writes the capture, the logs of proxy and application and the certificates. */
async function failingGateway(
  world: World,
  broken: Broken,
  before: Issued | undefined,
  ends?: number,
): Promise<Recorded> {
  const { random, addresses, onset } = world;
  const served = broken.chain.map((one) => one.cert).join('');
  const client: ConnectionOptions = {
    servername: world.gateway,
    ca: broken.trust,
    maxVersion: 'TLSv1.2',
    ...broken.client,
  };
  const bad = await recordHandshake({ key: broken.leaf.key, cert: served }, client);
  const error = bad.clientError ?? { code: '', message: '' };
  const talks = Array.from({ length: 6 }, (_, n) => ({
    client: addresses.app,
    clientPort: 40000 + random.between(0, 20000),
    server: addresses.gateway,
    serverPort: 443,
    time: onset + (n + 1) * 37_000 + random.between(0, 9000),
    segments: bad.segments,
    end: 'fin' as const,
  }));
  if (before) {
    const good = await recordHandshake({ key: before.key, cert: served }, { ...client, rejectUnauthorized: false });
    talks.unshift({
      ...talks[0]!,
      clientPort: 39000 + random.between(0, 900),
      time: onset - 5 * MINUTE,
      segments: good.segments,
    });
  }
  world.files.set('captures/shop-to-gateway.pcap', writeCapture(talks));
  world.files.set(`certs/${world.gateway}.pem`, served);
  world.files.set('certs/trust.pem', broken.trust);
  world.nginx();
  world.traffic(
    (time) => time < onset || (ends !== undefined && time > ends),
    (time, order) => {
      world.upstreamError(
        time,
        'error',
        `upstream SSL certificate verify error: (${broken.verify}) while SSL handshaking to upstream`,
      );
      world.app(
        time + 40,
        'ERROR',
        'gateway-client',
        `payment failed order=${order} Error: ${error.message} code: '${error.code}' host: ${world.gateway}:443`,
      );
    },
  );
  return bad;
}

const answer = (world: World, cause: string, more: Partial<DrillAnswer>): DrillAnswer => ({
  causes: [cause],
  alsoRight: [],
  priority: 'urgent',
  owners: ['psp'],
  onset: world.onset,
  story: '',
  facts: {},
  ...more,
});

export const serverCertificateExpired: Scenario = {
  cause: 'server-cert-expired',
  kind: 'transport',
  async make(world) {
    const { root, intermediate } = world.authority();
    const leaf = world.server(world.gateway, intermediate, world.onset - 90 * DAY, world.onset);
    await failingGateway(
      world,
      { chain: [leaf, intermediate], leaf, trust: root.cert, verify: '10:certificate has expired' },
      undefined,
    );
    world.common();
    return answer(world, 'server-cert-expired', {
      owners: ['psp', 'ops', 'ca'],
      story: `The certificate of ${world.gateway} ended at ${world.iso(world.onset)}; from that second on every handshake was refused. certs/${world.gateway}.pem shows notAfter, the capture shows the certificate and the alert of the client.`,
    });
  },
};

export const intermediateMissing: Scenario = {
  cause: 'intermediate-missing',
  kind: 'transport',
  async make(world) {
    const { root, intermediate } = world.authority();
    const leaf = world.server(world.gateway, intermediate, world.onset - HOUR, world.onset + 200 * DAY);
    await failingGateway(
      world,
      { chain: [leaf], leaf, trust: root.cert, verify: '20:unable to get local issuer certificate' },
      undefined,
    );
    world.files.set('certs/intermediate-from-the-authority.pem', intermediate.cert);
    world.common([{ time: world.onset - 2 * MINUTE, team: 'gateway', text: `new certificate for ${world.gateway}` }]);
    return answer(world, 'intermediate-missing', {
      owners: ['psp', 'ops'],
      story: `After the renewal ${world.gateway} serves its own certificate alone. The capture shows one certificate in the Certificate message; the issuing CA is not in the trust store of the client.`,
    });
  },
};

export const certificateRevoked: Scenario = {
  cause: 'cert-revoked',
  kind: 'transport',
  async make(world) {
    const { root, intermediate } = world.authority();
    const leaf = world.server(world.gateway, intermediate);
    const crl = revocationList(intermediate, world.onset - MINUTE, world.onset + 7 * DAY, [
      { serial: leaf.serial, time: world.onset - 2 * MINUTE, reason: 1 },
    ]);
    const rootCrl = revocationList(root, world.onset - 20 * DAY, world.onset + 70 * DAY, []);
    await failingGateway(
      world,
      {
        chain: [leaf, intermediate],
        leaf,
        trust: root.cert,
        client: { crl: [crl, rootCrl] },
        verify: '23:certificate revoked',
      },
      undefined,
    );
    world.files.set('certs/issuing-ca.crl', crl);
    world.files.set('certs/root-ca.crl', rootCrl);
    world.common();
    return answer(world, 'cert-revoked', {
      owners: ['psp', 'ca', 'sec', 'ops'],
      alsoRight: ['private-key-exposed'],
      story: `The issuing CA revoked serial ${leaf.serial} for keyCompromise two minutes before the first failure; certs/issuing-ca.crl lists it.`,
    });
  },
};

export const hostnameMismatch: Scenario = {
  cause: 'hostname-mismatch',
  kind: 'transport',
  async make(world) {
    const { root, intermediate } = world.authority();
    const wrong = `www.${world.gateway.split('.').slice(1).join('.')}`;
    const leaf = world.server(wrong, intermediate, world.onset - HOUR);
    await failingGateway(
      world,
      { chain: [leaf, intermediate], leaf, trust: root.cert, verify: '62:hostname mismatch' },
      undefined,
    );
    world.common([{ time: world.onset - MINUTE, team: 'gateway', text: 'load balancer replaced' }]);
    return answer(world, 'hostname-mismatch', {
      owners: ['psp', 'ops'],
      alsoRight: ['sni-wrong'],
      story: `The gateway shows a certificate for ${wrong}; the name that the client asked for, ${world.gateway}, is not in it.`,
    });
  },
};

export const staleRevocationList: Scenario = {
  cause: 'crl-stale',
  kind: 'transport',
  async make(world) {
    const { root, intermediate } = world.authority();
    const leaf = world.server(world.gateway, intermediate);
    const crl = revocationList(intermediate, world.onset - 7 * DAY, world.onset, []);
    const rootCrl = revocationList(root, world.onset - 20 * DAY, world.onset + 70 * DAY, []);
    await failingGateway(
      world,
      {
        chain: [leaf, intermediate],
        leaf,
        trust: root.cert,
        client: { crl: [crl, rootCrl] },
        verify: '12:CRL has expired',
      },
      undefined,
    );
    world.files.set('certs/issuing-ca.crl', crl);
    world.files.set('certs/root-ca.crl', rootCrl);
    world.common();
    return answer(world, 'crl-stale', {
      owners: ['ca', 'ops', 'psp', 'bank'],
      story: `All certificates are good; the revocation list of the issuing CA was due for renewal at ${world.iso(world.onset)} and nobody fetched a new one.`,
    });
  },
};

export const forgedCertificate: Scenario = {
  cause: 'forged-certificate',
  kind: 'attack',
  async make(world) {
    const { random, onset, addresses } = world;
    const { root, intermediate } = world.authority();
    const leaf = world.server(world.gateway, intermediate);
    const rogue = issue({
      subject: { C: 'XX', O: 'Fast Secure Net', CN: 'Fast Secure Root' },
      notBefore: onset - 3 * DAY,
      notAfter: onset + 300 * DAY,
      ca: true,
    });
    const forged = issue({
      subject: { CN: world.gateway },
      issuer: rogue,
      notBefore: onset - HOUR,
      notAfter: onset + 90 * DAY,
      names: [world.gateway],
      usage: 'server',
    });
    const client: ConnectionOptions = { servername: world.gateway, ca: root.cert, maxVersion: 'TLSv1.2' };
    const good = await recordHandshake({ key: leaf.key, cert: leaf.cert + intermediate.cert }, client);
    const bad = await recordHandshake({ key: forged.key, cert: forged.cert + rogue.cert }, client);
    const other = '198.51.100.9';
    const talk = (time: number, server: string, segments: typeof good.segments) => ({
      client: addresses.app,
      clientPort: random.between(30000, 60000),
      server,
      serverPort: 443,
      time,
      segments,
      end: 'fin' as const,
    });
    world.files.set(
      'captures/shop-to-gateway.pcap',
      writeCapture([
        talk(onset - 9 * MINUTE, addresses.gateway, good.segments),
        talk(onset - 4 * MINUTE, addresses.gateway, good.segments),
        ...[1, 2, 3, 4].map((n) => talk(onset + n * MINUTE, other, bad.segments)),
      ]),
    );
    world.files.set(`certs/${world.gateway}.pem`, leaf.cert + intermediate.cert);
    world.files.set('certs/trust.pem', root.cert);
    world.files.set(
      'meta/dns.txt',
      `; ${world.iso(onset - DAY)}\n${world.gateway}. 300 IN A ${addresses.gateway}\n; ${world.iso(onset + MINUTE)} from the office resolver\n${world.gateway}. 60 IN A ${other}\n`,
    );
    world.nginx();
    let turn = 0;
    world.traffic(
      (time) => time < onset || ++turn % 2 === 0,
      (time, order) => {
        world.upstreamError(
          time,
          'error',
          'upstream SSL certificate verify error: (19:self-signed certificate in certificate chain) while SSL handshaking to upstream',
          `${other}:443`,
        );
        world.app(
          time + 30,
          'ERROR',
          'gateway-client',
          `payment failed order=${order} Error: ${bad.clientError?.message} code: '${bad.clientError?.code}' host: ${world.gateway}:443 peer: ${other}`,
        );
      },
    );
    world.common();
    return answer(world, 'forged-certificate', {
      owners: ['sec'],
      alsoRight: ['dns-stale'],
      story: `From ${world.iso(onset)} some connections reached ${other}, which shows a certificate for ${world.gateway} from "Fast Secure Root", an authority nobody trusts, with another key than the one on file.`,
    });
  },
};
