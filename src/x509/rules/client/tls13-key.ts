import { defineRule } from '../rule.ts';

/** Curves of the signature schemes; brainpool has code points of its own (RFC 8734) that few implement. */
const CURVES: ReadonlySet<string> = new Set(['P-256', 'P-384', 'P-521']);

export default defineRule({
  id: 'client/tls13-key',
  title: 'The key of a client should be of a kind that TLS 1.3 signs with',
  severity: 'warning',
  source: 'RFC 8446',
  section: '4.2.3',
  scope: 'client',
  applies: () => true,
  breach: (c) => {
    const { label, curve } = c.form.key;
    if (c.dsa) return `no signature scheme of TLS 1.3 uses a ${label} key`;
    return (
      c.ec &&
      !CURVES.has(curve ?? '') &&
      `TLS 1.3 as it is deployed signs with P-256, P-384 and P-521, not with ${label}`
    );
  },
});
