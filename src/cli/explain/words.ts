/** Labels of `explain` in both languages. */
import type { FaultClass, Owner, Priority } from '../../finding.ts';

const ENGLISH = {
  code: 'Code',
  class: 'Class',
  family: 'Family',
  owner: 'Owner',
  priority: 'Priority',
  exposure: 'At risk',
  urgentAlways: 'always urgent',
  usual: 'at its usual scope',
  what: 'What happened',
  texts: 'What software says',
  rivals: 'What it is mistaken for, and what separates them',
  remedy: 'Remedy',
  verify: 'Verify',
  run: 'run',
  before: 'before',
  after: 'after',
  escalates: 'What makes it worse',
  leadsTo: 'What follows from it',
  prevent: 'Prevent',
  tell: 'Who is told what',
  alsoOwner: 'Someone else may own it',
  references: 'References',
  supports: 'Findings that show it',
  excludes: 'Findings that speak against it',
  alert: 'TLS alert',
  number: 'Number',
  meaning: 'Meaning',
  sentBy: 'Who sends it, for what',
  mayBe: 'Causes that may stand behind it',
  ask: 'Ask instead',
  check: 'Check',
  decides: 'How it decides',
  needs: 'Evidence it needs',
  proof: 'Proof',
  causesShown: 'Causes it can show',
  textTitle: 'What this text may mean',
  matched: 'Recognised',
  says: 'says',
  sameText:
    'One text has several causes, so this alone proves none. Give paymedic the evidence: paymedic triage <folder>',
  responseCode: 'Payment response code',
  perDialect: 'The same code means different things to different acquirers; trust the table of the one that sent it.',
  manyOfThem: 'If many come at once',
  listTitle: 'The catalogue of causes',
  more: 'paymedic explain <cause> shows one of them.',
  placeholders: 'Set before it:',
};

const CHINESE: typeof ENGLISH = {
  code: '编号',
  class: '类别',
  family: '族',
  owner: '负责方',
  priority: '优先级',
  exposure: '风险对象',
  urgentAlways: '始终紧急',
  usual: '按通常影响范围',
  what: '发生了什么',
  texts: '各软件的报错文字',
  rivals: '容易混淆的原因及区分方法',
  remedy: '处理步骤',
  verify: '验证',
  run: '执行',
  before: '修复前',
  after: '修复后',
  escalates: '何时升级',
  leadsTo: '可能引发的后果',
  prevent: '预防',
  tell: '通知谁、通知什么',
  alsoOwner: '其他可能的负责方',
  references: '参考资料',
  supports: '支持该原因的发现',
  excludes: '排除该原因的发现',
  alert: 'TLS 告警',
  number: '编号',
  meaning: '含义',
  sentBy: '由谁发送、因何发送',
  mayBe: '可能的原因',
  ask: '应当查看',
  check: '检查项',
  decides: '判断方法',
  needs: '所需证据',
  proof: '证明力',
  causesShown: '可证明的原因',
  textTitle: '这段文字可能的含义',
  matched: '识别结果',
  says: '含义',
  sameText: '同一段文字可能有多种原因，单凭它不能定论。请把证据交给 paymedic：paymedic triage <目录>',
  responseCode: '支付返回码',
  perDialect: '同一返回码在不同机构含义不同，请以发送方的对照表为准。',
  manyOfThem: '如果短时间大量出现',
  listTitle: '原因目录',
  more: 'paymedic explain <原因> 可查看详情。',
  placeholders: '执行前请设置：',
};

const CLASSES: { [c in FaultClass]: string } = {
  technical: '技术',
  configuration: '配置',
  attack: '攻击',
  incompatibility: '不兼容',
};
const PRIORITIES: { [p in Priority]: string } = { urgent: '紧急', important: '重要', routine: '一般' };
const OWNERS_EN: { [o in Owner]: string } = {
  ops: 'own operations',
  app: 'own developers',
  ca: 'certificate authority',
  bank: 'bank or acquirer',
  psp: 'gateway provider',
  net: 'network',
  sec: 'security',
  risk: 'fraud and risk',
};
const OWNERS_ZH: { [o in Owner]: string } = {
  ops: '本方运维',
  app: '本方开发',
  ca: '证书机构',
  bank: '银行或收单机构',
  psp: '支付服务商',
  net: '网络',
  sec: '安全',
  risk: '风控',
};
const FAMILIES: { [family: string]: { en: string; zh: string } } = {
  'server-certificate': { en: 'server certificates', zh: '服务器证书' },
  'mutual-tls': { en: 'mutual TLS', zh: '双向认证' },
  'tls-parameters': { en: 'TLS protocol and parameters', zh: 'TLS 协议与参数' },
  network: { en: 'network', zh: '网络' },
  capacity: { en: 'capacity and platform', zh: '容量与平台' },
  message: { en: 'payment messages', zh: '支付报文' },
  attack: { en: 'attacks', zh: '攻击' },
};

export type Language = 'en' | 'zh';
export type Words = typeof ENGLISH;

export const wordsOf = (language: Language): Words => (language === 'zh' ? CHINESE : ENGLISH);
export const className = (value: FaultClass, language: Language): string =>
  language === 'zh' ? CLASSES[value] : value;
export const priorityName = (value: Priority, language: Language): string =>
  language === 'zh' ? PRIORITIES[value] : value;
export const ownerName = (value: Owner, language: Language): string =>
  language === 'zh' ? OWNERS_ZH[value] : `${value} (${OWNERS_EN[value]})`;
export const familyName = (value: string, language: Language): string => FAMILIES[value]?.[language] ?? value;
export const FAMILY_ORDER: readonly string[] = Object.keys(FAMILIES);
/** Joins a label and what follows, with the colon of the language. */
export const colon = (language: Language): string => (language === 'zh' ? '：' : ': ');
