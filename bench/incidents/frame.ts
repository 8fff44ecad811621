/** What the incidents share: who fails, how a chain lies in the evidence, what peers write. */
import type { Issued } from '../../src/drill/certificates.ts';
import type { Stack } from './stacks.ts';
import type { FaultKind } from './words.ts';
import { type Attempt, DAY, MINUTE, type Outcome, type Peer, type World } from './world.ts';

export interface Which {
  peer?: Peer;
  names?: string[];
  date?: number;
  /** Only these attempts. */
  when?(a: Attempt): boolean;
  from?: number;
  until?: number;
}

/** Every attempt since the onset (or those of `when`) ends with that fault, in the words of its node. */
export const failing =
  (w: World, kind: FaultKind, o: Which = {}) =>
  (a: Attempt): Outcome | undefined =>
    a.time >= (o.from ?? w.onset) && a.time < (o.until ?? Number.POSITIVE_INFINITY) && (o.when?.(a) ?? true)
      ? {
          fault: {
            kind,
            peer: o.peer ?? w.gateway,
            ...(o.names ? { names: o.names } : {}),
            ...(o.date === undefined ? {} : { date: o.date }),
          },
        }
      : undefined;

/** Only some languages. */
export const only =
  (...stacks: Stack[]) =>
  (a: Attempt): boolean =>
    stacks.includes(a.node.stack);

/** The chain a server presents, in one of the shapes in which it is gathered. */
export function served(w: World, host: string, ...chain: Issued[]): string {
  const pem = chain.map((c) => c.cert).join('');
  const short = host.split('.')[0]!;
  const shape = w.random.between(0, 3);
  if (shape === 0) return w.put('certs', `${host}.pem`, pem);
  if (shape === 1) return w.put('certs', `${short}-chain.pem`, pem);
  if (shape === 2) return w.put('certs', `served-${host}.crt`, pem);
  return w.put(
    'certs',
    `s_client-${host}.txt`,
    `$ openssl s_client -connect ${host}:443 -servername ${host} -showcerts </dev/null\nCONNECTED(00000003)\n---\nCertificate chain\n${chain.map((c, i) => ` ${i} s:CN = ${c.subject.CN}\n   i:CN = ${chain[i + 1]?.subject.CN ?? '...'}\n${c.cert}`).join('')}---\nServer certificate\nsubject=CN = ${chain[0]!.subject.CN}\n---\n`,
  );
}

/** The anchors our clients trust. */
export const trusted = (w: World, ...roots: Issued[]): string =>
  w.put(
    'certs',
    w.random.pick(['ca-bundle.pem', 'truststore.pem', 'trusted-roots.crt']),
    roots.map((r) => r.cert).join(''),
  );

export interface LeafPlan {
  issuer: Issued;
  names?: string[] | undefined;
  from?: number;
  to?: number;
  cn?: string;
  usage?: 'server' | 'client';
}
/** A server certificate of the gateway, ordinary unless said otherwise. */
export function leaf(w: World, plan: LeafPlan, more: Partial<Parameters<World['certificate']>[0]> = {}): Issued {
  const names = 'names' in plan ? plan.names : [w.gateway.host];
  return w.certificate({
    subject: { O: 'Payment Services', CN: plan.cn ?? w.gateway.host },
    issuer: plan.issuer,
    notBefore: plan.from ?? w.onset - 50 * DAY,
    notAfter: plan.to ?? w.onset + 120 * DAY,
    ...(names ? { names } : {}),
    usage: plan.usage ?? 'server',
    ...more,
  });
}

/** Our client certificate at the bank and the authority that issued it. */
export function clientPair(
  w: World,
  o: { to?: number; from?: number; usage?: 'server' | 'client'; viaMiddle?: boolean } = {},
): {
  root: Issued;
  middle: Issued;
  client: Issued;
} {
  const owner = w.bank.host.split('.')[1]!;
  const root = w.certificate({
    subject: { O: owner, CN: `${owner} Partner Root` },
    notBefore: w.onset - 2500 * DAY,
    notAfter: w.onset + 2500 * DAY,
    ca: true,
  });
  const middle = w.certificate({
    subject: { O: owner, CN: `${owner} Partner CA 3` },
    issuer: root,
    notBefore: w.onset - 900 * DAY,
    notAfter: w.onset + 900 * DAY,
    ca: true,
  });
  const client = w.certificate({
    subject: { O: w.shopName, CN: `${w.shopName}-${w.merchants[0]}` },
    issuer: o.viaMiddle ? middle : root,
    notBefore: o.from ?? w.onset - 300 * DAY,
    notAfter: o.to ?? w.onset + 60 * DAY,
    usage: o.usage ?? 'client',
  });
  return { root, middle, client };
}

/** A shop that pays over a mutually authenticated link to its bank. */
export function bankLink(w: World): Peer {
  w.mutual = true;
  w.routes = ['bank'];
  return w.bank;
}

/** What the bank's nginx wrote about our requests, as its technician sent it. */
export function bankNginx(w: World, status: number, bytes: number, error: string | undefined, level = 'info'): void {
  const egress = '192.0.2.77';
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const common = (t: number): string => {
    const d = new Date(t).toISOString();
    return `${d.slice(8, 10)}/${months[Number(d.slice(5, 7)) - 1]}/${d.slice(0, 4)}:${d.slice(11, 19)} +0000`;
  };
  w.each(w.start, w.now, 9, (t) => {
    const bad = t >= w.onset;
    w.log(
      'bank/access.log',
      t,
      `${egress} - - [${common(t)}] "POST ${w.bank.path} HTTP/1.1" ${bad ? status : 200} ${bad ? bytes : 96} "-" "Java-http-client/17.0.9"`,
    );
    if (bad && error)
      w.log(
        'bank/error.log',
        t,
        `${new Date(t).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')} [${level}] 88#88: *${Math.floor(t / 1000) % 100_000} ${error}, client: ${egress}, server: ${w.bank.host}, request: "POST ${w.bank.path} HTTP/1.1", host: "${w.bank.host}:${w.bank.port}"`,
      );
  });
}

/** The change that explains the onset, said as such calendars say it. */
export const deployed = (w: World, text: string, minutes = 1): void => w.change(w.onset - minutes * MINUTE, text);
