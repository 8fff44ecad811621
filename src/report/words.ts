/** The words of the reports in both languages. Formats never write a label of their own. */
import type { FaultClass, Owner, Priority, Proof, Side } from '../finding.ts';
import type { StepRecord, TimelineEntry } from './types.ts';

export type Language = 'en' | 'zh';

const ENGLISH = {
  what: 'What', since: 'Since', howBad: 'How bad', who: 'Who', next: 'Next',
  report: 'Payment incident report', diagnosis: 'Diagnosis', candidates: 'Possible, not proven', findings: 'Findings',
  evidence: 'Evidence', because: 'Why', against: 'Against', remedy: 'Remedy', verify: 'Verify', before: 'before', after: 'after',
  separates: 'What would separate it from the runner-up', tell: 'Tell', deadline: 'Deadline', onset: 'Onset', ended: 'Ended',
  ongoing: 'still going on at the incident clock', consequences: 'Consequences', coincidences: 'At the same time',
  priorityInputs: 'Priority decided by', timeline: 'Timeline', slices: 'Who is hit', notChecked: 'Not checked',
  wouldShow: 'would show it', manifest: 'Evidence read', clocks: 'Clocks that are running', confirm: 'Confirm every clock with counsel before relying on it.',
  playbook: 'Playbook', priority: 'Priority', owner: 'Owner', cause: 'Cause', confidence: 'confidence', leg: 'leg', side: 'side', scope: 'scope', class: 'class',
  finding: 'Finding', where: 'Where', count: 'Count', share: 'Failing', attempts: 'Attempts', failed: 'Failed', success: 'Success rate', dimension: 'Slice', value: 'Value',
  file: 'File', kind: 'Kind', size: 'Size', read: 'Read', unreadable: 'Could not be read', time: 'Time', title: 'Title', due: 'Due', to: 'To', source: 'Source', start: 'Start',
  incidentClock: 'Incident clock', span: 'Evidence spans', legs: 'Legs', inputs: 'Inputs', generated: 'Generated', nothingWrong: 'Nothing wrong was found in this evidence.',
  noOnset: 'not shown by this evidence', nobody: 'nobody', none: 'none', more: 'more', andMore: 'and {n} more; --verbose or --format json shows all',
  frame: 'frame', line: 'line', byte: 'byte', certificate: 'certificate', unknown: 'unknown', result: 'Result', step: 'Step', phase: 'Phase',
  firstSeen: 'First seen', lastSeen: 'Last seen', subject: 'Subject', detail: 'Detail', proof: 'Proof', references: 'References', fingerprint: 'Fingerprint', impact: 'Impact',
  days: 'days', day: 'day', hours: 'h', minutes: 'min', seconds: 's', whollyDown: 'wholly down', daysLeft: '{n} days left', daysPast: 'expired {n} days ago', exposure: 'exposure',
  filesRead: '{n} read', filesUnread: '{n} not readable', countsSkipped: 'left out', waived: 'Waived', prepare: 'Prepare', detect: 'Detect and analyse', contain: 'Contain', eradicate: 'Eradicate', recover: 'Recover', lessons: 'Lessons',
};

export type Words = typeof ENGLISH;

const CHINESE: Words = {
  what: '现象', since: '始于', howBad: '影响', who: '责任方', next: '下一步',
  report: '支付故障报告', diagnosis: '诊断', candidates: '可能，尚未证实', findings: '发现',
  evidence: '证据', because: '依据', against: '反证', remedy: '处置', verify: '验证', before: '修复前', after: '修复后',
  separates: '区分与次选原因的检查', tell: '通知', deadline: '期限', onset: '起始', ended: '结束',
  ongoing: '至事件时钟仍在持续', consequences: '引发的后果', coincidences: '同时发生',
  priorityInputs: '优先级依据', timeline: '时间线', slices: '受影响范围', notChecked: '未能检查',
  wouldShow: '可由此判定', manifest: '已读证据', clocks: '正在计时的时限', confirm: '依赖任何时限之前请与法务确认。',
  playbook: '处置手册', priority: '优先级', owner: '责任方', cause: '原因', confidence: '置信度', leg: '链路', side: '一侧', scope: '范围', class: '类别',
  finding: '发现', where: '位置', count: '次数', share: '失败率', attempts: '尝试', failed: '失败', success: '成功率', dimension: '维度', value: '取值',
  file: '文件', kind: '类型', size: '大小', read: '读取', unreadable: '无法读取', time: '时间', title: '标题', due: '截止', to: '对象', source: '来源', start: '起点',
  incidentClock: '事件时钟', span: '证据时间范围', legs: '链路', inputs: '输入', generated: '生成时间', nothingWrong: '在此证据中未发现异常。',
  noOnset: '此证据未能显示', nobody: '无', none: '无', more: '更多', andMore: '另有 {n} 项；使用 --verbose 或 --format json 查看全部',
  frame: '帧', line: '行', byte: '字节', certificate: '证书', unknown: '未知', result: '结果', step: '步骤', phase: '阶段',
  firstSeen: '首次出现', lastSeen: '最后出现', subject: '对象', detail: '详情', proof: '证明', references: '参考', fingerprint: '指纹', impact: '影响',
  days: '天', day: '天', hours: '小时', minutes: '分钟', seconds: '秒', whollyDown: '完全中断', daysLeft: '剩余 {n} 天', daysPast: '已过期 {n} 天', exposure: '泄露风险',
  filesRead: '已读 {n} 个', filesUnread: '{n} 个无法读取', countsSkipped: '略过', waived: '已豁免', prepare: '准备', detect: '检测与分析', contain: '遏制', eradicate: '根除', recover: '恢复', lessons: '经验教训',
};

