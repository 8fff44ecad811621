/** Small facts in further forms: drawings, feeds, sockets, listings in somebody's own layout, what PowerShell and Maven print. */
import { describe, expect, it } from 'vitest';
import { readSmallFacts } from '../../src/evidence/index.ts';
import type { SmallFacts } from '../../src/evidence/small-facts.ts';
import { memorySource } from './memory-source.ts';

const factsOf = (text: string): Promise<SmallFacts> =>
  readSmallFacts([memorySource('out.txt', text)], { now: Date.parse('2026-05-05T10:00:00Z'), zone: 'UTC' });

describe('a drawing', () => {
  const legs = async (text: string) =>
    (await factsOf(text)).topology.flatMap((fact) =>
      fact.legs.map(({ to, port, tls, mutual, raw }) => ({ from: raw.from, to, port, tls, mutual })),
    );

  it('of Graphviz names systems by their labels and follows chains', async () => {
    expect(
      await legs(
        'strict digraph "way" {\n  node [shape=box];\n  A [label="till\\n192.0.2.10"]; B [label="fw1.example; old"];\n  A -> B -> "acq.example" [label="mTLS 8583"];\n}\n',
      ),
    ).toEqual([
      { from: 'A', to: 'fw1.example', port: 8583, tls: true, mutual: true },
      { from: 'fw1.example', to: 'acq.example', port: 8583, tls: true, mutual: true },
    ]);
  });

  it('of diagrams.net has words on an arrow as cells of their own', async () => {
    expect(
      await legs(
        '<mxfile host="x"><diagram><mxGraphModel><root><mxCell id="0"/><mxCell id="a1" value="&lt;b&gt;POS&lt;/b&gt;" vertex="1"/>\n<mxCell id="a2" value="host.acq.example:9100" vertex="1"/><mxCell id="e1" edge="1" source="a1" target="a2"/><mxCell id="l1" value="mutual TLS" style="edgeLabel;html=1" parent="e1"/></root></mxGraphModel></diagram></mxfile>',
      ),
    ).toEqual([{ from: 'POS', to: 'host.acq.example', port: 9100, tls: true, mutual: true }]);
  });

  it('without links, and XML of another kind, give no topology', async () => {
    expect((await factsOf('digraph x {\n  a [label="b"];\n}\n')).topology).toEqual([]);
    expect(
      (await factsOf('<?xml version="1.0"?><settings><cell id="1" source="a" target="b"/></settings>')).topology,
    ).toEqual([]);
  });

  it('is also a list of links under any name, which rules of a firewall are not', async () => {
    const link = 'from: gateway\n    to: acquirer\n    address: api.bank.example:443\n    protocol: mtls\n';
    expect(await legs(`payment_path:\n  - ${link}`)).toEqual([
      { from: 'gateway', to: 'api.bank.example', port: 443, tls: true, mutual: true },
    ]);
    expect(await legs(`flows:\n  - ${link}    action: deny\n`)).toEqual([]);
  });
});

it('reads items of a feed as notices of the provider', async () => {
  const { notices } = await factsOf(
    '<?xml version="1.0"?><rss version="2.0"><channel><title>PSP</title><item><title>Degraded 3-D Secure</title><pubDate>Tue, 05 May 2026 09:30:00 GMT</pubDate><description><![CDATA[Challenges <b>time out</b>.]]></description></item></channel></rss>',
  );
  expect(notices.map(({ text, time }) => [text, new Date(time).toISOString()])).toEqual([
    ['Degraded 3-D Secure: Challenges time out .', '2026-05-05T09:30:00.000Z'],
  ]);
});

describe('connections', () => {
  it.each([
    [
      'of PowerShell',
      'LocalAddress LocalPort RemoteAddress  RemotePort State       AppliedSetting\n------------ --------- -------------  ---------- -----       --------------\n192.0.2.4    51222     198.51.100.77  4443       Established Internet\n',
    ],
    [
      'of conntrack',
      'tcp      6 431999 ESTABLISHED src=192.0.2.4 dst=198.51.100.77 sport=51222 dport=4443 src=198.51.100.77 dst=192.0.2.4 sport=4443 dport=51222 [ASSURED] mark=0 use=1\n',
    ],
  ])('%s have both ends and a state', async (_, text) => {
    expect((await factsOf(text)).connections).toEqual([
      expect.objectContaining({
        state: 'ESTAB',
        local: '192.0.2.4',
        localPort: 51222,
        remote: '198.51.100.77',
        remotePort: 4443,
      }),
    ]);
  });
});

