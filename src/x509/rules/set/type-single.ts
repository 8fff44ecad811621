import { certificateRoles, END_ENTITIES, rolesText, SET_EXTENSION } from '../../set-roles.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'set/type-single',
  title: 'A cardholder, merchant or payment gateway must have no other role',
  severity: 'error',
  source: 'SET Book 2',
  section: 'part II, chapter 4',
  scope: 'set',
  needs: SET_EXTENSION.certificateType,
  applies: (c) => c.has(SET_EXTENSION.certificateType),
  breach: (c) => {
    const roles = certificateRoles(c.form) ?? [];
    const mixed = roles.length > 1 && roles.some((r) => END_ENTITIES.includes(r));
    return mixed && `one certificate is for ${rolesText(roles)}`;
  },
});
