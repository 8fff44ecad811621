/** What a payment response code says, in every dialect that has it. Pure. */
import type { Cause } from '../../knowledge/types.ts';
import type { Reason, ResponseCodeData } from '../../transactions/response-codes.ts';
import type { Outcome } from '../../transactions/types.ts';
import { type Document, rows, type Section, sections, text } from './document.ts';
import { type Language, wordsOf } from './words.ts';

export interface CodeMeaning {
  dialect: string;
  outcome: Outcome;
  reason: Reason;
}

/** Causes that many answers of one kind may come from; the rest is everyday business. */
const CAUSES: { [reason in Reason]?: string[] } = {
  'issuer-unavailable': ['issuer-decline-storm', 'upstream-unavailable'],
  system: ['issuer-decline-storm', 'upstream-unavailable'],
  timeout: ['issuer-decline-storm', 'upstream-slow'],
  connection: ['upstream-unavailable', 'connection-dropped'],
  signature: ['request-signature-wrong', 'sign-type-mismatch', 'charset-mismatch'],
  mac: ['mac-key-out-of-sync'],
  security: ['mac-key-out-of-sync'],
  duplicate: ['duplicate-payment'],
  throttled: ['throttled'],
  'frequency-limit': ['card-testing'],
  'invalid-card': ['card-testing', 'card-enumeration'],
  'expired-card': ['card-enumeration'],
  'wrong-security-code': ['card-enumeration', 'card-testing'],
  'do-not-honour': ['card-testing'],
  'authentication-3ds': ['three-ds-failure'],
};

const CHINESE_OUTCOMES: { [outcome in Outcome]?: string } = {
  approved: '批准',
  declined: '拒绝',
  error: '出错',
  pending: '处理中',
  unknown: '未知',
};
const CHINESE_REASONS: { [reason in Reason]?: string } = {
  ok: '成功',
  'refer-to-issuer': '联系发卡行',
  'merchant-configuration': '商户配置有误',
  'lost-or-stolen': '挂失或被盗',
  'do-not-honour': '不予承兑',
  system: '系统故障',
  'in-progress': '处理中',
  'invalid-transaction': '交易无效',
  'invalid-amount': '金额无效',
  'invalid-card': '卡号无效',
  'not-found': '未找到',
  'message-format': '报文格式错误',
  routing: '路由错误',
  'expired-card': '卡已过期',
  'suspected-fraud': '疑似欺诈',
  pin: '密码错误',
  'not-permitted': '不允许的交易',
  funds: '余额不足',
  limit: '超出金额限制',
  security: '安全校验失败',
  'frequency-limit': '超出次数限制',
  timeout: '超时',
  'wrong-security-code': '安全码错误',
  'issuer-unavailable': '发卡行或转接机构不可用',
  duplicate: '重复交易',
  reconcile: '需对账',
  'authentication-required': '需要身份验证',
  'authentication-3ds': '3-D Secure 验证失败',
  'stop-payment': '止付',
  signature: '签名错误',
  mac: 'MAC 校验错误',
  customer: '等待客户',
  closed: '已关闭',
  throttled: '被限流',
  connection: '连接失败',
};

/** The meanings of a code; empty when no dialect has it. Case matters nowhere. */
export function meaningsOf(data: ResponseCodeData | undefined, code: string): CodeMeaning[] {
  const wanted = code.trim().toLowerCase();
  if (!data || !/^[\w.-]{1,64}$/.test(wanted)) return [];
  return Object.entries(data.dialects).flatMap(([dialect, { codes }]) => {
    const found = Object.entries(codes).find(([known]) => known.toLowerCase() === wanted);
    return found ? [{ dialect, outcome: found[1][0], reason: found[1][1] }] : [];
  });
}

/** Sections about a code, for a document of its own or after that of an alert of the same number. */
export function codeSections(
  meanings: readonly CodeMeaning[],
  causeById: ReadonlyMap<string, Cause>,
  language: Language,
): Section[] {
  const words = wordsOf(language);
  const say = ({ outcome, reason }: CodeMeaning): string =>
    language === 'zh'
      ? `${CHINESE_OUTCOMES[outcome] ?? outcome}：${CHINESE_REASONS[reason] ?? reason}`
      : `${outcome}: ${reason.replaceAll('-', ' ')}`;
  if (meanings.length === 0) return [];
  const causes = [...new Set(meanings.flatMap((m) => CAUSES[m.reason] ?? []))];
  return sections([
    {
      heading: words.responseCode,
      blocks: [rows(meanings.map((m) => ({ label: m.dialect, text: say(m) }))), text(words.perDialect)],
    },
    {
      heading: words.manyOfThem,
      blocks: [
        rows(causes.map((id) => ({ label: id, text: causeById.get(id)?.title[language] ?? '', link: `cause:${id}` }))),
      ],
    },
  ]);
}

export function codeDocument(
  code: string,
  meanings: readonly CodeMeaning[],
  causeById: ReadonlyMap<string, Cause>,
  language: Language,
): Document {
  return {
    title: `${wordsOf(language).responseCode} ${code}`,
    facts: [],
    sections: codeSections(meanings, causeById, language),
  };
}
