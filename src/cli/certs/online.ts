/**
 * Fetches what certificates point to: issuer certificates, revocation lists, OCSP answers. Only with --online, only
 * from hosts on the allow-list, each address once, bounded in size, number and time. The addresses come from the
 * certificates, so without the list a forged certificate could send this program anywhere.
 */
import { createHash } from 'node:crypto';
import type { EvidenceItem } from '../../evidence/types.ts';
import type { NotChecked } from '../../finding.ts';
import type { Sighting } from '../../x509/audit/index.ts';
import { type Certificate, ocspRequest, readCertificates } from '../../x509/index.ts';
import { comparableNames, issued } from '../../x509/relation.ts';

export interface OnlineOptions {
  /** Host names; `*.example.com` stands for every name below. */
  allow: readonly string[];
  timeoutMs: number;
}

export interface Fetched {
  /** What was fetched, as if it had been a file: named by its address. */
  sightings: Sighting[];
  evidence: EvidenceItem[];
  notChecked: NotChecked[];
}

const MAX_BYTES = 64 * 2 ** 20;
const MAX_FETCHES = 500;
const MAX_REDIRECTS = 3;
const WIDTH = 8;
/** Issuers above one another that are looked for. */
const MAX_LEVELS = 4;

/** Whether a host is on the allow-list. */
export function isAllowed(host: string, allow: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return allow.some((entry) => {
    const wanted = entry.trim().toLowerCase();
    return wanted.startsWith('*.')
      ? name.endsWith(wanted.slice(1)) && name.length > wanted.length - 1
      : name === wanted;
  });
}

type Answer = { ok: true; body: Buffer } | { ok: false; refused: boolean; why: string };

class Fetcher {
  readonly evidence: EvidenceItem[] = [];
  readonly notChecked: NotChecked[] = [];
  private readonly options: OnlineOptions;
  private readonly asked = new Map<string, Promise<Buffer | undefined>>();
  private count = 0;

  constructor(options: OnlineOptions) {
    this.options = options;
  }

  /** The body behind an address; undefined when it was refused or failed, which is then noted once. */
  get(what: string, address: string, post?: Buffer): Promise<Buffer | undefined> {
    const key = post ? `${address} ${post.toString('base64')}` : address;
    let answer = this.asked.get(key);
    if (!answer) {
      answer = this.fetch(what, address, post);
      this.asked.set(key, answer);
    }
    return answer;
  }

  private async fetch(what: string, address: string, post: Buffer | undefined): Promise<Buffer | undefined> {
    const answer: Answer =
      ++this.count > MAX_FETCHES
        ? { ok: false, refused: false, why: `more than ${MAX_FETCHES} addresses` }
        : await this.contact(address, post);
    if (!answer.ok) {
      this.notChecked.push({
        what: `${what} at ${address}`,
        why: answer.why,
        wouldShow: answer.refused ? `--allow ${hostOf(address)}` : `curl -sS -o file ${address}`,
      });
      return undefined;
    }
    this.evidence.push({
      id: `o${this.evidence.length + 1}`,
      path: address,
      kind: what.includes('list') ? 'crl' : 'certificate',
      size: answer.body.length,
      sha256: createHash('sha256').update(answer.body).digest('hex'),
    });
    return answer.body;
  }

  private async contact(address: string, post: Buffer | undefined): Promise<Answer> {
    let at = address;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const url = URL.canParse(at) ? new URL(at) : undefined;
      if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
        return { ok: false, refused: false, why: 'not an http address' };
      if (!isAllowed(url.hostname, this.options.allow))
        return { ok: false, refused: true, why: `${url.hostname} is not on the list of allowed hosts` };
      try {
        const response = await fetch(url, {
          redirect: 'manual',
          signal: AbortSignal.timeout(this.options.timeoutMs),
          headers: { 'user-agent': 'paymedic', ...(post ? { 'content-type': 'application/ocsp-request' } : {}) },
          ...(post ? { method: 'POST', body: new Uint8Array(post) } : {}),
        });
        const location = response.headers.get('location');
        if (response.status >= 300 && response.status < 400 && location && URL.canParse(location, url.href)) {
          at = new URL(location, url.href).href;
          await response.body?.cancel();
          continue;
        }
        if (!response.ok) return { ok: false, refused: false, why: `it answered with status ${response.status}` };
        return await bounded(response);
      } catch (error) {
        const { name, message, cause } = error as Error & { cause?: { code?: string } };
        const why =
          name === 'TimeoutError' ? `no answer within ${this.options.timeoutMs} ms` : (cause?.code ?? message);
        return { ok: false, refused: false, why };
      }
    }
    return { ok: false, refused: false, why: `more than ${MAX_REDIRECTS} redirects` };
  }
}

async function bounded(response: Response): Promise<Answer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MAX_BYTES) return { ok: false, refused: false, why: `larger than ${MAX_BYTES / 2 ** 20} MiB` };
    parts.push(part);
  }
  return { ok: true, body: Buffer.concat(parts) };
}

const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).hostname : address);

/** Fetches for every certificate of the sightings: missing issuers, then lists and OCSP answers. Never throws. */
export async function fetchOnline(sightings: readonly Sighting[], options: OnlineOptions): Promise<Fetched> {
  const fetcher = new Fetcher(options);
  const fetched: Sighting[] = [];
  const known = new Map<string, Certificate>();
  const bySubject = new Map<string, Certificate[]>();
  const add = (certificate: Certificate): boolean => {
    if (known.has(certificate.sha256)) return false;
    known.set(certificate.sha256, certificate);
    const { subject } = comparableNames(certificate);
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), certificate]);
    return true;
  };
  const issuersOf = (certificate: Certificate): Certificate[] =>
    bySubject.get(comparableNames(certificate).issuer) ?? [];
  const take = (place: string, body: Buffer): Certificate[] => {
    const observation = readCertificates(body, place);
    fetched.push({ observation, place, live: false });
    return observation.certificates.filter(add);
  };
  let open = sightings.flatMap((s) => s.observation.certificates.filter(add));
  for (let level = 0; level < MAX_LEVELS && open.length > 0; level++) {
    const orphans = open.filter((c) => !c.selfIssued && issuersOf(c).length === 0);
    open = [];
    await each(orphans, async (certificate) => {
      const address = certificate.caIssuerUrls[0];
      const body = address === undefined ? undefined : await fetcher.get('the issuer certificate', address);
      if (body) open.push(...take(address!, body));
    });
  }
  const lists = new Set<string>();
  await each([...known.values()], async (certificate) => {
    if (certificate.selfIssued) return;
    const list = certificate.crlUrls.find((u) => /^https?:/i.test(u));
    if (list !== undefined && !lists.has(list)) {
      lists.add(list);
      const body = await fetcher.get('the revocation list', list);
      if (body) take(list, body);
    }
    const responder = certificate.ocspUrls.find((u) => /^https?:/i.test(u));
    const issuer = responder && issuersOf(certificate).find((c) => issued(certificate, c));
    if (!responder || !issuer) return;
    const body = await fetcher.get('the OCSP responder', responder, ocspRequest(certificate, issuer));
    if (body) take(responder, body);
  });
  return { sightings: fetched, evidence: fetcher.evidence, notChecked: fetcher.notChecked };
}

async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: Math.min(WIDTH, items.length) }, worker));
}
