import { certificateRoles, rolesText, SET_EXTENSION } from '../../set-roles.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'set/hashed-root-key',
  title: 'Only a root announces the next root, in a critical extension',
  severity: 'error',
  source: 'SET Book 2',
  section: 'part II, chapter 4',
  scope: 'set',
  needs: SET_EXTENSION.hashedRootKey,
  applies: (c) => c.has(SET_EXTENSION.hashedRootKey),
  breach: (c) => {
    const roles = certificateRoles(c.form);
    if (roles && !roles.includes('rca')) return `a certificate for ${rolesText(roles)} announces a root key`;
    return !c.critical(SET_EXTENSION.hashedRootKey) && 'the announcement of the next root key is not critical';
  },
});
