/** Names that are made to be taken for a known one: other letters that look the same, a slip of one letter, a known name in front of a stranger's. */
import { domainToUnicode } from 'node:url';
import type { Finding } from '../../finding.ts';
import { hostParts } from '../public-suffix.ts';
import { finding, subjectOf } from './findings.ts';
import type { AuditOptions, Sighting } from './types.ts';

/** Letters of other alphabets by the Latin ones they look like (Unicode TS #39, those that host names can hold). */
const TWINS: { readonly [letter: string]: string } = Object.fromEntries(
  Object.entries({
    a: 'аαɑ',
    b: 'ьв',
    c: 'сϲ',
    d: 'ԁɗ',
    e: 'еεҽ',
    g: 'ɡց',
    h: 'һн',
    i: 'іιıӏ',
    j: 'јϳ',
    k: 'кκ',
    l: 'ⅼ',
    m: 'м',
    n: 'пηո',
    o: 'оοօ',
    p: 'рρ',
    q: 'ԛ',
    r: 'гꭇ',
    s: 'ѕ',
    t: 'тτ',
    u: 'υսц',
    v: 'νѵ',
    w: 'ԝωѡ',
    x: 'хχ',
    y: 'уγү',
    z: 'ᴢ',
  }).flatMap(([latin, others]) => [...others].map((o) => [o, latin])),
);

/** What the eye reads: marks taken off, twins replaced, digits and pairs that pass for letters, hyphens left out. */
export function skeleton(label: string): string {
  const plain = [...label.normalize('NFKD').toLowerCase()]
    .filter((c) => !/\p{M}/u.test(c))
    .map((c) => TWINS[c] ?? c)
    .join('');
  return plain
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w')
    .replace(/cl/g, 'd')
    .replace(/0/g, 'o')
    .replace(/[1i|]/g, 'l')
    .replace(/5/g, 's')
    .replace(/-/g, '');
}

interface Known {
  host: string;
  domain: string;
  label: string;
  skeleton: string;
}

/** Shorter labels differ by one letter all the time. */
const MIN_SLIP_LENGTH = 7;

/** Whether `a` becomes `b` by one letter more, less, other, or two neighbours swapped. */
export function isSlip(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  const tail = (text: string, from: number): string => text.slice(from);
  if (a.length === b.length) {
    if (tail(a, start + 1) === tail(b, start + 1)) return true;
    return a[start] === b[start + 1] && a[start + 1] === b[start] && tail(a, start + 2) === tail(b, start + 2);
  }
  return a.length > b.length ? tail(a, start + 1) === tail(b, start) : tail(a, start) === tail(b, start + 1);
}

/** Numbered and lettered siblings (`bank-a` and `bank-b`, `till1` and `till2`) belong together. */
function areSiblings(a: string, b: string): boolean {
  const stem = (label: string): string => label.replace(/(?:\d+|-[a-z0-9])$/, '').replace(/\d+/g, '#');
  return stem(a) === stem(b) || /\d/.test(a) !== /\d/.test(b);
}

function knownNames(sightings: readonly Sighting[], options: AuditOptions): Known[] {
  const hosts = new Set([
    ...(options.pins ?? []).map((p) => p.name),
    ...sightings.flatMap((s) => (s.live && s.host ? [s.host.toLowerCase()] : [])),
  ]);
  const byDomain = new Map<string, Known>();
  for (const host of hosts) {
    const parts = hostParts(host.replace(/^\*\./, ''), true);
    if (!parts?.domain || byDomain.has(parts.domain)) continue;
    const label = domainToUnicode(parts.registered) || parts.registered;
    byDomain.set(parts.domain, { host, domain: parts.domain, label, skeleton: skeleton(label) });
  }
  return [...byDomain.values()];
}

/** How a foreign name resembles a known one, as a phrase; undefined when it does not. */
function resemblance(host: string, known: readonly Known[]): { known: Known; how: string; sure: boolean } | undefined {
  const parts = hostParts(host, true);
  if (!parts?.domain) return undefined;
  const label = domainToUnicode(parts.registered) || parts.registered;
  const reads = skeleton(label);
  for (const k of known) {
    if (`.${parts.below}.`.includes(`.${k.domain}.`))
      return { known: k, how: `puts ${k.domain} in front of the foreign domain ${parts.domain}`, sure: true };
    if (label !== k.label && reads === k.skeleton && !areSiblings(label, k.label))
      return { known: k, how: `reads like ${k.domain}`, sure: true };
    if (/[^\x00-\x7f]/.test(label) && reads === k.skeleton)
      return { known: k, how: `is written with other letters than ${k.domain}`, sure: true };
    if (label.length >= MIN_SLIP_LENGTH && isSlip(label, k.label) && !areSiblings(label, k.label))
      return { known: k, how: `differs from ${k.domain} by one letter`, sure: false };
  }
  return undefined;
}

/** Findings about leaf certificates whose names resemble a pinned name or the name of a live target. */
export function lookAlikeFindings(sightings: readonly Sighting[], options: AuditOptions): Finding[] {
  const known = knownNames(sightings, options);
  if (known.length === 0) return [];
  const own = new Set(known.map((k) => k.domain));
  const found = new Map<string, Finding>();
  for (const sighting of sightings) {
    sighting.observation.certificates.forEach((certificate, index) => {
      if (certificate.basicConstraints?.ca) return;
      for (const { kind, value } of certificate.names) {
        const host = value.toLowerCase().replace(/^\*\./, '');
        if (kind !== 'dns' || found.has(host)) continue;
        const domain = hostParts(host, true)?.domain;
        if (domain === undefined || own.has(domain)) continue;
        const like = resemblance(host, known);
        if (!like) continue;
        found.set(
          host,
          finding({
            id: 'certificate/look-alike',
            priority: like.sure ? 'important' : 'routine',
            class: 'attack',
            subject: { ...subjectOf(certificate), label: host },
            title: `${host} ${like.how}`,
            detail: `The certificate of ${certificate.issuer.text} is valid for it. A name like that is registered to be taken for ${like.known.host}; it may also be your own.`,
            evidence: [{ file: sighting.place, certificate: index, text: `${host}; known: ${like.known.host}` }],
            impact: like.sure ? { exposure: 'identity' } : {},
            owner: 'sec',
            remedy:
              'find out who registered it; if it is yours, record it with --write-pins, otherwise have it taken down and tell the issuer',
            verify: { command: `paymedic certs ${sighting.place}`, expect: 'no finding certificate/look-alike' },
            references: ['Unicode TS #39'],
            part: host,
          }),
        );
      }
    });
  }
  return [...found.values()];
}
