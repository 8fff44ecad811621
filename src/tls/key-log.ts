/** NSS key log (SSLKEYLOGFILE, draft-ietf-tls-keylogfile): secrets by client random. Bounded; bad lines are skipped. */

/** Labels that matter to handshake records. */
const LABELS: ReadonlySet<string> = new Set([
  'CLIENT_RANDOM',
  'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
  'SERVER_HANDSHAKE_TRAFFIC_SECRET',
  'CLIENT_TRAFFIC_SECRET_0',
  'SERVER_TRAFFIC_SECRET_0',
]);
const MAX_SECRETS = 200_000;

export interface SessionSecrets {
  /** TLS 1.2 and below. */
  master?: Buffer;
  clientHandshake?: Buffer;
  serverHandshake?: Buffer;
  clientTraffic?: Buffer;
  serverTraffic?: Buffer;
}

const FIELDS: { readonly [label: string]: keyof SessionSecrets } = {
  CLIENT_RANDOM: 'master',
  CLIENT_HANDSHAKE_TRAFFIC_SECRET: 'clientHandshake',
  SERVER_HANDSHAKE_TRAFFIC_SECRET: 'serverHandshake',
  CLIENT_TRAFFIC_SECRET_0: 'clientTraffic',
  SERVER_TRAFFIC_SECRET_0: 'serverTraffic',
};

export class KeyLog {
  private readonly sessions = new Map<string, SessionSecrets>();
  private secrets = 0;

  get size(): number {
    return this.sessions.size;
  }

  /** Adds the lines of a key log file. Returns how many secrets were taken. */
  add(text: string): number {
    const before = this.secrets;
    for (const line of text.split(/\r?\n/)) {
      if (this.secrets >= MAX_SECRETS) break;
      const [label, random, secret] = line.trim().split(' ');
      if (!label || !random || !secret || !LABELS.has(label)) continue;
      if (random.length !== 64 || secret.length > 128 || !isHex(random) || !isHex(secret)) continue;
      const key = random.toLowerCase();
      const known = this.sessions.get(key) ?? {};
      known[FIELDS[label]!] = Buffer.from(secret, 'hex');
      this.sessions.set(key, known);
      this.secrets++;
    }
    return this.secrets - before;
  }

  find(clientRandom: Buffer): SessionSecrets | undefined {
    return this.sessions.get(clientRandom.toString('hex'));
  }
}

function isHex(text: string): boolean {
  return text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text);
}
