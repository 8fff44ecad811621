import { certificateRoles, rolesText, SET_EXTENSION } from '../../set-roles.ts';
import { defineRule } from '../rule.ts';

const GATEWAY = [
  [SET_EXTENSION.cardCertRequired, 'cardCertRequired'],
  [SET_EXTENSION.setExtensions, 'setExtensions'],
] as const;

export default defineRule({
  id: 'set/gateway-extensions',
  title: 'Only a payment gateway states what it asks of cardholders and supports',
  severity: 'error',
  source: 'SET Book 2',
  section: 'part II, chapter 4',
  scope: 'set',
  needs: SET_EXTENSION.certificateType,
  applies: (c) => c.has(SET_EXTENSION.certificateType),
  breach: (c) => {
    const roles = certificateRoles(c.form) ?? [];
    const stated = GATEWAY.find(([oid]) => c.has(oid));
    const misplaced = stated !== undefined && !roles.includes('pgwy');
    return misplaced && `a certificate for ${rolesText(roles)} has the extension ${stated[1]}`;
  },
});
