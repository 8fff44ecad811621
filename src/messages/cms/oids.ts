/** Object identifiers of CMS (RFC 5652, 3370, 5754, 3565, 5083, 5084, 8018). */

export const CONTENT = {
  data: '1.2.840.113549.1.7.1',
  signed: '1.2.840.113549.1.7.2',
  enveloped: '1.2.840.113549.1.7.3',
  digested: '1.2.840.113549.1.7.5',
  authEnveloped: '1.2.840.113549.1.9.16.1.23',
} as const;

export const ATTRIBUTE = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  algorithmProtection: '1.2.840.113549.1.9.52',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

export const KEY_TRANSPORT = {
  rsa: '1.2.840.113549.1.1.1',
  oaep: '1.2.840.113549.1.1.7',
  /** RSAES-OAEP as SET used it before PKCS#1 2.0 had an identifier. */
  setOaep: '1.2.840.113549.1.1.6',
} as const;

export interface ContentCipher {
  name: string;
  /** As node:crypto names it; `des-cbc` is run as triple DES with one key. */
  cipher: string;
  keyBytes: number;
  blockBytes: number;
  aead?: true;
}

export const CIPHERS: { readonly [oid: string]: ContentCipher } = {
  '1.3.14.3.2.7': { name: 'DES-CBC', cipher: 'des-ede3-cbc', keyBytes: 8, blockBytes: 8 },
  '1.2.840.113549.3.7': { name: 'DES-EDE3-CBC', cipher: 'des-ede3-cbc', keyBytes: 24, blockBytes: 8 },
  '2.16.840.1.101.3.4.1.2': { name: 'AES-128-CBC', cipher: 'aes-128-cbc', keyBytes: 16, blockBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'AES-192-CBC', cipher: 'aes-192-cbc', keyBytes: 24, blockBytes: 16 },
  '2.16.840.1.101.3.4.1.42': { name: 'AES-256-CBC', cipher: 'aes-256-cbc', keyBytes: 32, blockBytes: 16 },
  '2.16.840.1.101.3.4.1.6': { name: 'AES-128-GCM', cipher: 'aes-128-gcm', keyBytes: 16, blockBytes: 1, aead: true },
  '2.16.840.1.101.3.4.1.26': { name: 'AES-192-GCM', cipher: 'aes-192-gcm', keyBytes: 24, blockBytes: 1, aead: true },
  '2.16.840.1.101.3.4.1.46': { name: 'AES-256-GCM', cipher: 'aes-256-gcm', keyBytes: 32, blockBytes: 1, aead: true },
};
