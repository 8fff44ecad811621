import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../src/checks/registry.gen.ts';
import { catalogueDocument, causeDocument } from '../../src/cli/explain/cause-document.ts';
import { explainText, searchCauses } from '../../src/cli/explain/match-text.ts';
import { alertDocument, checkDocument, textDocument } from '../../src/cli/explain/other-documents.ts';
import { renderMarkdown, renderTerminal } from '../../src/cli/explain/render.ts';
import { suggestions, topicOf } from '../../src/cli/explain/topic.ts';
import { editDistance, nearest } from '../../src/knowledge/nearest.ts';
import { remedyFor } from '../../src/knowledge/remedy.ts';
import { compileLexicon } from '../../src/logs/lexicon/compile.ts';
import { displayWidth } from '../../src/report/width.ts';
import { freshKnowledge } from './support.ts';

const knowledge = await freshKnowledge();
const lexicon = compileLexicon([...knowledge.lexicon]);
const checks = CHECKS.map((c) => c.meta);
const explain = (text: string) => explainText(knowledge, lexicon, text);

describe('what the user means', () => {
  it.each([
    ['', 'catalogue'],
    ['crl-stale', 'cause'],
    ['T13', 'cause'],
    ['45', 'alert'],
    ['alert 116', 'alert'],
    ['certificate_expired', 'alert'],
    ['Handshake failure', 'alert'],
    [checks[0]!.id, 'check'],
    ['code 51', 'code'],
    ['91', 'code'],
    ['insufficient_funds', 'code'],
    ['CRL has expired', 'text'],
  ])('%j is a %s', (query, kind) => {
    expect(topicOf(query, knowledge, checks).kind).toBe(kind);
  });

  it('suggests what a mistyped name may have been', () => {
    expect(suggestions('server-cert-expird', knowledge, checks)[0]).toBe('server-cert-expired');
    expect(suggestions('crlstale', knowledge, checks)).toContain('crl-stale');
    expect(suggestions('missing intermediate', knowledge, checks)).toContain('intermediate-missing');
    expect(suggestions('zzzzzzzz', knowledge, checks)).toEqual([]);
  });
});

describe('payment response codes', () => {
  it('keep the dialects apart: 11 is an approval to one and a signature error to another', () => {
    const topic = topicOf('code 11', knowledge, checks);
    const meanings = topic.kind === 'code' ? topic.meanings : [];
    expect(meanings).toContainEqual({ dialect: 'iso8583', outcome: 'approved', reason: 'ok' });
    expect(meanings).toContainEqual({ dialect: 'unionpay', outcome: 'error', reason: 'signature' });
  });

  it('show a number that is both an alert and a response code as both', () => {
    const topic = topicOf('51', knowledge, checks);
    expect(topic.kind).toBe('alert');
    if (topic.kind === 'alert') expect(topic.meanings.map((m) => m.reason)).toContain('funds');
  });
});

describe('error texts', () => {
  it.each([
    ['curl: (60) SSL certificate problem: unable to get local issuer certificate', 'intermediate-missing'],
    ['SSL certificate problem: certificate has expired', 'server-cert-expired'],
    [
      'client SSL certificate verify error: (10:certificate has expired) while reading client request headers',
      'client-cert-expired',
    ],
    ['client sent no required SSL certificate while reading client request headers', 'client-cert-not-sent'],
    [
      'SSL_CTX_use_PrivateKey("/etc/ssl/a.key") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)',
      'key-pair-broken',
    ],
    ['connect() failed (111: Connection refused) while connecting to upstream', 'connection-refused'],
    ['HikariPool-1 - Connection is not available, request timed out after 30000ms', 'pool-exhausted'],
    [
      'No signatures found matching the expected signature for payload. Are you passing the raw request body?',
      'webhook-body-altered',
    ],
    ['x509: certificate relies on legacy Common Name field, use SANs instead', 'san-missing'],
  ])('%j first suggests %s', (text, cause) => {
    expect(explain(text).causes[0]).toBe(cause);
  });

  it('turns a complaint about the client to the causes on the client side', () => {
    const server = explain('SSL certificate problem: certificate has expired').causes;
    const client = explain('client SSL certificate verify error: (10:certificate has expired)').causes;
    expect(server[0]).toBe('server-cert-expired');
    expect(client[0]).toBe('client-cert-expired');
  });

  it('names more than one cause where the text has more than one', () => {
    for (const text of [
      'certificate has expired',
      'unable to get local issuer certificate',
      'sslv3 alert handshake failure',
    ]) {
      expect(explain(text).causes.length).toBeGreaterThan(2);
    }
  });

  it('lists every cause under each of its own texts', () => {
    for (const cause of knowledge.causes) {
      for (const { text } of cause.texts.filter((t) => t.text.length >= 8))
        expect(explain(text).causes, text).toContain(cause.id);
    }
  });

  it('recognises the example of every entry of the lexicon', () => {
    for (const entry of knowledge.lexicon.filter((e) => !e.only))
      expect(explain(entry.example).matches.length, entry.id).toBeGreaterThan(0);
  });

  it('says what a received alert means by its number', () => {
    const found = explain('tlsv1 alert user cancelled:SSL alert number 90');
    expect(found.causes).toEqual([]);
    expect(found.matches[0]!.says.en).toBe(knowledge.alerts.find((a) => a.number === 90)!.meaning.en);
  });

  it('recognises nothing in nothing', () => {
    expect(explain('hello world').causes).toEqual([]);
    expect(explain('').causes).toEqual([]);
    expect(explain('\u0000\u001b[31m'.repeat(5000)).matches).toEqual([]);
  });

  it('finds causes by plain words, also Chinese ones', () => {
    expect(searchCauses(knowledge.causes, 'disk full')).toContain('disk-full');
    expect(searchCauses(knowledge.causes, '撞库')).toContain('credential-stuffing');
    expect(searchCauses(knowledge.causes, '证书过期')[0]).toMatch(/expired/);
    expect(searchCauses(knowledge.causes, 'qwertz')).toEqual([]);
  });
});

