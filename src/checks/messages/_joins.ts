/** What separates the causes behind "signature wrong": serials, keys, character sets, clocks, releases. */

import type { NoticeFact } from '../../evidence/small-facts.ts';
import type { EvidenceRef } from '../../finding.ts';
import type { Symptom } from '../../graph/types.ts';
import type { MessageObservation } from '../../messages/types.ts';
import { fileOf, OUTCOMES } from '../../transactions/types.ts';
import { counted } from '../../wording.ts';
import type { Join } from '../_symptom-rule.ts';
import { serialMismatches } from '../mutual-tls/_registered.ts';
import { changeReference, changesNear, iso, line } from '../support.ts';
import type { CheckContext } from '../types.ts';

const DEPLOY = /deploy|release|rollout|roll-?out|image|upgrade|version|upd|发布|上线|升级|版本/i;
const KEYS = /key|cert|secret|serial|platform|rotat|密钥|证书|公钥|私钥/i;
const MESSAGE_PATHS = /sign|wechat|wx|merchant|mch|alipay|unionpay|pay/i;

/** Joins for rejected signatures and failed callbacks; `cause` is the cause under test. */
export function* paymentJoin(context: CheckContext, symptoms: Symptom[], onset: number, cause: string): Iterable<Join> {
  const proven = context.observations.messages.filter((m) => m.result === 'invalid' && m.cause);
  if (proven.length && !proven.some((m) => m.cause === cause)) {
    yield { veto: `the stored messages prove ${proven[0]!.cause}` };
    return;
  }
  const sound = genuineSince(context, onset);
  if (sound && (cause === 'provider-key-rotated' || cause === 'webhook-body-altered')) {
    if (cause === 'provider-key-rotated') {
      yield { veto: 'stored callbacks verify with the key in use' };
      return;
    }
    yield {
      confidence: 0.93,
      proof: 'structural',
      evidence: sound.map((m) => ({ file: m.file, ...(m.line ? { line: m.line } : {}), text: m.says })),
      says: `${sound.length} stored callback${sound.length === 1 ? '' : 's'} of that time verif${sound.length === 1 ? 'ies' : 'y'} byte for byte with the key in use${sound[0]!.keyFile ? ` (${sound[0]!.keyFile})` : ''}: what the program checks is not what was sent`,
    };
  }
  const mine = proven.filter((m) => m.cause === cause);
  if (mine[0])
    yield {
      confidence: 0.95,
      proof: 'structural',
      evidence: mine.slice(0, 2).map((m) => ({ file: m.file, ...(m.line ? { line: m.line } : {}), text: m.says })),
      says: mine[0].says,
    };
  const serial = serialMismatches(context, MESSAGE_PATHS)[0];
  const keyChange = changesNear(context, onset, 6 * 3_600_000).find((c) => KEYS.test(c.text));
  const release = changesNear(context, onset, 3 * 3_600_000).find(
    (c) => DEPLOY.test(c.text) && !/css only|banner|图/i.test(c.text),
  );
  switch (cause) {
    case 'request-signature-wrong': {
      if (serial && /SIGN|serial|wechat/i.test(words(symptoms)))
        yield { veto: 'the configured serial is not that of the certificate' };
      if (onlyNonAscii(context, onset)) yield { veto: 'only orders with characters outside ASCII fail' };
      const keys = twoKeys(context);
      if (keys) yield { confidence: 0.93, proof: 'structural', evidence: keys.evidence, says: keys.says };
      else if (keyChange)
        yield { confidence: 0.78, evidence: [changeReference(keyChange)], says: `before it: "${keyChange.text}"` };
      break;
    }
    case 'cert-serial-wrong':
      if (serial)
        yield {
          confidence: 0.95,
          proof: 'structural',
          evidence: serial.evidence,
          says: `${serial.key} is ${serial.configured}, the certificate has serial ${serial.actual}`,
        };
      else if (keyChange) yield { confidence: 0.82, evidence: [changeReference(keyChange)] };
      break;
    case 'provider-key-rotated': {
      const notice = announcedKey(context);
      if (notice)
        yield {
          confidence: 0.85,
          evidence: [{ file: notice.file, line: notice.line, text: notice.text.slice(0, 200) }],
          says: 'the provider announced a new key',
        };
      if (keyChange) yield { confidence: 0.8, evidence: [changeReference(keyChange)] };
      break;
    }
    case 'webhook-body-altered': {
      const lengths = shrunkBodies(context);
      if (lengths) yield { confidence: 0.93, proof: 'observed', evidence: [lengths.evidence], says: lengths.says };
      if (release)
        yield {
          confidence: lengths ? 0.95 : 0.76,
          evidence: [changeReference(release)],
          says: `before it: "${release.text}"`,
        };
      else if (keyChange && !lengths) yield { against: 'a key or secret changed shortly before', confidence: 0.45 };
      else if (announcedKey(context) && !lengths)
        yield { against: 'the provider announced a new key or secret', confidence: 0.35 };
      break;
    }
    case 'decrypt-key-wrong':
      if (keyChange)
        yield {
          confidence: 0.93,
          proof: 'observed',
          evidence: [changeReference(keyChange)],
          says: `before it: "${keyChange.text}"`,
        };
      break;
    case 'timestamp-outside-window': {
      const clock = context.observations.facts.clocks.find(
        (c) =>
          Math.abs(c.offsetSeconds) >= 20 &&
          symptoms.some((s) => s.nodes.some((n) => n.toLowerCase().includes(c.host.toLowerCase()))),
      );
      if (clock) yield { against: `the clock of ${clock.host} is the origin`, confidence: 0.45 };
      break;
    }
    default:
      break;
  }
}

