import { certificateRoles, rolesText, SET_EXTENSION } from '../../set-roles.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'set/merchant-data',
  title: 'Only a merchant certificate holds merchant data',
  severity: 'error',
  source: 'SET Book 2',
  section: 'part II, chapter 4',
  scope: 'set',
  needs: SET_EXTENSION.merchantData,
  applies: (c) => c.has(SET_EXTENSION.merchantData),
  breach: (c) => {
    const roles = certificateRoles(c.form);
    return roles !== undefined && !roles.includes('mer') && `a certificate for ${rolesText(roles)} holds merchant data`;
  },
});
