/** Whether a SET certificate chain is legal by role (SET Book 2, certificate hierarchy and private extensions). */
import { createHash } from 'node:crypto';
import { parsedForm, validityAt } from '../../x509/certificate.ts';
import { issued, namesFit } from '../../x509/relation.ts';
import {
  certificateRoles,
  END_ENTITIES,
  ROLE_NAMES,
  rolesText,
  SET_EXTENSION,
  type SetRole,
} from '../../x509/set-roles.ts';
import type { Certificate } from '../../x509/types.ts';
import { SET_BRANDS } from './oids.ts';

export interface ChainFault {
  /** `chain/role`, `chain/missing-issuer`, ... */
  rule: string;
  /** Certificate at fault. */
  subject: string;
  says: string;
}

/** Which roles may issue a certificate of this role. */
const ISSUERS: { readonly [role in SetRole]: readonly SetRole[] } = {
  card: ['cca'],
  mer: ['mca'],
  pgwy: ['pca'],
  cca: ['gca', 'bca'],
  mca: ['gca', 'bca'],
  pca: ['gca', 'bca'],
  gca: ['bca'],
  bca: ['rca'],
  rca: ['rca'],
};

const MAX_DEPTH = 8;

/** Roles of the certificateType extension; undefined when there is none. */
export const setRoles = (certificate: Certificate): SetRole[] | undefined => certificateRoles(parsedForm(certificate));

/** Brands named by policies or by the organisation of the subject. */
function brandOids(certificate: Certificate): string[] {
  return certificate.policies.filter((p) => p.startsWith('2.23.42.8.'));
}

/**
 * Follows a certificate up to its root and names the first illegal link.
 * @param leaf certificate of cardholder, merchant or gateway
 * @param others all certificates at hand
 * @param expected role that the message gives the leaf
 * @param at time of the message, ms UTC; NaN: dates are not judged
 */
export function judgeSetChain(
  leaf: Certificate,
  others: readonly Certificate[],
  expected: SetRole,
  at: number,
): { path: Certificate[]; fault?: ChainFault; incomplete?: string } {
  const path = [leaf];
  const fault = (certificate: Certificate, rule: string, says: string) => ({
    path,
    fault: { rule, subject: certificate.subject.text, says },
  });
  const leafRoles = setRoles(leaf);
  if (leafRoles && !leafRoles.includes(expected))
    return fault(
      leaf,
      'chain/role',
      `the certificate is for ${rolesText(leafRoles)}, not for a ${ROLE_NAMES[expected]}`,
    );
  for (;;) {
    const child = path.at(-1)!;
    const roles = setRoles(child);
    const own = judgeOne(child, roles, path.length - 1, at);
    if (own) return fault(child, own.rule, own.says);
    if (namesFit(child, child) && issued(child, child)) {
      if (roles && !roles.includes('rca'))
        return fault(child, 'chain/role', `the chain ends at a self-signed certificate for ${rolesText(roles)}`);
      const root = judgeRoot(child, others);
      return root ? fault(child, root.rule, root.says) : { path };
    }
    if (path.length >= MAX_DEPTH) return fault(child, 'chain/depth', `the chain is longer than ${MAX_DEPTH}`);
    const named = others.filter((o) => !path.includes(o) && namesFit(child, o));
    if (named.length === 0) return { path, incomplete: `the issuer ${child.issuer.text} is not at hand` };
    const issuer = named.find((o) => issued(child, o));
    if (!issuer)
      return fault(child, 'chain/signature', `the key of ${child.issuer.text} did not sign this certificate`);
    const above = setRoles(issuer);
    if (roles && above && !roles.some((r) => ISSUERS[r].some((i) => above.includes(i))))
      return fault(
        child,
        'chain/role',
        `a certificate for ${rolesText(roles)} cannot be issued by one for ${rolesText(above)}`,
      );
    const brands = brandOids(child);
    const brandsAbove = brandOids(issuer);
    if (brands.length > 0 && brandsAbove.length > 0 && !brands.some((b) => brandsAbove.includes(b)))
      return fault(
        child,
        'chain/brand',
        `brand ${brands.map((b) => SET_BRANDS[b] ?? b).join(', ')} stands under brand ${brandsAbove.map((b) => SET_BRANDS[b] ?? b).join(', ')}`,
      );
    if (child.notBefore < issuer.notBefore || child.notAfter > issuer.notAfter)
      return fault(child, 'chain/validity-nesting', `it is valid outside the validity of its issuer`);
    path.push(issuer);
  }
}

function judgeOne(
  certificate: Certificate,
  roles: readonly SetRole[] | undefined,
  below: number,
  at: number,
): Omit<ChainFault, 'subject'> | undefined {
  const validity = Number.isFinite(at) ? validityAt(certificate, at) : 'valid';
  if (validity !== 'valid')
    return {
      rule: 'chain/validity',
      says: `the certificate was ${validity.replaceAll('-', ' ')} when the message was made`,
    };
  const usage = certificate.keyUsage;
  if (below === 0) {
    if (usage && !usage.includes('digitalSignature'))
      return { rule: 'chain/key-usage', says: `key usage ${usage.join(', ')} does not allow signatures` };
    if (roles?.some((r) => !END_ENTITIES.includes(r)))
      return { rule: 'chain/role', says: `a ${rolesText(roles)} certificate signs a payment message` };
    return undefined;
  }
  const { basicConstraints } = certificate;
  if (!basicConstraints?.ca) return { rule: 'chain/not-a-ca', says: 'it issues certificates without being a CA' };
  if (basicConstraints.pathLength !== undefined && basicConstraints.pathLength < below - 1)
    return {
      rule: 'chain/path-length',
      says: `it allows ${basicConstraints.pathLength} CAs below it, ${below - 1} stand there`,
    };
  if (usage && !usage.includes('keyCertSign'))
    return { rule: 'chain/key-usage', says: `key usage ${usage.join(', ')} does not allow issuing` };
  return undefined;
}

/** hashedRootKey announces the next root: SHA-1 of its SubjectPublicKeyInfo (SET Book 2). */
function judgeRoot(root: Certificate, others: readonly Certificate[]): Omit<ChainFault, 'subject'> | undefined {
  const form = parsedForm(root);
  const extension = form.byOid.get(SET_EXTENSION.hashedRootKey);
  if (!extension) return undefined;
  if (!extension.critical)
    return { rule: 'chain/hashed-root-key', says: 'its hashedRootKey extension is not critical' };
  const next = others
    .filter((o) => o.notBefore > root.notBefore && setRoles(o)?.includes('rca') && namesFit(o, o))
    .sort((a, b) => a.notBefore - b.notBefore)[0];
  if (!next) return undefined;
  const digest = createHash('sha1').update(parsedForm(next).key.der).digest();
  return form.bytes.subarray(extension.content, extension.end).includes(digest)
    ? undefined
    : { rule: 'chain/hashed-root-key', says: `the next root ${next.subject.text} is not the one that it announces` };
}

/** What is weak about a certificate, by today's measure. */
export function certificateWeaknesses(certificate: Certificate): string[] {
  const { key, signatureAlgorithm } = certificate;
  const who = certificate.subject.commonName ?? certificate.subject.text;
  const out: string[] = [];
  if (key.algorithm.startsWith('RSA') && key.bits !== undefined && key.bits < 2048)
    out.push(`${who}: RSA-${key.bits}, below the 2048 bits that are asked for today`);
  if (/sha1|md5|md2/i.test(signatureAlgorithm)) out.push(`${who}: issued with ${signatureAlgorithm}`);
  return out;
}
