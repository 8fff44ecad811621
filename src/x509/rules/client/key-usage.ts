import { EXT } from '../../oids.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'client/key-usage',
  title: 'The key of a client must be allowed to sign',
  severity: 'error',
  source: 'RFC 5246',
  section: '7.4.6',
  scope: 'client',
  needs: EXT.keyUsage,
  applies: (c) => c.has(EXT.keyUsage),
  breach: (c) =>
    !c.uses(KU.digitalSignature) &&
    'the key usage lacks digitalSignature: the client cannot prove that it holds the key',
});
