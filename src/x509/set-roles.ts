/** Private extensions of SET certificates and the roles they name (SET Book 2, part II chapter 4; SET Book 3). */
import { TAG } from './der.ts';
import type { ParsedCertificate } from './parsed.ts';

/** Private certificate extensions. */
export const SET_EXTENSION = {
  hashedRootKey: '2.23.42.7.0',
  certificateType: '2.23.42.7.1',
  merchantData: '2.23.42.7.2',
  cardCertRequired: '2.23.42.7.3',
  tunneling: '2.23.42.7.4',
  setExtensions: '2.23.42.7.5',
  setQualifier: '2.23.42.7.6',
} as const;

/** Bits of certificateType, first bit first. */
export const CERTIFICATE_TYPES = ['card', 'mer', 'pgwy', 'cca', 'mca', 'pca', 'gca', 'bca', 'rca'] as const;
export type SetRole = (typeof CERTIFICATE_TYPES)[number];

export const ROLE_NAMES: { readonly [role in SetRole]: string } = {
  card: 'cardholder',
  mer: 'merchant',
  pgwy: 'payment gateway',
  cca: 'cardholder CA',
  mca: 'merchant CA',
  pca: 'payment gateway CA',
  gca: 'geopolitical CA',
  bca: 'brand CA',
  rca: 'root CA',
};

/** Roles that take part in payments; all others issue certificates. */
export const END_ENTITIES: readonly SetRole[] = ['card', 'mer', 'pgwy'];

/** Roles of the certificateType extension, none when it cannot be read; undefined without the extension. */
export function certificateRoles(form: ParsedCertificate): SetRole[] | undefined {
  const extension = form.byOid.get(SET_EXTENSION.certificateType);
  if (!extension) return undefined;
  const node = form.reader.read(extension.content, extension.end);
  if (node?.id !== TAG.bitString) return [];
  const { bytes } = form.reader.bitString(node);
  return CERTIFICATE_TYPES.filter((_, i) => ((bytes[i >> 3] ?? 0) >> (7 - (i & 7))) & 1);
}

export const rolesText = (roles: readonly SetRole[]): string => roles.map((r) => ROLE_NAMES[r]).join(', ') || 'no role';
