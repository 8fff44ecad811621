import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { luhn } from '../../src/logs/cards/number.ts';
import { CardScanner } from '../../src/logs/index.ts';
import { Redactor } from '../../src/logs/redact.ts';

/** Numbers that the schemes and gateways publish for testing. */
const TEST_CARDS = [
  ['4111111111111111', 'visa'],
  ['5555555555554444', 'mastercard'],
  ['2223003122003222', 'mastercard'],
  ['378282246310005', 'amex'],
  ['6011111111111117', 'discover'],
  ['3530111333300000', 'jcb'],
  ['30569309025904', 'diners'],
  ['6205500000000000004', 'unionpay'],
] as const;

function scan(...lines: string[]) {
  const scanner = new CardScanner(Buffer.alloc(32, 7));
  for (const [i, line] of lines.entries()) {
    const bytes = Buffer.from(line);
    scanner.scan(bytes, 0, bytes.length, 'a.log', i + 1, 0);
  }
  return scanner.finish();
}

describe('card numbers', () => {
  it.each(TEST_CARDS)('finds %s (%s) and shows no more than six and four digits', (pan, brand) => {
    const { hits } = scan(`2026-09-12 INFO charge card=${pan} amount=12`);
    expect(hits).toHaveLength(1);
    expect(hits[0]).toMatchObject({ brand, line: 1, column: 29, kind: 'pan' });
    expect(hits[0]!.masked).toBe(`${pan.slice(0, 6)}${'*'.repeat(pan.length - 10)}${pan.slice(-4)}`);
  });

  it.each([
    ['JSON', '{"pan":"4111111111111111"}'],
    ['escaped JSON', '{"msg":"{\\"cardNumber\\":\\"4111111111111111\\"}"}'],
    ['percent-encoded', 'body=card%3D4111111111111111%26x'],
    ['groups of four', 'Card: 4111 1111 1111 1111 exp 12/29'],
    ['dashes', 'my card is 4111-1111-1111-1111.'],
    ['XML', '<AccountNumber>4111111111111111</AccountNumber>'],
    ['a column', '2026-09-12T08:00:00Z,4111111111111111,100,CNY'],
    ['full-width colon', '银行卡号：4111111111111111'],
    ['words only', 'charge on 4111111111111111 declined'],
  ])('finds it as %s', (_, line) => {
    expect(scan(line).total).toBe(1);
  });

  it.each([
    ['no-break spaces', 'card 4111\u00a01111\u00a01111\u00a01111 used'],
    ['narrow no-break spaces', 'card 4111\u202f1111\u202f1111\u202f1111 used'],
    ['dots', 'card no: 4111.1111.1111.1111, 12/29'],
    ['dashes of typography', 'card 4111\u20131111\u20131111\u20131111'],
    ['full-width digits', '卡号：４１１１１１１１１１１１１１１１ 已支付'],
    ['full-width digits in groups', '卡号：４１１１　１１１１　１１１１　１１１１'],
    ['percent-encoded blanks', 'GET /pay?number=4111%201111%201111%201111&a=1'],
    ['percent-encoded JSON', 'body=%7B%22cardNumber%22%3A%224111111111111111%22%7D'],
    ['several escapes in front', 'GET /pay?x=%20%204111111111111111%20&q=%22%204111111111111111%22'],
    ['escapes between it and words', 'GET /pay?card=%20%20%204111%201111%201111%201111%20now'],
    ['escaped JSON', '{"raw":"{\\u0022card\\u0022:\\u00224111111111111111\\u0022}"}'],
    ['the escapes of web servers', '"{\\x22card\\x22:{\\x22number\\x22:\\x224111111111111111\\x22,\\x22exp\\x22:1}}"'],
    ['quoted-printable', 'card=3D4111111111111111=20exp=3D12/29'],
    ['a Dutch name', '{"kaartnummer": "4111-1111-1111-1111"}'],
    ['a member of card', '{"card":{"holder":"x","number":"4111111111111111"}}'],
    ['CDATA', '<cardNumber><![CDATA[4111111111111111]]></cardNumber>'],
    ['base64', `payload=${Buffer.from('{"pan":"4111111111111111"}').toString('base64')}`],
    ['base64 of the bare number', `v=${Buffer.from('4111111111111111').toString('base64')}`],
    ['base64 at another phase', `payload=${Buffer.from('xy{"pan":"4111111111111111"}').toString('base64')}`],
    ['hexadecimal characters', `card=${Buffer.from('4111111111111111').toString('hex')}`],
    ['chip track 2', 'tag 57: 4111111111111111D29122010000000000F'],
    ['bare track 2', 'DE35=4111111111111111=29122010000000'],
  ])('finds it as %s and masks it', (_, line) => {
    expect(scan(line).total).toBe(1);
    const bytes = Buffer.from(line);
    const cleaned = Buffer.from(new Redactor().line(bytes, 0, bytes.length));
    expect(scan(cleaned.toString()).total).toBe(0);
  });

  it.each([
    ['an IBAN in groups', 'IBAN DE89 4111 1111 1111 1111 11 debited'],
    ['a longer reference in fours', 'ref 4111 1111 1111 1111 1111 1111'],
    ['a gift card', 'gift card 4111111111111111 redeemed'],
    ['a SIM card', 'sim_card=4111111111111111'],
    ['a resident number', 'id 622301195001011238 checked'],
    ['the number of a phone', '{"phone":{"number":"4111111111111111"}}'],
    ['base64 of an order', `payload=${Buffer.from('{"order_id":"4111111111111111"}').toString('base64')}`],
    ['a fingerprint', 'fingerprint=4111111111111111'],
    ['an order in Chinese', '订单号：4111111111111111 已支付'],
  ])('lets %s pass', (_, line) => {
    expect(scan(line).total).toBe(0);
  });

  it('tells track data and verification values apart', () => {
    expect(scan(';4111111111111111=29121011234567890?').hits[0]!.kind).toBe('track2');
    expect(scan('%B4111111111111111^DOE/JANE^2912101?').hits[0]!.kind).toBe('track1');
    expect(scan('card=4111111111111111&cvv=123').hits.map((hit) => [hit.kind, hit.masked])).toEqual([
      ['pan', '411111******1111'],
      ['cvv', '***'],
    ]);
  });

  it.each([
    ['masked by stars', 'pan=400076******9798'],
    ['masked by letters', '400002xxxxxx5771'],
    ['an order number', 'order_id=4111111111111111'],
    ['a name behind a time', '2026-10-25T14:53:11.846Z INFO snowflake 4111111111111111 shard 4'],
    ['a reference of EDIFACT', "INFO RFF+ON:4111111111111111'"],
    ['an element of GS1', '(01)01234567890128(21)4111111111111111(17)270600'],
    ['a millisecond stamp', 't=1789203244088'],
    ['a hexadecimal id', 'trace=ab4111111111111111cd'],
    ['a decimal fraction', 'score=0.4111111111111111'],
    ['a part of a UUID', '41111111-1111-1111-1111-111111111111'],
    ['a failing check digit', 'card=4111111111111112'],
    ['a file name', 'export_4111111111111111.csv'],
    ['zeros', 'pan=0000000000000000'],
    ['a longer number', 'card=41111111111111111111111'],
  ])('leaves %s alone', (_, line) => {
    expect(scan(line).total).toBe(0);
  });

  it('does not take a column of other numbers for cards because one in ten passes the check', () => {
    const lines: string[] = [];
    for (let i = 0; i < 60; i++)
      lines.push(`2026-09-12T08:00:00Z,4${String(100_000_000_000_000 + i * 7_919_031_557)},paid`);
    expect(lines.filter((line) => luhn(line.split(',')[1]!)).length).toBeGreaterThan(0);
    expect(scan(...lines).total).toBe(0);
  });

  it('tells distinct cards by a keyed hash', () => {
    const { hits } = scan('card=4111111111111111', 'pan=4111 1111 1111 1111', 'card=5555555555554444');
    expect(hits[0]!.digest).toBe(hits[1]!.digest);
    expect(hits[0]!.digest).not.toBe(hits[2]!.digest);
  });

  it('finds a card at any offset of a line', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.constantFrom(' ', ',', '|', '"'), (pad, edge) => {
        expect(scan(`${'x'.repeat(pad)} card=${edge === '"' ? '"' : ''}4111111111111111${edge} tail`).total).toBe(1);
      }),
    );
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        const scanner = new CardScanner(Buffer.alloc(32));
        const bytes = Buffer.from(noise);
        scanner.scan(bytes, 0, bytes.length, 'x', 1, 0);
        expect(scanner.finish().total).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('redaction', () => {
  const redact = (line: string): string => {
    const bytes = Buffer.from(line);
    return new Redactor().line(bytes, 0, bytes.length).toString('utf8');
  };

  it.each([
    ['card=4111111111111111 ok', 'card=411111******1111 ok'],
    ['Card: 4111 1111 1111 1111', 'Card: 4111 11** **** 1111'],
    [';4111111111111111=29121011234567890?', ';411111******1111=[removed]?'],
    ['card=4111111111111111&cvv=123', 'card=411111******1111&cvv=***'],
    ['order_id=4111111111111111', 'order_id=4111111111111111'],
    ['nothing here: 收到支付请求', 'nothing here: 收到支付请求'],
    ['卡号：4111111111111111。', '卡号：411111******1111。'],
  ])('%s', (before, after) => {
    expect(redact(before)).toBe(after);
  });

  it('leaves nothing that the scanner would still find', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TEST_CARDS),
        fc.string({ maxLength: 40 }),
        fc.string({ maxLength: 40 }),
        ([pan], before, after) => {
          const cleaned = redact(`${before} card=${pan} ${after}`.replace(/[\r\n]/g, ' '));
          expect(scan(cleaned).total).toBe(0);
        },
      ),
    );
  });
});

