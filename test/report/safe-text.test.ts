import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCardNumber, luhnValid, maskCardNumbers } from '../../src/report/mask-cards.ts';
import { maskSecrets } from '../../src/report/mask-secrets.ts';
import { inertLines, safeText } from '../../src/report/safe-text.ts';
import { sanitizeReport } from '../../src/report/sanitize.ts';
import { healthyReport } from './fixtures/healthy.ts';

/** Published test numbers of the card brands. */
const TEST_CARDS = [
  '4111111111111111',
  '4012888888881881',
  '4222222222222',
  '5555555555554444',
  '5105105105105100',
  '2223003122003222',
  '378282246310005',
  '371449635398431',
  '30569309025904',
  '38520000023237',
  '6011111111111117',
  '3530111333300000',
  '6200000000000005',
  '6304000000000000',
];

describe('card numbers', () => {
  it('keeps the first six and the last four digits', () => {
    expect(maskCardNumbers('pan=4111111111111111 ok')).toBe('pan=411111******1111 ok');
  });

  it.each(TEST_CARDS)('masks %s plain, grouped and with invisible characters', (card) => {
    const middle = card.slice(6, -4);
    const spellings = [
      card,
      card.replace(/(\d{4})(?=\d)/g, '$1 '),
      card.replace(/(\d{4})(?=\d)/g, '$1-'),
      card.split('').join(' '),
      card.split('').join('\u200b'),
      card.replace(/\d/g, (d) => String.fromCharCode(0xff10 + Number(d))),
      `"${card}"`,
      `x${card}y`,
      `${card}=27121010000012300000`,
      `%B${card}^DOE/JANE^2712101?`,
    ];
    for (const spelling of spellings) {
      const shown = safeText(`auth ${spelling} end`);
      const digits = shown.normalize('NFKC').replace(/\\u200b|[^0-9*]/g, '');
      expect(digits, spelling).not.toContain(card);
      expect(digits, spelling).toContain(`${card.slice(0, 6)}${'*'.repeat(middle.length)}${card.slice(-4)}`);
    }
  });

  it('removes track data after the number', () => {
    expect(safeText(';4111111111111111=27121010000012300000?')).not.toContain('2712101');
  });

  it.each([
    'order 4111111111111112',
    'time 1780000000000',
    'ip 10.0.0.1:443',
    '2026-05-30 00:00:07.123456',
    'a3f1c09e5d7b8842617f0c3e9b5d2a4871e6f09c3b5a7d8e2f4061c7a9b3d5e8',
    '0000000000000000',
    'id 20260530000007123456',
  ])('leaves %s alone', (text) => {
    expect(maskCardNumbers(text)).toBe(text);
  });

  it('never shows a whole valid number, wherever it stands', () => {
    const card = fc.constantFrom(...TEST_CARDS);
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), card, fc.string({ maxLength: 30 }), (before, number, after) => {
        // Digits right beside it would make another, longer number.
        fc.pre(!/[\d\uff10-\uff19]\W*$/.test(before) && !/^\W*[\d\uff10-\uff19]/.test(after));
        expect(luhnValid(number) && isCardNumber(number)).toBe(true);
        expect(safeText(`${before} ${number} ${after}`)).not.toContain(number);
      }),
    );
  });
});

