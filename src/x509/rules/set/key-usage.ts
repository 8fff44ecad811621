import { EXT } from '../../oids.ts';
import { SET_EXTENSION } from '../../set-roles.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'set/key-usage',
  title: 'A certificate must say what its key is for, and the extension must be critical',
  severity: 'error',
  source: 'SET Book 2',
  section: 'part II, chapter 4',
  scope: 'set',
  needs: SET_EXTENSION.certificateType,
  applies: (c) => c.has(SET_EXTENSION.certificateType),
  breach: (c) => {
    if (!c.has(EXT.keyUsage)) return 'it has no key usage';
    return !c.critical(EXT.keyUsage) && 'the key usage is not critical';
  },
});
