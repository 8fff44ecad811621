import { most } from '../../../lists.ts';
import { certificateRoles, rolesText, SET_EXTENSION, type SetRole } from '../../set-roles.ts';
import { defineRule } from '../rule.ts';

/** Authorities that may stand below: geopolitical ones are optional. */
const BELOW: { readonly [role in SetRole]?: number } = { rca: 3, bca: 2, gca: 1, cca: 0, mca: 0, pca: 0 };

export default defineRule({
  id: 'set/path-length',
  title: 'The path length must fit the place of the authority in the hierarchy',
  severity: 'warning',
  source: 'SET Book 2',
  section: 'part II, chapter 4',
  scope: 'set',
  needs: SET_EXTENSION.certificateType,
  applies: (c) => c.has(SET_EXTENSION.certificateType),
  breach: (c) => {
    const roles = certificateRoles(c.form) ?? [];
    const allowed = most(roles.map((r) => BELOW[r] ?? -1));
    const { pathLength } = c.form.basicConstraints ?? {};
    if (!c.ca || allowed < 0) return false;
    if (pathLength === undefined)
      return `a certificate for ${rolesText(roles)} does not bound the authorities below it`;
    return (
      pathLength > allowed &&
      `a certificate for ${rolesText(roles)} allows ${pathLength} authorities below it, not ${allowed}`
    );
  },
});
