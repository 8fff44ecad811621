import { certificateRoles, SET_EXTENSION } from '../../set-roles.ts';
import { defineRule } from '../rule.ts';

/** 13 to 19 digits, in groups or not, whose check digit is right (ISO/IEC 7812-1 annex B). */
function isCardNumber(text: string): boolean {
  const digits = text.slice(0, 64).replace(/[ -]/g, '');
  if (!/^\d{13,19}$/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
  }
  return sum % 10 === 0;
}

export default defineRule({
  id: 'set/cardholder-number',
  title: 'The name of a cardholder must not give the card number away',
  severity: 'error',
  source: 'SET Book 2',
  section: 'part II, chapter 4',
  scope: 'set',
  needs: SET_EXTENSION.certificateType,
  applies: (c) => c.has(SET_EXTENSION.certificateType),
  breach: (c) => {
    const roles = certificateRoles(c.form) ?? [];
    if (!roles.includes('card')) return false;
    const shown = c.form.subject.attributes.find((a) => isCardNumber(a.text));
    return shown !== undefined && { says: 'the subject holds a card number in clear text', offset: shown.offset };
  },
});