describe('spellings of payment systems', () => {
  const found = (line: string): string[] => {
    const b = Buffer.from(`${line}\n`);
    return new CardScanner(Buffer.alloc(32)).spans(b, 0, b.length - 1).map(({ digits }) => digits);
  };
  it.each([
    ["a chip's number", 'icc=9F2701805A0841111111111111115F340100'],
    ["a chip's number of nineteen digits", 'icc=9F2701805A0A6200000000000000000F5F340100'],
    ["a chip's track", 'icc=5F2A02097857134111111111111111D29122011234567890123F9F1A02'],
    ['a text in hexadecimal', 'raw 50414e3d343131313131313131313131313131313b'],
    ['escapes of escapes', '/r?to=%2Fpay%3Fbody%3D%257B%2522cardNumber%2522%253A%25224111111111111111%2522%257D'],
    ['an escaped sign of equality', '/r?to=%2Fpay%3Fpan%253D4111111111111111'],
    ['markup in markup', '&lt;CardNumber&gt;4111111111111111&lt;/CardNumber&gt;'],
    ['a means of payment', '{"paymentMethod":{"type":"scheme","number":"4111111111111111"}}'],
    ['Russian', 'номер карты 4111 1111 1111 1111 отклонен'],
    ['Korean', '카드번호: 4111111111111111 승인거절'],
    ['French', 'carte bancaire n° 4111 1111 1111 1111 refusée'],
    ['somebody who types', 'customer typed 4111 1111 1111 1111 into the field'],
  ])('are read: %s', (_, line) => {
    expect(found(line)).toEqual([expect.stringMatching(/^(?:4111111111111111|6200000000000000000)$/)]);
  });
  it.each([
    'commande n° 4111111111111111 expédiée',
    'Sendungsnummer 4111111111111111 zugestellt',
    '주문번호 4111111111111111 생성',
    'заказ 4111111111111111 создан',
    'pedido 4111111111111111 creado',
    'GET /orders/4111111111111111/items HTTP/1.1',
    'use the test card 4242 4242 4242 4242 with any date',
    'icc=9F2701805A0841111111111111125F340100',
    '[4111111111111112,5105105105105101,4111111111111111,4242424242424241]',
  ])('are told from other numbers: %s', (line) => {
    expect(found(line)).toEqual([]);
  });
});

