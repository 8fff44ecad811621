/** Key exchange groups that a configured listener would negotiate with a stated OpenSSL. */
import { groupCode, groupName, parseSuite } from '../tls/registries/index.ts';
import type { OpensslVersion } from './openssl/cipher-string.ts';
import { groupAllowedAtLevel } from './openssl/security-level.ts';
import type { Located } from './types.ts';

/** Groups of an OpenSSL server that sets none, in its order (ssl/t1_lib.c, supported_groups_default). */
const OPENSSL_GROUPS: Readonly<Record<OpensslVersion, readonly number[]>> = {
  '1.0.2': [23, 24, 25],
  '1.1.1': [29, 23, 30, 25, 24],
  '3.0': [29, 23, 30, 25, 24, 256, 257, 258, 259, 260],
  '3.5': [4588, 29, 23, 30, 24, 25, 256, 257],
};
/** stunnel sets a list of its own with OpenSSL 1.1.1 and later (`curves` in stunnel(8)). */
const STUNNEL_GROUPS = [29, 23, 30, 25, 24];
/** The same as stunnel hands it to OpenSSL. */
export const STUNNEL_GROUPS_WRITTEN = 'X25519:P-256:X448:P-521:P-384';
/** Software whose groups follow from OpenSSL and its own settings alone. */
const ON_OPENSSL = new Set(['nginx', 'httpd', 'haproxy', 'stunnel', 'openssl', 'node']);

export interface EffectiveGroups {
  groups: { code: number; name: string; protocol: string }[];
  /** False where the groups do not follow from what is written. */
  known: boolean;
  dead: { what: string; why: string; where?: { file: string; line: number } }[];
}

/**
 * @param written the list in force, if any
 * @param offered the suites that were computed for the listener
 */
export function effectiveGroups(
  software: string,
  written: Located<string> | undefined,
  offered: readonly { code: number; protocol: string }[],
  openssl: OpensslVersion,
  level: number,
): EffectiveGroups {
  const out: EffectiveGroups = { groups: [], known: true, dead: [] };
  const where = written && { where: { file: written.file, line: written.line } };
  let codes: readonly number[] = software === 'stunnel' ? STUNNEL_GROUPS : OPENSSL_GROUPS[openssl];
  if (written && written.value !== 'auto') {
    const list: number[] = [];
    for (const word of written.value.split(/[\s:,/]+/).filter((w) => w !== '')) {
      // OpenSSL 3.5: `?` marks what may be unknown, `*` a key share (SSL_CTX_set1_groups_list(3)).
      const name = word.replace(/^[?*]+/, '');
      const code = groupCode(name);
      if (code !== undefined && existsIn(code, openssl)) list.push(code);
      else if (!word.startsWith('?'))
        out.dead.push({
          what: word,
          why: `OpenSSL ${openssl} knows no such group, so that the whole list is refused`,
          ...where,
        });
    }
    codes = list;
  } else if (!ON_OPENSSL.has(software)) return { groups: [], known: false, dead: [] };
  const allowed = codes.filter((c) => groupAllowedAtLevel(c, openssl, level));
  for (const lost of written ? codes.filter((c) => !allowed.includes(c)) : [])
    out.dead.push({ what: groupName(lost), why: `security level ${level} forbids it`, ...where });
  const add = (protocol: string, usable: (code: number) => boolean): void => {
    for (const code of new Set(allowed.filter(usable))) out.groups.push({ code, name: groupName(code), protocol });
  };
  const older = [...new Set(offered.filter((s) => parseSuite(s.code)?.keyExchange === 'ECDHE').map((s) => s.protocol))];
  const newest = older
    .filter((p) => p !== 'TLSv1.3')
    .sort()
    .at(-1);
  if (newest !== undefined) add(newest, (c) => c <= 30);
  if (offered.some((s) => s.protocol === 'TLSv1.3')) add('TLSv1.3', (c) => usableIn13(c, openssl));
  return out;
}

function existsIn(code: number, openssl: OpensslVersion): boolean {
  if (code <= 28) return true;
  if (openssl === '1.0.2') return false;
  if (code <= 30) return true;
  if (code >= 256 && code <= 260) return openssl !== '1.1.1';
  return openssl === '3.5' && ((code >= 31 && code <= 33) || (code >= 512 && code <= 514) || isHybrid(code));
}

function usableIn13(code: number, openssl: OpensslVersion): boolean {
  return code === 23 || code === 24 || code === 25 || (code > 28 && existsIn(code, openssl));
}

function isHybrid(code: number): boolean {
  return code >= 4587 && code <= 4589;
}
