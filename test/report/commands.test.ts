import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { contactsOf, readProject } from '../../src/cli/project/config.ts';
import { issue } from '../../src/drill/certificates.ts';
import { compareReports } from '../../src/report/compare.ts';
import { renderReport } from '../../src/report/index.ts';
import { readReport } from '../../src/report/read.ts';
import { compoundReport } from './fixtures/compound.ts';
import { expiredReport } from './fixtures/expired.ts';
import { healthyReport } from './fixtures/healthy.ts';

const folder = mkdtempSync(join(tmpdir(), 'paymedic-commands-'));
const file = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** Runs a command in this process; returns what it wrote and its exit code. */
async function run(name: string, ...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  const written: { [stream: string]: string } = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] = `${written[name]}${text}`;
      return true;
    });
  }
  const program = new Command().exitOverride();
  const { register } = (await import(`../../src/cli/commands/${name}.ts`)) as { register(program: Command): void };
  register(program);
  await program.parseAsync(['node', 'paymedic', name, ...args]);
  const code = Number(process.exitCode ?? 0);
  vi.restoreAllMocks();
  return { stdout: written.stdout!, stderr: written.stderr!, code };
}

const [expired, compound, healthy] = await Promise.all(
  [expiredReport, compoundReport, healthyReport].map(async (r, i) => file(`${i}.json`, await renderReport(r, 'json'))),
);

describe('paymedic report', () => {
  it('renders a saved report as the first run did', async () => {
    const { stdout, code } = await run('report', expired!, '--format', 'sarif', '--lang', 'en');
    expect(stdout).toBe(await renderReport(expiredReport, 'sarif'));
    expect(code).toBe(0);
  });

  it.each([
    ['not JSON', 'nonsense', /not JSON/],
    ['another shape', '{"schemaVersion":1}', /tool is missing/],
    [
      'a wrong value',
      JSON.stringify({ ...healthyReport, summary: { ...healthyReport.summary, priority: 'high' } }),
      /summary\.priority/,
    ],
  ])('refuses %s and says where', async (_name, content, message) => {
    await expect(run('report', file('bad.json', content))).rejects.toThrow(message);
  });

  it('sends only with a key file, and puts the key into the message alone', async () => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        bodies.push(body);
        response.writeHead(202).end();
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      await expect(run('report', expired!, '--send', 'pagerduty')).rejects.toThrow(/--key-file/);
      const { stderr, stdout } = await run(
        'report',
        expired!,
        '--send',
        'pagerduty',
        '--key-file',
        file('key', 'routing-key-for-tests\n'),
        '--url',
        url,
      );
      expect(JSON.parse(bodies[0]!)).toMatchObject({ routing_key: 'routing-key-for-tests', event_action: 'trigger' });
      expect(stderr).toContain('sent 1 message to pagerduty');
      expect(stdout + stderr).not.toContain('routing-key-for-tests');
      await run('report', compound!, '--send', 'slack', '--key-file', file('hook', url));
      expect(JSON.parse(bodies[1]!).blocks.length).toBeGreaterThan(1);
    } finally {
      server.close();
    }
  });
});

describe('paymedic diff', () => {
  it('says what is new, resolved and unchanged, and gates on what is new', async () => {
    const { stdout, code } = await run('diff', healthy!, expired!, '--fail-on', 'urgent');
    expect(stdout).toMatch(/^3 new, 0 resolved/);
    expect(code).toBe(1);
    expect((await run('diff', expired!, expired!, '--fail-on', 'routine')).code).toBe(0);
    expect(
      JSON.parse((await run('diff', expired!, compound!, '--format', 'json')).stdout).findings.resolved,
    ).toHaveLength(3);
  });

  it('knows a finding by its fingerprint whatever else changed', () => {
    const moved = {
      ...expiredReport,
      findings: [...expiredReport.findings].reverse().map((f) => ({
        ...f,
        title: 'other words',
        count: 1,
        evidence: [{ file: 'x', line: 9 }],
        firstSeen: '2027-01-01T00:00:00Z',
      })),
    };
    const { findings } = compareReports(expiredReport, moved);
    expect([findings.new.length, findings.resolved.length, findings.unchanged.length]).toEqual([0, 0, 3]);
  });
});