describe('a listing', () => {
  it.each([
    ['with bars', '/var/www/x.php|812|644|www-data|2026-05-05 03:11:09.000000000 +0000'],
    ['with semicolons', './var/www/x.php;0644;www-data;812;2026-05-05T05:11:09+0200'],
    ['whose size looks like a mode', '/var/www/x.php|4120|644|www-data|2026-05-05 03:11:09 +0000'],
    ['that begins with the time', '2026-05-05+03:11:09.1234567890 812 -rw-r--r-- www-data /var/www/x.php'],
  ])('in a layout of its own, %s', async (_, line) => {
    const { files } = await factsOf(`${line}\n`);
    expect(files).toEqual([
      expect.objectContaining({
        mode: '-rw-r--r--',
        owner: 'www-data',
        size: line.includes('4120') ? 4120 : 812,
        modified: Date.parse('2026-05-05T03:11:09Z'),
      }),
    ]);
    expect(files[0]!.path).toMatch(/^\.?\/var\/www\/x\.php$/);
  });

  it.each([
    '2026-05-05 03:11:09 812 /pay/init 200\n2026-05-05 03:11:10 99 /pay/done 404\n',
    '2026-05-05 03:11:09|shop1|502|/pay/init|81\n2026-05-05 03:11:10|shop1|200|/pay/done|99\n',
  ])('is no log whose lines have a time, a number and a path: %s', async (text) => {
    expect((await factsOf(text)).files).toEqual([]);
  });

  it('of PowerShell as a table or as JSON', async () => {
    const table = await factsOf('"FullName","Length","LastWriteTime"\n"D:\\w\\t.aspx","812","2026-05-05 03:11:09"\n');
    const json = await factsOf(
      JSON.stringify([{ FullName: 'D:\\w\\t.aspx', Length: 812, LastWriteTimeUtc: '/Date(1777950669000)/' }]),
    );
    for (const { files } of [table, json])
      expect(files).toEqual([
        expect.objectContaining({ path: 'D:\\w\\t.aspx', size: 812, modified: Date.parse('2026-05-05T03:11:09Z') }),
      ]);
  });
});

it('reads the trees of Maven and Gradle', async () => {
  const maven = await factsOf(
    '[INFO] shop:pay:war:1.0\n[INFO] +- org.apache.logging.log4j:log4j-core:jar:2.14.1:compile\n[INFO] \\- mysql:mysql-connector-java:jar:8.0.28:test\n',
  );
  expect(maven.versions.map(({ software, version }) => `${software} ${version}`)).toEqual([
    'org.apache.logging.log4j:log4j-core 2.14.1',
    'mysql:mysql-connector-java 8.0.28',
  ]);
  const gradle = await factsOf(
    'runtimeClasspath\n+--- org.apache.commons:commons-text:1.9\n|    \\--- org.apache.commons:commons-lang3:3.11 -> 3.12.0\n',
  );
  expect(gradle.versions.map(({ version }) => version)).toEqual(['1.9', '3.12.0']);
});

it('turns the offsets of w32tm /dataonly round, as those of its long form', async () => {
  const { clocks } = await factsOf(
    'Tracking time.example [192.0.2.1:123].\nThe current time is 5/5/2026 9:20:00 AM.\n09:20:00, +412.3312001s\n09:20:02, +412.3318812s\n',
  );
  expect(clocks).toEqual([expect.objectContaining({ offsetSeconds: -412.3318812, synchronised: false })]);
});

describe('DNS', () => {
  it.each([
    ["Server:\t\t192.0.2.53\nAddress:\t192.0.2.53#53\n\n** server can't find acq.example: SERVFAIL\n", 'SERVFAIL'],
    [
      "Server:  dc1.example\nAddress:  192.0.2.53\n\n*** dc1.example can't find acq.example: Non-existent domain\n",
      'NXDOMAIN',
    ],
  ])('answers of nslookup that are none say why', async (text, value) => {
    expect((await factsOf(text)).dns).toEqual([expect.objectContaining({ name: 'acq.example', value })]);
  });

  it('records of Resolve-DnsName as JSON have a type by number', async () => {
    const { dns } = await factsOf(
      JSON.stringify([{ Name: 'acq.example', Type: 1, TTL: 60, IPAddress: '203.0.113.66' }]),
    );
    expect(dns).toEqual([expect.objectContaining({ name: 'acq.example', type: 'A', value: '203.0.113.66', ttl: 60 })]);
  });
});

it('reads a calendar with when work began as changes', async () => {
  const { changes } = await factsOf(
    'Issue key,Summary,Status,Actual start,Actual end\nPAY-1,Switch acquirer endpoint,Done,05/May/26 9:10 AM,05/May/26 9:25 AM\nPAY-2,Given up,Cancelled,05/May/26 9:30 AM,05/May/26 9:35 AM\n',
  );
  expect(changes.map(({ text, time }) => [text, new Date(time).toISOString()])).toEqual([
    [expect.stringContaining('Switch acquirer endpoint'), '2026-05-05T09:10:00.000Z'],
  ]);
});
