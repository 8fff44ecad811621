import { EXT } from '../../oids.ts';
import { TS119495 } from '../dates.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { paymentServices, qualifiedTypes } from '../special.ts';

export default defineRule({
  id: 'psd2/seal-key-usage',
  title: 'A qualified seal must be able to sign',
  severity: 'error',
  source: 'ETSI TS 119 495',
  section: '5.4',
  scope: 'any',
  effective: TS119495,
  applies: (c) => paymentServices(c) !== undefined,
  breach: (c) =>
    qualifiedTypes(c)?.includes('0.4.0.1862.1.6.2') === true &&
    c.has(EXT.keyUsage) &&
    !c.uses(KU.digitalSignature | KU.nonRepudiation) &&
    'the key usage of the seal allows no signature',
});
