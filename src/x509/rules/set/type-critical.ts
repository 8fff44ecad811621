import { SET_EXTENSION } from '../../set-roles.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'set/type-critical',
  title: 'The certificate type must be critical',
  severity: 'error',
  source: 'SET Book 2',
  section: 'part II, chapter 4',
  scope: 'set',
  needs: SET_EXTENSION.certificateType,
  applies: (c) => c.has(SET_EXTENSION.certificateType),
  breach: (c) =>
    !c.critical(SET_EXTENSION.certificateType) &&
    'the certificate type is not critical: software that does not know it may take the role for granted',
});
