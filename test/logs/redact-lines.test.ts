/** What a redacted copy knows from the lines before: names of secrets, and numbers that were masked. */
import { describe, expect, it } from 'vitest';
import { MaskedBefore } from '../../src/logs/cards/masked-before.ts';
import { Redactor } from '../../src/logs/redact.ts';

function redacted(lines: string[]): string[] {
  const redactor = new Redactor();
  return lines.map((line) => {
    const bytes = Buffer.from(line);
    return redactor.line(bytes, 0, bytes.length).toString('utf8');
  });
}

describe('a secret whose name stands on the line before', () => {
  it.each([
    [['password:', '  Tr0ub4dor&3x'], '  [password removed]'],
    [['Password: ', 'Tr0ub4dor&3x'], '[password removed]'],
    [['- name: DB_PASSWORD', '  value: "Tr0ub4dor&3x"'], '  value: "[password removed]"'],
    [['  "name": "api_key",', '  "value": "Tr0ub4dor&3x"'], '  "value": "[password removed]"'],
    [['<key>password</key>', '<string>Tr0ub4dor&3x</string>'], '<string>[password removed]</string>'],
  ])('%j', (lines, last) => {
    const clean = redacted(lines);
    expect(clean).toEqual([lines[0], last]);
    expect(redacted(clean)).toEqual(clean);
  });

  it.each([
    [['password:', '  valueFrom:', '    secretKeyRef:']],
    [['password:', '  min_length=12']],
    [['Enter password:', '2026-09-12T08:00:00Z INFO access granted to user42']],
    [['- name: DB_PASSWORD', '  valueFrom: db-secret-2']],
    [['- name: DB_HOST', '  value: "db01.example.com"']],
    [['password:', '', 'db01.example.com']],
  ])('%j stays', (lines) => {
    expect(redacted(lines)).toEqual(lines);
  });
});

describe('a pair of name and value on one line', () => {
  it.each([
    ['[{"value":"zk39ALspqw","name":"client_secret"}]', '[{"value":"[password removed]","name":"client_secret"}]'],
    [
      '<entry><key>password</key><value>Tr0ub4dor&3x</value></entry>',
      '<entry><key>password</key><value>[password removed]</value></entry>',
    ],
    ['[{"value":"zk39ALspqw","name":"client_name"}]', '[{"value":"zk39ALspqw","name":"client_name"}]'],
  ])('%s', (line, clean) => {
    expect(redacted([line])).toEqual([clean]);
  });
});

describe('a number that was masked', () => {
  it('is masked where it stands as an order, too', () => {
    expect(
      redacted([
        'card number 4111-1111-1111-1111 charged',
        'order_id: 4111111111111111 shipped',
        '{"order_id":"5425233430109903"} pan=5425233430109903',
        'order_id: 4539578763621486 shipped',
      ]),
    ).toEqual([
      'card number 4111-11**-****-1111 charged',
      'order_id: 411111******1111 shipped',
      '{"order_id":"542523******9903"} pan=542523******9903',
      'order_id: 4539578763621486 shipped',
    ]);
  });

  it('is found at every place of a line, and in no longer run of digits', () => {
    const before = new MaskedBefore();
    before.add('4111 1111 1111 1111');
    for (let blanks = 0; blanks < 30; blanks++) {
      const line = Buffer.from(`${'12 '.repeat(blanks % 3)}${' '.repeat(blanks)}4111111111111111 x`);
      const from = line.indexOf('4111');
      expect(before.spans(line, 0, line.length)).toEqual([{ from, to: from + 16 }]);
      const longer = Buffer.from(`${' '.repeat(blanks)}14111111111111111 41111111111111112`);
      expect(before.spans(longer, 0, longer.length)).toEqual([]);
    }
  });
});
