/** Passwords and keys in configurations of routers, switches and wireless networks. Types 5, 8 and 9 are digests of a password. */
import type { SecretKind } from './kinds.ts';
import { isGiven } from './password-kinds.ts';
import { isMixed } from './values.ts';

const VALUE = String.raw`["']?(?<secret>[^\s"'\x60<>]{6,128})`;

const setting = (literals: string[], source: string): SecretKind => ({
  id: 'password',
  literals,
  pattern: new RegExp(String.raw`(?<![\w-])${source}\s{1,4}${VALUE}`, 'gi'),
  confidence: 0.8,
  accepts: (secret) => isGiven(secret) && isMixed(secret),
});

export const DEVICE_KINDS: readonly SecretKind[] = [
  // In the clear (0) or as good as it (7).
  setting(['secret 0 ', 'secret 7 ', 'password 7 '], '(?:secret\\s[07]|password\\s7)'),
  setting(['snmp-server community', 'rocommunity', 'rwcommunity'], '(?:snmp-server\\scommunity|r[ow]community6?)'),
  setting(
    ['tacacs-server', 'radius-server', 'tacacs server', 'radius server'],
    String.raw`(?:tacacs|radius)[- ]server\s(?:[^\n]{0,80}\s)?key(?:\s[07])?`,
  ),
  setting(['sec.psk ', 'psk ', 'wpa-psk ascii'], String.raw`(?:(?:[\w-]{1,24}\.)?psk|wpa-psk\sascii(?:\s[07])?)`),
];
