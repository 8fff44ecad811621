import { certificateRoles, SET_EXTENSION } from '../../set-roles.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'set/type-named',
  title: 'The certificate type must name a role',
  severity: 'error',
  source: 'SET Book 2',
  section: 'part II, chapter 4',
  scope: 'set',
  needs: SET_EXTENSION.certificateType,
  applies: (c) => c.has(SET_EXTENSION.certificateType),
  breach: (c) => certificateRoles(c.form)?.length === 0 && 'the certificate type names no role that exists',
});
