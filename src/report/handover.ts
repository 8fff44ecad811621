/**
 * Ready-to-send texts, one for each party that has something to do: what happened in their part, since when, the evidence
 * that this party needs and nothing else, and what is asked of them. Pure; the report must be sanitised before.
 */
import type { EvidenceRef, Finding, Owner } from '../finding.ts';
import { isIncident } from './text.ts';
import type { Diagnosis, Report } from './types.ts';

export interface Handover {
  owner: Owner;
  /** File name, e.g. `bank.txt`. */
  file: string;
  text: string;
}

const EVIDENCE = 6;

const WORDS = {
  en: {
    title: 'Payment incident',
    since: 'Since',
    ended: 'until',
    going: 'still going on',
    priority: 'Priority',
    where: 'Where',
    what: 'What we see',
    ask: 'What we ask of you',
    proof: 'Evidence',
    verify: 'We will verify with',
    expect: 'Success looks like',
    indicators: 'Indicators',
    parameters: 'TLS parameters: what our clients offer, and what your side was seen to accept',
    offered: 'offered',
    accepted: 'accepted',
    unseen: 'not seen',
    kinds: { Versions: 'versions', Suites: 'cipher suites', Groups: 'groups' },
    csr: 'Request for a new certificate (new key, made on the host that uses it)',
    clock: 'Times are UTC; this text was made from evidence up to',
    none: 'no further detail',
  },
  zh: {
    title: '支付故障通报',
    since: '开始时间',
    ended: '结束于',
    going: '仍在持续',
    priority: '优先级',
    where: '链路',
    what: '现象',
    ask: '请贵方处理',
    proof: '证据',
    verify: '我方将用以下命令验证',
    expect: '成功的表现',
    indicators: '威胁指标',
    parameters: 'TLS 参数：我方客户端提供的，与观察到贵方接受的',
    offered: '提供',
    accepted: '接受',
    unseen: '未观察到',
    kinds: { Versions: '协议版本', Suites: '密码套件', Groups: '密钥交换组' },
    csr: '新证书申请（在使用该证书的主机上生成新密钥）',
    clock: '时间均为 UTC；本文依据的证据截止于',
    none: '无更多细节',
  },
} as const;

const PRIORITY = {
  en: { urgent: 'urgent', important: 'important', routine: 'routine' },
  zh: { urgent: '紧急', important: '重要', routine: '一般' },
} as const;

const place = (e: EvidenceRef): string =>
  `${e.file}${e.line !== undefined ? `:${e.line}` : e.frame !== undefined ? ` frame ${e.frame}` : e.offset !== undefined ? ` byte ${e.offset}` : ''}`;

/** Addresses, paths and hosts that the security team hunts for. */
function indicators(findings: Finding[]): string[] {
  const out = new Set<string>();
  for (const f of findings) {
    for (const key of ['attackers', 'path', 'hosts', 'destination', 'source', 'examples'] as const) {
      const value = f.data?.[key];
      for (const one of Array.isArray(value) ? value : value === undefined ? [] : [value])
        if (typeof one === 'string' && one) out.add(`${key}: ${one}`);
    }
  }
  return [...out].slice(0, 60);
}

/** What was offered beside what was accepted, from captured handshakes; for the technician of the other side. */
function parameters(findings: Finding[], language: 'en' | 'zh'): string[] {
  const w = WORDS[language];
  const list = (value: unknown): string =>
    Array.isArray(value) && value.length
      ? value.slice(0, 16).join(', ') + (value.length > 16 ? `, +${value.length - 16}` : '')
      : w.unseen;
  const data = findings.find((f) => Array.isArray(f.data?.offeredVersions))?.data;
  if (!data) return [];
  return [
    '',
    `${w.parameters}:`,
    ...(['Versions', 'Suites', 'Groups'] as const).flatMap((kind) => [
      `- ${w.kinds[kind]}`,
      `    ${w.offered}: ${list(data[`offered${kind}`])}`,
      `    ${w.accepted}: ${list(data[`accepted${kind}`])}`,
    ]),
  ];
}

/** The texts of a report, in the order of the diagnoses. */
export function handovers(report: Report, language: 'en' | 'zh'): Handover[] {
  const w = WORDS[language];
  const claims = report.diagnosis.filter(isIncident);
  const owners = new Set<Owner>(claims.flatMap((d) => [d.owner, ...d.tell.map((t) => t.owner)]));
  return [...owners].map((owner) => {
    const parts = claims
      .filter((d) => d.owner === owner || d.tell.some((t) => t.owner === owner))
      .map((d) => section(report, d, owner, language));
    return {
      owner,
      file: `${owner}.txt`,
      text: `${w.title}\n${'='.repeat(40)}\n\n${parts.join(`\n${'-'.repeat(40)}\n\n`)}\n${w.clock} ${report.incident.clock}\n`,
    };
  });
}

function section(report: Report, d: Diagnosis, owner: Owner, language: 'en' | 'zh'): string {
  const w = WORDS[language];
  const findings = report.findings.filter((f) => d.explains.includes(f.fingerprint));
  const asked = d.tell
    .filter((t) => t.owner === owner)
    .map((t) => (language === 'zh' && 'zh' in t && typeof t.zh === 'string' ? t.zh : t.what));
  const own = owner === d.owner;
  const lines = [
    `${(language === 'zh' ? d.titles?.zh : d.titles?.en) ?? d.title}`,
    `${w.priority}: ${PRIORITY[language][d.priority]}`,
    ...(d.onset ? [`${w.since}: ${d.onset} (${d.ended ? `${w.ended} ${d.ended}` : w.going})`] : []),
    ...(d.leg ? [`${w.where}: ${d.leg}`] : []),
    '',
    `${w.what}:`,
    ...d.because.slice(0, 3).map((b) => `- ${b}`),
    '',
    `${w.ask}:`,
    ...(asked.length ? asked : own ? d.remedy.slice(0, 4) : [w.none]).map((a) => `- ${a}`),
    '',
    `${w.proof}:`,
    ...d.evidence
      .slice(0, EVIDENCE)
      .map((e) => `- ${e.time ? `${e.time} ` : ''}${place(e)}${e.text ? `\n    ${e.text}` : ''}`),
  ];
  if (['bank', 'psp', 'net', 'ops', 'app'].includes(owner)) lines.push(...parameters(findings, language));
  if (owner === 'ca') {
    const host = findings
      .map((f) => f.data?.host)
      .find((h): h is string => typeof h === 'string' && /^[a-z0-9.-]+$/i.test(h));
    if (host)
      lines.push(
        '',
        `${w.csr}:`,
        `  openssl req -new -newkey rsa:2048 -nodes -keyout ${host}.key -out ${host}.csr -subj "/CN=${host}" -addext "subjectAltName=DNS:${host}"`,
      );
  }
  if (owner === 'sec') {
    const found = indicators(findings);
    if (found.length) lines.push('', `${w.indicators}:`, ...found.map((i) => `- ${i}`));
  }
  if (own) lines.push('', `${w.verify}:`, `  ${d.verify.command}`, `${w.expect}: ${d.verify.after}`);
  return `${lines.join('\n')}\n`;
}
