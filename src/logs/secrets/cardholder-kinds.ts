/** What must not be stored after authorisation (PCI DSS 3.3.1): verification values, PINs and PIN blocks; one-time codes of customers. */
import type { SecretKind } from './kinds.ts';
import { bytes, JOIN, PLAIN } from './values.ts';

/** The same join behind a name in brackets, as forms of PHP and Rails write it: `card[cvc]=`, `card%5Bcvc%5D=`. */
const FORM_JOIN = String.raw`(?:\]|%5[dD])?(?:${JOIN}|>|${bytes('：')})`;
/** `"cvv":{"value":"123"}` */
const NESTED = String.raw`\\{0,3}["']\s{0,2}:\s{0,2}\{\s{0,2}\\{0,3}["']value\\{0,3}["']\s{0,2}:\s{0,2}\\{0,3}["']?`;
/** What may stand between a field's name and a value of hexadecimal: an explanation in brackets, brackets around the value, `0x`. */
const HEX_JOIN = String.raw`\]?(?:\s?\([^()]{1,20}\))?(?:${JOIN}|\s{1,2})\[?\s?(?:0x)?`;

const VERIFICATION_NAME = `(?:cvv2?|cvc2?|cvn2?|cav2|csc|security[_ -]?code|card[_-]?code|verification[_-]?value|${bytes('安全码')}|${bytes('安全碼')}|${bytes('セキュリティコード')})`;

export const CARDHOLDER_KINDS: readonly SecretKind[] = [
  {
    id: 'verification-value',
    literals: [
      'cvv',
      'cvc',
      'cvn',
      'cav2',
      'csc=',
      'csc"',
      'csc:',
      'csc]',
      'csc>',
      'security_code',
      'securitycode',
      'security-code',
      'security code',
      'card_code',
      'cardcode',
      'verification_value',
      'verificationvalue',
      '安全码',
      '安全碼',
      'セキュリティコード',
    ],
    pattern: new RegExp(
      String.raw`(?:${PLAIN}(?:[a-z]{1,12}[_-]?)?|(?<=[a-z]))${VERIFICATION_NAME}(?:[_-]?(?:code|value|number|no))?(?:${FORM_JOIN}|${NESTED}|\s?\[)(?<secret>\d{3,4})(?![\w.:-]|%\d)`,
      'gi',
    ),
    confidence: 0.85,
  },
  {
    // `CVV 123`, as prose has it; nothing follows that makes a count, a share or a time of it.
    id: 'verification-value',
    literals: ['cvv', 'cvc2', 'cvn2'],
    pattern:
      /(?<![A-Za-z_-])(?:CVV2?|CVC2|CVN2|cvv2?|cvc2)\s(?<secret>\d{3,4})(?![\w.:%/-]|\s?(?:ms|of|times|checks?|errors?|fail|\())/g,
    confidence: 0.7,
  },
  {
    id: 'pin-block',
    literals: [
      'pin_block',
      'pinblock',
      'pin-block',
      'pin block',
      'encryptedpin',
      'encrypted_pin',
      'pindata',
      'pin_data',
      'pin data',
      'epb=',
      'epb:',
      'epb"',
      'DE52',
      'DE052',
      'DE 52',
      'F52=',
      'F52:',
      'F052',
      'P52=',
      'P52:',
      'P052',
      'field 52',
      'field52',
      'field 052',
      'field[52]',
      'field_52',
      'bit 52',
      'bit52',
      'fld 52',
      'fld[52]',
    ],
    pattern: new RegExp(
      `${PLAIN}(?:encrypted[_-]?pin(?:[_ -]?(?:block|data))?|pin[_ -]?(?:block|data)|epb|(?:DE|F|P|field|bit|fld)[ _[]?0?52)(?:[_-]?data)?${HEX_JOIN}(?<secret>[0-9A-Fa-f]{16})(?![0-9A-Fa-f])`,
      'gi',
    ),
    confidence: 0.9,
  },
  {
    // Field 52 of a message as jPOS writes it.
    id: 'pin-block',
    literals: ['id="52"', "id='52'", 'id=\\"52\\"'],
    pattern:
      /id=\\?["']0?52\\?["']\s(?:[a-z]{1,12}=\\?["'][^"'<>]{0,24}\\?["']\s){0,3}value=\\?["'](?<secret>[0-9A-Fa-f]{16,32})(?=\\?["'])/g,
    confidence: 0.95,
  },
  {
    id: 'pin',
    literals: ['pin=', 'pin"', 'pin\\"', "pin'", 'pin:', 'pin>', 'pin_code', 'pincode'],
    // Six digits are also a postal code by the same name; a pin of the customer or the card says so.
    pattern: new RegExp(
      String.raw`(?<![A-Za-z])(?:(?:card|clear|unlock|customer|cardholder|atm|offline)[_ -]?pin(?:[_-]?code)?(?:${JOIN}|>)(?<secret>\d{4,12})|pin(?:${JOIN}|>)(?<short>\d{4,5}))(?![\w.:-])`,
      'gi',
    ),
    confidence: 0.8,
  },
  {
    // Who has it confirms the payment or the log-in; it lives for minutes, the log for years.
    id: 'one-time-code',
    literals: ['otp=', 'otp:', 'otp"', 'otp\\"', 'otp_code', 'otpcode', 'one-time', 'one_time', 'onetime'].concat([
      'sms_code',
      'smscode',
      'sms code',
      'verification_code',
      'verificationcode',
      'verification code',
      '验证码',
    ]),
    pattern: new RegExp(
      String.raw`(?<![A-Za-z])(?:(?:[a-z0-9]{1,12}[_-])?(?:otp(?:[_-]?code)?|one[_ -]?time[_ -]?(?:code|password|pin|passcode))(?:${JOIN}|>)(?<secret>\d{4,8})|(?:sms|verification)[_ -]?code(?:${JOIN}|>)(?<six>\d{6})|${bytes('验证码')}(?:${JOIN}|${bytes('：')}|>)(?<code>\d{4,8}))(?![\w.:-])`,
      'gi',
    ),
    confidence: 0.75,
  },
];