/** A notice of the provider that it signs with another key, certificate or secret. */
const announcedKey = (context: CheckContext): NoticeFact | undefined =>
  context.graph.notices.find((n) =>
    /(new|rotat|replac|platform|公钥|证书|密钥).{0,60}(key|cert|secret|公钥|证书|密钥)/i.test(n.text),
  );

/** Callbacks stored since the onset, all of which verify with a key of the configuration; undefined when one does not. */
function genuineSince(context: CheckContext, onset: number): MessageObservation[] | undefined {
  const stored = context.observations.messages.filter(
    (m) => m.direction === 'callback' && m.result !== 'not-checked' && m.time >= onset - 10 * 60_000,
  );
  return stored.length > 0 && stored.every((m) => m.result === 'valid') ? stored.slice(0, 3) : undefined;
}

const words = (symptoms: Symptom[]): string =>
  symptoms.flatMap((s) => s.events.flatMap((e) => e.hits.slice(0, 2).map((h) => h.text))).join('\n');

/** Two public keys of the evidence that ought to be the same and are not. */
function twoKeys(context: CheckContext): { evidence: EvidenceRef[]; says: string } | undefined {
  const keys = context.observations.certificates.flatMap((o) =>
    o.keys.filter((k) => k.spkiSha256).map((k) => ({ file: o.file, spki: k.spkiSha256! })),
  );
  const registered = keys.find((k) => /regist|platform_?copy|console|uploaded|at_?provider/i.test(k.file));
  const own =
    registered && keys.find((k) => k !== registered && /app|own|merchant|local|loaded|current|public/i.test(k.file));
  if (!registered || !own || registered.spki === own.spki) return undefined;
  return {
    evidence: [
      { file: own.file, text: `public key SHA-256 ${own.spki.slice(0, 16)}...` },
      { file: registered.file, text: `public key SHA-256 ${registered.spki.slice(0, 16)}...` },
    ],
    says: 'the key in use is not the one that is registered',
  };
}

/** Records that name the length sent and the length checked, and the two differ. */
function shrunkBodies(context: CheckContext): { evidence: EvidenceRef; says: string } | undefined {
  for (const r of context.observations.logs.records) {
    const sent = r.fields.content_length ?? r.fields.contentLength ?? r.fields.raw_length ?? r.fields.received_length;
    const checked =
      r.fields.verified_length ?? r.fields.verifiedLength ?? r.fields.payload_length ?? r.fields.parsed_length;
    if (sent && checked && sent !== checked && Number(sent) > 0 && Number(checked) > 0)
      return {
        evidence: line(context, r.source, r.line, r.message, r.time),
        says: `${sent} bytes were sent, ${checked} were checked`,
      };
  }
  return undefined;
}

/** Whether failures since the onset are exactly the orders with characters outside ASCII. */
function onlyNonAscii(
  context: CheckContext,
  onset: number,
): { failing: number; plainOk: number; evidence: EvidenceRef[] } | undefined {
  let failing = 0;
  let failingPlain = 0;
  let plainOk = 0;
  let nonAsciiOk = 0;
  const evidence: EvidenceRef[] = [];
  const routes = new Map<number, number>();
  for (const t of context.observations.transactions.tables) {
    const bad = (i: number): boolean =>
      t.outcome[i] !== OUTCOMES.indexOf('approved') &&
      /sign|40002|invalid|ERROR|FAIL/i.test(`${t.strings[t.code[i]!]} ${t.strings[t.status[i]!]}`);
    for (let i = 0; i < t.length; i++)
      if (t.time[i]! >= onset && bad(i) && nonAscii(t.strings[t.subject[i]!] ?? ''))
        routes.set(t.route[i]!, (routes.get(t.route[i]!) ?? 0) + 1);
    const route = [...routes.entries()].sort((a, b) => b[1] - a[1])[0]?.[0];
    if (route === undefined) continue;
    for (let i = 0; i < t.length; i++) {
      if (t.time[i]! < onset || t.route[i] !== route) continue;
      const subject = t.strings[t.subject[i]!] ?? '';
      if (subject === '') continue;
      if (nonAscii(subject)) {
        if (bad(i)) {
          failing++;
          if (evidence.length < 2)
            evidence.push({ file: fileOf(t, i), line: t.line[i]!, text: `failed: ${subject}`, time: iso(t.time[i]!) });
        } else nonAsciiOk++;
      } else if (bad(i) && /sign|40002/i.test(t.strings[t.code[i]!] ?? '')) failingPlain++;
      else plainOk++;
    }
  }
  return failing >= 4 && plainOk >= 4 && failingPlain <= plainOk * 0.05 && nonAsciiOk <= failing * 0.2
    ? { failing, plainOk, evidence }
    : undefined;
}