const PRIORITY: { [l in Language]: { [p in Priority | 'none']: string } } = {
  en: { urgent: 'URGENT', important: 'IMPORTANT', routine: 'ROUTINE', none: 'NOTHING WRONG' },
  zh: { urgent: '紧急', important: '重要', routine: '一般', none: '无异常' },
};

const OWNER: { [l in Language]: { [o in Owner]: string } } = {
  en: { ops: 'own operations', app: 'own developers', ca: 'certificate authority', bank: 'bank or acquirer', psp: 'gateway provider', net: 'network', sec: 'security', risk: 'fraud' },
  zh: { ops: '本方运维', app: '本方开发', ca: '证书颁发机构', bank: '银行或收单方', psp: '支付网关服务商', net: '网络', sec: '安全', risk: '风控' },
};

const CLASS: { [l in Language]: { [c in FaultClass]: string } } = {
  en: { technical: 'technical fault', configuration: 'configuration', attack: 'attack', incompatibility: 'incompatibility' },
  zh: { technical: '技术故障', configuration: '配置错误', attack: '攻击', incompatibility: '不兼容' },
};

const SIDE: { [l in Language]: { [s in Side]: string } } = {
  en: { client: 'client', server: 'server', between: 'between the two', unknown: 'unknown' },
  zh: { client: '客户端', server: '服务端', between: '两端之间', unknown: '未知' },
};

const PROOF: { [l in Language]: { [p in Proof]: string } } = {
  en: { structural: 'structural', observed: 'observed', textual: 'textual', circumstantial: 'circumstantial' },
  zh: { structural: '结构性', observed: '观测', textual: '文本', circumstantial: '旁证' },
};

const OUTCOME: { [l in Language]: { [o in StepRecord['outcome']]: string } } = {
  en: { passed: 'passed', failed: 'failed', error: 'error', skipped: 'skipped', waived: 'waived', 'timed-out': 'timed out', waiting: 'waiting' },
  zh: { passed: '通过', failed: '未通过', error: '出错', skipped: '跳过', waived: '豁免', 'timed-out': '超时', waiting: '等待' },
};

const EVENT_KIND: { [l in Language]: { [k in TimelineEntry['kind']]: string } } = {
  en: { change: 'change', certificate: 'certificate', error: 'error', traffic: 'traffic', attack: 'attack', clock: 'clock', onset: 'ONSET', end: 'end', note: 'note' },
  zh: { change: '变更', certificate: '证书', error: '错误', traffic: '流量', attack: '攻击', clock: '时钟', onset: '起始', end: '结束', note: '备注' },
};

export interface Vocabulary {
  words: Words;
  priority(value: Priority | 'none'): string;
  owner(value: Owner): string;
  faultClass(value: FaultClass): string;
  side(value: Side): string;
  proof(value: Proof): string;
  outcome(value: StepRecord['outcome']): string;
  event(value: TimelineEntry['kind']): string;
}

/** The words of one language. A value that the vocabulary does not know (a newer or altered report) is shown as it stands. */
export function vocabulary(language: Language): Vocabulary {
  const look = (table: { [key: string]: string }) => (value: string) => (Object.hasOwn(table, value) ? table[value]! : String(value));
  return {
    words: language === 'zh' ? CHINESE : ENGLISH,
    priority: look(PRIORITY[language]),
    owner: look(OWNER[language]),
    faultClass: look(CLASS[language]),
    side: look(SIDE[language]),
    proof: look(PROOF[language]),
    outcome: look(OUTCOME[language]),
    event: look(EVENT_KIND[language]),
  };
}

/** Fills `{n}` in a phrase. */
export const filled = (phrase: string, n: number | string): string => phrase.replace('{n}', String(n));
