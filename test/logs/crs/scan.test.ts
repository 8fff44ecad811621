import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CrsData, CrsEngine } from '../../../src/logs/crs/index.ts';
import { scanRequests } from '../../../src/logs/crs/scan.ts';
import { read } from '../read.ts';

const engine = new CrsEngine(
  JSON.parse(readFileSync(new URL('../../../knowledge/crs/rules.json', import.meta.url), 'utf8')) as CrsData,
  1,
);
const stamp = (i: number): string =>
  `12/Sep/2026:10:${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')} +0000`;
const row = (i: number, client: string, request: string, status = 200, bytes = 1200, agent = 'Mozilla/5.0'): string =>
  `${client} - - [${stamp(i)}] "${request} HTTP/1.1" ${status} ${bytes} "-" "${agent}"`;

const ORDINARY = [
  '/shop/cart?item=4711&qty=2',
  '/pay/checkout?order=0920-04550225&amount=12.50&currency=CNY',
  '/static/app.3f9c1.js',
  '/search?q=rock+and+roll',
  '/return?ok=https%3A%2F%2Fshop.example.com%2Fthanks',
  '/docs/page.xhtml',
];

describe('attack scan of access logs', () => {
  it('is quiet on ordinary traffic', async () => {
    const lines = Array.from({ length: 600 }, (_, i) =>
      row(i, `10.0.0.${i % 200}`, `GET ${ORDINARY[i % ORDINARY.length]}`),
    );
    const scan = scanRequests(await read(lines.join('\n'), {}, 'access.log'), engine);
    expect(scan.attacks).toBe(0);
    expect(scan.clients).toEqual([]);
  });

  it('scores no phrase of plain words that begins like a command, unless a program may run it', async () => {
    const lines = [
      row(1, '10.0.0.1', 'GET /suche?q=perl+necklace'),
      row(2, '10.0.0.2', 'GET /suche?q=base64%20t-shirt'),
      row(3, '10.0.0.3', 'GET /x?cmd=perl+necklace'),
      row(4, '10.0.0.4', 'GET /suche?q=perl+-e+%27print+1%27'),
    ];
    const scan = scanRequests(await read(lines.join('\n'), {}, 'access.log'), engine);
    expect(scan.ruleSet).toMatch(/^OWASP_CRS\/4\./);
    expect(scan.clients.map(({ client }) => client).sort()).toEqual(['10.0.0.3', '10.0.0.4']);
  });

  it('makes no quotes and commands of letters of other scripts, and knows marks that servers take for ASCII', async () => {
    const searched = ['هات', '中文 搜索 =', 'союз select кофе', 'ワイヤレス', 'l’été d’origine'];
    const lines = searched.map((word, i) => row(i, '10.0.0.1', `GET /suggest?term=${encodeURIComponent(word)}`));
    lines.push(row(50, '10.0.0.2', `GET /item?id=${encodeURIComponent('1’ union select card from orders')}`));
    const scan = scanRequests(await read(lines.join('\n'), {}, 'access.log'), engine);
    expect(scan.clients.map(({ client }) => client)).toEqual(['10.0.0.2']);
  });

  it('lets git clients ask for a repository that has a name', async () => {
    const lines = [
      row(1, '10.0.0.1', 'GET /team/shop.git/info/refs?service=git-upload-pack'),
      row(2, '10.0.0.2', 'GET /.git/info/refs'),
      row(3, '10.0.0.3', 'GET /shop/.git/config'),
    ];
    const scan = scanRequests(await read(lines.join('\n'), {}, 'access.log'), engine);
    expect(scan.clients.map(({ client }) => client).sort()).toEqual(['10.0.0.2', '10.0.0.3']);
  });

  it('tells scanners, aimed attempts and an attack that was answered unlike usual apart', async () => {
    const lines = Array.from({ length: 200 }, (_, i) =>
      row(i, `10.0.0.${i}`, `GET /item?id=${i}`, 200, 1000 + (i % 90)),
    );
    for (let i = 0; i < 30; i++)
      lines.push(row(300 + i, '198.51.100.1', `GET /item?f=../../../../etc/passwd&n=${i}`, 404, 150));
    lines.push(row(400, '198.51.100.2', 'GET /item?id=1%27%20union%20select%20user,2,3--%20-', 403, 150));
    lines.push(
      row(500, '198.51.100.3', 'GET /item?id=-1%20union%20select%20card,cvv%20from%20orders--%20-', 200, 90_000),
    );
    const scan = scanRequests(await read(lines.join('\n'), {}, 'access.log'), engine);
    expect(scan.attacks).toBe(32);
    expect(Object.fromEntries(scan.clients.map(({ client, kind }) => [client, kind]))).toEqual({
      '198.51.100.1': 'scanner',
      '198.51.100.2': 'attacker',
      '198.51.100.3': 'answered',
    });
    expect(scan.clients[0]).toMatchObject({ client: '198.51.100.3', passed: 1, refused: 0 });
    expect(scan.clients[0]!.samples[0]).toMatchObject({ file: 'access.log', line: 232, unusual: true });
    expect(scan.families).toMatchObject({ lfi: 30, sqli: 2 });
  });

  it('reads what servers escape in their logs', async () => {
    const scan = scanRequests(
      await read(row(1, '198.51.100.9', 'GET /?q=\\x22><script>alert(1)</script>'), {}, 'access.log'),
      engine,
    );
    expect(scan.rules.map(({ id }) => id)).toContain(941110);
  });
});

describe("a site's own requests", () => {
  const own = '/odata/Items?$filter=Price%20gt%205&$select=Name';
  const visitor = (i: number, odd: string): string[] => [
    ...ORDINARY.map((path, n) => row(i * 10 + n, `10.1.0.${i}`, `GET ${path}`)),
    row(i * 10 + 9, `10.1.0.${i}`, `GET ${odd}`),
  ];
  const scanOf = async (lines: string[]) => scanRequests(await read(lines.join('\n'), {}, 'access.log'), engine);

  it('are no attack when many ordinary visitors send them, and are counted', async () => {
    const scan = await scanOf(Array.from({ length: 20 }, (_, i) => visitor(i, own)).flat());
    expect(scan).toMatchObject({ attacks: 0, asUsual: 20 });
  });

  it('stay attacks when few send them', async () => {
    const scan = await scanOf(Array.from({ length: 3 }, (_, i) => visitor(i, own)).flat());
    expect(scan).toMatchObject({ attacks: 3, asUsual: 0 });
  });

  it('do not hide a crowd of attackers', async () => {
    const lines = Array.from({ length: 40 }, (_, i) =>
      Array.from({ length: 6 }, (_, n) =>
        row(i * 10 + n, `10.2.0.${i}`, `GET /item?id=${n}%27%20union%20select%201,2--+`),
      ),
    ).flat();
    expect(await scanOf(lines)).toMatchObject({ attacks: 240, asUsual: 0 });
  });
});
