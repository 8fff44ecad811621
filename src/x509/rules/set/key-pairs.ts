import { SET_EXTENSION } from '../../set-roles.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'set/key-pairs',
  title: 'Signatures and key encryption must use separate certificates',
  severity: 'error',
  source: 'SET Book 2',
  section: 'part II, chapter 4',
  scope: 'set',
  needs: SET_EXTENSION.certificateType,
  applies: (c) => c.has(SET_EXTENSION.certificateType),
  breach: (c) =>
    c.uses(KU.digitalSignature) &&
    c.uses(KU.keyEncipherment | KU.dataEncipherment) &&
    'one key signs messages and has keys encrypted to it',
});
