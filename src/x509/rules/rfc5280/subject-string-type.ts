import { TAG } from '../../der.ts';
import { defineRule } from '../rule.ts';

const OLD_TYPES: { readonly [tag: number]: string } = {
  [TAG.t61String]: 'TeletexString',
  [TAG.bmpString]: 'BMPString',
  [TAG.universalString]: 'UniversalString',
};

export default defineRule({
  id: 'rfc5280/subject-string-type',
  title: 'Names must be PrintableString or UTF8String',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.4',
  scope: 'any',
  effective: Date.UTC(2004, 0, 1),
  applies: () => true,
  breach: (c) => {
    const old = c.form.subject.attributes.find((a) => OLD_TYPES[a.tag] !== undefined);
    return old && { says: `attribute ${old.oid} is a ${OLD_TYPES[old.tag]}`, offset: old.offset };
  },
});
