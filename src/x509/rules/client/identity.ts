import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'client/identity',
  title: 'A client certificate must name somebody',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.6',
  scope: 'client',
  applies: () => true,
  breach: (c) =>
    c.form.subject.attributes.length === 0 &&
    !c.hasAnyName &&
    'neither the subject nor an alternative name says whose it is: a server cannot map it to a partner',
});
