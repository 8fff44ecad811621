import { EXT } from '../../oids.ts';
import { SET_EXTENSION } from '../../set-roles.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'set/policies',
  title: 'The policies must be there and critical',
  severity: 'warning',
  source: 'SET Book 2',
  section: 'part II, chapter 4',
  scope: 'set',
  needs: SET_EXTENSION.certificateType,
  applies: (c) => c.has(SET_EXTENSION.certificateType),
  breach: (c) => {
    if (!c.has(EXT.certificatePolicies)) return 'it names no policy';
    return !c.critical(EXT.certificatePolicies) && 'the policies are not critical';
  },
});
