import { certificateRoles, END_ENTITIES, rolesText, SET_EXTENSION } from '../../set-roles.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'set/authority-role',
  title: 'Only the role of an authority may issue certificates',
  severity: 'error',
  source: 'SET Book 2',
  section: 'part II, chapter 4',
  scope: 'set',
  needs: SET_EXTENSION.certificateType,
  applies: (c) => c.has(SET_EXTENSION.certificateType),
  breach: (c) => {
    const roles = certificateRoles(c.form) ?? [];
    if (roles.length === 0) return false;
    const authority = roles.every((r) => !END_ENTITIES.includes(r));
    if (!authority && (c.ca || c.uses(KU.keyCertSign))) return `a certificate for ${rolesText(roles)} may issue others`;
    return (
      authority &&
      c.uses(KU.keyCertSign) &&
      !c.ca &&
      `a certificate for ${rolesText(roles)} signs others without being a CA`
    );
  },
});
