import type { TextFact } from '../../evidence/small-facts.ts';
import type { EvidenceRef } from '../../finding.ts';
import { least } from '../../lists.ts';
import { counted } from '../../wording.ts';
import { iso, line, some } from '../support.ts';
import { type Check, type CheckContext, defineCheck, type Hit } from '../types.ts';
import { hostOfUrl } from './_requests.ts';
import { hasSum, isListed, type ScriptInventory, scriptInventory } from './_script-inventory.ts';

const URL_HOST = /(?:https?:)?\/\/([a-z0-9](?:[a-z0-9-]{0,62}\.){1,8}[a-z]{2,24})/gi;
const SEND = /sendBeacon|XMLHttpRequest|\bfetch\s*\(|new Image|\.src\s*=|WebSocket|createElement\(['"]img/;
const CARD = /card|cvc|cvv|pan\b|exp(iry)?\b|cc-?num/i;
const HIDDEN = /\batob\b|\bbtoa\b|fromCharCode|unescape\(|\\x[0-9a-f]{2}\\x|eval\(/;
/** Reports that browsers send for extensions and injected content of the visitor's own machine. */
const EXTENSION = /^(chrome|moz|safari|safari-web|ms-browser)-extension|^(about|data|blob|inline|eval|self)\b/i;

const check: Check = defineCheck({
  meta: {
    id: 'attacks/web-skimmer',
    title: 'Skimmer on the payment page',
    description:
      'A script of the payment page differs from its baseline and inventory, reads card fields and sends them to a foreign host; or browsers keep reporting a foreign host on the payment page.',
    class: 'attack',
    basePriority: 'urgent',
    owner: 'sec',
    proof: 'structural',
    needs: [],
    remedy:
      'Take the script off, restore the known one, keep the page as evidence, start the clocks of the card brands.',
    verification: {
      command: 'curl -s https://$HOST/static/js/checkout.js | sha256sum',
      expect: 'the sum of the inventory, from two networks',
    },
    references: ['PCI DSS 4.0.1 requirement 6.4.3', 'PCI DSS 4.0.1 requirement 11.6.1'],
  },
  *run(context): Iterable<Hit> {
    const changed = changedScripts(context);
    const reported = reportedHosts(context);
    for (const c of changed) {
      const said = c.hosts.flatMap((h) => reported.get(h) ?? []);
      if (!c.suspicious && said.length === 0) continue;
      const times = [...said.map((s) => s.time), ...(c.modified !== undefined ? [c.modified] : [])].filter(
        Number.isFinite,
      );
      const first = times.length ? least(times) : undefined;
      yield {
        cause: 'web-skimmer',
        // A payment provider's own form reads cards and sends them too: only hidden strings or the browsers' reports tell.
        confidence: c.unknown
          ? c.hides || said.length > 0
            ? 0.7
            : 0.45
          : c.unlisted && c.suspicious
            ? 0.95
            : c.suspicious
              ? 0.85
              : 0.8,
        subject: { kind: 'file', id: c.file.file },
        title: c.unknown
          ? `${c.file.file} sends card data to ${some(c.hosts)} and is not in the inventory of scripts`
          : `${c.file.file} was changed to send card data to ${some(c.hosts) || 'a foreign host'}`,
        detail: c.unknown
          ? `The inventory of scripts does not have it, so nobody said that it may; ${c.says}.`
          : `The script differs from ${c.baseline ? `its baseline${c.unlisted ? ' and from the authorised sum' : ''}` : 'the sum that the inventory of scripts has for it'}; ${c.says}${said.length ? `; browsers reported the host ${counted(said.length, 'time')}` : ''}.`,
        evidence: [
          { file: c.file.file, line: c.line, text: c.quote },
          ...said.slice(0, 2).map((s) => s.reference),
          ...(c.baseline ? [{ file: c.baseline.file, line: 1, text: 'baseline' }] : []),
          ...c.listing,
        ],
        impact: { exposure: 'card-data', ongoing: true },
        count: 1 + said.length,
        ...(first !== undefined ? { first } : {}),
        ...(c.unknown && !c.hides && said.length === 0
          ? { against: ["a payment provider's form reads cards and sends them to the provider as well"] }
          : {}),
        data: { hosts: c.hosts },
      };
    }
    if (changed.some((c) => c.suspicious)) return;
    for (const [host, reports] of reported) {
      const sending = reports.filter((r) => r.sends && r.payment);
      if (sending.length < 5 || sending.length < reports.length * 0.6) continue;
      const times = reports.map((r) => r.time).filter(Number.isFinite);
      const first = times.length ? least(times) : undefined;
      yield {
        cause: 'web-skimmer',
        confidence: 0.62,
        proof: 'observed',
        subject: { kind: 'host', id: host },
        title: `Browsers report that the payment page contacts ${host}`,
        detail: `${reports.length} reports of the content security policy name ${host}${first === undefined ? '' : ` since ${iso(first)}`}; the page and its scripts are not in the evidence, or show no change.`,
        evidence: reports.slice(0, 5).map((r) => r.reference),
        impact: { exposure: 'card-data', ongoing: true },
        count: reports.length,
        ...(first !== undefined ? { first } : {}),
        data: { hosts: [host] },
      };
    }
  },
});

export default check;

interface ChangedScript {
  file: TextFact;
  baseline?: TextFact;
  unlisted: boolean;
  suspicious: boolean;
  /** Nothing in the evidence says what it should be, and an inventory that lists others does not list it. */
  unknown: boolean;
  hides: boolean;
  hosts: string[];
  says: string;
  line: number;
  quote: string;
  modified?: number;
  listing: EvidenceRef[];
}

const base = (path: string): string => path.split(/[/\\]/).pop() ?? path;
const inBaseline = (path: string): boolean =>
  /(^|[/\\])(baseline|before|previous|expected|golden|known-?good|reference|original|approved)([/\\]|$)/i.test(path);

/** Scripts and pages that differ from the file of the same name in a baseline folder. */
function changedScripts(context: CheckContext): ChangedScript[] {
  const texts = context.observations.facts.texts.filter((t) => t.kind === 'script' || t.kind === 'web-page');
  const inventory = scriptInventory(context);
  const own = new Set([
    ...texts.filter((t) => inBaseline(t.file)).flatMap((t) => hostsIn(t.text)),
    ...inventory.texts.flatMap(hostsIn),
  ]);
  const out: ChangedScript[] = [];
  for (const file of texts) {
    if (inBaseline(file.file)) continue;
    const baseline = texts.find((t) => inBaseline(t.file) && base(t.file) === base(file.file));
    const named = inventory.byName.get(base(file.file));
    const listed = isListed(inventory, file);
    const unknown = !baseline && !named && inventory.sums.size > 0 && !listed;
    if (!unknown && (baseline ? baseline.sha256 === file.sha256 : !named || isListed({ sums: named }, file))) continue;
    const known = new Set(baseline?.text.split(/\r?\n/));
    const lines = (unknown && file.kind === 'web-page' ? unlistedInline(file.text, inventory) : file.text).split(
      /\r?\n/,
    );
    const added = lines.map((text, i) => ({ text, line: i + 1 })).filter((l) => !known.has(l.text));
    const addition = added.map((l) => l.text).join('\n');
    const hosts = [...new Set([...hostsIn(addition), ...decodedHosts(addition)])].filter(
      (h) => !own.has(h) && !isOwnHost(context, h) && !(unknown && isPartner(context, h)),
    );
    const sends = SEND.test(addition);
    const cards = CARD.test(addition);
    const hides = HIDDEN.test(addition);
    const worst = added.find((l) => SEND.test(l.text) || HIDDEN.test(l.text) || hostsIn(l.text).length > 0) ?? added[0];
    const listing = context.observations.facts.files.filter((f) => base(f.path) === base(file.file));
    out.push({
      file,
      ...(baseline ? { baseline } : {}),
      unlisted: inventory.sums.size > 0 && !listed,
      // Without the known script nobody can say which of its lines are new: card data must go to a host that nobody knows.
      suspicious: baseline
        ? !listed && ((sends && (cards || hides)) || (hosts.length > 0 && (sends || hides || cards)))
        : !listed && hosts.length > 0 && sends && cards,
      unknown,
      hides,
      hosts,
      says:
        [
          sends && 'the new code sends data',
          cards && 'it reads card fields',
          hides && 'it hides its strings',
          hosts.length > 0 && `it names ${some(hosts)}`,
        ]
          .filter(Boolean)
          .join(', ') || 'the new code is harmless as far as it can be read',
      line: worst?.line ?? 1,
      quote: worst?.text.slice(0, 300) ?? '',
      ...(listing[0] && Number.isFinite(listing[0].modified) ? { modified: listing[0].modified } : {}),
      listing: listing
        .slice(0, 1)
        .map((f) => ({ file: f.file, line: f.line, text: `${f.size} ${iso(f.modified)} ${f.path}` })),
    });
  }
  return out;
}

/** Scripts within a page that the inventory does not have by their sum; the rest of the page as empty lines, so that lines keep their numbers. */
function unlistedInline(page: string, inventory: ScriptInventory): string {
  const kept: string[] = [];
  let at = 0;
  const blank = (text: string): string => text.replace(/[^\n]+/g, '');
  for (const open of page.matchAll(/<script\b[^>]{0,1000}>/gi)) {
    const start = open.index + open[0].length;
    if (open.index < at) continue;
    const end = page.indexOf('</script', start);
    const code = page.slice(start, end === -1 ? undefined : end);
    const isCode = !/\btype\s*=\s*["']?(?:application\/(?:ld\+)?json|text\/(?:template|html))/i.test(open[0]);
    kept.push(blank(page.slice(at, start)), isCode && !hasSum(inventory, code) ? code : blank(code));
    at = end === -1 ? page.length : end;
  }
  return kept.join('');
}

/** Hosts that the topology names as ends of our own links, and partners. */
const isPartner = (context: CheckContext, host: string): boolean =>
  context.observations.facts.topology.some((t) =>
    [...(t.partners ?? []), ...(t.ownDomains ?? []), ...t.legs.map(({ to }) => to ?? '')].some(
      (known) => known.includes('.') && (host === known || host.endsWith(`.${known}`)),
    ),
  );

const hostsIn = (text: string): string[] => [...text.matchAll(URL_HOST)].map((m) => m[1]!.toLowerCase());

/** Hosts in base64 string literals of up to 400 characters. */
function decodedHosts(text: string): string[] {
  return [...text.matchAll(/['"]([A-Za-z0-9+/]{12,400}={0,2})['"]/g)].flatMap((m) => {
    const plain = Buffer.from(m[1]!, 'base64').toString('latin1');
    const printable = /^[\x20-\x7e]+$/.test(plain);
    return printable
      ? [
          ...hostsIn(plain),
          ...(/^[a-z0-9.-]{4,80}\.[a-z]{2,12}(\/|$)/i.test(plain) ? [plain.split('/')[0]!.toLowerCase()] : []),
        ]
      : [];
  });
}

function isOwnHost(context: CheckContext, host: string): boolean {
  return (
    context.observations.facts.topology.some((t) => t.site && (host === t.site || host.endsWith(`.${t.site}`))) ||
    context.observations.configurations.some((c) => c.listeners.some((l) => l.names.includes(host)))
  );
}

interface HostReport {
  time: number;
  /** Data could leave by it: connections, forms, images, scripts; not styles or fonts. */
  sends: boolean;
  /** Reported on a page of the payment. */
  payment: boolean;
  reference: EvidenceRef;
}

/** Foreign hosts of content security policy reports, with the reports. */
function reportedHosts(context: CheckContext): Map<string, HostReport[]> {
  const out = new Map<string, HostReport[]>();
  const add = (blocked: string, page: string, directive: string, time: number, reference: EvidenceRef): void => {
    if (EXTENSION.test(blocked)) return;
    const host = hostOfUrl(blocked);
    if (!host || isOwnHost(context, host) || host === hostOfUrl(page)) return;
    const list = out.get(host) ?? out.set(host, []).get(host)!;
    list.push({
      time,
      sends: /connect-src|form-action|img-src|script-src/.test(directive) && !/^(style|font)/.test(directive),
      payment: /check-?out|pay|cart|order|card/i.test(page),
      reference,
    });
  };
  for (const { file, line: at, time, blocked, page, directive } of context.observations.facts.csp ?? [])
    add(blocked, page, directive, time, {
      file,
      line: at,
      text: `${directive} blocked ${blocked}`,
      ...(Number.isNaN(time) ? {} : { time: iso(time) }),
    });
  for (const r of context.observations.logs.records) {
    const blockedKey = Object.keys(r.fields).find((k) => /blocked-?ur[il]|blockedUR[LI]/i.test(k));
    if (!blockedKey) continue;
    const blocked = r.fields[blockedKey]!;
    const page = r.fields[Object.keys(r.fields).find((k) => /document-?ur[il]|documentUR[LI]/i.test(k)) ?? ''] ?? '';
    const directive = r.fields[Object.keys(r.fields).find((k) => /violated|effective/i.test(k)) ?? ''] ?? '';
    add(blocked, page, directive, r.time, line(context, r.source, r.line, `${directive} blocked ${blocked}`, r.time));
  }
  return out;
}
