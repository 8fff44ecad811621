import { isConsoleStatement } from '../../logs/attacks/database-console.ts';
import { iso, some } from '../support.ts';
import { type Check, defineCheck, type Hit } from '../types.ts';
import { median, requestAt, requestReference, stringIds } from './_requests.ts';

const SQL =
  /(\bunion\b.{1,40}\bselect\b|\bor\b\s+['"]?\d+['"]?\s*=\s*['"]?\d+|'\s*or\s*'|\bsleep\s*\(|\bbenchmark\s*\(|\bwaitfor\s+delay|information_schema|\bextractvalue\s*\(|\bupdatexml\s*\(|--\s*-?$|;\s*drop\s+table)/i;
const OTHER =
  /(<script|onerror\s*=|javascript:|\.\.\/\.\.\/|\/etc\/passwd|\$\{jndi:|\{\{.{1,20}\}\}|;\s*(cat|id|wget|curl)\b)/i;

const check: Check = defineCheck({
  meta: {
    id: 'attacks/injection',
    title: 'Injection attack',
    description:
      'Requests carry SQL or script injection. Probing that is refused is noise; answers of an unusual size or many of the same client with success are an attack that worked.',
    class: 'attack',
    basePriority: 'urgent',
    owner: 'sec',
    proof: 'observed',
    needs: ['logs'],
    remedy:
      'Close the parameter with bound variables, put a rule in front, find out what was read, rotate what it held.',
    verification: {
      command: 'curl -s -o /dev/null -w "%{http_code}" "https://$HOST/$PATH?id=1%27%20or%20%271%27=%271"',
      expect: 'a refusal',
    },
    references: ['OWASP Top 10 A03:2021', 'PCI DSS 4.0.1 requirement 6.2.4'],
  },
  *run(context): Iterable<Hit> {
    const r = context.observations.logs.requests;
    const queries = stringIds(r, (s) => /[%'"<;({$]|\.\.\//.test(s) && attackIn(s) !== undefined);
    if (queries.size === 0) return;
    const perClient = new Map<number, number[]>();
    const usualSize = new Map<number, number[]>();
    for (let i = 0; i < r.length; i++) {
      if (queries.has(r.query[i]!) || queries.has(r.path[i]!)) {
        if (isConsoleStatement(r.strings[r.path[i]!] ?? '', r.strings[r.query[i]!] ?? '')) continue;
        const list = perClient.get(r.client[i]!) ?? perClient.set(r.client[i]!, []).get(r.client[i]!)!;
        list.push(i);
      } else if (r.status[i] === 200) {
        const sizes = usualSize.get(r.path[i]!) ?? usualSize.set(r.path[i]!, []).get(r.path[i]!)!;
        if (sizes.length < 500) sizes.push(r.bytes[i]!);
      }
    }
    for (const [client, rows] of perClient) {
      rows.sort((a, b) => r.time[a]! - r.time[b]!);
      const sql = rows.filter((i) => SQL.test(decode(requestAt(r, i).query) + decode(requestAt(r, i).path)));
      const odd = sql.filter((i) => {
        const sizes = usualSize.get(r.path[i]!);
        if (r.status[i] !== 200 || !sizes || sizes.length < 5) return false;
        const usual = median(sizes);
        return r.bytes[i]! > usual * 3 + 500;
      });
      const answered = sql.filter((i) => r.status[i]! >= 200 && r.status[i]! < 300);
      const errors = sql.filter((i) => r.status[i] === 500);
      if (odd.length < 2 && !(answered.length >= 15 && errors.length >= 3)) continue;
      const address = r.strings[client]!;
      const first = r.time[sql[0]!]!;
      const last = r.time[sql.at(-1)!]!;
      yield {
        cause: 'injection-attack',
        confidence: odd.length >= 2 ? 0.92 : 0.7,
        subject: { kind: 'address', id: address },
        title: `SQL injection by ${address} worked on ${requestAt(r, (odd[0] ?? answered[0])!).path}`,
        detail: `${sql.length} injected requests since ${iso(first)}, ${answered.length} answered with success${odd.length ? `, ${odd.length} of them far larger than usual` : ''}.`,
        evidence: [...new Set([sql[0]!, ...odd.slice(0, 4), ...answered.slice(0, 2)])].map((i) =>
          requestReference(context, i),
        ),
        impact: { exposure: 'intruder', ongoing: context.graph.span.to - last < 3_600_000 },
        count: sql.length,
        first,
        last,
        data: { attackers: [address], examples: some(sql.slice(0, 2).map((i) => requestAt(r, i).path)) },
      };
    }
  },
});

export default check;

function decode(text: string): string {
  let out = text.replace(/\+/g, ' ');
  for (let i = 0; i < 2 && /%[0-9a-f]{2}/i.test(out); i++)
    out = out.replace(/%([0-9a-f]{2})/gi, (_, h: string) => String.fromCharCode(Number.parseInt(h, 16)));
  return out.slice(0, 2000);
}

function attackIn(text: string): 'sql' | 'other' | undefined {
  const plain = decode(text);
  return SQL.test(plain) ? 'sql' : OTHER.test(plain) ? 'other' : undefined;
}
