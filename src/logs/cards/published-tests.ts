/** Numbers that schemes and providers publish for tests: where a text says that it is about them, nobody's number has leaked. */

const PUBLISHED: ReadonlySet<string> = new Set(
  (
    '4111111111111111 4242424242424242 4012888888881881 4000000000000002 4000056655665556 4917610000000000 ' +
    '5555555555554444 5105105105105100 5454545454545454 2223003122003222 2222400070000005 5200828282828210 ' +
    '378282246310005 371449635398431 370000000000002 6011111111111117 6011000990139424 3530111333300000 ' +
    '3566002020360505 30569309025904 38520000023237 36227206271667 6200000000000005 6250947000000014'
  ).split(' '),
);

/** "test card", "card number ... (test)", "Visa (test)", and the same in the languages of the other words. */
const ABOUT_TESTS = new RegExp(
  [
    '(?<![a-z])(?:test|example|sample|sandbox|dummy|demo)[ _-]?(?:cards?|pans?|karten?|card[ _-]?numbers?)(?![a-z])',
    '(?<![a-z])(?:test(?:karten?|kreditkarten?|kaart))',
    '(?:carte|carta|tarjeta|cart[aã]o|numéro|número|numero)s? (?:bancaire |de crédito |di credito )?(?:de |di )?(?:test|prueba|prova|teste)(?![a-z])',
    '\\((?:test|sandbox|example|demo)\\)',
    '(?<![a-z])(?:in|for|under) (?:the )?(?:sandbox|test) (?:mode|environment)',
    '测试卡|測試卡|测试用|テスト(?:用)?カード|тестов\\S{1,3} карт',
  ].join('|'),
  'i',
);
const BEFORE_BYTES = 64;
const AFTER_BYTES = 32;

export const isPublishedTest = (digits: string): boolean => PUBLISHED.has(digits);

/** Whether the text around bytes[from, to) is about test cards. */
export const aboutTests = (b: Buffer, lineStart: number, from: number, to: number, lineEnd: number): boolean =>
  ABOUT_TESTS.test(b.toString('utf8', Math.max(lineStart, from - BEFORE_BYTES), from)) ||
  ABOUT_TESTS.test(b.toString('utf8', to, Math.min(lineEnd, to + AFTER_BYTES)));
