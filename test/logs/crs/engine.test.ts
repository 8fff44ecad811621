import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { CrsEngine, readRuleSet } from '../../../src/logs/crs/index.ts';
import { lettersOf, sieveOf } from '../../../src/logs/crs/letters.ts';
import { detectSqli } from '../../../src/logs/crs/sqli.ts';
import { transform } from '../../../src/logs/crs/transform.ts';
import { detectXss } from '../../../src/logs/crs/xss.ts';

const RULES = `
# a comment with "quotes"
SecRule TX:DETECTION_PARANOIA_LEVEL "@lt 1" "id:930011,phase:1,pass,nolog,skipAfter:END"
SecRule REQUEST_URI_RAW|ARGS|REQUEST_HEADERS|!REQUEST_HEADERS:Referer "@rx (?i)\\.\\.[/\\x5c]" \\
    "id:930100,\\
    phase:2,\\
    block,\\
    t:none,t:urlDecodeUni,\\
    msg:'Path Traversal, (/../)',\\
    tag:'attack-lfi',\\
    tag:'paranoia-level/1',\\
    ver:'OWASP_CRS/9.9.9',\\
    severity:'CRITICAL'"
SecRule ARGS "@rx ^(?:ht|f)tps?://([^/]*)" \\
    "id:931130,phase:2,capture,t:none,severity:'CRITICAL',tag:'attack-rfi',tag:'paranoia-level/2',chain"
    SecRule TX:1 "!@endsWith example.com" "t:none"
SecRule REQUEST_HEADERS:User-Agent "@pmFromFile agents.data" "id:913100,t:none,severity:'WARNING',tag:'attack-scanner',tag:'paranoia-level/1'"
SecRule REQUEST_BODY "@rx x" "id:930900,severity:'CRITICAL'"
SecRule &ARGS "@gt 9" "id:930901,severity:'CRITICAL'"
SecRule ARGS "@rx (a)\\1" "id:930902,severity:'CRITICAL'"
`;
const engine = new CrsEngine(
  readRuleSet([
    { name: 'REQUEST-930-X.conf', text: RULES },
    { name: 'REQUEST-920-X.conf', text: `SecRule ARGS "@rx x" "id:920100,severity:'CRITICAL'"` },
    { name: 'agents.data', text: '# tools\nevilscan\n' },
    { name: 'unused.data', text: 'x' },
  ]),
);
const ids = (uri: string, more: { userAgent?: string; referer?: string } = {}): number[] =>
  engine.match({ method: 'GET', uri, ...more }).map(({ rule }) => rule.id);