describe('documents', () => {
  const documents = (['en', 'zh'] as const).flatMap((language) => [
    catalogueDocument(knowledge.causes, language),
    ...knowledge.causes.map((c) => causeDocument(c, knowledge, language)),
    ...knowledge.alerts.map((a) => alertDocument(a, knowledge.causeById, language)),
    ...checks.map((c) => checkDocument(c, knowledge.causes, language)),
  ]);

  it('fit 80 columns, except words of commands that cannot be broken', () => {
    for (const document of documents) {
      for (const line of renderTerminal(document, 80).split('\n')) {
        if (displayWidth(line) <= 80) continue;
        const [first, ...rest] = line.trim().replace(/^\$ /, '').replace(/ \\$/, '').split(' ');
        expect(
          first !== undefined && (rest.length === 0 || /['"]/.test(line) || /^https:/.test(first)),
          `${document.title}: ${line}`,
        ).toBe(true);
      }
    }
  });

  it('keep the commands as they are: joined again they are the same', () => {
    for (const cause of knowledge.causes) {
      const lines = renderTerminal(causeDocument(cause, knowledge, 'en'), 80).split('\n');
      const start = lines.findIndex((l) => l.startsWith('  $ '));
      let end = start;
      while (lines[end]!.endsWith(' \\')) end++;
      const shown = lines
        .slice(start, end + 1)
        .map((l) => l.replace(/^ {2}(\$ | {4})/, '').replace(/ \\$/, ''))
        .join(' ');
      expect(shown.replace(/\s+/g, ' ')).toBe(cause.verify.command.replace(/\s+/g, ' '));
    }
  });

  it('line up labels under wide characters', () => {
    const lines = renderTerminal(causeDocument(knowledge.causeById.get('crl-stale')!, knowledge, 'zh'), 80).split('\n');
    const facts = lines.slice(1, 5).map((line) => {
      const label = /^ {2}\S+ +/.exec(line)![0];
      return displayWidth(label);
    });
    expect(new Set(facts).size).toBe(1);
  });

  it('let no control character of the user through', () => {
    const nasty = 'certificate has expired \u001b[31m\u202e<script>`](http://evil)';
    const document = textDocument(nasty, explain(nasty), knowledge.causeById, 'en');
    expect(renderTerminal(document, 80)).not.toMatch(/[\u001b\u202e]/);
    const page = renderMarkdown(document);
    expect(page).not.toMatch(/[\u001b\u202e]/);
    expect(page).not.toMatch(/(?<!\\)<script>/);
    expect(page).not.toMatch(/(?<!\\)\]\(http/);
  });
});

describe('helpers', () => {
  it('count edits, a swap of neighbours as one', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('crl-stale', 'clr-stale')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(nearest('  ', ['a'])).toEqual([]);
  });

  it('leave out the steps for software that is not there', () => {
    const cause = knowledge.causeById.get('server-cert-expired')!;
    const where = (seen: string[]) => remedyFor(cause, new Set(seen)).map((r) => r.where);
    expect(where(['nginx'])).toEqual(['ca', 'nginx']);
    expect(where([])).toEqual(cause.remedy.map((r) => r.where));
    expect(where(['caddy'])).toEqual(cause.remedy.map((r) => r.where));
  });
});