describe('paymedic redact', () => {
  it('masks, removes keys, leaves binaries out and lists everything', async () => {
    const bundle = join(folder, 'bundle');
    mkdirSync(join(bundle, 'logs'), { recursive: true });
    writeFileSync(join(bundle, 'logs', 'app.log'), 'pan=4111111111111111 password=hunter2\nplain line \u00e9\n');
    writeFileSync(join(bundle, 'logs', 'latin.log'), Buffer.from('caf\u00e9 4111111111111111', 'latin1'));
    writeFileSync(
      join(bundle, 'key.pem'),
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nMIIEvQ\nabcdef\n-----END PRIVATE KEY-----\nafter\n',
    );
    writeFileSync(join(bundle, 'trace.pcap'), Buffer.from([0xd4, 0xc3, 0xb2, 0xa1, 0, 0]));
    symlinkSync('/etc/passwd', join(bundle, 'link'));
    const out = join(folder, 'shared');
    const { stdout, stderr, code } = await run('redact', bundle, '--output', out);
    expect(readFileSync(join(out, 'logs', 'app.log'), 'utf8')).toBe(
      'pan=411111******1111 password=[masked]\nplain line \u00e9\n',
    );
    expect(readFileSync(join(out, 'logs', 'latin.log'), 'latin1')).toBe('caf\u00e9 411111******1111');
    expect(readFileSync(join(out, 'key.pem'), 'utf8')).toBe(
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n[private key removed]\n\nafter\n',
    );
    expect(readdirSync(out).sort()).toEqual(['key.pem', 'logs', 'redaction.json']);
    expect(stdout).toContain('3 files, 6 lines masked, 2 left out');
    expect(stderr).toContain('left out link: a link');
    expect(code).toBe(0);
    await expect(run('redact', bundle, '--output', out)).rejects.toThrow(/exists already/);
    await expect(run('redact', join(folder, 'nowhere'))).rejects.toThrow(/no such folder/);
  });
});

describe('paymedic config', () => {
  it('shows every value with its origin', async () => {
    const project = join(folder, 'project');
    mkdirSync(project);
    writeFileSync(
      join(project, 'paymedic.yaml'),
      'language: zh\nowners:\n  bank:\n    name: Acquirer desk\n    phone: "+44 20 0000 0000"\n',
    );
    const { stdout, code } = await run('config', 'show', '--origin', '--directory', project);
    expect(stdout).toContain(`# ${join(project, 'paymedic.yaml')}:2:1\nowners:`);
    expect(code).toBe(0);
  });

  it('puts the people of the project file into the report', async () => {
    const { entries } = readProject(
      'owners:\n  psp:\n    name: Gateway duty desk\n    phone: "+44 20 7946 0000"\n',
      'paymedic.yaml',
    );
    const text = await renderReport({ ...expiredReport, contacts: contactsOf(entries) }, 'terminal', { width: 120 });
    expect(text.split('\n')[3]).toContain('gateway provider [psp]; Gateway duty desk, +44 20 7946 0000');
    expect(text).toContain('gateway provider (Gateway duty desk, +44 20 7946 0000): Your certificate');
  });

  it.each([
    ['languge: zh\n', 1, 1, /languge: no such key; did you mean language/],
    ['owners:\n  bnk:\n    name: x\n', 2, 3, /owners\.bnk: no such key/],
    ['thresholds:\n  wide: high\n', 2, 9, /thresholds\.wide: expected a number/],
    ['legs:\n  - name: a\n    prt: 1\n', 3, 5, /legs\[0\]\.prt/],
    ['a: [1\n', 2, 1, /./],
    ['language: zh\nlanguage: en\n', 2, 1, /unique/],
  ])('names line and column of the mistake in %j', (text, line, column, says) => {
    const [problem] = readProject(text, 'paymedic.yaml').problems;
    expect(problem).toMatchObject({ line, column, says: expect.stringMatching(says) });
  });
});

