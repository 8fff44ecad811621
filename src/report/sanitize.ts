/** The pass that every report takes before any format sees it. */
import { DEFAULT_LENGTH, QUOTE_LENGTH, safeText } from './safe-text.ts';
import type { Report } from './types.ts';

const MAX_DEPTH = 24;
/** Digests and DER are facts by themselves; masking digits inside them would falsify them. */
const HEX = /^[0-9a-fA-F]{16,128}$/;
const BASE64 = /^[A-Za-z0-9+/]{0,87380}={0,2}$/;
/** Values of members with these names are never shown, whatever they hold. */
const SECRET_MEMBER =
  /^(?:pass(?:word|wd|phrase)|secret|(?:client|app|api)_?secret|api_?key|private_?key|cvv2?|cvc2?|authorization|cookie)$/i;
const DIGEST_MEMBER = /^(?:sha256|spkiSha256|fingerprint|explains|digest|serial)$/;

function safeString(member: string, text: string): string {
  if (SECRET_MEMBER.test(member)) return '[masked]';
  if (DIGEST_MEMBER.test(member) && HEX.test(text)) return text;
  if (member === 'der' && BASE64.test(text)) return text;
  return safeText(text, member === 'text' ? QUOTE_LENGTH : DEFAULT_LENGTH);
}

/** Texts repeat thousands of times in a large report (remedies, commands, owners). */
type Memo = Map<string, string>;
const MEMO_LENGTH = 500;

function remembered(member: string, text: string, memo: Memo): string {
  if (text.length > MEMO_LENGTH) return safeString(member, text);
  const key = `${member}\u0000${text}`;
  let safe = memo.get(key);
  if (safe === undefined) {
    safe = safeString(member, text);
    memo.set(key, safe);
  }
  return safe;
}

function walk(member: string, value: unknown, depth: number, memo: Memo): unknown {
  if (typeof value === 'string') return remembered(member, value, memo);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value !== 'object') return undefined;
  if (depth > MAX_DEPTH) return '[nested too deeply]';
  if (Array.isArray(value)) return value.map((entry) => walk(member, entry, depth + 1, memo) ?? null);
  const out: { [key: string]: unknown } = {};
  for (const [key, entry] of Object.entries(value)) {
    const safe = walk(key, entry, depth + 1, memo);
    const name = remembered('', key, memo);
    // A member called __proto__ would change the object instead of being in it.
    if (safe !== undefined && name !== '__proto__') out[name] = safe;
  }
  return out;
}

/** A copy of any value in which every text is safe to show. */
export const sanitized = <T>(value: T): T => walk('', value, 0, new Map()) as T;

const done = new WeakSet<Report>();
const results = new WeakMap<Report, Report>();

/** How long steps took differs from run to run; the journal keeps it, reports of the same evidence are the same byte for byte. */
function withoutDurations(report: Report): Report {
  if (!report.playbook) return report;
  const steps = report.playbook.steps.map(({ milliseconds: _duration, ...step }) => step);
  return { ...report, playbook: { ...report.playbook, steps } };
}

/** A copy of the report in which every text is safe to show. The same report gives the same copy; a copy is returned as it is. */
export function sanitizeReport(report: Report): Report {
  if (done.has(report)) return report;
  let safe = results.get(report);
  if (!safe) {
    safe = walk('', withoutDurations(report), 0, new Map()) as Report;
    results.set(report, safe);
    done.add(safe);
  }
  return safe;
}