describe('secrets', () => {
  it.each([
    ['password=hunter2', 'hunter2'],
    ['"password": "correct horse battery"', 'horse'],
    ["db_password: 'p w d'", 'p w d'],
    ['{\\"apiKey\\":\\"ab cd-ef\\"}', 'ab cd'],
    ['Authorization: Bearer abcdef0123456789', 'abcdef0123456789'],
    ['authorization: Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
    ['jdbc:mysql://pay:s3cr3t@db/x', 's3cr3t'],
    ['Cookie: JSESSIONID=9A8B7C6D5E; theme=dark', '9A8B7C6D5E'],
    ['sk_live_51HxyzABCDEFabcdef', '51Hxyz'],
    ['key eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcDEF123', 'eyJzdWIiOiIxIn0'],
    ['cvv=123', '=123'],
    ['cvv2: 9876', '9876'],
    ['client_secret=Zx9', 'Zx9'],
    ['apiV3Key=0123456789abcdef0123456789abcdef', '0123456789abcdef'],
    ['mch-key => 192006250b4c09247ec02edce69f6a2d', '192006250b4c'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----', 'MIIEow'],
    ['-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEI', 'MHcCAQEEI'],
    ['spring.datasource.password=abc123', 'abc123'],
    ['smtpPassword=abc123', 'abc123'],
  ])('masks %s', (text, secret) => {
    expect(safeText(text)).not.toContain(secret);
    expect(safeText(text)).toMatch(/\[masked\]|private key removed/);
  });

  it.each([
    'token expired',
    'invalid signature for merchant 1007',
    'password file missing',
    'key usage does not allow it',
    'SSL_CTX_use_PrivateKey failed',
    'ssl_certificate_key /etc/nginx/pay.key',
    'Basic constraints',
    'sha256=ab12',
  ])('leaves %s alone', (text) => {
    expect(maskSecrets(text)).toBe(text);
  });
});

describe('characters that act', () => {
  it('shows escapes, overrides and invisible characters instead of obeying them', () => {
    expect(safeText('\u001b[31mred\u202etxt\u200b\u0000\r\nnext\u009b2J\u2028')).toBe(
      '\\x1b[31mred\\u202etxt\\u200b\\x00\\r\\nnext\\x9b2J\\u2028',
    );
  });

  it('takes the life out of CI runner commands', () => {
    for (const command of [
      '::error file=a::x',
      '##[group]x',
      '##vso[task.setvariable]x',
      '::add-mask::x',
      '##teamcity[x]',
    ]) {
      expect(safeText(command)).not.toMatch(/::(error|add)|##(\[|vso|teamcity)/);
    }
    expect(safeText('fe80::1 and std::vector')).toBe('fe80::1 and std::vector');
  });

  it('cuts after masking and never inside a pair', () => {
    expect(safeText(`${'a'.repeat(20)}4111111111111111`, 30)).toBe(`${'a'.repeat(20)}411111***…`);
    expect(safeText('😀'.repeat(10), 6)).toBe('😀😀…');
  });

  it('lets no control, bidirectional or lone surrogate character through and is idempotent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const once = safeText(text);
        expect(once).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(safeText(once)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it('stays fast on texts made to be slow', () => {
    const start = performance.now();
    for (const piece of [
      'a.',
      '-eyJ',
      'password',
      '1 ',
      '4111-',
      '\u200b1',
      'cookie=',
      'token:',
      'a://b:',
      '-----BEGIN ',
      '##',
      '"',
      '\\"secret\\":\\"',
    ])
      safeText(piece.repeat(200_000 / piece.length));
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('what the search of logs finds', () => {
  it.each([
    ['a number as hexadecimal', `card=${Buffer.from('4111111111111111').toString('hex')}`, '34313131'],
    ['a number with every digit escaped', 'card=%34%31%31%31%31%31%31%31%31%31%31%31%31%31%31%31', '%34%31'],
    [
      'an address that is a key',
      `post https://hooks.slack.com/services/T0AB12CD3/B0AB12CD34/${'aB3'.repeat(8)}`,
      'aB3aB3',
    ],
    // The number of the room would pass for a card, and hide what follows once it is masked.
    [
      'an address whose number passes the check digit',
      `discord.com/api/webhooks/630448114111112440/${'aB3-'.repeat(17)}`,
      'aB3-aB3',
    ],
    ['a token behind a bracket', `headers={accept=[*/*], authorization=[Bearer ${'aB3'.repeat(9)}]}`, 'aB3aB3'],
    ['a token of its own form', `GET /hook/GOCSPX-${'aB3_'.repeat(7)} 404`, 'aB3_aB3_'],
  ])('is in no report: %s', (_, text, leak) => {
    const safe = safeText(text);
    expect(safe).toContain('[masked]');
    expect(safe).not.toContain(leak);
    expect(safeText(safe)).toBe(safe);
  });
});

describe('sanitizeReport', () => {
  it('makes every text of the model safe, keys included, and keeps digests', () => {
    const sha256 = '4111111111111111'.repeat(4);
    const hostile = {
      ...healthyReport,
      evidence: [{ ...healthyReport.evidence[0]!, path: 'a\u001b[2Jb', sha256, counts: { 'x\u202e': 1 } }],
      messages: [{ password: 'hunter2', deep: { note: 'pan 4111111111111111' } }],
    };
    const safe = sanitizeReport(hostile);
    expect(safe.evidence[0]).toMatchObject({ path: 'a\\x1b[2Jb', sha256, counts: { 'x\\u202e': 1 } });
    expect(safe.messages).toEqual([{ password: '[masked]', deep: { note: 'pan 411111******1111' } }]);
    expect(sanitizeReport(safe)).toBe(safe);
  });
});

describe('what a command says', () => {
  const ACTS = '\u001b[2J\u001b]0;t\u0007\u009b31m\u202e\u{e0041}';

  it('shows what would act on a terminal, and keeps lines, tabs and colours', () => {
    expect(inertLines(`a\tb\r\n\u001b[31m+ ${ACTS}\u001b[39m\n`)).toBe(
      'a\tb\r\n\u001b[31m+ \\x1b[2J\\x1b]0;t\\x07\\x9b31m\\u202e\\u{e0041}\u001b[39m\n',
    );
  });

  it('as JSON reads back as it was', () => {
    const value = { [ACTS]: `${ACTS} \u4f60\u597d` };
    const text = inertLines(`${JSON.stringify(value, null, 2)}\n`, true);
    expect(text).toMatch(/^[\n\x20-\x7e\u4f60\u597d]*$/);
    expect(JSON.parse(text)).toEqual(value);
  });
});
