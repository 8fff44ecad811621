import type { EvidenceRef } from '../../finding.ts';
import { counted } from '../../wording.ts';
import { asListed, iso, some } from '../support.ts';
import { type Check, type CheckContext, defineCheck, type Hit } from '../types.ts';
import { byTime, requestAt, requestReference, stringIds } from './_requests.ts';

/** Server-side script types; static sites and API servers answer none of them. */
const SCRIPT = /\.(php\d?|phtml|phar|jspx?|jspf|aspx?|ashx|asmx|cgi|pl|cfm)(;|\/|$)/i;
/** Places that hold what users or caches put there, never code. */
const DATA_FOLDER =
  /\/(uploads?|images?|img|media|avatars?|static|assets|files?|attachments?|cache|tmp|temp|data|fonts?|css|js)\//i;
const UPLOAD = /upload|ueditor|filemanager|elfinder|import|attachment|avatar|fileman|kindeditor/i;
const HOUR = 3_600_000;

const check: Check = defineCheck({
  meta: {
    id: 'attacks/web-shell',
    title: 'Web shell in use',
    description:
      'A script in a folder for uploads or static files answers POST requests of one or two clients with success. Joined with the upload before it, the file listing and new accounts.',
    class: 'attack',
    basePriority: 'urgent',
    owner: 'sec',
    proof: 'observed',
    needs: ['logs'],
    remedy:
      'Isolate the host without switching it off, preserve image and logs, then rebuild it and rotate every key it held.',
    verification: { command: 'find $WEBROOT -path "*upload*" -name "*.php" -newer $RELEASE', expect: 'no file' },
    references: ['MITRE ATT&CK T1505.003', 'PCI DSS 4.0.1 requirement 12.10'],
  },
  *run(context): Iterable<Hit> {
    const r = context.observations.logs.requests;
    const scripts = stringIds(r, (s) => s.length < 512 && s.startsWith('/') && SCRIPT.test(s));
    const perPath = new Map<number, { posts: number[]; gets: number[]; clients: Set<number>; failed: number }>();
    for (let i = 0; i < r.length; i++) {
      const path = r.path[i]!;
      if (!scripts.has(path)) continue;
      let p = perPath.get(path);
      if (!p) {
        p = { posts: [], gets: [], clients: new Set(), failed: 0 };
        perPath.set(path, p);
      }
      if (r.status[i]! >= 400 || r.status[i] === 0) {
        p.failed++;
        continue;
      }
      if (r.status[i]! >= 300) continue;
      (r.strings[r.method[i]!] === 'POST' ? p.posts : p.gets).push(i);
      p.clients.add(r.client[i]!);
    }
    // A site written in PHP has scripts of its own, used by many clients; a shell is used by one or two.
    for (const [id, p] of perPath) {
      const path = r.strings[id]!;
      const rows = byTime(r, [...p.posts, ...p.gets]);
      if (p.posts.length < 2 || p.clients.size > 3 || rows.length === 0) continue;
      const listed = context.observations.facts.files.find(
        (f) => f.path.endsWith(path) || f.path.endsWith(path.slice(path.lastIndexOf('/'))),
      );
      const inData = DATA_FOLDER.test(path) || (listed !== undefined && DATA_FOLDER.test(listed.path));
      if (!inData && !(listed && /www-data|nginx|apache|httpd|nobody|tomcat/.test(listed.owner))) continue;
      yield describe(
        context,
        path,
        rows,
        p.posts.length,
        [...p.clients],
        listed
          ? {
              file: listed.file,
              line: listed.line,
              text: asListed(listed),
            }
          : undefined,
      );
    }
  },
});

export default check;

function describe(
  context: CheckContext,
  path: string,
  rows: number[],
  posts: number,
  clientIds: number[],
  listed: EvidenceRef | undefined,
): Hit {
  const r = context.observations.logs.requests;
  const attackers = clientIds.map((c) => r.strings[c]!).sort();
  let first = r.time[rows[0]!]!;
  const last = r.time[rows.at(-1)!]!;
  let upload: number | undefined;
  for (let i = 0; i < r.length; i++) {
    if (!clientIds.includes(r.client[i]!) || r.time[i]! >= first || r.time[i]! < r.time[rows[0]!]! - HOUR) continue;
    const q = requestAt(r, i);
    if (
      (q.method === 'POST' || q.method === 'PUT') &&
      q.status < 400 &&
      UPLOAD.test(`${q.path}?${q.query}`) &&
      (upload === undefined || q.time < r.time[upload]!)
    )
      upload = i;
  }
  if (upload !== undefined) first = r.time[upload]!;
  const accounts = intruderAccounts(context, attackers, first);
  return {
    cause: 'web-shell',
    confidence: listed || upload !== undefined || accounts.length ? 0.95 : 0.84,
    proof: listed && upload !== undefined ? 'structural' : 'observed',
    subject: { kind: 'file', id: path },
    title: `Web shell ${path} is in use by ${some(attackers)}`,
    detail: `${posts} POST requests were answered with success to ${attackers.length === 1 ? 'one address' : `${counted(attackers.length, 'address', 'addresses')}`} only${upload !== undefined ? `, after an upload at ${iso(first)}` : ''}${accounts.length ? `; an account was created or opened on the host afterwards` : ''}.`,
    evidence: [
      ...(upload !== undefined ? [requestReference(context, upload)] : []),
      requestReference(context, rows[0]!),
      ...(listed ? [listed] : []),
      ...accounts.slice(0, 3),
      ...rows.slice(1, 6).map((i) => requestReference(context, i)),
    ],
    impact: { exposure: 'intruder', ongoing: context.graph.span.to - last < HOUR },
    count: rows.length,
    first,
    last,
    data: { path, attackers },
  };
}

/** Accounts made with root's number, password changes and logins from the attackers' addresses. */
function intruderAccounts(context: CheckContext, attackers: string[], from: number): EvidenceRef[] {
  const out: EvidenceRef[] = [];
  for (const rec of context.observations.logs.records) {
    if (rec.time < from - 60_000) continue;
    const text = rec.message;
    const rootAccount = /new user: .{0,80}UID=0\b|usermod.{0,80}(sudo|wheel|root)/.test(text);
    const login = /Accepted (password|publickey) for/.test(text) && attackers.some((a) => text.includes(` ${a} `));
    if (!rootAccount && !login) continue;
    out.push({
      file: context.observations.logs.sources[rec.source]?.file ?? '',
      line: rec.line,
      text: text.slice(0, 200),
      time: iso(rec.time),
    });
    if (out.length >= 6) break;
  }
  return out;
}
