import { describe, expect, it } from 'vitest';
import { explain } from '../../src/cli/commands/explain.ts';
import { UserError } from '../../src/cli/exit.ts';
import { freshKnowledge } from './support.ts';

const knowledge = await freshKnowledge();
const run = (query: string, format = 'text', lang = 'en') => explain(query, { format, lang }, knowledge);
const refused = async (query: string, format = 'text', lang = 'en'): Promise<UserError> => {
  const error = await run(query, format, lang).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
};

describe('paymedic explain', () => {
  it('lists the catalogue when nothing is named', async () => {
    const text = await run('');
    for (const cause of knowledge.causes) expect(text).toContain(`  ${cause.id}`);
  });

  it('shows a cause with its remedy, verification and rivals, in both languages', async () => {
    const english = await run('crl-stale');
    expect(english).toMatch(/^A revocation list has expired or is missing\n/);
    for (const heading of ['What happened', 'Remedy', 'Verify', 'Prevent', 'References'])
      expect(english).toContain(`\n${heading}\n`);
    expect(await run('crl-stale', 'text', 'zh')).toMatch(/^吊销列表/);
  });

  it('gives the same as one JSON document', async () => {
    const data = JSON.parse(await run('crl-stale', 'json'));
    expect(data).toMatchObject({ kind: 'cause', id: 'crl-stale', code: 'T13' });
    expect(JSON.parse(await run('CRL has expired', 'json'))).toMatchObject({
      kind: 'text',
      causes: expect.arrayContaining(['crl-stale']),
    });
    expect(JSON.parse(await run('45', 'json'))).toMatchObject({ kind: 'alert', name: 'certificate_expired' });
    expect(JSON.parse(await run('', 'json')).causes).toHaveLength(knowledge.causes.length);
  });

  it('suggests the name that was probably meant, and fails as a usage error', async () => {
    const error = await refused('server-cert-expird');
    expect(error.exitCode).toBe(2);
    expect(error.next).toContain('server-cert-expired');
    expect((await refused('qqqqqqqqqq')).next).toContain('paymedic explain lists the causes');
    expect((await refused('crl-stale', 'html')).message).toContain('html');
    expect((await refused('crl-stale', 'text', 'fr')).message).toContain('fr');
  });

  it('repeats nothing of the query that could steer a terminal', async () => {
    const error = await refused('\u001b]0;owned\u0007 zzzzzz');
    expect(error.message).not.toMatch(/[\u0000-\u001f]/);
  });

  it('answers to a long text in reasonable time', async () => {
    const started = performance.now();
    await run(`${'certificate verify failed: '.repeat(20_000)}`);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
