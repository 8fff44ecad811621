import { REASONS, type ResponseCodes } from './response-codes.ts';
import type { Outcome } from './types.ts';

/** UnionPay codes that exist on the card network and not on the online gateway: their presence tells which table it is. */
const NETWORK_ONLY = /^(?:51|54|55|14|61|65|82|91|96|57|62|63|68|75|N7)$/;

/** Action codes as ISO 8583:1993 and 2003 have them: the first digit says whether it was approved, refused or failed. */
const ACTION_CODE = /^(?:0?00\d|0?08[01]|10?[0-2]\d|20?[01]\d|90?[0-5]\d|91\d\d)$/;
/** Refusals that no padded code of 1987 looks like. */
const REFUSED = /^(?:10?[0-2]\d|90?[0-5]\d|91\d\d)$/;

/** Whether a table writes three or four digits, as the later versions of ISO 8583 do. */
const writesActionCodes = (codes: readonly string[]): boolean => {
  const filled = codes.filter((code) => code !== '');
  return filled.some((code) => REFUSED.test(code)) && filled.every((code) => ACTION_CODE.test(code));
};

/** @param codes all response codes of a sample of the table, with the routes beside them. */
export function dialectChooser(
  codes: ResponseCodes,
  sample: readonly { route: string; code: string }[],
): (route: string) => string | undefined {
  const network = sample.some(({ route, code }) => {
    const dialect = codes.dialectOf(route);
    return dialect === 'iso8583' || (dialect === 'unionpay' && NETWORK_ONLY.test(code));
  });
  const actions = writesActionCodes(sample.map(({ code }) => code));
  const known = new Map<string, string | undefined>();
  return (route) => {
    if (!known.has(route)) {
      const dialect = codes.dialectOf(route);
      if (actions && (dialect === undefined || dialect === 'iso8583')) known.set(route, 'iso8583-1993');
      else known.set(route, dialect === 'unionpay' && network ? 'unionpay-network' : dialect);
    }
    return known.get(route);
  };
}

/** Words in codes of one's own for failures that are nobody's decision. */
const TECHNICAL =
  /time[ _-]?d?[ _-]?out|unavailable|unreachable|bad[ _-]?gateway|connection[ _-]?(?:error|failed|refused|reset|closed)|technical|temporar(?:y|ily)[ _-]?(?:error|failure|unavailable)|(?:network|internal|system|server|gateway|api)[ _-]?(?:server[ _-]?)?(?:error|failure)/i;

/** What became of an attempt: the status text decides between approved and not, the code says why. */
export function judge(
  codes: ResponseCodes,
  dialect: string | undefined,
  status: string,
  code: string,
  httpStatus: number,
): { outcome: Outcome; reason: number } {
  const byStatus = status ? codes.status(status) : undefined;
  const judged = code ? ((dialect ? codes.code(dialect, code) : undefined) ?? codes.anyCode(code)) : undefined;
  const reason = judged ? REASONS.indexOf(judged.reason) : 0;
  if (byStatus === 'approved')
    return { outcome: 'approved', reason: judged?.outcome === 'approved' ? reason : REASONS.indexOf('ok') };
  if (byStatus === 'pending' || byStatus === 'error') return { outcome: byStatus, reason };
  if (byStatus === 'declined') {
    const contradicting = judged?.outcome === 'approved' || judged?.outcome === 'pending';
    return {
      outcome:
        judged?.outcome === 'error' || (!judged && (httpStatus >= 500 || TECHNICAL.test(code))) ? 'error' : 'declined',
      reason: contradicting ? 0 : reason,
    };
  }
  if (judged) return { outcome: judged.outcome, reason };
  const bare = status && /^[A-Za-z0-9_.]{1,40}$/.test(status) ? codes.anyCode(status) : undefined;
  if (bare) return { outcome: bare.outcome, reason: REASONS.indexOf(bare.reason) };
  return { outcome: httpStatus >= 400 ? 'error' : 'unknown', reason: 0 };
}
