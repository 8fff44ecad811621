import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { register } from '../../src/cli/commands/ciphers.ts';
import { register as registerWaive } from '../../src/cli/commands/waive.ts';
import { UserError } from '../../src/cli/exit.ts';
import { onPath } from '../programs.ts';
import { makeCertificates, rsa, stopAll } from './live/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'paymedic-gate-'));
const at = (name: string) => join(folder, name);
const FORMATS = ['terminal', 'json', 'sarif', 'junit', 'gitlab', 'github', 'markdown'];
let output = '';

/** Runs the command in this process; returns the exit code. */
async function run(...args: string[]): Promise<number> {
  output = '';
  const write = process.stdout.write;
  process.stdout.write = ((text: string) => {
    output += text;
    return true;
  }) as typeof process.stdout.write;
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    const program = new Command('paymedic').option('--color <when>', '', 'never').exitOverride();
    register(program);
    registerWaive(program);
    await program.parseAsync(['node', 'paymedic', ...args]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof UserError) return error.exitCode;
    throw error;
  } finally {
    process.stdout.write = write;
    process.exitCode = before;
  }
}

describe.skipIf(!onPath('openssl') || !onPath('git'))(
  'the gate of paymedic ciphers (skipped without openssl and git)',
  () => {
    const ports = { good: 0, weak: 0, closed: 0, garbage: 0, hanging: 0, flaky: 0 };
    const servers: { close(): void }[] = [];
    const key = () => ({ key: readFileSync(rsa.key), cert: readFileSync(rsa.certificate) });
    const listen = (server: {
      listen(port: number, host: string, done: () => void): unknown;
      address(): unknown;
      close(): void;
    }): Promise<number> => {
      servers.push(server);
      return new Promise((resolve) =>
        server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
      );
    };

    beforeAll(async () => {
      makeCertificates();
      const modern = {
        ...key(),
        minVersion: 'TLSv1.2' as const,
        ciphers: 'ECDHE-RSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256',
      };
      const quiet = <T extends { on(event: string, listener: () => void): unknown }>(server: T): T => {
        server.on('tlsClientError', () => {});
        return server;
      };
      ports.good = await listen(quiet(createTlsServer(modern)));
      ports.weak = await listen(quiet(createTlsServer({ ...key(), minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' })));
      ports.garbage = await listen(createServer((s) => s.on('error', () => {}).end('220 hello\r\n')));
      ports.hanging = await listen(createServer((s) => s.on('error', () => {})));
      let n = 0;
      const inner = quiet(createTlsServer(modern));
      ports.flaky = await listen(
        createServer((s) => {
          s.on('error', () => {});
          if (++n % 10 === 5) s.resetAndDestroy();
          else inner.emit('connection', s);
        }),
      );
      const gone = createServer();
      ports.closed = await listen(gone);
      gone.close();
      // What the runs below accept, know and do not know: the findings of the weak server.
      await run('ciphers', target('weak'), '--format', `json=${at('knows-all.json')}`);
      const all = JSON.parse(readFileSync(at('knows-all.json'), 'utf8')) as { findings: { id: string }[] };
      writeFileSync(at('knows-less.json'), JSON.stringify({ ...all, findings: all.findings.slice(1) }));
      const entries = [...new Set(all.findings.map((f) => f.id))].map(
        (id) =>
          `  - {finding: ${id}, subject: "${target('weak')}", owner: pos, approved_by: ciso, reason: old terminals, expires: 2099-01-01}`,
      );
      writeFileSync(at('accepted.yaml'), `waivers:\n${entries.join('\n')}\n`);
    });
    afterAll(() => {
      for (const server of servers) server.close();
      rmSync(folder, { recursive: true, force: true });
      stopAll();
    });
    const target = (name: keyof typeof ports) => `127.0.0.1:${ports[name]}`;
    const quick = ['--timeout', '300'];

    it.each(FORMATS)(
      'has the same exit codes in %s',
      async (format) => {
        const f = ['--format', `${format}=${at(`out.${format}`)}`];
        expect(await run('ciphers', target('good'), ...f)).toBe(0);
        expect(await run('ciphers', target('weak'), ...f)).toBe(1);
        expect(await run('ciphers', target('closed'), ...f)).toBe(3);
        expect(await run('ciphers', target('hanging'), ...quick, ...f)).toBe(3);
        expect(await run('ciphers', target('flaky'), ...f)).toBe(0);
        expect(await run('ciphers', target('weak'), '--fail-on', 'never', ...f)).toBe(0);
        expect(await run('ciphers', target('weak'), target('closed'), ...f)).toBe(1);
        expect(await run('ciphers', target('garbage'), ...quick, ...f)).toBe(3);
        expect(await run('ciphers', 'host:99999', ...f)).toBe(2);
        const waived = ['ciphers', target('weak'), '--waivers', at('accepted.yaml')];
        expect(await run(...waived, ...f)).toBe(0);
        expect(await run(...waived, '--now', '2100-01-01T00:00:00Z', ...f)).toBe(1);
        const compared = ['ciphers', target('weak'), '--only-new', '--baseline'];
        expect(await run(...compared, at('knows-all.json'), ...f)).toBe(0);
        expect(await run(...compared, at('knows-less.json'), ...f)).toBe(1);
      },
      60_000,
    );

    it.each([
      [['ciphers']],
      [['ciphers', 'not a target']],
      [['ciphers', 'host:99999']],
      [['ciphers', 'h:1', '--policy', 'unknown']],
      [['ciphers', 'h:1', '--format', 'nope']],
      [['ciphers', 'h:1', '--fail-on', 'sometimes']],
      [['ciphers', 'h:1', '--openssl', '9.9']],
      [['ciphers', 'h:1', '--starttls', 'gopher']],
      [['ciphers', 'h:1', '--only-new']],
      [['ciphers', 'h:1', '--waivers', '/nowhere.yaml']],
      [['ciphers', 'h:1', '--baseline', '/nowhere.json']],
      [['ciphers', '--targets', '/nowhere.txt']],
    ])('refuses wrong arguments with 2: %j', async (args) => {
      expect(await run(...args)).toBe(2);
    });

    it('waives what is accepted, lists it, and fails again when the waiver has expired', async () => {
      const report = at('weak.json');
      await run('ciphers', target('weak'), '--format', `json=${report}`);
      const ids = new Set(
        (JSON.parse(readFileSync(report, 'utf8')) as { findings: { id: string }[] }).findings.map((f) => f.id),
      );
      const file = at('waivers.yaml');
      for (const id of ids) {
        const subject = target('weak');
        expect(
          await run(
            'waive',
            id,
            '--subject',
            subject,
            '--reason',
            'old terminals',
            '--owner',
            'pos',
            '--approved-by',
            'ciso',
            '--expires',
            '2099-01-01',
            '--file',
            file,
          ),
        ).toBe(0);
      }
      expect(await run('ciphers', target('weak'), '--waivers', file, '--format', `json=${report}`)).toBe(0);
      const waived = JSON.parse(readFileSync(report, 'utf8')) as { waivers: unknown[]; findings: unknown[] };
      expect(waived.waivers.length).toBeGreaterThan(0);
      expect(waived.findings.length).toBeGreaterThanOrEqual(waived.waivers.length);
      expect(await run('ciphers', target('weak'), '--waivers', file, '--now', '2100-01-01T00:00:00Z')).toBe(1);
      writeFileSync(file, 'waivers:\n  - finding: x\n');
      expect(await run('ciphers', target('weak'), '--waivers', file)).toBe(2);
      expect(
        await run(
          'waive',
          '*',
          '--subject',
          's',
          '--reason',
          'r',
          '--owner',
          'o',
          '--approved-by',
          'a',
          '--expires',
          '2099-01-01',
          '--file',
          file,
        ),
      ).toBe(2);
    });

    it('passes what a baseline knows and fails on what is new', async () => {
      const baseline = at('baseline.json');
      await run('ciphers', target('weak'), '--format', `json=${baseline}`);
      expect(await run('ciphers', target('weak'), '--baseline', baseline, '--only-new')).toBe(0);
      const known = JSON.parse(readFileSync(baseline, 'utf8')) as {
        findings: { id: string; data: { items: string[] } }[];
      };
      known.findings.find((f) => f.data.items?.length > 1)!.data.items.pop();
      writeFileSync(baseline, JSON.stringify(known));
      expect(await run('ciphers', target('weak'), '--baseline', baseline, '--only-new', '--fail-on', 'routine')).toBe(
        1,
      );
    });

    it('anchors a finding on the line of the targets file, and gives the promised fields as JSON', async () => {
      const targets = at('targets.txt');
      writeFileSync(
        targets,
        `# gateways\n${target('good')} sni=localhost\n\n${target('weak')} software=nginx/1.22.1\n`,
      );
      expect(await run('ciphers', '--targets', targets, '--format', 'json')).toBe(1);
      const report = JSON.parse(output) as {
        findings: { evidence: { file: string; line: number }[]; remedy: string }[];
        endpoints: { [key: string]: unknown }[];
      };
      expect(new Set(report.findings.map((f) => f.evidence[0]!.line))).toEqual(new Set([4]));
      expect(report.findings.some((f) => f.remedy.includes('ssl_protocols TLSv1.2 TLSv1.3;'))).toBe(true);
      expect(report.endpoints[0]).toMatchObject({
        target: target('good'),
        protocols: ['TLSv1.2', 'TLSv1.3'],
        complete: true,
      });
      expect(report.endpoints[0]!.suites).toEqual([
        { name: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', code: '0xC02F', protocol: 'TLSv1.2' },
        { name: 'TLS_AES_128_GCM_SHA256', code: '0x1301', protocol: 'TLSv1.3' },
      ]);
      expect(report.endpoints[0]!.connections).toBeGreaterThan(5);
      expect(report.endpoints[0]!.groups).not.toEqual([]);
      const schema = JSON.parse(
        readFileSync(new URL('../../schema/ciphers-endpoint.schema.json', import.meta.url), 'utf8'),
      ) as { properties: object };
      const valid = new Ajv2020({ allErrors: true }).compile({ ...schema, additionalProperties: false });
      writeFileSync(
        at('schema.conf'),
        'server { listen 443 ssl; ssl_protocols TLSv1 TLSv1.2; ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256; }\n',
      );
      await run('ciphers', target('good'), target('closed'), at('schema.conf'), '--deep', '--format', 'json');
      const deep = JSON.parse(output) as { endpoints: unknown[] };
      for (const endpoint of [...report.endpoints, ...deep.endpoints]) {
        valid(endpoint);
        expect(valid.errors).toBeNull();
      }
    });

    it('shows suites by protocol on the terminal, with the connections that were made', async () => {
      const file = at('terminal.txt');
      await run('ciphers', target('weak'), '--format', `terminal=${file}`);
      const lines = readFileSync(file, 'utf8').split('\n');
      expect(lines.some((l) => l.includes(target('weak')) && /\d+ connections made, complete/.test(l))).toBe(true);
      expect(lines.find((l) => l.startsWith('Cipher suite'))).toMatch(/TLSv1\.0 TLSv1\.1 TLSv1\.2 TLSv1\.3$/);
      expect(lines.find((l) => l.startsWith('TLS_RSA_WITH_AES_128_CBC_SHA '))).toMatch(
        /(?:●|x) +(?:●|x) +(?:●|x) +(?:·|\.)$/,
      );
      expect(lines.some((l) => l.startsWith('groups TLSv1.3: '))).toBe(true);
    });

    it('judges configurations, names what is malformed with line and column, and never passes it silently', async () => {
      const conf = at('nginx.conf');
      writeFileSync(
        conf,
        `http {\n  server {\n    listen 443 ssl;\n    ssl_certificate ${rsa.certificate};\n    ssl_protocols TLSv1.2 TLSv1.3;\n    ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;\n  }\n}\n`,
      );
      expect(await run('ciphers', conf, '--policy', 'tlsref-6.0-intermediate')).toBe(0);
      writeFileSync(conf, readFileSync(conf, 'utf8').replace('SHA256;\n', 'SHA256\n'));
      expect(await run('ciphers', conf, '--format', 'json')).toBe(1);
      expect(output).toContain('nginx.conf:6:5');
      writeFileSync(at('prose.txt'), 'nothing to see here\n');
      expect(await run('ciphers', at('prose.txt'))).toBe(3);
    });

    it('tells a configuration that was not reloaded from what the port offers', async () => {
      const conf = at('live.conf');
      writeFileSync(
        conf,
        `server { listen 127.0.0.1:${ports.good} ssl; ssl_certificate ${rsa.certificate}; ssl_protocols TLSv1.2 TLSv1.3; ssl_ecdh_curve P-384;\n ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384; }\n`,
      );
      await run('ciphers', target('good'), conf, '--format', 'json');
      const report = JSON.parse(output) as { findings: { id: string; detail: string }[] };
      const difference = report.findings.find((f) => f.id === 'ciphers/config-live-difference')!;
      expect(difference.detail).toContain('Offered but not configured: TLSv1.2 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256');
      expect(difference.detail).toContain('TLSv1.3 group x25519');
      expect(difference.detail).toContain('Configured but not offered: TLSv1.2 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384');
    });

    it('looks only at configurations that changed since a revision', async () => {
      const repository = at('repository');
      mkdirSync(repository);
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
          cwd: repository,
          stdio: 'ignore',
        });
      git('init', '-q');
      writeFileSync(
        join(repository, 'weak.conf'),
        'server { listen 443 ssl; ssl_protocols TLSv1.2; ssl_ciphers AES128-SHA; }\n',
      );
      git('add', '.');
      git('commit', '-q', '-m', 'x');
      const before = process.cwd();
      process.chdir(repository);
      try {
        expect(await run('ciphers', 'weak.conf')).toBe(1);
        expect(await run('ciphers', 'weak.conf', '--only-changed-since', 'HEAD')).toBe(0);
        writeFileSync('weak.conf', `${readFileSync('weak.conf', 'utf8')}# changed\n`);
        expect(await run('ciphers', 'weak.conf', '--only-changed-since', 'HEAD')).toBe(1);
        expect(await run('ciphers', 'weak.conf', '--only-changed-since', 'no-such-revision')).toBe(2);
        writeFileSync('main.conf', 'http { include servers.conf; }\n');
        writeFileSync('servers.conf', 'server { listen 443 ssl; ssl_protocols TLSv1.2; ssl_ciphers AES128-SHA; }\n');
        git('add', '.');
        git('commit', '-q', '-m', 'y');
        expect(await run('ciphers', 'main.conf', '--only-changed-since', 'HEAD')).toBe(0);
        writeFileSync('servers.conf', `${readFileSync('servers.conf', 'utf8')}# changed\n`);
        expect(await run('ciphers', 'main.conf', '--only-changed-since', 'HEAD')).toBe(1);
      } finally {
        process.chdir(before);
      }
    });
  },
);