describe('a search for numbers', () => {
  it('ends on any mixture of digits, escapes and bytes of wide characters', () => {
    const scanner = new CardScanner(Buffer.alloc(32));
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            ...[0x30, 0x31, 0x35, 0x39, 0x20, 0x2d, 0x2e, 0x25, 0x5c, 0x75, 0x78, 0x26, 0x3b, 0x23, 0x41, 0x61, 0x6e],
            ...[0xa0, 0xc2, 0xe2, 0x80, 0x82, 0x93, 0xe3, 0xef, 0xbc, 0x90, 0xbb, 0xbf],
          ),
          { minLength: 8, maxLength: 120 },
        ),
        (bytes) => {
          const line = Buffer.from(bytes);
          for (const { from, to } of scanner.spans(line, 0, line.length)) expect(from).toBeLessThan(to);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('a number of fourteen digits, which needs a word about cards', () => {
  const scanner = new CardScanner(Buffer.alloc(32));
  const found = (line: string): number => {
    const bytes = Buffer.from(line);
    return scanner.spans(bytes, 0, bytes.length).length;
  };
  it.each([
    ['a key in URL-encoded JSON', 'GET /cb?data=%7B%22card%22%3A%20%2230569309025904%22%7D'],
    ['the name of the class around it', 'ERROR CardData{number=30569309025904, holder=J DOE}'],
    ['an expiry date in the next column', "values ('30569309025904','03/28')"],
    ['an expiry date in the next cell', '<td>3056&nbsp;930902&nbsp;5904</td><td>12/33</td>'],
  ])('has one in %s', (_, line) => {
    expect(found(line)).toBe(1);
  });

  it.each([
    ['none at all', 'unexpected input 30569309025904'],
    ['a date beside it', '17;30569309025904;03/28/2026;paid'],
    ['an order beside an expiry', 'orderNo=30569309025904;03/28'],
  ])('has none in %s', (_, line) => {
    expect(found(line)).toBe(0);
  });
});

describe('card numbers wherever they stand', () => {
  const OFFSETS = Array.from({ length: 24 }, (_, at) => 'z'.repeat(at));
  const GROUPS = [
    ['4111', '1111', '1111', '1111'],
    ['3782', '822463', '10005'],
    ['3056', '930902', '5904'],
  ];
  it.each([
    ...['-', '.', '\u00a0', '\u2011', '%20', '%2D', '%C2%A0', '%c2%a0', '&nbsp;', '&#160;', '&#xa0;', '&#xA0;'],
    ...['\\u0020', '\\u002d', '\\u002D', '\\u2011', '\\u202f', '\\u00a0', '\\u00A0', '\\xa0', '\\xA0', '\\xC2\\xA0'],
  ])('finds groups with %s between', (between) => {
    for (const groups of GROUPS)
      for (const before of OFFSETS) expect(scan('-', `${before} "card":"${groups.join(between)}"`).total).toBe(1);
  });

  it.each([':', ' '])('finds dumps with "%s" between', (between) => {
    const pairs = (bytes: Buffer): string => bytes.toString('hex').match(/../g)!.join(between);
    const dumps = [Buffer.from('PAN=4111111111111111'), Buffer.from('5A084111111111111111', 'hex')].map(pairs);
    for (const dump of dumps) for (const before of OFFSETS) expect(scan('-', `${before} ${dump} end`).total).toBe(1);
  });

  it.each([
    ['\\u00', ''],
    ['\\x', ''],
    ['%', ''],
    ['%25', ''],
    ['%u00', ''],
    ['&#x', ';'],
  ])('finds digits written as %s34%s', (mark, after) => {
    for (const number of ['4111111111111111', '378282246310005', '4111-1111-1111-1111'])
      for (const before of OFFSETS) {
        const escapes = [...number].map((c) => `${mark}${c.charCodeAt(0).toString(16)}${after}`).join('');
        expect(scan('-', `${before} "card":"${escapes}" end`).total).toBe(1);
        expect(scan('-', `${before} "orderId":"${escapes}" end`).total).toBe(0);
      }
  });

  it('finds decimal entities', () => {
    const entities = [...'4111111111111111'].map((c) => `&#${c.charCodeAt(0)};`).join('');
    for (const before of OFFSETS) expect(scan('-', `${before} card: ${entities}`).total).toBe(1);
  });

  it('finds a dump of the number alone, with groups in it', () => {
    const dump = Buffer.from('4111-1111-1111-1111').toString('hex').toUpperCase().match(/../g)!.join(' ');
    for (const before of OFFSETS) {
      expect(scan('-', `${before} card: ${dump} end`).total).toBe(1);
      expect(scan('-', `${before} order: ${dump} end`).total).toBe(0);
    }
  });

  it('finds one behind a long run of groups or a long dump', () => {
    for (const before of ['1%C2%A0', '4111.', '1111\\u00a0', '41 ', '41:'])
      expect(scan('-', `${before.repeat(1000)}x card=4111111111111111`).total).toBe(1);
  });
});

describe('card numbers in messages and dumps', () => {
  const PAN = '4111111111111111';
  const message = `02007220000000C0800016${PAN}000000000000012000112210305512345600TERM0001`;
  it.each([
    ['a raw message', `ISO8583 out: ${message}`],
    ['a raw message in hexadecimal', `tx ${Buffer.from(message).toString('hex')}`],
    [
      'a raw message with a binary bitmap in hexadecimal',
      `tx ${Buffer.from(message.slice(0, 4)).toString('hex')}${message.slice(4, 20)}${Buffer.from(message.slice(20)).toString('hex')}`,
    ],
    ['a dump of a raw message', `TX ${Buffer.from(message).toString('hex').toUpperCase().match(/../g)!.join(' ')}`],
    ['a packed message', `BCD 02007220000000C08000153782822463100050${'0'.repeat(6)}000000012000`],
    ['a dump of chip data', '5A 08 41 11 11 11 11 11 11 11 [Application PAN]'],
    ['a field of jPOS', '<field id="2" value="30569309025904"/>'],
    ['field 2', 'Field 002 = [30569309025904]'],
    ['an element within Card', '<Card><Number>30569309025904</Number></Card>'],
    ['an input of a form', '<input type="text" name="cardnumber" value="30569309025904">'],
    ['accNo of UnionPay', `accNo=6205500000000000004&accType=01&txnTime=20261122101112`],
    ['a column of a statement', "INSERT INTO `c` (`id`,`pan`) VALUES (1,'30569309025904'),(2,'x');"],
    ['beside its verification value', '{"number": "30569309025904", "cvc": "123"}'],
    ['field 2 beside its format', '  Field   2  LLVAR  (14)  30569309025904'],
    ['a member without a name of its own', '{"payment":{"method":"card","number":"4111111111111111","expMonth":"02"}}'],
    ['an escaped blank between groups', '{"card":"3714\\u0020496353\\u002098431"}'],
    ['an escaped dash between groups', '{"card":"3714\\u002d496353\\u002d98431"}'],
    ['Maestro of twelve digits', 'card=501800000009'],
    ['a list of thieves', '30569309025904|03|2028|191|'],
    ['a bracketed name, escaped twice', 'card%255Bnumber%255D%3D30569309025904%26x'],
    ['groups with an expiry date behind them', 'MC 5555 5555 5555 4444 06/27 191'],
  ])('finds it in %s', (_, line) => {
    expect(scan('-', line).total).toBe(1);
    const bytes = Buffer.from(line);
    expect(scan('-', new Redactor().line(bytes, 0, bytes.length).toString()).total).toBe(0);
  });

  it.each([
    ['a sample of a metric', 'http_requests_total{code="200"} 4111111111111111'],
    ['an account at a bank', '"accountNumber":"4111111111111111","sortCode":"20-00-00"'],
    ['a bank account by name', 'bank_account=4111111111111111'],
    ['a published number called a test', 'numéro de carte de test 4111 1111 1111 1111'],
    ['a published number in an example', 'Example: card number 4111 1111 1111 1111 (test)'],
    ['another column of a statement', "INSERT INTO `o` (`order_no`,`x`) VALUES ('4111111111111111','y');"],
    ['twelve digits without a word about cards', 'got 501800000009'],
    ['an account of twelve digits', 'account=501800000009'],
    ['an inode', 'inode=4111111111111111'],
    ['a list of counters', 'cpu  4111111111111111 5555555555554444 0 0'],
    ['a message without field 2', 'ISO 0800822000000000000004000000000000001122101112123456301'],
  ])('leaves %s alone', (_, line) => {
    expect(scan('-', line).total).toBe(0);
  });

  it('judges each column of a dump of a database by itself', () => {
    const row = (i: number): string => `(41111111111111${10 + i},'4111111111111111',5500000000000${100 + i})`;
    const rows = Array.from({ length: 20 }, (_, i) => row(i)).join(',');
    expect(scan(`INSERT INTO \`cards\` VALUES ${rows};`).total).toBe(20);
  });

  it('finds numbers in a column called so, beside lists of others', () => {
    const rows = ['30569309025904', '4111111111111111'].map(
      (n) => `4111111111111112,5105105105105101,${n},6011000000000001`,
    );
    expect(scan('id,order,card number,ref', ...rows).total).toBe(2);
  });

  it('judges columns by the first line of a table', () => {
    const rows = ['30569309025904', '38520000023237'].map((n) => `x;1;${n};4111111111111111`);
    expect(scan('a;b;Kartennummer;Auftragsnummer', ...rows).hits.map((hit) => hit.brand)).toEqual(['diners', 'diners']);
    expect(scan('a;b;c;d', ...rows).hits.map((hit) => hit.brand)).toEqual(['visa', 'visa']);
  });
});

describe('card numbers in digits of other scripts, dumps and lists', () => {
  const digits = (zero: number, text: string): string =>
    text.replace(/\d/g, (d) => String.fromCodePoint(zero + Number(d)));

  it.each([
    ['Arabic-Indic', 0x660, 'رقم البطاقة: '],
    ['eastern Arabic-Indic', 0x6f0, 'کارت '],
    ['Devanagari', 0x966, 'कार्ड नंबर: '],
    ['Bengali', 0x9e6, 'card='],
    ['Tamil', 0xbe6, 'pan: '],
    ['Thai', 0xe50, 'card '],
    ['Khmer', 0x17e0, 'card '],
  ])('finds one in %s digits, whole and in groups, and shows it in ASCII', (_, zero, before) => {
    for (const pan of ['4111111111111111', '4111 1111 1111 1111', '3782-822463-10005'])
      expect(scan(`${before}${digits(zero, pan)} declined`).hits).toMatchObject([
        { masked: pan.startsWith('4') ? '411111******1111' : '378282*****0005' },
      ]);
  });

  it('is silent about an order, a date and a number that fails its check digit in such digits', () => {
    expect(scan(`رقم الطلب: ${digits(0x660, '4111111111111111')}`).total).toBe(0);
    expect(scan(`ऑर्डर ${digits(0x966, '4111111111111111')}`).total).toBe(0);
    expect(scan(`card ${digits(0x660, '4111111111111112')}`).total).toBe(0);
    expect(scan(digits(0x966, '2026-10-01 12:30:45 1234567')).total).toBe(0);
  });

  it('finds one in the groups of two bytes that xxd writes, at even and odd places', () => {
    for (const text of ['PAN=4111111111111111;', 'card=4111111111111111', '"pan":"5555555555554444"'])
      expect(
        scan(
          `00000010: ${Buffer.from(text)
            .toString('hex')
            .replace(/(.{4})(?=.)/g, '$1 ')}  `,
        ).total,
      ).toBe(1);
  });

  it('is silent about other groups of two bytes', () => {
    const dump = (text: string): string =>
      `00000010: ${Buffer.from(text)
        .toString('hex')
        .replace(/(.{4})(?=.)/g, '$1 ')}`;
    expect(scan(dump('order=4111111111111111')).total).toBe(0);
    expect(scan('3431 3230 3432 3533 3930 3431 3035').total).toBe(0);
  });

  it.each([
    'cards linked to one device: 4111111111111111, 5555555555554444',
    'cards linked to one device ab12cd34ab12cd34: 4111111111111111,5555555555554444',
    'PANs on the same device -> 4111111111111111; 5555555555554444',
    'card numbers tried by this session: 4111 1111 1111 1111, 5555 5555 5555 4444',
  ])('takes the numbers of a list for what its sentence is about: %s', (line) => {
    expect(scan(line).total).toBe(2);
  });

  it.each([
    'orders linked to one device: 4111111111111111, 5555555555554444',
    'gift cards linked to one device: 4111111111111111, 5555555555554444',
    'orders paid with cards, by device: 4111111111111111, 5555555555554444',
    'the cards are fine; order: 4111111111111111',
  ])('and not for cards where it is about something else: %s', (line) => {
    expect(scan(line).total).toBe(0);
  });

  it('takes a longer number that begins or ends with a card number for a number of its own', () => {
    for (const order of [
      '41111111111111110042',
      '20264111111111111111',
      '4111111111111111-0042',
      '1007-4111111111111111',
    ])
      for (const line of [`order ${order}`, `${order} queued`, `{"ref":"${order}"}`]) expect(scan(line).total).toBe(0);
    // What separates two fields separates two numbers.
    for (const line of ['card=4111111111111111,order=0042', 'pan 4111111111111111 0042', '4111111111111111;12/29;0042'])
      expect(scan(line).total).toBe(1);
  });

  it('finds the number of track 2 in chip data behind a length that ends in a letter', () => {
    expect(scan('emv 9F0206000000012345570F4111111111111111D29012010000000F').total).toBe(1);
    expect(scan('emv 9f0206000000012345570f4111111111111111d29012010000000f').total).toBe(1);
  });

  it('tells elements of a message apart, and what follows a track', () => {
    expect(scan('F002: 4111111111111111 F042: 378282246310005').hits).toHaveLength(1);
    expect(scan('DE42=378282246310005').total).toBe(0);
    expect(scan(';4111111111111111=3012101000000000?').hits.filter((h) => h.kind !== 'cvv')).toHaveLength(1);
  });

  it('reads what a row holds, not its number', () => {
    expect(scan('clearing row 0042: 4111111111111111|1129|00').total).toBe(1);
    expect(scan('order 0042: 4111111111111111').total).toBe(0);
  });
});

describe('card numbers in EBCDIC, names of files and lists', () => {
  const ebcdic = (digits: string): string => [...digits].map((digit) => `F${digit}`).join('');
  const MESSAGE = `${ebcdic('0100')}7224040000800000${ebcdic('164111111111111111000000000000012345')}`;
  const inPairs = (hex: string): string => hex.replace(/..(?=.)/g, '$& ');

  it.each([
    ['a message', `recv ${MESSAGE}`],
    ['a message in pairs', `0000 ${inPairs(MESSAGE)}`],
    ['a message in small letters', `recv ${MESSAGE.toLowerCase()}`],
    ['a field with its length', `${inPairs(ebcdic('164111111111111111'))} C1 C2`],
    ['what a name calls a card', `pan=${ebcdic('4111111111111111')}`],
    ['a file called after it', 'open /data/receipts/card_4111111111111111.pdf: no such file'],
    ['a file in a folder of cards', 'GET /uploads/cards/4111111111111111.jpg'],
    ['invisible characters between its groups', 'pan 4111\u200b1111\u200b1111\u200b1111'],
    ['tag 5A filled up', '5A: 378282246310005F'],
    ['American Express in fours', 'amex 3782 8224 6310 005'],
  ])('finds it as %s, and redaction leaves nothing of it', (_, line) => {
    expect(scan(line).total).toBe(1);
    const copy = new Redactor().line(Buffer.from(line), 0, Buffer.byteLength(line));
    expect(scan(copy.toString()).total).toBe(0);
  });

  it('finds every number of a list', () => {
    expect(
      scan('cards=[378282246310005, 30569309025904]', 'blocked cards: 4111111111111111; 30569309025904').total,
    ).toBe(4);
    expect(scan('{"pans":["30569309025904","4111111111111111"]}').total).toBe(2);
  });

  it.each([
    `order ${ebcdic('4111111111111111')}`,
    `digest f4f1f1${'a1f4'.repeat(13)}`,
    'wrote order_4111111111111111.pdf and report-4111111111111111.csv',
    'tokenPan: 4111111111111111',
    'dispute 4111111111111111 opened, chargeback 5555555555554444',
    'ARQC 4111111111111111',
  ])('lets pass: %s', (line) => {
    expect(scan(line).total).toBe(0);
  });
});

describe('a number over two lines of a dump', () => {
  const hex = (text: string): string[] => Buffer.from(text).toString('hex').match(/../g)!;
  const xxd = (text: string): string =>
    [...text.match(/.{1,16}/gs)!]
      .map(
        (part, i) =>
          `${(i * 16).toString(16).padStart(8, '0')}: ${hex(part)
            .join('')
            .replace(/....(?=.)/g, '$& ')
            .padEnd(39)}  ${part}`,
      )
      .join('\n');
  const hexdump = (text: string): string =>
    [...text.match(/.{1,16}/gs)!]
      .map(
        (part, i) =>
          `${(i * 16).toString(16).padStart(8, '0')}  ${hex(part).slice(0, 8).join(' ')}  ${hex(part).slice(8).join(' ')}  |${part}|`,
      )
      .join('\n');
  const DUMPED = (before: number): string => `${'x'.repeat(before)}&pan=4111111111111111&amount=12.00&a=1`;

  function each(text: string): { total: number; clean: string } {
    const bytes = Buffer.from(`${text}\n`);
    const scanner = new CardScanner(Buffer.alloc(32, 7));
    const redactor = new Redactor();
    let clean = '';
    for (let start = 0, line = 1; start < bytes.length; line++) {
      const end = bytes.indexOf(10, start);
      scanner.scan(bytes, start, end, 'a.log', line, 0);
      clean += `${redactor.line(bytes, start, end)}\n`;
      start = end + 1;
    }
    return { total: scanner.finish().total, clean };
  }

  it.each([
    ['xxd', xxd],
    ['hexdump -C', hexdump],
  ])('is found once by %s wherever it is divided, and redacted on both', (_, dump) => {
    for (let before = 0; before < 11; before++) {
      const { total, clean } = each(dump(DUMPED(before)));
      expect([before, total]).toEqual([before, 1]);
      expect(clean).not.toMatch(/1111|31 ?31 ?31 ?31 ?31 ?31/);
    }
  });

  it('is no number where the check digit fails, or lines are no dump', () => {
    expect(each(xxd(DUMPED(5).replace('4111111111111111', '4111111111111112'))).total).toBe(0);
    expect(each('0000 pan=41111111\n11111111 is not it').total).toBe(0);
  });
});
