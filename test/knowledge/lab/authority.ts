/** Certificates of every kind, made fresh by openssl for each run. Nothing here outlives the test. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type KeyKind = 'rsa' | 'rsa1024' | 'ec';

export interface Pair {
  cert: string;
  key: string;
}

export interface Issue {
  name: string;
  /** Absent: self-signed. */
  issuer?: Pair;
  key?: KeyKind;
  /** An existing key file instead of a fresh one. */
  keyFile?: string;
  /** Days from now. */
  from?: number;
  to?: number;
  extensions?: string[];
  digest?: string;
}

const openssl = (args: string[], cwd?: string): string =>
  execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], ...(cwd ? { cwd } : {}) });

/** `20260101120000Z`, days from now. */
const asn1Time = (days: number): string =>
  `${new Date(Date.now() + days * 86_400_000)
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/\D/g, '')}Z`;

export const CA_EXTENSIONS = [
  'basicConstraints=critical,CA:TRUE',
  'keyUsage=critical,keyCertSign,cRLSign',
  'subjectKeyIdentifier=hash',
];
export const serverExtensions = (name: string): string[] => [
  'basicConstraints=CA:FALSE',
  `subjectAltName=DNS:${name},IP:127.0.0.1`,
  'extendedKeyUsage=serverAuth',
];
export const CLIENT_EXTENSIONS = ['basicConstraints=CA:FALSE', 'extendedKeyUsage=clientAuth'];

export class Authority {
  readonly folder: string;
  #count = 0;
  readonly #keys = new Map<KeyKind, string[]>();

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string): string {
    const file = this.path(name);
    writeFileSync(file, content);
    return file;
  }

  /** A key of this kind; the same index gives the same key, because making one takes a while. */
  key(kind: KeyKind = 'rsa', index = 0): string {
    const known = this.#keys.get(kind) ?? [];
    this.#keys.set(kind, known);
    if (!known[index]) {
      const file = this.path(`${kind}-${index}.key`);
      const how =
        kind === 'ec'
          ? ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256']
          : ['RSA', '-pkeyopt', `rsa_keygen_bits:${kind === 'rsa' ? 2048 : 1024}`];
      openssl(['genpkey', '-algorithm', ...how, '-out', file]);
      known[index] = file;
    }
    return known[index]!;
  }

  readonly #issued = new Map<string, Pair>();

  /** A certificate; the same request gives the same one again, because making one takes a while. */
  issue(request: Issue): Pair {
    const same = JSON.stringify(request);
    const known = this.#issued.get(same) ?? this.#sign(request);
    this.#issued.set(same, known);
    return known;
  }

  #sign({ name, issuer, key = 'rsa', keyFile, from = -30, to = 300, extensions = [], digest = 'sha256' }: Issue): Pair {
    const work = this.#database();
    const own = keyFile ?? this.key(key);
    const request = join(work, 'request.pem');
    openssl(['req', '-new', '-key', own, '-subj', `/CN=${name}`, '-out', request]);
    writeFileSync(join(work, 'ext.cnf'), `${extensions.join('\n')}\n`);
    const cert = join(work, 'cert.pem');
    openssl([
      ...['ca', '-config', join(work, 'ca.cnf'), '-batch', '-notext', '-in', request, '-out', cert, '-md', digest],
      ...['-startdate', asn1Time(from), '-enddate', asn1Time(to), '-extfile', join(work, 'ext.cnf')],
      ...(issuer ? ['-cert', issuer.cert, '-keyfile', issuer.key] : ['-selfsign', '-keyfile', own]),
    ]);
    return { cert, key: own };
  }

  /** A revocation list of this issuer. Days from now. */
  revocationList(issuer: Pair, revoked: Pair[] = [], from = -10, to = 10): string {
    const work = this.#database();
    const base = ['ca', '-config', join(work, 'ca.cnf'), '-cert', issuer.cert, '-keyfile', issuer.key];
    for (const { cert } of revoked) openssl([...base, '-revoke', cert, '-crl_reason', 'superseded']);
    const out = join(work, 'list.pem');
    openssl([...base, '-gencrl', '-crl_lastupdate', asn1Time(from), '-crl_nextupdate', asn1Time(to), '-out', out]);
    return out;
  }

  /** A signed status answer "good" for a certificate, in DER. */
  statusAnswer(issuer: Pair, subject: Pair): string {
    const work = this.#database();
    const serial = openssl(['x509', '-in', subject.cert, '-noout', '-serial']).trim().split('=')[1]!;
    writeFileSync(join(work, 'index.txt'), `V\t${asn1Time(300).slice(2)}\t\t${serial}\tunknown\t/CN=x\n`);
    const request = join(work, 'ocsp.req');
    const out = join(work, 'ocsp.der');
    openssl(['ocsp', '-issuer', issuer.cert, '-cert', subject.cert, '-reqout', request, '-no_nonce']);
    openssl([
      'ocsp',
      '-index',
      join(work, 'index.txt'),
      '-CA',
      issuer.cert,
      '-rsigner',
      issuer.cert,
      '-rkey',
      issuer.key,
      '-reqin',
      request,
      '-respout',
      out,
      '-ndays',
      '7',
    ]);
    return out;
  }

  #database(): string {
    const work = this.path(`ca-${this.#count++}`);
    mkdirSync(work);
    writeFileSync(join(work, 'index.txt'), '');
    writeFileSync(
      join(work, 'ca.cnf'),
      `[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=${work}\ndatabase=${work}/index.txt\nrand_serial=yes\nunique_subject=no\ndefault_md=sha256\npolicy=p\nx509_extensions=\n[p]\ncommonName=supplied\n`,
    );
    return work;
  }
}

/** Several PEM files in one. */
export function bundle(authority: Authority, name: string, files: string[]): string {
  const text = files.map((f) => execFileSync('cat', [f], { encoding: 'utf8' })).join('\n');
  return authority.write(name, text);
}
