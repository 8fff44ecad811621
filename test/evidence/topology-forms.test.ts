/** Topologies in the forms of other tools: Compose files, lists of services, Markdown tables. */
import { describe, expect, it } from 'vitest';
import { readSmallFacts } from '../../src/evidence/facts/index.ts';
import { memorySource } from './memory-source.ts';

const read = async (name: string, text: string) =>
  readSmallFacts([memorySource(name, text)], { now: Date.UTC(2026, 10, 22) });

describe('services', () => {
  it('of a Compose file are nodes, and legs to what they depend on and call', async () => {
    const { topology, settings } = await read(
      'compose.yml',
      'version: "3.8"\nservices:\n  gateway:\n    image: nginx:1.24\n    ports: ["443:8443"]\n    depends_on: [pay]\n    networks:\n      back: { ipv4_address: 10.0.0.5 }\n  pay:\n    image: registry.example/pay:4.2\n    environment:\n      - BANK_URL=https://api.bank.example/v2\n      - MODE=live\n    depends_on:\n      db: { condition: service_healthy }\n  db:\n    image: postgres:15\nnetworks:\n  back: {}\n',
    );
    expect(topology).toHaveLength(1);
    expect(topology[0]!.nodes).toEqual([
      { name: 'gateway', ip: '10.0.0.5', stack: 'nginx:1.24' },
      { name: 'pay', stack: 'registry.example/pay:4.2' },
      { name: 'db', stack: 'postgres:15' },
    ]);
    expect(topology[0]!.legs.map(({ name, port, tls }) => [name, port, tls])).toEqual([
      ['gateway-to-pay', undefined, undefined],
      ['pay-to-api.bank.example', 443, true],
      ['pay-to-db', undefined, undefined],
    ]);
    expect(settings.some(({ value }) => value === 'registry.example/pay:4.2')).toBe(true);
  });
  it('that call each other are read from a list too', async () => {
    const { topology } = await read(
      'system.yaml',
      'services:\n  - name: checkout\n    ip: 10.1.0.4\n    calls: [risk, "https://psp.example:8443/pay"]\n  - name: risk\n    ip: 10.1.0.7\n',
    );
    expect(topology[0]!.nodes.map(({ name, ip }) => [name, ip])).toEqual([
      ['checkout', '10.1.0.4'],
      ['risk', '10.1.0.7'],
    ]);
    expect(topology[0]!.legs.map(({ to, port, tls, ip }) => [to, port, tls, ip])).toEqual([
      ['risk', undefined, undefined, '10.1.0.7'],
      ['psp.example', 8443, true, undefined],
    ]);
  });
  it('of a pipeline are no topology', async () => {
    expect((await read('.gitlab-ci.yml', 'services:\n  - docker:dind\nstages: [test]\n')).topology).toEqual([]);
  });
});

describe('tables', () => {
  it.each([
    [
      'English',
      '# Links\n\n| From | To | Port | TLS | mTLS |\n|---|---|---|---|---|\n| shop | api.bank.example | 443 | yes | yes |\n| shop | db | 5432 | no | no |\n',
    ],
    [
      'German',
      '| Von | Nach | Port | TLS | mTLS |\n|---|---|---|---|---|\n| shop | `api.bank.example` | 443 | ja | ja |\n| shop | db | 5432 | nein | nein |\n',
    ],
    ['French', 'De;Vers;Port;TLS;mTLS\nshop;api.bank.example;443;\u2713;\u2713\nshop;db;5432;-;-\n'],
    [
      'Chinese',
      '| \u6e90 | \u76ee\u6807 | \u7aef\u53e3 | TLS | \u53cc\u5411\u8ba4\u8bc1 |\n|---|---|---|---|---|\n| shop | api.bank.example | 443 | \u662f | \u662f |\n| shop | db | 5432 | \u5426 | \u5426 |\n',
    ],
    [
      'firewall words',
      '| Source | Destination | Port | TLS | mTLS |\n|---|---|---|---|---|\n| shop | api.bank.example | 443 | yes | yes |\n| shop | db | 5432 | no | no |\n',
    ],
  ])('of links in %s', async (_, text) => {
    const { topology, flows } = await read('net.md', text);
    expect(flows).toEqual([]);
    expect(topology[0]?.legs.map(({ to, port, tls, mutual }) => [to, port, tls, mutual])).toEqual([
      ['api.bank.example', 443, true, true],
      ['db', 5432, false, false],
    ]);
  });
  it.each([
    ['English', '| Host | IP | Role |\n|---|---|---|\n| edge1 | 10.0.0.5 | proxy |\n'],
    ['German', '| Rechner | IP-Adresse | Aufgabe |\n|---|---|---|\n| edge1 | 10.0.0.5 | proxy |\n'],
    ['Chinese', '| \u4e3b\u673a | IP\u5730\u5740 | \u7528\u9014 |\n|---|---|---|\n| edge1 | 10.0.0.5 | proxy |\n'],
  ])('of hosts in %s', async (_, text) => {
    const { topology } = await read('hosts.md', text);
    expect(topology[0]?.nodes).toEqual([{ name: 'edge1', ip: '10.0.0.5', role: 'proxy' }]);
  });
  it('of flows with times stay flows', async () => {
    const { topology, flows } = await read(
      'flows.csv',
      'time,source,destination,port,bytes_out\n2026-11-22T08:00:00Z,10.0.0.5,203.0.113.9,443,1200\n2026-11-22T08:00:01Z,10.0.0.5,203.0.113.9,443,900\n',
    );
    expect([topology.length, flows.length]).toEqual([0, 2]);
  });
});

describe('reports of a content security policy', () => {
  it.each([
    ['German', 'Zeitpunkt;Seite;Verletzte Direktive;Blockierte URL'],
    ['French', 'Horodatage;Page;Directive viol\u00e9e;URL bloqu\u00e9e'],
    ['Chinese', '\u65f6\u95f4;\u9875\u9762;\u8fdd\u53cd\u7684\u6307\u4ee4;\u88ab\u963b\u6b62\u7684URL'],
    ['Spanish', 'Fecha;P\u00e1gina;Directiva violada;URL bloqueada'],
  ])('as a table in %s', async (_, header) => {
    const { csp } = await read(
      'csp.csv',
      `${header}\n2026-11-22 08:05:00;https://shop.example/checkout;connect-src;https://cdn-stat.example/c\n2026-11-22 08:06:00;https://shop.example/checkout;img-src;https://cdn-stat.example/p.gif\n`,
    );
    expect(csp?.map(({ time, blocked, directive }) => [time, blocked, directive])).toEqual([
      [Date.UTC(2026, 10, 22, 8, 5), 'https://cdn-stat.example/c', 'connect-src'],
      [Date.UTC(2026, 10, 22, 8, 6), 'https://cdn-stat.example/p.gif', 'img-src'],
    ]);
  });
  it('are not made of a firewall list that has "blocked" in it', async () => {
    const { csp } = await read(
      'fw.csv',
      'time,page,directive,blocked host\n2026-11-22 08:05:00,see script-src,rule 4,10.0.0.5\n2026-11-22 08:06:00,a,rule 4,10.0.0.6\n',
    );
    expect(csp).toEqual([]);
  });
});
