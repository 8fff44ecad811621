import { type Authority, bundle, CA_EXTENSIONS, type Issue, type Pair, serverExtensions } from './authority.ts';
import { type Running, sServer } from './servers.ts';

export interface Stage {
  /** Values of the placeholders, by name without the dollar sign. */
  env: { [name: string]: string };
  stop?: () => Promise<unknown>;
}

export interface Scene {
  cause: string;
  /** Programs beyond bash and openssl. */
  programs: readonly string[];
  set(authority: Authority, repaired: boolean): Promise<Stage>;
  /** Where the catalogue describes the output in words, what it is in this scene. */
  before?: string | RegExp;
  after?: string | RegExp;
}

export const HOST = 'gw.pay.test';

/** Root, intermediate and server certificate; each can be changed. */
export function chain(
  authority: Authority,
  change: { root?: Partial<Issue>; middle?: Partial<Issue>; leaf?: Partial<Issue> } = {},
): { root: Pair; middle: Pair; leaf: Pair; untrusted: string } {
  const root = authority.issue({
    name: 'Pay Test Root',
    keyFile: authority.key('rsa', 1),
    extensions: CA_EXTENSIONS,
    ...change.root,
  });
  const middle = authority.issue({
    name: 'Pay Test Issuing',
    issuer: root,
    keyFile: authority.key('rsa', 2),
    extensions: CA_EXTENSIONS,
    ...change.middle,
  });
  const leaf = authority.issue({ name: HOST, issuer: middle, extensions: serverExtensions(HOST), ...change.leaf });
  return {
    root,
    middle,
    leaf,
    untrusted: bundle(authority, `chain-${Math.random().toString(36).slice(2)}.pem`, [leaf.cert, middle.cert]),
  };
}

/** The placeholders that name the server. */
export const target = (server: Running): { [name: string]: string } => ({
  HOST,
  NODE: '127.0.0.1',
  PORT: String(server.port),
});

/** openssl s_server with a chain. */
export async function serve(leaf: Pair, certificates: string[], extra: string[] = []): Promise<Running> {
  return sServer(['-cert', leaf.cert, '-key', leaf.key, ...certificates.flatMap((c) => ['-cert_chain', c]), ...extra]);
}
