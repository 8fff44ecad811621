import { EXT } from '../../oids.ts';
import { CHROME_CLIENT_AUTH_END } from '../dates.ts';
import { OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/client-purpose-end',
  title: 'A public server certificate must be for servers only',
  severity: 'error',
  source: 'Chrome Root Program Policy',
  section: '1.8',
  scope: 'web',
  effective: CHROME_CLIENT_AUTH_END,
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) =>
    (!c.has(EXT.extendedKeyUsage) || c.purposes.some((p) => p !== OID.serverAuth)) &&
    'it is not for servers only: payment links that use it as a client break at the next renewal',
});
