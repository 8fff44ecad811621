import { defineRule } from '../rule.ts';

/** The longest modulus that the TLS library of Go accepts in a handshake; OpenSSL ends at 16,384. */
const MAX_BITS = 8192;

export default defineRule({
  id: 'keys/rsa-too-large',
  title: 'An RSA key should have no more bits than TLS software accepts',
  severity: 'warning',
  source: 'CVE-2023-29409',
  section: '',
  scope: 'any',
  concerns: 'rsa',
  applies: (c) => c.rsa,
  breach: (c) =>
    c.bits > MAX_BITS && {
      says: `the RSA key has ${c.bits} bits; software written in Go refuses more than ${MAX_BITS} in a handshake`,
      offset: c.form.key.offset,
    },
});
