import { certificateRoles, SET_EXTENSION } from '../../set-roles.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'set/cardholder-signs',
  title: 'A cardholder must have a signature certificate',
  severity: 'error',
  source: 'SET Book 2',
  section: 'part II, chapter 4',
  scope: 'set',
  needs: SET_EXTENSION.certificateType,
  applies: (c) => c.has(SET_EXTENSION.certificateType),
  breach: (c) => {
    const roles = certificateRoles(c.form) ?? [];
    const usable = c.usage === 0 || c.uses(KU.digitalSignature);
    return roles.includes('card') && !usable && 'the key of a cardholder may not sign';
  },
});
