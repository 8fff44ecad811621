import { least } from '../../lists.ts';
import { requestReference, stringIds } from '../attacks/_requests.ts';
import { asListed, iso } from '../support.ts';
import { type Check, defineCheck, type Hit } from '../types.ts';

const KEY_FILE =
  /(\.(key|pem|p12|pfx|jks|keystore|ppk)|(^|\/)id_(rsa|ecdsa|ed25519|dsa)|private.{0,12}\.(pem|der|txt))(\.(bak|old|txt|swp|orig))?$/i;
const SURE_KEY = /(\.key|\.p12|\.pfx|\.jks|\.ppk|(^|\/)id_(rsa|ecdsa|ed25519|dsa)|private|[_-]key\.pem)/i;
const WEB_ROOT =
  /^\/(srv|var|usr\/share|home\/[^/]{1,40})\/(www|html|nginx|web|public)|\/(public|htdocs|webroot|wwwroot|static)\//i;
const DAY = 86_400_000;
const SAMPLE = /\/(test|tests|fixtures?|example|examples|sample|docs?)\//i;

const check: Check = defineCheck({
  meta: {
    id: 'certificates/private-key-exposed',
    title: 'Private key exposed',
    description:
      'A private key could be fetched over HTTP, lies in a web root, or is readable for everybody on a host that serves payments.',
    class: 'attack',
    basePriority: 'urgent',
    owner: 'sec',
    proof: 'structural',
    needs: [],
    remedy:
      'Make a new key on the host, have a new certificate issued for it, revoke the old one as compromised, look for its use.',
    verification: {
      command: 'curl -s -o /dev/null -w "%{http_code}" https://$HOST/$PATH',
      expect: '404, and a new SPKI fingerprint on the listener',
    },
    references: ['RFC 5280 section 5.3.1', 'PCI DSS 4.0.1 requirement 3.6'],
  },
  *run(context): Iterable<Hit> {
    const r = context.observations.logs.requests;
    const paths = stringIds(r, (s) => s.startsWith('/') && s.length < 300 && KEY_FILE.test(s) && SURE_KEY.test(s));
    const fetched = new Map<number, number[]>();
    for (let i = 0; i < r.length; i++) {
      if (!paths.has(r.path[i]!) || r.status[i] !== 200 || !(r.bytes[i]! > 200)) continue;
      const list = fetched.get(r.path[i]!) ?? fetched.set(r.path[i]!, []).get(r.path[i]!)!;
      list.push(i);
    }
    for (const [path, rows] of fetched) {
      rows.sort((a, b) => r.time[a]! - r.time[b]!);
      const listed = context.observations.facts.files.find((f) => f.path.endsWith(r.strings[path]!.split('/').pop()!));
      yield {
        cause: 'private-key-exposed',
        confidence: listed ? 0.95 : 0.85,
        subject: { kind: 'file', id: r.strings[path]! },
        title: `The private key ${r.strings[path]} was fetched over HTTP`,
        detail: `${rows.length} requests were answered with ${r.bytes[rows[0]!]} bytes since ${iso(r.time[rows[0]!]!)}.`,
        evidence: [
          ...rows.slice(0, 4).map((i) => requestReference(context, i)),
          ...(listed ? [{ file: listed.file, line: listed.line, text: asListed(listed) }] : []),
        ],
        impact: { exposure: 'keys', ongoing: true },
        count: rows.length,
        first: r.time[rows[0]!]!,
        last: r.time[rows.at(-1)!]!,
      };
    }
    // A file keeps the time of its making wherever it is copied; the first fetch is the sure beginning then.
    const firstFetch = least([...fetched.values()].map((rows) => r.time[rows[0]!]!));
    const fetchedLater = (modified: number): boolean => Number.isFinite(firstFetch) && firstFetch - modified > DAY;
    for (const f of context.observations.facts.files) {
      if (
        !KEY_FILE.test(f.path) ||
        !SURE_KEY.test(f.path) ||
        SAMPLE.test(f.path) ||
        f.size === 0 ||
        f.mode.startsWith('d')
      )
        continue;
      const world = /^.{7}r/.test(f.mode) || /^0?[0-7]{2}[4-7]$/.test(f.mode);
      const inWeb = WEB_ROOT.test(f.path);
      if (!inWeb && !world) continue;
      yield {
        ...(inWeb && world ? { cause: 'private-key-exposed', confidence: 0.82 } : {}),
        proof: inWeb && world ? 'structural' : 'circumstantial',
        subject: { kind: 'file', id: f.path },
        title: inWeb
          ? `The private key ${f.path} lies in a web root`
          : `The private key ${f.path} is readable for everybody on its host`,
        detail: `${f.mode === '' ? 'Its mode is not known' : `Mode ${f.mode}, owner ${f.owner}`}, changed ${iso(f.modified)}.`,
        evidence: [{ file: f.file, line: f.line, text: asListed(f) }],
        impact: inWeb && world ? { exposure: 'keys', ongoing: true } : { scope: 'none' },
        ...(inWeb && world && Number.isFinite(f.modified) && !fetchedLater(f.modified) ? { first: f.modified } : {}),
      };
    }
  },
});

export default check;
