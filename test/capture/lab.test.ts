import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CapturesResult, readCapture, readCaptures } from '../../src/capture/index.ts';

const corpora = fileURLToPath(new URL('../../../shared/corpora/', import.meta.url));
const lab = `${corpora}captures/lab/`;
const rows = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(1)
    .filter(Boolean)
    .map((line) => line.split('\t'));

describe.skipIf(!existsSync(lab))('labelled captures (skipped without ../shared/corpora/captures/lab)', () => {
  let result: CapturesResult;
  beforeAll(async () => {
    const files = readdirSync(lab).filter((name) => name.endsWith('.pcap'));
    result = await readCaptures(files.map((file) => ({ file, source: createReadStream(lab + file) })));
  });

  it('gives every failure its verdict and no failure to a healthy capture', () => {
    const wrong: string[] = [];
    for (const [capture, truth] of rows(`${lab}expected.tsv`)) {
      const ids = result.handshakes.filter((one) => one.file === `${capture}.pcap`).map((one) => one.verdict.id);
      const right = truth === 'ok' ? ids.length > 0 && ids.every((id) => id === 'ok') : ids.includes(truth!);
      if (!right) wrong.push(`${capture}: ${truth} but ${ids.join(', ')}`);
    }
    expect(wrong).toEqual([]);
  });

  it('judges mutual TLS flow by flow, TLS 1.3 by record lengths and marked as inferred', () => {
    for (const [clientPort, , version, , truth] of rows(`${lab}mtls.expected.tsv`)) {
      const flow = result.handshakes.find((one) => one.file === 'mtls.pcap' && one.client.port === Number(clientPort));
      expect(flow?.verdict.id, clientPort).toBe(truth);
      if (version === 'TLSv1.3') expect(flow?.verdict.inferred).toBe(true);
    }
  });
});

describe.skipIf(!existsSync(`${corpora}ja4`))('JA4 and server names (skipped without ../shared/corpora/ja4)', () => {
  const folder = `${corpora}ja4/`;
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => !name.endsWith('.yaml')) : [];
  it.each(files)('%s', async (file) => {
    const { handshakes } = await readCapture(createReadStream(folder + file), file);
    const expected = readFileSync(`${folder}${file}.expected.yaml`, 'utf8')
      .split(/^- stream: /m)
      .slice(1)
      .map((text) =>
        Object.fromEntries([...text.matchAll(/^ {2}(\w+): (.*)$/gm)].map((match) => [match[1]!, match[2]!])),
      )
      .filter((stream) => stream.ja4);
    expect(expected.length).toBeGreaterThan(0);
    for (const stream of expected) {
      const found = handshakes.filter(
        (one) =>
          one.client.address === stream.src &&
          one.client.port === Number(stream.src_port) &&
          one.server.port === Number(stream.dst_port),
      );
      expect(found.map((one) => `${one.clientHello?.ja4} ${one.clientHello?.sni ?? ''}`)).toContain(
        `${stream.ja4} ${stream.tls_server_name ?? ''}`,
      );
    }
  });
});