const nonAscii = (text: string): boolean => /[^\u0000-\u007f]/.test(text);

/** Joins for the character set: the slice, the start-up line, the release. */
export function* charsetJoin(context: CheckContext, symptoms: Symptom[], onset: number): Iterable<Join> {
  const slice = onlyNonAscii(context, onset);
  const encoding = context.observations.logs.records.find((r) => {
    const value = r.fields['file.encoding'] ?? r.fields.encoding ?? r.fields.LANG ?? r.fields.charset;
    return value !== undefined && /ANSI_X3|ASCII|ISO-?8859|POSIX|^C$|latin1|cp1252|GBK/i.test(value);
  });
  const said = symptoms.some((s) => s.event === 'pay.charset');
  if (!slice && !encoding && !said) {
    yield { veto: 'nothing speaks of a character set' };
    return;
  }
  const garbled = symptoms.some((s) =>
    s.events.some((e) => e.hits.some((h) => /"subject":"\?{2,}|�{2,}|\?{4,}/.test(h.text))),
  );
  const parts = [slice, encoding, garbled || undefined].filter(Boolean).length;
  if (parts === 0 && said && symptoms.every((s) => s.event !== 'pay.charset' || s.burstCount < 4)) {
    yield { veto: 'one text that names charset is the standard hint of the provider' };
    return;
  }
  yield {
    confidence: slice && encoding ? 0.96 : slice ? 0.93 : encoding ? 0.85 : garbled ? 0.8 : 0.55,
    proof: slice || encoding ? 'observed' : 'textual',
    evidence: [
      ...(encoding
        ? [
            line(
              context,
              encoding.source,
              encoding.line,
              encoding.message +
                Object.entries(encoding.fields)
                  .filter(([k]) => /encoding|LANG/i.test(k))
                  .map(([k, v]) => ` ${k}=${v}`)
                  .join(''),
              encoding.time,
            ),
          ]
        : []),
      ...(slice?.evidence ?? []),
    ],
    says: slice
      ? `${counted(slice.failing, 'order')} with characters outside ASCII failed, ${slice.plainOk} with plain ASCII passed`
      : encoding
        ? 'the process runs with an encoding other than UTF-8'
        : 'the provider names the charset',
  };
}

/** Key check values that two sides logged and that differ. */
export function* kcvJoin(context: CheckContext): Iterable<Join> {
  for (const r of context.observations.logs.records) {
    const values = Object.entries(r.fields).filter(([k]) => /kcv|check_?value/i.test(k));
    if (values.length < 2) continue;
    const [a, b] = values;
    if (a![1].toUpperCase() === b![1].toUpperCase()) continue;
    yield {
      confidence: 0.96,
      proof: 'structural',
      evidence: [line(context, r.source, r.line, `${r.message} ${a![0]}=${a![1]} ${b![0]}=${b![1]}`, r.time)],
      says: `the key check values differ: ${a![0]} ${a![1]}, ${b![0]} ${b![1]}`,
    };
    return;
  }
}

/** Issuers that the failures cluster on. */
export function* threeDsJoin(context: CheckContext, _symptoms: Symptom[], onset: number): Iterable<Join> {
  const bins = new Map<string, number>();
  let total = 0;
  for (const r of context.observations.logs.records) {
    if (r.time < onset) continue;
    if ((r.fields.messageType ?? '') !== 'Erro' && !r.fields.errorCode) continue;
    total++;
    const bin = r.fields.bin;
    if (bin) bins.set(bin.slice(0, 6), (bins.get(bin.slice(0, 6)) ?? 0) + 1);
  }
  const { issuers } = context.observations.transactions;
  const named = new Map<string, number>();
  for (const [bin, n] of bins) {
    const issuer = issuers.find((i) => i.bin.startsWith(bin) || bin.startsWith(i.bin))?.issuer;
    if (issuer) named.set(issuer, (named.get(issuer) ?? 0) + n);
  }
  const top = [...named.entries()].sort((a, b) => b[1] - a[1])[0];
  if (top && total >= 5 && top[1] >= total * 0.6)
    yield { confidence: 0.9, proof: 'observed', says: `${top[1]} of ${total} errors concern cards of ${top[0]}` };
  else if (total >= 8) yield { confidence: 0.82, proof: 'observed', says: `${total} error messages of the protocol` };
}
