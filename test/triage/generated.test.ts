/**
 * A sample of the generated incidents (bench/incidents): each family in a shop of its own, once as it is and once with
 * something about the evidence changed that must not change the answer, or taken away so that it must become careful.
 */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { INCIDENTS, type Made, make, without } from '../../bench/incidents/index.ts';
import { judge, triageFiles, type Verdict } from '../../bench/incidents/judge.ts';
import type { Options } from '../../bench/incidents/world.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { ROOT } from './bundle.ts';

const incident = (name: string) => INCIDENTS.find((i) => i.name === name)!;
async function verdictOf(
  name: string,
  seed: number,
  change: (m: Made) => Made = (m) => m,
  options: Options = {},
): Promise<Verdict> {
  const made = change(await make(incident(name), seed, options));
  return judge(incident(name), made, await triageFiles(ROOT, made.files));
}
const each = (made: Made, change: (path: string, content: string | Buffer) => [string, string | Buffer]): Made => ({
  ...made,
  files: new Map([...made.files].map(([path, content]) => change(path, content))),
});
const isLog = (made: Made, path: string): boolean => path.startsWith(`${made.folders.logs}/`) && !path.endsWith('.gz');

describe('generated incidents', () => {
  it('exist for every cause, with one that only resembles it', () => {
    const named = new Set(INCIDENTS.flatMap((i) => i.causes));
    const alike = new Set(INCIDENTS.flatMap((i) => i.unlike));
    const causes = loadKnowledge().causes.map((c) => c.id);
    expect(causes.filter((c) => !named.has(c))).toEqual([]);
    expect(causes.filter((c) => !alike.has(c))).toEqual([]);
  });

  it.each([
    ['gateway certificate ran out', 31],
    ['intermediate left out after a renewal', 32],
    ['our client certificate ran out, bank answers 400', 33],
    ['certificate renewed to an elliptic curve, one old client offers RSA only', 34],
    ['large packets vanish on the new tunnel', 35],
    ['new egress address is not on the list of the bank', 36],
    ['pool of database connections runs dry', 37],
    ['provider changed its platform key, our side has the old one', 38],
    ['one issuer answers 91 and 96', 39],
    ['numbers of one range tried one after the other', 40],
    ['look-alike shop hot-links our pictures', 41],
    ['healthy: certificate renewed in time', 42],
    ['healthy: no funds at the end of the month', 43],
    ['healthy: ordinary day without a payment table', 44],
  ] as const)('%s', async (name, seed) => {
    expect((await verdictOf(name, seed)).wrong).toEqual([]);
  });
});

describe('the answer does not depend on', () => {
  const CASES = [
    'gateway certificate ran out',
    'firewall drops our connects',
    'body parsed before the signature is checked',
  ];

  it.each(CASES)('the names of files and folders: %s', async (name) => {
    const verdict = await verdictOf(name, 51, (made) => {
      let i = 0;
      return each(made, (path, content) =>
        path.startsWith('meta/')
          ? [path, content]
          : [
              `drop-${++i}/${path
                .split('/')
                .pop()!
                .replace(/^[^.]+/, `file${i}`)}`,
              content,
            ],
      );
    });
    expect(verdict.wrong).toEqual([]);
  });

  it.each(CASES)('compression and the order of lines: %s', async (name) => {
    const verdict = await verdictOf(name, 52, (made) =>
      each(made, (path, content) => {
        if (!isLog(made, path)) return [path, content];
        const lines = content.toString().trimEnd().split('\n');
        // Two halves swapped, as when two shippers wrote one file.
        const text = `${[...lines.slice(lines.length / 2), ...lines.slice(0, lines.length / 2)].join('\n')}\n`;
        return [`${path}.gz`, gzipSync(text)];
      }),
    );
    expect(verdict.top1, verdict.wrong.join('; ')).toBe(true);
    expect(verdict.accused).toEqual([]);
  });

  it.each(['Asia/Shanghai', 'America/Sao_Paulo'])('the zone of the site: %s', async (zone) => {
    expect((await verdictOf('route to the bank withdrawn', 53, undefined, { zone })).wrong).toEqual([]);
    expect(
      (await verdictOf('route to the bank withdrawn', 53, (m) => without(m, ['topology']), { zone })).wrong,
    ).toEqual([]);
  });

  it.each(
    CASES.flatMap((name) => (['docker', 'containerd', 'journald'] as const).map((wrap) => [wrap, name] as const)),
  )('what the collector puts around each line (%s): %s', async (wrap, name) => {
    expect((await verdictOf(name, 56, undefined, { wrap })).wrong).toEqual([]);
  });

  it.each(CASES)('the language of names: %s', async (name) => {
    const verdict = await verdictOf(name, 57, (made) => {
      const nodes = [
        ...new Set(
          [...made.files.values()]
            .flatMap((c) => [...c.toString('utf8').matchAll(/name: ([\w.-]+), role: app/g)])
            .map((m) => m[1]!),
        ),
      ];
      let i = 0;
      return each(made, (path, content) => [
        path.startsWith('meta/')
          ? path
          : `证据/第${++i}份-${['网关', '支付', '日志'][i % 3]}${/\.(?:gz|pem|pcap)$/.exec(path)?.[0] ?? '.txt'}`,
        typeof content === 'string'
          ? nodes.reduce((text, node, k) => text.replaceAll(node, `支付节点${k + 1}号`), content)
          : content,
      ]);
    });
    expect(verdict.wrong).toEqual([]);
  });

  it.each(['chinese', 'jsonl', 'german'] as const)('the export of the payments: %s', async (table) => {
    expect((await verdictOf('bank answers late', 54, undefined, { table })).wrong).toEqual([]);
  });

  it.each(['nginx', 'haproxy', 'httpd', 'envoy'] as const)('the server in front: %s', async (edge) => {
    expect((await verdictOf('gateway certificate ran out, proxy words only', 55, undefined, { edge })).wrong).toEqual(
      [],
    );
  });
});

describe('with evidence missing', () => {
  it.each([
    ['gateway certificate ran out', ['certs']],
    ['intermediate left out after a renewal', ['certs']],
    ['one service is shown a certificate of an unknown authority', ['certs']],
    ['bank reduced its cipher list to one we do not offer', ['conf', 'notes', 'changes']],
    ['requests signed with a key that is not registered', ['changes', 'topology']],
    ['stolen cards tried with small amounts', ['data']],
  ] as const)('%s: nobody is accused', async (name, kinds) => {
    const verdict = await verdictOf(name, 61, (made) => without(made, kinds));
    expect(verdict.mistaken).toEqual([]);
    expect(verdict.accused).toEqual([]);
  });

  it('says which file would tell', async () => {
    const made = without(await make(incident('intermediate left out after a renewal'), 62), ['certs']);
    const report = await triageFiles(ROOT, made.files);
    const [first] = report.diagnosis;
    expect(first!.confidence).toBeLessThan(0.5);
    expect(JSON.stringify(first)).toMatch(/chain|trust store|s_client|certificate/i);
  });
});