it('redact unpacks gzip to mask it, keeps certificates, leaves out packed binaries and says how to share captures', async () => {
  const bundle = join(folder, 'packed');
  mkdirSync(bundle);
  writeFileSync(join(bundle, 'app.log.1.gz'), gzipSync('pan=4111111111111111\n'));
  writeFileSync(join(bundle, 'files.tar.gz'), gzipSync(Buffer.alloc(1024)));
  writeFileSync(join(bundle, 'torn.gz'), gzipSync('pan=4111111111111111\n').subarray(0, 20));
  writeFileSync(join(bundle, 'trace.pcap'), Buffer.from([0xd4, 0xc3, 0xb2, 0xa1, 0, 0]));
  const der = Buffer.from(rootCertificates[0]!.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  writeFileSync(join(bundle, 'ca.crt'), der);
  const out = join(folder, 'packed-shared');
  const { stderr } = await run('redact', bundle, '--output', out);
  expect(readFileSync(join(out, 'app.log.1'), 'utf8')).toBe('pan=411111******1111\n');
  expect(readFileSync(join(out, 'ca.crt')).equals(der)).toBe(true);
  expect(stderr).toContain('left out files.tar.gz: cannot be read or written (what is packed in it is no text');
  expect(stderr).toContain('left out torn.gz');
  expect(stderr).toContain('pcap slice');
  for (const name of readdirSync(out))
    expect(readFileSync(join(out, name), 'latin1')).not.toContain('4111111111111111');
});

it('doctor compares the clock of a target, and says which is ahead', async () => {
  const { key, cert } = issue({
    subject: { CN: 'clock.example' },
    notBefore: Date.now() - 1000,
    notAfter: Date.now() + 60_000,
  });
  const server = createTlsServer({ key, cert }, (_request, response) => {
    response.setHeader('Date', new Date(Date.now() + 90_000).toUTCString());
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    expect((await run('doctor', `127.0.0.1:${port}`)).stdout).toMatch(
      /WARN {2}127\.0\.0\.1:\d+: its clock is (89|90|91) s ahead of this one/,
    );
  } finally {
    server.close();
  }
});

describe('paymedic doctor, completion, collect', () => {
  it('doctor says OK, WARN or FAIL on every line and contacts nothing unasked', async () => {
    const { stdout } = await run('doctor');
    for (const line of stdout.trimEnd().split('\n')) expect(line).toMatch(/^(OK {3}|WARN |FAIL ) \S|^ {6}fix: /);
    expect(stdout).toContain(`OK    node: ${process.version}`);
  });

  it.each(['bash', 'zsh', 'fish', 'man'])('completion %s names the commands and their options', async (shell) => {
    const { stdout } = await run('completion', shell);
    expect(stdout).toContain('triage');
    expect(stdout).toMatch(shell === 'man' ? /\\-\\-format/ : /--format|-l format/);
  });

  it('collect lists, then copies within bounds, without keys, with hashes', async () => {
    const host = join(folder, 'host');
    mkdirSync(host);
    writeFileSync(join(host, 'app.log'), 'line one\nline two\n');
    writeFileSync(join(host, 'server.conf'), 'ssl_protocols TLSv1.2;\n');
    writeFileSync(join(host, 'server.pem'), '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n');
    const out = join(folder, 'collected');
    const args = ['--output', out, '--log', join(host, 'app.log'), '--config', host];
    const listed = await run('collect', ...args, '--list');
    expect(listed.stdout).toContain(`copy  ${join(host, 'app.log')}`);
    expect(listed.stdout).toContain('run   uname -a');
    const { stderr, code } = await run('collect', ...args);
    expect(code).toBe(0);
    expect(stderr).toContain('server.pem: holds a private key; not copied');
    const manifest = JSON.parse(readFileSync(join(out, 'meta', 'manifest.json'), 'utf8'));
    expect(manifest.items.map((i: { from: string }) => i.from)).toEqual(
      expect.arrayContaining([join(host, 'app.log'), join(host, 'server.conf'), 'uname -a']),
    );
    expect(statSync(out).mode & 0o777).toBe(0o700);
  });
});

it('reads back what every format run writes as JSON', async () => {
  for (const report of [expiredReport, compoundReport, healthyReport])
    expect(readReport(await renderReport(report, 'json'))).toHaveProperty('report');
});
