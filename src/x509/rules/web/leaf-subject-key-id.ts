import { EXT } from '../../oids.ts';
import { SC62 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/leaf-subject-key-id',
  title: 'A leaf should not have a subject key identifier',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.6',
  scope: 'web',
  effective: SC62,
  zlint: 'w_ext_subject_key_identifier_not_recommended_subscriber',
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) => c.has(EXT.subjectKeyIdentifier) && 'it has a subject key identifier',
});