describe('rules of the Core Rule Set', () => {
  it('keeps what an access line can answer and says what cannot run', () => {
    expect(engine.version).toBe('OWASP_CRS/9.9.9');
    expect(engine.rules.map(({ rule }) => rule.id)).toEqual([930100, 931130, 913100]);
    expect(engine.unsupported).toEqual([930902]);
    expect(engine.rules[0]!.rule).toMatchObject({ message: 'Path Traversal, (/../)', family: 'lfi', paranoia: 1 });
  });

  it('decodes as the rule asks and says where it matched', () => {
    expect(engine.match({ method: 'GET', uri: '/x?f=..%252f..%252fetc' })[0]).toMatchObject({ where: 'ARGS:f' });
    expect(ids('/a/b')).toEqual([]);
  });

  it('leaves out excluded members', () => {
    expect(ids('/', { referer: 'http://x/../y' })).toEqual([]);
    expect(ids('/', { userAgent: '../' })).toEqual([930100]);
  });

  it('follows chains with their captures', () => {
    expect(ids('/?u=http://other.test/a')).toEqual([931130]);
    expect(ids('/?u=http://www.example.com/a')).toEqual([]);
  });

  it('finds listed phrases in any case', () => {
    expect(ids('/', { userAgent: 'x EvilScan/1.0' })).toEqual([913100]);
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (uri) => {
        expect(Array.isArray(ids(uri))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the sieve before a pattern', () => {
  it('never holds back a text that matches', () => {
    const patterns = ['(?i)<script[^>]*>', 'a+b|c[0-9]{2}', '(?:^|[;|])\\s*ls\\b', '\\$\\{jndi:', '[^a-z]x', '(?s).=.'];
    const sieves = patterns.map((pattern) => {
      const compiled = RE2JS.compile(pattern);
      return { compiled, sieve: sieveOf(compiled) };
    });
    const text = fc.string({ unit: fc.constantFrom(...'<script>abc09;| ls${jndi:=xX'), maxLength: 24 });
    fc.assert(
      fc.property(text, (value) => {
        for (const { compiled, sieve } of sieves)
          if (compiled.matcher(value).find()) expect(sieve(lettersOf(value))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('holds back what cannot match', () => {
    const sieve = sieveOf(RE2JS.compile('(?i)<script'));
    expect(sieve(lettersOf('/shop/index?id=4'))).toBe(false);
  });
});

describe('SQL injection by grammar', () => {
  it.each([
    "1' or '1'='1",
    '1 OR 1=1',
    "' union all select 1,2,3-- ",
    "x'; drop table users--",
    "admin'--",
    'sleep(5)',
    "1') waitfor delay '0:0:5'--",
    "' or 1=1#",
    '-1 union select null,null',
    "' || (select 1) || '",
    "1' order by 12 -- ",
    '-81 order by 10--',
    '9 or 1 group by concat(version(),floor(rand(0)*2)) having min(0)--',
    '-630 /*!50000union*/ /*!select*/ 1,2,3--',
    '-1 union# x\n select 1,2',
    '342 or (1,1)=(select count(0),concat((select password from users limit 0,1),floor(rand(0)*2)) from (t) group by 2)',
    "1')) OR JSON_KEYS((SELECT CONVERT((SELECT CONCAT(0x7178,(SELECT (ELT(8315=8315,1))),0x7162)) USING utf8))) AND (('a' LIKE 'a",
    'FOO,(SELECT (CASE WHEN (4763=4974) THEN 1 ELSE 2 END))',
    '1 AND ascii(lower(substring(version(),1,1)))=52',
    "0' between 2-1 and 4-1 or 1 ",
    "1 into outfile '/tmp/a'",
    '(select id from users limit 1,1)',
    '21 update prices set amount=cast(0x41 as char)',
    "-1; if (1=1) waitfor delay '00:00:01'--",
  ])('sees %s', (text) => {
    expect(detectSqli(text)).toBeDefined();
  });

  it.each([
    '4711',
    "O'Brien",
    'rock and roll',
    'select your size',
    'union square, new york',
    'a+b=c',
    "it's - what's left",
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.107 Safari/537.36',
    '2026-09-12 10:00:00',
    'jane@example.com',
    'black or white',
    '1950 or 1960',
    'please choose (select one from the list)',
    'truncate trail race',
    'size 5 and up',
    'order by 5 pm',
    "the dogs' bowl and the cats' bed",
    'in case when you return it',
    'update your delivery address',
    'RECLAIMED WOOD" + "SIGN" + "PRIMITIVE"',
  ])('lets %s pass', (text) => {
    expect(detectSqli(text)).toBeUndefined();
  });
});

describe('script injection by structure', () => {
  it.each([
    '<script>alert(1)</script>',
    '<svg/onload=alert()>',
    '"onmouseover=\'prompt(1)\'"',
    "' autofocus onfocus=alert(1) x='",
    '<a href="java&#x73;cript:alert(1)">',
    '<img src=x onerror=alert(1)>',
    '<!--[if IE]>',
    '<x:script xmlns:x="http://www.w3.org/1999/xhtml">',
  ])('sees %s', (text) => {
    expect(detectXss(text)).toBeDefined();
  });

  it.each(['a < b and c > d', 'x=1&y=2', '<3', '<b>bold</b>', '<a href="/next">next</a>', 'only=5', 'on sale = yes'])(
    'lets %s pass',
    (text) => {
      expect(detectXss(text)).toBeUndefined();
    },
  );

  it('ends in time on hostile text', () => {
    const started = Date.now();
    for (const text of ['<'.repeat(100_000), '<a '.repeat(50_000), "<a b='".repeat(20_000), '<!--'.repeat(30_000)]) {
      detectXss(text);
      detectSqli(text.replaceAll('<', "'("));
    }
    expect(Date.now() - started).toBeLessThan(2000);
  });
});

describe('transformations', () => {
  it.each([
    ['urlDecodeUni', '%3Ca+b%u003e%zz', '<a b>%zz'],
    ['htmlEntityDecode', '&lt;&#x3c;&#60;&#0000000123;&bogus;', '<<<{&bogus;'],
    ['jsDecode', '\\u003c\\x3e\\n\\101', '<>\nA'],
    ['cssDecode', '\\3c x', '<x'],
    ['cmdLine', 'C^MD  /c "a;b"', 'cmd/c a b'],
    ['normalizePath', '/a/./b/../c//d', '/a/c/d'],
    ['normalizePathWin', '\\a\\..\\b', '/b'],
    ['replaceComments', 'a/* x */b', 'a b'],
    ['removeNulls', 'a\0b', 'ab'],
    ['compressWhitespace', 'a \t\n b', 'a b'],
    ['utf8toUnicode', '\xef\xbc\x9c', '%uff1c'],
  ])('%s', (name, before, after) => {
    expect(transform(name, before)).toBe(after);
  });
});
